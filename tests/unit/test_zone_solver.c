/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shares of zones from their mean spectra. */
#include "made_scene.h"

#include "model.h"

enum { N = 2000, B = 40, P = 4, ZONE = 20 };

/* An untrained model: the solver reads endmembers, gain and offset alone. */
static int set_up(void **state) {
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = 1;
    return trained_scene_create(state, made_scene_create(N, B, P, 0.1, 0.03, 0.01, 3), P, &options);
}

static wsnet_zone_solver *solver_of(const trained_scene *made, const float *pixels) {
    wsnet_zone_solver *solver = NULL;
    assert_int_equal(wsnet_zone_solver_create(made->context, made->model, N, B, pixels, &solver), WSNET_OK);
    return solver;
}

static void mean_of(const float *values, size_t width, double *mean) {
    for (size_t b = 0; b < width; b++) {
        mean[b] = 0;
        for (size_t i = 0; i < ZONE; i++) mean[b] += (double)values[i * width + b] / ZONE;
    }
}

/* @param learned [N,B]  @param zone [ZONE,B] */
static void solve_zone(const trained_scene *made, const float *learned, const float *zone, double *shares) {
    double spectrum[B];
    mean_of(zone, B, spectrum);
    wsnet_zone_solver *solver = solver_of(made, learned);
    wsnet_zone_solver_shares(solver, spectrum, shares);
    wsnet_zone_solver_destroy(solver);
}

static void a_mixture_of_the_endmembers_is_found(void **state) {
    const trained_scene *made = *state;
    static const double truth[P] = {0.02, 0.68, 0, 0.3};
    const float *endmembers = wsnet_model_endmembers(made->model);
    double spectrum[B], shares[P];
    for (size_t b = 0; b < B; b++) {
        spectrum[b] = 0;
        for (size_t k = 0; k < P; k++) spectrum[b] += truth[k] * (double)endmembers[k * B + b];
    }
    wsnet_zone_solver *solver = solver_of(made, made->scene.pixels);
    wsnet_zone_solver_shares(solver, spectrum, shares);
    for (size_t k = 0; k < P; k++) assert_true(fabs(shares[k] - truth[k]) < 1e-4);
    wsnet_zone_solver_destroy(solver);
}

static void zones_are_nearer_to_the_truth_than_means_of_classical_abundances(void **state) {
    const trained_scene *made = *state;
    float *classical = calloc(N * P, sizeof *classical);
    assert_int_equal(wsnet_least_squares(made->context, WSNET_METHOD_FCLS, N, B, P, made->scene.endmembers,
                                         made->scene.pixels, classical),
                     WSNET_OK);
    wsnet_zone_solver *solver = solver_of(made, made->scene.pixels);
    double error = 0, plain_error = 0;
    for (size_t i = 0; i + ZONE <= N; i += ZONE) {
        double spectrum[B], truth[P], plain[P], shares[P];
        mean_of(made->scene.pixels + i * B, B, spectrum);
        mean_of(made->scene.abundances + i * P, P, truth);
        mean_of(classical + i * P, P, plain);
        wsnet_zone_solver_shares(solver, spectrum, shares);
        for (size_t k = 0; k < P; k++) {
            error += pow(shares[k] - truth[k], 2);
            plain_error += pow(plain[k] - truth[k], 2);
        }
    }
    assert_true(sqrt(error) < 0.7 * sqrt(plain_error));
    wsnet_zone_solver_destroy(solver);
    free(classical);
}

static void the_spread_is_that_of_brightness(void **state) {
    const trained_scene *made = *state;
    wsnet_zone_solver *solver = solver_of(made, made->scene.pixels);
    assert_true(fabs(wsnet_zone_solver_spread(solver) - 0.1) < 0.03);
    wsnet_zone_solver_destroy(solver);
}

static void gain_and_offset_of_an_adapted_model_count(void **state) {
    const trained_scene *made = *state;
    float *pixels = calloc(N * B, sizeof *pixels);
    double shares[P], other[P];
    solve_zone(made, made->scene.pixels, made->scene.pixels, shares);
    for (size_t i = 0; i < N * B; i++) pixels[i] = (made->scene.pixels[i] - 0.05f) / 1.25f;
    for (size_t b = 0; b < B; b++) {
        made->model->gain[b] = 1.25f;
        made->model->offset[b] = 0.05f;
    }
    solve_zone(made, pixels, pixels, other);
    for (size_t b = 0; b < B; b++) {
        made->model->gain[b] = 1;
        made->model->offset[b] = 0;
    }
    for (size_t k = 0; k < P; k++) assert_true(fabs(shares[k] - other[k]) < 1e-3);
    free(pixels);
}

