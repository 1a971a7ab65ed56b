/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "calibrate.h"

#include <math.h>

#include "algebra.h"
#include "calibrate_fit.h"
#include "session.h"

enum { BLOCKS = 1024, PIXELS = BLOCKS * LANES, SPOILT_BLOCKS = 256, SPOILT = SPOILT_BLOCKS * LANES };
/* Marks, and sorts before, the scores of the upper side where the material is absent: no upper end can miss a zero, and
 * counting zeros would leave too much of the error to the pixels that do hold the material. */
static const float ABSENT = -1e30f;
/* Shares up to this are absence; weak ones are in (0.01, 0.15], as the scores have it, and down to absence for the upper
 * side. */
static const float LEAST_SHARE = 0.001f, LEAST_WEAK = 0.01f, MOST_WEAK = 0.15f;
/* Below the abundance, below it where it is weak, above it where the material is present, and above it where it is weak. */
enum { BELOW, BELOW_WEAK, ABOVE, ABOVE_WEAK, N_SIDES };

typedef struct calibration {
    const wsnet_session *session;
    const simulator *scene;
    uint64_t seed;
    float *truth;  /* [n_workers,LANES,P] */
    float *scores; /* [N_SIDES,P,PIXELS] how many half-widths the truth lies to that side; ABSENT: no score */
    fit_sample usual, spoilt;
} calibration;

static void record(const wsnet_model *model, const session_block *block, size_t first, const fit_sample *sample) {
    for (size_t lane = 0; lane < LANES; lane++) {
        /* Residual and pixel are the opposite side and the hypotenuse of the angle. */
        const float rmse = block->rmse[lane], sine = fmaxf(sinf(block->angle[lane]), 1e-9f);
        sample->residual[first + lane] = rmse * rmse * (float)model->dims.B;
        sample->pixel[first + lane] = sample->residual[first + lane] / (sine * sine);
        for (size_t j = 0; j < model->n_directions; j++)
            sample->cosine[j * sample->n + first + lane] = block->along[j * LANES + lane];
    }
}

/* Pixels that stand behind those of score_block() in the seed's streams. */
static void spoil_block(void *work_, size_t chunk, size_t worker) {
    const calibration *work = work_;
    const wsnet_model *model = work->session->model;
    float *pixels = session_rows(work->session, worker);
    const float *rows[LANES];
    simulator_draw(work->scene, work->session->endmembers, work->seed, PIXELS + chunk * LANES, LANES, pixels,
                   work->truth + worker * LANES * model->dims.P);
    for (size_t lane = 0; lane < LANES; lane++) {
        random_state random = random_create(work->seed, PIXELS + SPOILT + chunk * LANES + lane);
        rows[lane] = pixels + lane * model->dims.B;
        calibrate_fit_spoil(model, &random, pixels + lane * model->dims.B);
    }
    const session_block block = session_run_block(work->session, worker, rows);
    record(model, &block, chunk * LANES, &work->spoilt);
}

static void score_block(void *work_, size_t chunk, size_t worker) {
    const calibration *work = work_;
    const size_t n_endmembers = work->session->model->dims.P;
    float *truth = work->truth + worker * LANES * n_endmembers;
    float *pixels = session_rows(work->session, worker);
    const float *rows[LANES];
    for (size_t lane = 0; lane < LANES; lane++) rows[lane] = pixels + lane * work->session->model->dims.B;
    simulator_draw(work->scene, work->session->endmembers, work->seed, chunk * LANES, LANES, pixels, truth);
    const session_block block = session_run_block(work->session, worker, rows);
    record(work->session->model, &block, chunk * LANES, &work->usual);
    for (size_t lane = 0; lane < LANES; lane++) {
        const size_t pixel = chunk * LANES + lane;
        for (size_t k = 0; k < n_endmembers; k++) {
            const size_t i = k * LANES + lane;
            const float share = truth[lane * n_endmembers + k], above = block.abundance[i] - share;
            /* A half-width that underflowed to zero still gives a finite factor. */
            float *score = work->scores + k * PIXELS + pixel;
            const size_t side = n_endmembers * PIXELS;
            score[BELOW * side] = above / fmaxf(block.lower[i], 1e-6f);
            score[BELOW_WEAK * side] = share > LEAST_WEAK && share <= MOST_WEAK ? score[BELOW * side] : ABSENT;
            score[ABOVE * side] = share > LEAST_SHARE ? -above / fmaxf(block.upper[i], 1e-6f) : ABSENT;
            score[ABOVE_WEAK * side] = share <= MOST_WEAK ? score[ABOVE * side] : ABSENT;
        }
    }
}

