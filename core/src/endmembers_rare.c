/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "endmembers.h"

/* Materials in a few pixels, which a fit of the whole scene trades away: the pixel that the endmembers explain worst,
 * and those whose residuals point the same way. */

enum { MAX_ALIKE = 5 };

static const double same_way = 0.7, strong_part = 0.5;

static double dot(size_t n, const float *x, const float *y) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += (double)x[i] * (double)y[i];
    return sum;
}

/* Up to MAX_ALIKE pixels with the longest residuals along that of the worst. @return how many */
static size_t find_alike(const extraction *scene, const float *residuals, size_t worst, size_t *alike) {
    const size_t B = scene->n_bands;
    const float *direction = residuals + worst * B;
    const double length = sqrt(dot(B, direction, direction));
    double reach[MAX_ALIKE];
    size_t n = 0;
    for (size_t i = 0; i < scene->n_pixels; i++) {
        const float *r = residuals + i * B;
        const double along = dot(B, r, direction) / length;
        if (along < strong_part * length || along < same_way * sqrt(dot(B, r, r))) continue;
        size_t place = n;
        while (place > 0 && reach[place - 1] < along) place--;
        if (place == MAX_ALIKE) continue;
        if (n < MAX_ALIKE) n++;
        for (size_t j = n - 1; j > place; j--) {
            reach[j] = reach[j - 1];
            alike[j] = alike[j - 1];
        }
        reach[place] = along;
        alike[place] = i;
    }
    return n;
}

wsnet_status extraction_add_rare(const extraction *scene, size_t n_spectra, double variability, float *spectra,
                                 size_t *n_pixels) {
    wsnet_context *context = scene->context;
    const size_t B = scene->n_bands, N = scene->n_pixels;
    float *residuals = context_allocate(context, N * B, sizeof *residuals);
    double *per_pixel = residuals ? context_allocate(context, N, sizeof *per_pixel) : NULL;
    misfit unused;
    wsnet_status status = WSNET_E_MEMORY;
    if (per_pixel) status = extraction_misfit(scene, n_spectra, spectra, variability, residuals, per_pixel, &unused);
    if (status == WSNET_OK) {
        size_t worst = 0, alike[MAX_ALIKE];
        for (size_t i = 1; i < N; i++)
            if (per_pixel[i] > per_pixel[worst]) worst = i;
        const size_t n = per_pixel[worst] > 0 ? find_alike(scene, residuals, worst, alike) : 0;
        float *spectrum = spectra + n_spectra * B;
        for (size_t b = 0; b < B && n > 0; b++) {
            double sum = 0;
            for (size_t j = 0; j < n; j++) sum += (double)scene->pixels[alike[j] * B + b];
            spectrum[b] = (float)(sum / (double)n);
        }
        *n_pixels = n;
    }
    context_release(context, per_pixel);
    context_release(context, residuals);
    return status;
}
