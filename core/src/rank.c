/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rank.h"

#include <math.h>
#include <string.h>

#include "algebra.h"

/* What is left of band b after regression on all others has the variance 1 / precision[b,b]: no pass over the pixels. */
wsnet_status rank_noise(wsnet_context *context, size_t n_bands, const double *moments, double *precision,
                        double *noise_sd) {
    double mean = 0;
    memcpy(precision, moments, n_bands * n_bands * sizeof *precision);
    for (size_t b = 0; b < n_bands; b++) mean += moments[b * n_bands + b] / (double)n_bands;
    if (!(mean > 0)) return context_fail(context, WSNET_E_NUMERIC, "all pixels are zero");
    /* Bands that repeat each other still have an inverse; 1e-10 of the power is 100 dB below the signal. */
    for (size_t b = 0; b < n_bands; b++) precision[b * n_bands + b] += 1e-10 * mean;
    const wsnet_status status = algebra_invert(context, n_bands, precision);
    if (status != WSNET_OK) return status;
    for (size_t b = 0; b < n_bands; b++) noise_sd[b] = 1 / sqrt(precision[b * n_bands + b]);
    return WSNET_OK;
}

/* ---- HySime --------------------------------------------------------------------------------------------- */

/* Moments of the signal: with W = D^-1 K (K the precision, D its diagonal) the noise of a pixel is W y, so the signal's
 * are (I - W) S (I - W)' = S - 2 D^-1 + D^-1 K D^-1. */
static void signal_moments(size_t n, const double *moments, const double *precision, double *signal) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            signal[i * n + j] =
                moments[i * n + j] + precision[i * n + j] / (precision[i * n + i] * precision[j * n + j]);
            if (i == j) signal[i * n + j] -= 2 / precision[i * n + i];
        }
}

/* Bioucas-Dias and Nascimento (2008): directions of the signal in which its power exceeds twice the noise's count. */
static wsnet_status hysime(wsnet_context *context, size_t n, const double *moments, const double *precision,
                           const double *noise_sd, double *signal, double *values, size_t *count) {
    double mean = 0;
    signal_moments(n, moments, precision, signal);
    for (size_t b = 0; b < n; b++) mean += signal[b * n + b] / (double)n;
    const wsnet_status status = algebra_eigen(context, n, signal, values);
    *count = 0;
    for (size_t k = 0; k < n && status == WSNET_OK; k++) {
        const double *direction = signal + k * n;
        double power = 0, noise = 0;
        for (size_t i = 0; i < n; i++) {
            power += direction[i] * algebra_dot(n, moments + i * n, direction);
            noise += direction[i] * direction[i] * (noise_sd[i] * noise_sd[i] + 1e-5 * mean);
        }
        *count += 2 * noise < power;
    }
    return status;
}

/* ---- NWHFC ---------------------------------------------------------------------------------------------- */

/* @return z with P(Z > z) = probability, by bisection */
static double normal_quantile(double probability) {
    double low = -40, high = 40;
    for (int i = 0; i < 200; i++) {
        const double z = (low + high) / 2;
        if (0.5 * erfc(z / sqrt(2)) > probability)
            low = z;
        else
            high = z;
    }
    return low;
}

/* Noise-whitened Harsanyi, Farrand and Chang (Chang and Du 2004): a signal makes an eigenvalue of the correlation exceed
 * that of the covariance by more than chance does. @param whitened [2,n,n] scratch  @param values [2,n] scratch */
static wsnet_status count_nwhfc(wsnet_context *context, size_t n, size_t n_pixels, const double *moments,
                                const double *mean, const double *noise_sd, double false_alarm, double *whitened,
                                double *values, size_t *count) {
    double *covariance = whitened + n * n;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            whitened[i * n + j] = moments[i * n + j] / (noise_sd[i] * noise_sd[j]);
            covariance[i * n + j] = whitened[i * n + j] - mean[i] * mean[j] / (noise_sd[i] * noise_sd[j]);
        }
    wsnet_status status = algebra_eigen(context, n, whitened, values);
    if (status == WSNET_OK) status = algebra_eigen(context, n, covariance, values + n);
    const double z = normal_quantile(false_alarm);
    *count = 0;
    for (size_t k = 0; k < n && status == WSNET_OK; k++) {
        const double r = values[k], c = values[n + k];
        *count += r - c > z * sqrt(2 * (r * r + c * c) / (double)n_pixels);
    }
    return status;
}

/* ---- growth ratio --------------------------------------------------------------------------------------- */

enum { LEAST_COUNT = 2, MOST_COUNT = 12 };

/* Below this part of the whole, what is left is rounding. */
static const double nothing_left = 1e-12;
/* Pixels of less than this part of the mean square are mostly noise. */
static const double little_light = 0.0025;

/* @return where the sum of the later eigenvalues stops falling fastest (Ahn and Horenstein 2013).
 * @param values [n] smallest first */
