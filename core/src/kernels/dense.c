/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/tile.h"
#include "layers.h"

/* What a product reads and writes: tokens of n_in channels, x_row apart, to tokens of n_out, y_row apart. */
typedef struct operands {
    size_t n_in, n_out, x_row, y_row;
    weight_panel w;
    const real *bias; /* or NULL */
    const real *x;
    real *y;
} operands;

/* Outputs of some tokens from `first` on, n_tile at a time as long as they last. @return the first output left */
INLINE size_t some_outputs(const int n_tokens, const int n_tile, const bool add, size_t first, const operands *p) {
    size_t o = first;
    for (; o + (size_t)n_tile <= p->n_out; o += (size_t)n_tile) {
        const weight_panel rows = {p->w.data + o * p->w.out, p->w.out, p->w.in};
        tile_weights(n_tokens, n_tile, add, p->n_in, rows, p->bias ? p->bias + o : NULL, p->x, p->x_row,
                     p->y + o * LANES, p->y_row);
    }
    return o;
}

INLINE void all_outputs(const int n_tokens, const int most, const bool add, const operands *p) {
    size_t o = some_outputs(n_tokens, most, add, 0, p);
    if (most > 4) o = some_outputs(n_tokens, 4, add, o, p);
    if (most > 2) o = some_outputs(n_tokens, 2, add, o, p);
    some_outputs(n_tokens, 1, add, o, p);
}

INLINE void all_tokens(const bool add, size_t n, operands p) {
    const size_t x_step = p.x_row * LANES, y_step = p.y_row * LANES;
    size_t t = 0;
    for (; t + TILE_TOKENS <= n; t += TILE_TOKENS, p.x += TILE_TOKENS * x_step, p.y += TILE_TOKENS * y_step)
        all_outputs(TILE_TOKENS, TILE_OUT, add, &p);
    for (; t < n; t++, p.x += x_step, p.y += y_step) all_outputs(1, TILE_ROW, add, &p);
}

void dense_forward(dense_shape shape, const real *weight, const real *bias, const real *x, real *y) {
    const weight_panel w = {weight, shape.n_in, 1};
    all_tokens(false, shape.n, (operands){shape.n_in, shape.n_out, shape.x_row, shape.y_row, w, bias, x, y});
}

void dense_backward_input(dense_shape shape, const real *weight, const real *dy, bool add, real *dx) {
    const weight_panel transposed = {weight, 1, shape.n_in};
    const operands p = {shape.n_out, shape.n_in, shape.y_row, shape.x_row, transposed, NULL, dy, dx};
    if (add)
        all_tokens(true, shape.n, p);
    else
        all_tokens(false, shape.n, p);
}

static void bias_gradient(dense_shape shape, const real *dy, real *dbias) {
    for (size_t o = 0; o < shape.n_out; o++) {
        vec sum = vector_set(0);
        for (size_t t = 0; t < shape.n; t++)
            for (size_t v = 0; v < COLUMNS; v++) sum += ((const vec *)dy)[(t * shape.y_row + o) * COLUMNS + v];
        dbias[o] += vector_sum(sum);
    }
}

/* Weight gradients of n_out constant outputs. */
INLINE void gradient_rows(const int n_out, dense_shape shape, const real *x, const real *dy, real *dweight) {
    size_t i = 0;
    for (; i + TILE_GRADIENT <= shape.n_in; i += TILE_GRADIENT)
        tile_gradient(n_out, TILE_GRADIENT, shape.n, dy, shape.y_row, x + i * LANES, shape.x_row, dweight + i,
                      shape.n_in);
    for (; i < shape.n_in; i++)
        tile_gradient(n_out, 1, shape.n, dy, shape.y_row, x + i * LANES, shape.x_row, dweight + i, shape.n_in);
}

void dense_backward_weights(dense_shape shape, const real *x, const real *dy, real *dweight, real *dbias) {
    size_t o = 0;
    for (; o + TILE_A <= shape.n_out; o += TILE_A)
        gradient_rows(TILE_A, shape, x, dy + o * LANES, dweight + o * shape.n_in);
    for (; o < shape.n_out; o++) gradient_rows(1, shape, x, dy + o * LANES, dweight + o * shape.n_in);
    if (dbias) bias_gradient(shape, dy, dbias);
}

/* dweight[o,i] += sum over lanes of dy[o] x[i], for n_out rows of n_in vectors of inputs from i on. */
INLINE void outer_tile(const int n_out, const int n_in, const real *across, size_t row, const real *dy, real *dweight) {
    vec sum[TILE_A][TILE_GRADIENT];
    for (int o = 0; o < n_out; o++)
        for (int i = 0; i < n_in; i++)
            sum[o][i] = *(const vec_unaligned *)(dweight + (size_t)o * row + (size_t)(i * WIDTH));
    for (size_t l = 0; l < LANES; l++) {
        vec value[TILE_GRADIENT];
        for (int i = 0; i < n_in; i++) value[i] = *(const vec_unaligned *)(across + l * row + (size_t)(i * WIDTH));
        for (int o = 0; o < n_out; o++) {
            const vec d = vector_set(dy[(size_t)o * LANES + l]);
            for (int i = 0; i < n_in; i++) sum[o][i] += d * value[i];
        }
    }
    for (int o = 0; o < n_out; o++)
        for (int i = 0; i < n_in; i++) *(vec_unaligned *)(dweight + (size_t)o * row + (size_t)(i * WIDTH)) = sum[o][i];
}

INLINE void outer_columns(const int n_in, size_t n_out, const real *across, size_t row, const real *dy, real *dweight) {
    size_t o = 0;
    for (; o + TILE_A <= n_out; o += TILE_A) outer_tile(TILE_A, n_in, across, row, dy + o * LANES, dweight + o * row);
    for (; o < n_out; o++) outer_tile(1, n_in, across, row, dy + o * LANES, dweight + o * row);
}

void outer_backward_weights(size_t n_in, size_t n_out, const real *x, const real *dy, real *transposed, real *dweight,
                            real *dbias) {
    for (size_t i = 0; i < n_in; i++)
        for (size_t l = 0; l < LANES; l++) transposed[l * n_in + i] = x[i * LANES + l];
    size_t i = 0;
    for (; i + TILE_GRADIENT * WIDTH <= n_in; i += TILE_GRADIENT * WIDTH)
        outer_columns(TILE_GRADIENT, n_out, transposed + i, n_in, dy, dweight + i);
    for (; i + WIDTH <= n_in; i += WIDTH) outer_columns(1, n_out, transposed + i, n_in, dy, dweight + i);
    const dense_shape rest = {1, n_in, n_out, n_in, n_out};
    for (; i < n_in; i++)
        for (size_t o = 0; o < n_out; o++)
            tile_gradient(1, 1, 1, dy + o * LANES, n_out, x + i * LANES, n_in, dweight + o * n_in + i, n_in);
    bias_gradient(rest, dy, dbias);
}
