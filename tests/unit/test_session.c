/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made_scene.h"

#include "session.h"

enum { N = 333, B = 29, P = 4 };

typedef struct fixture {
    wsnet_context *context;
    made_scene scene;
    wsnet_model *model;
} fixture;

static wsnet_model *train(wsnet_context *context, const made_scene *scene, size_t n_steps, wsnet_mixing mixing) {
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.mixing = mixing;
    options.n_steps = n_steps ? n_steps : 1;
    options.batch = options.real_batch = 48;
    wsnet_trainer *trainer = NULL;
    wsnet_model *model = NULL;
    assert_int_equal(
        wsnet_trainer_create(context, &options, scene->n_pixels, B, scene->pixels, P, scene->endmembers, &trainer),
        WSNET_OK);
    if (n_steps) assert_int_equal(wsnet_trainer_run(trainer), WSNET_OK);
    assert_int_equal(wsnet_trainer_finish(trainer, NULL, &model), WSNET_OK);
    wsnet_trainer_destroy(trainer);
    return model;
}

static int create_fixture(void **state) {
    static fixture f;
    f.context = wsnet_context_create(NULL);
    f.scene = made_scene_create(N, B, P, 0.15, 0.03, 0.01, 4);
    f.model = train(f.context, &f.scene, 40, WSNET_MIXING_LINEAR);
    *state = &f;
    return 0;
}

static int destroy_fixture(void **state) {
    fixture *f = *state;
    wsnet_model_destroy(f->model);
    made_scene_destroy(&f->scene);
    wsnet_context_destroy(f->context);
    return 0;
}

/** All outputs of up to N pixels. */
typedef struct answers {
    float abundance[N * P], confidence[N * P], lower[N * P], upper[N * P], detected[N * P], fit[N], rmse[N];
} answers;

static wsnet_outputs outputs_of(answers *a) {
    memset(a, 0x55, sizeof *a);
    return (wsnet_outputs){a->abundance, a->confidence, a->lower, a->upper, a->detected, a->fit, a->rmse};
}

static wsnet_session *open_session(const fixture *f, const wsnet_session_options *options) {
    wsnet_session *session = NULL;
    if (wsnet_session_create(f->context, f->model, options, &session) != WSNET_OK)
        fail_msg("%s", wsnet_context_error(f->context));
    return session;
}

static answers *unmix(const fixture *f, const wsnet_session_options *options, size_t n, const float *pixels,
                      const uint8_t *mask) {
    answers *found = malloc(sizeof *found);
    const wsnet_outputs outputs = outputs_of(found);
    wsnet_session *session = open_session(f, options);
    assert_int_equal(wsnet_session_unmix(session, n, pixels, mask, &outputs), WSNET_OK);
    wsnet_session_destroy(session);
    return found;
}

/* Same bits for `n` pixels at `to` in one answer and `from` in the other. */
static void assert_same(const answers *x, size_t to, const answers *y, size_t from, size_t n) {
    assert_memory_equal(x->abundance + to * P, y->abundance + from * P, n * P * sizeof(float));
    assert_memory_equal(x->confidence + to * P, y->confidence + from * P, n * P * sizeof(float));
    assert_memory_equal(x->lower + to * P, y->lower + from * P, n * P * sizeof(float));
    assert_memory_equal(x->upper + to * P, y->upper + from * P, n * P * sizeof(float));
    assert_memory_equal(x->detected + to * P, y->detected + from * P, n * P * sizeof(float));
    assert_memory_equal(x->fit + to, y->fit + from, n * sizeof(float));
    assert_memory_equal(x->rmse + to, y->rmse + from, n * sizeof(float));
}

