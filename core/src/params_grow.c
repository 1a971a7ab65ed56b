/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "params.h"

/* Head: of [y; u; ls; log level], what follows u and ls moves. */
static void grow_head(const network_dims *was, const float *old_head, const network_dims *d, float *head) {
    const size_t J = d->J, n_old = was->J + 2 * was->P + 1, n_new = J + 2 * d->P + 1;
    memset(head, 0, J * n_new * sizeof *head);
    for (size_t j = 0; j < J; j++) {
        const float *from = old_head + j * n_old;
        float *to = head + j * n_new;
        memcpy(to, from, (J + was->P) * sizeof *to);
        memcpy(to + J + d->P, from + J + was->P, was->P * sizeof *to);
        to[n_new - 1] = from[n_old - 1];
    }
}

/* Centred rows of the shift. @param columns J for the weight, 1 for the bias */
static void grow_shift(const network_dims *was, const float *old_shift, const network_dims *d, size_t columns,
                       float *shift) {
    memset(shift, 0, d->P * columns * sizeof *shift);
    for (size_t j = 0; j < columns; j++) {
        double mean = 0;
        for (size_t k = 0; k < was->P; k++) mean += (double)old_shift[k * columns + j] / (double)was->P;
        for (size_t k = 0; k < was->P; k++) shift[k * columns + j] = (float)((double)old_shift[k * columns + j] - mean);
    }
}

/* Rows of the lower half-widths, then of the upper ones. */
static void grow_widths(const network_dims *was, const float *old_width, const network_dims *d, float *width) {
    const size_t J = d->J, n_kept = was->P * J, n_added = (d->P - was->P) * J;
    for (size_t side = 0; side < 2; side++) {
        memcpy(width, old_width, n_kept * sizeof *width);
        memset(width + n_kept, 0, n_added * sizeof *width);
        width += n_kept + n_added;
        old_width += n_kept;
    }
}

void weights_grow(const network_dims *old_dims, const float *old_weights, const network_dims *dims, float *weights) {
    const network_dims *was = old_dims;
    weight_info old_row, row;
    for (size_t i = 0; weights_info(was, i, &old_row) && weights_info(dims, i, &row); i++)
        if (old_row.rows == row.rows && old_row.columns == row.columns)
            memcpy(weights + row.offset, old_weights + old_row.offset, row.rows * row.columns * sizeof *weights);
    const weight_pointers from = weights_point(was, old_weights);
    const gradient_pointers to = gradient_point(dims, weights);
    memcpy(to.endmembers, from.endmembers, was->P * was->B * sizeof *weights);
    grow_head(was, from.head_weight, dims, to.head_weight);
    grow_shift(was, from.shift_weight, dims, dims->J, to.shift_weight);
    grow_shift(was, from.shift_bias, dims, 1, to.shift_bias);
    grow_widths(was, from.width_weight, dims, to.width_weight);
    for (size_t side = 0; side < 2; side++)
        memcpy(to.width_bias + side * dims->P, from.width_bias + side * was->P, was->P * sizeof *weights);
}
