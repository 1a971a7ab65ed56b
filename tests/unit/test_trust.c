/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made_scene.h"

enum { N = 900, B = 40, P = 3 };

/* Trains on a scene with this illumination, told another or nothing. @return the model's trust */
static double trust_of(double illumination_sd, double told, unsigned without) {
    made_scene scene = made_scene_create(N, B, P, illumination_sd, 0.02, 0.01, 11);
    wsnet_context *context = wsnet_context_create(NULL);
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = 150;
    options.without = without;
    options.illumination_sd = told;
    assert_int_equal(wsnet_context_set_threads(context, 2), WSNET_OK);
    wsnet_model *model = made_scene_train(context, &scene, P, &options);
    assert_non_null(model);
    const double trust = strtod(wsnet_model_metadata(model, "trust"), NULL);
    wsnet_model_destroy(model);
    wsnet_context_destroy(context);
    made_scene_destroy(&scene);
    return trust;
}

static void a_scene_as_simulated_is_believed(void **state) {
    (void)state;
    assert_true(trust_of(0.15, 0.15, 0) == 1);
    assert_true(trust_of(0.8, -1, 0) == 1);
}

static void shading_beyond_the_simulated_is_believed_less(void **state) {
    (void)state;
    const double trust = trust_of(0.4, 0.1, 0);
    assert_true(trust > 0 && trust < 0.6);
    assert_true(trust_of(0.8, 0.1, 0) <= trust);
}

static void less_than_the_simulated_is_believed_less(void **state) {
    (void)state;
    assert_true(trust_of(0, 0.4, 0) < 0.6);
}

static void nothing_is_corrected_without_the_classical_solution(void **state) {
    (void)state;
    assert_true(trust_of(0.8, 0.1, WSNET_WITHOUT_CLASSICAL) == 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scene_as_simulated_is_believed),
        cmocka_unit_test(shading_beyond_the_simulated_is_believed_less),
        cmocka_unit_test(less_than_the_simulated_is_believed_less),
        cmocka_unit_test(nothing_is_corrected_without_the_classical_solution),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
