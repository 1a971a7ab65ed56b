/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file layers.h  The layers of the network, forward and backward, on one block of LANES pixels.
 *
 *  Shapes in comments leave out the lanes: [T,D] is stored [T,D,LANES], aligned to 64 bytes. Weights and their gradients are
 *  plain numbers, shared by the lanes. Kernels return nothing, allocate nothing, cannot fail. Backward functions ADD
 *  to gradients of weights; what they do to gradients of values is said at each. Letters: resources/docs/method.md. */
#ifndef WSNET_LAYERS_H
#define WSNET_LAYERS_H

#include <stdbool.h>

#include "network.h"
#include "real.h"

/* Each copy of the kernels has its own names. */
#define wavelet_forward KERNEL(wavelet_forward)
#define dense_forward KERNEL(dense_forward)
#define dense_backward_input KERNEL(dense_backward_input)
#define dense_backward_weights KERNEL(dense_backward_weights)
#define outer_backward_weights KERNEL(outer_backward_weights)
#define prelu_forward KERNEL(prelu_forward)
#define prelu_backward KERNEL(prelu_backward)
#define norm_forward KERNEL(norm_forward)
#define norm_backward KERNEL(norm_backward)
#define conv_forward KERNEL(conv_forward)
#define conv_backward KERNEL(conv_backward)
#define rates_forward KERNEL(rates_forward)
#define rates_backward KERNEL(rates_backward)
#define scan_forward KERNEL(scan_forward)
#define scan_backward KERNEL(scan_backward)
#define swish_forward KERNEL(swish_forward)
#define swish_backward KERNEL(swish_backward)
#define attention_forward KERNEL(attention_forward)
#define attention_backward KERNEL(attention_backward)
#define add_branch KERNEL(add_branch)
#define fuse_forward KERNEL(fuse_forward)
#define fuse_backward KERNEL(fuse_backward)
#define simplex_forward KERNEL(simplex_forward)
#define simplex_backward KERNEL(simplex_backward)
#define widths_forward KERNEL(widths_forward)
#define widths_backward KERNEL(widths_backward)
#define classical_inputs KERNEL(classical_inputs)
#define pixels_turn KERNEL(pixels_turn)
#define pixels_project KERNEL(pixels_project)
#define pixels_judge KERNEL(pixels_judge)
#define pixels_along KERNEL(pixels_along)

enum {
    LAYER_MAX_STATES = 64, /**< most states S of a channel */
    LAYER_MAX_BLOCK = 64,  /**< most coefficients Q of a token */
    ATTENTION_ROWS = 4     /**< queries done together */
};

/** n tokens of n_in and n_out channels; rows are the channels from one token to the next in x and y. */
typedef struct dense_shape {
    size_t n, n_in, n_out, x_row, y_row;
} dense_shape;

/** Coefficients of blocks of Q bands, x / level: orthonormal Haar tree, approximation first, details coarse to fine; or
 *  the bands themselves. The last value fills the last block.
 *  @param x [B]  @param level [1]  @param c [T,Q] */
void wavelet_forward(const network_dims *dims, bool haar, const real *x, const real *level, real *c);

/** y = W x + b. @param weight [n_out,n_in]  @param bias [n_out] or NULL  @param x [n,n_in]  @param y [n,n_out] */
void dense_forward(dense_shape shape, const real *weight, const real *bias, const real *x, real *y);
/** dx = W' dy, or dx += W' dy */
void dense_backward_input(dense_shape shape, const real *weight, const real *dy, bool add, real *dx);
/** For several tokens. @param dweight [n_out,n_in]  @param dbias [n_out] or NULL */
void dense_backward_weights(dense_shape shape, const real *x, const real *dy, real *dweight, real *dbias);
/** The same for one token, where there are more weights than values.
 *  @param x [n_in]  @param dy [n_out]  @param transposed scratch as long as x */
void outer_backward_weights(size_t n_in, size_t n_out, const real *x, const real *dy, real *transposed, real *dweight,
                            real *dbias);

/** y = x > 0 ? x : slope x, after x += offset where offset is given. x and y may be the same.
 *  @param slope [C]  @param offset plain numbers [n,C], or NULL  @param x,y [n,C]; x is overwritten by x + offset */
void prelu_forward(size_t n, size_t n_channels, const real *slope, const real *offset, real *x, real *y);
/** dx = gradient before the offset, which is the offset's too. dx and dy may be the same.
 *  @param x as forward left it  @param doffset [n,C] plain numbers, or NULL */
void prelu_backward(size_t n, size_t n_channels, const real *slope, const real *x, const real *dy, real *dx,
                    real *dslope, real *doffset);

/** Layer normalisation over channels (Ba, Kiros and Hinton 2016), eps 1e-5.
 *  @param x,y [n,C]  @param moments [n,2] mean and inverse standard deviation, for backward */
void norm_forward(size_t n, size_t n_channels, const real *gain, const real *bias, const real *x, real *y,
                  real *moments);
/** dx += gradient */
void norm_backward(size_t n, size_t n_channels, const real *gain, const real *x, const real *moments, const real *dy,
                   real *dx, real *dgain, real *dbias);

/** y = SiLU(causal depthwise convolution over tokens): sum = b[d] + sum_k w[d,k] x[t-K+1+k,d], zero before the start.
 *  @param x [T,D] in rows of x_row channels  @param sum [T,D] before SiLU, for backward; may be y  @param y [T,D] */
