/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file active_set.h  min |z - R a| over a >= 0, with or without sum(a) = 1, for many small z and one R.
 *
 *  R [P,P] is the triangular factor of the endmembers, so the error of an answer grows with the condition number of E,
 *  not with its square as in the normal equations. For few endmembers the solution on every subset of them is
 *  tabulated, and a pixel costs a few small matrix-vector products. */
#ifndef WSNET_ACTIVE_SET_H
#define WSNET_ACTIVE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "context.h"

enum {
    ACTIVE_SET_MAX = WSNET_MAX_ENDMEMBERS,
    ACTIVE_SET_LANE = 8,      /**< arrays over endmembers are padded with zeros to a multiple of this */
    ACTIVE_SET_TABULATED = 8, /**< up to this P the subsets are tabulated */
};

/** Immutable once prepared. The arrays belong to whoever carved them. */
typedef struct active_set {
    size_t n, pad;       /**< P, and P rounded up to ACTIVE_SET_LANE */
    double *rows;        /**< [n,pad] R by rows */
    double *columns;     /**< [n,pad] R by columns */
    double *gram;        /**< [n,pad] R'R */
    double *norms;       /**< [pad] column lengths */
    double largest_norm; /**< of them */
    double *of_all[2];   /**< [n+1,pad] solution on all endmembers without, with sum to one, signs free, as a map of z:
                                one row an element of z, then the constant */
    double *table[2];    /**< [2^n,n+1,pad] such maps of every subset; NULL for large P */
} active_set;

/** The Cholesky factor L L' of a subset's part of R'R, in the order in which its members came: one more costs a row, one
 *  less a rotation for each that came later. Empty where n is zero; belongs to one pixel. */
typedef struct active_set_factor {
    size_t n, member[ACTIVE_SET_MAX];
    double columns[ACTIVE_SET_MAX * ACTIVE_SET_MAX]; /**< of L, below its diagonal */
    double inverse[ACTIVE_SET_MAX];                  /**< one over the diagonal */
    double h[ACTIVE_SET_MAX], one[ACTIVE_SET_MAX];   /**< L \ R'z and L \ 1 */
} active_set_factor;

/** Takes the arrays out of an arena (also while measuring). @param many  whether to tabulate the subsets */
void active_set_carve(arena *block, size_t n, bool many, active_set *set);
/** Fills norms and tables from rows and columns. */
void active_set_prepare(active_set *set);
/** The solution on a subset (bit k: endmember k), signs free, as a map of z. @param map [n+1,pad] */
void active_set_map(const active_set *set, uint64_t subset, bool sum_to_one, double *map);
/** Least squares on a subset, signs free, others zero: by normal equations, in which it costs least, or by R itself where
 *  those would lose more than half of the digits. @param h [pad] R'z  @param factor becomes the subset's
 *  @param z,a [pad] */
void active_set_on_subset(const active_set *set, uint64_t subset, bool sum_to_one, const double *z, const double *h,
                          active_set_factor *factor, double *a);
/** Variance of the sum-to-one solution (signs free) when z has unit covariance. @param diagonal [n] */
void active_set_sum_to_one_variance(const active_set *set, double *diagonal);
/** UCLS for n_pixels. @param z,a [n_pixels,pad] */
void active_set_unconstrained(const active_set *set, size_t n_pixels, const double *z, double *a);
/** Constrained solution for n_pixels. @param z,a [n_pixels,pad], all finite */
void active_set_solve(const active_set *set, bool sum_to_one, size_t n_pixels, const double *z, double *a);

#endif
