/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A model on a new cube of its sensor: what is found, what stays, and what is refused. */
#include "made_scene.h"

#include "adapt_gain.h"
#include "model.h"

enum { N = 1500, B = 40, P = 4 };

typedef struct fixture {
    wsnet_context *context;
    made_scene scene, other; /* two cubes of the same materials; the other one through another calibration */
    float gain[B], offset[B];
    wsnet_model *model;
} fixture;

static void distort(fixture *made) {
    double mean = 0;
    for (size_t b = 0; b < B; b++) {
        const double t = 2.0 * (double)b / (B - 1) - 1;
        made->gain[b] = (float)(1 + 0.15 * cos(4 * t) + 0.05 * t);
        made->offset[b] = (float)(0.01 * sin(9 * t));
        mean += log((double)made->gain[b]) / B;
    }
    for (size_t b = 0; b < B; b++) made->gain[b] /= (float)exp(mean);
    for (size_t i = 0; i < N * B; i++)
        made->other.pixels[i] = made->other.pixels[i] * made->gain[i % B] + made->offset[i % B];
}

static int set_up(void **state) {
    fixture *made = calloc(1, sizeof *made);
    made->context = wsnet_context_create(NULL);
    made->scene = made_scene_create(N, B, P, 0.15, 0.03, 0.002, 1);
    made->other = made_scene_create(N, B, P, 0.15, 0.03, 0.015, 2);
    distort(made);
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = 80;
    options.batch = 72;
    options.real_batch = 40;
    made->model = made_scene_train(made->context, &made->scene, P, &options);
    *state = made;
    return made->model ? 0 : -1;
}

static int tear_down(void **state) {
    fixture *made = *state;
    wsnet_model_destroy(made->model);
    made_scene_destroy(&made->scene);
    made_scene_destroy(&made->other);
    wsnet_context_destroy(made->context);
    free(made);
    return 0;
}

static wsnet_model *adapt(const fixture *made, uint64_t seed, const float *pixels) {
    wsnet_model *adapted = NULL;
    if (wsnet_model_adapt(made->context, made->model, seed, N, B, pixels, NULL, &adapted) != WSNET_OK)
        fail_msg("%s", wsnet_context_error(made->context));
    return adapted;
}

/* RMSE of the abundances, and the share of truths within their intervals. */
static double unmix(const fixture *made, const wsnet_model *model, double *coverage) {
    wsnet_session *session = NULL;
    float *answer = calloc(3 * N * P, sizeof *answer), *lower = answer + N * P, *upper = lower + N * P;
    const wsnet_outputs outputs = {.abundance = answer, .lower = lower, .upper = upper};
    const float *truth = made->other.abundances;
    assert_int_equal(wsnet_session_create(made->context, model, NULL, &session), WSNET_OK);
    assert_int_equal(wsnet_session_unmix(session, N, made->other.pixels, NULL, &outputs), WSNET_OK);
    const double rmse = made_scene_rmse(N * P, answer, truth);
    *coverage = 0;
    for (size_t i = 0; i < N * P; i++) *coverage += (truth[i] >= lower[i] && truth[i] <= upper[i]) / (double)(N * P);
    wsnet_session_destroy(session);
    free(answer);
    return rmse;
}

/* @return root-mean-square error of the gains, in units of what they were off by */
static double error_of_gain(const fixture *made, const wsnet_model *adapted) {
    double was = 0, left = 0, mean = 0;
    for (size_t b = 0; b < B; b++) {
        const double found = 1 / (double)wsnet_model_gain(adapted)[b];
        was += pow((double)made->gain[b] - 1, 2) / B;
        left += pow((double)made->gain[b] - found, 2) / B;
        mean += log(found) / B;
    }
    ASSERT_CLOSE(mean, 0, 0.02);
    return sqrt(left / was);
}

