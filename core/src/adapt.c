/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model on a new cube of its sensor: gain and offset of each band, then intervals, fit and limits of detection for the
 * new cube's noise and variability. The network stays as it is (method page, section 7). */
#include <stdio.h>
#include <string.h>

#include "adapt_gain.h"
#include "calibrate.h"
#include "model.h"
#include "text.h"
#include "trainer_options.h"

enum { STREAM = 7, MOST_SIMULATED = 8192 };

/* What the model was trained to expect, but for the variability, which is the new cube's. */
static simulator_options simulated(const wsnet_model *model) {
    wsnet_train_options usual;
    wsnet_train_options_init(&usual);
    return (simulator_options){model->mixing, model_metadata_number(model, "weak_share", usual.weak_share),
                               model_metadata_number(model, "illumination_sd", usual.illumination_sd), -1};
}

static wsnet_status correct(wsnet_context *context, const wsnet_model *model, size_t n_pixels, const float *pixels,
                            float **corrected) {
    const size_t B = model->dims.B;
    float *made = context_allocate(context, n_pixels * B, sizeof *made);
    if (!made) return WSNET_E_MEMORY;
    for (size_t i = 0; i < n_pixels * B; i++) made[i] = model->gain[i % B] * pixels[i] + model->offset[i % B];
    *corrected = made;
    return WSNET_OK;
}

static wsnet_status describe(wsnet_context *context, const wsnet_cube_description *cube, const simulator *scene,
                             const char *from, wsnet_model *model) {
    const simulator_scene known = simulator_describe(scene);
    char variability[TEXT_NUMBER_SIZE], noise[TEXT_NUMBER_SIZE];
    text_from_double(known.variability_sd, 9, variability);
    text_from_double(known.noise_sd, 9, noise);
    wsnet_status status = model_set_metadata(context, model, "adapted_from", from);
    if (!status) status = model_set_metadata(context, model, "variability_sd", variability);
    if (!status) status = model_set_metadata(context, model, "noise_sd", noise);
    if (!status && cube && cube->sha256) status = model_set_metadata(context, model, "cube_sha256", cube->sha256);
    for (size_t i = 0; !status && cube && i < cube->n_metadata; i++)
        status = model_set_metadata(context, model, cube->metadata_keys[i], cube->metadata_values[i]);
    return status;
}

/* The corrected pixels as a scene. */
static wsnet_status make_scene(wsnet_context *context, const wsnet_model *model, size_t n_pixels, const float *pixels,
                               simulator **scene) {
    const simulator_options options = simulated(model);
    float *corrected = NULL;
    wsnet_status status = correct(context, model, n_pixels, pixels, &corrected);
    if (!status)
        status =
            simulator_create(context, &options, n_pixels, model->dims.B, corrected, model->dims.P, model->start, scene);
    context_release(context, corrected);
    return status;
}

/* Takes the gain that is found where there is none out of the model's. */
static void undo(wsnet_model *model, const float *gain, const float *offset) {
    for (size_t b = 0; b < model->dims.B; b++) {
        model->offset[b] = (model->offset[b] - offset[b]) / gain[b];
        model->gain[b] /= gain[b];
    }
}

/* For models that do not know what is found in their own cube. Variability bends mixtures, too, and a gain that is found
 * in simulated pixels of the scene, which have none, is what the estimate is wrong by. */
static wsnet_status take_bias_out(wsnet_context *context, uint64_t seed, size_t n_pixels, const float *pixels,
                                  wsnet_model *model) {
    const size_t B = model->dims.B, n = n_pixels < MOST_SIMULATED ? n_pixels : MOST_SIMULATED;
    const float *endmembers = wsnet_model_endmembers(model);
    simulator *scene = NULL;
    wsnet_status status = make_scene(context, model, n_pixels, pixels, &scene);
    if (status) return status;
    float *drawn = context_allocate(context, n * B, sizeof *drawn);
    float *gain = context_allocate(context, 2 * B, sizeof *gain);
    status = drawn && gain ? WSNET_OK : WSNET_E_MEMORY;
    if (!status) simulator_draw_alike(scene, endmembers, seed, n, drawn);
    if (!status) status = adapt_gain_learn(context, n, B, drawn, model->dims.P, endmembers, gain, gain + B, NULL);
    if (!status) undo(model, gain, gain + B);
    context_release(context, gain);
    context_release(context, drawn);
    simulator_destroy(context, scene);
    return status;
}

static void warn(wsnet_context *context, size_t n_bounded, size_t n_bands) {
    if (n_bounded == 0) return;
    context_log(
        context, WSNET_LOG_WARNING,
        "%zu of %zu bands would need a gain below 0.5 or above 2: the cube may be in other units, or show other "
        "materials",
        n_bounded, n_bands);
}

static wsnet_status learn_gain(wsnet_context *context, uint64_t seed, size_t n_pixels, const float *pixels,
                               wsnet_model *model) {
    size_t n_bounded = 0;
    context_span outer = context_span_enter(context, 0, 0.3);
    wsnet_status status = adapt_gain_learn(context, n_pixels, model->dims.B, pixels, model->dims.P,
                                           wsnet_model_endmembers(model), model->gain, model->offset, &n_bounded);
    context_span_leave(context, outer);
    if (status) return status;
    warn(context, n_bounded, model->dims.B);
    model->adapted = true;
    if (model->referenced) {
        undo(model, model->own_gain, model->own_offset);
        return WSNET_OK;
    }
    outer = context_span_enter(context, 0.3, 0.6);
    status = take_bias_out(context, seed, n_pixels, pixels, model);
    context_span_leave(context, outer);
    return status;
}

/* The model's own gain is set aside while simulated pixels run through it. */
static wsnet_status calibrate(wsnet_context *context, uint64_t seed, size_t n_pixels, const float *pixels,
                              const wsnet_cube_description *cube, const char *from, wsnet_model *model) {
    simulator *scene = NULL;
    wsnet_status status = make_scene(context, model, n_pixels, pixels, &scene);
    if (!status) status = describe(context, cube, scene, from, model);
    if (!status) status = context_progress(context, 0.6, "calibrating");
    model->adapted = false;
    if (!status) status = calibrate_model(context, scene, seed, model);
    model->adapted = true;
    if (scene) simulator_destroy(context, scene);
    return status;
}

wsnet_status wsnet_model_adapt(wsnet_context *context, const wsnet_model *model, uint64_t seed, size_t n_pixels,
                               size_t n_bands, const float *pixels, const wsnet_cube_description *cube,
                               wsnet_model **adapted) {
    if (!context) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(context, model);
    CONTEXT_REQUIRE(context, pixels);
    CONTEXT_REQUIRE(context, adapted);
    wsnet_status status = model_check_bands(context, model, n_bands);
    if (!status)
        status =
            trainer_numbers_check(context, n_pixels, n_bands, pixels, model->dims.P, wsnet_model_endmembers(model));
    wsnet_model *made = NULL;
    if (!status) status = model_copy(context, model, &made);
    if (status) return status;
    random_state random = random_create(seed, STREAM);
    const uint64_t seed_bias = random_bits(&random), seed_calibration = random_bits(&random);
    status = learn_gain(context, seed_bias, n_pixels, pixels, made);
    if (!status) status = calibrate(context, seed_calibration, n_pixels, pixels, cube, wsnet_model_sha256(model), made);
    if (!status) status = model_seal(context, made);
    if (!status) *adapted = made;
    if (status) wsnet_model_destroy(made);
    return status;
}
