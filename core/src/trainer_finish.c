/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "adapt_gain.h"
#include "calibrate.h"
#include "trainer.h"
#include "trust.h"

static wsnet_status set_text(wsnet_trainer *trainer, wsnet_model *model, const char *key, const char *format,
                             double value) {
    char text[64];
    snprintf(text, sizeof text, format, value);
    return model_set_metadata(trainer->context, model, key, text);
}

/* What the training was asked for and what it found in the scene. */
static wsnet_status describe_training(wsnet_trainer *trainer, wsnet_model *model) {
    const wsnet_train_options *options = &trainer->options;
    const simulator_scene scene = simulator_describe(trainer->scene);
    char seed[32];
    snprintf(seed, sizeof seed, "%" PRIu64, options->seed);
    const struct {
        const char *key, *format;
        double value;
    } entries[] = {
        {"steps", "%.0f", (double)trainer->n_done},          {"batch", "%.0f", (double)options->batch},
        {"real_batch", "%.0f", (double)options->real_batch}, {"learning_rate", "%.9g", options->learning_rate},
        {"weak_share", "%.9g", options->weak_share},         {"illumination_sd", "%.9g", scene.illumination_sd},
        {"variability_sd", "%.9g", scene.variability_sd},    {"noise_sd", "%.9g", scene.noise_sd},
        {"training_pixels", "%.0f", (double)scene.n_pixels},
    };
    wsnet_status status = model_set_metadata(trainer->context, model, "seed", seed);
    for (size_t i = 0; status == WSNET_OK && i < sizeof entries / sizeof *entries; i++)
        status = set_text(trainer, model, entries[i].key, entries[i].format, entries[i].value);
    return status;
}

static wsnet_status describe_names(wsnet_trainer *trainer, const wsnet_cube_description *cube, wsnet_model *model) {
    wsnet_status status = WSNET_OK;
    for (size_t k = 0; status == WSNET_OK && k < trainer->dims.P; k++) {
        char name[64];
        snprintf(name, sizeof name, "endmember %zu", k + 1);
        status = model_set_name(trainer->context, model, k, cube->names && cube->names[k] ? cube->names[k] : name);
    }
    return status;
}

static wsnet_status describe_bands(wsnet_trainer *trainer, const wsnet_cube_description *cube, wsnet_model *model) {
    const size_t n_bands = trainer->dims.B;
    model->n_source_bands = cube->n_source_bands ? cube->n_source_bands : n_bands;
    if (!cube->band_index && model->n_source_bands != n_bands)
        return context_fail(trainer->context, WSNET_E_SHAPE,
                            "the cube has %zu bands and %zu are used, but not which ones is said",
                            model->n_source_bands, n_bands);
    for (size_t b = 0; b < n_bands; b++) {
        model->band_index[b] = cube->band_index ? cube->band_index[b] : (uint32_t)b;
        model->wavelength_nm[b] = cube->wavelength_nm ? cube->wavelength_nm[b] : 0;
        model->fwhm_nm[b] = cube->fwhm_nm ? cube->fwhm_nm[b] : 0;
        if (model->band_index[b] >= model->n_source_bands)
            return context_fail(trainer->context, WSNET_E_SHAPE, "band %zu used is number %u of a cube with %zu bands",
                                b + 1, model->band_index[b] + 1, model->n_source_bands);
    }
    return WSNET_OK;
}

static wsnet_status describe(wsnet_trainer *trainer, const wsnet_cube_description *cube, wsnet_model *model) {
    wsnet_status status = describe_bands(trainer, cube, model);
    if (status == WSNET_OK) status = describe_names(trainer, cube, model);
    if (status == WSNET_OK) status = describe_training(trainer, model);
    if (status == WSNET_OK && cube->sha256)
        status = model_set_metadata(trainer->context, model, "cube_sha256", cube->sha256);
    for (size_t i = 0; status == WSNET_OK && i < cube->n_metadata; i++)
        status = model_set_metadata(trainer->context, model, cube->metadata_keys[i], cube->metadata_values[i]);
    return status;
}

/* Copies what training learned. */
static void fill_model(const wsnet_trainer *trainer, wsnet_model *model) {
    const size_t spectra = trainer->dims.P * trainer->dims.B;
    model->mixing = trainer->options.mixing;
    model->without = trainer->options.without;
    model->coverage = trainer->options.coverage;
    trainer_copy_members(trainer, model->weights);
    memcpy(model->start, trainer->start, spectra * sizeof(float));
    memcpy(model->pinv, trainer->pinv, spectra * sizeof(float));
}

/* What an estimate of gains finds in the training cube, where there is nothing to find; wsnet_model_adapt() needs it. */
static wsnet_status learn_own_gain(const wsnet_trainer *trainer, wsnet_model *model) {
    const simulator_scene scene = simulator_describe(trainer->scene);
    const context_span outer = context_span_enter(trainer->context, 1, 1);
    const wsnet_status status =
        adapt_gain_learn(trainer->context, scene.n_pixels, model->dims.B, scene.pixels, model->dims.P,
                         wsnet_model_endmembers(model), model->own_gain, model->own_offset, NULL);
    context_span_leave(trainer->context, outer);
    model->referenced = true;
    return status;
}

wsnet_status wsnet_trainer_finish(wsnet_trainer *trainer, const wsnet_cube_description *description,
                                  wsnet_model **model) {
    if (!trainer) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(trainer->context, model);
    const wsnet_cube_description nothing = {0};
    wsnet_model *made;
    wsnet_status status = model_create(trainer->context, &trainer->dims, trainer->n_joined + 1, &made);
    if (status != WSNET_OK) return status;
    trainer_update_positive(trainer);
    fill_model(trainer, made);
    status = describe(trainer, description ? description : &nothing, made);
    if (status == WSNET_OK) status = context_progress(trainer->context, 1, "calibrating");
    double ratio = 1, gain = 1;
    if (status == WSNET_OK)
        status = trust_apply(trainer->context, trainer->scene, trainer->seed_calibration + 1, made, &ratio, &gain);
    if (status == WSNET_OK) status = set_text(trainer, made, "correction_ratio", "%.6g", ratio);
    if (status == WSNET_OK) status = set_text(trainer, made, "trust", "%.6g", gain);
    if (status == WSNET_OK) status = calibrate_model(trainer->context, trainer->scene, trainer->seed_calibration, made);
    if (status == WSNET_OK) status = learn_own_gain(trainer, made);
    if (status == WSNET_OK) status = model_seal(trainer->context, made);
    if (status == WSNET_OK) *model = made;
    if (status != WSNET_OK) wsnet_model_destroy(made);
    return status;
}
