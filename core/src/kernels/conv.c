/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

/* One token: taps from `first` on, those before it meet zeros before the first token. x is the first tap's token. */
INLINE void one_token(size_t D, const size_t K, const size_t first, const real *weight, const real *bias, const vec *x,
                      size_t x_row, vec *sum, vec *y) {
    for (size_t d = 0; d < D; d++) {
        for (size_t v = 0; v < COLUMNS; v++) {
            vec total = vector_set(bias[d]);
            for (size_t k = first; k < K; k++) total += weight[d * K + k] * x[((k - first) * x_row + d) * COLUMNS + v];
            sum[d * COLUMNS + v] = total;
            y[d * COLUMNS + v] = total / (1 + vector_exp(-total));
        }
    }
}

void conv_forward(const network_dims *dims, const real *weight, const real *bias, const real *x, size_t x_row,
                  real *sum, real *y) {
    const size_t D = dims->D, K = dims->K;
    for (size_t t = 0; t < dims->T; t++) {
        const size_t first = t + 1 < K ? K - 1 - t : 0;
        const vec *in = (const vec *)x + (t + 1 + first - K) * x_row * COLUMNS;
        vec *sum_t = (vec *)sum + t * D * COLUMNS, *y_t = (vec *)y + t * D * COLUMNS;
        if (K == 3 && first == 0)
            one_token(D, 3, 0, weight, bias, in, x_row, sum_t, y_t);
        else
            one_token(D, K, first, weight, bias, in, x_row, sum_t, y_t);
    }
}

/* y = sum sigmoid(sum) */
static void silu_backward(size_t n, const real *sum, real *dy) {
    for (size_t i = 0; i < n * COLUMNS; i++) {
        const vec value = ((const vec *)sum)[i], sigmoid = vector_sigmoid(value);
        ((vec *)dy)[i] *= sigmoid * ((real)1 + value * ((real)1 - sigmoid));
    }
}

void conv_backward(const network_dims *dims, const real *weight, const real *x, size_t x_row, const real *sum, real *dy,
                   real *dx, real *dweight, real *dbias) {
    const size_t T = dims->T, D = dims->D, K = dims->K;
    silu_backward(T * D, sum, dy);
    const vec *dsum = (const vec *)dy, *in = (const vec *)x;
    for (size_t d = 0; d < D; d++) {
        vec total = vector_set(0);
        for (size_t t = 0; t < T; t++)
            for (size_t v = 0; v < COLUMNS; v++) total += dsum[(t * D + d) * COLUMNS + v];
        dbias[d] += vector_sum(total);
        for (size_t k = 0; k < K; k++) {
            /* sum[t] += w[k] x[t - lag] */
            const size_t lag = K - 1 - k;
            total = vector_set(0);
            for (size_t t = lag; t < T; t++)
                for (size_t v = 0; v < COLUMNS; v++)
                    total += dsum[(t * D + d) * COLUMNS + v] * in[((t - lag) * x_row + d) * COLUMNS + v];
            dweight[d * K + k] += vector_sum(total);
        }
        for (size_t t = 0; t < T; t++) {
            for (size_t v = 0; v < COLUMNS; v++) {
                total = vector_set(0);
                for (size_t k = 0; k < K; k++) {
                    const size_t later = t + K - 1 - k;
                    if (later < T) total += weight[d * K + k] * dsum[(later * D + d) * COLUMNS + v];
                }
                ((vec *)dx)[(t * x_row + d) * COLUMNS + v] = total;
            }
        }
    }
}
