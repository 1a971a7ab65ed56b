/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file block.h  Every array that a block of pixels needs on its way through the network, in one scratch. */
#ifndef WSNET_BLOCK_H
#define WSNET_BLOCK_H

#include <stdbool.h>

#include "context.h"
#include "network.h"

#define block_arrange KERNEL(block_arrange)
#define network_scratch_size KERNEL(network_scratch_size)
#define network_forward KERNEL(network_forward)
#define network_backward KERNEL(network_backward)
#define network_loss_simulated KERNEL(network_loss_simulated)
#define network_loss_real KERNEL(network_loss_real)
#define network_loss_endmembers KERNEL(network_loss_endmembers)

/** Values of forward; shapes leave out the lanes. Without training, an array and the next step's may be one. */
typedef struct block_values {
    real *level;       /**< [1] */
    real *c;           /**< [T,Q] coefficients */
    real *embed;       /**< [D,Q] plain numbers: embed_weight times gain */
    real *pre;         /**< [T,D] before PReLU */
    real *h;           /**< [T,D] */
    real *moments_in;  /**< [T,2] */
    real *z;           /**< [T,D] */
    real *inner;       /**< [T,2D] v before the convolution, r */
    real *conv;        /**< [T,D] before SiLU */
    real *v;           /**< [T,D] */
    real *p;           /**< [T,R+2S] d, B, C */
    real *delta_raw;   /**< [T,D] */
    real *rate;        /**< [D] plain numbers */
    real *delta;       /**< [T,D] */
    real *decay;       /**< [T,D] */
    real *y;           /**< [T,D] of the scan */
    real *gated;       /**< [T,D] y SiLU(r) */
    real *qkv;         /**< [T,3D] q, k of unit length, v */
    real *lengths;     /**< [T,2H] inverse */
    real *share;       /**< [H,T,T], or [ATTENTION_ROWS,T] without training */
    real *attended;    /**< [T,D] */
    real *mw;          /**< [T,2D] m, w */
    real *gate;        /**< [T,D] */
    real *f;           /**< [T,D] */
    real *moments_out; /**< [T,2] */
    real *zf;          /**< [T,D] */
    real *flat_pre;    /**< [J] */
    real *head_in;     /**< [J+2P+1] */
    real *head_pre;    /**< [J] */
    real *head;        /**< [J] */
    real *shift;       /**< [P] */
    real *width_raw;   /**< [2P] */
    real *a;           /**< [P], kept for backward */
} block_values;

/** Gradients of the same, and room for the losses. */
typedef struct block_gradients {
    real *width_raw, *shift, *head, *head_in; /**< [2P] [P] [J] [J+2P+1] */
    real *zf, *h, *f, *z;                     /**< [T,D] */
    real *mw, *qkv, *inner;                   /**< [T,2D] [T,3D] [T,2D] */
    real *gate, *attended, *gated, *y, *v;    /**< [T,D] */
    real *p, *delta, *log_decay;              /**< [T,R+2S] [T,D] [T,D] */
    real *share, *states, *transposed;        /**< [T,T] [T,S] [max(TD,J+2P+1)] scratch */
    real *embed;                              /**< [D,Q] plain numbers */
    real *mixture;                            /**< [B] of loss_real */
    real *spectra;                            /**< [3,P,B] plain numbers of loss_endmembers */
} block_gradients;

typedef struct block {
    block_values value;
    block_gradients gradient; /**< when training */
} block;

/** Lays the arrays out from base, or measures when base is NULL. @return bytes */
size_t block_arrange(const network_dims *dims, bool train, void *base, block *made);

size_t network_scratch_size(const network_dims *dims, bool train);
void network_forward(const network_dims *dims, const network_constants *constants, const real *weights, const real *x,
                     const real *u, void *scratch, bool train, real *a, real *lower, real *upper);
void network_backward(const network_dims *dims, const network_constants *constants, const real *weights, const real *x,
                      const real *u, void *scratch, const real *da, const real *dlower, const real *dupper,
                      real *gradient);
void network_loss_simulated(const network_dims *dims, const network_loss_options *options, size_t n_used,
                            const real *truth, const real *a, const real *lower, const real *upper, real *da,
                            real *dlower, real *dupper, network_losses *losses);
void network_loss_real(const network_dims *dims, const network_loss_options *options, size_t n_used,
                       const real *weights, const real *x, const real *a, void *scratch, real *da, real *gradient,
                       network_losses *losses);
double network_loss_endmembers(const network_dims *dims, const real *weights, const real *start, const bool *weak,
                               real scale_separability, real scale_anchor, void *scratch, real *gradient);

#endif
