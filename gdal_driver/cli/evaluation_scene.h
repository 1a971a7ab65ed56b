/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation_scene.h  Made-up scenes of the evaluation suite. */
#ifndef WSNET_CLI_EVALUATION_SCENE_H
#define WSNET_CLI_EVALUATION_SCENE_H

#include "evaluation.h"

/** A made-up scene with its truth, and the endmembers that methods are given. */
typedef struct evaluation_scene {
    size_t n_pixels, n_bands, n_endmembers;
    double *wavelength_nm;
    float *truth_endmembers, *endmembers, *truth, *pixels;
    char (*names)[WSNET_MAX_NAME];
} evaluation_scene;

/** Makes the scene that `wsnet simulate --seed` makes with the same settings; free it also on failure.
 *  @return false with the failure printed */
bool evaluation_scene_make(evaluation *all, const evaluation_case *wanted, uint64_t seed, evaluation_scene *made);
void evaluation_scene_free(evaluation_scene *made);
/** The scene as linear unmixing with the endmembers given. */
evaluation_task evaluation_scene_task(const evaluation_scene *made, uint64_t seed);
/** Area under the receiver operating characteristic of the fit layer: pixels of the scene against the same with a fifth of
 *  a material that the model does not know; median over four such materials. @return false with the failure printed */
bool evaluation_fit_area(evaluation *all, const evaluation_case *wanted, uint64_t seed, const evaluation_scene *made,
                         const wsnet_model *model, double *median);

#endif
