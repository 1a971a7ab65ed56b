/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "variability.h"

#include <math.h>
#include <stdlib.h>

/* Neighbouring bands can share noise (resampling, spectral overlap); two bands apart they rarely do. */
enum { LAG = 2, MAX_PIXELS = 16384 };
/* Bounds of the estimate, and what is taken where the residuals tell nothing. */
static const double SD_FLOOR = 0.005, SD_CAP = 0.15, SD_FALLBACK = 0.03;
/* Share of the pixels with the largest residuals that are left out: anomalies and unknown materials. */
static const double TRIMMED = 0.02;

double variability_shape(size_t shape, size_t band, size_t n_bands) {
    const double t = n_bands > 1 ? 2.0 * (double)band / (double)(n_bands - 1) - 1 : 0;
    return shape == 0 ? 1 : shape == 1 ? t : t * t - 1.0 / 3;
}

/* Energy of a residual, and its covariance with itself LAG bands on: noise is in the first only. */
typedef struct energy {
    double total, lagged;
} energy;

static energy energy_of(size_t n_bands, const float *residual) {
    energy e = {0, 0};
    for (size_t b = 0; b < n_bands; b++) e.total += (double)residual[b] * residual[b];
    for (size_t b = 0; b + LAG < n_bands; b++) e.lagged += (double)residual[b] * residual[b + LAG];
    return e;
}

/* Residual of unconstrained least squares of one spectrum, in place. */
static void leave_residual(const least_squares *prepared, size_t n_bands, size_t n_endmembers, const float *endmembers,
                           float *spectrum) {
    float a[WSNET_MAX_ENDMEMBERS];
    least_squares_solve(prepared, WSNET_METHOD_UCLS, 1, spectrum, a);
    for (size_t k = 0; k < n_endmembers; k++)
        for (size_t b = 0; b < n_bands; b++) spectrum[b] -= a[k] * endmembers[k * n_bands + b];
}

/* What one unit of variability of endmember k leaves: sum over the shapes of the energies of P(e_k . shape). */
static energy unit_of(const least_squares *prepared, size_t n_bands, size_t n_endmembers, const float *endmembers,
                      size_t k, float *spectrum) {
    energy sum = {0, 0};
    for (size_t shape = 0; shape < VARIABILITY_SHAPES; shape++) {
        for (size_t b = 0; b < n_bands; b++)
            spectrum[b] = endmembers[k * n_bands + b] * (float)variability_shape(shape, b, n_bands);
        leave_residual(prepared, n_bands, n_endmembers, endmembers, spectrum);
        const energy e = energy_of(n_bands, spectrum);
        sum.total += e.total;
        sum.lagged += e.lagged;
    }
    return sum;
}

/* Lagged trace of the hat matrix: least squares takes this much of white noise's unit variance out of the lagged sum. */
static double hat_lagged(size_t n_bands, size_t n_endmembers, const float *endmembers, const float *pinv) {
    double sum = 0;
    for (size_t b = 0; b + LAG < n_bands; b++)
        for (size_t k = 0; k < n_endmembers; k++)
            sum += (double)pinv[b * n_endmembers + k] * endmembers[k * n_bands + b + LAG];
    return sum;
}

typedef struct pixel_energy {
    energy residual, unit;
} pixel_energy;

static int by_residual(const void *first, const void *second) {
    const double a = ((const pixel_energy *)first)->residual.total, b = ((const pixel_energy *)second)->residual.total;
    return (a > b) - (a < b);
}

/* With white noise of variance n a band and smooth variability of variance v, UCLS residuals have in the mean
 *     total  = n (B - P) + v unit.total          lagged = -n hat + v unit.lagged
 * which is solved for v. */
static double solve(energy residual, energy unit, double freedom, double hat) {
    const double determinant = freedom * unit.lagged + hat * unit.total;
    if (freedom < VARIABILITY_SHAPES + LAG || !(determinant > 1e-6 * freedom * unit.total)) return SD_FALLBACK;
    const double variance = (freedom * residual.lagged + hat * residual.total) / determinant;
    return variance > 0 ? fmin(fmax(sqrt(variance), SD_FLOOR), SD_CAP) : SD_FLOOR;
}

