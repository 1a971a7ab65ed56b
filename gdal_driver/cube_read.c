/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "block_read.h"
#include "cube_internal.h"
#include "raw_file.h"
#include "sentence.h"
#include "tile_file.h"

/* Uncompressed GeoTIFF is read past GDAL's block cache: a fifth of the time for pixel-interleaved cubes, and no memory.
 * The option is looked at when a file is opened; the parts of a mosaic are opened while it is read.
 */
bool cube_direct_begin(void) {
    if (CPLGetConfigOption("GTIFF_DIRECT_IO", NULL)) return false;
    CPLSetThreadLocalConfigOption("GTIFF_DIRECT_IO", "YES");
    return true;
}

void cube_direct_end(bool set) {
    if (set) CPLSetThreadLocalConfigOption("GTIFF_DIRECT_IO", NULL);
}

/* What GDAL's VRT calls equal to NODATA in single precision: two units in the last place. */
static inline bool is_nodata(float value, float nodata) {
    return value == nodata || fabsf(value - nodata) < FLT_EPSILON * fabsf(value + nodata) * 2;
}

typedef struct band_values {
    double scale, offset;
    float nodata;
} band_values;

static void convert(size_t n_pixels, size_t n_bands, const band_values *values, bool plain, float *pixels,
                    uint8_t *mask) {
    for (size_t i = 0; i < n_pixels; i++) {
        float *pixel = pixels + i * n_bands;
        unsigned bad = 0;
        if (plain) {
            for (size_t b = 0; b < n_bands; b++) bad |= !(fabsf(pixel[b]) <= FLT_MAX);
        } else {
            for (size_t b = 0; b < n_bands; b++) {
                const float raw = pixel[b];
                const float value = (float)((double)raw * values[b].scale + values[b].offset);
                bad |= (unsigned)is_nodata(raw, values[b].nodata) | (unsigned)!(fabsf(value) <= FLT_MAX);
                pixel[b] = value;
            }
        }
        mask[i] = !bad;
    }
}

static bool select_bands(const cube *opened, size_t n_bands, const uint32_t *band_index, int *map, band_values *values,
                         bool *plain, char error[1024]) {
    *plain = true;
    for (size_t b = 0; b < n_bands; b++) {
        const uint32_t k = band_index[b];
        if (k >= (uint32_t)opened->n_bands)
            return sentence(error, "band %u is asked for; the cube has %d", k + 1u, opened->n_bands);
        map[b] = (int)k + 1;
        values[b].scale = opened->scale[k];
        values[b].offset = opened->offset[k];
        values[b].nodata = (float)opened->nodata[k];
        *plain &= opened->scale[k] == 1 && opened->offset[k] == 0 && isnan(opened->nodata[k]);
    }
    return true;
}

static bool read_with_gdal(cube *opened, int x, int y, int width, int height, size_t n_bands, int *map, float *pixels,
                           char error[1024]) {
    const GSpacing value = sizeof(float), pixel = value * (GSpacing)n_bands;
    opened->used_cache = true;
    sentence_quiet();
    const bool direct = cube_direct_begin();
    const CPLErr read = GDALDatasetRasterIOEx(opened->dataset, GF_Read, x, y, width, height, pixels, width, height,
                                              GDT_Float32, (int)n_bands, map, pixel, pixel * width, value, NULL);
    cube_direct_end(direct);
    sentence_loud();
    return read == CE_None || sentence_gdal(error, "the cube cannot be read at column %d, line %d", x, y);
}

/* The ways that keep nothing in GDAL's block cache, where they are open. */
static bool read_past_cache(cube *opened, int x, int y, int width, int height, size_t n_bands, const int *map,
                            float *pixels) {
    if (opened->raw) return raw_file_read(opened->raw, x, y, width, height, n_bands, map, pixels);
    if (!opened->owned || !block_is_whole(opened->dataset, x, y, width, height)) return false;
    sentence_quiet();
    const bool good = block_read(opened->dataset, x, y, width, height, n_bands, map, pixels);
    sentence_loud();
    return good;
}

static bool read_values(cube *opened, int x, int y, int width, int height, size_t n_bands, int *map, float *pixels,
                        char error[1024]) {
    if (opened->tiles && tile_file_read(opened->tiles, x, y, width, height, n_bands, map, pixels)) return true;
    tile_file_lock(opened->tiles);
    const bool good = read_past_cache(opened, x, y, width, height, n_bands, map, pixels) ||
                      read_with_gdal(opened, x, y, width, height, n_bands, map, pixels, error);
    tile_file_unlock(opened->tiles);
    return good;
}

bool cube_read(cube *opened, int x, int y, int width, int height, size_t n_bands, const uint32_t *band_index,
               float *pixels, uint8_t *mask, char error[1024]) {
    if (n_bands < 1 || n_bands > WSNET_MAX_BANDS || x < 0 || y < 0 || width < 1 || height < 1 ||
        width > opened->width - x || height > opened->height - y)
        return sentence(error, "the window %d,%d %dx%d is not inside the cube", x, y, width, height);
    int *map = malloc(n_bands * sizeof *map);
    band_values *values = malloc(n_bands * sizeof *values);
    bool plain = false;
    bool good = map && values;
    if (!good) sentence(error, "memory is out");
    good = good && select_bands(opened, n_bands, band_index, map, values, &plain, error) &&
           read_values(opened, x, y, width, height, n_bands, map, pixels, error);
    if (good) convert((size_t)width * (size_t)height, n_bands, values, plain, pixels, mask);
    free(map);
    free(values);
    return good;
}
