/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file raw_file.h  Uncompressed cubes read straight from their file, in runs as long as the layout allows: GDAL's own
 *  way goes line by line and band by band through its block cache. */
#ifndef WSNET_RAW_FILE_H
#define WSNET_RAW_FILE_H

#include <gdal.h>
#include <stdbool.h>

typedef struct raw_file raw_file;

/** @return NULL when the raster is not a plain pixel-, line- or band-interleaved array, or memory is out */
raw_file *raw_file_open(GDALDatasetH dataset);
void raw_file_close(raw_file *file);

/** Reads a window, as GDALDatasetRasterIO() would. One thread at a time.
 *  @param map [n_bands] one-based  @param pixels [width*height, n_bands]
 *  @return false when the file is shorter or memory is out: GDAL shall try, and say why */
bool raw_file_read(raw_file *file, int x, int y, int width, int height, size_t n_bands, const int *map, float *pixels);

#endif
