/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"
#include "least_squares.h"

enum { CHUNK = 256 };

bool extraction_make_unit(const extraction *scene, float *spectra) {
    bool usable = true;
    for (size_t k = 0; k < scene->n_endmembers; k++) {
        float *spectrum = spectra + k * scene->n_bands;
        double sum = 0;
        for (size_t b = 0; b < scene->n_bands; b++) {
            spectrum[b] = fmaxf(spectrum[b], 0);
            sum += (double)spectrum[b] * (double)spectrum[b];
        }
        for (size_t b = 0; b < scene->n_bands; b++) spectrum[b] = (float)((double)spectrum[b] / sqrt(sum));
        usable = usable && sum > 0 && isfinite(sum);
    }
    return usable;
}

/* ---- shares --------------------------------------------------------------------------------------------- */

typedef struct shares_work {
    const extraction *scene;
    const least_squares *solver;
    float *shares;
} shares_work;

static void shares_chunk(void *argument, size_t chunk, size_t worker) {
    (void)worker;
    const shares_work *work = argument;
    const extraction *scene = work->scene;
    const size_t begin = chunk * CHUNK, rest = scene->n_pixels - begin;
    least_squares_classical(work->solver, WSNET_MIXING_SCALED, rest < CHUNK ? rest : CHUNK,
                            scene->pixels + begin * scene->n_bands, work->shares + begin * scene->n_endmembers, NULL);
}

wsnet_status extraction_shares(const extraction *scene, const float *spectra, float *shares) {
    least_squares *solver;
    const wsnet_status status =
        least_squares_create(scene->context, scene->n_bands, scene->n_endmembers, spectra, &solver);
    if (status != WSNET_OK) return status;
    shares_work work = {scene, solver, shares};
    parallel_for(scene->context, (scene->n_pixels + CHUNK - 1) / CHUNK, shares_chunk, &work);
    least_squares_destroy(scene->context, solver);
    return WSNET_OK;
}

/* ---- purest pixels -------------------------------------------------------------------------------------- */

/* On simulated scenes with variability the mean of the purest pixels is nearer to a material's mean spectrum than the
 * archetype at the rim of its cloud; measured for shares 0.8 to 0.95 and 1 to 5 %. */
static const double pure_share = 0.9, pure_part = 0.02;

static void purest_mean(const extraction *scene, const float *shares, size_t k, double *values, float *spectrum) {
    const size_t N = scene->n_pixels, P = scene->n_endmembers, B = scene->n_bands;
    size_t n_pure = (size_t)(pure_part * (double)N) > 20 ? (size_t)(pure_part * (double)N) : 20;
    if (n_pure > N) n_pure = N;
    for (size_t i = 0; i < N; i++) values[i] = -(double)shares[i * P + k];
    const double threshold = fmax(algebra_select(N, values, n_pure - 1), -pure_share);
    double sum[WSNET_MAX_BANDS] = {0}, n = 0;
    for (size_t i = 0; i < N; i++) {
        if (-(double)shares[i * P + k] > threshold) continue;
        n++;
        for (size_t b = 0; b < B; b++) sum[b] += (double)scene->pixels[i * B + b];
    }
    for (size_t b = 0; b < B; b++) spectrum[b] = (float)(sum[b] / n);
}

wsnet_status extraction_purify(const extraction *scene, float *spectra) {
    wsnet_context *context = scene->context;
    float *shares = context_allocate(context, scene->n_pixels * scene->n_endmembers, sizeof *shares);
    double *values = shares ? context_allocate(context, scene->n_pixels, sizeof *values) : NULL;
    wsnet_status status = values ? WSNET_OK : WSNET_E_MEMORY;
    if (status == WSNET_OK && extraction_make_unit(scene, spectra)) {
        status = extraction_shares(scene, spectra, shares);
        for (size_t k = 0; k < scene->n_endmembers && status == WSNET_OK; k++)
            purest_mean(scene, shares, k, values, spectra + k * scene->n_bands);
    }
    context_release(context, values);
    context_release(context, shares);
    return status;
}

/* ---- misfit --------------------------------------------------------------------------------------------- */

