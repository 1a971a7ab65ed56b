/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How brightly the pixels of a simulator's scene are lit. */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "simulator_scene.h"

enum { ILLUMINATION_PIXELS = 4096, ILLUMINATION_SEED = 1993, ILLUMINATION_ROUNDS = 5 };
/* Illumination that is expected of a scene, unless it shows clearly more. Endmembers are never quite as bright as their
 * materials, so that the least is not zero. */
static const double LEAST_ILLUMINATION = 0.05, USUAL_ILLUMINATION = 0.15, MUCH_ILLUMINATION = 1.5;
/* Spectra are as bright as their materials in the scene, unless they are clearly off by this factor: measured elsewhere,
 * under other light. */
static const double OFF = 1.2;
/* No endmember at unit peak is taken for darker or brighter than others by more than this. */
static const double MOST_DARKNESS = 1000;

float simulator_sum(const simulator *made, size_t pixel) {
    float sum = 0;
    for (size_t k = 0; k < made->n_endmembers; k++)
        sum += made->darkness[k] * made->nnls[pixel * made->n_endmembers + k];
    return sum;
}

/* The sums of pixels that have light. @param sums [n]  @return how many */
static size_t lit_sums(const simulator *made, double *sums) {
    size_t n = 0;
    for (size_t i = 0; i < made->n_pixels; i++) {
        sums[n] = (double)simulator_sum(made, i);
        n += sums[n] > 0;
    }
    return n;
}

/* Of the pixels that have light; 0 where most have none. @param sums [n] scratch */
static double median_sum(const simulator *made, double *sums) {
    const size_t n = lit_sums(made, sums);
    return 2 * n > made->n_pixels ? algebra_select(n, sums, n / 2) : 0;
}

/* Endmembers at unit peak have lost how bright they are: as the mean NNLS sum of pixels, purer ones with more weight. */
static void learn_darkness(simulator *made) {
    const size_t n_endmembers = made->n_endmembers;
    for (size_t k = 0; k < n_endmembers; k++) {
        double bright = 0, weights = 0;
        for (size_t i = 0; i < made->n_pixels; i++) {
            const float *nnls = made->nnls + i * n_endmembers;
            double sum = 0;
            for (size_t j = 0; j < n_endmembers; j++) sum += (double)nnls[j];
            const double share = sum > 0 ? (double)nnls[k] / sum : 0, weight = share * share * share * (double)nnls[k];
            bright += weight * sum;
            weights += weight;
        }
        const double darkness = weights > 0 ? made->brightness * weights / bright : 1;
        made->darkness[k] = (float)fmin(fmax(darkness, 1 / MOST_DARKNESS), MOST_DARKNESS);
    }
}

wsnet_status simulator_learn_brightness(wsnet_context *context, simulator *made) {
    double *sums = context_allocate(context, made->n_pixels, sizeof *sums);
    if (!sums) return WSNET_E_MEMORY;
    for (size_t k = 0; k < made->n_endmembers; k++) made->darkness[k] = 1;
    made->brightness = median_sum(made, sums);
    if (made->options.mixing == WSNET_MIXING_SCALED && made->brightness > 0) {
        learn_darkness(made);
        const float factor = (float)(made->brightness / median_sum(made, sums));
        for (size_t k = 0; k < made->n_endmembers; k++) made->darkness[k] *= factor;
    }
    made->level = made->brightness > OFF || made->brightness < 1 / OFF ? made->brightness : 1;
    context_release(context, sums);
    if (made->brightness > 0) return WSNET_OK;
    return context_fail(context, WSNET_E_NUMERIC,
                        "the endmembers explain none of the pixels: most non-negative abundances are zero");
}

/* ---- illumination --------------------------------------------------------------------------------------- */

/* Median absolute deviation of the logarithms of positive sums, as the standard deviation of a normal distribution.
 * @param sums [n] overwritten */