size_t calibrate_rank(size_t n, double coverage) {
    const double rank = ceil(((double)n + 1) * (1 + coverage) / 2);
    return rank < (double)n ? (size_t)rank - 1 : n - 1;
}

/* Factor that the coverage asks for; where nothing has a score it is otherwise. @param scores [PIXELS] are sorted */
static float factor_of(double coverage, float *scores, float otherwise) {
    algebra_sort(PIXELS, scores);
    size_t n_absent = 0;
    while (n_absent < PIXELS && scores[n_absent] == ABSENT) n_absent++;
    const size_t n = PIXELS - n_absent;
    return n ? fmaxf(scores[n_absent + calibrate_rank(n, coverage)], 0) : otherwise;
}

/* Weak fractions lie outside the interval more often than others do; each side is as wide as a material's need. */
static wsnet_status fill_intervals(wsnet_context *context, const calibration *work, wsnet_model *model) {
    const size_t n_endmembers = model->dims.P;
    for (size_t i = 0; i < N_SIDES * n_endmembers * PIXELS; i++)
        if (!isfinite(work->scores[i]))
            return context_fail(context, WSNET_E_NUMERIC, "the network's answers are not finite: training failed");
    for (size_t k = 0; k < n_endmembers; k++) {
        float *scores = work->scores + k * PIXELS, *factor = model->conformal + k;
        const size_t side = n_endmembers * PIXELS;
        const float below = factor_of(model->coverage, scores + BELOW * side, 1);
        *factor = fmaxf(below, factor_of(model->coverage, scores + BELOW_WEAK * side, below));
        const float above = factor_of(model->coverage, scores + ABOVE * side, 1);
        factor[n_endmembers] = fmaxf(above, factor_of(model->coverage, scores + ABOVE_WEAK * side, above));
    }
    return WSNET_OK;
}

/* Endmembers at unit peak are as bright as the scene's median, so noise counts relative to that. */
static wsnet_status fill_lod(wsnet_context *context, const simulator *scene, wsnet_model *model) {
    const simulator_scene known = simulator_describe(scene);
    const double brightness = model->mixing == WSNET_MIXING_SCALED ? known.brightness : 1;
    return wsnet_model_detection_limits(context, model, known.noise_sd / brightness, model->lod);
}

static size_t lay_out(calibration *work, size_t n_workers, size_t n_endmembers, size_t n_cosines, void *base) {
    arena block = {base, 0, false};
    work->truth = arena_take(&block, n_workers * LANES * n_endmembers, sizeof(float));
    work->scores = arena_take(&block, N_SIDES * n_endmembers * PIXELS, sizeof(float));
    fit_sample *const samples[] = {&work->usual, &work->spoilt};
    for (size_t i = 0; i < 2; i++) {
        const size_t n = i ? SPOILT : PIXELS;
        samples[i]->n = n;
        samples[i]->cosine = arena_take(&block, n_cosines * n, sizeof(float));
        samples[i]->residual = arena_take(&block, n, sizeof(float));
        samples[i]->pixel = arena_take(&block, n, sizeof(float));
    }
    return block.overflow ? SIZE_MAX : block.used;
}

wsnet_status calibrate_model(wsnet_context *context, const simulator *scene, uint64_t seed, wsnet_model *model) {
    wsnet_session *session;
    calibrate_fit_begin(model);
    wsnet_status status = wsnet_session_create(context, model, NULL, &session);
    if (status != WSNET_OK) return status;
    const size_t n_workers = context_n_threads(context), n_endmembers = model->dims.P;
    calibration work = {.session = session, .scene = scene, .seed = seed};
    void *memory = context_allocate(context, lay_out(&work, n_workers, n_endmembers, model->n_directions, NULL), 1);
    status = memory ? WSNET_OK : WSNET_E_MEMORY;
    if (status == WSNET_OK) {
        lay_out(&work, n_workers, n_endmembers, model->n_directions, memory);
        parallel_for(context, BLOCKS, score_block, &work);
        parallel_for(context, SPOILT_BLOCKS, spoil_block, &work);
        status = fill_intervals(context, &work, model);
        if (status == WSNET_OK) status = calibrate_fit(context, &work.usual, &work.spoilt, model);
    }
    if (status == WSNET_OK) status = fill_lod(context, scene, model);
    context_release(context, memory);
    wsnet_session_destroy(session);
    return status;
}
