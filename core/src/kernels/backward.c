/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "kernels/block.h"
#include "layers.h"
#include "params.h"

/* What each step of backward reads and writes. */
typedef struct backward_pass {
    const network_dims *d;
    weight_pointers w;
    gradient_pointers dw;
    block_values b;
    block_gradients g;
} backward_pass;

/* Weights, then input, of y = W x + b. */
static void dense_backward(dense_shape shape, const real *weight, const real *x, const real *dy, bool add, real *dx,
                           real *dweight, real *dbias) {
    dense_backward_weights(shape, x, dy, dweight, dbias);
    dense_backward_input(shape, weight, dy, add, dx);
}

/* The same for one token, added to dx or not. */
static void outer_backward(const backward_pass *s, size_t n_in, size_t n_out, const real *weight, const real *x,
                           const real *dy, bool add, real *dx, real *dweight, real *dbias) {
    outer_backward_weights(n_in, n_out, x, dy, s->g.transposed, dweight, dbias);
    dense_backward_input((dense_shape){1, n_in, n_out, n_in, n_out}, weight, dy, add, dx);
}

/* From da, dlower, dupper to the gradient of zf. */
static void head(const backward_pass *s, const real *da, const real *dlower, const real *dupper) {
    const network_dims *d = s->d;
    const size_t TD = d->T * d->D, J = d->J, P = d->P, n_head = J + 2 * P + 1;
    const weight_pointers *w = &s->w;
    const gradient_pointers *dw = &s->dw;
    const block_values *b = &s->b;
    const block_gradients *g = &s->g;
    widths_backward(P, b->width_raw, dlower, dupper, g->width_raw);
    simplex_backward(P, b->a, da, g->shift);
    outer_backward(s, J, 2 * P, w->width_weight, b->head, g->width_raw, false, g->head, dw->width_weight,
                   dw->width_bias);
    outer_backward(s, J, P, w->shift_weight, b->head, g->shift, true, g->head, dw->shift_weight, dw->shift_bias);
    prelu_backward(1, J, w->head_slope, b->head_pre, g->head, g->head, dw->head_slope, NULL);
    outer_backward(s, n_head, J, w->head_weight, b->head_in, g->head, false, g->head_in, dw->head_weight,
                   dw->head_bias);
    prelu_backward(1, J, w->flat_slope, b->flat_pre, g->head_in, g->head_in, dw->flat_slope, NULL);
    outer_backward(s, TD, J, w->flat_weight, b->zf, g->head_in, false, g->zf, dw->flat_weight, dw->flat_bias);
}

/* From the gradient of f to those of mw, through the gate when it is there. */
static void fuse(const backward_pass *s, bool gate) {
    const size_t T = s->d->T, D = s->d->D;
    fuse_backward(T, D, s->b.mw, gate ? s->b.gate : NULL, s->g.f, s->g.mw, s->g.gate);
    if (gate)
        dense_backward((dense_shape){T, 2 * D, D, 2 * D, D}, s->w.gate_weight, s->b.mw, s->g.gate, true, s->g.mw,
                       s->dw.gate_weight, s->dw.gate_bias);
}

/* From the gradient of m (rows of m_row channels) to that of z, added. */
static void state_space(const backward_pass *s, const real *dm, size_t m_row) {
    const network_dims *d = s->d;
    const size_t T = d->T, D = d->D, n_p = d->R + 2 * d->S;
    const weight_pointers *w = &s->w;
    const gradient_pointers *dw = &s->dw;
    const block_values *b = &s->b;
    const block_gradients *g = &s->g;
    dense_backward((dense_shape){T, D, D, D, m_row}, w->ssm_out_weight, b->gated, dm, false, g->gated,
                   dw->ssm_out_weight, NULL);
    swish_backward(T, D, b->y, b->inner + D * LANES, 2 * D, g->gated, g->y, g->inner + D * LANES);
    scan_backward(d, &(scan_inputs){b->v, b->delta, b->decay, b->p, w->ssm_skip}, g->states, g->y,
                  &(scan_grads){g->v, g->delta, g->log_decay, g->p, dw->ssm_skip});
    rates_backward(d, b->rate, b->delta_raw, b->delta, g->delta, g->log_decay, g->delta, dw->ssm_alpha);
    dense_backward((dense_shape){T, d->R, D, n_p, D}, w->ssm_delta_weight, b->p, g->delta, false, g->p,
                   dw->ssm_delta_weight, dw->ssm_delta_bias);
    dense_backward((dense_shape){T, D, n_p, D, n_p}, w->ssm_x_weight, b->v, g->p, true, g->v, dw->ssm_x_weight, NULL);
    conv_backward(d, w->ssm_conv_weight, b->inner, 2 * D, b->conv, g->v, g->inner, dw->ssm_conv_weight,
                  dw->ssm_conv_bias);
    dense_backward((dense_shape){T, D, 2 * D, D, 2 * D}, w->ssm_in_weight, b->z, g->inner, true, g->z,
                   dw->ssm_in_weight, NULL);
}

