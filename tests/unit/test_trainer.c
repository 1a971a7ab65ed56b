/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made_scene.h"

#include <stdio.h>

#include "model.h"
#include "network.h"
#include "optimiser.h"
#include "trainer.h"

static wsnet_train_options small_options(size_t n_steps) {
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.seed = 3;
    options.n_steps = n_steps;
    options.batch = 72; /* not a multiple of a block */
    options.real_batch = 40;
    return options;
}

static wsnet_trainer *create(wsnet_context *context, const wsnet_train_options *options, const made_scene *scene) {
    wsnet_trainer *trainer = NULL;
    const wsnet_status status = wsnet_trainer_create(context, options, scene->n_pixels, scene->n_bands, scene->pixels,
                                                     scene->n_endmembers, scene->endmembers, &trainer);
    if (status != WSNET_OK) fail_msg("%s", wsnet_context_error(context));
    return trainer;
}

/* PyTorch 1.13: OneCycleLR(max_lr=3e-3, total_steps=50, pct_start=0.1) on AdamW. */
static void schedule_is_the_one_cycle_of_pytorch(void **state) {
    (void)state;
    const struct {
        size_t step;
        double rate, beta1;
    } expected[] = {{0, 1.2e-4, 0.95},
                    {2, 1.56e-3, 0.9},
                    {4, 3e-3, 0.85},
                    {5, 2.9963463e-3, 0.85012179},
                    {27, 1.4476570e-3, 0.90174497},
                    {49, 1.2e-8, 0.95}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const optimiser_rate rate = optimiser_schedule(expected[i].step, 50, 3e-3);
        ASSERT_CLOSE(rate.learning_rate / expected[i].rate, 1, 1e-5);
        ASSERT_CLOSE(rate.beta1, expected[i].beta1, 1e-6);
    }
    for (size_t n = 1; n < 12; n++)
        for (size_t step = 0; step < n; step++) {
            const double rate = optimiser_schedule(step, n, 1).learning_rate;
            assert_true(rate > 0 && rate <= 1);
        }
}

/* The first step of Adam moves every weight by the learning rate against the sign of its gradient. */
static void first_update_has_a_closed_form(void **state) {
    (void)state;
    const network_dims dims = network_dims_default(16, 2);
    const size_t n = weights_count(&dims);
    float *weights = calloc(n, sizeof *weights), *mean = calloc(n, sizeof *mean), *square = calloc(n, sizeof *square);
    float *gradient = calloc(n, sizeof *gradient);
    for (size_t i = 0; i < n; i++) {
        weights[i] = 2;
        gradient[i] = i % 2 ? 0.5f : -0.25f;
    }
    const double norm = optimiser_norm(n, gradient), rate = 0.01;
    ASSERT_CLOSE(norm * norm, (double)(n / 2) * (0.25 + 0.0625) + (double)(n % 2) * 0.0625, 1e-3);
    const float level[] = {1, 0.25f};
    optimiser_update(&dims, 0, (optimiser_rate){rate, 0.9}, norm, level, gradient, weights, mean, square);
    weight_info row;
    for (size_t i = 0; weights_info(&dims, i, &row); i++)
        for (size_t j = row.offset; j < row.offset + row.rows * row.columns; j++) {
            const size_t dark = row.slow && j >= row.offset + row.columns;
            const double step = row.slow ? rate / (dark ? 40 : 10) : rate,
                         kept = row.decays ? 2 * (1 - step * 1e-4) : 2;
            ASSERT_CLOSE(weights[j], kept + (j % 2 ? -step : step), 2e-6);
            ASSERT_CLOSE(mean[j], 0.1 * gradient[j] / norm, 1e-7);
        }
    free(weights);
    free(mean);
    free(square);
    free(gradient);
}

/* ---- against PyTorch ------------------------------------------------------------------------------------ */

typedef struct golden {
    int32_t n_bands, n_endmembers, schedule, n_steps, batch, real_batch;
    float *values;
} golden;

