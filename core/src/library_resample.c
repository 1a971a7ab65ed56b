/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A library on the bands of a sensor. Between its samples a spectrum is taken as straight; a band sees it through a
 * Gaussian whose width is what the sensor's FWHM adds, in quadrature, to the resolution the library has already. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "library.h"

/* sigma = FWHM / 2.3548; the Gaussian is cut at 3 sigma. */
static const double fwhm_per_sigma = 2.3548200450309493, cut_sigmas = 3;
/* A sample this near a band, in parts of the library's spacing, is on the band. */
static const double same_place = 0.05;

typedef struct sample {
    double wavelength, fwhm;
    size_t band; /**< of the library */
} sample;

/** The library's samples in order of wavelength; repeated ones stand side by side. */
typedef struct sampling {
    const wsnet_library *library;
    sample *samples;
    size_t n;
    double *weights; /**< [n] of the samples for one band */
} sampling;

static int compare_samples(const void *first, const void *second) {
    const sample *a = first, *b = second;
    if (a->wavelength != b->wavelength) return a->wavelength < b->wavelength ? -1 : 1;
    return (a->band > b->band) - (a->band < b->band);
}

static wsnet_status sampling_create(wsnet_context *context, const wsnet_library *library, sampling *made) {
    const size_t n = library->n_bands;
    made->library = library;
    made->n = n;
    made->samples = context_allocate(context, n, sizeof *made->samples);
    made->weights = context_allocate(context, n, sizeof *made->weights);
    if (!made->samples || !made->weights) return WSNET_E_MEMORY;
    for (size_t b = 0; b < n; b++) made->samples[b] = (sample){library->wavelength_nm[b], library->fwhm_nm[b], b};
    qsort(made->samples, n, sizeof *made->samples, compare_samples);
    return WSNET_OK;
}

static void sampling_release(wsnet_context *context, sampling *made) {
    context_release(context, made->samples);
    context_release(context, made->weights);
}

/* The interval [i, i+1] of different wavelengths that holds w, or the first or last such one. Needs two samples. */
static size_t find_interval(const sampling *from, double w) {
    size_t low = 0, high = from->n - 1;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (from->samples[middle].wavelength <= w)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double gap_at(const sampling *from, double w) {
    if (from->n < 2) return 0;
    const size_t i = find_interval(from, w);
    return from->samples[i + 1].wavelength - from->samples[i].wavelength;
}

/* Adds to the weights those of the library's value at w, straight between samples and held beyond the ends. */
static void add_value(const sampling *from, double w, double weight) {
    const size_t last = from->n - 1;
    if (from->n < 2 || w <= from->samples[0].wavelength) {
        from->weights[0] += weight;
    } else if (w >= from->samples[last].wavelength) {
        from->weights[last] += weight;
    } else {
        const size_t i = find_interval(from, w);
        const double low = from->samples[i].wavelength, high = from->samples[i + 1].wavelength;
        const double share = (w - low) / (high - low);
        from->weights[i] += weight * (1 - share);
        from->weights[i + 1] += weight * share;
    }
}

/* Weights of all samples for a band, by the midpoint rule on a symmetric grid: straight spectra stay what they are. */
static void weigh_gaussian(const sampling *from, double centre, double fwhm, double gap) {
    const double sigma = fwhm / fwhm_per_sigma, reach = cut_sigmas * sigma;
    const double finest = fmin(sigma / 8, gap > 0 ? gap / 2 : sigma / 8);
    const size_t n = (size_t)fmin(ceil(2 * reach / finest), 20000);
    double total = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < n; i++) {
            const double at = reach * ((2 * (double)i + 1) / (double)n - 1), z = at / sigma;
            const double response = exp(-0.5 * z * z);
            if (pass == 0)
                total += response;
            else
                add_value(from, centre + at, response / total);
        }
}

static void weigh_band(const sampling *from, double centre, double fwhm) {
    const size_t interval = from->n < 2 ? 0 : find_interval(from, centre);
    const double gap = gap_at(from, centre);
    const bool upper =
        from->n > 1 && 2 * centre > from->samples[interval].wavelength + from->samples[interval + 1].wavelength;
    const sample *nearest = &from->samples[interval + upper];
    const double own = nearest->fwhm > 0 ? nearest->fwhm : gap;
    memset(from->weights, 0, from->n * sizeof *from->weights);
    /* Spectra that were measured on these very bands are not smoothed a second time. */
    if (fabs(nearest->wavelength - centre) <= same_place * gap && fwhm <= 2 * own)
        from->weights[interval + upper] = 1;
    else if (fwhm > own)
        weigh_gaussian(from, centre, sqrt(fwhm * fwhm - own * own), gap);
    else
        add_value(from, centre, 1);
}

static void apply_weights(const sampling *from, wsnet_library *to, size_t band) {
    size_t begin = 0, end = from->n;
    while (begin + 1 < end && from->weights[begin] == 0) begin++;
    while (end > begin + 1 && from->weights[end - 1] == 0) end--;
    for (size_t k = 0; k < to->n_spectra; k++) {
        const float *spectrum = from->library->spectra + k * from->library->n_bands;
        double sum = 0;
        for (size_t i = begin; i < end; i++) sum += from->weights[i] * spectrum[from->samples[i].band];
        to->spectra[k * to->n_bands + band] = (float)sum;
    }
}

/* ---- the sensor's bands --------------------------------------------------------------------------------- */

/* Distance to the nearer neighbour in the sensor's own order: where a second detector starts, wavelengths step back
 * and only one neighbour says how wide the bands are. 0 for a single band. */