void conv_forward(const network_dims *dims, const real *weight, const real *bias, const real *x, size_t x_row,
                  real *sum, real *y);
/** dx = gradient, in rows of x_row channels. @param dy [T,D], overwritten by the gradient of sum */
void conv_backward(const network_dims *dims, const real *weight, const real *x, size_t x_row, const real *sum, real *dy,
                   real *dx, real *dweight, real *dbias);

/** rate = exp(alpha), delta = softplus(raw), decay = exp(-delta rate).
 *  @param alpha,rate [D] plain  @param raw,delta,decay [T,D] */
void rates_forward(const network_dims *dims, const real *alpha, const real *raw, real *rate, real *delta, real *decay);
/** draw = gradient. @param ddelta, dlog [T,D] gradients of delta and of log decay */
void rates_backward(const network_dims *dims, const real *rate, const real *raw, const real *delta, const real *ddelta,
                    const real *dlog, real *draw, real *dalpha);

/** What the selective scan reads. */
typedef struct scan_inputs {
    const real *v, *delta, *decay; /**< [T,D] */
    const real *p;                 /**< [T,R+2S]; B and C come after R others */
    const real *skip;              /**< [D] plain numbers */
} scan_inputs;
typedef struct scan_grads {
    real *v, *delta, *log_decay; /**< [T,D] overwritten */
    real *p;                     /**< columns of B and C overwritten */
    real *skip;
} scan_grads;
/** state_t = decay_t^(s+1) state_{t-1} + delta_t B_t v_t; y_t = sum_s C_t state_t + skip v_t: the selective scan (Gu and Dao
 *  2023) with A[d,s] = -(s+1) exp(alpha_d). @param y [T,D], may be decay */
void scan_forward(const network_dims *dims, const scan_inputs *inputs, real *y);
/** @param states [T,S] scratch  @param dy [T,D] */
void scan_backward(const network_dims *dims, const scan_inputs *inputs, real *states, const real *dy,
                   const scan_grads *grads);

/** y = a SiLU(b). @param a,y [n,C]  @param b [n,C] in rows of b_row channels */
void swish_forward(size_t n, size_t n_channels, const real *a, const real *b, size_t b_row, real *y);
/** da, db = gradients */
void swish_backward(size_t n, size_t n_channels, const real *a, const real *b, size_t b_row, const real *dy, real *da,
                    real *db);

/** Weak signal attention: softmax over j of -kappa cos(q_i, k_j), kappa = 4 exp(tau), times v_j; in H heads.
 *  @param qkv [T,3D]; q and k are overwritten by their unit vectors  @param inverse_length [T,2H] of q, then k
 *  @param share [H,T,T] softmax if keep, else [ATTENTION_ROWS,T] scratch  @param y [T,D] */
void attention_forward(const network_dims *dims, real tau, real *qkv, real *inverse_length, bool keep, real *share,
                       real *y);
/** @param dshare [T,T] scratch  @param dy [T,D]  @param dqkv [T,3D] overwritten  @param dtau [1] */
void attention_backward(const network_dims *dims, real tau, const real *qkv, const real *inverse_length,
                        const real *share, real *dshare, const real *dy, real *dqkv, real *dtau);

/** f = h + branch, or h. @param branch [T,D] in rows of 2D channels, or NULL */
void add_branch(size_t n, size_t n_channels, const real *h, const real *branch, real *f);

/** f = h + g m + (1-g) w, g = sigmoid(logit - weak_bias), or 1/2 when logit is NULL.
 *  @param mw [T,2D] m then w  @param gate [T,D] g for backward (unused without logit); may be logit */
void fuse_forward(size_t n, size_t n_channels, real weak_bias, const real *h, const real *mw, const real *logit,
                  real *gate, real *f);
/** dmw, dlogit = gradients (that of h is df itself). @param gate NULL: 1/2, no dlogit */
void fuse_backward(size_t n, size_t n_channels, const real *mw, const real *gate, const real *df, real *dmw,
                   real *dlogit);

/** Euclidean projection of v = u + shift on the simplex (active sets, Michelot 1986). @param u,shift,a [P] */
void simplex_forward(size_t n, const real *u, const real *shift, real *a);
/** dshift = gradient */
void simplex_backward(size_t n, const real *a, const real *da, real *dshift);

/** lower, upper = softplus of the first and second half of raw. @param raw [2P]  @param lower,upper [P] */
void widths_forward(size_t n, const real *raw, real *lower, real *upper);
/** draw = gradient */
void widths_backward(size_t n, const real *raw, const real *dlower, const real *dupper, real *draw);

/** What the head knows besides the tokens: classical abundances, least squares, brightness.
 *  @param u [P] or NULL: 1/P  @param x [B]  @param level [1] result, mean |x| + 1e-6
 *  @param inputs [2P+1] result: u; ls, least squares of x/level divided by its positive sum, in [-2,2]; log level */
void classical_inputs(const network_dims *dims, const real *pinv, const real *u, const real *x, real *level,
                      real *inputs);

/* Described at network_kernels. */
void pixels_turn(size_t n_columns, const float *const *rows, real *lanes);
void pixels_project(size_t n_bands, size_t n_rows, const double *q, size_t q_row, const real *x, double *sums);
void pixels_judge(size_t n_bands, size_t n_endmembers, const float *endmembers, bool brightness_free, const real *x,
                  const real *a, real *residual, real *rmse, real *angle);
void pixels_along(size_t n_bands, size_t n_rows, const real *directions, const real *x, real *products);

#endif
