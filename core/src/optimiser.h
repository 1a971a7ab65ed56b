/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file optimiser.h  AdamW (Loshchilov and Hutter 2019) under a one-cycle schedule (Smith and Topin 2018). */
#ifndef WSNET_OPTIMISER_H
#define WSNET_OPTIMISER_H

#include "network.h"

/** What the schedule says for one step. */
typedef struct optimiser_rate {
    double learning_rate, beta1;
} optimiser_rate;

/** The schedule as PyTorch's OneCycleLR has it: cosine up over the first tenth and down again, from a 25th of the peak,
 *  to a ten-thousandth of that; beta1 runs the other way, 0.95 to 0.85 and back.
 *  @param step 0..n_steps-1 */
optimiser_rate optimiser_schedule(size_t step, size_t n_steps, double peak);

/** @return the Euclidean length of a gradient */
double optimiser_norm(size_t n, const float *gradient);

/** One update of all weights; the gradient is scaled down first when it is longer than 1.
 *  Adam's steps are as long whatever a weight's size, so endmembers step in proportion to their level: a dark one would
 *  leave its place otherwise.
 *  @param step 0..n_steps-1  @param norm of the gradient  @param level [P] of the endmembers
 *  @param mean,square [n_weights] running moments */
void optimiser_update(const network_dims *dims, size_t step, optimiser_rate rate, double norm, const float *level,
                      const float *gradient, float *weights, float *mean, float *square);

#endif
