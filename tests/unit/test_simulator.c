/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made_scene.h"

#include "least_squares.h"
#include "simulator.h"

static const simulator_options plain = {WSNET_MIXING_LINEAR, 0.3, 0.15, 0.03};

static simulator *learn(wsnet_context *context, const simulator_options *options, const made_scene *scene) {
    simulator *made = NULL;
    const wsnet_status status = simulator_create(context, options, scene->n_pixels, scene->n_bands, scene->pixels,
                                                 scene->n_endmembers, scene->endmembers, &made);
    if (status != WSNET_OK) fail_msg("%s", wsnet_context_error(context));
    return made;
}

static void abundances_lie_on_the_simplex(void **state) {
    wsnet_context *context = *state;
    enum { N = 5000, B = 40, P = 4 };
    made_scene scene = made_scene_create(500, B, P, 0.15, 0.03, 0.01, 1);
    simulator *made = learn(context, &plain, &scene);
    float *x = malloc(N * B * sizeof *x), *a = malloc(N * P * sizeof *a);
    simulator_draw(made, scene.endmembers, 7, 0, N, x, a);
    size_t n_weak = 0, n_absent = 0;
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        bool weak = false;
        for (size_t k = 0; k < P; k++) {
            assert_true(a[i * P + k] >= 0);
            sum += a[i * P + k];
            weak |= a[i * P + k] >= 0.004f && a[i * P + k] <= 0.15f;
            n_absent += a[i * P + k] == 0;
        }
        n_weak += weak;
        ASSERT_CLOSE(sum, 1, 1e-5);
        for (size_t b = 0; b < B; b++) assert_true(isfinite(x[i * B + b]));
    }
    /* Weak fractions are common, and some materials are absent though none is in this scene. */
    assert_true(n_weak > N / 4);
    assert_in_range(n_absent, N * P / 40, N * P / 3);
    free(x);
    free(a);
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
}

static void weak_injections_have_their_share(void **state) {
    wsnet_context *context = *state;
    enum { N = 2000, B = 40, P = 5 };
    made_scene scene = made_scene_create(500, B, P, 0.15, 0, 0.01, 1);
    simulator_options options = plain;
    options.weak_share = 1;
    simulator *made = learn(context, &options, &scene);
    float *x = malloc(N * B * sizeof *x), *a = malloc(N * P * sizeof *a);
    simulator_draw(made, scene.endmembers, 3, 0, N, x, a);
    size_t n_injected = 0;
    for (size_t i = 0; i < N; i++) {
        bool injected = false;
        for (size_t k = 0; k < P; k++) injected |= a[i * P + k] >= 0.00399f && a[i * P + k] <= 0.40001f;
        n_injected += injected;
    }
    /* Left out is only an endmember that holds more than half of the pixel already: about one in P. */
    assert_true(n_injected > N * 7 / 10);
    free(x);
    free(a);
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
}

static void any_split_draws_the_same(void **state) {
    wsnet_context *context = *state;
    enum { N = 33, B = 20, P = 3 };
    made_scene scene = made_scene_create(200, B, P, 0.15, 0.03, 0.01, 1);
    simulator *made = learn(context, &plain, &scene);
    float x[2][N * B], a[2][N * P];
    simulator_draw(made, scene.endmembers, 5, 100, N, x[0], a[0]);
    simulator_draw(made, scene.endmembers, 5, 100, 10, x[1], a[1]);
    simulator_draw(made, scene.endmembers, 5, 110, N - 10, x[1] + 10 * B, a[1] + 10 * P);
    assert_memory_equal(x[0], x[1], sizeof x[0]);
    assert_memory_equal(a[0], a[1], sizeof a[0]);
    simulator_draw(made, scene.endmembers, 6, 100, N, x[1], a[1]);
    assert_memory_not_equal(a[0], a[1], sizeof a[0]);
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
}

