/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include <math.h>

#include "made_model.h"

/* Two endmembers at right angles: G is diagonal, so C_kk = 1 / (|e_1|^2 + |e_2|^2) for both. */
static void test_limits_by_hand(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    wsnet_model *model = make_model(context, 16, 2, 1);
    assert_non_null(model);
    for (size_t i = 0; i < 32; i++) model->weights[i] = 0;
    model->weights[0] = 3;
    model->weights[16 + 1] = 4;
    float limits[2];
    assert_works(context, wsnet_model_detection_limits(context, model, 0.5, limits));
    for (size_t k = 0; k < 2; k++) assert_true(fabs((double)limits[k] - 3.29 * 0.5 / 5) < 1e-6);
    assert_fails(context, wsnet_model_detection_limits(context, model, NAN, limits), WSNET_E_ARGUMENT,
                 "not a standard deviation");
    assert_fails(context, wsnet_model_detection_limits(context, NULL, 1, limits), WSNET_E_ARGUMENT, "model");
    wsnet_model_destroy(model);
    wsnet_context_destroy(context);
}

/* Small enough to add up by hand: D 4, S 2, R 1, J 5, K 3, H 2, Q 8 and without the state-space branch. */
static void test_operations_by_hand(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    wsnet_model *model = make_model(context, 16, 2, 1);
    assert_non_null(model);
    const double embed = 32 + 16 + 128 + 16, norms = 128, attention = 192 + 64 + 48 + 64, gate = 128 + 64;
    const double head = 80 + 64 + 100 + 20 + 40, decoder = 64 + 128;
    const double all = embed + norms + attention + gate + head + decoder;
    assert_true(fabs(wsnet_model_operations(model) - all) < 1e-9);
    model->without |= WSNET_WITHOUT_WSA;
    assert_true(fabs(wsnet_model_operations(model) - (all - attention)) < 1e-9);
    wsnet_model_destroy(model);
    wsnet_model *two = make_model(context, 16, 2, 2);
    assert_true(fabs(wsnet_model_operations(two) - 2 * all) < 1e-9);
    wsnet_model_destroy(two);
    wsnet_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_by_hand),
        cmocka_unit_test(test_operations_by_hand),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
