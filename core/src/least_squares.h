/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file least_squares.h  Classical abundances for the other files of the core. */
#ifndef WSNET_LEAST_SQUARES_H
#define WSNET_LEAST_SQUARES_H

#include "context.h"
#include "network.h"

/** Endmembers prepared for many pixels: Gram matrix, its inverse, factors. Immutable after preparing; shared by threads. */
typedef struct least_squares least_squares;

/** @return WSNET_OK, or the sentence about sizes out of range or more endmembers than bands */
wsnet_status least_squares_check_sizes(wsnet_context *context, size_t n_bands, size_t n_endmembers);
/** @param endmembers [P,B] */
wsnet_status least_squares_create(wsnet_context *context, size_t n_bands, size_t n_endmembers, const float *endmembers,
                                  least_squares **prepared);
void least_squares_destroy(wsnet_context *context, least_squares *prepared);
/** @return bytes that least_squares_place() needs, its scratch included.
 *  @param many  tables are made that pay off from some thousand pixels on */
size_t least_squares_size(size_t n_bands, size_t n_endmembers, bool many);
/** Prepares in memory of the caller (64-byte aligned, least_squares_size() bytes): allocates nothing, callable from any
 *  thread. The endmembers are finite; here they may be more than the bands. */
least_squares *least_squares_place(void *memory, size_t n_bands, size_t n_endmembers, bool many,
                                   const float *endmembers);

/** Solves pixels one after the other; allocates nothing, callable from any thread. The answer for a pixel depends on
 *  that pixel alone. Not finite pixels give NaN.
 *  @param pixels [N,B]  @param abundances [N,P] */
void least_squares_solve(const least_squares *prepared, wsnet_method method, size_t n_pixels, const float *pixels,
                         float *abundances);
/** The same for one block. @param x [B,LANES]  @param abundances [P,LANES] */
void least_squares_solve_block(const least_squares *prepared, wsnet_method method, const real *x, real *abundances);
/** Abundances of a block divided by their sums; 1/P where the sum is 0. @param abundances [n,LANES] */
void least_squares_share_block(size_t n, real *abundances);
/** The input u of the network for one block. @param x [B,LANES]  @param abundances [P,LANES] */
void least_squares_classical_block(const least_squares *prepared, wsnet_mixing mixing, const real *x, real *abundances);
/** The input u of the network: FCLS (linear), or NNLS divided by its sum (scaled; 1/P where the sum is 0).
 *  @param sums [N] NNLS sums (scaled) or ones, or NULL */
void least_squares_classical(const least_squares *prepared, wsnet_mixing mixing, size_t n_pixels, const float *pixels,
                             float *abundances, float *sums);
/** Pseudo-inverse of E. @param pinv [B,P] */
void least_squares_pinv(const least_squares *prepared, float *pinv);
/** C of section 5 for unit noise: the covariance factor of sum-to-one least squares. @param diagonal [P] */
void least_squares_sum_to_one_variance(const least_squares *prepared, double *diagonal);

#endif
