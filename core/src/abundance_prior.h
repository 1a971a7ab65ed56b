/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file abundance_prior.h  Which abundances simulated pixels have: any, those of the scene, and weak ones more often. */
#ifndef WSNET_ABUNDANCE_PRIOR_H
#define WSNET_ABUNDANCE_PRIOR_H

#include "context.h"
#include "random.h"

enum { PRIOR_CANDIDATES = 2048, PRIOR_PIXELS = 4096 };

/** A discrete distribution of abundances. */
typedef struct abundance_prior {
    size_t n_endmembers;
    float *shares;     /**< [PRIOR_CANDIDATES,P] each on the simplex */
    float *cumulative; /**< [PRIOR_CANDIDATES] probabilities up to and with each */
} abundance_prior;

/** What pixels of the scene tell about their abundances: u = s a + error, s log-normal, and the error normal with
 *  covariance noise + s^2 sum_k a_k^2 variability_k. */
typedef struct prior_evidence {
    size_t n_pixels;           /**< at most PRIOR_PIXELS */
    const float *ucls;         /**< [P,n_pixels] u: unconstrained least squares */
    const double *noise;       /**< [P,P] */
    const double *variability; /**< [P,P,P] of endmember k at abundance 1 */
    double illumination_sd;
} prior_evidence;

/** Dirichlet (0.3 or 1) on a random subset of the endmembers that is never empty. @param a [P] */
void prior_draw_any(random_state *random, size_t n_endmembers, double *a);
/** Abundances as they occur in the scene. @param a [P] */
void prior_draw_scene(const abundance_prior *prior, random_state *random, double *a);
/** One endmember gets a log-uniform share in [0.004, 0.4] and the others what is left: weak fractions are common in
 *  training however rare they are in the scene. @param a [P] */
void prior_inject_weak(random_state *random, size_t n_endmembers, double *a);

/** Probabilities of the shares that are there already: the mixing distribution's nonparametric maximum likelihood (Kiefer
 *  and Wolfowitz 1956) by expectation maximisation (Laird 1978), stopped early, so that it stays smooth. Abundances
 *  that classical unmixing found are spread by noise and variability; these are the ones behind them. */
wsnet_status prior_learn(wsnet_context *context, const prior_evidence *evidence, abundance_prior *prior);

#endif
