/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "adapt_gain.h"

#include <math.h>
#include <string.h>

#include "adapt_solve.h"
#include "algebra.h"
#include "least_squares.h"
#include "misfit.h"
#include "random.h"

enum { MOST_PIXELS = 8192, ROUNDS = 5 };
/* How far gains and offsets are from 1 and 0 before anything is known; offsets in units of the mixtures' level. Gains are
 * smooth over the bands, with a correlation of exp(-1/2) at REACH of them, but for ROUGH_SD. */
static const double GAIN_SD = 0.1, REACH = 0.15, ROUGH_SD = 0.003, OFFSET_SD = 0.02;
/* What is wrong with the mixing model is alike in neighbouring bands, and in many pixels, which therefore say less than
 * their number: one in a hundred counts. */
static const double EVIDENCE = 0.01;
/* A pixel with a residual beyond so many usual ones loses weight. */
static const double HUBER = 2;
/* However well mixtures fit, a thousandth of a pixel's length is no evidence. */
static const double LEAST_MISFIT = 1e-6;
static const double LEAST_FACTOR = 0.5, MOST_FACTOR = 2;

typedef struct gain_work {
    wsnet_context *context;
    size_t n_pixels, n_bands, n_endmembers;
    const float *pixels, *endmembers;
    size_t step_from;         /* all pixels, of which n_pixels are taken evenly */
    double *factor, *shift;   /* [B] c, d */
    double *stiffness;        /* [B,B] of the gains' prior */
    float *moved;             /* [P,B] c . E */
    float *shifted;           /* [n,B] y - d, then the residuals */
    float *abundance;         /* [n,P] */
    float *residual, *length; /* [n] squared, of residual and mixture */
    adapt_system system;
} gain_work;

static size_t lay_out(gain_work *work, void *base) {
    arena block = {base, 0, false};
    const size_t n = work->n_pixels, B = work->n_bands, P = work->n_endmembers;
    work->factor = arena_take(&block, B, sizeof(double));
    work->shift = arena_take(&block, B, sizeof(double));
    work->stiffness = arena_take(&block, B * B, sizeof(double));
    work->moved = arena_take(&block, P * B, sizeof(float));
    work->shifted = arena_take(&block, n * B, sizeof(float));
    work->abundance = arena_take(&block, n * P, sizeof(float));
    work->residual = arena_take(&block, n, sizeof(float));
    work->length = arena_take(&block, n, sizeof(float));
    adapt_system_lay_out(&block, B, P, &work->system);
    return block.overflow ? SIZE_MAX : block.used;
}

static const float *pixel_at(const gain_work *work, size_t i) {
    return work->pixels + random_spread(i, work->n_pixels, work->step_from) * work->n_bands;
}

static void mix(const gain_work *work, const float *a, float *mixture) {
    memset(mixture, 0, work->n_bands * sizeof *mixture);
    for (size_t k = 0; k < work->n_endmembers; k++)
        for (size_t b = 0; b < work->n_bands; b++) mixture[b] += a[k] * work->endmembers[k * work->n_bands + b];
}

/* Abundances under the present c and d, and what they leave. */
static wsnet_status unmix(gain_work *work) {
    const size_t B = work->n_bands, P = work->n_endmembers;
    for (size_t k = 0; k < P; k++)
        for (size_t b = 0; b < B; b++)
            work->moved[k * B + b] = (float)(work->factor[b] * (double)work->endmembers[k * B + b]);
    for (size_t i = 0; i < work->n_pixels; i++)
        for (size_t b = 0; b < B; b++)
            work->shifted[i * B + b] = (float)((double)pixel_at(work, i)[b] - work->shift[b]);
    least_squares *prepared;
    const wsnet_status status = least_squares_create(work->context, B, P, work->moved, &prepared);
    if (status != WSNET_OK) return status;
    least_squares_solve(prepared, WSNET_METHOD_UCLS, work->n_pixels, work->shifted, work->abundance);
    least_squares_destroy(work->context, prepared);
    float mixture[WSNET_MAX_BANDS];
    for (size_t i = 0; i < work->n_pixels; i++) {
        float *left = work->shifted + i * B;
        double residual = 0, length = 0;
        mix(work, work->abundance + i * P, mixture);
        for (size_t b = 0; b < B; b++) {
            left[b] -= (float)work->factor[b] * mixture[b];
            residual += (double)left[b] * (double)left[b];
            length += (double)mixture[b] * (double)mixture[b];
        }
        work->residual[i] = (float)residual;
        work->length[i] = (float)length;
    }
    return WSNET_OK;
}

