/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shares of materials in zones, from the zones' mean spectra: generalised least squares, non-negative, with what the
 * scene's endmembers leave unexplained for errors (method page, resources/docs/area.md). */
#include <math.h>

#include "algebra.h"
#include "zone_solver.h"

enum { CHUNK = 256, MOST_SUMS = 2048 };

/* The spread of brightness is at least this, relative. */
static const double least_spread = 0.01;
/* Errors are at least this part of the pixels' mean square. */
static const double least_error = 1e-9;
/* Pixels with more than this, relative to the brightest endmember, are no mixtures. */
static const double most_brightness = 10;

static wsnet_zone_solver *carve(arena *block, size_t n_bands, size_t n_endmembers) {
    wsnet_zone_solver measured, *made = arena_take(block, 1, sizeof *made), *to = made ? made : &measured;
    *to = (wsnet_zone_solver){.n_bands = n_bands, .n_endmembers = n_endmembers};
    to->factor = arena_take(block, n_bands * n_bands, sizeof *to->factor);
    to->white = arena_take(block, n_bands, sizeof *to->white);
    to->row = arena_take(block, n_bands + 1, sizeof *to->row);
    to->endmembers = arena_take(block, n_endmembers * (n_bands + 1), sizeof *to->endmembers);
    return made;
}

void zone_whiten(size_t n_bands, const double *factor, double *white) {
    for (size_t b = 0; b < n_bands; b++)
        white[b] = (white[b] - algebra_dot(b, factor + b * n_bands, white)) / factor[b * n_bands + b];
}

/* ---- errors --------------------------------------------------------------------------------------------- */

/** Residuals of a scene's pixels. */
typedef struct residual_work {
    const least_squares *solver;
    size_t n_pixels, n_bands, n_endmembers;
    const float *endmembers;
    float *pixels;     /**< [N,B] corrected; replaced by what non-negative abundances leave */
    float *abundances; /**< [threads,CHUNK,P] */
    double *noise;     /**< [N] squares of what unconstrained abundances leave */
} residual_work;

/* pixel - a E. @return its square */
static double leave(const residual_work *work, const float *pixel, const float *abundance, float *left) {
    double square = 0;
    for (size_t b = 0; b < work->n_bands; b++) {
        float sum = pixel[b];
        for (size_t k = 0; k < work->n_endmembers; k++) sum -= abundance[k] * work->endmembers[k * work->n_bands + b];
        if (left) left[b] = sum;
        square += (double)sum * (double)sum;
    }
    return square;
}

static void residual_chunk(void *argument, size_t chunk, size_t worker) {
    const residual_work *work = argument;
    const size_t B = work->n_bands, P = work->n_endmembers, begin = chunk * CHUNK, rest = work->n_pixels - begin;
    const size_t n = rest < CHUNK ? rest : CHUNK;
    float *pixels = work->pixels + begin * B, *abundances = work->abundances + worker * CHUNK * P;
    least_squares_solve(work->solver, WSNET_METHOD_UCLS, n, pixels, abundances);
    for (size_t i = 0; i < n; i++) work->noise[begin + i] = leave(work, pixels + i * B, abundances + i * P, NULL);
    least_squares_solve(work->solver, WSNET_METHOD_NNLS, n, pixels, abundances);
    for (size_t i = 0; i < n; i++) leave(work, pixels + i * B, abundances + i * P, pixels + i * B);
}

/* Second moments of the residuals, and on their diagonal the noise: what lies in the span of the endmembers leaves no
 * residual where abundances are positive. @param pixels [N,B] become residuals */
static wsnet_status learn_errors(wsnet_zone_solver *to, const residual_work *work) {
    const size_t B = work->n_bands, P = work->n_endmembers, N = work->n_pixels;
    double total = 0, noise = 0;
    for (size_t i = 0; i < N * B; i++) total += (double)work->pixels[i] * (double)work->pixels[i];
    parallel_for(to->context, (N + CHUNK - 1) / CHUNK, residual_chunk, (void *)work);
    for (size_t i = 0; i < N; i++) noise += work->noise[i];
    noise /= (double)N * (double)(B > P ? B - P : 1);
    noise = fmax(noise, least_error * total / (double)(N * B));
    to->noise = noise;
    algebra_moments(to->context, N, B, work->pixels, NULL, to->factor);
    for (size_t i = 0; i < B * B; i++) to->factor[i] = to->factor[i] / (double)N + (i % (B + 1) == 0 ? noise : 0);
    if (noise > 0 && algebra_cholesky(B, to->factor)) return WSNET_OK;
    return context_fail(to->context, WSNET_E_NUMERIC, "the pixels' errors have no usable covariance");
}

