/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "endmembers.h"

#include <math.h>
#include <string.h>

#include "algebra.h"
#include "least_squares.h"
#include "rank.h"

enum { MAX_SAMPLE = 20000 };

static const struct {
    wsnet_extraction method;
    extraction_function extract;
} methods[] = {
    {WSNET_EXTRACT_AUTO, extract_auto}, {WSNET_EXTRACT_ARCHETYPES, extract_archetypes},
    {WSNET_EXTRACT_VCA, extract_vca},   {WSNET_EXTRACT_NFINDR, extract_nfindr},
    {WSNET_EXTRACT_ATGP, extract_atgp},
};

void wsnet_extract_options_init(wsnet_extract_options *options) {
    *options = (wsnet_extract_options){
        .method = WSNET_EXTRACT_AUTO, .mixing = WSNET_MIXING_LINEAR, .seed = 0, .n_starts = 12, .n_rare = 0};
}

/* ---- the sample ----------------------------------------------------------------------------------------- */

static double norm_of(size_t n_bands, const float *pixel) {
    double sum = 0;
    for (size_t b = 0; b < n_bands; b++) sum += (double)pixel[b] * (double)pixel[b];
    return sqrt(sum);
}

/* Every pixel with light in it, or evenly spaced ones. @param sample,norms [up to MAX_SAMPLE] @return how many */
static size_t draw_sample(size_t n_pixels, size_t n_bands, const float *pixels, size_t n_lit, float *sample,
                          double *norms) {
    const size_t n_sample = n_lit < MAX_SAMPLE ? n_lit : MAX_SAMPLE;
    size_t taken = 0, lit = 0;
    for (size_t i = 0; i < n_pixels && taken < n_sample; i++) {
        const double norm = norm_of(n_bands, pixels + i * n_bands);
        if (norm == 0) continue;
        if (lit++ != taken * n_lit / n_sample) continue;
        memcpy(sample + taken * n_bands, pixels + i * n_bands, n_bands * sizeof *sample);
        norms[taken++] = norm;
    }
    return taken;
}

static wsnet_status check(wsnet_context *context, const wsnet_extract_options *options, size_t n_pixels, size_t n_bands,
                          const float *pixels, size_t n_endmembers, size_t *n_lit) {
    CONTEXT_REQUIRE(context, options);
    CONTEXT_REQUIRE(context, pixels);
    const wsnet_status status = least_squares_check_sizes(context, n_bands, n_endmembers);
    if (status != WSNET_OK) return status;
    if (options->n_starts < 1 || options->n_starts > 1000)
        return context_fail(context, WSNET_E_ARGUMENT, "%zu starts: 1 to 1000 are possible", options->n_starts);
    if (options->mixing != WSNET_MIXING_LINEAR && options->mixing != WSNET_MIXING_SCALED)
        return context_fail(context, WSNET_E_ARGUMENT, "the mixing model must be linear or scaled");
    *n_lit = 0;
    for (size_t i = 0; i < n_pixels; i++) {
        const double norm = norm_of(n_bands, pixels + i * n_bands);
        if (!isfinite(norm))
            return context_fail(context, WSNET_E_NUMERIC,
                                "pixel %zu has a value that is not finite: leave such pixels out", i + 1);
        *n_lit += norm > 0;
    }
    if (*n_lit < n_endmembers)
        return context_fail(context, WSNET_E_SHAPE, "%zu endmembers cannot come from %zu pixels that are not zero",
                            n_endmembers, *n_lit);
    return WSNET_OK;
}

/* ---- brightness and order ------------------------------------------------------------------------------- */

/* The median length of the pixels that are purest in an endmember: the top 1 %, at least 20. */
static double purest_norm(const extraction *scene, const float *shares, size_t k, double *values) {
    const size_t N = scene->n_pixels, P = scene->n_endmembers;
    size_t n_pure = N / 100 > 20 ? N / 100 : 20;
    if (n_pure > N) n_pure = N;
    for (size_t i = 0; i < N; i++) values[i] = -(double)shares[i * P + k];
    const double threshold = algebra_select(N, values, n_pure - 1);
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        if (-(double)shares[i * P + k] <= threshold) values[n++] = scene->norms[i];
    return algebra_select(n, values, n / 2);
}

static void scale_to(size_t n_bands, double norm, wsnet_mixing mixing, float *spectrum) {
    double peak = 0, factor = norm;
    for (size_t b = 0; b < n_bands; b++) peak = fmax(peak, (double)spectrum[b]);
    if (mixing == WSNET_MIXING_SCALED && peak > 0) factor = 1 / peak;
    for (size_t b = 0; b < n_bands; b++) spectrum[b] = (float)(factor * (double)spectrum[b]);
}

