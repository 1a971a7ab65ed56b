/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file algebra.h  Second moments and principal directions of many spectra, the same bits for any number of threads. */
#ifndef WSNET_ALGEBRA_H
#define WSNET_ALGEBRA_H

#include "context.h"

/** Moments sum_i factor_i y_i y_i' of pixels. @param pixels [N,B]  @param factors [N] or NULL: 1  @param moments [B,B] */
void algebra_moments(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                     const double *factors, double *moments);
/** Weighted mean. @param weights [N] or NULL: 1  @param mean [B] */
void algebra_mean(size_t n_pixels, size_t n_bands, const float *pixels, const double *weights, double *mean);
/** The leading eigenvectors of a symmetric positive semidefinite matrix by orthogonal iteration, largest first.
 *  @param matrix [n,n]  @param vectors [n_vectors,n]  @param values [n_vectors] or NULL */
wsnet_status algebra_leading(wsnet_context *context, size_t n, const double *matrix, size_t n_vectors, double *vectors,
                             double *values);
/** All eigenvectors of a symmetric matrix by LAPACK, smallest first. @param matrix [n,n] in, eigenvectors by rows out */
wsnet_status algebra_eigen(wsnet_context *context, size_t n, double *matrix, double *values);
/** Cholesky factor, the same bits whatever BLAS does. @param lower [n,n] holds the lower triangle of the matrix and becomes
 *  that of its factor  @return false: not positive definite */
bool algebra_cholesky(size_t n, double *lower);
/** Inverse of a symmetric positive definite matrix by Cholesky, in place, the same bits whatever BLAS does.
 *  @param matrix [n,n] */
wsnet_status algebra_invert(wsnet_context *context, size_t n, double *matrix);

double algebra_dot(size_t n, const double *x, const double *y);
/** Makes the length 1. @return the length before; a zero vector stays */
double algebra_normalise(size_t n, double *x);
/** @return the k-th smallest (0-based) of n values, which are reordered */
double algebra_select(size_t n, double *values, size_t k);
/** Least first. */
void algebra_sort(size_t n, float *values);

#endif