/* Without noise, illumination and variability a drawn pixel is its mixture. */
static void plain_pixels_are_mixtures(void **state) {
    wsnet_context *context = *state;
    enum { N = 200, B = 30, P = 3 };
    made_scene scene = made_scene_create(300, B, P, 0, 0, 0, 1);
    const simulator_options options = {WSNET_MIXING_LINEAR, 0.3, 0, 0};
    simulator *made = learn(context, &options, &scene);
    float x[N * B], a[N * P];
    simulator_draw(made, scene.endmembers, 1, 0, N, x, a);
    for (size_t i = 0; i < N; i++)
        for (size_t b = 0; b < B; b++) {
            double sum = 0;
            for (size_t k = 0; k < P; k++) sum += (double)a[i * P + k] * scene.endmembers[k * B + b];
            ASSERT_CLOSE(x[i * B + b], sum, 2e-5);
        }
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
}

/* `scaled` takes its light from the scene; endmembers at unit peak are as bright there as they were before. */
static void scaled_brightness_is_the_scenes(void **state) {
    wsnet_context *context = *state;
    enum { N = 4000, B = 30, P = 3 };
    made_scene scene = made_scene_create(3000, B, P, 0, 0, 0, 1);
    for (size_t i = 0; i < scene.n_pixels * B; i++) scene.pixels[i] *= i / B % 2 ? 2 : 6;
    float peak[P] = {0};
    for (size_t k = 0; k < P; k++) {
        for (size_t b = 0; b < B; b++) peak[k] = fmaxf(peak[k], scene.endmembers[k * B + b]);
        for (size_t b = 0; b < B; b++) scene.endmembers[k * B + b] /= peak[k];
    }
    const simulator_options options = {WSNET_MIXING_SCALED, 0.3, 0.15, 0};
    simulator *made = learn(context, &options, &scene);
    float *x = malloc(N * B * sizeof *x), *a = malloc(N * P * sizeof *a);
    simulator_draw(made, scene.endmembers, 1, 0, N, x, a);
    size_t n_dim = 0, n_bright = 0;
    for (size_t i = 0; i < N; i++) {
        double mixture = 0, level = 0, area = 0;
        for (size_t b = 0; b < B; b++) level += x[i * B + b];
        for (size_t k = 0; k < P; k++) {
            area += (double)a[i * P + k] / peak[k];
            for (size_t b = 0; b < B; b++) mixture += (double)a[i * P + k] * scene.endmembers[k * B + b];
        }
        n_dim += fabs(log(level / mixture * area / 2)) < 0.45;
        n_bright += fabs(log(level / mixture * area / 6)) < 0.45;
    }
    assert_int_equal(n_dim + n_bright, N);
    assert_in_range(n_dim, N * 45 / 100, N * 55 / 100);
    free(x);
    free(a);
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
}

/* @param factor  of the endmembers' brightness  @return what is expected of the scene's illumination
 * @param level  the median brightness of pixels drawn with these endmembers over that of the scene's pixels */
static double expected_illumination(wsnet_context *context, double illumination_sd, double factor, double *level) {
    enum { N = 3000, B = 40, P = 3 };
    made_scene scene = made_scene_create(N, B, P, illumination_sd, 0.02, 0.01, 5);
    for (size_t i = 0; i < P * B; i++) scene.endmembers[i] *= (float)factor;
    const simulator_options options = {WSNET_MIXING_LINEAR, 0.3, -1, 0.02};
    simulator *made = learn(context, &options, &scene);
    const simulator_scene known = simulator_describe(made);
    float *x = malloc(N * B * sizeof *x);
    simulator_draw_alike(made, scene.endmembers, 1, N, x);
    double drawn = 0, seen = 0;
    for (size_t i = 0; i < N * B; i++) {
        drawn += log(fabs((double)x[i]) + 1e-3);
        seen += log(fabs((double)scene.pixels[i]) + 1e-3);
    }
    *level = exp((drawn - seen) / (N * B));
    free(x);
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
    return known.illumination_sd;
}

/* Usual illumination is expected, less where the scene has less, and as much as it has where that is clearly more. */
static void illumination_is_told_from_noise_and_variability(void **state) {
    wsnet_context *context = *state;
    double level;
    assert_true(expected_illumination(context, 0, 1, &level) < 0.06);
    ASSERT_CLOSE(expected_illumination(context, 0.1, 1, &level), 0.1, 0.01);
    assert_true(expected_illumination(context, 0.18, 1, &level) == 0.15);
    ASSERT_CLOSE(expected_illumination(context, 0.3, 1, &level), 0.3, 0.03);
    ASSERT_CLOSE(expected_illumination(context, 0.6, 1, &level), 0.6, 0.07);
}

