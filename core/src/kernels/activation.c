/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

void prelu_forward(size_t n, size_t n_channels, const real *slope, const real *offset, real *x, real *y) {
    vec *in = (vec *)x, *out = (vec *)y;
    for (size_t t = 0; t < n; t++) {
        for (size_t c = 0; c < n_channels; c++) {
            const size_t i = t * n_channels + c;
            for (size_t v = 0; v < COLUMNS; v++) {
                const vec value = in[i * COLUMNS + v] + (offset ? offset[i] : 0);
                in[i * COLUMNS + v] = value;
                out[i * COLUMNS + v] = vector_select(value > vector_set(0), value, value * slope[c]);
            }
        }
    }
}

void prelu_backward(size_t n, size_t n_channels, const real *slope, const real *x, const real *dy, real *dx,
                    real *dslope, real *doffset) {
    const vec zero = vector_set(0);
    for (size_t c = 0; c < n_channels; c++) {
        vec sum_slope = zero;
        for (size_t t = 0; t < n; t++) {
            const size_t i = t * n_channels + c;
            vec sum_offset = zero;
            for (size_t v = 0; v < COLUMNS; v++) {
                const vec value = ((const vec *)x)[i * COLUMNS + v], d = ((const vec *)dy)[i * COLUMNS + v];
                const vec_mask positive = value > zero;
                /* y = x > 0 ? x : slope x */
                const vec din = vector_select(positive, d, d * slope[c]);
                sum_slope += vector_select(positive, zero, d * value);
                sum_offset += din;
                ((vec *)dx)[i * COLUMNS + v] = din;
            }
            if (doffset) doffset[i] += vector_sum(sum_offset);
        }
        dslope[c] += vector_sum(sum_slope);
    }
}

void swish_forward(size_t n, size_t n_channels, const real *a, const real *b, size_t b_row, real *y) {
    for (size_t t = 0; t < n; t++) {
        const vec *gate = (const vec *)b + t * b_row * COLUMNS;
        const size_t row = t * n_channels * COLUMNS;
        vec *out = (vec *)y + row;
        const vec *in = (const vec *)a + row;
        for (size_t i = 0; i < n_channels * COLUMNS; i++) {
            const vec product = in[i] * gate[i];
            out[i] = product / (1 + vector_exp(-gate[i]));
        }
    }
}

void swish_backward(size_t n, size_t n_channels, const real *a, const real *b, size_t b_row, const real *dy, real *da,
                    real *db) {
    for (size_t t = 0; t < n; t++) {
        const vec *gate = (const vec *)b + t * b_row * COLUMNS;
        vec *dgate = (vec *)db + t * b_row * COLUMNS;
        const size_t row = t * n_channels * COLUMNS;
        for (size_t i = 0; i < n_channels * COLUMNS; i++) {
            const vec sigmoid = vector_sigmoid(gate[i]), d = ((const vec *)dy)[row + i];
            /* y = a b sigmoid(b) */
            dgate[i] = d * ((const vec *)a)[row + i] * sigmoid * ((real)1 + gate[i] * ((real)1 - sigmoid));
            ((vec *)da)[row + i] = d * gate[i] * sigmoid;
        }
    }
}

void widths_forward(size_t n, const real *raw, real *lower, real *upper) {
    const vec *in = (const vec *)raw;
    for (size_t i = 0; i < n * COLUMNS; i++) {
        ((vec *)lower)[i] = vector_softplus(in[i]);
        ((vec *)upper)[i] = vector_softplus(in[n * COLUMNS + i]);
    }
}

void widths_backward(size_t n, const real *raw, const real *dlower, const real *dupper, real *draw) {
    const vec *in = (const vec *)raw;
    vec *din = (vec *)draw;
    for (size_t i = 0; i < n * COLUMNS; i++) {
        din[i] = ((const vec *)dlower)[i] * vector_sigmoid(in[i]);
        din[n * COLUMNS + i] = ((const vec *)dupper)[i] * vector_sigmoid(in[n * COLUMNS + i]);
    }
}