static golden golden_read(void) {
    golden g = {0};
    FILE *file = fopen(WSNET_SOURCE_DIR "/tests/golden/training.bin", "rb");
    assert_non_null(file);
    assert_int_equal(fread(&g, sizeof(int32_t), 6, file), 6);
    g.values = malloc(1 << 20);
    assert_true(fread(g.values, sizeof(float), (1 << 20) / sizeof(float), file) > 0);
    fclose(file);
    return g;
}

static void ten_losses_are_those_of_the_reference(void **state) {
    wsnet_context *context = *state;
    golden g = golden_read();
    const size_t B = (size_t)g.n_bands, P = (size_t)g.n_endmembers, batch = (size_t)g.batch;
    const size_t real_batch = (size_t)g.real_batch, n_steps = (size_t)g.n_steps;
    const network_dims dims = network_dims_default(B, P);
    const float *weights = g.values, *weak = weights + weights_count(&dims), *simulated = weak + P;
    const float *truth = simulated + n_steps * batch * B, *real_pixels = truth + n_steps * batch * P;
    const float *losses = real_pixels + n_steps * real_batch * B, *last = losses + n_steps;
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = (size_t)g.schedule;
    options.learning_rate = 3e-3;
    wsnet_trainer *trainer = NULL;
    weight_info row = {0};
    for (size_t i = 0; weights_info(&dims, i, &row) && strcmp(row.name, "endmembers") != 0; i++) continue;
    assert_int_equal(
        wsnet_trainer_create(context, &options, real_batch, B, real_pixels, P, weights + row.offset, &trainer),
        WSNET_OK);
    memcpy(trainer->weights, weights, trainer->n_weights * sizeof *weights);
    for (size_t k = 0; k < P; k++) {
        trainer->weak[k] = weak[k] > 0;
        trainer->level[k] = 1; /* the reference steps by absolute amounts */
    }
    for (size_t step = 0; step < n_steps; step++) {
        const trainer_batch given = {batch, real_batch, simulated + step * batch * B, truth + step * batch * P,
                                     real_pixels + step * real_batch * B};
        double loss = 0;
        assert_int_equal(trainer_learn(trainer, &given, &loss), WSNET_OK);
        if (fabs(loss / losses[step] - 1) > 5e-4)
            fail_msg("step %zu: loss %.7f, PyTorch has %.7f", step, loss, (double)losses[step]);
    }
    for (size_t i = 0; i < P * B; i++) ASSERT_CLOSE(trainer->weights[row.offset + i], last[i], 2e-5);
    wsnet_trainer_destroy(trainer);
    free(g.values);
}

/* ---- properties ----------------------------------------------------------------------------------------- */

static void threads_change_no_bit(void **state) {
    wsnet_context *context = *state;
    made_scene scene = made_scene_create(300, 37, 3, 0.15, 0.03, 0.01, 1);
    const wsnet_train_options options = small_options(12);
    void *bytes[3] = {NULL};
    size_t n_bytes[3];
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(wsnet_context_set_threads(context, i + 1), WSNET_OK);
        wsnet_trainer *trainer = create(context, &options, &scene);
        assert_int_equal(wsnet_trainer_run(trainer), WSNET_OK);
        wsnet_model *model = NULL;
        assert_int_equal(wsnet_trainer_finish(trainer, NULL, &model), WSNET_OK);
        assert_int_equal(wsnet_model_save(context, model, &bytes[i], &n_bytes[i]), WSNET_OK);
        wsnet_model_destroy(model);
        wsnet_trainer_destroy(trainer);
        assert_int_equal(n_bytes[i], n_bytes[0]);
        assert_memory_equal(bytes[i], bytes[0], n_bytes[0]);
    }
    for (size_t i = 0; i < 3; i++) wsnet_release(context, bytes[i]);
    assert_int_equal(wsnet_context_set_threads(context, 1), WSNET_OK);
    made_scene_destroy(&scene);
}

