/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file scene_simulator.h  The parts of a made-up scene: its spectra and its maps. */
#ifndef WSNET_SCENE_SIMULATOR_H
#define WSNET_SCENE_SIMULATOR_H

#include "context.h"
#include "random.h"

/** Streams of random numbers; those of pixels follow, one a pixel. */
enum { SCENE_STREAM_SPECTRA = 1, SCENE_STREAM_MAPS = 1 << 16, SCENE_STREAM_PIXELS = 1 << 20 };
/** Largest number of endmembers: so many kinds of material are known. */
enum { SCENE_MAX_ENDMEMBERS = 20 };

/** Draws spectra that are pairwise more than 5 degrees apart, given some tens of bands. Ordinary ones come first, then
 *  the dark one (a tenth of the others' norm), then the rare one.
 *  @param wavelength_nm [B]  @param endmembers [P,B]  @param names [P] */
void scene_draw_spectra(const wsnet_scene_options *options, const double *wavelength_nm, float *endmembers,
                        char (*names)[WSNET_MAX_NAME]);

/** What drawing maps needs besides its results. */
typedef struct scene_scratch {
    float *field;          /**< [W*H] */
    float *line;           /**< [W or H, whichever is more] */
    struct ranked *ranked; /**< [W*H] */
} scene_scratch;
typedef struct ranked {
    float value;
    uint32_t index;
} ranked;

/** Draws a smooth random field of mean 0 and variance 1: white noise, blurred three times by a box.
 *  @param number  of the field, for a stream of its own  @param detail  how many times finer than the maps */
void scene_draw_field(const wsnet_scene_options *options, size_t number, size_t detail, float *line, float *field);

/** Draws the maps; every ordinary and the dark endmember is pure somewhere, the rare one is in 2 to 4 % of the pixels.
 *  @param abundances [W*H,P] */
void scene_draw_maps(const wsnet_scene_options *options, const scene_scratch *scratch, float *abundances);

#endif
