/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "block_read.h"

#include <cpl_string.h>
#include <stdlib.h>

#include "interleave.h"

enum { BANDS_AT_ONCE = 16 };

static int smaller(int a, int b) { return a < b ? a : b; }

bool block_is_whole(GDALDatasetH dataset, int x, int y, int width, int height) {
    const char *interleave = GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    if (!interleave || !EQUAL(interleave, "PIXEL") || !GDALGetMetadataItem(dataset, "COMPRESSION", "IMAGE_STRUCTURE"))
        return false;
    int block_width = 0, block_height = 0;
    GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &block_width, &block_height);
    return block_width > 0 && block_height > 0 && x % block_width == 0 && y % block_height == 0 &&
           width == smaller(block_width, GDALGetRasterXSize(dataset) - x) &&
           height == smaller(block_height, GDALGetRasterYSize(dataset) - y);
}

bool block_read(GDALDatasetH dataset, int x, int y, int width, int height, size_t n_bands, const int *map,
                float *pixels) {
    const size_t n = (size_t)width * (size_t)height;
    float *planes = malloc(n * BANDS_AT_ONCE * sizeof *planes);
    bool good = planes != NULL;
    for (size_t first = 0; good && first < n_bands; first += BANDS_AT_ONCE) {
        const size_t n_here = n_bands - first < BANDS_AT_ONCE ? n_bands - first : BANDS_AT_ONCE;
        for (size_t k = 0; good && k < n_here; k++) {
            GDALRasterBandH band = GDALGetRasterBand(dataset, map[first + k]);
            good = GDALRasterIO(band, GF_Read, x, y, width, height, planes + k * n, width, height, GDT_Float32, 0, 0) ==
                   CE_None;
            GDALFlushRasterCache(band);
        }
        if (good) interleave_planes(n, n_here, planes, n, pixels + first, n_bands);
    }
    free(planes);
    return good;
}