static void resumed_training_is_the_same(void **state) {
    wsnet_context *context = *state;
    made_scene scene = made_scene_create(300, 21, 3, 0.15, 0.03, 0.01, 1);
    const wsnet_train_options options = small_options(20);
    wsnet_trainer *whole = create(context, &options, &scene), *second = create(context, &options, &scene);
    void *bytes = NULL;
    size_t n_bytes = 0;
    for (size_t i = 0; i < 9; i++) assert_int_equal(wsnet_trainer_step(whole, NULL), WSNET_OK);
    assert_int_equal(wsnet_trainer_checkpoint(whole, &bytes, &n_bytes), WSNET_OK);
    assert_int_equal(wsnet_trainer_run(whole), WSNET_OK);
    assert_int_equal(wsnet_trainer_resume(second, bytes, n_bytes), WSNET_OK);
    assert_int_equal(wsnet_trainer_n_done(second), 9);
    assert_int_equal(wsnet_trainer_run(second), WSNET_OK);
    assert_memory_equal(whole->weights, second->weights, whole->n_weights * sizeof(float));
    wsnet_release(context, bytes);
    wsnet_trainer_destroy(whole);
    wsnet_trainer_destroy(second);
    made_scene_destroy(&scene);
}

static void damaged_checkpoints_are_refused(void **state) {
    wsnet_context *context = *state;
    made_scene scene = made_scene_create(100, 12, 2, 0.15, 0.03, 0.01, 1);
    wsnet_train_options options = small_options(5);
    wsnet_trainer *trainer = create(context, &options, &scene);
    assert_int_equal(wsnet_trainer_step(trainer, NULL), WSNET_OK);
    void *bytes = NULL;
    size_t n_bytes = 0;
    assert_int_equal(wsnet_trainer_checkpoint(trainer, &bytes, &n_bytes), WSNET_OK);
    assert_int_equal(wsnet_trainer_step(trainer, NULL), WSNET_OK);
    const size_t size = trainer->n_weights * sizeof(float);
    float *before = malloc(size);
    memcpy(before, trainer->weights, size);
    for (size_t n = 0; n < n_bytes; n += n < 200 ? 1 : 997)
        assert_int_equal(wsnet_trainer_resume(trainer, bytes, n), WSNET_E_FORMAT);
    for (size_t i = 0; i < n_bytes; i += i < 120 ? 1 : 499) {
        ((unsigned char *)bytes)[i] ^= 0x40;
        assert_int_equal(wsnet_trainer_resume(trainer, bytes, n_bytes), WSNET_E_FORMAT);
        ((unsigned char *)bytes)[i] ^= 0x40;
    }
    assert_int_equal(wsnet_trainer_n_done(trainer), 2);
    assert_memory_equal(before, trainer->weights, size);
    /* A checkpoint of other options does not fit either. */
    options.learning_rate = 1e-3;
    wsnet_trainer *other = create(context, &options, &scene);
    assert_int_equal(wsnet_trainer_resume(other, bytes, n_bytes), WSNET_E_FORMAT);
    assert_int_equal(wsnet_trainer_resume(trainer, bytes, n_bytes), WSNET_OK);
    wsnet_trainer_destroy(other);
    wsnet_trainer_destroy(trainer);
    wsnet_release(context, bytes);
    free(before);
    made_scene_destroy(&scene);
}

static int stop_at_half(double fraction, const char *stage, void *user) {
    assert_string_equal(stage, "training");
    return *(int *)user || fraction < 0.5;
}

static void training_can_be_cancelled_and_goes_on(void **state) {
    wsnet_context *context = *state;
    made_scene scene = made_scene_create(100, 12, 3, 0.15, 0.03, 0.01, 1);
    const wsnet_train_options options = small_options(10);
    wsnet_trainer *stopped = create(context, &options, &scene), *whole = create(context, &options, &scene);
    assert_int_equal(wsnet_trainer_run(whole), WSNET_OK);
    int go_on = 0;
    wsnet_context_set_progress(context, stop_at_half, &go_on);
    assert_int_equal(wsnet_trainer_run(stopped), WSNET_E_CANCELLED);
    assert_int_equal(wsnet_trainer_n_done(stopped), 5);
    go_on = 1;
    assert_int_equal(wsnet_trainer_run(stopped), WSNET_OK);
    wsnet_context_set_progress(context, NULL, NULL);
    assert_int_equal(wsnet_trainer_n_done(stopped), 10);
    assert_memory_equal(whole->weights, stopped->weights, whole->n_weights * sizeof(float));
    assert_int_equal(wsnet_trainer_step(stopped, NULL), WSNET_E_ARGUMENT);
    assert_string_equal(wsnet_context_error(context), "all 10 steps are done");
    wsnet_trainer_destroy(stopped);
    wsnet_trainer_destroy(whole);
    made_scene_destroy(&scene);
}