static wsnet_status learn_from(wsnet_zone_solver *to, size_t n_pixels, const float *endmembers, float *pixels) {
    wsnet_context *context = to->context;
    least_squares *solver = NULL;
    const size_t P = to->n_endmembers;
    residual_work work = {.n_pixels = n_pixels, .n_bands = to->n_bands, .n_endmembers = P, .pixels = pixels};
    work.endmembers = endmembers;
    work.abundances = context_allocate(context, context_n_threads(context) * CHUNK * P, sizeof *work.abundances);
    work.noise = work.abundances ? context_allocate(context, n_pixels, sizeof *work.noise) : NULL;
    wsnet_status status =
        work.noise ? least_squares_create(context, to->n_bands, P, endmembers, &solver) : WSNET_E_MEMORY;
    work.solver = solver;
    if (status == WSNET_OK) status = learn_errors(to, &work);
    least_squares_destroy(context, solver);
    context_release(context, work.noise);
    context_release(context, work.abundances);
    return status;
}

/* ---- brightness ----------------------------------------------------------------------------------------- */

/* A spectrum of the cube over the errors, in to->row. */
static void take_spectrum(const wsnet_zone_solver *to, const double *spectrum, double sum) {
    for (size_t b = 0; b < to->n_bands; b++) to->white[b] = (double)to->gain[b] * spectrum[b] + (double)to->offset[b];
    zone_whiten(to->n_bands, to->factor, to->white);
    for (size_t b = 0; b < to->n_bands; b++) to->row[b] = (float)to->white[b];
    to->row[to->n_bands] = (float)sum;
}

/* The spread of the sums of the pixels' abundances while these are free, as a normal distribution's whose median
 * absolute deviation it has. */
static void learn_spread(wsnet_zone_solver *to, size_t n_pixels, const float *pixels) {
    const size_t B = to->n_bands, P = to->n_endmembers, n = n_pixels < MOST_SUMS ? n_pixels : MOST_SUMS;
    double sums[MOST_SUMS] = {0}, spectrum[WSNET_MAX_BANDS];
    float abundance[WSNET_MAX_ENDMEMBERS];
    size_t n_sums = 0;
    for (size_t i = 0; i < n; i++) {
        const float *pixel = pixels + (size_t)((double)i * (double)n_pixels / (double)n) * B;
        if (!wsnet_zone_solver_takes(to, pixel)) continue;
        for (size_t b = 0; b < B; b++) spectrum[b] = (double)pixel[b];
        take_spectrum(to, spectrum, 0);
        least_squares_solve(to->solver, WSNET_METHOD_NNLS, 1, to->row, abundance);
        for (size_t k = 0; k < P; k++) sums[n_sums] += (double)abundance[k];
        n_sums++;
    }
    to->spread = least_spread;
    if (n_sums == 0) return;
    const double middle = algebra_select(n_sums, sums, n_sums / 2);
    for (size_t i = 0; i < n_sums; i++) sums[i] = fabs(sums[i] - middle);
    to->spread = fmax(1.4826 * algebra_select(n_sums, sums, n_sums / 2), least_spread);
}

/* ---- the solver ----------------------------------------------------------------------------------------- */

/* Prepares the endmembers over the errors. @param weight  of the sum of abundances */
static wsnet_status prepare(wsnet_zone_solver *to, const float *endmembers, double weight) {
    const size_t B = to->n_bands, P = to->n_endmembers;
    for (size_t k = 0; k < P; k++) {
        for (size_t b = 0; b < B; b++) to->white[b] = (double)endmembers[k * B + b];
        zone_whiten(to->n_bands, to->factor, to->white);
        for (size_t b = 0; b < B; b++) to->endmembers[k * (B + 1) + b] = (float)to->white[b];
        to->endmembers[k * (B + 1) + B] = (float)weight;
    }
    context_release(to->context, to->solver);
    void *memory = context_allocate(to->context, least_squares_size(B + 1, P, true), 1);
    to->solver = memory ? least_squares_place(memory, B + 1, P, true, to->endmembers) : NULL;
    return memory ? WSNET_OK : WSNET_E_MEMORY;
}