/* What one band of a pixel counts, in units of its usual variance. */
static double weight_of(const gain_work *work, const float usual[2], size_t i) {
    const double length = (double)work->length[i];
    const double expected = (double)usual[0] + ((double)usual[1] + LEAST_MISFIT) * length;
    const double beyond = sqrt((double)work->residual[i] / expected) / HUBER;
    const double freedom = fmax((double)work->n_bands - (double)work->n_endmembers, 1);
    return EVIDENCE * freedom / expected / fmax(beyond, 1);
}

static void collect(gain_work *work) {
    float usual[2];
    double level = 0;
    misfit_learn(work->n_pixels, work->residual, work->length, usual);
    for (size_t i = 0; i < work->n_pixels; i++)
        level += (double)work->length[i] / (double)work->n_pixels / (double)work->n_bands;
    adapt_system_begin(&work->system, work->endmembers, work->moved);
    for (size_t i = 0; i < work->n_pixels; i++)
        adapt_system_add(&work->system, weight_of(work, usual, i), work->abundance + i * work->n_endmembers,
                         work->shifted + i * work->n_bands);
    adapt_system_prior(&work->system, work->stiffness, 1 / (OFFSET_SD * OFFSET_SD * fmax(level, 1e-300)), work->factor,
                       work->shift);
}

/* Takes a step; the factors' geometric mean goes into the abundances. @return how many factors ran into their bounds */
static size_t take_step(gain_work *work) {
    const size_t B = work->n_bands;
    const double *step = adapt_system_solve(&work->system);
    double mean = 0;
    size_t n_bounded = 0;
    for (size_t b = 0; b < B; b++) {
        const double factor = work->factor[b] + step[b];
        work->factor[b] = fmin(fmax(factor, LEAST_FACTOR), MOST_FACTOR);
        n_bounded += work->factor[b] != factor;
        work->shift[b] += step[B + b];
        mean += log(work->factor[b]) / (double)B;
    }
    for (size_t b = 0; b < B; b++) work->factor[b] /= exp(mean);
    return n_bounded;
}

static bool explains_any(const gain_work *work) {
    for (size_t i = 0; i < work->n_pixels; i++)
        if (work->length[i] > 0) return true;
    return false;
}

/* Precision of gains that are smooth over the bands, but for a small part. */
static wsnet_status stiffen(gain_work *work) {
    const size_t B = work->n_bands;
    for (size_t i = 0; i < B; i++)
        for (size_t j = 0; j < B; j++) {
            const double apart = ((double)i - (double)j) / (REACH * (double)B);
            work->stiffness[i * B + j] =
                GAIN_SD * GAIN_SD * exp(-0.5 * apart * apart) + (i == j ? ROUGH_SD * ROUGH_SD : 0);
        }
    return algebra_invert(work->context, B, work->stiffness);
}

static wsnet_status iterate(gain_work *work, size_t *n_bounded) {
    size_t n_last = 0;
    const wsnet_status stiff = stiffen(work);
    if (stiff != WSNET_OK) return stiff;
    for (size_t b = 0; b < work->n_bands; b++) work->factor[b] = 1, work->shift[b] = 0;
    for (int round = 0; round < ROUNDS; round++) {
        wsnet_status status = context_progress(work->context, (double)round / ROUNDS, "fitting gain and offset");
        if (status == WSNET_OK) status = unmix(work);
        if (status != WSNET_OK) return status;
        if (!explains_any(work))
            return context_fail(work->context, WSNET_E_NUMERIC, "the endmembers explain none of the pixels");
        collect(work);
        n_last = take_step(work);
    }
    if (n_bounded) *n_bounded = n_last;
    return WSNET_OK;
}

wsnet_status adapt_gain_learn(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                              size_t n_endmembers, const float *endmembers, float *gain, float *offset,
                              size_t *n_bounded) {
    gain_work work = {.context = context,
                      .n_pixels = n_pixels < MOST_PIXELS ? n_pixels : MOST_PIXELS,
                      .n_bands = n_bands,
                      .n_endmembers = n_endmembers,
                      .pixels = pixels,
                      .endmembers = endmembers,
                      .step_from = n_pixels};
    const size_t size = lay_out(&work, NULL);
    void *memory = context_allocate_zero(context, size, 1);
    if (!memory) return WSNET_E_MEMORY;
    lay_out(&work, memory);
    const wsnet_status status = iterate(&work, n_bounded);
    for (size_t b = 0; status == WSNET_OK && b < n_bands; b++) {
        gain[b] = (float)(1 / work.factor[b]);
        offset[b] = (float)(-work.shift[b] / work.factor[b]);
    }
    context_release(context, memory);
    return status;
}