/* Unit spectra get their brightness and their place: decreasing mean abundance. @param spectra [P,B] unit length */
static wsnet_status finish(const extraction *scene, const float *spectra, float *endmembers) {
    wsnet_context *context = scene->context;
    const size_t N = scene->n_pixels, P = scene->n_endmembers, B = scene->n_bands;
    float *shares = context_allocate(context, N * P, sizeof *shares);
    double *values = shares ? context_allocate(context, N, sizeof *values) : NULL;
    const wsnet_status status = values ? extraction_shares(scene, spectra, shares) : WSNET_E_MEMORY;
    if (status == WSNET_OK) {
        double means[WSNET_MAX_ENDMEMBERS] = {0};
        for (size_t i = 0; i < N * P; i++) means[i % P] += (double)shares[i];
        for (size_t place = 0; place < P; place++) {
            size_t k = 0;
            for (size_t j = 1; j < P; j++)
                if (means[j] > means[k]) k = j;
            means[k] = -1;
            memcpy(endmembers + place * B, spectra + k * B, B * sizeof *endmembers);
            scale_to(B, purest_norm(scene, shares, k, values), scene->options->mixing, endmembers + place * B);
        }
    }
    context_release(context, values);
    context_release(context, shares);
    return status;
}

/* ---- public --------------------------------------------------------------------------------------------- */

/* @param values [N] scratch */
static wsnet_status extract_into(extraction *scene, extraction_function extract, double *values, float *spectra,
                                 float *endmembers) {
    const size_t N = scene->n_pixels, P = scene->n_endmembers, B = scene->n_bands;
    wsnet_context *context = scene->context;
    memcpy(values, scene->norms, N * sizeof *values);
    scene->median_norm = algebra_select(N, values, N / 2);
    double *moments = context_allocate(context, B * (B + 1), sizeof *moments);
    double *precision = moments ? context_allocate(context, B * B, sizeof *precision) : NULL;
    wsnet_status status = WSNET_E_MEMORY;
    if (precision) {
        algebra_moments(context, N, B, scene->pixels, NULL, moments);
        for (size_t i = 0; i < B * B; i++) moments[i] /= (double)N;
        status = rank_noise(context, B, moments, precision, moments + B * B);
    }
    context_release(context, precision);
    scene->moments = moments;
    scene->noise_sd = moments ? moments + B * B : NULL;
    if (status == WSNET_OK) status = extract(scene, spectra);
    context_release(context, moments);
    if (status == WSNET_OK && !extraction_make_unit(scene, spectra))
        status = context_fail(context, WSNET_E_NUMERIC, "%zu endmembers cannot be found in these pixels", P);
    return status == WSNET_OK ? finish(scene, spectra, endmembers) : status;
}

wsnet_status wsnet_endmembers_extract(wsnet_context *context, const wsnet_extract_options *options, size_t n_pixels,
                                      size_t n_bands, const float *pixels, size_t n_endmembers, float *endmembers) {
    if (!context) return WSNET_E_ARGUMENT;
    size_t n_lit = 0, m = 0;
    wsnet_status status = check(context, options, n_pixels, n_bands, pixels, n_endmembers, &n_lit);
    if (status != WSNET_OK) return status;
    CONTEXT_REQUIRE(context, endmembers);
    while (m < sizeof methods / sizeof *methods && methods[m].method != options->method) m++;
    if (m == sizeof methods / sizeof *methods)
        return context_fail(context, WSNET_E_ARGUMENT, "there is no extraction method %d", (int)options->method);
    const size_t n_sample = n_lit < MAX_SAMPLE ? n_lit : MAX_SAMPLE;
    float *sample = context_allocate(context, n_sample * n_bands, sizeof *sample);
    double *norms = sample ? context_allocate(context, 2 * n_sample, sizeof *norms) : NULL;
    float *spectra = norms ? context_allocate(context, n_endmembers * n_bands, sizeof *spectra) : NULL;
    status = WSNET_E_MEMORY;
    if (spectra) {
        extraction scene = {.context = context,
                            .options = options,
                            .n_pixels = draw_sample(n_pixels, n_bands, pixels, n_lit, sample, norms),
                            .n_bands = n_bands,
                            .n_endmembers = n_endmembers,
                            .pixels = sample,
                            .norms = norms};
        status = extract_into(&scene, methods[m].extract, norms + n_sample, spectra, endmembers);
    }
    context_release(context, spectra);
    context_release(context, norms);
    context_release(context, sample);
    return status;
}
