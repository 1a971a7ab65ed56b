/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unmixer.h"

#include <cpl_conv.h>
#include <cpl_multiproc.h>
#include <cpl_string.h>
#include <stdlib.h>

#include "sentence.h"

enum { THREAD_LIMIT = 64 };

struct unmixer {
    wsnet_context *context;
    wsnet_session *session;
    output_plan plan;
    size_t n_endmembers;
    size_t capacity;               /**< pixels that the arrays hold */
    float *values[OUTPUT_N_KINDS]; /**< [N,P] or [N]; NULL for kinds that no band shows */
    bool wanted[OUTPUT_N_KINDS];
};

size_t unmixer_threads(const char *option) {
    const char *text = option ? option : CPLGetConfigOption("GDAL_NUM_THREADS", "1");
    const int n = EQUAL(text, "ALL_CPUS") ? CPLGetNumCPUs() : atoi(text);
    return n < 1 ? 1 : n > THREAD_LIMIT ? THREAD_LIMIT : (size_t)n;
}

static size_t columns(const unmixer *worker, int kind) {
    return kind == OUTPUT_FIT || kind == OUTPUT_RMSE ? 1 : worker->n_endmembers;
}

unmixer *unmixer_create(const wsnet_model *model, const output_plan *plan, wsnet_method method, const knobs *turned,
                        size_t n_threads, char error[1024]) {
    unmixer *worker = calloc(1, sizeof *worker);
    if (worker) worker->context = wsnet_context_create(NULL);
    if (!worker || !worker->context) {
        free(worker);
        sentence(error, "memory is out");
        return NULL;
    }
    worker->plan = *plan;
    worker->n_endmembers = wsnet_model_n_endmembers(model);
    for (size_t b = 0; b < plan->n_bands; b++) worker->wanted[plan->band[b].kind] = true;
    wsnet_session_options options;
    wsnet_session_options_init(&options);
    options.method = method;
    options.weak_bias = turned->weak_bias;
    options.detection_level = turned->detection_level;
    options.least_confidence = turned->least_confidence;
    if (wsnet_context_set_threads(worker->context, n_threads) == WSNET_OK &&
        wsnet_session_create(worker->context, model, &options, &worker->session) == WSNET_OK)
        return worker;
    sentence(error, "%s", wsnet_context_error(worker->context));
    worker->session = NULL;
    unmixer_destroy(worker);
    return NULL;
}

void unmixer_destroy(unmixer *worker) {
    if (!worker) return;
    if (worker->session) wsnet_session_destroy(worker->session);
    wsnet_context_destroy(worker->context);
    for (int k = 0; k < OUTPUT_N_KINDS; k++) free(worker->values[k]);
    free(worker);
}

static bool reserve(unmixer *worker, size_t n_pixels, char error[1024]) {
    if (n_pixels <= worker->capacity) return true;
    worker->capacity = 0;
    for (int k = 0; k < OUTPUT_N_KINDS; k++) {
        if (!worker->wanted[k]) continue;
        free(worker->values[k]);
        size_t n = 0;
        const bool fits = !__builtin_mul_overflow(n_pixels, columns(worker, k) * sizeof(float), &n);
        worker->values[k] = fits ? malloc(n) : NULL;
        if (!worker->values[k]) return sentence(error, "memory is out: %zu pixels at once", n_pixels);
    }
    worker->capacity = n_pixels;
    return true;
}

bool unmixer_run(unmixer *worker, size_t n_pixels, const float *pixels, const uint8_t *mask, char error[1024]) {
    if (!reserve(worker, n_pixels, error)) return false;
    float *const *values = worker->values;
    const wsnet_outputs outputs = {.abundance = values[OUTPUT_ABUNDANCE],
                                   .confidence = values[OUTPUT_CONFIDENCE],
                                   .lower = values[OUTPUT_LOWER],
                                   .upper = values[OUTPUT_UPPER],
                                   .detected = values[OUTPUT_DETECTED],
                                   .fit = values[OUTPUT_FIT],
                                   .rmse = values[OUTPUT_RMSE]};
    if (wsnet_session_unmix(worker->session, n_pixels, pixels, mask, &outputs) != WSNET_OK)
        return sentence(error, "%s", wsnet_context_error(worker->context));
    return true;
}

const float *unmixer_band(const unmixer *worker, size_t band, size_t *stride) {
    const output_band shown = worker->plan.band[band];
    *stride = columns(worker, (int)shown.kind);
    return worker->values[shown.kind] + (*stride > 1 ? shown.endmember : 0);
}