static void gain_is_found_up_to_a_common_factor(void **state) {
    const fixture *made = *state;
    wsnet_model *adapted = adapt(made, 1, made->other.pixels);
    const double error = error_of_gain(made, adapted);
    if (!(error < 0.25)) fail_msg("gains are wrong by %g of what they were", error);
    wsnet_model_destroy(adapted);
}

/* On the training cube there is nothing to find, to the last bit. */
static void its_own_cube_needs_no_gain(void **state) {
    const fixture *made = *state;
    wsnet_model *adapted = adapt(made, 1, made->scene.pixels);
    for (size_t b = 0; b < B; b++) {
        assert_true(wsnet_model_gain(adapted)[b] == 1);
        assert_true(wsnet_model_offset(adapted)[b] == 0);
    }
    wsnet_model_destroy(adapted);
}

/* Other pixels of the same calibration, few and noisy: gains stay near 1, and smooth where they do not. */
static void a_cube_of_the_same_calibration_needs_next_to_no_gain(void **state) {
    const fixture *made = *state;
    made_scene same = made_scene_create(N, B, P, 0.15, 0.06, 0.05, 7);
    wsnet_model *adapted = adapt(made, 1, same.pixels);
    const float *gain = wsnet_model_gain(adapted);
    double off = 0, rough = 0;
    for (size_t b = 0; b < B; b++) off += pow((double)gain[b] - 1, 2) / B;
    for (size_t b = 1; b < B; b++) rough += pow((double)gain[b] - (double)gain[b - 1], 2) / (B - 1);
    print_message("gains off by %.4f, neighbours differ by %.4f\n", sqrt(off), sqrt(rough));
    assert_true(sqrt(off) < 0.006 && sqrt(rough) < 0.002);
    wsnet_model_destroy(adapted);
    made_scene_destroy(&same);
}

/* Models from before know nothing of their own cube: the error is then that on simulated pixels. */
static void an_older_model_can_be_adapted(void **state) {
    const fixture *made = *state;
    made->model->referenced = false;
    wsnet_model *adapted = adapt(made, 1, made->other.pixels);
    made->model->referenced = true;
    const double error = error_of_gain(made, adapted);
    if (!(error < 0.3)) fail_msg("gains are wrong by %g of what they were", error);
    assert_false(adapted->referenced);
    wsnet_model_destroy(adapted);
}

static void answers_and_intervals_follow(void **state) {
    const fixture *made = *state;
    double before, after;
    wsnet_model *adapted = adapt(made, 1, made->other.pixels);
    const double rmse_before = unmix(made, made->model, &before), rmse_after = unmix(made, adapted, &after);
    print_message("RMSE %.4f, adapted %.4f; coverage %.3f, adapted %.3f\n", rmse_before, rmse_after, before, after);
    assert_true(rmse_after < 0.9 * rmse_before);
    ASSERT_CLOSE(after, 0.9, 0.03);
    assert_true(before < 0.85);
    wsnet_model_destroy(adapted);
}

static void the_network_stays(void **state) {
    const fixture *made = *state;
    wsnet_model *adapted = adapt(made, 1, made->other.pixels), *loaded = NULL;
    assert_memory_equal(adapted->weights, made->model->weights, weights_count(&made->model->dims) * sizeof(float));
    assert_memory_equal(adapted->start, made->model->start, P * B * sizeof(float));
    assert_string_equal(wsnet_model_metadata(adapted, "adapted_from"), wsnet_model_sha256(made->model));
    void *bytes;
    size_t n_bytes;
    assert_int_equal(wsnet_model_save(made->context, adapted, &bytes, &n_bytes), WSNET_OK);
    assert_int_equal(wsnet_model_load(made->context, bytes, n_bytes, &loaded), WSNET_OK);
    assert_string_equal(wsnet_model_sha256(loaded), wsnet_model_sha256(adapted));
    assert_memory_equal(wsnet_model_gain(loaded), wsnet_model_gain(adapted), B * sizeof(float));
    wsnet_release(made->context, bytes);
    wsnet_model_destroy(loaded);
    wsnet_model_destroy(adapted);
}

