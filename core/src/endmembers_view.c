/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"

enum { CHUNK = 256 };

/* A pixel farther than this from the mean direction (as a cosine) has no perspective. */
static const double least_cosine = 0.25;

/* One over the brightness of each pixel; 0 leaves it out. */
static void divide_brightness(const extraction *scene, archetype_view_kind kind, const double *mean,
                              archetype_view *view) {
    const size_t B = scene->n_bands;
    for (size_t i = 0; i < scene->n_pixels; i++) {
        double brightness = scene->norms[i];
        if (kind == ARCHETYPES_PERSPECTIVE) {
            double along = 0;
            for (size_t b = 0; b < B; b++) along += mean[b] * (double)scene->pixels[i * B + b];
            brightness = along > least_cosine * brightness ? along : 0;
        }
        view->factors[i] = brightness > 0 ? 1 / brightness : 0;
    }
}

/* The mean direction: the mean of the unit spectra, made unit. */
static void mean_direction(const extraction *scene, archetype_view *view, double *mean) {
    for (size_t i = 0; i < scene->n_pixels; i++) view->factors[i] = 1 / scene->norms[i];
    algebra_mean(scene->n_pixels, scene->n_bands, scene->pixels, view->factors, mean);
    algebra_normalise(scene->n_bands, mean);
}

/* Brightness to a power, at most 10 times the mean: no power lets the noise of dark pixels take an endmember of its
 * own, a high one loses dark materials. Knowing the noise does better: a spectrum's error is the materials' own
 * variability and, in the directions kept, the noise over the brightness; its weight falls as that grows. */
static void weigh(const extraction *scene, const archetype_weights *how, archetype_view *view) {
    double mean = 0, noise2 = 0;
    for (size_t b = 0; b < view->n_bands; b++) noise2 += scene->noise_sd[b] * scene->noise_sd[b];
    noise2 *= (double)view->n_directions / (double)view->n_bands;
    for (size_t i = 0; i < view->n_pixels; i++) {
        const double relative = view->factors[i] > 0 ? 1 / (view->factors[i] * scene->median_norm) : 0;
        view->weights[i] = relative > 0 ? pow(relative, how->brightness_power) : 0;
        if (how->variability > 0)
            view->weights[i] /=
                1 + noise2 * view->factors[i] * view->factors[i] / (how->variability * how->variability);
        mean += view->weights[i] / (double)view->n_pixels;
    }
    for (size_t i = 0; i < view->n_pixels; i++) view->weights[i] = fmin(view->weights[i] / mean, 10);
}

static void project_chunk(void *argument, size_t chunk, size_t worker) {
    (void)worker;
    const archetype_view *view = argument;
    const size_t B = view->n_bands, R = view->n_directions;
    for (size_t i = chunk * CHUNK; i < view->n_pixels && i < (chunk + 1) * CHUNK; i++)
        for (size_t r = 0; r < R; r++) {
            double sum = 0;
            for (size_t b = 0; b < B; b++) sum += view->basis[r * B + b] * (double)view->pixels[i * B + b];
            view->coordinates[i * R + r] = (float)(sum * view->factors[i]);
            view->transposed[r * view->n_pixels + i] = view->coordinates[i * R + r];
        }
}

static archetype_view *carve(const extraction *scene, arena *block) {
    const size_t P = scene->n_endmembers, B = scene->n_bands, N = scene->n_pixels, R = P + 4 < B ? P + 4 : B;
    archetype_view measured, *made = arena_take(block, 1, sizeof *made), *view = made ? made : &measured;
    *view =
        (archetype_view){.n_pixels = N, .n_bands = B, .n_endmembers = P, .n_directions = R, .pixels = scene->pixels};
    view->factors = arena_take(block, N, sizeof(double));
    view->weights = arena_take(block, N, sizeof(double));
    view->coordinates = arena_take(block, N * R, sizeof(float));
    view->transposed = arena_take(block, N * R, sizeof(float));
    view->basis = arena_take(block, R * B, sizeof(double));
    return made;
}

/* Fills basis, coordinates and residuals. @param moments [B,B]  @param row_factors [N] */
static wsnet_status find_basis(const extraction *scene, archetype_view *view, double *moments, double *row_factors) {
    const size_t B = view->n_bands, R = view->n_directions;
    for (size_t i = 0; i < view->n_pixels; i++) row_factors[i] = view->weights[i] * view->factors[i] * view->factors[i];
    algebra_moments(scene->context, view->n_pixels, B, view->pixels, row_factors, moments);
    double values[WSNET_MAX_ENDMEMBERS + 4];
    const wsnet_status status = algebra_leading(scene->context, B, moments, R, view->basis, values);
    view->total = view->lost = 0;
    for (size_t b = 0; b < B; b++) view->total += moments[b * B + b];
    view->lost = view->total;
    for (size_t r = 0; r < R && status == WSNET_OK; r++) view->lost -= values[r];
    view->lost = fmax(view->lost, 0);
    parallel_for(scene->context, (view->n_pixels + CHUNK - 1) / CHUNK, project_chunk, view);
    return status;
}

wsnet_status archetype_view_create(const extraction *scene, archetype_view_kind kind, const archetype_weights *how,
                                   archetype_view **made) {
    wsnet_context *context = scene->context;
    arena block = {0};
    carve(scene, &block);
    double *work = context_allocate(context, scene->n_bands * (scene->n_bands + 1) + scene->n_pixels, sizeof *work);
    void *memory = work ? context_allocate(context, block.used, 1) : NULL;
    wsnet_status status = WSNET_E_MEMORY;
    if (memory) {
        block = (arena){.base = memory};
        archetype_view *view = carve(scene, &block);
        double *mean = work, *moments = mean + scene->n_bands, *rows = moments + scene->n_bands * scene->n_bands;
        mean_direction(scene, view, mean);
        divide_brightness(scene, kind, mean, view);
        weigh(scene, how, view);
        status = find_basis(scene, view, moments, rows);
        if (status == WSNET_OK)
            *made = view;
        else
            context_release(context, memory);
    }
    context_release(context, work);
    return status;
}

void archetype_view_destroy(wsnet_context *context, archetype_view *view) { context_release(context, view); }
