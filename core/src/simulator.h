/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file simulator.h  Pixels with known abundances around a scene's endmembers (method page, section 4). */
#ifndef WSNET_SIMULATOR_H
#define WSNET_SIMULATOR_H

#include "context.h"
#include "random.h"

typedef struct simulator simulator;

typedef struct simulator_options {
    wsnet_mixing mixing;
    double weak_share;
    double illumination_sd; /**< negative: what is usual, unless the scene shows less or clearly more */
    double variability_sd;  /**< negative: estimated from the scene */
} simulator_options;

/** What the simulator learned of the scene. */
typedef struct simulator_scene {
    size_t n_pixels;          /**< remembered: all, or at most 65536 spread evenly */
    const float *pixels;      /**< [n_pixels,B], owned by the simulator */
    double variability_sd;    /**< given or estimated */
    double noise_sd;          /**< a band, in the cube's units; variability taken out */
    double brightness;        /**< median NNLS sum */
    double illumination_sd;   /**< given or estimated */
    double illumination_seen; /**< spread with which simulated NNLS sums spread as the scene's */
} simulator_scene;

/** Learns the scene: NNLS sums, residuals, variability. Pixels and endmembers are copied where needed.
 *  @param pixels [N,B]  @param endmembers [P,B] */
wsnet_status simulator_create(wsnet_context *context, const simulator_options *options, size_t n_pixels, size_t n_bands,
                              const float *pixels, size_t n_endmembers, const float *endmembers, simulator **made);
void simulator_destroy(wsnet_context *context, simulator *made);
simulator_scene simulator_describe(const simulator *made);
/** Whether this spread of illumination is clearly more than what is usual, and than what is expected. */
bool simulator_much_illumination(double seen, double expected);
/** Draws n pixels around these endmembers; every pixel's numbers come from its own stream (seed, first_stream + i),
 *  so any split over threads gives the same pixels. Thread-safe, allocates nothing.
 *  @param endmembers [P,B]  @param pixels [n,B]  @param abundances [n,P] */
void simulator_draw(const simulator *made, const float *endmembers, uint64_t seed, uint64_t first_stream, size_t n,
                    float *pixels, float *abundances);

/** Draws n pixels with the abundances of the scene alone, no weak share injected: as like the scene as the simulator can
 *  make them. @param pixels [n,B] */
void simulator_draw_alike(const simulator *made, const float *endmembers, uint64_t seed, size_t n, float *pixels);

#endif