/* On pixels it has not seen, training beats the classical solution that it starts from, and each way of leaving
 * something out still trains. */
static void training_pays_off(void **state) {
    wsnet_context *context = *state;
    enum { N = 1500, B = 60, P = 4 };
    made_scene scene = made_scene_create(N, B, P, 0.25, 0.04, 0.02, 1);
    wsnet_train_options options = small_options(250);
    options.batch = 256;
    options.real_batch = 64;
    float *classical = malloc(N * P * sizeof *classical), *network = malloc(N * P * sizeof *network);
    assert_int_equal(
        wsnet_least_squares(context, WSNET_METHOD_FCLS, N, B, P, scene.endmembers, scene.pixels, classical), WSNET_OK);
    const unsigned without[] = {0, WSNET_WITHOUT_KL, WSNET_WITHOUT_SIMULATION};
    for (size_t i = 0; i < 3; i++) {
        options.without = without[i];
        if (i > 0) options.n_steps = 5;
        wsnet_trainer *trainer = create(context, &options, &scene);
        assert_int_equal(wsnet_trainer_run(trainer), WSNET_OK);
        wsnet_model *model = NULL;
        assert_int_equal(wsnet_trainer_finish(trainer, NULL, &model), WSNET_OK);
        assert_int_equal(wsnet_model_without(model), without[i]);
        wsnet_session *session = NULL;
        assert_int_equal(wsnet_session_create(context, model, NULL, &session), WSNET_OK);
        const wsnet_outputs outputs = {.abundance = network};
        assert_int_equal(wsnet_session_unmix(session, N, scene.pixels, NULL, &outputs), WSNET_OK);
        const double before = made_scene_rmse(N * P, classical, scene.abundances);
        const double after = made_scene_rmse(N * P, network, scene.abundances);
        if (i == 0 && after > 0.75 * before) fail_msg("RMSE %.4f, FCLS has %.4f", after, before);
        wsnet_session_destroy(session);
        wsnet_model_destroy(model);
        wsnet_trainer_destroy(trainer);
    }
    free(classical);
    free(network);
    made_scene_destroy(&scene);
}

static void models_remember_the_cube(void **state) {
    wsnet_context *context = *state;
    made_scene scene = made_scene_create(60, 10, 2, 0.15, 0.03, 0.01, 1);
    const wsnet_train_options options = small_options(2);
    wsnet_trainer *trainer = create(context, &options, &scene);
    assert_int_equal(wsnet_trainer_run(trainer), WSNET_OK);
    uint32_t bands[10];
    double wavelengths[10];
    for (uint32_t b = 0; b < 10; b++) {
        bands[b] = b + 2;
        wavelengths[b] = 400 + 10 * b;
    }
    const char *const names[] = {"water", "soil"}, *const keys[] = {"created"}, *const values[] = {"today"};
    wsnet_cube_description cube = {15, bands, wavelengths, NULL, names, "abc", 1, keys, values};
    wsnet_model *model = NULL;
    assert_int_equal(wsnet_trainer_finish(trainer, &cube, &model), WSNET_OK);
    assert_int_equal(wsnet_model_n_source_bands(model), 15);
    assert_int_equal(wsnet_model_band_index(model)[3], 5);
    assert_true(wsnet_model_wavelength_nm(model)[9] == 490);
    assert_string_equal(wsnet_model_name(model, 1), "soil");
    assert_string_equal(wsnet_model_metadata(model, "cube_sha256"), "abc");
    assert_string_equal(wsnet_model_metadata(model, "created"), "today");
    assert_string_equal(wsnet_model_metadata(model, "seed"), "3");
    assert_string_equal(wsnet_model_metadata(model, "steps"), "2");
    wsnet_model_destroy(model);
    cube.n_source_bands = 9;
    model = NULL;
    assert_int_equal(wsnet_trainer_finish(trainer, &cube, &model), WSNET_E_SHAPE);
    assert_null(model);
    wsnet_trainer_destroy(trainer);
    made_scene_destroy(&scene);
}

