/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trust.h"

#include <math.h>
#include <string.h>

#include "least_squares.h"

enum { PIXELS = 4096 };
/* Mean squares of corrections that differ by less than this factor, either way, are alike: so much they differ between
 * scenes that the simulator does describe. Beyond it, trust falls with the logarithm of the factor as a normal density. */
static const double ALIKE = 1.6, FALL = 0.2, LEAST = 1e-12;
/* What was learnt can be had back where the scene's other materials become known. */
static const double LEAST_TRUST = 1e-6;

static double believe(double ratio) {
    if (isnan(ratio)) return LEAST_TRUST;
    const double beyond = fmax(fabs(log(ratio)) - log(ALIKE), 0) / FALL;
    return fmax(exp(-beyond * beyond / 2), LEAST_TRUST);
}

/* Mean square over pixels of |a - u|: materials together, as one alone may differ by the few places where it is.
 * @param abundance,classical [n,P] */
static double mean_square(size_t n_pixels, size_t n_endmembers, const float *abundance, const float *classical) {
    double sum = 0;
    for (size_t i = 0; i < n_pixels * n_endmembers; i++) {
        const double difference = (double)abundance[i] - (double)classical[i];
        sum += difference * difference / (double)n_pixels;
    }
    return sum;
}

/** Scratch arrays: [PIXELS,B], and [PIXELS,P] each. */
typedef struct trust_work {
    float *pixels, *abundance, *classical;
} trust_work;

static wsnet_status measure(wsnet_context *context, wsnet_session *session, const wsnet_model *model,
                            const trust_work *work, size_t n_pixels, double *correction) {
    least_squares *prepared;
    const wsnet_outputs outputs = {.abundance = work->abundance};
    wsnet_status status =
        least_squares_create(context, model->dims.B, model->dims.P, wsnet_model_endmembers(model), &prepared);
    if (status != WSNET_OK) return status;
    least_squares_classical(prepared, model->mixing, n_pixels, work->pixels, work->classical, NULL);
    least_squares_destroy(context, prepared);
    status = wsnet_session_unmix(session, n_pixels, work->pixels, NULL, &outputs);
    if (status == WSNET_OK) *correction = mean_square(n_pixels, model->dims.P, work->abundance, work->classical);
    return status;
}

static wsnet_status compare(wsnet_context *context, const simulator *scene, uint64_t seed, const wsnet_model *model,
                            const trust_work *work, double *ratio) {
    const simulator_scene known = simulator_describe(scene);
    const size_t n_bands = model->dims.B, n_real = known.n_pixels < PIXELS ? known.n_pixels : PIXELS;
    wsnet_session *session;
    double simulated = 0, real_ones = 0;
    wsnet_status status = wsnet_session_create(context, model, NULL, &session);
    if (status != WSNET_OK) return status;
    simulator_draw_alike(scene, wsnet_model_endmembers(model), seed, PIXELS, work->pixels);
    status = measure(context, session, model, work, PIXELS, &simulated);
    for (size_t i = 0; i < n_real; i++) {
        const size_t pixel = random_spread(i, n_real, known.n_pixels);
        memcpy(work->pixels + i * n_bands, known.pixels + pixel * n_bands, n_bands * sizeof *work->pixels);
    }
    if (status == WSNET_OK) status = measure(context, session, model, work, n_real, &real_ones);
    wsnet_session_destroy(session);
    /* A network that corrects nothing anywhere is believed. */
    *ratio = (real_ones + LEAST) / (simulated + LEAST);
    return status;
}

/* Endmembers go as far from their start as corrections go from the classical solution. */
static void scale_endmembers(double gain, const wsnet_model *model, float *member) {
    weight_info row;
    for (size_t i = 0; weights_info(&model->dims, i, &row); i++)
        for (size_t j = 0; row.slow && j < row.rows * row.columns; j++) {
            float *weight = member + row.offset + j;
            *weight = model->start[j] + (float)gain * (*weight - model->start[j]);
        }
}

void trust_scale_shift(double factor, const network_dims *dims, float *member) {
    weight_info row;
    for (size_t i = 0; weights_info(dims, i, &row); i++)
        if (strcmp(row.name, "shift_weight") == 0 || strcmp(row.name, "shift_bias") == 0)
            for (size_t j = 0; j < row.rows * row.columns; j++) member[row.offset + j] *= (float)factor;
}

wsnet_status trust_apply(wsnet_context *context, const simulator *scene, uint64_t seed, wsnet_model *model,
                         double *ratio, double *gain) {
    *ratio = *gain = 1;
    if (model->without & WSNET_WITHOUT_CLASSICAL) return WSNET_OK;
    trust_work work = {context_allocate(context, PIXELS * model->dims.B, sizeof(float)),
                       context_allocate(context, PIXELS * model->dims.P, sizeof(float)),
                       context_allocate(context, PIXELS * model->dims.P, sizeof(float))};
    wsnet_status status = WSNET_E_MEMORY;
    if (work.pixels && work.abundance && work.classical) status = compare(context, scene, seed, model, &work, ratio);
    if (status == WSNET_OK) *gain = believe(*ratio);
    for (size_t m = 0; status == WSNET_OK && m < model->n_members; m++) {
        float *member = model->weights + m * weights_count(&model->dims);
        scale_endmembers(*gain, model, member);
        trust_scale_shift(*gain, &model->dims, member);
    }
    context_release(context, work.classical);
    context_release(context, work.abundance);
    context_release(context, work.pixels);
    return status;
}
