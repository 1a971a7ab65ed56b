/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "session.h"

#include <math.h>

/* Pixels that a thread takes at a time; masked ones are skipped before blocks are filled. */
enum { CHUNK = 256 };
static const double MOST_WEAK_BIAS = 20;

void wsnet_session_options_init(wsnet_session_options *options) {
    if (options) *options = (wsnet_session_options){.method = WSNET_METHOD_WSNET, .weak_bias = 0};
}

static wsnet_status check_options(wsnet_context *context, const wsnet_session_options *options) {
    if (!wsnet_method_name(options->method))
        return context_fail(context, WSNET_E_ARGUMENT, "there is no unmixing method number %d", (int)options->method);
    if (!(fabs(options->weak_bias) <= MOST_WEAK_BIAS))
        return context_fail(context, WSNET_E_ARGUMENT, "the weak bias is %g: it must lie within -%g and %g",
                            options->weak_bias, MOST_WEAK_BIAS, MOST_WEAK_BIAS);
    if (!(options->detection_level >= 0 && options->detection_level <= 1))
        return context_fail(context, WSNET_E_ARGUMENT, "the detection level is %g: it must lie within 0 and 1",
                            options->detection_level);
    if (!(options->least_confidence >= 0 && options->least_confidence <= 1))
        return context_fail(context, WSNET_E_ARGUMENT, "the least confidence is %g: it must lie within 0 and 1",
                            options->least_confidence);
    return WSNET_OK;
}

static wsnet_status prepare(wsnet_session *session) {
    const network_dims *dims = &session->model->dims;
    const float *endmembers = wsnet_model_endmembers(session->model);
    if (!endmembers) return context_fail(session->context, WSNET_E_FORMAT, "the model has no endmembers");
    for (size_t i = 0; i < dims->P * dims->B; i++) session->endmembers[i] = endmembers[i] > 0 ? endmembers[i] : 0;
    const wsnet_status status =
        least_squares_create(session->context, dims->B, dims->P, session->endmembers, &session->prepared);
    return status == WSNET_OK ? session_reserve(session) : status;
}

wsnet_status wsnet_session_create(wsnet_context *context, const wsnet_model *model,
                                  const wsnet_session_options *options, wsnet_session **session) {
    if (!context) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(context, model);
    CONTEXT_REQUIRE(context, session);
    wsnet_session_options chosen;
    wsnet_session_options_init(&chosen);
    if (options) chosen = *options;
    wsnet_status status = check_options(context, &chosen);
    if (status != WSNET_OK) return status;
    wsnet_session *made = context_allocate_zero(context, 1, sizeof *made);
    if (!made) return WSNET_E_MEMORY;
    made->context = context;
    made->model = model;
    made->options = chosen;
    made->kernels = network_kernels_best();
    made->endmembers = context_allocate(context, model->dims.P * model->dims.B, sizeof *made->endmembers);
    status = made->endmembers ? prepare(made) : WSNET_E_MEMORY;
    if (status == WSNET_OK) *session = made;
    if (status != WSNET_OK) wsnet_session_destroy(made);
    return status;
}

void wsnet_session_destroy(wsnet_session *session) {
    if (!session) return;
    wsnet_context *context = session->context;
    if (session->prepared) least_squares_destroy(context, session->prepared);
    context_release(context, session->endmembers);
    context_release(context, session->workspace);
    context_release(context, session);
}

static bool is_finite(size_t n, const float *values) {
    enum { PARTS = 16 }; /* sums side by side, so that additions need not wait for each other */
    float part[PARTS] = {0}, sum = 0;
    size_t i = 0;
    /* 0 times a value is 0, or NaN where the value is not finite. */
    for (; i + PARTS <= n; i += PARTS)
        for (size_t k = 0; k < PARTS; k++) part[k] += values[i + k] * 0.0f;
    for (; i < n; i++) sum += values[i] * 0.0f;
    for (size_t k = 0; k < PARTS; k++) sum += part[k];
    return sum == 0;
}

static void fill(float *values, size_t n, float value) {
    if (!values) return;
    for (size_t i = 0; i < n; i++) values[i] = value;
}

static float *at(float *array, size_t offset) { return array ? array + offset : NULL; }

static void write_nan(const wsnet_outputs *outputs, size_t n_endmembers, size_t pixel) {
    const size_t first = pixel * n_endmembers;
    fill(at(outputs->abundance, first), n_endmembers, NAN);
    fill(at(outputs->confidence, first), n_endmembers, NAN);
    fill(at(outputs->lower, first), n_endmembers, NAN);
    fill(at(outputs->upper, first), n_endmembers, NAN);
    fill(at(outputs->detected, first), n_endmembers, NAN);
    fill(at(outputs->fit, pixel), 1, NAN);
    fill(at(outputs->rmse, pixel), 1, NAN);
}

/* Numbers so large that their squares overflow leave no usable answer. */
static bool is_usable(const session_block *block, bool has_widths, size_t n_endmembers, size_t lane) {
    float sum = block->angle[lane] * 0 + block->rmse[lane] * 0;
    for (size_t k = 0; k < n_endmembers; k++) {
        const size_t i = k * LANES + lane;
        sum += block->abundance[i] * 0;
        if (has_widths) sum += (block->lower[i] + block->upper[i]) * 0;
    }
    return sum == 0;
}

