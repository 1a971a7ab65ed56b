/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file pixel_subset.h  A fixed random choice among more pixels than memory should hold. */
#ifndef WSNET_CLI_PIXEL_SUBSET_H
#define WSNET_CLI_PIXEL_SUBSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct chosen_pixel {
    uint64_t key, index; /**< index in raster order */
    size_t row;          /**< of its spectrum in pixels */
} chosen_pixel;

/** The pixels with the smallest keys, a max-heap by key once it is full: which ones depends on their indices alone, not
 *  on the order or the tiles in which they are read. */
typedef struct subset {
    chosen_pixel *heap;
    size_t n, capacity, n_bands;
    float *pixels; /**< [capacity, n_bands] */
} subset;

/** Makes room for all of n_all pixels, or for as many as the bound allows. @return false when memory is out */
bool subset_create(size_t n_all, size_t n_bands, subset *made);
/** @param spectrum [n_bands] */
void subset_offer(subset *chosen, uint64_t index, const float *spectrum);
/** Brings the spectra into raster order. @return false when memory is out */
bool subset_sort(subset *chosen);
/** @return the spectra, to be freed with VSIFree(); the rest is freed */
float *subset_take(subset *chosen);

#endif
