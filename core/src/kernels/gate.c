/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

void add_branch(size_t n, size_t n_channels, const real *h, const real *branch, real *f) {
    const size_t C = n_channels * COLUMNS;
    for (size_t t = 0; t < n; t++) {
        for (size_t i = 0; i < C; i++) {
            const vec added = branch ? ((const vec *)branch)[2 * t * C + i] : vector_set(0);
            ((vec *)f)[t * C + i] = ((const vec *)h)[t * C + i] + added;
        }
    }
}

void fuse_forward(size_t n, size_t n_channels, real weak_bias, const real *h, const real *mw, const real *logit,
                  real *gate, real *f) {
    const size_t C = n_channels * COLUMNS;
    for (size_t t = 0; t < n; t++) {
        const vec *m = (const vec *)mw + 2 * t * C, *w = m + C;
        for (size_t i = 0; i < C; i++) {
            vec g = vector_set((real)0.5);
            if (logit) ((vec *)gate)[t * C + i] = g = vector_sigmoid(((const vec *)logit)[t * C + i] - weak_bias);
            ((vec *)f)[t * C + i] = ((const vec *)h)[t * C + i] + w[i] + g * (m[i] - w[i]);
        }
    }
}

void fuse_backward(size_t n, size_t n_channels, const real *mw, const real *gate, const real *df, real *dmw,
                   real *dlogit) {
    const size_t C = n_channels * COLUMNS;
    for (size_t t = 0; t < n; t++) {
        const vec *m = (const vec *)mw + 2 * t * C, *w = m + C;
        vec *dm = (vec *)dmw + 2 * t * C, *dw = dm + C;
        for (size_t i = 0; i < C; i++) {
            const vec g = gate ? ((const vec *)gate)[t * C + i] : vector_set((real)0.5);
            const vec d = ((const vec *)df)[t * C + i];
            /* f = h + w + g (m - w), g = sigmoid(logit) */
            dm[i] = d * g;
            dw[i] = d * ((real)1 - g);
            if (gate) ((vec *)dlogit)[t * C + i] = d * (m[i] - w[i]) * g * ((real)1 - g);
        }
    }
}
