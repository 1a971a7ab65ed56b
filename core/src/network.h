/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file network.h  The network as the trainer and the session see it: blocks of LANES pixels, one weight block. */
#ifndef WSNET_NETWORK_H
#define WSNET_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "real.h"
#include "wsnet.h"

/** Sizes; letters as in resources/docs/method.md. */
typedef struct network_dims {
    size_t B, P;       /**< bands used, endmembers */
    size_t levels;     /**< wavelet levels L */
    size_t Q, T;       /**< 2^L coefficients a token, ceil(B/Q) tokens */
    size_t D, S, R, K; /**< channels, states, rank of delta, convolution taps */
    size_t H, J;       /**< heads, hidden units */
} network_dims;

/** Default sizes: L 3 up to 512 bands, then one more for every doubling; D 24, S 8, R 4, K 3, H 2, J 64. */
network_dims network_dims_default(size_t n_bands, size_t n_endmembers);

/** One row of the weight table. */
typedef struct weight_info {
    const char *name;
    size_t rows, columns;
    bool decays;   /**< weight decay applies */
    bool slow;     /**< learns at a tenth of the rate: the endmembers */
    size_t offset; /**< of its first value in the weight block */
} weight_info;

/** The table of all weights: the only place that lists them. Struct members, sizes, file records and golden names
 *  come from it. @return false when index is past the end */
bool weights_info(const network_dims *dims, size_t index, weight_info *info);
size_t weights_count(const network_dims *dims); /**< values in the weight block */

/** Starts every weight as the method page says, deterministic for a seed. @param endmembers [P,B] */
void weights_initialise(const network_dims *dims, unsigned long long seed, const float *endmembers, float *weights);

/** What a block of pixels needs besides the weights. */
typedef struct network_constants {
    const real *pinv; /**< [B,P] pseudo-inverse of the starting endmembers (a buffer, not trained) */
    unsigned without; /**< WSNET_WITHOUT_* bits */
    real weak_bias;
} network_constants;

/** Sums over a batch that the loss of a block adds to. */
typedef struct network_losses {
    double abundance, pinball, real; /**< not weighted by their factors; sums over pixels */
} network_losses;

typedef struct network_loss_options {
    real coverage;
    real scale_abundance;         /**< factor of the squared error, divided by the pixels of the batch */
    real scale_pinball;           /**< 0.1 divided by the pixels of the batch */
    real scale_real;              /**< 0.1 divided by the real pixels of the batch */
    const real *endmember_weight; /**< [P] or NULL */
    const real *band_weight;      /**< [B] or NULL */
} network_loss_options;

/** One copy of the kernels, for one instruction set (or for double). All arrays of a block are [..,LANES]. */
typedef struct network_kernels {
    const char *name; /**< "base", "avx2", "avx512", "double" */
    /** bytes of scratch for one block; train keeps what backward needs */
    size_t (*scratch_size)(const network_dims *dims, bool train);
    /** @param x [B] pixels  @param u [P] classical abundances  @param a,lower,upper [P] abundances and half-widths */
    void (*forward)(const network_dims *dims, const network_constants *constants, const real *weights, const real *x,
                    const real *u, void *scratch, bool train, real *a, real *lower, real *upper);
    /** Adds to gradient (as long as the weight block) the gradient of what da, dlower, dupper [P] say.
     *  scratch is as forward(train = true) left it. Lanes that do not count have zeros there, and finite pixels. */
    void (*backward)(const network_dims *dims, const network_constants *constants, const real *weights, const real *x,
                     const real *u, void *scratch, const real *da, const real *dlower, const real *dupper,
                     real *gradient);
    /** Loss of simulated pixels: squared error and pinball; lanes at and past n_used do not count. Overwrites da,
     *  dlower, dupper [P]; the pinball term does not push a. @param truth [P] */
    void (*loss_simulated)(const network_dims *dims, const network_loss_options *options, size_t n_used,
                           const real *truth, const real *a, const real *lower, const real *upper, real *da,
                           real *dlower, real *dupper, network_losses *losses);
    /** Loss of real pixels: 1 - cos(x, a max(E,0)); adds the gradient of E to gradient, overwrites da. The scratch may
     *  be the one that forward(train = true) filled: what backward needs stays. */
    void (*loss_real)(const network_dims *dims, const network_loss_options *options, size_t n_used, const real *weights,
                      const real *x, const real *a, void *scratch, real *da, real *gradient, network_losses *losses);
    /** Separability and anchor of the endmembers; adds to gradient, returns the weighted sum. Scratch as loss_real.
     *  @param weak [P] true for weak endmembers  @param start [P,B] E at the start */
    double (*loss_endmembers)(const network_dims *dims, const real *weights, const real *start, const bool *weak,
                              real scale_separability, real scale_anchor, void *scratch, real *gradient);
    /** Turns LANES rows of n_columns numbers, anywhere in memory, into a block. @param lanes [n_columns] */
    void (*turn)(size_t n_columns, const float *const *rows, real *lanes);
    /** Adds q x to sums, in double and in the order of the bands. @param q [n_rows,n_bands] plain numbers, q_row from row
     *  to row  @param x [n_bands]  @param sums [n_rows] */
    void (*project)(size_t n_bands, size_t n_rows, const double *q, size_t q_row, const real *x, double *sums);
    /** Residual r = x - s a E, s by least squares where brightness is free, else 1. @param endmembers [P,B] plain numbers
     *  @param residual [B] result  @param rmse [1] of r over the bands  @param angle [1] between x and a E, rad */
    void (*judge)(size_t n_bands, size_t n_endmembers, const float *endmembers, bool brightness_free, const real *x,
                  const real *a, real *residual, real *rmse, real *angle);
    /** Products of a block with n_rows directions. @param directions [n_rows,n_bands] plain numbers  @param x [n_bands]
     *  @param products [n_rows] */
    void (*along)(size_t n_bands, size_t n_rows, const real *directions, const real *x, real *products);
} network_kernels;

/** @return the best copy for this machine; the environment variable WSNET_KERNELS=base|avx2|avx512 overrides. */
const network_kernels *network_kernels_best(void);
/** @return a copy by name, or NULL when it was not built or the machine cannot run it. */
const network_kernels *network_kernels_named(const char *name);

#endif