static double spacing_at(size_t n_bands, const double *wavelength_nm, size_t band) {
    double nearest = INFINITY;
    if (band) nearest = fabs(wavelength_nm[band] - wavelength_nm[band - 1]);
    if (band + 1 < n_bands) nearest = fmin(nearest, fabs(wavelength_nm[band + 1] - wavelength_nm[band]));
    return isfinite(nearest) ? nearest : 0;
}

static bool all_known(size_t n_bands, const double *wavelength_nm) {
    for (size_t b = 0; wavelength_nm && b < n_bands; b++)
        if (!(wavelength_nm[b] > 0 && isfinite(wavelength_nm[b]))) return false;
    return wavelength_nm != NULL;
}

/* Half a band beyond the library's ends is forgiven. */
static wsnet_status check_range(wsnet_context *context, const sampling *from, size_t n_bands,
                                const double *wavelength_nm) {
    const double first = from->samples[0].wavelength, last = from->samples[from->n - 1].wavelength;
    double low = INFINITY, high = 0;
    bool outside = false;
    for (size_t b = 0; b < n_bands; b++) {
        const double w = wavelength_nm[b], forgiven = fmax(spacing_at(n_bands, wavelength_nm, b), gap_at(from, w)) / 2;
        outside = outside || w < first - forgiven || w > last + forgiven;
        low = fmin(low, w);
        high = fmax(high, w);
    }
    if (!outside) return WSNET_OK;
    return context_fail(context, WSNET_E_SHAPE,
                        "the library covers %.1f to %.1f nm; the bands that are used span %.1f to %.1f nm", first, last,
                        low, high);
}

/* Bands in a hole of the library (where it leaves out bands, say in water vapour) are interpolated, and said to be. */
static void warn_of_holes(wsnet_context *context, const sampling *from, size_t n_bands, const double *wavelength_nm) {
    const double usual = (from->samples[from->n - 1].wavelength - from->samples[0].wavelength) / (double)from->n;
    size_t n_holes = 0;
    double example = 0;
    for (size_t b = 0; b < n_bands; b++) {
        const double w = wavelength_nm[b], gap = gap_at(from, w);
        const size_t i = from->n < 2 ? 0 : find_interval(from, w);
        const bool between =
            from->n > 1 && w - from->samples[i].wavelength > gap / 5 && from->samples[i + 1].wavelength - w > gap / 5;
        if (!between || gap < 5 * usual || gap < 5 * spacing_at(n_bands, wavelength_nm, b)) continue;
        if (n_holes++ == 0) example = w;
    }
    if (n_holes)
        context_log(context, WSNET_LOG_WARNING,
                    "%zu bands, at %.1f nm the first, lie in a gap of the library and are interpolated across it",
                    n_holes, example);
}

static wsnet_status resample(wsnet_context *context, const wsnet_library *library, wsnet_library *to) {
    sampling from = {NULL, NULL, 0, NULL};
    wsnet_status status = sampling_create(context, library, &from);
    if (!status) status = check_range(context, &from, to->n_bands, to->wavelength_nm);
    if (!status) {
        warn_of_holes(context, &from, to->n_bands, to->wavelength_nm);
        for (size_t b = 0; b < to->n_bands; b++) {
            const double known = to->fwhm_nm[b];
            weigh_band(&from, to->wavelength_nm[b], known > 0 ? known : spacing_at(to->n_bands, to->wavelength_nm, b));
            apply_weights(&from, to, b);
        }
    }
    sampling_release(context, &from);
    return status;
}

/* Without wavelengths on one side, the same number of bands must mean the same bands. */
static wsnet_status take_as_is(wsnet_context *context, const wsnet_library *library, wsnet_library *to,
                               bool of_library) {
    const char *who = of_library ? "library" : "image";
    if (library->n_bands != to->n_bands)
        return context_fail(context, WSNET_E_SHAPE,
                            "the %s has no wavelengths, and the library has %zu bands where %zu are used", who,
                            library->n_bands, to->n_bands);
    context_log(context, WSNET_LOG_WARNING,
                "the %s has no wavelengths: the library's %zu bands are taken as the image's", who, library->n_bands);
    memcpy(to->spectra, library->spectra, library->n_spectra * library->n_bands * sizeof *library->spectra);
    return WSNET_OK;
}

wsnet_status wsnet_library_resample(wsnet_context *context, const wsnet_library *library, size_t n_bands,
                                    const double *wavelength_nm, const double *fwhm_nm, wsnet_library **resampled) {
    CONTEXT_REQUIRE(context, library);
    CONTEXT_REQUIRE(context, resampled);
    wsnet_library *made;
    wsnet_status status = library_allocate(context, library->n_spectra, n_bands, &made);
    if (status) return status;
    const bool bands_known = all_known(n_bands, wavelength_nm), library_known = library_has_wavelengths(library);
    memcpy(made->names, library->names, library->n_spectra * sizeof *library->names);
    for (size_t b = 0; b < n_bands; b++) {
        made->wavelength_nm[b] = bands_known ? wavelength_nm[b] : 0;
        made->fwhm_nm[b] = fwhm_nm && isfinite(fwhm_nm[b]) && fwhm_nm[b] > 0 ? fwhm_nm[b] : 0;
    }
    if (bands_known && library_known)
        status = resample(context, library, made);
    else
        status = take_as_is(context, library, made, !library_known);
    if (status)
        wsnet_library_destroy(made);
    else
        *resampled = made;
    return status;
}