static void answers_are_consistent(void **state) {
    const fixture *f = *state;
    answers *found = unmix(f, NULL, N, f->scene.pixels, NULL);
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        for (size_t j = i * P; j < (i + 1) * P; j++) {
            sum += (double)found->abundance[j];
            assert_true(found->lower[j] >= 0 && found->upper[j] <= 1);
            assert_true(found->lower[j] <= found->abundance[j] && found->abundance[j] <= found->upper[j]);
            ASSERT_CLOSE(found->confidence[j], 1 - (double)(found->upper[j] - found->lower[j]), 1e-6);
            assert_true(found->detected[j] == (found->lower[j] > 0 ? 1 : 0));
        }
        ASSERT_CLOSE(sum, 1, 1e-5);
        assert_true(found->fit[i] > 0 && found->fit[i] <= 1);
        assert_true(found->rmse[i] >= 0 && found->rmse[i] < 0.1f);
    }
    free(found);
}

static void a_pixel_does_not_see_its_neighbours(void **state) {
    const fixture *f = *state;
    answers *whole = unmix(f, NULL, N, f->scene.pixels, NULL);
    for (size_t i = 0; i < N; i += 41) {
        answers *alone = unmix(f, NULL, 1, f->scene.pixels + i * B, NULL);
        assert_same(alone, 0, whole, i, 1);
        free(alone);
    }
    answers *shifted = unmix(f, NULL, N - 7, f->scene.pixels + 7 * B, NULL);
    assert_same(shifted, 0, whole, 7, N - 7);
    assert_int_equal(wsnet_context_set_threads(f->context, 3), WSNET_OK);
    answers *threads = unmix(f, NULL, N, f->scene.pixels, NULL);
    assert_int_equal(wsnet_context_set_threads(f->context, 1), WSNET_OK);
    assert_same(threads, 0, whole, 0, N);
    free(whole);
    free(shifted);
    free(threads);
}

static void unusable_pixels_give_nan_and_touch_no_other(void **state) {
    const fixture *f = *state;
    answers *whole = unmix(f, NULL, N, f->scene.pixels, NULL);
    float *pixels = malloc(N * B * sizeof *pixels);
    memcpy(pixels, f->scene.pixels, N * B * sizeof *pixels);
    uint8_t mask[N];
    memset(mask, 1, sizeof mask);
    pixels[5 * B] = NAN;
    pixels[17 * B + B - 1] = INFINITY;
    pixels[100 * B + 3] = -INFINITY;
    for (size_t b = 0; b < B; b++) pixels[200 * B + b] = 3e38f;
    for (size_t i = 32; i < 64; i++) mask[i] = 0;
    answers *found = unmix(f, NULL, N, pixels, mask);
    for (size_t i = 0; i < N; i++) {
        const int usable = mask[i] && i != 5 && i != 17 && i != 100 && i != 200;
        if (usable) assert_same(found, i, whole, i, 1);
        if (usable) continue;
        assert_true(isnan(found->fit[i]) && isnan(found->rmse[i]));
        for (size_t j = i * P; j < (i + 1) * P; j++)
            assert_true(isnan(found->abundance[j]) && isnan(found->confidence[j]) && isnan(found->lower[j]) &&
                        isnan(found->upper[j]) && isnan(found->detected[j]));
    }
    free(found);
    free(whole);
    free(pixels);
}

/* The network's last layer starts at zero: untrained, it answers with the classical solution. */
static void untrained_network_is_the_classical_solution(void **state) {
    const fixture *f = *state;
    fixture untrained = *f;
    untrained.model = train(f->context, &f->scene, 0, WSNET_MIXING_LINEAR);
    answers *found = unmix(&untrained, NULL, N, f->scene.pixels, NULL);
    float expected[N * P];
    assert_int_equal(
        wsnet_least_squares(f->context, WSNET_METHOD_FCLS, N, B, P, f->scene.endmembers, f->scene.pixels, expected),
        WSNET_OK);
    for (size_t i = 0; i < N * P; i++) ASSERT_CLOSE(found->abundance[i], expected[i], 1e-5);
    free(found);
    wsnet_model_destroy(untrained.model);
}

