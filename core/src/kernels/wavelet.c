/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

/* Haar (1910) tree in place of `value`: each level turns pairs into (sum, difference) / sqrt 2, keeps the differences at
 * their final place behind the sums, and goes on with the sums. */
static inline void haar_tree(size_t n, vec *value) {
    const real half = (real)0.70710678118654752;
    vec sums[LAYER_MAX_BLOCK / 2], differences[LAYER_MAX_BLOCK / 2];
    for (; n > 1; n /= 2) {
        for (size_t j = 0; j < n / 2; j++) {
            sums[j] = (value[2 * j] + value[2 * j + 1]) * half;
            differences[j] = (value[2 * j] - value[2 * j + 1]) * half;
        }
        for (size_t j = 0; j < n / 2; j++) {
            value[j] = sums[j];
            value[n / 2 + j] = differences[j];
        }
    }
}

void wavelet_forward(const network_dims *dims, bool haar, const real *x, const real *level, real *c) {
    const vec *in = (const vec *)x;
    vec *out = (vec *)c;
    for (size_t v = 0; v < COLUMNS; v++) {
        const vec scale = (real)1 / ((const vec *)level)[v];
        for (size_t t = 0; t < dims->T; t++) {
            vec block[LAYER_MAX_BLOCK];
            for (size_t q = 0; q < dims->Q; q++) {
                const size_t band = t * dims->Q + q;
                block[q] = in[(band < dims->B ? band : dims->B - 1) * COLUMNS + v] * scale;
            }
            if (haar) haar_tree(dims->Q, block);
            for (size_t q = 0; q < dims->Q; q++) out[(t * dims->Q + q) * COLUMNS + v] = block[q];
        }
    }
}
