/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bands without information: all of a small cube is looked at, a grid of windows of a large one, and all of that only
 * when none of them has a valid pixel. */
#include <math.h>
#include <stdlib.h>

#include "cube_internal.h"
#include "sentence.h"

enum { WINDOWS = 4, EDGE = 48 };

typedef struct band_range {
    double low, high;
    size_t n_valid;
} band_range;

typedef struct look {
    uint32_t *all; /**< every band's index */
    float *pixels;
    uint8_t *mask;
    band_range *range;
    size_t n_valid;
} look;

static bool look_allocate(look *at, size_t n_bands) {
    at->all = malloc(n_bands * sizeof *at->all);
    at->pixels = malloc(n_bands * EDGE * EDGE * sizeof *at->pixels);
    at->mask = malloc((size_t)EDGE * EDGE);
    at->range = calloc(n_bands, sizeof *at->range);
    if (!at->all || !at->pixels || !at->mask || !at->range) return false;
    for (size_t b = 0; b < n_bands; b++) at->all[b] = (uint32_t)b;
    return true;
}

static void look_release(look *at) {
    free(at->all);
    free(at->pixels);
    free(at->mask);
    free(at->range);
}

/* Each band is judged alone: a pixel that is nodata in one band says something about the others. */
static bool look_window(cube *opened, look *at, int x, int y, int width, int height, char error[1024]) {
    const size_t n_bands = (size_t)opened->n_bands, n_pixels = (size_t)width * (size_t)height;
    if (!cube_read(opened, x, y, width, height, n_bands, at->all, at->pixels, at->mask, error)) return false;
    for (size_t i = 0; i < n_pixels; i++) {
        const float *pixel = at->pixels + i * n_bands;
        for (size_t b = 0; b < n_bands; b++) {
            const double value = pixel[b];
            const double nodata = opened->nodata[b] * opened->scale[b] + opened->offset[b];
            if (!isfinite(value) || fabs(value - nodata) <= 1e-6 * fabs(nodata)) continue;
            band_range *range = &at->range[b];
            if (range->n_valid == 0 || value < range->low) range->low = value;
            if (range->n_valid == 0 || value > range->high) range->high = value;
            range->n_valid++;
            at->n_valid++;
        }
    }
    return true;
}

static int smaller(int a, int b) { return a < b ? a : b; }

static bool look_sample(cube *opened, look *at, char error[1024]) {
    int block_width, block_height;
    GDALGetBlockSize(GDALGetRasterBand(opened->dataset, 1), &block_width, &block_height);
    for (int row = 0; row < WINDOWS; row++) {
        for (int column = 0; column < WINDOWS; column++) {
            /* windows start where a block starts, so that few blocks are decoded */
            int x = (int)((double)column * opened->width / WINDOWS), y = (int)((double)row * opened->height / WINDOWS);
            if (block_width <= opened->width / WINDOWS) x -= x % block_width;
            if (block_height <= opened->height / WINDOWS) y -= y % block_height;
            /* no pixel is seen twice */
            const int width = smaller(EDGE, opened->width / WINDOWS), height = smaller(EDGE, opened->height / WINDOWS);
            if (!look_window(opened, at, x, y, width < 1 ? 1 : width, height < 1 ? 1 : height, error)) return false;
        }
    }
    return true;
}

static bool look_everywhere(cube *opened, look *at, char error[1024]) {
    for (int y = 0; y < opened->height; y += EDGE)
        for (int x = 0; x < opened->width; x += EDGE)
            if (!look_window(opened, at, x, y, smaller(EDGE, opened->width - x), smaller(EDGE, opened->height - y),
                             error))
                return false;
    return true;
}

static void judge(cube *opened, const look *at) {
    for (int b = 0; b < opened->n_bands; b++) {
        if (opened->state[b] != CUBE_BAND_GOOD) continue;
        const band_range *range = &at->range[b];
        if (range->n_valid == 0)
            opened->state[b] = CUBE_BAND_NODATA;
        else if (range->n_valid > 1 && !(range->high > range->low))
            opened->state[b] = CUBE_BAND_CONSTANT;
    }
}

bool cube_look_at_pixels(cube *opened, char error[1024]) {
    look at = {0};
    bool good = look_allocate(&at, (size_t)opened->n_bands);
    if (!good) sentence(error, "memory is out: the cube has %d bands", opened->n_bands);
    const bool small = (double)opened->width * opened->height <= (double)WINDOWS * WINDOWS * EDGE * EDGE;
    if (!small) good = good && look_sample(opened, &at, error);
    if (good && at.n_valid == 0) good = look_everywhere(opened, &at, error);
    if (good && at.n_valid == 0)
        good = sentence(error, "the cube '%s' has no valid pixel: all are nodata or not finite",
                        GDALGetDescription(opened->dataset));
    if (good) judge(opened, &at);
    look_release(&at);
    return good;
}
