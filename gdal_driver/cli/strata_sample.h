/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file strata_sample.h  Training pixels drawn evenly over zones of the map. */
#ifndef WSNET_CLI_STRATA_SAMPLE_H
#define WSNET_CLI_STRATA_SAMPLE_H

#include "cli.h"
#include "pixel_sample.h"

typedef struct strata_sample {
    size_t n_pixels;
    float *pixels; /**< [n_pixels, bands of the sample] */
} strata_sample;

/** Draws as many pixels from every stratum: of a large one a fixed random choice, of a small one all, again and again.
 *  Pixels outside all strata are left out; together they are about as many as the sample's.
 *  @param path  polygons or a class raster (see zones.h)  @return false with the failure printed */
bool strata_sample_read(cli *run, cube *opened, const pixel_sample *sample, const char *path, const char *name_field,
                        strata_sample *drawn);
void strata_sample_free(strata_sample *drawn);

#endif