/* What a pixel shows, and what it would show with variability of sd 1. @param spectrum [B] scratch */
static pixel_energy pixel_energy_of(const least_squares *prepared, size_t n_bands, size_t n_endmembers,
                                    const float *endmembers, const energy *unit, const float *pixel, const float *nnls,
                                    float *spectrum) {
    for (size_t b = 0; b < n_bands; b++) spectrum[b] = pixel[b];
    leave_residual(prepared, n_bands, n_endmembers, endmembers, spectrum);
    pixel_energy found = {energy_of(n_bands, spectrum), {0, 0}};
    for (size_t k = 0; k < n_endmembers; k++) {
        found.unit.total += (double)nnls[k] * nnls[k] * unit[k].total;
        found.unit.lagged += (double)nnls[k] * nnls[k] * unit[k].lagged;
    }
    return found;
}

/* Mean over the pixels without the largest residuals. */
static pixel_energy trimmed_mean(size_t n, pixel_energy *found) {
    qsort(found, n, sizeof *found, by_residual);
    const size_t n_kept = n - (size_t)(TRIMMED * (double)n);
    pixel_energy mean = {{0, 0}, {0, 0}};
    for (size_t i = 0; i < n_kept; i++) {
        mean.residual.total += found[i].residual.total / (double)n_kept;
        mean.residual.lagged += found[i].residual.lagged / (double)n_kept;
        mean.unit.total += found[i].unit.total / (double)n_kept;
        mean.unit.lagged += found[i].unit.lagged / (double)n_kept;
    }
    return mean;
}

/* Near-pure pixels about their endmember would be the obvious measure, but a pixel of 95 % purity differs from its
 * endmember more by its mixture than by variability, and many scenes have none. What a scene does show of variability is
 * the smooth part of its least-squares residuals: mixtures leave none, and noise is told apart by its lack of memory
 * from band to band. */
wsnet_status variability_learn(wsnet_context *context, const least_squares *prepared, size_t n_pixels, size_t n_bands,
                               const float *pixels, size_t n_endmembers, const float *endmembers, const float *nnls,
                               variability_estimate *estimate) {
    const size_t n = n_pixels < MAX_PIXELS ? n_pixels : MAX_PIXELS;
    arena block = {0};
    pixel_energy *found = NULL;
    float *spectrum = NULL, *pinv = NULL;
    for (int pass = 0; pass < 2; pass++) {
        found = arena_take(&block, n, sizeof *found);
        spectrum = arena_take(&block, n_bands, sizeof *spectrum);
        pinv = arena_take(&block, n_bands * n_endmembers, sizeof *pinv);
        if (pass == 0 && !(block = (arena){.base = context_allocate(context, block.used, 1)}).base)
            return WSNET_E_MEMORY;
    }
    energy unit[WSNET_MAX_ENDMEMBERS];
    for (size_t k = 0; k < n_endmembers; k++)
        unit[k] = unit_of(prepared, n_bands, n_endmembers, endmembers, k, spectrum);
    for (size_t i = 0; i < n; i++) {
        const size_t pixel = (size_t)((double)i * (double)n_pixels / (double)n);
        found[i] = pixel_energy_of(prepared, n_bands, n_endmembers, endmembers, unit, pixels + pixel * n_bands,
                                   nnls + pixel * n_endmembers, spectrum);
    }
    const pixel_energy mean = trimmed_mean(n, found);
    least_squares_pinv(prepared, pinv);
    const double hat = hat_lagged(n_bands, n_endmembers, endmembers, pinv);
    estimate->sd = solve(mean.residual, mean.unit, (double)(n_bands - n_endmembers), hat);
    estimate->unit_energy = mean.unit.total;
    estimate->residual_energy = mean.residual.total;
    context_release(context, block.base);
    return WSNET_OK;
}
