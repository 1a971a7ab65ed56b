/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

/* One level of the Haar (1910) tree, in place of n values: pairs become (sum, difference) / sqrt 2, sums in front. */
INLINE void haar_level(const size_t n, vec *value) {
    const real half = (real)0.70710678118654752;
    vec sums[LAYER_MAX_BLOCK / 2], differences[LAYER_MAX_BLOCK / 2];
    for (size_t j = 0; j < n / 2; j++) {
        sums[j] = (value[2 * j] + value[2 * j + 1]) * half;
        differences[j] = (value[2 * j] - value[2 * j + 1]) * half;
    }
    for (size_t j = 0; j < n / 2; j++) {
        value[j] = sums[j];
        value[n / 2 + j] = differences[j];
    }
}

/* The differences stay behind the sums, where they belong; the next level goes on with the sums. */
INLINE void haar_tree(const size_t n, vec *value) {
    if (n == 8) { /* constants: the values stay in registers */
        haar_level(8, value);
        haar_level(4, value);
        haar_level(2, value);
    } else {
        for (size_t left = n; left > 1; left /= 2) haar_level(left, value);
    }
}

/* Block t of one column of lanes; size is dims->Q. */
INLINE void one_block(const size_t size, const network_dims *dims, bool haar, size_t t, const vec *x, vec scale,
                      vec *c) {
    vec block[LAYER_MAX_BLOCK];
    for (size_t q = 0; q < size; q++) {
        const size_t band = t * size + q;
        block[q] = x[(band < dims->B ? band : dims->B - 1) * COLUMNS] * scale;
    }
    if (haar) haar_tree(size, block);
    for (size_t q = 0; q < size; q++) c[(t * size + q) * COLUMNS] = block[q];
}

void wavelet_forward(const network_dims *dims, bool haar, const real *x, const real *level, real *c) {
    for (size_t v = 0; v < COLUMNS; v++) {
        const vec scale = (real)1 / ((const vec *)level)[v];
        for (size_t t = 0; t < dims->T; t++) {
            if (dims->Q == 8)
                one_block(8, dims, haar, t, (const vec *)x + v, scale, (vec *)c + v);
            else
                one_block(dims->Q, dims, haar, t, (const vec *)x + v, scale, (vec *)c + v);
        }
    }
}