/* What a pixel may have, from the brightest endmember. */
static double most_square_of(const wsnet_zone_solver *to, const float *endmembers) {
    double most = 0;
    for (size_t k = 0; k < to->n_endmembers; k++) {
        double square = 0;
        for (size_t b = 0; b < to->n_bands; b++) square += pow((double)endmembers[k * to->n_bands + b], 2);
        most = fmax(most, square);
    }
    return most * most_brightness * most_brightness;
}

/* @param copy [N,B] filled with corrected pixels  @return how many there are */
static size_t correct(const wsnet_zone_solver *to, size_t n_pixels, const float *pixels, float *copy) {
    const size_t B = to->n_bands;
    size_t n = 0;
    for (size_t i = 0; i < n_pixels; i++) {
        const float *pixel = pixels + i * B;
        if (!wsnet_zone_solver_takes(to, pixel)) continue;
        for (size_t b = 0; b < B; b++) copy[n * B + b] = to->gain[b] * pixel[b] + to->offset[b];
        n++;
    }
    return n;
}

/* @param copy [N,B] scratch */
static wsnet_status learn(wsnet_zone_solver *to, const wsnet_model *model, size_t n_pixels, const float *pixels,
                          float *copy) {
    const float *endmembers = wsnet_model_endmembers(model);
    to->most_square = most_square_of(to, endmembers);
    const size_t n_taken = correct(to, n_pixels, pixels, copy);
    if (n_taken == 0)
        return context_fail(to->context, WSNET_E_NUMERIC, "all pixels are much brighter than the endmembers");
    wsnet_status status = learn_from(to, n_taken, endmembers, copy);
    if (status == WSNET_OK) status = prepare(to, endmembers, 0);
    if (status != WSNET_OK) return status;
    learn_spread(to, n_pixels, pixels);
    return prepare(to, endmembers, 1 / to->spread);
}

wsnet_status wsnet_zone_solver_create(wsnet_context *context, const wsnet_model *model, size_t n_pixels, size_t n_bands,
                                      const float *pixels, wsnet_zone_solver **solver) {
    CONTEXT_REQUIRE(context, model);
    CONTEXT_REQUIRE(context, pixels);
    CONTEXT_REQUIRE(context, solver);
    wsnet_status status = model_check_bands(context, model, n_bands);
    if (status != WSNET_OK) return status;
    if (n_pixels == 0) return context_fail(context, WSNET_E_ARGUMENT, "there are no pixels to learn errors from");
    arena block = {NULL, 0, false};
    carve(&block, n_bands, model->dims.P);
    void *memory = context_allocate(context, block.used, 1);
    float *copy = memory ? context_allocate(context, n_pixels * n_bands, sizeof *copy) : NULL;
    if (!copy) return context_release(context, memory), WSNET_E_MEMORY;
    block = (arena){memory, 0, false};
    wsnet_zone_solver *made = carve(&block, n_bands, model->dims.P);
    made->context = context;
    made->gain = model->gain;
    made->offset = model->offset;
    made->pure = wsnet_model_endmembers(model);
    status = learn(made, model, n_pixels, pixels, copy);
    context_release(context, copy);
    if (status == WSNET_OK)
        *solver = made;
    else
        wsnet_zone_solver_destroy(made);
    return status;
}

void wsnet_zone_solver_destroy(wsnet_zone_solver *solver) {
    if (!solver) return;
    context_release(solver->context, solver->solver);
    context_release(solver->context, solver->places);
    context_release(solver->context, solver);
}

double wsnet_zone_solver_spread(const wsnet_zone_solver *solver) { return solver->spread; }

int wsnet_zone_solver_takes(const wsnet_zone_solver *solver, const float *spectrum) {
    double square = 0;
    for (size_t b = 0; b < solver->n_bands; b++)
        square += pow((double)solver->gain[b] * (double)spectrum[b] + (double)solver->offset[b], 2);
    return square <= solver->most_square;
}

void wsnet_zone_solver_shares(wsnet_zone_solver *solver, const double *spectrum, double *shares) {
    const size_t P = solver->n_endmembers;
    float abundance[WSNET_MAX_ENDMEMBERS];
    double sum = 0;
    take_spectrum(solver, spectrum, 1 / solver->spread);
    least_squares_solve(solver->solver, WSNET_METHOD_NNLS, 1, solver->row, abundance);
    for (size_t k = 0; k < P; k++) sum += (double)abundance[k];
    for (size_t k = 0; k < P; k++) shares[k] = sum > 0 ? (double)abundance[k] / sum : 1 / (double)P;
}
