/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "variability.h"

#include <math.h>
#include <stdlib.h>

#include "random.h"

enum { MAX_PIXELS = 16384 };
/* Distances in bands at which residuals are compared with themselves. Neighbouring bands can share noise (resampling,
 * spectral overlap); two bands apart they rarely do. */
static const size_t LAGS[] = {2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64};
enum { N_LAGS = sizeof LAGS / sizeof *LAGS };
/* From one cosine to the next; residuals tell too little of it to be estimated. */
static const double DECAY = 0.9;
/* Bounds of the estimate, and what is taken where the residuals tell nothing. */
static const double SD_FLOOR = 0.005, SD_CAP = 0.15, SD_FALLBACK = 0.03;
/* Shares of the pixels with the largest residuals that are left out: for the variability, what mixes in ways that are not
 * linear; for the noise, anomalies and unknown materials alone. */
static const double TRIMMED = 0.1, TRIMMED_FOR_NOISE = 0.02;

double variability_shape(size_t shape, size_t band, size_t n_bands) {
    if (shape == 0) return 1;
    return sqrt(2) * cos(3.141592653589793 * (double)shape * ((double)band + 0.5) / (double)n_bands);
}

void variability_weights(double weight[VARIABILITY_SHAPES]) {
    double sum = 0;
    for (size_t j = 0; j < VARIABILITY_SHAPES; j++) {
        weight[j] = j == 0 ? 1 : pow(DECAY, (double)j - 1);
        sum += weight[j] * weight[j];
    }
    for (size_t j = 0; j < VARIABILITY_SHAPES; j++) weight[j] /= sqrt(sum);
}

/* Energy of a residual, and its covariance with itself some bands on: white noise is in the first only. */
typedef struct energy {
    double total, lagged[N_LAGS];
} energy;

/* Lags up to half of the bands. */
static size_t usable_lags(size_t n_bands) {
    size_t n = 0;
    while (n < N_LAGS && LAGS[n] < n_bands / 2) n++;
    return n;
}

static void add_energy(size_t n_bands, const float *residual, double factor, energy *sum) {
    for (size_t b = 0; b < n_bands; b++) sum->total += factor * (double)residual[b] * (double)residual[b];
    for (size_t i = 0; i < usable_lags(n_bands); i++) {
        double lagged = 0;
        for (size_t b = 0; b + LAGS[i] < n_bands; b++) lagged += (double)residual[b] * (double)residual[b + LAGS[i]];
        sum->lagged[i] += factor * lagged;
    }
}

/** What stays the same over the pixels. */
typedef struct scene {
    const least_squares *prepared;
    size_t n_bands, n_endmembers;
    const float *endmembers; /* [P,B] */
} scene;

/* Residual of unconstrained least squares of one spectrum, in place. */
static void leave_residual(const scene *s, float *spectrum) {
    float a[WSNET_MAX_ENDMEMBERS];
    least_squares_solve(s->prepared, WSNET_METHOD_UCLS, 1, spectrum, a);
    for (size_t k = 0; k < s->n_endmembers; k++)
        for (size_t b = 0; b < s->n_bands; b++) spectrum[b] -= a[k] * s->endmembers[k * s->n_bands + b];
}

/* What each shape leaves in the residuals when its coefficients have sd 1: the sum over endmembers of their mean squared
 * amounts times the energy of P(e_k . shape). @param amount [P] mean squares  @param spectrum [B] scratch */
static void shape_energies(const scene *s, const double *amount, float *spectrum, energy shapes[VARIABILITY_SHAPES]) {
    for (size_t j = 0; j < VARIABILITY_SHAPES; j++) {
        shapes[j] = (energy){0};
        for (size_t k = 0; k < s->n_endmembers; k++) {
            for (size_t b = 0; b < s->n_bands; b++)
                spectrum[b] = s->endmembers[k * s->n_bands + b] * (float)variability_shape(j, b, s->n_bands);
            leave_residual(s, spectrum);
            add_energy(s->n_bands, spectrum, amount[k], &shapes[j]);
        }
    }
}

/* Lagged trace of the hat matrix: least squares takes this much of white noise's unit variance out of a lagged sum. */
static double hat_lagged(const scene *s, const float *pinv, size_t lag) {
    double sum = 0;
    for (size_t b = 0; b + lag < s->n_bands; b++)
        for (size_t k = 0; k < s->n_endmembers; k++)
            sum += (double)pinv[b * s->n_endmembers + k] * (double)s->endmembers[k * s->n_bands + b + lag];
    return sum;
}

typedef struct pixel_energy {
    energy residual;
    size_t pixel;
} pixel_energy;

static int by_residual(const void *first, const void *second) {
    const double a = ((const pixel_energy *)first)->residual.total, b = ((const pixel_energy *)second)->residual.total;
    return (a > b) - (a < b);
}

/* Mean energies of the residuals, and the endmembers' mean squared amounts [P], over the pixels without the largest
 * residuals. @param found [n] scratch  @param spectrum [B] scratch  @param noisy  mean energy for the noise */
