/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file variability.h  How much a scene's endmembers vary smoothly from pixel to pixel, told apart from noise. */
#ifndef WSNET_VARIABILITY_H
#define WSNET_VARIABILITY_H

#include "least_squares.h"

enum { VARIABILITY_SHAPES = 3 };

/** Offset, slope or curvature over the bands: 1, t, t^2 - 1/3 with t from -1 to 1. */
double variability_shape(size_t shape, size_t band, size_t n_bands);

typedef struct variability_estimate {
    double sd;              /**< of each shape's coefficient; a fallback where the scene does not tell */
    double unit_energy;     /**< mean squared UCLS residual that variability of sd 1 leaves in the scene's pixels */
    double residual_energy; /**< mean squared UCLS residual of the scene's pixels */
} variability_estimate;

/** Estimates the variability of a scene; see the definition for the method.
 *  @param prepared of the endmembers  @param pixels [N,B]  @param endmembers [P,B]  @param nnls [N,P] */
wsnet_status variability_learn(wsnet_context *context, const least_squares *prepared, size_t n_pixels, size_t n_bands,
                               const float *pixels, size_t n_endmembers, const float *endmembers, const float *nnls,
                               variability_estimate *estimate);

#endif
