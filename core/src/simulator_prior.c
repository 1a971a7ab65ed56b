/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which abundances a simulator's scene has. */
#include <math.h>
#include <string.h>

#include "simulator_scene.h"
#include "variability.h"

enum { PRIOR_NOISES = 2048, PRIOR_SEED = 1956 };

/* Anything. Least-squares abundances of the scene's pixels would be no help: noise has spread them already. */
static void choose_candidates(simulator *made) {
    for (size_t j = 0; j < PRIOR_CANDIDATES; j++) {
        random_state random = random_create(PRIOR_SEED, j);
        double a[WSNET_MAX_ENDMEMBERS];
        prior_draw_any(&random, made->n_endmembers, a);
        for (size_t k = 0; k < made->n_endmembers; k++) made->prior.shares[j * made->n_endmembers + k] = (float)a[k];
    }
}

/* Adds the square of a spectrum's unconstrained abundances. @param matrix [P,P] */
static void add_square(const least_squares *prepared, size_t n, const float *spectrum, double factor, double *matrix) {
    float u[WSNET_MAX_ENDMEMBERS];
    least_squares_solve(prepared, WSNET_METHOD_UCLS, 1, spectrum, u);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) matrix[i * n + j] += factor * (double)u[i] * (double)u[j];
}

/* What the simulator's own noise and variability do to unconstrained abundances. @param spectrum [B] scratch
 * @param noise [P,P]  @param variability [P,P,P] both zero before */
static void learn_errors(const simulator *made, const least_squares *prepared, float *spectrum, double *noise,
                         double *variability) {
    const size_t n_bands = made->n_bands, n_endmembers = made->n_endmembers;
    for (size_t i = 0; i < PRIOR_NOISES; i++) {
        random_state random = random_create(PRIOR_SEED, PRIOR_CANDIDATES + i);
        memset(spectrum, 0, n_bands * sizeof *spectrum);
        simulator_add_noise(made, &random, random_index(&random, made->n_pixels), spectrum);
        add_square(prepared, n_endmembers, spectrum, 1.0 / PRIOR_NOISES, noise);
    }
    for (size_t k = 0; k < n_endmembers; k++)
        for (size_t j = 0; j < VARIABILITY_SHAPES; j++) {
            for (size_t b = 0; b < n_bands; b++)
                spectrum[b] = made->endmembers[k * n_bands + b] * made->shapes[j * n_bands + b];
            add_square(prepared, n_endmembers, spectrum, 1, variability + k * n_endmembers * n_endmembers);
        }
}

/** Arrays while the prior is learned. */
typedef struct prior_arrays {
    float *spectrum, *ucls;      /* [B], [P,n] */
    double *noise, *variability; /* [P,P], [P,P,P] */
} prior_arrays;

static prior_arrays carve_prior(arena *block, size_t n_pixels, size_t n_bands, size_t n_endmembers) {
    prior_arrays a;
    a.spectrum = arena_take(block, n_bands, sizeof(float));
    a.ucls = arena_take(block, n_pixels * n_endmembers, sizeof(float));
    a.noise = arena_take(block, n_endmembers * n_endmembers, sizeof(double));
    a.variability = arena_take(block, n_endmembers * n_endmembers * n_endmembers, sizeof(double));
    return a;
}

wsnet_status simulator_learn_prior(wsnet_context *context, simulator *made, const least_squares *prepared) {
    const size_t n_pixels = made->n_pixels < PRIOR_PIXELS ? made->n_pixels : PRIOR_PIXELS;
    const size_t n_endmembers = made->n_endmembers;
    const bool scaled = made->options.mixing == WSNET_MIXING_SCALED;
    arena block = {0};
    carve_prior(&block, n_pixels, made->n_bands, made->n_endmembers);
    block = (arena){.base = context_allocate_zero(context, block.used, 1)};
    if (!block.base) return WSNET_E_MEMORY;
    char *const memory = block.base;
    const prior_arrays a = carve_prior(&block, n_pixels, made->n_bands, made->n_endmembers);
    learn_errors(made, prepared, a.spectrum, a.noise, a.variability);
    float factor[WSNET_MAX_ENDMEMBERS];
    for (size_t k = 0; k < n_endmembers; k++)
        factor[k] = made->darkness[k] / (float)(scaled ? made->brightness : made->level);
    for (size_t i = 0; i < n_pixels; i++) {
        const size_t pixel = random_spread(i, n_pixels, made->n_pixels);
        float u[WSNET_MAX_ENDMEMBERS];
        const float lit = scaled ? fmaxf(simulator_sum(made, pixel) / (float)made->brightness, 1e-6f) : 1;
        least_squares_solve(prepared, WSNET_METHOD_UCLS, 1, made->pixels + pixel * made->n_bands, u);
        for (size_t k = 0; k < n_endmembers; k++) a.ucls[k * n_pixels + i] = factor[k] * u[k] / lit;
    }
    for (size_t i = 0; i < n_endmembers; i++)
        for (size_t j = 0; j < n_endmembers; j++) {
            const double both = (double)(factor[i] * factor[j]);
            a.noise[i * n_endmembers + j] *= both;
            for (size_t k = 0; k < n_endmembers; k++)
                a.variability[(k * n_endmembers + i) * n_endmembers + j] *= both / (double)(factor[k] * factor[k]);
        }
    made->prior.n_endmembers = made->n_endmembers;
    choose_candidates(made);
    const prior_evidence evidence = {n_pixels, a.ucls, a.noise, a.variability,
                                     scaled ? 0 : made->options.illumination_sd};
    const wsnet_status status = prior_learn(context, &evidence, &made->prior);
    context_release(context, memory);
    return status;
}