static energy mean_energy(const scene *s, size_t n, size_t n_pixels, const float *pixels, const float *nnls,
                          pixel_energy *found, float *spectrum, double *amount, double *noisy) {
    for (size_t i = 0; i < n; i++) {
        found[i] = (pixel_energy){.pixel = random_spread(i, n, n_pixels)};
        for (size_t b = 0; b < s->n_bands; b++) spectrum[b] = pixels[found[i].pixel * s->n_bands + b];
        leave_residual(s, spectrum);
        add_energy(s->n_bands, spectrum, 1, &found[i].residual);
    }
    qsort(found, n, sizeof *found, by_residual);
    const size_t n_kept = n - (size_t)(TRIMMED * (double)n);
    const size_t n_noisy = n - (size_t)(TRIMMED_FOR_NOISE * (double)n);
    *noisy = 0;
    for (size_t i = 0; i < n_noisy; i++) *noisy += found[i].residual.total / (double)n_noisy;
    energy mean = {0};
    for (size_t k = 0; k < s->n_endmembers; k++) amount[k] = 0;
    for (size_t i = 0; i < n_kept; i++) {
        mean.total += found[i].residual.total / (double)n_kept;
        for (size_t l = 0; l < N_LAGS; l++) mean.lagged[l] += found[i].residual.lagged[l] / (double)n_kept;
        const float *a = nnls + found[i].pixel * s->n_endmembers;
        for (size_t k = 0; k < s->n_endmembers; k++) amount[k] += (double)a[k] * (double)a[k] / (double)n_kept;
    }
    return mean;
}

/* Variability of sd 1. */
static energy unit_energy(const energy shapes[VARIABILITY_SHAPES]) {
    double weight[VARIABILITY_SHAPES];
    variability_weights(weight);
    energy sum = {0};
    for (size_t j = 0; j < VARIABILITY_SHAPES; j++) {
        sum.total += weight[j] * weight[j] * shapes[j].total;
        for (size_t l = 0; l < N_LAGS; l++) sum.lagged[l] += weight[j] * weight[j] * shapes[j].lagged[l];
    }
    return sum;
}

/* With white noise of variance n a band and variability of variance v, UCLS residuals have in the mean
 *     total = n (B - P) + v unit.total          lagged_l = -n hat_l + v unit.lagged_l
 * Without n:  lagged_l + hat_l total / (B - P) = v (unit.lagged_l + hat_l unit.total / (B - P)),  y_l = v x_l,
 * which is solved for v by least squares over the lags. @param hat [N_LAGS]  @return the square root of v */
static double fit_sd(const energy *residual, const energy *unit, const double *hat, double freedom, size_t n_lags) {
    double xx = 0, xy = 0;
    for (size_t l = 0; l < n_lags; l++) {
        const double x = unit->lagged[l] + hat[l] * unit->total / freedom;
        xx += x * x;
        xy += x * (residual->lagged[l] + hat[l] * residual->total / freedom);
    }
    /* Shapes that the endmembers can imitate leave nothing to see. */
    if (!(xx > 1e-8 * unit->total * unit->total)) return SD_FALLBACK;
    return fmin(fmax(sqrt(fmax(xy / xx, 0)), SD_FLOOR), SD_CAP);
}

/* Near-pure pixels about their endmember would be the obvious measure, but a pixel of 95 % purity differs from its
 * endmember more by its mixture than by variability, and many scenes have none. What a scene does show of variability is
 * the smooth part of its least-squares residuals: mixtures leave none, and noise is told apart by its lack of memory
 * from band to band. */
wsnet_status variability_learn(wsnet_context *context, const least_squares *prepared, size_t n_pixels, size_t n_bands,
                               const float *pixels, size_t n_endmembers, const float *endmembers, const float *nnls,
                               variability_estimate *estimate) {
    const size_t n = n_pixels < MAX_PIXELS ? n_pixels : MAX_PIXELS, n_lags = usable_lags(n_bands);
    const scene s = {prepared, n_bands, n_endmembers, endmembers};
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
    double amount[WSNET_MAX_ENDMEMBERS], hat[N_LAGS];
    energy shapes[VARIABILITY_SHAPES];
    double noisy;
    const energy residual = mean_energy(&s, n, n_pixels, pixels, nnls, found, spectrum, amount, &noisy);
    shape_energies(&s, amount, spectrum, shapes);
    least_squares_pinv(prepared, pinv);
    for (size_t l = 0; l < n_lags; l++) hat[l] = hat_lagged(&s, pinv, LAGS[l]);
    const energy unit = unit_energy(shapes);
    *estimate = (variability_estimate){SD_FALLBACK, unit.total, noisy};
    if (n_bands >= n_endmembers + VARIABILITY_SHAPES)
        estimate->sd = fit_sd(&residual, &unit, hat, (double)(n_bands - n_endmembers), n_lags);
    context_release(context, block.base);
    return WSNET_OK;
}