/* Spectra that were measured under other light are simulated as bright as the scene. */
static void spectra_of_other_brightness_are_met(void **state) {
    wsnet_context *context = *state;
    const double factors[] = {0.7, 1, 1.4};
    for (size_t i = 0; i < 3; i++) {
        double level;
        ASSERT_CLOSE(expected_illumination(context, 0.15, factors[i], &level), 0.15, 0.02);
        ASSERT_CLOSE(level, 1, 0.05);
    }
}

/* Drawn abundances are the scene's: of areas in linear mixing, also with spectra of other brightness, and of brightness where
 * endmembers are at unit peak. The last material is dark. */
static void drawn_abundances_are_the_scenes(void **state) {
    wsnet_context *context = *state;
    enum { N = 4000, B = 30, P = 4 };
    static const struct {
        wsnet_mixing mixing;
        double factor; /* 0: to unit peak */
    } cases[] = {{WSNET_MIXING_LINEAR, 1}, {WSNET_MIXING_LINEAR, 0.5}, {WSNET_MIXING_SCALED, 0}};
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        made_scene scene = made_scene_create(N, B, P, 0.1, 0.03, 0.01, 2);
        double bright[P], expected[P] = {0}, found[P] = {0};
        for (size_t k = 0; k < P; k++) {
            float peak = 0, *endmember = scene.endmembers + k * B;
            for (size_t b = 0; b < B; b++) peak = fmaxf(peak, endmember[b]);
            const float by = cases[c].factor > 0 ? (float)cases[c].factor : 1 / peak;
            for (size_t b = 0; b < B; b++) endmember[b] *= by;
            bright[k] = cases[c].factor > 0 ? 1 : (double)peak;
        }
        for (size_t i = 0; i < N; i++) {
            double sum = 0;
            for (size_t k = 0; k < P; k++) sum += (double)scene.abundances[i * P + k] * bright[k];
            for (size_t k = 0; k < P; k++) expected[k] += (double)scene.abundances[i * P + k] * bright[k] / sum / N;
        }
        const simulator_options options = {cases[c].mixing, 0, -1, -1};
        simulator *made = learn(context, &options, &scene);
        float *x = malloc(N * B * sizeof *x), *a = malloc(N * P * sizeof *a);
        simulator_draw(made, scene.endmembers, 1, 0, N, x, a);
        for (size_t i = 0; i < N * P; i++) found[i % P] += (double)a[i] / N;
        for (size_t k = 0; k < P; k++) ASSERT_CLOSE(found[k], 0.9 * expected[k] + 0.1 / P, 0.03);
        free(a);
        free(x);
        simulator_destroy(context, made);
        made_scene_destroy(&scene);
    }
}

static double estimated_sd(wsnet_context *context, double sd, double noise_sd, double *found_noise_sd) {
    made_scene scene = made_scene_create(4000, 80, 4, 0.15, sd, noise_sd, 9);
    simulator_options options = plain;
    options.variability_sd = -1;
    simulator *made = learn(context, &options, &scene);
    const simulator_scene known = simulator_describe(made);
    *found_noise_sd = known.noise_sd;
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
    return known.variability_sd;
}

static void variability_is_told_from_noise(void **state) {
    wsnet_context *context = *state;
    double noise_sd;
    for (size_t i = 0; i < 3; i++) {
        const double noise = i == 0 ? 0.003 : 0.01 * (double)i;
        const double none = estimated_sd(context, 0, noise, &noise_sd);
        if (!(none < 0.015)) fail_msg("variability %.4f found where there is none", none);
        ASSERT_CLOSE(noise_sd / noise, 1, 0.05);
        ASSERT_CLOSE(estimated_sd(context, 0.03, noise, &noise_sd) / 0.03, 1, 0.25);
        ASSERT_CLOSE(estimated_sd(context, 0.08, noise, &noise_sd) / 0.08, 1, 0.25);
    }
}