static void classical_methods_are_exact(void **state) {
    const fixture *f = *state;
    const wsnet_method methods[] = {WSNET_METHOD_FCLS, WSNET_METHOD_UCLS, WSNET_METHOD_NNLS};
    for (size_t m = 0; m < 3; m++) {
        const wsnet_session_options options = {.method = methods[m]};
        answers *found = unmix(f, &options, N, f->scene.pixels, NULL);
        float expected[N * P];
        assert_int_equal(wsnet_least_squares(f->context, methods[m], N, B, P, wsnet_model_endmembers(f->model),
                                             f->scene.pixels, expected),
                         WSNET_OK);
        for (size_t i = 0; i < N; i++) {
            double sum = 0, square = 0;
            for (size_t k = 0; k < P; k++) sum += (double)expected[i * P + k];
            for (size_t b = 0; b < B; b++) {
                double r = (double)f->scene.pixels[i * B + b];
                for (size_t k = 0; k < P; k++)
                    r -= (double)expected[i * P + k] * (double)wsnet_model_endmembers(f->model)[k * B + b];
                square += r * r;
            }
            ASSERT_CLOSE(found->rmse[i], sqrt(square / B), 1e-6);
            assert_true(isnan(found->fit[i]) && isnan(found->lower[i * P]) && isnan(found->confidence[i * P]));
            for (size_t k = 0; k < P; k++)
                ASSERT_CLOSE(found->abundance[i * P + k],
                             (double)expected[i * P + k] / (methods[m] == WSNET_METHOD_NNLS ? sum : 1), 1e-6);
        }
        free(found);
    }
}

/* Bright or dim, an exact mixture is reconstructed exactly; an alien spectrum is not, and its fit says so. */
static void reconstruction_and_fit_know_the_endmembers(void **state) {
    const fixture *f = *state;
    enum { M = 20 };
    float pixels[2 * M * B], made[2 * M * B];
    const float *E = wsnet_model_endmembers(f->model);
    for (size_t i = 0; i < M; i++)
        for (size_t b = 0; b < B; b++) {
            pixels[i * B + b] = (0.8f + 0.02f * (float)i) * (0.7f * E[b] + 0.3f * E[B + b]);
            pixels[(M + i) * B + b] = 0.05f + (b % 2 ? 0.4f : 0.1f);
        }
    answers *found = unmix(f, NULL, 2 * M, pixels, NULL);
    wsnet_session *session = open_session(f, NULL);
    assert_int_equal(wsnet_session_reconstruct(session, 2 * M, pixels, found->abundance, made), WSNET_OK);
    wsnet_session_destroy(session);
    for (size_t i = 0; i < 2 * M; i++) {
        if (i < M ? !(found->fit[i] > 0.05f) : !(found->fit[i] < 0.01f))
            fail_msg("the fit of pixel %zu is %.4f", i, (double)found->fit[i]);
        ASSERT_CLOSE(found->rmse[i], made_scene_rmse(B, pixels + i * B, made + i * B), 1e-5);
    }

    free(found);
}

static void weak_bias_moves_the_answer(void **state) {
    const fixture *f = *state;
    answers *plain = unmix(f, NULL, N, f->scene.pixels, NULL);
    const wsnet_session_options options = {.method = WSNET_METHOD_WSNET, .weak_bias = 2};
    answers *biased = unmix(f, &options, N, f->scene.pixels, NULL);
    assert_memory_not_equal(plain->abundance, biased->abundance, sizeof plain->abundance);
    free(plain);
    free(biased);
}

