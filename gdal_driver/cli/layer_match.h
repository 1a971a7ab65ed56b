/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file layer_match.h  Which abundance band stands for which material of the truth. */
#ifndef WSNET_CLI_LAYER_MATCH_H
#define WSNET_CLI_LAYER_MATCH_H

#include "cli.h"
#include "layers.h"

typedef enum match_method { MATCH_NAMES, MATCH_ANGLES, MATCH_ABUNDANCES } match_method;

/** Spectra of the materials of a raster, in the order of its materials. */
typedef struct layer_spectra {
    size_t n_bands;
    float *spectra; /**< [n_materials, n_bands] */
} layer_spectra;

typedef struct layer_match {
    match_method method;
    size_t n;                                                        /**< pairs */
    size_t found[WSNET_MAX_ENDMEMBERS], truth[WSNET_MAX_ENDMEMBERS]; /**< [n] indices of materials */
} layer_match;

/** Pairs the materials: by name when the names of the smaller set all occur in the other, else by least total spectral
 *  angle when both have spectra, else by least total squared difference of the abundances.
 *  @param found_spectra,truth_spectra  NULL when unknown; of the same bands */
bool layer_match_find(cli *run, const layers *found, const layers *truth, const layer_spectra *found_spectra,
                      const layer_spectra *truth_spectra, layer_match *match);
/** @return how the pairs were made, in words */
const char *layer_match_words(const layer_match *match);

/** Arranges libraries by the materials of two rasters, on common bands (the truth is resampled where they differ).
 *  @param found,truth  outputs, spectra to be freed with VSIFree() @return false with the failure printed */
bool layer_spectra_arrange(cli *run, const layers *found_layers, const wsnet_library *found_library,
                           const layers *truth_layers, const wsnet_library *truth_library, layer_spectra *found,
                           layer_spectra *truth);

#endif
