/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file block_read.h  One block of a compressed pixel-interleaved cube, without a copy of all its bands in GDAL's
 *  block cache. */
#ifndef WSNET_BLOCK_READ_H
#define WSNET_BLOCK_READ_H

#include <gdal.h>
#include <stdbool.h>

/** Whether a window is exactly one block of a raster whose blocks hold all bands: only then is it decoded once, however
 *  often its bands are asked for. */
bool block_is_whole(GDALDatasetH dataset, int x, int y, int width, int height);

/** Reads such a window, as GDALDatasetRasterIO() would, a few bands at a time.
 *  @param map [n_bands] one-based  @param pixels [width*height, n_bands]  @return false when memory is out or reading
 *  fails: GDAL shall try, and say why */
bool block_read(GDALDatasetH dataset, int x, int y, int width, int height, size_t n_bands, const int *map,
                float *pixels);

#endif