/* Levels decide what is called detected and which answers are given; they move no number. */
static void levels_mask_and_detect(void **state) {
    const fixture *f = *state;
    answers *plain = unmix(f, NULL, N, f->scene.pixels, NULL);
    float sorted[3] = {plain->confidence[0], plain->confidence[N * P / 2], plain->confidence[N * P - 1]};
    const float least = fmaxf(fminf(sorted[0], sorted[1]), fminf(fmaxf(sorted[0], sorted[1]), sorted[2]));
    const wsnet_session_options options = {.detection_level = 0.125, .least_confidence = (double)least};
    answers *turned = unmix(f, &options, N, f->scene.pixels, NULL);
    size_t n_masked = 0, n_detected = 0;
    for (size_t i = 0; i < N * P; i++) {
        assert_true(turned->lower[i] == plain->lower[i] && turned->upper[i] == plain->upper[i]);
        assert_true(turned->confidence[i] == plain->confidence[i]);
        if (plain->confidence[i] < least) {
            assert_true(isnan(turned->abundance[i]) && isnan(turned->detected[i]));
            n_masked++;
        } else {
            assert_true(turned->abundance[i] == plain->abundance[i]);
            assert_true(turned->detected[i] == (float)(plain->lower[i] > 0.125f));
            n_detected += turned->detected[i] > 0;
        }
    }
    assert_true(n_masked > 0 && n_masked < N * P && n_detected > 0);
    free(plain);
    free(turned);
}

