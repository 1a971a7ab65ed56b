/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A trainer that goes on from a model: what the grown network says before it learns, and what is refused. */
#include "made_scene.h"

#include "model.h"
#include "network.h"
#include "trainer.h"

enum { N = 200, B = 21, P = 3, ALL = 5 };

static wsnet_train_options small_options(void) {
    wsnet_train_options options;
    wsnet_extend_options_init(&options);
    options.seed = 3;
    options.n_steps = 6;
    options.batch = 72;
    options.real_batch = 40;
    return options;
}

static int set_up(void **state) {
    wsnet_train_options options = small_options();
    options.n_steps = 40;
    options.without = WSNET_WITHOUT_KL;
    options.coverage = 0.8;
    return trained_scene_create(state, made_scene_create(N, B, ALL, 0.15, 0.03, 0.01, 1), P, &options);
}

static wsnet_trainer *extend(const trained_scene *made, const wsnet_train_options *options) {
    wsnet_trainer *trainer = NULL;
    if (wsnet_trainer_extend(made->context, made->model, options, N, B, made->scene.pixels, ALL - P,
                             made->scene.endmembers + P * B, &trainer) != WSNET_OK)
        fail_msg("%s", wsnet_context_error(made->context));
    return trainer;
}

/* ---- before learning ------------------------------------------------------------------------------------ */

typedef struct answer {
    real a[ALL * LANES], lower[ALL * LANES], upper[ALL * LANES];
} answer;

static answer answer_of(const network_dims *dims, const float *pinv, unsigned without, const float *weights,
                        const real *x, const real *u) {
    answer made;
    const network_kernels *kernels = network_kernels_best();
    const network_constants constants = {pinv, without, 0};
    void *scratch = NULL;
    assert_int_equal(posix_memalign(&scratch, 64, kernels->scratch_size(dims, false)), 0);
    _Alignas(64) real a[ALL * LANES], lower[ALL * LANES], upper[ALL * LANES];
    kernels->forward(dims, &constants, weights, x, u, scratch, false, a, lower, upper);
    memcpy(made.a, a, dims->P * LANES * sizeof *a);
    memcpy(made.lower, lower, dims->P * LANES * sizeof *a);
    memcpy(made.upper, upper, dims->P * LANES * sizeof *a);
    free(scratch);
    return made;
}

/* Pixels that the old endmembers explain without a rest, one a lane. */
static void mix_old(const trained_scene *made, real *x, real *u) {
    memset(x, 0, B * LANES * sizeof *x);
    memset(u, 0, ALL * LANES * sizeof *u);
    for (size_t lane = 0; lane < LANES; lane++) {
        const float *drawn = made->scene.abundances + lane * ALL;
        const float sum = drawn[0] + drawn[1] + drawn[2] + 1e-3f;
        for (size_t k = 0; k < P; k++) {
            const float share = (drawn[k] + 1e-3f / P) / sum;
            u[k * LANES + lane] = share;
            for (size_t b = 0; b < B; b++) x[b * LANES + lane] += share * made->model->start[k * B + b];
        }
    }
}

static void a_grown_network_says_the_same_about_old_mixtures(void **state) {
    const trained_scene *made = *state;
    const wsnet_train_options options = small_options();
    wsnet_trainer *trainer = extend(made, &options);
    _Alignas(64) real x[B * LANES], u[ALL * LANES];
    mix_old(made, x, u);
    const answer before =
        answer_of(&made->model->dims, made->model->pinv, made->model->without, made->model->weights, x, u);
    const answer after = answer_of(&trainer->dims, trainer->pinv, trainer->options.without, trainer->weights, x, u);
    double moved = 0;
    for (size_t i = 0; i < P * LANES; i++) {
        ASSERT_CLOSE(after.a[i], before.a[i], 1e-4);
        ASSERT_CLOSE(after.lower[i], before.lower[i], 1e-4);
        ASSERT_CLOSE(after.upper[i], before.upper[i], 1e-4);
        moved = fmax(moved, fabs((double)before.a[i] - (double)u[i]));
    }
    for (size_t i = P * LANES; i < ALL * LANES; i++) {
        ASSERT_CLOSE(after.a[i], 0, 1e-4);
        ASSERT_CLOSE(after.lower[i], log1p(exp(-3)), 1e-6);
        ASSERT_CLOSE(after.upper[i], log1p(exp(-3)), 1e-6);
    }
    /* The network had something to forget: it says something else than the classical solution. */
    if (moved < 1e-3) fail_msg("the network moves abundances by %g alone", moved);
    wsnet_trainer_destroy(trainer);
}

