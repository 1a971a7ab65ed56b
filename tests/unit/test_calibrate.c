/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made_scene.h"

#include "calibrate.h"
#include "calibrate_fit.h"
#include "misfit.h"
#include "trainer.h"

enum { B = 40, P = 5, N = 800, FRESH = 20000 };
static const double NOISE_SD = 0.005;

static void rank_is_that_of_split_conformal_prediction(void **state) {
    (void)state;
    assert_int_equal(calibrate_rank(99, 0.9), 94);       /* ceil(100 * 0.95) = 95th of 99 */
    assert_int_equal(calibrate_rank(16384, 0.9), 15565); /* ceil(16385 * 0.95) = 15566th */
    assert_int_equal(calibrate_rank(10, 0.999), 9);      /* never past the last */
}

typedef struct fixture {
    wsnet_context *context;
    made_scene scene;
    wsnet_trainer *trainer;
    wsnet_model *model;
} fixture;

static fixture create(wsnet_mixing mixing) {
    fixture f = {wsnet_context_create(NULL), made_scene_create(N, B, P, 0.15, 0.03, NOISE_SD, 4), NULL, NULL};
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.mixing = mixing;
    options.n_steps = 300;
    options.batch = 128;
    options.real_batch = 32;
    assert_int_equal(wsnet_trainer_create(f.context, &options, N, B, f.scene.pixels, P, f.scene.endmembers, &f.trainer),
                     WSNET_OK);
    assert_int_equal(wsnet_trainer_run(f.trainer), WSNET_OK);
    assert_int_equal(wsnet_trainer_finish(f.trainer, NULL, &f.model), WSNET_OK);
    return f;
}

static void destroy(fixture *f) {
    wsnet_model_destroy(f->model);
    wsnet_trainer_destroy(f->trainer);
    made_scene_destroy(&f->scene);
    wsnet_context_destroy(f->context);
}

/* Misses below and above the interval, and how many could be: of all entries, those that hold the material, and the weak
 * ones of each side. */
typedef struct misses {
    double below, n, above, n_present, below_weak, n_weak, above_weak, n_little;
} misses;

static void count_entry(float truth, float lower, float upper, misses *m) {
    const bool below = truth<lower, above = truth> upper, present = truth > 0.001f, weak = truth <= 0.15f;
    m->n++;
    m->below += below;
    m->n_present += present;
    m->above += present && above;
    m->n_weak += weak && truth > 0.01f;
    m->below_weak += weak && truth > 0.01f && below;
    m->n_little += weak && present;
    m->above_weak += weak && present && above;
}

/* Of pixels drawn as the calibration's were, at most 5 % lie below the lower end, and at most 5 % of those that hold the
 * material above the upper end, and no more of those that hold little of it: fewer at the clipped ends, never more. */
static void intervals_cover_fresh_pixels(void **state) {
    (void)state;
    fixture f = create(WSNET_MIXING_LINEAR);
    float *x = malloc(FRESH * B * sizeof *x), *truth = malloc(FRESH * P * sizeof *truth);
    float *lower = malloc(FRESH * P * sizeof *lower), *upper = malloc(FRESH * P * sizeof *upper);
    float *fit = malloc(FRESH * sizeof *fit);
    simulator_draw(f.trainer->scene, wsnet_model_endmembers(f.model), 12345, 0, FRESH, x, truth);
    wsnet_session *session = NULL;
    assert_int_equal(wsnet_session_create(f.context, f.model, NULL, &session), WSNET_OK);
    const wsnet_outputs outputs = {.lower = lower, .upper = upper, .fit = fit};
    assert_int_equal(wsnet_session_unmix(session, FRESH, x, NULL, &outputs), WSNET_OK);
    misses missed[P] = {{0}};
    double mean_fit = 0, unfit = 0;
    for (size_t i = 0; i < FRESH; i++) {
        mean_fit += (double)fit[i] / FRESH;
        unfit += (fit[i] < 0.1f) / (double)FRESH;
        for (size_t k = 0; k < P; k++) count_entry(truth[i * P + k], lower[i * P + k], upper[i * P + k], &missed[k]);
    }
    for (const misses *m = missed; m < missed + P; m++) {
        const double below = m->below / m->n, below_weak = m->below_weak / m->n_weak;
        const double above = m->above / m->n_present, above_weak = m->above_weak / m->n_little;
        assert_true(below < 0.058 && below_weak < 0.06 && fmax(below, below_weak) > 0.04);
        assert_true(above < 0.06 && above_weak < 0.06 && fmax(above, above_weak) > 0.04);
    }
    ASSERT_CLOSE(mean_fit, 0.5, 0.02);
    ASSERT_CLOSE(unfit, 0.1, 0.015);
    wsnet_session_destroy(session);
    free(x);
    free(truth);
    free(lower);
    free(upper);
    free(fit);
    destroy(&f);
}

/* C_kk by hand: with G = E E', the variance of sum-to-one least squares is G^-1 - G^-1 1 1' G^-1 / (1' G^-1 1). */
static void limits_of_detection_follow_the_noise(void **state) {
    (void)state;
    fixture f = create(WSNET_MIXING_LINEAR);
    const float *E = wsnet_model_endmembers(f.model);
    double G[P][2 * P] = {{0}};
    for (size_t i = 0; i < P; i++) {
        G[i][P + i] = 1;
        for (size_t j = 0; j < P; j++)
            for (size_t b = 0; b < B; b++) G[i][j] += (double)E[i * B + b] * (double)E[j * B + b];
    }
    for (size_t c = 0; c < P; c++) /* Gauss and Jordan */
        for (size_t i = 0; i < P; i++) {
            const double factor = i == c ? 1 - 1 / G[c][c] : G[i][c] / G[c][c];
            for (size_t j = 2 * P; j-- > 0;) G[i][j] -= factor * G[c][j];
        }
    double row[P] = {0}, total = 0;
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++) {
            row[i] += G[i][P + j];
            total += G[i][P + j];
        }
    for (size_t k = 0; k < P; k++) {
        const double expected = 3.29 * NOISE_SD * sqrt(G[k][P + k] - row[k] * row[k] / total);
        ASSERT_CLOSE(wsnet_model_lod(f.model)[k] / expected, 1, 0.1);
    }
    destroy(&f);
}

