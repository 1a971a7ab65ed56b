/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file tiff_tags.h  What GDAL does not tell about a TIFF file. */
#ifndef WSNET_TIFF_TAGS_H
#define WSNET_TIFF_TAGS_H

#include <stdbool.h>
#include <stdint.h>

/** What a directory should say of itself. */
typedef struct tiff_expected {
    uint64_t n_tiles, n_bands;
} tiff_expected;

/** Whether values in a directory's tiles or strips are stored as they are in memory here: in this machine's byte order,
 *  bits in order, without a predictor, in a colour space that GDAL does not convert, as many of them as expected (TIFF
 *  6.0, 1992; BigTIFF, 2007). @param directory its place in the file */
bool tiff_is_plain(const char *path, uint64_t directory, tiff_expected expected);

#endif