/* ---- refusals ------------------------------------------------------------------------------------------- */

static void expect_refusal(wsnet_context *context, const wsnet_train_options *options, const made_scene *scene,
                           const char *sentence) {
    wsnet_trainer *trainer = NULL;
    assert_int_not_equal(wsnet_trainer_create(context, options, scene->n_pixels, scene->n_bands, scene->pixels,
                                              scene->n_endmembers, scene->endmembers, &trainer),
                         WSNET_OK);
    assert_null(trainer);
    assert_string_equal(wsnet_context_error(context), sentence);
}

static void wrong_arguments_are_refused_in_a_sentence(void **state) {
    wsnet_context *context = *state;
    made_scene scene = made_scene_create(20, 8, 3, 0.15, 0, 0.01, 1);
    wsnet_train_options options = small_options(5);
    options.coverage = 1;
    expect_refusal(context, &options, &scene, "the coverage of the intervals is 1: it must lie within 0.5 and 0.999");
    options = small_options(0);
    expect_refusal(context, &options, &scene, "the number of steps is 0: it must lie within 1 and 1e+06");
    options = small_options(5);
    options.learning_rate = NAN;
    expect_refusal(context, &options, &scene, "the learning rate is nan: it must lie within 1e-08 and 1");
    options = small_options(5);
    options.without = 1u << 20;
    expect_refusal(context, &options, &scene, "there is no part of the network behind bits 0x100000");
    options = small_options(5);
    const float band_weight[8] = {1, -1};
    options.band_weight = band_weight;
    expect_refusal(context, &options, &scene, "the weight of band 2 is -1: it must lie within 0 and 1e6");
    options = small_options(5);
    made_scene wrong = scene;
    wrong.n_endmembers = 9;
    expect_refusal(context, &options, &wrong, "9 endmembers cannot be told apart with 8 bands");
    wrong = scene;
    wrong.n_bands = 1;
    expect_refusal(context, &options, &wrong, "the pixels have 1 bands: 2 to 4096 are possible");
    scene.pixels[13] = INFINITY;
    expect_refusal(context, &options, &scene, "pixel 2 has a value in band 6 that is not finite");
    scene.pixels[13] = 0;
    memset(scene.endmembers, 0, 8 * sizeof(float));
    expect_refusal(context, &options, &scene, "endmember 1 has no value above zero");
    made_scene_destroy(&scene);
}

/* ---- memory --------------------------------------------------------------------------------------------- */

typedef struct counting {
    size_t n_alive, n_left;
} counting;

static void *counted_allocate(size_t size, void *user) {
    counting *count = user;
    if (count->n_left-- == 0) {
        count->n_left = 0;
        return NULL;
    }
    void *memory = aligned_alloc(64, (size + 63) / 64 * 64 + 64);
    count->n_alive += memory != NULL;
    return memory;
}

static void counted_release(void *memory, void *user) {
    ((counting *)user)->n_alive -= memory != NULL;
    free(memory);
}

