/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file calibrate_fit.h  Which residuals are usual for a model, and which tell of a material that it does not know.
 *
 *  The residual's products with a few cosines over the bands have a covariance for simulated pixels, and another one
 *  where a fifth of each pixel is a made-up smooth spectrum. The directions that tell the two apart best are the leading
 *  generalised eigenvectors of the pair; each counts lambda / (1 + lambda), as in the likelihood ratio of two Gaussians
 *  (lambda: how much more variance the unseen spectra leave than is usual). So what variability, noise and the network's
 *  own errors leave costs little, and what only an unknown material would leave counts most. */
#ifndef WSNET_CALIBRATE_FIT_H
#define WSNET_CALIBRATE_FIT_H

#include "model.h"
#include "random.h"

/** Residuals of n pixels. */
typedef struct fit_sample {
    size_t n;
    float *cosine;   /**< [n_cosines,n] products with the cosines */
    float *residual; /**< [n] squared length */
    float *pixel;    /**< [n] squared length */
} fit_sample;

/** Makes the model's directions cosines of unit length, min(B, MODEL_COSINES) of them. */
void calibrate_fit_begin(wsnet_model *model);
/** Makes a fifth of a pixel a made-up material, as bright as the pixel. Before calibrate_fit(). @param pixel [B] */
void calibrate_fit_spoil(const wsnet_model *model, random_state *random, float *pixel);
/** Fills misfit, direction, along and fit. @param usual,spoilt  simulated pixels, as they are and spoilt */
wsnet_status calibrate_fit(wsnet_context *context, const fit_sample *usual, const fit_sample *spoilt,
                           wsnet_model *model);

#endif