/* From the gradient of w (rows of w_row channels) to that of z, added. */
static void weak_signal_attention(const backward_pass *s, const real *dweak, size_t w_row) {
    const network_dims *d = s->d;
    const size_t T = d->T, D = d->D;
    dense_backward((dense_shape){T, D, D, D, w_row}, s->w.wsa_out_weight, s->b.attended, dweak, false, s->g.attended,
                   s->dw.wsa_out_weight, s->dw.wsa_out_bias);
    attention_backward(d, s->w.wsa_tau[0], s->b.qkv, s->b.lengths, s->b.share, s->g.share, s->g.attended, s->g.qkv,
                       s->dw.wsa_tau);
    dense_backward((dense_shape){T, D, 3 * D, D, 3 * D}, s->w.wsa_qkv_weight, s->b.z, s->g.qkv, true, s->g.z,
                   s->dw.wsa_qkv_weight, s->dw.wsa_qkv_bias);
}

/* From the gradient of h to the embedding and the gain: with G = dpre' c, dW = G gain and dgain = sum of G W. */
static void embed(const backward_pass *s) {
    const network_dims *d = s->d;
    real *G = s->g.embed;
    prelu_backward(d->T, d->D, s->w.embed_slope, s->b.pre, s->g.h, s->g.h, s->dw.embed_slope, s->dw.position);
    memset(G, 0, d->D * d->Q * sizeof *G);
    dense_backward_weights((dense_shape){d->T, d->Q, d->D, d->Q, d->D}, s->b.c, s->g.h, G, s->dw.embed_bias);
    for (size_t o = 0; o < d->D; o++) {
        for (size_t q = 0; q < d->Q; q++) {
            s->dw.embed_weight[o * d->Q + q] += G[o * d->Q + q] * s->w.scale_gain[q];
            s->dw.scale_gain[q] += G[o * d->Q + q] * s->w.embed_weight[o * d->Q + q];
        }
    }
}

/* From the gradient of f to that of h: f = h + what the branches give, and they read z = LayerNorm(h). */
static void branches(const backward_pass *s, unsigned without) {
    const size_t T = s->d->T, D = s->d->D, bytes = T * D * LANES * sizeof(real);
    const bool ssm = !(without & WSNET_WITHOUT_SSM), wsa = !(without & WSNET_WITHOUT_WSA);
    const bool both = ssm && wsa;
    memcpy(s->g.h, s->g.f, bytes);
    memset(s->g.z, 0, bytes);
    if (both) fuse(s, !(without & WSNET_WITHOUT_GATE));
    if (ssm) state_space(s, both ? s->g.mw : s->g.f, both ? 2 * D : D);
    if (wsa) weak_signal_attention(s, both ? s->g.mw + D * LANES : s->g.f, both ? 2 * D : D);
    norm_backward(T, D, s->w.norm_in_gain, s->b.h, s->b.moments_in, s->g.z, s->g.h, s->dw.norm_in_gain,
                  s->dw.norm_in_bias);
}

void network_backward(const network_dims *dims, const network_constants *constants, const real *weights, const real *x,
                      const real *u, void *scratch, const real *da, const real *dlower, const real *dupper,
                      real *gradient) {
    (void)x; /* forward kept what is needed of them */
    (void)u;
    const size_t TD = dims->T * dims->D;
    block made;
    block_arrange(dims, true, scratch, &made);
    const backward_pass pass = {.d = dims,
                                .w = weights_point(dims, weights),
                                .dw = gradient_point(dims, gradient),
                                .b = made.value,
                                .g = made.gradient};
    head(&pass, da, dlower, dupper);
    memset(pass.g.f, 0, TD * LANES * sizeof(real));
    norm_backward(dims->T, dims->D, pass.w.norm_out_gain, pass.b.f, pass.b.moments_out, pass.g.zf, pass.g.f,
                  pass.dw.norm_out_gain, pass.dw.norm_out_bias);
    branches(&pass, constants->without);
    embed(&pass);
}
