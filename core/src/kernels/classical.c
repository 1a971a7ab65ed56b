/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

enum { PARTS = 4 }; /* sums side by side, so that additions need not wait for each other */

/* |x[b]|, or weight[b * stride] x[b] where there is a weight. */
INLINE vec band_value(const vec *x, const real *weight, size_t stride, size_t b) {
    return weight ? (vec)(x[b * COLUMNS] * weight[b * stride]) : vector_abs(x[b * COLUMNS]);
}

/* Its sum over bands. */
INLINE vec band_sum(size_t n_bands, const vec *x, const real *weight, size_t stride) {
    vec part[PARTS] = {{0}};
    size_t b = 0;
    for (; b + PARTS <= n_bands; b += PARTS)
        for (size_t k = 0; k < PARTS; k++) part[k] += band_value(x, weight, stride, b + k);
    for (; b < n_bands; b++) part[0] += band_value(x, weight, stride, b);
    return (part[0] + part[1]) + (part[2] + part[3]);
}

/* Least squares of x / level, divided by its positive sum (at least 1e-3), clamped to [-2,2]. */
static void least_squares_inputs(const network_dims *dims, const real *pinv, const vec *x, vec scale, vec *ls) {
    const vec most = vector_set(2), least = vector_set((real)1e-3), zero = vector_set(0);
    vec positive = zero;
    for (size_t p = 0; p < dims->P; p++) {
        const vec sum = band_sum(dims->B, x, pinv + p, dims->P) * scale;
        ls[p * COLUMNS] = sum;
        positive += vector_max(sum, zero);
    }
    const vec inverse = (real)1 / vector_max(positive, least);
    for (size_t p = 0; p < dims->P; p++)
        ls[p * COLUMNS] = vector_max(vector_min(ls[p * COLUMNS] * inverse, most), -most);
}

void classical_inputs(const network_dims *dims, const real *pinv, const real *u, const real *x, real *level,
                      real *inputs) {
    const size_t P = dims->P;
    vec *in = (vec *)inputs;
    for (size_t v = 0; v < COLUMNS; v++) {
        const vec bright = band_sum(dims->B, (const vec *)x + v, NULL, 0) / (real)dims->B + (real)1e-6;
        ((vec *)level)[v] = bright;
        for (size_t p = 0; p < P; p++)
            in[p * COLUMNS + v] = u ? ((const vec *)u)[p * COLUMNS + v] : vector_set((real)1 / (real)P);
        least_squares_inputs(dims, pinv, (const vec *)x + v, (real)1 / bright, in + P * COLUMNS + v);
        in[2 * P * COLUMNS + v] = vector_log(bright);
    }
}
