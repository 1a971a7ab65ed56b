/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file made_model.h  A complete model with made-up numbers, for tests that need one without training. */
#ifndef WSNET_MADE_MODEL_H
#define WSNET_MADE_MODEL_H

#include "model.h"
#include "random.h"

/** @return a sealed model of small network sizes, or NULL with the context's error set */
static inline wsnet_model *make_model(wsnet_context *context, size_t n_bands, size_t n_endmembers, size_t n_members) {
    network_dims dims = network_dims_default(n_bands, n_endmembers);
    dims.D = 4;
    dims.S = 2;
    dims.R = 1;
    dims.J = 5;
    wsnet_model *model = NULL;
    if (model_create(context, &dims, n_members, &model)) return NULL;
    random_state random = random_create(7, 0);
    model->mixing = WSNET_MIXING_SCALED;
    model->without = WSNET_WITHOUT_SSM | WSNET_WITHOUT_KL;
    model->coverage = 0.9;
    model->n_source_bands = n_bands + 3;
    const size_t n_weights = n_members * weights_count(&model->dims), n = n_endmembers * n_bands;
    for (size_t i = 0; i < n_weights; i++) model->weights[i] = (float)random_normal(&random);
    for (size_t i = 0; i < n; i++) {
        model->start[i] = (float)random_uniform(&random);
        model->pinv[i] = (float)random_normal(&random);
    }
    for (size_t i = 0; i < 2 * n_endmembers; i++) model->conformal[i] = 1 + (float)i / 8;
    for (size_t i = 0; i < n_endmembers; i++) model->lod[i] = 0.01f * (float)(i + 1);
    model->misfit[0] = 0.01f;
    model->misfit[1] = 0.001f;
    for (size_t i = 0; i < MODEL_FIT_KNOTS; i++) model->fit[i] = 0.5f - (float)i / 1024;
    for (size_t b = 0; b < n_bands; b++) {
        model->wavelength_nm[b] = 400.1 + 10 * (double)b;
        model->fwhm_nm[b] = 9.7;
        model->band_index[b] = (uint32_t)(b + (b > 2));
    }
    char name[32];
    wsnet_status status = WSNET_OK;
    for (size_t k = 0; !status && k < n_endmembers; k++) {
        snprintf(name, sizeof name, "mat\xc3\xa9riau \"%zu\"", k + 1);
        status = model_set_name(context, model, k, name);
    }
    if (!status) status = model_set_metadata(context, model, "steps", "600");
    if (!status) status = model_set_metadata(context, model, "seed", "7");
    if (!status) status = model_seal(context, model);
    if (!status) return model;
    wsnet_model_destroy(model);
    return NULL;
}

#endif