/* ---- learning ------------------------------------------------------------------------------------------- */

static void what_the_model_was_made_for_stays(void **state) {
    const trained_scene *made = *state;
    wsnet_train_options options = small_options();
    options.mixing = WSNET_MIXING_SCALED;
    options.coverage = 0.7;
    wsnet_trainer *trainer = extend(made, &options);
    assert_int_equal(wsnet_trainer_run(trainer), WSNET_OK);
    wsnet_model *model = NULL;
    assert_int_equal(wsnet_trainer_finish(trainer, NULL, &model), WSNET_OK);
    assert_int_equal(wsnet_model_n_endmembers(model), ALL);
    assert_int_equal(wsnet_model_mixing(model), WSNET_MIXING_LINEAR);
    assert_true(wsnet_model_coverage(model) == 0.8);
    assert_int_equal(wsnet_model_without(model), WSNET_WITHOUT_KL);
    assert_memory_equal(model->start, made->model->start, P * B * sizeof(float));
    assert_memory_equal(model->start + P * B, made->scene.endmembers + P * B, (ALL - P) * B * sizeof(float));
    assert_string_equal(wsnet_model_metadata(model, "steps"), "6");
    wsnet_model_destroy(model);
    wsnet_trainer_destroy(trainer);
}

static void threads_change_no_bit(void **state) {
    const trained_scene *made = *state;
    wsnet_train_options options = small_options();
    wsnet_trainer *trainers[3];
    for (size_t i = 0; i < 3; i++) {
        if (i == 2) options.seed = 4;
        assert_int_equal(wsnet_context_set_threads(made->context, i + 1), WSNET_OK);
        trainers[i] = extend(made, &options);
        assert_int_equal(wsnet_trainer_run(trainers[i]), WSNET_OK);
    }
    const size_t size = trainers[0]->n_weights * sizeof(float);
    assert_memory_equal(trainers[0]->weights, trainers[1]->weights, size);
    assert_memory_not_equal(trainers[0]->weights, trainers[2]->weights, size);
    for (size_t i = 0; i < 3; i++) wsnet_trainer_destroy(trainers[i]);
    assert_int_equal(wsnet_context_set_threads(made->context, 1), WSNET_OK);
}

/* ---- refusals ------------------------------------------------------------------------------------------- */

static void expect_refusal(const trained_scene *made, size_t n_bands, size_t n_new, const float *added,
                           const char *sentence) {
    const wsnet_train_options options = small_options();
    wsnet_trainer *trainer = NULL;
    assert_int_not_equal(wsnet_trainer_extend(made->context, made->model, &options, 9, n_bands, made->scene.pixels,
                                              n_new, added, &trainer),
                         WSNET_OK);
    assert_null(trainer);
    assert_string_equal(wsnet_context_error(made->context), sentence);
}

static void wrong_arguments_are_refused_in_a_sentence(void **state) {
    const trained_scene *made = *state;
    float added[B] = {0};
    expect_refusal(made, B, 1, added, "endmember 1 has no value above zero");
    added[3] = NAN;
    expect_refusal(made, B, 1, added, "endmember 1 has a value in band 4 that is not finite");
    added[3] = 1;
    expect_refusal(made, B, 0, added, "there are no endmembers to add");
    expect_refusal(made, B, SIZE_MAX, added, "18446744073709551615 endmembers to add: a model holds at most 64");
    expect_refusal(made, B, 62, added, "65 endmembers: 2 to 64 are possible");
    expect_refusal(made, B, 19, added, "22 endmembers cannot be told apart with 21 bands");
    expect_refusal(made, B - 1, 1, added, "the pixels have 20 bands and the model uses 21");
    made->model->n_members = 2;
    expect_refusal(made, B, 1, added, "the model is an ensemble of 2 networks: only one can grow");
    made->model->n_members = 1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_grown_network_says_the_same_about_old_mixtures),
        cmocka_unit_test(what_the_model_was_made_for_stays),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(wrong_arguments_are_refused_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, set_up, trained_scene_destroy);
}
