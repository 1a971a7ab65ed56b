/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file simulator_scene.h  The inside of a simulator, for the files that learn which light and which abundances its
 *  scene has. */
#ifndef WSNET_SIMULATOR_SCENE_H
#define WSNET_SIMULATOR_SCENE_H

#include "abundance_prior.h"
#include "least_squares.h"
#include "simulator.h"

struct simulator {
    simulator_options options;
    size_t n_pixels, n_bands, n_endmembers;
    float *pixels;     /**< [n_pixels,B] */
    float *endmembers; /**< [P,B] at the start: the residuals belong to them */
    float *nnls;       /**< [n_pixels,P] */
    float *darkness;   /**< [P] one over the brightness of an endmember at unit peak, relative; 1 in linear mixing */
    float *shapes;     /**< [VARIABILITY_SHAPES,B] times their standard deviations */
    abundance_prior prior;
    double noise_gain; /**< of a residual that serves as noise */
    double noise_sd, brightness;
    double level; /**< middle of the scale that pixels are simulated with in linear mixing */
    double illumination_seen;
};

/** Sum of a pixel's non-negative abundances, each times its darkness: how brightly the pixel is lit. */
float simulator_sum(const simulator *made, size_t pixel);
/** Adds amount e . (1 + sum_j c_j shape_j) to a pixel, c_j random. @param endmember,pixel [B] */
void simulator_add_endmember(const simulator *made, random_state *random, const float *endmember, double amount,
                             float *restrict pixel);
/** Adds the NNLS residual of a pixel of the scene with changing sign: the scene's own noise. @param pixel [B] */
void simulator_add_noise(const simulator *made, random_state *random, size_t source, float *pixel);
/** Learns how bright endmembers at unit peak are, and the scene: what comes first after NNLS. */
wsnet_status simulator_learn_brightness(wsnet_context *context, simulator *made);
/** Learns the spread of illumination, and what to expect of it; noise and variability are known already. */
wsnet_status simulator_learn_illumination(wsnet_context *context, simulator *made, const least_squares *prepared);
/** Learns the abundances; everything else is known already. */
wsnet_status simulator_learn_prior(wsnet_context *context, simulator *made, const least_squares *prepared);

#endif
