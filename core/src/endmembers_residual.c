/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an endmember is missing, by what least squares without constraints leaves of the pixels and what it makes
 * negative. Noise and variability of the known materials leave residuals around zero in many directions. A missing
 * material leaves more in one direction than in any other, always with the same sign. */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"
#include "least_squares.h"

enum { MOST_PIXELS = 4096, LEAST_FREEDOM = 8 };
static const double NEGATIVE = -0.05, STANDARD_ERRORS = 4, MANY_NEGATIVE = 0.2;
static const double OUTSTANDING = 2, ONE_SIDED = 0.1;
/* Residuals below this part of the pixels' energy are rounding, or matter to nobody. */
static const double LEAST_ENERGY = 1e-7;

typedef struct residual_work {
    size_t n_bands, n_endmembers, n; /* n: finite pixels so far */
    const float *endmembers;
    const least_squares *solver;
    float *residual, *pinv;            /* [MOST_PIXELS,B] [B,P] */
    double *moments, *leading;         /* [B,B] [2,B] */
    double unit[WSNET_MAX_ENDMEMBERS]; /* standard errors under unit noise */
    double energy;                     /* of the pixels */
    size_t n_negative, n_certain;
} residual_work;

static size_t lay_out(residual_work *work, void *base) {
    arena block = {base, 0, false};
    const size_t B = work->n_bands;
    work->residual = arena_take(&block, MOST_PIXELS * B, sizeof(float));
    work->pinv = arena_take(&block, B * work->n_endmembers, sizeof(float));
    work->moments = arena_take(&block, B * B, sizeof(double));
    work->leading = arena_take(&block, 2 * B, sizeof(double));
    return block.overflow ? SIZE_MAX : block.used;
}

static void add_pixel(residual_work *work, const float *pixel) {
    const size_t B = work->n_bands, P = work->n_endmembers;
    float a[WSNET_MAX_ENDMEMBERS], *left = work->residual + work->n * B;
    double energy = 0, square = 0;
    least_squares_solve(work->solver, WSNET_METHOD_UCLS, 1, pixel, a);
    memcpy(left, pixel, B * sizeof *left);
    for (size_t k = 0; k < P; k++)
        for (size_t b = 0; b < B; b++) left[b] -= a[k] * work->endmembers[k * B + b];
    for (size_t b = 0; b < B; b++) {
        energy += (double)pixel[b] * (double)pixel[b];
        square += (double)left[b] * (double)left[b];
    }
    if (!isfinite(energy) || !isfinite(square)) return;
    work->n++;
    work->energy += energy;
    const double noise = sqrt(square / (B > P ? (double)(B - P) : 1));
    for (size_t k = 0; k < P; k++) {
        work->n_negative += (double)a[k] < NEGATIVE;
        work->n_certain += (double)a[k] < fmin(NEGATIVE, -STANDARD_ERRORS * noise * work->unit[k]);
    }
}

static wsnet_status judge_directions(wsnet_context *context, residual_work *work, wsnet_endmember_check *check) {
    const size_t B = work->n_bands;
    double values[2], mean = 0;
    algebra_moments(context, work->n, B, work->residual, NULL, work->moments);
    const wsnet_status status = algebra_leading(context, B, work->moments, 2, work->leading, values);
    if (status != WSNET_OK || !(values[0] > LEAST_ENERGY * work->energy)) return status;
    for (size_t i = 0; i < work->n; i++)
        for (size_t b = 0; b < B; b++) mean += work->leading[b] * (double)work->residual[i * B + b] / (double)work->n;
    const double variance = values[0] / (double)work->n - mean * mean;
    check->residual_ratio = values[1] > 0 ? values[0] / values[1] : INFINITY;
    check->residual_mean = variance > 0 ? fabs(mean) / sqrt(variance) : INFINITY;
    return status;
}

static void warn(wsnet_context *context, const wsnet_endmember_check *check) {
    if (check->residual_ratio > OUTSTANDING && check->residual_mean > ONE_SIDED)
        context_log(
            context, WSNET_LOG_WARNING,
            "what the endmembers leave of the pixels lies mostly in one direction, %.1f times as much as in any "
            "other: an endmember is probably missing or does not fit the scene",
            check->residual_ratio);
    else if (check->certain_share > MANY_NEGATIVE)
        context_log(context, WSNET_LOG_WARNING,
                    "%.0f %% of the unconstrained abundances are below %.2f, further than noise explains: an endmember "
                    "is probably missing or does not fit the scene",
                    100 * check->certain_share, NEGATIVE);
}

wsnet_status endmembers_check_residuals(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                                        size_t n_endmembers, const float *endmembers, wsnet_endmember_check *check) {
    residual_work work = {.n_bands = n_bands, .n_endmembers = n_endmembers, .endmembers = endmembers};
    least_squares *solver;
    wsnet_status status = least_squares_create(context, n_bands, n_endmembers, endmembers, &solver);
    if (status != WSNET_OK) return status;
    void *memory = context_allocate(context, lay_out(&work, NULL), 1);
    status = memory ? WSNET_OK : WSNET_E_MEMORY;
    if (status == WSNET_OK) {
        lay_out(&work, memory);
        work.solver = solver;
        least_squares_pinv(solver, work.pinv);
        for (size_t i = 0; i < n_bands * n_endmembers; i++)
            work.unit[i % n_endmembers] += (double)work.pinv[i] * (double)work.pinv[i];
        for (size_t k = 0; k < n_endmembers; k++) work.unit[k] = sqrt(work.unit[k]);
        const size_t n = n_pixels < MOST_PIXELS ? n_pixels : MOST_PIXELS;
        for (size_t i = 0; i < n; i++)
            add_pixel(&work, pixels + (size_t)((double)i * (double)n_pixels / (double)n) * n_bands);
        const double n_entries = work.n > 0 ? (double)(work.n * n_endmembers) : 1;
        check->negative_share = (double)work.n_negative / n_entries;
        check->certain_share = (double)work.n_certain / n_entries;
        check->residual_ratio = 1;
        if (n_bands >= n_endmembers + LEAST_FREEDOM && work.n > n_bands)
            status = judge_directions(context, &work, check);
    }
    context_release(context, memory);
    least_squares_destroy(context, solver);
    if (status == WSNET_OK) warn(context, check);
    return status;
}