/* Trains, calibrates, unmixes, saves a checkpoint. */
static wsnet_status train_and_use(wsnet_context *context, const made_scene *scene) {
    const wsnet_train_options options = small_options(2);
    wsnet_trainer *trainer = NULL;
    wsnet_model *model = NULL;
    wsnet_session *session = NULL;
    void *bytes = NULL;
    size_t n_bytes;
    float abundance[60 * 3];
    const wsnet_outputs outputs = {.abundance = abundance};
    wsnet_status status = wsnet_trainer_create(context, &options, scene->n_pixels, scene->n_bands, scene->pixels,
                                               scene->n_endmembers, scene->endmembers, &trainer);
    if (status == WSNET_OK) status = wsnet_trainer_run(trainer);
    if (status == WSNET_OK) status = wsnet_trainer_checkpoint(trainer, &bytes, &n_bytes);
    if (status == WSNET_OK) status = wsnet_trainer_finish(trainer, NULL, &model);
    if (status == WSNET_OK) status = wsnet_session_create(context, model, NULL, &session);
    if (status == WSNET_OK) status = wsnet_session_unmix(session, 60, scene->pixels, NULL, &outputs);
    wsnet_session_destroy(session);
    wsnet_model_destroy(model);
    wsnet_release(context, bytes);
    wsnet_trainer_destroy(trainer);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    made_scene scene = made_scene_create(60, 9, 3, 0.15, 0.03, 0.01, 1);
    wsnet_status status = WSNET_E_MEMORY;
    size_t n_failed = 0;
    for (size_t n = 1; status != WSNET_OK; n++) {
        assert_true(n < 500);
        counting count = {0, SIZE_MAX};
        const wsnet_allocator allocator = {counted_allocate, counted_release, &count};
        wsnet_context *context = wsnet_context_create(&allocator);
        count.n_left = n - 1;
        status = train_and_use(context, &scene);
        if (status != WSNET_OK) {
            assert_int_equal(status, WSNET_E_MEMORY);
            assert_true(wsnet_context_error(context)[0] != '\0');
            n_failed++;
        }
        wsnet_context_destroy(context);
        assert_int_equal(count.n_alive, 0);
    }
    assert_true(n_failed > 10);
    made_scene_destroy(&scene);
}

/* ---- ensembles ------------------------------------------------------------------------------------------- */

static void members_of_other_seeds_make_one_model(void **state) {
    wsnet_context *context = *state;
    enum { N = 300, B = 20, P = 3 };
    made_scene scene = made_scene_create(N, B, P, 0.15, 0.03, 0.02, 5);
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = 20;
    options.batch = 64;
    options.real_batch = 32;
    wsnet_trainer *trainers[3] = {NULL};
    for (size_t m = 0; m < 3; m++) {
        options.seed = 1 + m;
        if (m == 2) options.coverage = 0.8;
        assert_int_equal(wsnet_trainer_create(context, &options, N, B, scene.pixels, P, scene.endmembers, &trainers[m]),
                         WSNET_OK);
        assert_int_equal(wsnet_trainer_run(trainers[m]), WSNET_OK);
    }
    assert_int_equal(wsnet_trainer_join(trainers[0], trainers[2]), WSNET_E_ARGUMENT);
    assert_int_equal(wsnet_trainer_join(trainers[0], trainers[1]), WSNET_OK);
    wsnet_model *model = NULL;
    assert_int_equal(wsnet_trainer_finish(trainers[0], NULL, &model), WSNET_OK);
    assert_int_equal(wsnet_model_n_members(model), 2);
    const size_t n = weights_count(&model->dims), spectra = P * B;
    for (size_t i = 0; i < spectra; i++) ASSERT_CLOSE(model->weights[i], model->weights[n + i], 0);
    assert_memory_not_equal(model->weights + spectra, model->weights + n + spectra, (n - spectra) * sizeof(float));
    /* Both were scaled by the same trust: the other weights are the trainers' own. */
    weight_info row = {0};
    for (size_t i = 0; weights_info(&model->dims, i, &row) && strcmp(row.name, "flat_weight") != 0; i++) continue;
    for (size_t m = 0; m < 2; m++)
        assert_memory_equal(model->weights + m * n + row.offset, trainers[m]->weights + row.offset,
                            row.rows * row.columns * sizeof(float));
    wsnet_model_destroy(model);
    for (size_t m = 0; m < 3; m++) wsnet_trainer_destroy(trainers[m]);
    made_scene_destroy(&scene);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(members_of_other_seeds_make_one_model),
        cmocka_unit_test(schedule_is_the_one_cycle_of_pytorch),
        cmocka_unit_test(first_update_has_a_closed_form),
        cmocka_unit_test(ten_losses_are_those_of_the_reference),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(resumed_training_is_the_same),
        cmocka_unit_test(damaged_checkpoints_are_refused),
        cmocka_unit_test(training_can_be_cancelled_and_goes_on),
        cmocka_unit_test(training_pays_off),
        cmocka_unit_test(models_remember_the_cube),
        cmocka_unit_test(wrong_arguments_are_refused_in_a_sentence),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, create_context, destroy_context);
}
