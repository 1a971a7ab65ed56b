/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file adapt_gain.h  What a sensor's calibration has become since the endmembers were measured. */
#ifndef WSNET_ADAPT_GAIN_H
#define WSNET_ADAPT_GAIN_H

#include "context.h"

/** Estimates per band the gain and offset with which gain . y + offset are mixtures of the endmembers.
 *
 *  Pixels are y = c . (a E) + d + residual. c and d are found by iterated least squares over all pixels with every
 *  pixel's unconstrained abundances a eliminated (variable projection, Golub and Pereyra 1973), so that what mixtures
 *  can explain is not mistaken for the sensor's. Each pixel counts by the residual that is usual at its brightness, less
 *  (Huber 1964) where it has a larger one. What the pixels do not determine stays smooth, and at 1 and 0: that
 *  is their prior.
 *  The common factor of all gains cannot be told from illumination, so their geometric mean is 1.
 *  @param pixels [N,B]  @param endmembers [P,B]  @param gain,offset [B]
 *  @param n_bounded  how many gains ran into their bounds, or NULL */
wsnet_status adapt_gain_learn(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                              size_t n_endmembers, const float *endmembers, float *gain, float *offset,
                              size_t *n_bounded);

#endif