static void spikes_are_not_learned_from(void **state) {
    const trained_scene *made = *state;
    float *pixels = calloc(N * B, sizeof *pixels);
    double shares[P], other[P];
    solve_zone(made, made->scene.pixels, made->scene.pixels, shares);
    memcpy(pixels, made->scene.pixels, N * B * sizeof *pixels);
    for (size_t b = 0; b < B; b++) {
        pixels[500 * B + b] *= 1e4f;
        pixels[700 * B + b] = -3.4e38f;
    }
    solve_zone(made, pixels, made->scene.pixels, other);
    for (size_t k = 0; k < P; k++) assert_true(fabs(shares[k] - other[k]) < 5e-3);
    wsnet_zone_solver *solver = solver_of(made, pixels);
    assert_true(wsnet_zone_solver_takes(solver, pixels));
    assert_false(wsnet_zone_solver_takes(solver, pixels + 500 * B));
    assert_false(wsnet_zone_solver_takes(solver, pixels + 700 * B));
    wsnet_zone_solver_destroy(solver);
    free(pixels);
}

static void threads_and_calls_make_no_difference(void **state) {
    const trained_scene *made = *state;
    double spectrum[B], shares[P], again[P];
    mean_of(made->scene.pixels, B, spectrum);
    wsnet_zone_solver *solver = solver_of(made, made->scene.pixels);
    wsnet_zone_solver_shares(solver, spectrum, shares);
    wsnet_zone_solver_destroy(solver);
    assert_int_equal(wsnet_context_set_threads(made->context, 3), WSNET_OK);
    solver = solver_of(made, made->scene.pixels);
    for (int i = 0; i < 2; i++) {
        wsnet_zone_solver_shares(solver, spectrum, again);
        assert_memory_equal(shares, again, sizeof shares);
    }
    wsnet_zone_solver_destroy(solver);
}

static void few_pixels_and_exact_ones_do(void **state) {
    const trained_scene *made = *state;
    const float *endmembers = wsnet_model_endmembers(made->model);
    double spectrum[B], shares[P];
    wsnet_zone_solver *solver = NULL;
    assert_int_equal(wsnet_zone_solver_create(made->context, made->model, 1, B, endmembers, &solver), WSNET_OK);
    for (size_t b = 0; b < B; b++) spectrum[b] = (double)endmembers[B + b];
    wsnet_zone_solver_shares(solver, spectrum, shares);
    assert_true(shares[1] > 0.999);
    for (size_t b = 0; b < B; b++) spectrum[b] = -1;
    wsnet_zone_solver_shares(solver, spectrum, shares);
    for (size_t k = 0; k < P; k++) assert_true(shares[k] >= 0 && shares[k] <= 1);
    wsnet_zone_solver_destroy(solver);
}

static void what_cannot_be_is_refused(void **state) {
    const trained_scene *made = *state;
    const float dark[B] = {0};
    float bright[B];
    for (size_t b = 0; b < B; b++) bright[b] = 1e4f;
    wsnet_zone_solver *solver = NULL;
    assert_int_equal(wsnet_zone_solver_create(made->context, made->model, N, B - 1, made->scene.pixels, &solver),
                     WSNET_E_SHAPE);
    assert_int_equal(wsnet_zone_solver_create(made->context, made->model, 0, B, made->scene.pixels, &solver),
                     WSNET_E_ARGUMENT);
    assert_int_equal(wsnet_zone_solver_create(made->context, made->model, 1, B, dark, &solver), WSNET_E_NUMERIC);
    assert_int_equal(wsnet_zone_solver_create(made->context, made->model, 1, B, bright, &solver), WSNET_E_NUMERIC);
    assert_null(solver);
    wsnet_zone_solver_destroy(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mixture_of_the_endmembers_is_found),
        cmocka_unit_test(zones_are_nearer_to_the_truth_than_means_of_classical_abundances),
        cmocka_unit_test(the_spread_is_that_of_brightness),
        cmocka_unit_test(gain_and_offset_of_an_adapted_model_count),
        cmocka_unit_test(spikes_are_not_learned_from),
        cmocka_unit_test(threads_and_calls_make_no_difference),
        cmocka_unit_test(few_pixels_and_exact_ones_do),
        cmocka_unit_test(what_cannot_be_is_refused),
    };
    return cmocka_run_group_tests(tests, set_up, trained_scene_destroy);
}