/* One lane of a network's block. */
static void write_pixel(const wsnet_session *session, const wsnet_outputs *outputs, const session_block *block,
                        size_t lane, size_t pixel) {
    const size_t n_endmembers = session->model->dims.P;
    const float level = (float)session->options.detection_level, least = (float)session->options.least_confidence;
    for (size_t k = 0; k < n_endmembers; k++) {
        const size_t i = k * LANES + lane, o = pixel * n_endmembers + k;
        const float abundance = fminf(fmaxf(block->abundance[i], 0), 1);
        const session_interval interval =
            session_interval_of(session->model, k, abundance, block->lower[i], block->upper[i]);
        const float confidence = 1 - (interval.upper - interval.lower);
        const bool told = confidence >= least;
        if (outputs->abundance) outputs->abundance[o] = told ? abundance : NAN;
        if (outputs->confidence) outputs->confidence[o] = confidence;
        if (outputs->lower) outputs->lower[o] = interval.lower;
        if (outputs->upper) outputs->upper[o] = interval.upper;
        if (outputs->detected) outputs->detected[o] = told ? (float)(interval.lower > level) : NAN;
    }
    if (outputs->fit)
        outputs->fit[pixel] = session_fit_of(session->model, session_misfit_of(session->model, block, lane));
    if (outputs->rmse) outputs->rmse[pixel] = block->rmse[lane];
}

/* One lane of classical answers: the rest is NaN. */
static void write_classical(const wsnet_outputs *outputs, const session_block *block, size_t n_endmembers, size_t lane,
                            size_t pixel) {
    write_nan(outputs, n_endmembers, pixel);
    for (size_t k = 0; outputs->abundance && k < n_endmembers; k++)
        outputs->abundance[pixel * n_endmembers + k] = block->abundance[k * LANES + lane];
    if (outputs->rmse) outputs->rmse[pixel] = block->rmse[lane];
}

typedef struct unmix_work {
    const wsnet_session *session;
    size_t n_pixels;
    const float *pixels;
    const uint8_t *mask;
    const wsnet_outputs *outputs;
} unmix_work;

/* Unmixes the first n <= LANES of source; a short block repeats its first pixel, as no lane sees another. */
static void unmix_block(const unmix_work *work, size_t worker, size_t n, const size_t *source) {
    const wsnet_session *session = work->session;
    const size_t n_bands = session->model->dims.B, n_endmembers = session->model->dims.P;
    const bool network = session->options.method == WSNET_METHOD_WSNET;
    const float *rows[LANES];
    for (size_t lane = 0; lane < LANES; lane++) rows[lane] = work->pixels + source[lane < n ? lane : 0] * n_bands;
    const session_block block = session_run_block(session, worker, rows);
    for (size_t lane = 0; lane < n; lane++) {
        if (!is_usable(&block, network, n_endmembers, lane))
            write_nan(work->outputs, n_endmembers, source[lane]);
        else if (network)
            write_pixel(session, work->outputs, &block, lane, source[lane]);
        else
            write_classical(work->outputs, &block, n_endmembers, lane, source[lane]);
    }
}

/* Gathers usable pixels into blocks, so that masked ones cost nothing. */
static void unmix_chunk(void *work_, size_t chunk, size_t worker) {
    const unmix_work *work = work_;
    const wsnet_session *session = work->session;
    const size_t n_bands = session->model->dims.B, end = (chunk + 1) * CHUNK;
    const size_t last = end < work->n_pixels ? end : work->n_pixels;
    size_t source[LANES], n = 0;
    for (size_t pixel = chunk * CHUNK; pixel < last; pixel++) {
        if ((work->mask && !work->mask[pixel]) || !is_finite(n_bands, work->pixels + pixel * n_bands))
            write_nan(work->outputs, session->model->dims.P, pixel);
        else
            source[n++] = pixel;
        if (n == LANES || (n > 0 && pixel + 1 == last)) {
            unmix_block(work, worker, n, source);
            n = 0;
        }
    }
}

wsnet_status wsnet_session_unmix(wsnet_session *session, size_t n_pixels, const float *pixels, const uint8_t *mask,
                                 const wsnet_outputs *outputs) {
    if (!session) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(session->context, pixels);
    CONTEXT_REQUIRE(session->context, outputs);
    const wsnet_status status = session_reserve(session);
    if (status != WSNET_OK) return status;
    unmix_work work = {session, n_pixels, pixels, mask, outputs};
    parallel_for(session->context, (n_pixels + CHUNK - 1) / CHUNK, unmix_chunk, &work);
    return WSNET_OK;
}

wsnet_status wsnet_session_reconstruct(wsnet_session *session, size_t n_pixels, const float *pixels,
                                       const float *abundance, float *reconstruction) {
    if (!session) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(session->context, pixels);
    CONTEXT_REQUIRE(session->context, abundance);
    CONTEXT_REQUIRE(session->context, reconstruction);
    const size_t n_bands = session->model->dims.B, n_endmembers = session->model->dims.P;
    for (size_t i = 0; i < n_pixels; i++) {
        const float *x = pixels + i * n_bands, *gain = session->model->gain, *offset = session->model->offset;
        float *y = reconstruction + i * n_bands;
        double xm = 0, mm = 0;
        for (size_t b = 0; b < n_bands; b++) {
            float m = 0;
            for (size_t k = 0; k < n_endmembers; k++)
                m += abundance[i * n_endmembers + k] * session->endmembers[k * n_bands + b];
            xm += ((double)gain[b] * (double)x[b] + (double)offset[b]) * (double)m;
            mm += (double)m * m;
            y[b] = m;
        }
        const float s = mm > 0 ? (float)(xm / mm) : 0;
        for (size_t b = 0; b < n_bands; b++) y[b] = (s * y[b] - offset[b]) / gain[b];
    }
    return WSNET_OK;
}
