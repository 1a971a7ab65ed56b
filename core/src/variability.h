/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file variability.h  How much a scene's endmembers vary smoothly from pixel to pixel, told apart from noise.
 *
 *  In each pixel endmember k is e_k . (1 + sd sum_j w_j c_kj shape_j): the shapes are a constant and cosines over the
 *  bands of unit mean square, c_kj standard normal, w_j falling slowly, with a square sum of 1. So sd is the
 *  root-mean-square relative deviation of a spectrum. */
#ifndef WSNET_VARIABILITY_H
#define WSNET_VARIABILITY_H

#include "least_squares.h"

enum { VARIABILITY_SHAPES = 8 };

/** 1 for the first, sqrt(2) cos(pi shape (band + 1/2) / n_bands) for the others. */
double variability_shape(size_t shape, size_t band, size_t n_bands);
/** w_j: the constant and the first cosine weigh the same. */
void variability_weights(double weight[VARIABILITY_SHAPES]);

typedef struct variability_estimate {
    double sd;              /**< a fallback where the scene does not tell */
    double unit_energy;     /**< mean squared UCLS residual that variability of sd 1 leaves in the scene's pixels */
    double residual_energy; /**< mean squared UCLS residual of the scene's pixels */
} variability_estimate;

/** Estimates the variability of a scene; see the definition for the method.
 *  @param prepared of the endmembers  @param pixels [N,B]  @param endmembers [P,B]  @param nnls [N,P] */
wsnet_status variability_learn(wsnet_context *context, const least_squares *prepared, size_t n_pixels, size_t n_bands,
                               const float *pixels, size_t n_endmembers, const float *endmembers, const float *nnls,
                               variability_estimate *estimate);

#endif
