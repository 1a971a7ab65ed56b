/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

static vec level_of(size_t n_bands, const vec *x) {
    vec sum = vector_set(0);
    for (size_t b = 0; b < n_bands; b++) sum += vector_abs(x[b * COLUMNS]);
    return sum / (real)n_bands + (real)1e-6;
}

/* Least squares of x / level, divided by its positive sum (at least 1e-3), clamped to [-2,2]. */
static void least_squares_inputs(const network_dims *dims, const real *pinv, const vec *x, vec scale, vec *ls) {
    const vec most = vector_set(2), least = vector_set((real)1e-3), zero = vector_set(0);
    vec positive = zero;
    for (size_t p = 0; p < dims->P; p++) {
        vec sum = zero;
        for (size_t b = 0; b < dims->B; b++) sum += pinv[b * dims->P + p] * x[b * COLUMNS];
        ls[p * COLUMNS] = sum *= scale;
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
        const vec bright = level_of(dims->B, (const vec *)x + v);
        ((vec *)level)[v] = bright;
        for (size_t p = 0; p < P; p++)
            in[p * COLUMNS + v] = u ? ((const vec *)u)[p * COLUMNS + v] : vector_set((real)1 / (real)P);
        least_squares_inputs(dims, pinv, (const vec *)x + v, (real)1 / bright, in + P * COLUMNS + v);
        in[2 * P * COLUMNS + v] = vector_log(bright);
    }
}