static double spread_of(size_t n, double *sums) {
    if (n == 0) return 0;
    const double middle = algebra_select(n, sums, n / 2);
    for (size_t i = 0; i < n; i++) sums[i] = fabs(log(sums[i] / middle));
    return 1.4826 * algebra_select(n, sums, n / 2);
}

/* Spread of the NNLS sums of pixels simulated with the scene's abundances, noise and variability under this
 * illumination. @param sums [n]  @param pixel [B] scratch */
static double simulated_spread(const simulator *made, const least_squares *prepared, double illumination_sd,
                               double *sums, float *pixel) {
    const size_t n_endmembers = made->n_endmembers;
    const size_t n = made->n_pixels < ILLUMINATION_PIXELS ? made->n_pixels : ILLUMINATION_PIXELS;
    float u[WSNET_MAX_ENDMEMBERS];
    size_t n_lit = 0;
    for (size_t i = 0; i < n; i++) {
        random_state random = random_create(ILLUMINATION_SEED, i);
        const size_t like = random_spread(i, n, made->n_pixels);
        const double sum = (double)simulator_sum(made, like);
        if (sum <= 0) continue;
        const double scale = exp(illumination_sd * random_normal(&random)) * made->brightness / sum;
        memset(pixel, 0, made->n_bands * sizeof *pixel);
        for (size_t k = 0; k < n_endmembers; k++)
            simulator_add_endmember(made, &random, made->endmembers + k * made->n_bands,
                                    scale * (double)made->nnls[like * n_endmembers + k], pixel);
        simulator_add_noise(made, &random, random_index(&random, made->n_pixels), pixel);
        least_squares_solve(prepared, WSNET_METHOD_NNLS, 1, pixel, u);
        sums[n_lit] = 0;
        for (size_t k = 0; k < n_endmembers; k++) sums[n_lit] += (double)u[k];
        n_lit += sums[n_lit] > 0;
    }
    return spread_of(n_lit, sums);
}

/* The illumination under which simulated sums spread as the scene's do: indirect inference (Gourieroux, Monfort and
 * Renault 1993). @param sums [n]  @param pixel [B] scratch */
static double illumination_of(const simulator *made, const least_squares *prepared, double *sums, float *pixel) {
    const double seen = spread_of(lit_sums(made, sums), sums);
    double variance = 0;
    for (size_t round = 0; round < ILLUMINATION_ROUNDS; round++) {
        const double simulated = simulated_spread(made, prepared, sqrt(variance), sums, pixel);
        variance = fmin(fmax(variance + seen * seen - simulated * simulated, 0), 1);
    }
    return sqrt(variance);
}

bool simulator_much_illumination(double seen, double expected) {
    return seen > MUCH_ILLUMINATION * fmax(expected, USUAL_ILLUMINATION);
}

/* Usual illumination, or less where the scene shows less, or as much as the scene shows where that is clearly more. */
static double expected_illumination(double seen) {
    return simulator_much_illumination(seen, USUAL_ILLUMINATION)
               ? seen
               : fmin(fmax(seen, LEAST_ILLUMINATION), USUAL_ILLUMINATION);
}

wsnet_status simulator_learn_illumination(wsnet_context *context, simulator *made, const least_squares *prepared) {
    if (made->options.mixing == WSNET_MIXING_SCALED) return WSNET_OK;
    double *sums = context_allocate(context, made->n_pixels, sizeof *sums);
    float *pixel = context_allocate(context, made->n_bands, sizeof *pixel);
    const wsnet_status status = sums && pixel ? WSNET_OK : WSNET_E_MEMORY;
    if (status == WSNET_OK) {
        made->illumination_seen = illumination_of(made, prepared, sums, pixel);
        if (made->options.illumination_sd < 0)
            made->options.illumination_sd = expected_illumination(made->illumination_seen);
    }
    context_release(context, sums);
    context_release(context, pixel);
    return status;
}
