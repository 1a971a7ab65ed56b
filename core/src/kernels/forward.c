/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "kernels/block.h"
#include "layers.h"
#include "params.h"

/* h = PReLU(W_e (gain . c) + b_e + pos), z = LayerNorm(h); the gain goes into the weights. */
static void embed(const network_dims *d, const weight_pointers *w, bool haar, const real *x, block_values *b) {
    wavelet_forward(d, haar, x, b->level, b->c);
    for (size_t o = 0; o < d->D; o++)
        for (size_t q = 0; q < d->Q; q++) b->embed[o * d->Q + q] = w->embed_weight[o * d->Q + q] * w->scale_gain[q];
    dense_forward((dense_shape){d->T, d->Q, d->D, d->Q, d->D}, b->embed, w->embed_bias, b->c, b->pre);
    prelu_forward(d->T, d->D, w->embed_slope, w->position, b->pre, b->h);
    norm_forward(d->T, d->D, w->norm_in_gain, w->norm_in_bias, b->h, b->z, b->moments_in);
}

/* m, in the first half of mw's channels */
static void state_space(const network_dims *d, const weight_pointers *w, block_values *b) {
    const size_t T = d->T, D = d->D, n_p = d->R + 2 * d->S;
    dense_forward((dense_shape){T, D, 2 * D, D, 2 * D}, w->ssm_in_weight, NULL, b->z, b->inner);
    conv_forward(d, w->ssm_conv_weight, w->ssm_conv_bias, b->inner, 2 * D, b->conv, b->v);
    dense_forward((dense_shape){T, D, n_p, D, n_p}, w->ssm_x_weight, NULL, b->v, b->p);
    dense_forward((dense_shape){T, d->R, D, n_p, D}, w->ssm_delta_weight, w->ssm_delta_bias, b->p, b->delta_raw);
    rates_forward(d, w->ssm_alpha, b->delta_raw, b->rate, b->delta, b->decay);
    scan_forward(d, &(scan_inputs){b->v, b->delta, b->decay, b->p, w->ssm_skip}, b->y);
    swish_forward(T, D, b->y, b->inner + D * LANES, 2 * D, b->gated);
    dense_forward((dense_shape){T, D, D, D, 2 * D}, w->ssm_out_weight, NULL, b->gated, b->mw);
}

/* w, in the second half of mw's channels */
static void weak_signal_attention(const network_dims *d, const weight_pointers *w, bool train, block_values *b) {
    const size_t T = d->T, D = d->D;
    dense_forward((dense_shape){T, D, 3 * D, D, 3 * D}, w->wsa_qkv_weight, w->wsa_qkv_bias, b->z, b->qkv);
    attention_forward(d, w->wsa_tau[0], b->qkv, b->lengths, train, b->share, b->attended);
    dense_forward((dense_shape){T, D, D, D, 2 * D}, w->wsa_out_weight, w->wsa_out_bias, b->attended, b->mw + D * LANES);
}

/* f of what the branches leave; one branch alone is added whole. */
static void fuse(const network_dims *d, const weight_pointers *w, const network_constants *constants, block_values *b) {
    const size_t T = d->T, D = d->D;
    const bool ssm = !(constants->without & WSNET_WITHOUT_SSM), wsa = !(constants->without & WSNET_WITHOUT_WSA);
    if (!ssm || !wsa) {
        add_branch(T, D, b->h, ssm ? b->mw : wsa ? b->mw + D * LANES : NULL, b->f);
    } else if (constants->without & WSNET_WITHOUT_GATE) {
        fuse_forward(T, D, constants->weak_bias, b->h, b->mw, NULL, NULL, b->f);
    } else {
        dense_forward((dense_shape){T, 2 * D, D, 2 * D, D}, w->gate_weight, w->gate_bias, b->mw, b->gate);
        fuse_forward(T, D, constants->weak_bias, b->h, b->mw, b->gate, b->gate, b->f);
    }
}

static void head(const network_dims *d, const weight_pointers *w, block_values *b, real *lower, real *upper) {
    const size_t T = d->T, D = d->D, J = d->J, P = d->P, n_head = J + 2 * P + 1;
    norm_forward(T, D, w->norm_out_gain, w->norm_out_bias, b->f, b->zf, b->moments_out);
    dense_forward((dense_shape){1, T * D, J, T * D, J}, w->flat_weight, w->flat_bias, b->zf, b->flat_pre);
    prelu_forward(1, J, w->flat_slope, NULL, b->flat_pre, b->head_in);
    dense_forward((dense_shape){1, n_head, J, n_head, J}, w->head_weight, w->head_bias, b->head_in, b->head_pre);
    prelu_forward(1, J, w->head_slope, NULL, b->head_pre, b->head);
    dense_forward((dense_shape){1, J, P, J, P}, w->shift_weight, w->shift_bias, b->head, b->shift);
    dense_forward((dense_shape){1, J, 2 * P, J, 2 * P}, w->width_weight, w->width_bias, b->head, b->width_raw);
    simplex_forward(P, b->head_in + J * LANES, b->shift, b->a);
    widths_forward(P, b->width_raw, lower, upper);
}

void network_forward(const network_dims *dims, const network_constants *constants, const real *weights, const real *x,
                     const real *u, void *scratch, bool train, real *a, real *lower, real *upper) {
    const unsigned without = constants->without;
    const weight_pointers w = weights_point(dims, weights);
    block made;
    block_arrange(dims, train, scratch, &made);
    block_values *b = &made.value;
    classical_inputs(dims, constants->pinv, without & WSNET_WITHOUT_CLASSICAL ? NULL : u, x, b->level,
                     b->head_in + dims->J * LANES);
    embed(dims, &w, !(without & WSNET_WITHOUT_WAVELET), x, b);
    if (!(without & WSNET_WITHOUT_SSM)) state_space(dims, &w, b);
    if (!(without & WSNET_WITHOUT_WSA)) weak_signal_attention(dims, &w, train, b);
    fuse(dims, &w, constants, b);
    head(dims, &w, b, lower, upper);
    memcpy(a, b->a, dims->P * LANES * sizeof *a);
}
