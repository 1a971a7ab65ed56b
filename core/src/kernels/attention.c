/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/tile.h"
#include "layers.h"

/* y(a,b) = scale * sum_k p(a,k) q(b,k) in tiles. @param y [n_a,n_b] in rows of y_row values */
static void lanes_product(size_t n_a, size_t n_b, size_t n_k, panel p, panel q, real scale, real *y, size_t y_row) {
    for (size_t a = 0; a < n_a;) {
        const bool whole = a + TILE_A <= n_a;
        const panel rows = panel_from(p, a);
        real *out = y + a * y_row * LANES;
        size_t b = 0;
        for (; b + TILE_B <= n_b; b += TILE_B) {
            if (whole)
                tile_lanes(TILE_A, TILE_B, n_k, rows, panel_from(q, b), scale, out + b * LANES, y_row);
            else
                tile_lanes(1, TILE_B, n_k, rows, panel_from(q, b), scale, out + b * LANES, y_row);
        }
        for (; b < n_b; b++) {
            if (whole)
                tile_lanes(TILE_A, 1, n_k, rows, panel_from(q, b), scale, out + b * LANES, y_row);
            else
                tile_lanes(1, 1, n_k, rows, panel_from(q, b), scale, out + b * LANES, y_row);
        }
        a += whole ? TILE_A : 1;
    }
}

/* A head's part of an array whose tokens are `row` channels apart: (token, channel), or transposed. */
static panel head_panel(const real *data, size_t row, size_t first) { return (panel){data + first * LANES, row, 1}; }
static panel transposed(panel m) { return (panel){m.data, m.column, m.row}; }

enum { PARTS = 4 }; /* side by side, so that operations need not wait for each other */

INLINE vec squares(size_t n, const vec *value) {
    vec part[PARTS] = {{0}};
    size_t c = 0;
    for (; c + PARTS <= n; c += PARTS)
        for (size_t k = 0; k < PARTS; k++) part[k] += value[(c + k) * COLUMNS] * value[(c + k) * COLUMNS];
    for (; c < n; c++) part[0] += value[c * COLUMNS] * value[c * COLUMNS];
    return (part[0] + part[1]) + (part[2] + part[3]);
}

/* Divides each head's q and k by its length, at least 1e-12. */
static void to_unit(const network_dims *dims, real *qkv, real *inverse_length) {
    const size_t width = dims->D / dims->H;
    for (size_t t = 0; t < dims->T; t++) {
        for (size_t part = 0; part < 2 * dims->H; part++) {
            vec *value = (vec *)qkv + (t * 3 * dims->D + part * width) * COLUMNS;
            for (size_t v = 0; v < COLUMNS; v++) {
                const vec length = vector_sqrt(squares(width, value + v));
                const vec inverse = (real)1 / vector_max(length, vector_set((real)1e-12));
                for (size_t c = 0; c < width; c++) value[c * COLUMNS + v] *= inverse;
                ((vec *)inverse_length)[(t * 2 * dims->H + part) * COLUMNS + v] = inverse;
            }
        }
    }
}

enum { MODERATE = 40 }; /* exp(-2 kappa) is a normal number up to this kappa */

INLINE vec row_most(size_t T, const vec *row) {
    vec most[PARTS];
    for (size_t k = 0; k < PARTS; k++) most[k] = row[0];
    size_t j = 0;
    for (; j + PARTS <= T; j += PARTS)
        for (size_t k = 0; k < PARTS; k++) most[k] = vector_max(row[(j + k) * COLUMNS], most[k]);
    for (; j < T; j++) most[0] = vector_max(row[j * COLUMNS], most[0]);
    return vector_max(vector_max(most[0], most[1]), vector_max(most[2], most[3]));
}

/* The exponentials of n rows of T scores, scale times the cosines that are in their place, and one over their sums.
 * Subtract the largest score first: exp() of a raw score can overflow as kappa grows. @param inverse [n] */
static void softmax_sharp(size_t n, size_t T, real scale, real *share, real *inverse) {
    for (size_t i = 0; i < n; i++) {
        for (size_t v = 0; v < COLUMNS; v++) {
            vec *row = (vec *)share + i * T * COLUMNS + v;
            for (size_t j = 0; j < T; j++) row[j * COLUMNS] *= scale;
            const vec most = row_most(T, row);
            vec sum = vector_set(0);
            for (size_t j = 0; j < T; j++) sum += row[j * COLUMNS] = vector_exp_falling(row[j * COLUMNS] - most);
            ((vec *)inverse)[i * COLUMNS + v] = (real)1 / sum;
        }
    }
}

/* The same where kappa is moderate: no score is above kappa, which takes the place of the largest one, and none is so far
 * below it that its exponential would vanish. */
static void softmax_moderate(size_t n, size_t T, real scale, real *share, real *inverse) {
    const real binary = (real)1.4426950408889634;
    const real slope = scale * binary; /* and the shift: score - kappa = scale (cos + 1) */
    for (size_t i = 0; i < n; i++) {
        for (size_t v = 0; v < COLUMNS; v++) {
            vec *row = (vec *)share + i * T * COLUMNS + v;
            vec sum = vector_set(0);
            for (size_t j = 0; j < T; j++)
                sum += row[j * COLUMNS] = vector_exp2_within(row[j * COLUMNS] * slope + slope);
            ((vec *)inverse)[i * COLUMNS + v] = (real)1 / sum;
        }
    }
}

static void softmax_rows(size_t n, size_t T, real scale, real *share, real *inverse) {
    if (scale > -MODERATE)
        softmax_moderate(n, T, scale, share, inverse);
    else
        softmax_sharp(n, T, scale, share, inverse);
}