typedef struct misfit_work {
    const extraction *scene;
    const least_squares *solver;
    size_t n_spectra;
    double variability;
    const float *whitened; /**< [n,B] spectra over the noise */
    float *pixels;         /**< [threads,CHUNK,B] */
    float *abundances;     /**< [threads,CHUNK,n] */
    float *residuals;      /**< [N,B] or NULL */
    double *per_pixel;     /**< [N] */
    double *relative;      /**< [N] squared residual beyond the noise over the pixel's square */
} misfit_work;

static double power_of(size_t n, const float *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)x[i];
    return sum;
}

static void misfit_chunk(void *argument, size_t chunk, size_t worker) {
    const misfit_work *work = argument;
    const extraction *scene = work->scene;
    const size_t B = scene->n_bands, n = work->n_spectra, begin = chunk * CHUNK, rest = scene->n_pixels - begin;
    const size_t n_chunk = rest < CHUNK ? rest : CHUNK;
    float *pixels = work->pixels + worker * CHUNK * B, *abundances = work->abundances + worker * CHUNK * n;
    for (size_t i = 0; i < n_chunk * B; i++)
        pixels[i] = (float)((double)scene->pixels[begin * B + i] / scene->noise_sd[i % B]);
    least_squares_solve(work->solver, WSNET_METHOD_NNLS, n_chunk, pixels, abundances);
    const double freedom = (double)(B > n ? B - n : 1), v2 = work->variability * work->variability;
    for (size_t i = 0; i < n_chunk; i++) {
        float *y = pixels + i * B;
        const double power = power_of(B, y);
        for (size_t k = 0; k < n; k++)
            for (size_t b = 0; b < B; b++) y[b] -= abundances[i * n + k] * work->whitened[k * B + b];
        const double residual = power_of(B, y) / freedom, expected = 1 + v2 * power / freedom;
        work->per_pixel[begin + i] = residual / expected;
        work->relative[begin + i] = power > 0 ? fmax(residual - 1, 0) * freedom / power : 0;
        for (size_t b = 0; b < B && work->residuals; b++)
            work->residuals[(begin + i) * B + b] = y[b] / (float)sqrt(expected);
    }
}

static misfit summarise(size_t n, const double *per_pixel, double *values) {
    const size_t n_tail = n < MISFIT_TAIL ? n : MISFIT_TAIL;
    misfit result = {0};
    for (size_t i = 0; i < n; i++) {
        result.mean += per_pixel[i] / (double)n;
        values[i] = -per_pixel[i];
    }
    algebra_select(n, values, n_tail - 1);
    for (size_t i = 0; i < n_tail; i++) result.tail -= values[i] / (double)n_tail;
    return result;
}

wsnet_status extraction_misfit(const extraction *scene, size_t n_spectra, const float *spectra, double variability,
                               float *residuals, double *per_pixel, misfit *result) {
    wsnet_context *context = scene->context;
    const size_t B = scene->n_bands, N = scene->n_pixels, n_threads = context_n_threads(context);
    arena block = {0};
    misfit_work work = {.scene = scene, .n_spectra = n_spectra, .variability = variability, .residuals = residuals};
    float *whitened = NULL;
    double *values = NULL;
    for (int pass = 0; pass < 2; pass++) {
        block.used = 0;
        whitened = arena_take(&block, n_spectra * B, sizeof(float));
        work.pixels = arena_take(&block, n_threads * CHUNK * B, sizeof(float));
        work.abundances = arena_take(&block, n_threads * CHUNK * n_spectra, sizeof(float));
        values = arena_take(&block, N, sizeof(double));
        work.per_pixel = arena_take(&block, N, sizeof(double));
        work.relative = arena_take(&block, N, sizeof(double));
        if (pass == 0) block.base = block.overflow ? NULL : context_allocate(context, block.used, 1);
        if (!block.base) return WSNET_E_MEMORY;
    }
    for (size_t i = 0; i < n_spectra * B; i++) whitened[i] = (float)((double)spectra[i] / scene->noise_sd[i % B]);
    work.whitened = whitened;
    if (per_pixel) work.per_pixel = per_pixel;
    least_squares *solver;
    const wsnet_status status = least_squares_create(context, B, n_spectra, whitened, &solver);
    if (status == WSNET_OK) {
        work.solver = solver;
        parallel_for(context, (N + CHUNK - 1) / CHUNK, misfit_chunk, &work);
        *result = summarise(N, work.per_pixel, values);
        result->variability = sqrt(algebra_select(N, work.relative, N / 2));
        least_squares_destroy(context, solver);
    }
    context_release(context, block.base);
    return status;
}
