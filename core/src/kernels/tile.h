/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file tile.h  Register tiles: the inner loops of every matrix product.
 *
 *  A tile keeps rows x columns sums in registers and loads each operand once for all of them. Sizes are constants
 *  after inlining, so that the sums never touch memory; they are chosen for 32 or 16 vector registers. */
#ifndef WSNET_TILE_H
#define WSNET_TILE_H

#include <stdbool.h>

#include "kernels/vector.h"

#if defined(__AVX512F__)
enum { TILE_OUT = 6, TILE_TOKENS = 4, TILE_ROW = 8, TILE_A = 4, TILE_B = 4, TILE_GRADIENT = 6 };
#elif defined(__AVX__)
enum { TILE_OUT = 6, TILE_TOKENS = 1, TILE_ROW = 6, TILE_A = 4, TILE_B = 3, TILE_GRADIENT = 3 };
#else
enum { TILE_OUT = 2, TILE_TOKENS = 1, TILE_ROW = 2, TILE_A = 4, TILE_B = 3, TILE_GRADIENT = 3 };
#endif

/** A matrix of LANES-wide values: entry (i, j) is at (i * row + j * column) * LANES reals. */
typedef struct panel {
    const real *data;
    size_t row, column;
} panel;

INLINE const vec *panel_at(panel m, size_t i, size_t j) {
    return (const vec *)m.data + (i * m.row + j * m.column) * COLUMNS;
}
INLINE panel panel_from(panel m, size_t i) { return (panel){m.data + i * m.row * LANES, m.row, m.column}; }

/** Weights: one number for all lanes; entry (output, input) is at output * out + input * in. */
typedef struct weight_panel {
    const real *data;
    size_t out, in;
} weight_panel;

/** y[t,o] (+)= bias[o] + sum_k w(o,k) x[t,k] for n_tokens x n_out constants. @param bias or NULL */
INLINE void tile_weights(const int n_tokens, const int n_out, const bool add, size_t n_in, weight_panel w,
                         const real *bias, const real *x, size_t x_row, real *y, size_t y_row) {
    enum { MOST = TILE_TOKENS * COLUMNS };
    vec sum[MOST][TILE_ROW > TILE_OUT ? TILE_ROW : TILE_OUT];
    const int n_columns = n_tokens * COLUMNS;
    vec *out = (vec *)y;
    for (int c = 0; c < n_columns; c++) {
        for (int o = 0; o < n_out; o++) {
            sum[c][o] = vector_set(bias ? bias[o] : 0);
            if (add) sum[c][o] += out[((size_t)(c / COLUMNS) * y_row + (size_t)o) * COLUMNS + (size_t)(c % COLUMNS)];
        }
    }
    const vec *in = (const vec *)x;
    for (size_t k = 0; k < n_in; k++) {
        vec value[MOST];
        for (int c = 0; c < n_columns; c++)
            value[c] = in[((size_t)(c / COLUMNS) * x_row + k) * COLUMNS + (size_t)(c % COLUMNS)];
        for (int o = 0; o < n_out; o++) {
            const vec weight = vector_set(w.data[(size_t)o * w.out + k * w.in]);
            for (int c = 0; c < n_columns; c++) sum[c][o] += weight * value[c];
        }
    }
    for (int c = 0; c < n_columns; c++)
        for (int o = 0; o < n_out; o++)
            out[((size_t)(c / COLUMNS) * y_row + (size_t)o) * COLUMNS + (size_t)(c % COLUMNS)] = sum[c][o];
}

/** y(a,b) = scale * sum_k p(a,k) q(b,k), lane by lane, for n_a x n_b constants. */
INLINE void tile_lanes(const int n_a, const int n_b, size_t n_k, panel p, panel q, real scale, real *y, size_t y_row) {
    for (size_t v = 0; v < COLUMNS; v++) {
        vec sum[TILE_A][TILE_B];
        for (int a = 0; a < n_a; a++)
            for (int b = 0; b < n_b; b++) sum[a][b] = vector_set(0);
        for (size_t k = 0; k < n_k; k++) {
            vec right[TILE_B];
            for (int b = 0; b < n_b; b++) right[b] = panel_at(q, (size_t)b, k)[v];
            for (int a = 0; a < n_a; a++) {
                const vec left = panel_at(p, (size_t)a, k)[v];
                for (int b = 0; b < n_b; b++) sum[a][b] += left * right[b];
            }
        }
        for (int a = 0; a < n_a; a++)
            for (int b = 0; b < n_b; b++) ((vec *)y)[((size_t)a * y_row + (size_t)b) * COLUMNS + v] = sum[a][b] * scale;
    }
}

/** gradient[o,i] += sum over tokens and lanes of dy[t,o] x[t,i] for n_out x n_in constants. */
INLINE void tile_gradient(const int n_out, const int n_in, size_t n_tokens, const real *dy, size_t dy_row,
                          const real *x, size_t x_row, real *gradient, size_t gradient_row) {
    vec sum[TILE_A][TILE_GRADIENT];
    for (int o = 0; o < n_out; o++)
        for (int i = 0; i < n_in; i++) sum[o][i] = vector_set(0);
    for (size_t t = 0; t < n_tokens; t++) {
        for (size_t v = 0; v < COLUMNS; v++) {
            vec right[TILE_GRADIENT];
            for (int i = 0; i < n_in; i++) right[i] = ((const vec *)x)[(t * x_row + (size_t)i) * COLUMNS + v];
            for (int o = 0; o < n_out; o++) {
                const vec left = ((const vec *)dy)[(t * dy_row + (size_t)o) * COLUMNS + v];
                for (int i = 0; i < n_in; i++) sum[o][i] += left * right[i];
            }
        }
    }
    for (int o = 0; o < n_out; o++)
        for (int i = 0; i < n_in; i++) gradient[(size_t)o * gradient_row + (size_t)i] += vector_sum(sum[o][i]);
}

#endif