/* r^2 = n + v y^2, times a factor with mean 1: the two are found, and none goes below zero. */
static void misfit_tells_noise_from_variability(void **state) {
    (void)state;
    enum { COUNT = 4000 };
    static float residual[COUNT], pixel[COUNT];
    float found[2];
    random_state random = random_create(3, 0);
    for (int i = 0; i < COUNT; i++) {
        pixel[i] = (float)(0.01 + 4 * random_uniform(&random));
        residual[i] = (float)((0.02 + 0.005 * (double)pixel[i]) * (0.5 + random_uniform(&random)));
    }
    misfit_learn(COUNT, residual, pixel, found);
    ASSERT_CLOSE(found[0], 0.02, 0.001);
    ASSERT_CLOSE(found[1], 0.005, 0.0005);
    for (int i = 0; i < COUNT; i++) residual[i] = 0;
    misfit_learn(COUNT, residual, pixel, found);
    assert_true(found[0] > 0 && found[1] >= 0);
}

enum { SAMPLE = 4000, FLAT = 1, RIPPLE = 5 };

static fit_sample make_sample(size_t n_cosines, const double *sd, uint64_t seed) {
    fit_sample sample = {SAMPLE, calloc(n_cosines * SAMPLE, sizeof(float)), calloc(SAMPLE, sizeof(float)),
                         calloc(SAMPLE, sizeof(float))};
    for (size_t i = 0; i < SAMPLE; i++) {
        random_state random = random_create(seed, i);
        sample.pixel[i] = (float)(0.5 + random_uniform(&random));
        for (size_t j = 0; j < n_cosines; j++) {
            float *product = sample.cosine + j * SAMPLE + i;
            *product = (float)(sd[j] * random_normal(&random));
            sample.residual[i] += *product * *product;
        }
    }
    return sample;
}

static void free_sample(fit_sample *sample) {
    free(sample->cosine);
    free(sample->residual);
    free(sample->pixel);
}

static wsnet_model *fit_model(wsnet_context *context, size_t n_bands, const double *usual_sd, const double *spoilt_sd) {
    const network_dims dims = network_dims_default(n_bands, 3);
    wsnet_model *model = NULL;
    assert_int_equal(model_create(context, &dims, 1, &model), WSNET_OK);
    calibrate_fit_begin(model);
    fit_sample usual = make_sample(model->n_directions, usual_sd, 1);
    fit_sample spoilt = make_sample(model->n_directions, spoilt_sd, 2);
    assert_int_equal(calibrate_fit(context, &usual, &spoilt, model), WSNET_OK);
    free_sample(&usual);
    free_sample(&spoilt);
    return model;
}

/* Residuals have much of one cosine and little of the others; a made-up material adds to both, which only the second
 * shows. So that comes first, and a residual along it costs more than a longer one along the first. */
static void directions_tell_what_is_unusual(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    double usual[MODEL_COSINES], spoilt[MODEL_COSINES];
    for (size_t j = 0; j < MODEL_COSINES; j++) usual[j] = spoilt[j] = 0.01;
    usual[FLAT] = 1, spoilt[FLAT] = 1.1, spoilt[RIPPLE] = 0.1;
    wsnet_model *model = fit_model(context, B, usual, spoilt);
    assert_int_equal(model->n_directions, MODEL_DIRECTIONS);
    double along = 0;
    for (size_t b = 0; b < B; b++)
        along += (double)model->direction[b] * sqrt(2.0 / B) * cos(3.14159265358979 * RIPPLE * ((double)b + 0.5) / B);
    assert_true(fabs(along) > 0.99);
    const float expected = model->along[0] + model->along[1];
    ASSERT_CLOSE(expected, 1e-4 / 0.99, 2e-5); /* its variance over its weight, lambda / (1 + lambda) with lambda 99 */
    for (size_t i = 1; i < MODEL_FIT_KNOTS; i++) assert_true(model->fit[i] <= model->fit[i - 1]);
    wsnet_model_destroy(model);
    wsnet_context_destroy(context);
}

/* Exact mixtures, and fewer bands than directions. */
static void fit_needs_no_residuals(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    const double none[MODEL_COSINES] = {0}, some[MODEL_COSINES] = {0, 0, 1};
    const double *const spoilt[] = {none, some};
    for (int i = 0; i < 2; i++) {
        wsnet_model *model = fit_model(context, 5, none, spoilt[i]);
        assert_int_equal(model->n_directions, 5);
        for (size_t d = 0; d < 5; d++) assert_true(model->along[2 * d] > 0 && isfinite(model->along[2 * d]));
        for (size_t b = 0; b < 5 * 5; b++) assert_true(isfinite(model->direction[b]));
        for (size_t k = 0; k < MODEL_FIT_KNOTS; k++) assert_true(model->fit[k] == 0);
        wsnet_model_destroy(model);
    }
    wsnet_context_destroy(context);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rank_is_that_of_split_conformal_prediction),
        cmocka_unit_test(intervals_cover_fresh_pixels),
        cmocka_unit_test(limits_of_detection_follow_the_noise),
        cmocka_unit_test(misfit_tells_noise_from_variability),
        cmocka_unit_test(directions_tell_what_is_unusual),
        cmocka_unit_test(fit_needs_no_residuals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
