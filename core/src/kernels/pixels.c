/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What happens to a block of pixels before and after the network. */
#include "kernels/vector.h"
#include "layers.h"

/* ---- rows to lanes --------------------------------------------------------------------------------------- */

enum { SQUARE = 4 };

#ifndef WSNET_REAL_DOUBLE
typedef float four __attribute__((vector_size(16), may_alias));
typedef float four_unaligned __attribute__((vector_size(16), may_alias, aligned(4)));

/* Four columns of four rows become four lanes of four columns. */
INLINE void turn_square(const float *const *rows, size_t column, real *lanes) {
    four row[SQUARE];
    for (size_t i = 0; i < SQUARE; i++) row[i] = *(const four_unaligned *)(rows[i] + column);
    const four low01 = __builtin_shufflevector(row[0], row[1], 0, 4, 1, 5);
    const four low23 = __builtin_shufflevector(row[2], row[3], 0, 4, 1, 5);
    const four high01 = __builtin_shufflevector(row[0], row[1], 2, 6, 3, 7);
    const four high23 = __builtin_shufflevector(row[2], row[3], 2, 6, 3, 7);
    *(four *)(lanes + 0 * LANES) = __builtin_shufflevector(low01, low23, 0, 1, 4, 5);
    *(four *)(lanes + 1 * LANES) = __builtin_shufflevector(low01, low23, 2, 3, 6, 7);
    *(four *)(lanes + 2 * LANES) = __builtin_shufflevector(high01, high23, 0, 1, 4, 5);
    *(four *)(lanes + 3 * LANES) = __builtin_shufflevector(high01, high23, 2, 3, 6, 7);
}
#else
INLINE void turn_square(const float *const *rows, size_t column, real *lanes) {
    for (size_t c = 0; c < SQUARE; c++)
        for (size_t i = 0; i < SQUARE; i++) lanes[c * LANES + i] = (real)rows[i][column + c];
}
#endif

void pixels_turn(size_t n_columns, const float *const *rows, real *lanes) {
    size_t c = 0;
    for (; c + SQUARE <= n_columns; c += SQUARE)
        for (size_t lane = 0; lane < LANES; lane += SQUARE) turn_square(rows + lane, c, lanes + c * LANES + lane);
    for (; c < n_columns; c++)
        for (size_t lane = 0; lane < LANES; lane++) lanes[c * LANES + lane] = (real)rows[lane][c];
}

/* ---- products in double ---------------------------------------------------------------------------------- */

typedef double wide __attribute__((vector_size(VECTOR_BYTES), may_alias));
typedef real narrow __attribute__((vector_size(VECTOR_BYTES / sizeof(double) * sizeof(real)), may_alias));

enum { WIDE = VECTOR_BYTES / sizeof(double), PAIR = 2, MOST_ROWS = 5 };

/* sums of n_rows constant rows of Q' for PAIR vectors of lanes, each added up over the bands in order. */
INLINE void project_rows(const int n_rows, size_t n_bands, const double *q, size_t q_row, const real *x, double *sums) {
    wide sum[MOST_ROWS][PAIR];
    for (int k = 0; k < n_rows; k++)
        for (int v = 0; v < PAIR; v++) sum[k][v] = ((const wide *)(sums + k * LANES))[v];
    for (size_t b = 0; b < n_bands; b++) {
        wide value[PAIR];
        for (int v = 0; v < PAIR; v++) value[v] = __builtin_convertvector(((const narrow *)(x + b * LANES))[v], wide);
        for (int k = 0; k < n_rows; k++)
            for (int v = 0; v < PAIR; v++) sum[k][v] += q[(size_t)k * q_row + b] * value[v];
    }
    for (int k = 0; k < n_rows; k++)
        for (int v = 0; v < PAIR; v++) ((wide *)(sums + k * LANES))[v] = sum[k][v];
}

void pixels_project(size_t n_bands, size_t n_rows, const double *q, size_t q_row, const real *x, double *sums) {
    for (size_t lane = 0; lane < LANES; lane += PAIR * WIDE) {
        size_t k = 0;
        for (; k + MOST_ROWS <= n_rows; k += MOST_ROWS)
            project_rows(MOST_ROWS, n_bands, q + k * q_row, q_row, x + lane, sums + k * LANES + lane);
        const double *left = q + k * q_row;
        double *to = sums + k * LANES + lane;
        if (n_rows - k == 4) project_rows(4, n_bands, left, q_row, x + lane, to);
        if (n_rows - k == 3) project_rows(3, n_bands, left, q_row, x + lane, to);
        if (n_rows - k == 2) project_rows(2, n_bands, left, q_row, x + lane, to);
        if (n_rows - k == 1) project_rows(1, n_bands, left, q_row, x + lane, to);
    }
}

/* ---- residuals ------------------------------------------------------------------------------------------- */

/* One column of lanes: mixture = a E, its products with x and with itself. */
INLINE void mix(size_t n_bands, size_t n_endmembers, const float *endmembers, const vec *a, const vec *x, vec *mixture,
                vec *xm, vec *mm) {
    for (size_t b = 0; b < n_bands; b++) {
        vec sum = vector_set(0);
        for (size_t k = 0; k < n_endmembers; k++) sum += (real)endmembers[k * n_bands + b] * a[k * COLUMNS];
        mixture[b * COLUMNS] = sum;
        *xm += x[b * COLUMNS] * sum;
        *mm += sum * sum;
    }
}

/* With s the least-squares brightness and r = x - s m, r is orthogonal to m, so that tan(angle) = |r| / (s |m|): exact
 * near zero, where the arc cosine of a float is not. */
void pixels_judge(size_t n_bands, size_t n_endmembers, const float *endmembers, bool brightness_free, const real *x,
                  const real *a, real *residual, real *rmse, real *angle) {
    _Alignas(64) real across[LANES], along[LANES];
    const vec zero = vector_set(0);
    for (size_t v = 0; v < COLUMNS; v++) {
        const vec *in = (const vec *)x + v;
        vec *made = (vec *)residual + v;
        vec xm = zero, mm = zero, rr = zero;
        mix(n_bands, n_endmembers, endmembers, (const vec *)a + v, in, made, &xm, &mm);
        const vec best = vector_select(mm > zero, xm / vector_select(mm > zero, mm, vector_set(1)), zero);
        const vec s = brightness_free ? best : vector_set(1);
        for (size_t b = 0; b < n_bands; b++) {
            const vec r = in[b * COLUMNS] - s * made[b * COLUMNS];
            made[b * COLUMNS] = r;
            rr += r * r;
        }
        ((vec *)rmse)[v] = vector_sqrt(rr / (real)n_bands);
        ((vec *)across)[v] = vector_sqrt(rr);
        ((vec *)along)[v] = s * vector_sqrt(mm);
    }
    for (size_t lane = 0; lane < LANES; lane++) angle[lane] = (real)atan2f((float)across[lane], (float)along[lane]);
}

void pixels_along(size_t n_bands, size_t n_rows, const real *directions, const real *x, real *products) {
    dense_forward((dense_shape){1, n_bands, n_rows, n_bands, n_rows}, directions, NULL, x, products);
}
