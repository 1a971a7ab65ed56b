/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "made_scene.h"

#include "abundance_prior.h"

enum { N = 4000, P = 3, N_DRAWN = 20000 };
static const double illumination_sd = 0.15;

/* One scene: two materials side by side, the third in one pixel of ten. */
static void draw_true(random_state *random, double *a) {
    a[0] = random_uniform(random);
    a[2] = random_uniform(random) < 0.1 ? 0.3 * random_uniform(random) : 0;
    a[0] *= 1 - a[2];
    a[1] = 1 - a[0] - a[2];
}

/* Noisy abundances [P,N], and candidates that can be anything. */
static void make_scene(const double *noise_sd, float *ucls, abundance_prior *prior) {
    random_state random = random_create(3, 0);
    for (size_t i = 0; i < N; i++) {
        double a[P];
        draw_true(&random, a);
        const double s = exp(illumination_sd * random_normal(&random));
        for (size_t k = 0; k < P; k++) ucls[k * N + i] = (float)(s * a[k] + noise_sd[k] * random_normal(&random));
        if (i >= PRIOR_CANDIDATES) continue;
        prior_draw_any(&random, P, a);
        for (size_t k = 0; k < P; k++) prior->shares[i * P + k] = (float)a[k];
    }
}

/** Of many draws. */
typedef struct summary {
    double mean[P], absent; /* mean abundances, and share of the draws without the third material */
} summary;

static summary summarise(const abundance_prior *prior) {
    summary all = {{0}, 0};
    random_state random = random_create(4, 0);
    for (size_t i = 0; i < N_DRAWN; i++) {
        double a[P], sum = 0;
        prior_draw_scene(prior, &random, a);
        for (size_t k = 0; k < P; k++) {
            assert_true(a[k] >= 0);
            sum += a[k];
            all.mean[k] += a[k] / N_DRAWN;
        }
        ASSERT_CLOSE(sum, 1, 1e-5);
        all.absent += a[2] < 0.03 ? 1.0 / N_DRAWN : 0;
    }
    return all;
}

/* Of the candidates, and of the scene's distribution that was learnt from abundances with noise of these standard deviations. */
static void learn(wsnet_context *context, const double *noise_sd, summary *before, summary *after) {
    float *ucls = malloc(N * P * sizeof *ucls);
    abundance_prior prior = {P, malloc(PRIOR_CANDIDATES * P * sizeof(float)), malloc(PRIOR_CANDIDATES * sizeof(float))};
    make_scene(noise_sd, ucls, &prior);
    for (size_t j = 0; j < PRIOR_CANDIDATES; j++) prior.cumulative[j] = (float)(j + 1) / PRIOR_CANDIDATES;
    *before = summarise(&prior);
    double noise[P * P] = {0}, variability[P * P * P] = {0};
    for (size_t k = 0; k < P; k++) noise[k * P + k] = noise_sd[k] * noise_sd[k];
    const prior_evidence evidence = {N, ucls, noise, variability, illumination_sd};
    assert_int_equal(prior_learn(context, &evidence, &prior), WSNET_OK);
    *after = summarise(&prior);
    ASSERT_CLOSE(prior.cumulative[PRIOR_CANDIDATES - 1], 1, 1e-5);
    free(prior.cumulative);
    free(prior.shares);
    free(ucls);
}

static void noise_is_taken_out_of_the_distribution(void **state) {
    summary before, after;
    learn(*state, (double[P]){0.1, 0.1, 0.1}, &before, &after);
    /* The third material: 0.015 in the mean, and absent from 91 % of the pixels. */
    assert_true(before.mean[2] > 0.1 && before.absent < 0.5);
    ASSERT_CLOSE(after.mean[2], 0.015, 0.02);
    assert_true(after.absent > 0.75);
    ASSERT_CLOSE(after.mean[0], 0.4925, 0.03);
}

/* A dark material, of which a pixel tells little, does not stand in for brightness that varies. */
static void brightness_is_not_taken_for_a_dark_material(void **state) {
    summary before, after;
    learn(*state, (double[P]){0.02, 0.02, 0.4}, &before, &after);
    ASSERT_CLOSE(after.mean[2], 0.015, 0.02);
    assert_true(after.absent > 0.65);
}

/* Neither exact scenes nor impossible pixels break it. */
static void nothing_is_too_far(void **state) {
    wsnet_context *context = *state;
    float ucls[P * 2] = {1, 1e6f, 0, -1e6f, 0, 3};
    abundance_prior prior = {P, malloc(PRIOR_CANDIDATES * P * sizeof(float)), malloc(PRIOR_CANDIDATES * sizeof(float))};
    random_state random = random_create(1, 0);
    double a[P], none[P * P * P] = {0};
    for (size_t j = 0; j < PRIOR_CANDIDATES; j++) {
        prior_draw_any(&random, P, a);
        for (size_t k = 0; k < P; k++) prior.shares[j * P + k] = (float)a[k];
    }
    const prior_evidence evidence = {2, ucls, none, none, 0};
    assert_int_equal(prior_learn(context, &evidence, &prior), WSNET_OK);
    ASSERT_CLOSE(prior.cumulative[PRIOR_CANDIDATES - 1], 1, 1e-5);
    for (int i = 0; i < 100; i++) {
        prior_draw_scene(&prior, &random, a);
        assert_true(a[0] > 0.9);
    }
    free(prior.cumulative);
    free(prior.shares);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_taken_out_of_the_distribution),
        cmocka_unit_test(brightness_is_not_taken_for_a_dark_material),
        cmocka_unit_test(nothing_is_too_far),
    };
    return cmocka_run_group_tests(tests, create_context, destroy_context);
}
