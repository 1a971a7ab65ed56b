/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file raw_layout.h  Where the values of an uncompressed raster lie in its file. */
#ifndef WSNET_RAW_LAYOUT_H
#define WSNET_RAW_LAYOUT_H

#include <cpl_vsi.h>
#include <gdal.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Value (x, y, band) begins at byte image + x * pixel + y * line + band * band. */
typedef struct raw_layout {
    char *path; /**< to be freed with CPLFree() */
    GDALDataType type;
    bool swapped; /**< in the other byte order */
    vsi_l_offset image;
    GIntBig pixel, line, band;
} raw_layout;

/** @return false when the raster is not one uncompressed array in one file */
bool raw_layout_of(GDALDatasetH dataset, raw_layout *layout);

#ifdef __cplusplus
}
#endif
#endif
