/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file outputs.h  Which bands an unmixed raster has, and what is said about them: the same on every road. */
#ifndef WSNET_OUTPUTS_H
#define WSNET_OUTPUTS_H

#include <stdbool.h>

#include "scene.h"
#include "wsnet.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum output_kind {
    OUTPUT_ABUNDANCE,
    OUTPUT_CONFIDENCE,
    OUTPUT_LOWER,
    OUTPUT_UPPER,
    OUTPUT_DETECTED,
    OUTPUT_FIT,
    OUTPUT_RMSE,
    OUTPUT_N_KINDS
} output_kind;

typedef struct output_band {
    output_kind kind;
    size_t endmember; /**< 0 for fit and rmse */
} output_band;

/** At most five bands an endmember, fit and rmse. */
enum { OUTPUT_MAX_BANDS = 5 * WSNET_MAX_ENDMEMBERS + 2 };

typedef struct output_plan {
    size_t n_bands;
    output_band band[OUTPUT_MAX_BANDS];
} output_plan;

/** The bands of a model for a choice of SCENE_* bits. Classical methods have abundance and rmse only: the other kinds
 *  are left out, and it is an error when nothing is left. */
bool output_plan_make(const wsnet_model *model, wsnet_method method, unsigned bands, output_plan *plan,
                      char error[1024]);
/** @return "soil", "soil confidence", "soil lower", "soil upper", "soil detected", "fit", "rmse" */
void output_band_name(const wsnet_model *model, output_band band, char name[WSNET_MAX_NAME + 16]);
/** @return NAME=VALUE strings of a band, a GDAL string list to be freed with CSLDestroy() */
char **output_band_metadata(const wsnet_model *model, wsnet_method method, output_band band);
/** The same of the whole raster. */
char **output_metadata(const wsnet_model *model, wsnet_method method, const knobs *turned);

#ifdef __cplusplus
}
#endif
#endif
