/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trainer that goes on from a model, with endmembers added to it (method page, section 7). */
#include <math.h>
#include <string.h>

#include "model.h"
#include "params.h"
#include "trainer.h"
#include "trainer_options.h"
#include "trust.h"

/* The network knows the scene already: a tenth of the steps of a training. At its rate: the old materials come out
 * the same from 1e-3 to 1e-2, the new ones are learned worse below. */
enum { EXTEND_STEPS = 100 };
static const double EXTEND_RATE = 6e-3;

void wsnet_extend_options_init(wsnet_train_options *options) {
    wsnet_train_options_init(options);
    options->n_steps = EXTEND_STEPS;
    options->learning_rate = EXTEND_RATE;
}

static wsnet_status check(wsnet_context *context, const wsnet_model *model, const wsnet_train_options *options,
                          size_t n_pixels, size_t n_bands, const float *pixels, size_t n_new,
                          const float *new_endmembers) {
    if (n_new == 0) return context_fail(context, WSNET_E_SHAPE, "there are no endmembers to add");
    if (n_new > WSNET_MAX_ENDMEMBERS)
        return context_fail(context, WSNET_E_SHAPE, "%zu endmembers to add: a model holds at most %d", n_new,
                            WSNET_MAX_ENDMEMBERS);
    wsnet_status status = model_check_bands(context, model, n_bands);
    if (status != WSNET_OK) return status;
    if (model->n_members != 1)
        return context_fail(context, WSNET_E_ARGUMENT, "the model is an ensemble of %zu networks: only one can grow",
                            model->n_members);
    if (model->adapted)
        return context_fail(context, WSNET_E_ARGUMENT,
                            "the model was adapted to another cube: extend the one it was adapted from, then adapt");
    status = trainer_options_check(context, options, n_pixels, n_bands, model->dims.P + n_new);
    if (status != WSNET_OK) return status;
    return trainer_numbers_check(context, n_pixels, n_bands, pixels, n_new, new_endmembers);
}

wsnet_status wsnet_trainer_extend(wsnet_context *context, const wsnet_model *model, const wsnet_train_options *options,
                                  size_t n_pixels, size_t n_bands, const float *pixels, size_t n_new,
                                  const float *new_endmembers, wsnet_trainer **trainer) {
    if (!context) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(context, model);
    CONTEXT_REQUIRE(context, options);
    CONTEXT_REQUIRE(context, pixels);
    CONTEXT_REQUIRE(context, new_endmembers);
    CONTEXT_REQUIRE(context, trainer);
    wsnet_train_options chosen = *options;
    chosen.mixing = model->mixing;
    chosen.coverage = model->coverage;
    chosen.without = model->without;
    wsnet_status status = check(context, model, &chosen, n_pixels, n_bands, pixels, n_new, new_endmembers);
    if (status != WSNET_OK) return status;
    const size_t n_known = model->dims.P * n_bands, n_added = n_new * n_bands;
    float *endmembers = context_allocate(context, n_known + n_added, sizeof *endmembers);
    if (!endmembers) return WSNET_E_MEMORY;
    memcpy(endmembers, model->start, n_known * sizeof *endmembers);
    memcpy(endmembers + n_known, new_endmembers, n_added * sizeof *endmembers);
    network_dims dims = model->dims;
    dims.P += n_new;
    wsnet_trainer *made = NULL;
    status = trainer_make(context, &chosen, &dims, n_pixels, pixels, endmembers, &made);
    context_release(context, endmembers);
    if (status != WSNET_OK) return status;
    weights_grow(&model->dims, model->weights, &dims, made->weights);
    trust_scale_shift(1 / fmax(model_metadata_number(model, "trust", 1), 1e-6), &dims, made->weights);
    *trainer = made;
    return WSNET_OK;
}
