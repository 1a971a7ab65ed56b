/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GDAL says in C++ only how a raw file is laid out. */
#include "raw_layout.h"

#include <gdal_priv.h>

bool raw_layout_of(GDALDatasetH dataset, raw_layout *layout) {
    GDALDataset::RawBinaryLayout found;
    if (!GDALDataset::FromHandle(dataset)->GetRawBinaryLayout(found)) return false;
    const bool little_here = CPL_IS_LSB != 0;
    *layout = {CPLStrdup(found.osRawFilename.c_str()),
               found.eDataType,
               found.bLittleEndianOrder != little_here,
               found.nImageOffset,
               found.nPixelOffset,
               found.nLineOffset,
               found.nBandOffset};
    return true;
}