/* Mean squared least-squares residual of pixels. */
static double residual_energy(wsnet_context *context, const made_scene *scene, size_t n, const float *pixels) {
    least_squares *prepared;
    assert_int_equal(least_squares_create(context, scene->n_bands, scene->n_endmembers, scene->endmembers, &prepared),
                     WSNET_OK);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        float a[WSNET_MAX_ENDMEMBERS];
        least_squares_solve(prepared, WSNET_METHOD_UCLS, 1, pixels + i * scene->n_bands, a);
        for (size_t b = 0; b < scene->n_bands; b++) {
            double r = pixels[i * scene->n_bands + b];
            for (size_t k = 0; k < scene->n_endmembers; k++)
                r -= (double)a[k] * scene->endmembers[k * scene->n_bands + b];
            sum += r * r;
        }
    }
    least_squares_destroy(context, prepared);
    return sum / (double)n;
}

/* The scene's residuals hold its variability; simulated pixels must not hold it twice. */
static void residuals_are_as_large_as_the_scenes(void **state) {
    wsnet_context *context = *state;
    enum { N = 4000, B = 80, P = 4 };
    made_scene scene = made_scene_create(N, B, P, 0.15, 0.06, 0.01, 9);
    simulator_options options = plain;
    options.variability_sd = -1;
    simulator *made = learn(context, &options, &scene);
    float *x = malloc(N * B * sizeof *x), *a = malloc(N * P * sizeof *a);
    simulator_draw(made, scene.endmembers, 1, 0, N, x, a);
    const double ratio = residual_energy(context, &scene, N, x) / residual_energy(context, &scene, N, scene.pixels);
    assert_true(ratio > 0.85 && ratio < 1.2);
    free(x);
    free(a);
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
}

/* The errors of unconstrained abundances in drawn pixels are about as large as in the scene's. With residuals of one sign
 * they are a third as large. */
static void noise_moves_abundances_as_the_scenes(void **state) {
    wsnet_context *context = *state;
    enum { N = 4000, B = 80, P = 4 };
    made_scene scene = made_scene_create(N, B, P, 0, 0, 0.02, 9);
    const simulator_options options = {WSNET_MIXING_LINEAR, 0.3, 0, 0};
    simulator *made = learn(context, &options, &scene);
    float *x = malloc(N * B * sizeof *x), *a = malloc(N * P * sizeof *a), *u = malloc(N * P * sizeof *u);
    least_squares *prepared;
    assert_int_equal(least_squares_create(context, B, P, scene.endmembers, &prepared), WSNET_OK);
    simulator_draw(made, scene.endmembers, 1, 0, N, x, a);
    least_squares_solve(prepared, WSNET_METHOD_UCLS, N, x, u);
    const double drawn = made_scene_rmse(N * P, u, a);
    least_squares_solve(prepared, WSNET_METHOD_UCLS, N, scene.pixels, u);
    const double ratio = drawn / made_scene_rmse(N * P, u, scene.abundances);
    assert_true(ratio > 0.7 && ratio < 1.1);
    least_squares_destroy(context, prepared);
    free(x);
    free(a);
    free(u);
    simulator_destroy(context, made);
    made_scene_destroy(&scene);
}

static void useless_endmembers_are_refused(void **state) {
    wsnet_context *context = *state;
    made_scene scene = made_scene_create(50, 20, 3, 0, 0, 0, 1);
    for (size_t i = 0; i < 50 * 20; i++) scene.pixels[i] = -1;
    simulator *made = NULL;
    assert_int_equal(simulator_create(context, &plain, 50, 20, scene.pixels, 3, scene.endmembers, &made),
                     WSNET_E_NUMERIC);
    assert_null(made);
    assert_string_equal(wsnet_context_error(context),
                        "the endmembers explain none of the pixels: most non-negative abundances are zero");
    made_scene_destroy(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abundances_lie_on_the_simplex),
        cmocka_unit_test(weak_injections_have_their_share),
        cmocka_unit_test(any_split_draws_the_same),
        cmocka_unit_test(plain_pixels_are_mixtures),
        cmocka_unit_test(scaled_brightness_is_the_scenes),
        cmocka_unit_test(illumination_is_told_from_noise_and_variability),
        cmocka_unit_test(spectra_of_other_brightness_are_met),
        cmocka_unit_test(drawn_abundances_are_the_scenes),
        cmocka_unit_test(variability_is_told_from_noise),
        cmocka_unit_test(residuals_are_as_large_as_the_scenes),
        cmocka_unit_test(noise_moves_abundances_as_the_scenes),
        cmocka_unit_test(useless_endmembers_are_refused),
    };
    return cmocka_run_group_tests(tests, create_context, destroy_context);
}