static size_t growth_ratio(size_t n, const double *values) {
    const size_t most = n - 2 < MOST_COUNT ? n - 2 : MOST_COUNT;
    double left[MOST_COUNT + 2] = {0}, best = 0;
    size_t count = LEAST_COUNT;
    for (size_t k = 0; k <= most + 1; k++)
        for (size_t j = 0; j < n - k; j++) left[k] += fmax(values[j], 0);
    for (size_t k = 0; k <= most + 1; k++) left[k] = fmax(left[k], nothing_left * left[0]);
    for (size_t k = LEAST_COUNT; k <= most; k++) {
        const double ratio = log(left[k - 1] / left[k]) / fmax(log(left[k] / left[k + 1]), 1e-9);
        if (ratio > best) {
            best = ratio;
            count = k;
        }
    }
    return count;
}

/* Moments of pixels at unit length; those with little light count for nothing. @param factors [N] scratch */
static wsnet_status brightness_free_moments(wsnet_context *context, size_t n_pixels, size_t n, const float *pixels,
                                            double *factors, double *moments) {
    double mean = 0;
    for (size_t i = 0; i < n_pixels; i++) {
        factors[i] = 0;
        for (size_t b = 0; b < n; b++) factors[i] += (double)pixels[i * n + b] * (double)pixels[i * n + b];
        mean += factors[i] / (double)n_pixels;
    }
    if (!(mean > 0)) return context_fail(context, WSNET_E_NUMERIC, "all pixels are zero");
    for (size_t i = 0; i < n_pixels; i++) factors[i] = factors[i] > little_light * mean ? 1 / factors[i] : 0;
    algebra_moments(context, n_pixels, n, pixels, factors, moments);
    return WSNET_OK;
}

/* ---- public --------------------------------------------------------------------------------------------- */

static wsnet_status check(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                          double false_alarm) {
    CONTEXT_REQUIRE(context, pixels);
    if (n_bands < 2 || n_bands > WSNET_MAX_BANDS)
        return context_fail(context, WSNET_E_SHAPE, "%zu bands: 2 to %d are possible for counting endmembers", n_bands,
                            WSNET_MAX_BANDS);
    if (n_pixels < 2) return context_fail(context, WSNET_E_SHAPE, "%zu pixels are too few", n_pixels);
    if (!(false_alarm > 0 && false_alarm < 0.5))
        return context_fail(context, WSNET_E_ARGUMENT, "the false alarm rate %g is not between 0 and 0.5", false_alarm);
    for (size_t i = 0; i < n_pixels * n_bands; i++)
        if (!isfinite(pixels[i]))
            return context_fail(context, WSNET_E_NUMERIC, "pixel %zu has a value that is not finite in band %zu",
                                i / n_bands + 1, i % n_bands + 1);
    return WSNET_OK;
}

wsnet_status wsnet_endmembers_count(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                                    double false_alarm, size_t *hysime_count, size_t *nwhfc_count, float *noise_sd) {
    if (!context) return WSNET_E_ARGUMENT;
    wsnet_status status = check(context, n_pixels, n_bands, pixels, false_alarm);
    if (status != WSNET_OK) return status;
    const size_t n = n_bands;
    double *moments = context_allocate(context, 4 * n * n + 4 * n, sizeof *moments);
    if (!moments) return WSNET_E_MEMORY;
    double *precision = moments + n * n, *work = precision + n * n;
    double *mean = work + 2 * n * n, *noise = mean + n, *values = noise + n;
    algebra_moments(context, n_pixels, n, pixels, NULL, moments);
    algebra_mean(n_pixels, n, pixels, NULL, mean);
    for (size_t i = 0; i < n * n; i++) moments[i] /= (double)n_pixels;
    size_t by_hysime = 0, by_nwhfc = 0;
    status = rank_noise(context, n, moments, precision, noise);
    if (status == WSNET_OK) status = hysime(context, n, moments, precision, noise, work, values, &by_hysime);
    if (status == WSNET_OK)
        status = count_nwhfc(context, n, n_pixels, moments, mean, noise, false_alarm, work, values, &by_nwhfc);
    if (status == WSNET_OK) {
        if (hysime_count) *hysime_count = by_hysime;
        if (nwhfc_count) *nwhfc_count = by_nwhfc;
        for (size_t b = 0; b < n && noise_sd; b++) noise_sd[b] = (float)noise[b];
    }
    context_release(context, moments);
    return status;
}

wsnet_status wsnet_endmembers_suggest(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                                      size_t nwhfc, size_t *growth, size_t *count) {
    if (!context) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(context, count);
    wsnet_status status = check(context, n_pixels, n_bands, pixels, 0.1);
    if (status != WSNET_OK) return status;
    const size_t n = n_bands;
    size_t by_growth = LEAST_COUNT;
    double *moments = context_allocate(context, n * n + n + n_pixels, sizeof *moments);
    if (!moments) return WSNET_E_MEMORY;
    double *values = moments + n * n;
    status = brightness_free_moments(context, n_pixels, n, pixels, values + n, moments);
    if (status == WSNET_OK) status = algebra_eigen(context, n, moments, values);
    if (status == WSNET_OK) {
        if (n >= LEAST_COUNT + 2) by_growth = growth_ratio(n, values);
        const size_t mean = (by_growth + nwhfc + 1) / 2, most = n < MOST_COUNT ? n : MOST_COUNT;
        *count = mean < LEAST_COUNT ? LEAST_COUNT : mean > most ? most : mean;
        if (growth) *growth = by_growth;
    }
    context_release(context, moments);
    return status;
}
