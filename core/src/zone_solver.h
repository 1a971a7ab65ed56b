/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file zone_solver.h  What the estimates of a zone's shares have in common. */
#ifndef WSNET_ZONE_SOLVER_H
#define WSNET_ZONE_SOLVER_H

#include "least_squares.h"
#include "model.h"

typedef struct zone_places zone_places;

struct wsnet_zone_solver {
    wsnet_context *context;
    size_t n_bands, n_endmembers;
    const float *gain, *offset; /**< [B] the model's */
    const float *pure;          /**< [P,B] the model's endmembers */
    double most_square;         /**< of a corrected pixel */
    double noise;               /**< variance of a band's */
    double spread;              /**< of the pixels' brightness, relative */
    double *factor;             /**< [B,B] lower triangle F of the errors' covariance F F' */
    double *white;              /**< [B] scratch */
    float *row;                 /**< [B+1] scratch */
    float *endmembers;          /**< [P,B+1] over the errors; the last column weighs the sum */
    least_squares *solver;
    zone_places *places; /**< how places differ from what surrounds them, or NULL */
};

/** white = F^-1 white. @param factor [B,B] lower triangle F */
void zone_whiten(size_t n_bands, const double *factor, double *white);

#endif
