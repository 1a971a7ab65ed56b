/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file tile_file.h  A DEFLATE-compressed, pixel-interleaved GeoTIFF whose tiles are decoded past GDAL: a dataset decodes
 *  one at a time, here several threads may. */
#ifndef WSNET_TILE_FILE_H
#define WSNET_TILE_FILE_H

#include <gdal.h>
#include <stdbool.h>

typedef struct tile_file tile_file;

/** @param dataset stays the caller's and must outlive the result
 *  @return NULL when it is another kind of file (another byte order, a predictor), or memory is out */
tile_file *tile_file_open(GDALDatasetH dataset);
void tile_file_close(tile_file *file);

/** Reads a window that is exactly one tile or strip, cut at the raster's edges, as GDALDatasetRasterIO() would. Threads
 *  may call it at once.
 *  @param map [n_bands] one-based  @param pixels [width*height, n_bands]
 *  @return false for other windows, tiles that are not in the file, or when reading fails: GDAL shall try, and say why */
bool tile_file_read(tile_file *file, int x, int y, int width, int height, size_t n_bands, const int *map,
                    float *pixels);

/** Around other uses of the dataset while threads may read. NULL: nothing to do. */
void tile_file_lock(tile_file *file);
void tile_file_unlock(tile_file *file);

#endif