static void wrong_options_are_refused_in_a_sentence(void **state) {
    const fixture *f = *state;
    const struct {
        wsnet_session_options options;
        const char *sentence;
    } wrong[] = {
        {{.weak_bias = NAN}, "the weak bias is nan: it must lie within -20 and 20"},
        {{.weak_bias = INFINITY}, "the weak bias is inf: it must lie within -20 and 20"},
        {{.weak_bias = -21}, "the weak bias is -21: it must lie within -20 and 20"},
        {{.method = (wsnet_method)9}, "there is no unmixing method number 9"},
        {{.detection_level = -0.1}, "the detection level is -0.1: it must lie within 0 and 1"},
        {{.detection_level = NAN}, "the detection level is nan: it must lie within 0 and 1"},
        {{.least_confidence = 1.5}, "the least confidence is 1.5: it must lie within 0 and 1"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        wsnet_session *session = NULL;
        assert_int_equal(wsnet_session_create(f->context, f->model, &wrong[i].options, &session), WSNET_E_ARGUMENT);
        assert_null(session);
        assert_string_equal(wsnet_context_error(f->context), wrong[i].sentence);
    }
}

/* Equal members change nothing; members that disagree meet in the middle and widen the interval. */
static void members_are_averaged(void **state) {
    const fixture *f = *state;
    fixture pair = *f;
    const network_dims *dims = &f->model->dims;
    const size_t n_weights = weights_count(dims);
    assert_int_equal(model_create(f->context, dims, 2, &pair.model), WSNET_OK);
    pair.model->mixing = f->model->mixing;
    memcpy(pair.model->pinv, f->model->pinv, B * P * sizeof(float));
    memcpy(pair.model->fit, f->model->fit, MODEL_FIT_KNOTS * sizeof(float));
    for (size_t i = 0; i < 2 * P; i++) pair.model->conformal[i] = f->model->conformal[i];
    for (size_t m = 0; m < 2; m++)
        memcpy(pair.model->weights + m * n_weights, f->model->weights, n_weights * sizeof(float));
    answers *one = unmix(f, NULL, N, f->scene.pixels, NULL), *two = unmix(&pair, NULL, N, f->scene.pixels, NULL);
    for (size_t i = 0; i < N * P; i++) {
        ASSERT_CLOSE(one->abundance[i], two->abundance[i], 1e-5);
        ASSERT_CLOSE(one->upper[i], two->upper[i], 2e-3);
    }
    weight_info row;
    for (size_t i = 0; weights_info(dims, i, &row); i++)
        if (strcmp(row.name, "shift_bias") == 0) pair.model->weights[n_weights + row.offset] += 0.2f;
    answers *apart = unmix(&pair, NULL, N, f->scene.pixels, NULL);
    double width[2] = {0, 0};
    for (size_t i = 0; i < N * P; i++) {
        width[0] += (double)(one->upper[i] - one->lower[i]);
        width[1] += (double)(apart->upper[i] - apart->lower[i]);
    }
    assert_true(width[1] > 1.1 * width[0]);
    free(one);
    free(two);
    free(apart);
    wsnet_model_destroy(pair.model);
}

static void fit_falls_with_the_misfit(void **state) {
    (void)state;
    float fit[MODEL_FIT_KNOTS];
    const wsnet_model model = {.fit = fit};
    for (size_t i = 0; i < MODEL_FIT_KNOTS; i++) fit[i] = 0.001f * (float)(2 * (MODEL_FIT_KNOTS - i));
    ASSERT_CLOSE(session_fit_of(&model, 0), 1, 1e-6);
    for (size_t i = 0; i < MODEL_FIT_KNOTS; i++)
        ASSERT_CLOSE(session_fit_of(&model, fit[i]), ((double)i + 0.5) / MODEL_FIT_KNOTS, 1e-5);
    float last = 2;
    for (int i = 0; i < 4000; i++) {
        const float now = session_fit_of(&model, 0.0003f * (float)i);
        assert_true(now > 0 && now <= 1 && now < last);
        last = now;
    }
    memset(fit, 0, sizeof fit);
    assert_true(session_fit_of(&model, 0) == 1);
    assert_true(session_fit_of(&model, 0.1f) > 0 && session_fit_of(&model, 0.1f) < 0.01f);
}

/* Residual 0.2 on a pixel of length 2, and 0.1 on one of length 0.1 sqrt(2), where n = 0.01 and v = 0.0025. */
static void misfit_allows_for_brightness(void **state) {
    (void)state;
    float usual[] = {0.01f, 0.0025f};
    real angle[LANES] = {asinf(0.1f), asinf(sqrtf(0.5f)), 0}, rmse[LANES] = {0.1f, 0.05f, 0};
    const session_block block = {.angle = angle, .rmse = rmse};
    wsnet_model model = {.misfit = usual};
    model.dims.B = 4;
    ASSERT_CLOSE(session_misfit_of(&model, &block, 0), sqrt(0.04 / (0.01 + 0.0025 * 4)), 1e-5);
    ASSERT_CLOSE(session_misfit_of(&model, &block, 1), sqrt(0.01 / (0.01 + 0.0025 * 0.02)), 1e-5);
    assert_true(session_misfit_of(&model, &block, 2) == 0);
}

/* The first of these pixels, whose residual has 0.1 along one direction and -0.1 along another. */
static void misfit_counts_what_lies_along_the_directions(void **state) {
    (void)state;
    float usual[] = {0.01f, 0.0025f}, along[] = {0.005f, 0, 0.001f, 0.001f};
    real angle[LANES] = {asinf(0.1f)}, rmse[LANES] = {0.1f}, products[2 * LANES] = {0.1f};
    products[LANES] = -0.1f;
    const session_block block = {.angle = angle, .rmse = rmse, .along = products};
    wsnet_model model = {.misfit = usual, .n_directions = 2, .along = along};
    model.dims.B = 4;
    ASSERT_CLOSE(session_misfit_of(&model, &block, 0), sqrt(0.04 / 0.02 + 0.01 / 0.005 + 0.01 / 0.005), 1e-5);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_are_consistent),
        cmocka_unit_test(a_pixel_does_not_see_its_neighbours),
        cmocka_unit_test(unusable_pixels_give_nan_and_touch_no_other),
        cmocka_unit_test(untrained_network_is_the_classical_solution),
        cmocka_unit_test(classical_methods_are_exact),
        cmocka_unit_test(reconstruction_and_fit_know_the_endmembers),
        cmocka_unit_test(weak_bias_moves_the_answer),
        cmocka_unit_test(levels_mask_and_detect),
        cmocka_unit_test(wrong_options_are_refused_in_a_sentence),
        cmocka_unit_test(members_are_averaged),
        cmocka_unit_test(fit_falls_with_the_misfit),
        cmocka_unit_test(misfit_allows_for_brightness),
        cmocka_unit_test(misfit_counts_what_lies_along_the_directions),
    };
    return cmocka_run_group_tests(tests, create_fixture, destroy_fixture);
}
