/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

enum { PARTS = 4 }; /* sums side by side, so that additions need not wait for each other */

/* Sum over channels of (x - shift), or of its square. */
INLINE vec channel_sum(size_t n_channels, const vec *x, vec shift, const bool square) {
    vec part[PARTS] = {{0}};
    size_t c = 0;
    for (; c + PARTS <= n_channels; c += PARTS) {
        for (size_t k = 0; k < PARTS; k++) {
            const vec off = x[(c + k) * COLUMNS] - shift;
            part[k] += square ? (vec)(off * off) : off;
        }
    }
    for (; c < n_channels; c++) {
        const vec off = x[c * COLUMNS] - shift;
        part[0] += square ? (vec)(off * off) : off;
    }
    return (part[0] + part[1]) + (part[2] + part[3]);
}

void norm_forward(size_t n, size_t n_channels, const real *gain, const real *bias, const real *x, real *y,
                  real *moments) {
    const real share = (real)1 / (real)n_channels;
    for (size_t t = 0; t < n; t++) {
        const vec *in = (const vec *)x + t * n_channels * COLUMNS;
        vec *out = (vec *)y + t * n_channels * COLUMNS;
        for (size_t v = 0; v < COLUMNS; v++) {
            const vec mean = channel_sum(n_channels, in + v, vector_set(0), false) * share;
            const vec variance = channel_sum(n_channels, in + v, mean, true) * share;
            const vec inverse = (real)1 / vector_sqrt(variance + (real)1e-5);
            for (size_t c = 0; c < n_channels; c++)
                out[c * COLUMNS + v] = (in[c * COLUMNS + v] - mean) * inverse * gain[c] + bias[c];
            ((vec *)moments)[2 * t * COLUMNS + v] = mean;
            ((vec *)moments)[(2 * t + 1) * COLUMNS + v] = inverse;
        }
    }
}

/* y = hat gain + bias, hat = (x - mean) inverse:
 * dx = inverse (dhat - mean of dhat - hat mean of (dhat hat)), dhat = dy gain. */
static void norm_backward_values(size_t n, size_t n_channels, const real *gain, const real *x, const real *moments,
                                 const real *dy, real *dx) {
    const real share = (real)1 / (real)n_channels;
    for (size_t t = 0; t < n; t++) {
        const size_t row = t * n_channels * COLUMNS;
        const vec *in = (const vec *)x + row, *dout = (const vec *)dy + row;
        vec *din = (vec *)dx + row;
        for (size_t v = 0; v < COLUMNS; v++) {
            const vec mean = ((const vec *)moments)[2 * t * COLUMNS + v];
            const vec inverse = ((const vec *)moments)[(2 * t + 1) * COLUMNS + v];
            vec sum = vector_set(0), sum_hat = vector_set(0);
            for (size_t c = 0; c < n_channels; c++) {
                const vec dhat = dout[c * COLUMNS + v] * gain[c];
                sum += dhat;
                sum_hat += dhat * (in[c * COLUMNS + v] - mean);
            }
            sum *= share;
            sum_hat *= share * inverse;
            for (size_t c = 0; c < n_channels; c++) {
                const vec hat = (in[c * COLUMNS + v] - mean) * inverse;
                din[c * COLUMNS + v] += inverse * (dout[c * COLUMNS + v] * gain[c] - sum - hat * sum_hat);
            }
        }
    }
}

void norm_backward(size_t n, size_t n_channels, const real *gain, const real *x, const real *moments, const real *dy,
                   real *dx, real *dgain, real *dbias) {
    norm_backward_values(n, n_channels, gain, x, moments, dy, dx);
    const vec *moment = (const vec *)moments;
    for (size_t c = 0; c < n_channels; c++) {
        vec sum_gain = vector_set(0), sum_bias = vector_set(0);
        for (size_t t = 0; t < n; t++) {
            for (size_t v = 0; v < COLUMNS; v++) {
                const size_t at = (t * n_channels + c) * COLUMNS + v;
                const vec d = ((const vec *)dy)[at];
                const vec off = ((const vec *)x)[at] - moment[2 * t * COLUMNS + v];
                sum_bias += d;
                sum_gain += d * off * moment[(2 * t + 1) * COLUMNS + v];
            }
        }
        dgain[c] += vector_sum(sum_gain);
        dbias[c] += vector_sum(sum_bias);
    }
}