/* Multiplies n rows of n_columns, `row` values apart, each by its factor. */
static void scale_rows(size_t n, size_t n_columns, size_t row, const real *factor, real *values) {
    for (size_t i = 0; i < n; i++) {
        for (size_t v = 0; v < COLUMNS; v++) {
            const vec f = ((const vec *)factor)[i * COLUMNS + v];
            for (size_t j = 0; j < n_columns; j++) ((vec *)values)[(i * row + j) * COLUMNS + v] *= f;
        }
    }
}

static real sharpness(real tau) { return 4 * vector_exp(vector_set(tau))[0]; }

void attention_forward(const network_dims *dims, real tau, real *qkv, real *inverse_length, bool keep, real *share,
                       real *y) {
    const size_t T = dims->T, D = dims->D, width = D / dims->H;
    const real scale = -sharpness(tau);
    _Alignas(64) real inverse[ATTENTION_ROWS * LANES];
    to_unit(dims, qkv, inverse_length);
    for (size_t h = 0; h < dims->H; h++) {
        const panel q = head_panel(qkv, 3 * D, h * width), k = head_panel(qkv, 3 * D, D + h * width);
        const panel v = transposed(head_panel(qkv, 3 * D, 2 * D + h * width));
        /* A few queries at a time: their rows stay in the nearest cache. */
        for (size_t i = 0; i < T; i += ATTENTION_ROWS) {
            const size_t n = T - i < ATTENTION_ROWS ? T - i : ATTENTION_ROWS;
            real *rows = share + (keep ? (h * T + i) * T * LANES : 0);
            lanes_product(n, T, width, panel_from(q, i), k, 1, rows, T);
            real *out = y + (i * D + h * width) * LANES;
            softmax_rows(n, T, scale, rows, inverse);
            lanes_product(n, width, T, head_panel(rows, T, 0), v, 1, out, D);
            scale_rows(n, width, D, inverse, out);
            if (keep) scale_rows(n, T, T, inverse, rows);
        }
    }
}

/* p = softmax(score): dscore = p (dp - sum_j p dp). dp is overwritten. */
static void softmax_backward(size_t T, const real *share, real *dshare) {
    for (size_t i = 0; i < T; i++) {
        const vec *p = (const vec *)share + i * T * COLUMNS;
        vec *d = (vec *)dshare + i * T * COLUMNS;
        for (size_t v = 0; v < COLUMNS; v++) {
            vec sum = vector_set(0);
            for (size_t j = 0; j < T; j++) sum += p[j * COLUMNS + v] * d[j * COLUMNS + v];
            for (size_t j = 0; j < T; j++) d[j * COLUMNS + v] = p[j * COLUMNS + v] * (d[j * COLUMNS + v] - sum);
        }
    }
}

/* unit = value inverse: dvalue = inverse (dunit - unit (unit . dunit)). Returns the sum of q . dq over tokens, which
 * is the gradient of tau: scores are proportional to exp(tau) and to q, so both move them alike. */
static vec unit_backward(const network_dims *dims, const real *qkv, const real *inverse_length, real *dqkv) {
    const size_t width = dims->D / dims->H;
    vec dtau = vector_set(0);
    for (size_t t = 0; t < dims->T; t++) {
        for (size_t part = 0; part < 2 * dims->H; part++) {
            const size_t at = (t * 3 * dims->D + part * width) * COLUMNS;
            const vec *unit = (const vec *)qkv + at;
            vec *d = (vec *)dqkv + at;
            for (size_t v = 0; v < COLUMNS; v++) {
                const vec inverse = ((const vec *)inverse_length)[(t * 2 * dims->H + part) * COLUMNS + v];
                vec along = vector_set(0);
                for (size_t c = 0; c < width; c++) along += unit[c * COLUMNS + v] * d[c * COLUMNS + v];
                for (size_t c = 0; c < width; c++)
                    d[c * COLUMNS + v] = inverse * (d[c * COLUMNS + v] - unit[c * COLUMNS + v] * along);
                if (part < dims->H) dtau += along;
            }
        }
    }
    return dtau;
}

void attention_backward(const network_dims *dims, real tau, const real *qkv, const real *inverse_length,
                        const real *share, real *dshare, const real *dy, real *dqkv, real *dtau) {
    const size_t T = dims->T, D = dims->D, width = D / dims->H, row = 3 * D;
    const real scale = -sharpness(tau);
    for (size_t h = 0; h < dims->H; h++) {
        const size_t first = h * width;
        const panel q = head_panel(qkv, row, first), k = head_panel(qkv, row, D + first);
        const panel v = head_panel(qkv, row, 2 * D + first), dout = head_panel(dy, D, first);
        const panel p = head_panel(share + h * T * T * LANES, T, 0), ds = head_panel(dshare, T, 0);
        real *dq = dqkv + first * LANES, *dk = dq + D * LANES, *dv = dk + D * LANES;
        /* y_i = sum_j p_ij v_j */
        lanes_product(T, width, T, transposed(p), transposed(dout), 1, dv, row);
        lanes_product(T, T, width, dout, v, 1, dshare, T);
        softmax_backward(T, p.data, dshare);
        /* score_ij = scale q_i . k_j */
        lanes_product(T, width, T, ds, transposed(k), scale, dq, row);
        lanes_product(T, width, T, transposed(ds), transposed(q), scale, dk, row);
    }
    *dtau += vector_sum(unit_backward(dims, qkv, inverse_length, dqkv));
}