/* The reconstruction is in the units of the pixels, whatever the model's. */
static void reconstructions_are_in_the_units_of_the_cube(void **state) {
    const fixture *made = *state;
    wsnet_model *adapted = adapt(made, 1, made->other.pixels);
    wsnet_session *session = NULL;
    float *found = calloc(N * B, sizeof *found);
    assert_int_equal(wsnet_session_create(made->context, adapted, NULL, &session), WSNET_OK);
    assert_int_equal(wsnet_session_reconstruct(session, N, made->other.pixels, made->other.abundances, found),
                     WSNET_OK);
    const double left = made_scene_rmse(N * B, found, made->other.pixels);
    if (!(left < 0.02)) fail_msg("reconstructions are wrong by %g", left);
    wsnet_session_destroy(session);
    wsnet_model_destroy(adapted);
    free(found);
}

static void threads_change_no_bit_and_adapting_again_starts_anew(void **state) {
    const fixture *made = *state;
    wsnet_model *first = adapt(made, 1, made->other.pixels), *again = NULL;
    assert_int_equal(wsnet_context_set_threads(made->context, 3), WSNET_OK);
    assert_int_equal(wsnet_model_adapt(made->context, first, 1, N, B, made->other.pixels, NULL, &again), WSNET_OK);
    assert_int_equal(wsnet_context_set_threads(made->context, 1), WSNET_OK);
    assert_memory_equal(wsnet_model_gain(again), wsnet_model_gain(first), B * sizeof(float));
    assert_memory_equal(again->conformal, first->conformal, 2 * P * sizeof(float));
    wsnet_model_destroy(first);
    wsnet_model_destroy(again);
}

/* Two bands cannot tell gain from mixing: nothing moves. */
static void what_the_pixels_do_not_tell_stays(void **state) {
    const fixture *made = *state;
    const float pixels[6] = {0.3f, 0.5f, 0.2f, 0.9f, 0.4f, 0.4f}, endmembers[4] = {1, 0.2f, 0.1f, 1};
    float gain[2], offset[2];
    assert_int_equal(adapt_gain_learn(made->context, 3, 2, pixels, 2, endmembers, gain, offset, NULL), WSNET_OK);
    for (size_t b = 0; b < 2; b++) {
        ASSERT_CLOSE((double)gain[b], 1, 1e-4);
        ASSERT_CLOSE((double)offset[b], 0, 1e-4);
    }
}

static void wrong_arguments_are_refused_in_a_sentence(void **state) {
    const fixture *made = *state;
    wsnet_model *adapted = NULL;
    float pixels[B] = {0};
    assert_int_equal(wsnet_model_adapt(made->context, made->model, 1, 1, B - 1, pixels, NULL, &adapted), WSNET_E_SHAPE);
    assert_string_equal(wsnet_context_error(made->context), "the pixels have 39 bands and the model uses 40");
    assert_int_equal(wsnet_model_adapt(made->context, made->model, 1, 1, B, pixels, NULL, &adapted), WSNET_E_NUMERIC);
    pixels[3] = NAN;
    assert_int_not_equal(wsnet_model_adapt(made->context, made->model, 1, 1, B, pixels, NULL, &adapted), WSNET_OK);
    assert_null(adapted);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gain_is_found_up_to_a_common_factor),
        cmocka_unit_test(its_own_cube_needs_no_gain),
        cmocka_unit_test(a_cube_of_the_same_calibration_needs_next_to_no_gain),
        cmocka_unit_test(an_older_model_can_be_adapted),
        cmocka_unit_test(answers_and_intervals_follow),
        cmocka_unit_test(the_network_stays),
        cmocka_unit_test(reconstructions_are_in_the_units_of_the_cube),
        cmocka_unit_test(threads_change_no_bit_and_adapting_again_starts_anew),
        cmocka_unit_test(what_the_pixels_do_not_tell_stays),
        cmocka_unit_test(wrong_arguments_are_refused_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
