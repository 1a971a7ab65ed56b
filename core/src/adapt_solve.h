/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file adapt_solve.h  The normal equations for a step of gains and offsets, abundances eliminated.
 *
 *  With mixtures r_i = a_i E, weights w_i, and M the projection away from the rows of c . E, the step (delta, epsilon)
 *  minimises sum_i w_i |M (left_i - delta . r_i - epsilon)|^2 + prior. As every r_i is a combination of P spectra, sums over
 *  pixels are P x P, and the matrix is never written out: a product with it costs B P^2. */
#ifndef WSNET_ADAPT_SOLVE_H
#define WSNET_ADAPT_SOLVE_H

#include "context.h"

typedef struct adapt_system {
    size_t n_bands, n_endmembers;
    const float *endmembers;    /**< [P,B] E */
    double *basis;              /**< [P,B] orthonormal rows that span c . E; zero where they are dependent */
    double *outer, *sum, total; /**< [P,P] sum w a a', [P] sum w a, sum w */
    double *cross;              /**< [P,B] sum w a left' */
    double *right;              /**< [2,B] */
    double *diagonal;           /**< [2,B] of the matrix without the projection, for preconditioning */
    double *mean;               /**< [B] sum w r */
    double *curvature;          /**< [B] sum w r r of gains */
    const double *stiffness;    /**< [B,B] prior precision of gains */
    double *step, *rest, *direction, *image, *scaled; /**< [2,B] of conjugate gradients */
    double *inner;                                    /**< [P,P] scratch */
} adapt_system;

/** Takes the arrays from a block; called twice (see arena). */
void adapt_system_lay_out(arena *block, size_t n_bands, size_t n_endmembers, adapt_system *system);
/** Starts the sums. @param endmembers [P,B] E, kept  @param moved [P,B] c . E */
void adapt_system_begin(adapt_system *system, const float *endmembers, const float *moved);
/** Adds a pixel. @param a [P] its unconstrained abundances  @param left [B] what they leave of it */
void adapt_system_add(adapt_system *system, double weight, const float *a, const float *left);
/** Ends the sums and adds the prior with these precisions about c = 1 and d = 0. @param stiffness [B,B] of c, kept
 *  @param offset  of d  @param factor,shift [B] present c, d */
void adapt_system_prior(adapt_system *system, const double *stiffness, double offset, const double *factor,
                        const double *shift);
/** @return [2,B] the step: of c, of d; valid until the next begin */
const double *adapt_system_solve(adapt_system *system);

#endif
