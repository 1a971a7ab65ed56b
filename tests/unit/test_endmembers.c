/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"
#include "wsnet.h"

enum { B = 60, MAX_P = 6, SIDE = 50, N = SIDE * SIDE };

static wsnet_context *context;
static float truth[MAX_P * B], pixels[N * B], found[MAX_P * B];
static char messages[4096];

static void collect(wsnet_log_level level, const char *message, void *user) {
    (void)user;
    if (level == WSNET_LOG_DEBUG) return;
    strncat(messages, message, sizeof messages - strlen(messages) - 1);
    strncat(messages, "\n", sizeof messages - strlen(messages) - 1);
}

static int set_up(void **state) {
    (void)state;
    context = wsnet_context_create(NULL);
    if (!context) return -1;
    wsnet_context_set_log(context, collect, NULL);
    wsnet_context_set_threads(context, 2);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    wsnet_context_destroy(context);
    return 0;
}

/* ---- made-up scenes ------------------------------------------------------------------------------------- */

/* Continuum, two absorptions, an edge; the last of P is dark when asked. */
static void draw_truth(random_state *random, size_t P, double dark) {
    for (size_t k = 0; k < P; k++) {
        const double slope = random_uniform(random) - 0.5, edge = 0.2 + 0.6 * random_uniform(random);
        const double depth = 0.3 + 0.4 * random_uniform(random), centre = random_uniform(random);
        const double level = (k + 1 == P ? dark : 1) * (0.3 + 0.3 * random_uniform(random));
        const double rise = 2 * random_uniform(random);
        for (size_t b = 0; b < B; b++) {
            const double x = (double)b / B, dip = (x - centre) / 0.08;
            truth[k * B + b] = (float)(level * (1 + slope * x) * (1 - depth * exp(-dip * dip)) *
                                       (1 + rise / (1 + exp(-(x - edge) / 0.03))));
        }
    }
}

typedef struct scene_settings {
    size_t P;
    double dark, clustering, variability, noise,
        rare; /* rare: largest fraction of the last endmember, 0: like others */
} scene_settings;

/* One pixel: clustering 0 draws from a flat Dirichlet, more makes pixels purer. */
static void draw_pixel(random_state *random, const scene_settings *s, bool pure, size_t which, float *y) {
    double a[MAX_P], sum = 0, varied[B] = {0};
    const size_t n = s->rare > 0 ? s->P - 1 : s->P;
    for (size_t k = 0; k < n; k++) sum += a[k] = pure ? (double)(k == which % n) : random_gamma(random, s->clustering);
    for (size_t k = 0; k < n; k++) a[k] /= sum;
    if (s->rare > 0) {
        a[n] = random_uniform(random) < 0.015 ? s->rare * (0.3 + 0.7 * random_uniform(random)) : 0;
        for (size_t k = 0; k < n; k++) a[k] *= 1 - a[n];
    }
    const double brightness = exp(0.15 * random_normal(random));
    for (size_t k = 0; k < s->P; k++) {
        const double offset = s->variability * random_normal(random), slope = s->variability * random_normal(random);
        for (size_t b = 0; b < B; b++)
            varied[b] += a[k] * (double)truth[k * B + b] * (1 + offset + slope * (2 * (double)b / B - 1));
    }
    for (size_t b = 0; b < B; b++) y[b] = (float)(brightness * varied[b] + s->noise * random_normal(random));
}

static void draw_scene(const scene_settings *s, uint64_t seed) {
    random_state random = random_create(seed, 0);
    draw_truth(&random, s->P, s->dark);
    for (size_t i = 0; i < N; i++) draw_pixel(&random, s, i < 5 * s->P, i, pixels + i * B);
}

static wsnet_status extract(wsnet_extraction method, wsnet_mixing mixing, size_t P, uint64_t seed, float *E) {
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    options.method = method;
    options.mixing = mixing;
    options.seed = seed;
    messages[0] = 0;
    return wsnet_endmembers_extract(context, &options, N, B, pixels, P, E);
}

/* @param order [P] the true endmember that each found one is, or NULL @return mean angle */
static double mean_angle(size_t P, const float *E, size_t *order, double *angles) {
    size_t match[MAX_P];
    double own[MAX_P], sum = 0;
    assert_int_equal(wsnet_endmembers_match(context, B, P, E, P, truth, order ? order : match, own), WSNET_OK);
    for (size_t k = 0; k < P; k++) {
        sum += own[k] / (double)P;
        if (angles) angles[(order ? order : match)[k]] = own[k];
    }
    return sum;
}

static void assert_angle(wsnet_extraction method, size_t P, double limit) {
    assert_int_equal(extract(method, WSNET_MIXING_LINEAR, P, 3, found), WSNET_OK);
    const double angle = mean_angle(P, found, NULL, NULL);
    if (!(angle <= limit)) fail_msg("%s: %.4f rad", wsnet_extraction_name(method), angle);
}

/* ---- accuracy ------------------------------------------------------------------------------------------- */

static void test_exact_mixing(void **state) {
    (void)state;
    const scene_settings s = {.P = 4, .dark = 1, .clustering = 0.5, .noise = 0.002};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        draw_scene(&s, seed);
        assert_angle(WSNET_EXTRACT_VCA, 4, 0.02);
        assert_angle(WSNET_EXTRACT_NFINDR, 4, 0.02);
        assert_angle(WSNET_EXTRACT_ATGP, 4, 0.1);
        assert_angle(WSNET_EXTRACT_ARCHETYPES, 4, 0.08);
        assert_angle(WSNET_EXTRACT_AUTO, 4, 0.015);
        assert_non_null(strstr(messages, "exact"));
    }
}

static void test_varying_materials_with_dark_one(void **state) {
    (void)state;
    const scene_settings s = {.P = 4, .dark = 0.08, .clustering = 0.15, .variability = 0.05, .noise = 0.002};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        draw_scene(&s, seed);
        assert_angle(WSNET_EXTRACT_ARCHETYPES, 4, 0.06);
        assert_angle(WSNET_EXTRACT_AUTO, 4, 0.04);
        assert_non_null(strstr(messages, "vary"));
    }
}

/* Where mixtures fill no more than a narrow cone the hull of the unit spectra is exact, with and without weights. */
static void test_archetypes_of_pure_pixels(void **state) {
    (void)state;
    const scene_settings s = {.P = 3, .dark = 1, .clustering = 0.02, .noise = 1e-4};
    draw_scene(&s, 9);
    assert_angle(WSNET_EXTRACT_ARCHETYPES, 3, 0.01);
}

/* A material in 1.5 % of the pixels that never fills one: nearer than archetypes come, on average over scenes. */
static void test_rare_material(void **state) {
    (void)state;
    for (int i = 0; i < 2; i++) {
        const scene_settings s = {
            .P = 4, .dark = 1, .clustering = 0.15, .variability = 0.02, .noise = 0.003, .rare = i ? 0.6 : 0.35};
        double by_auto = 0, by_archetypes = 0, angles[MAX_P];
        int n_rare = 0;
        for (uint64_t seed = 21; seed < 27; seed++) {
            draw_scene(&s, seed);
            assert_int_equal(extract(WSNET_EXTRACT_AUTO, WSNET_MIXING_LINEAR, 4, 1, found), WSNET_OK);
            n_rare += strstr(messages, "rare endmember") != NULL;
            mean_angle(4, found, NULL, angles);
            by_auto += angles[3] / 6;
            assert_int_equal(extract(WSNET_EXTRACT_ARCHETYPES, WSNET_MIXING_LINEAR, 4, 1, found), WSNET_OK);
            mean_angle(4, found, NULL, angles);
            by_archetypes += angles[3] / 6;
        }
        if (!(by_auto < (i ? 0.12 : 0.2) && by_auto < by_archetypes && n_rare > 0))
            fail_msg("largest fraction %.2f: %.3f rad, archetypes %.3f, %d times from the residual", s.rare, by_auto,
                     by_archetypes, n_rare);
    }
}

/* Archetypes end near each other from any seed; the automatic choice does not draw by the seed at all. */
static void test_seeds_agree(void **state) {
    (void)state;
    const scene_settings s = {.P = 5, .dark = 0.1, .clustering = 0.2, .variability = 0.04, .noise = 0.003};
    float first[MAX_P * B];
    double least = INFINITY, most = 0;
    draw_scene(&s, 5);
    for (uint64_t seed = 0; seed < 4; seed++) {
        assert_int_equal(extract(WSNET_EXTRACT_ARCHETYPES, WSNET_MIXING_LINEAR, 5, seed, found), WSNET_OK);
        const double angle = mean_angle(5, found, NULL, NULL);
        least = fmin(least, angle);
        most = fmax(most, angle);
    }
    if (!(most - least < 0.005)) fail_msg("%.4f to %.4f rad", least, most);
    assert_int_equal(extract(WSNET_EXTRACT_AUTO, WSNET_MIXING_LINEAR, 5, 0, first), WSNET_OK);
    assert_int_equal(extract(WSNET_EXTRACT_AUTO, WSNET_MIXING_LINEAR, 5, 77, found), WSNET_OK);
    assert_memory_equal(first, found, 5 * B * sizeof *found);
}

/* ---- brightness, order, sameness ------------------------------------------------------------------------ */

static double norm(const float *x) {
    double sum = 0;
    for (size_t b = 0; b < B; b++) sum += (double)x[b] * (double)x[b];
    return sqrt(sum);
}

static void test_brightness_and_order(void **state) {
    (void)state;
    const scene_settings s = {.P = 3, .dark = 0.1, .clustering = 0.1, .noise = 1e-3};
    size_t order[MAX_P];
    draw_scene(&s, 31);
    /* The second material gets most of the scene. */
    random_state random = random_create(4, 4);
    for (size_t i = 100; i < N / 2; i++)
        for (size_t b = 0; b < B; b++) pixels[i * B + b] = truth[B + b] + (float)(1e-3 * random_normal(&random));
    assert_int_equal(extract(WSNET_EXTRACT_AUTO, WSNET_MIXING_LINEAR, 3, 0, found), WSNET_OK);
    mean_angle(3, found, order, NULL);
    assert_int_equal(order[0], 1);
    for (size_t k = 0; k < 3; k++) {
        const double ratio = norm(found + k * B) / norm(truth + order[k] * B);
        if (!(ratio > 0.9 && ratio < 1.1)) fail_msg("endmember %zu is %.3f times as bright as the truth", k, ratio);
    }
    assert_int_equal(extract(WSNET_EXTRACT_AUTO, WSNET_MIXING_SCALED, 3, 0, found), WSNET_OK);
    for (size_t k = 0; k < 3; k++) {
        float peak = 0;
        for (size_t b = 0; b < B; b++) peak = fmaxf(peak, found[k * B + b]);
        assert_true(fabsf(peak - 1) < 1e-6f);
    }
}

static void test_same_bits_on_any_threads(void **state) {
    (void)state;
    const scene_settings s = {.P = 4, .dark = 0.1, .clustering = 0.2, .variability = 0.03, .noise = 0.002};
    const wsnet_extraction methods[] = {WSNET_EXTRACT_AUTO, WSNET_EXTRACT_ARCHETYPES, WSNET_EXTRACT_VCA,
                                        WSNET_EXTRACT_NFINDR, WSNET_EXTRACT_ATGP};
    draw_scene(&s, 41);
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        float alone[MAX_P * B];
        wsnet_context_set_threads(context, 1);
        assert_int_equal(extract(methods[m], WSNET_MIXING_LINEAR, 4, 6, alone), WSNET_OK);
        wsnet_context_set_threads(context, 3);
        assert_int_equal(extract(methods[m], WSNET_MIXING_LINEAR, 4, 6, found), WSNET_OK);
        assert_memory_equal(alone, found, 4 * B * sizeof *found);
    }
    wsnet_context_set_threads(context, 2);
}

static void test_extreme_sizes(void **state) {
    (void)state;
    const scene_settings s = {.P = 4, .dark = 1, .clustering = 0.3, .noise = 0.002};
    draw_scene(&s, 43);
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    static float many[60 * B];
    for (int method = WSNET_EXTRACT_AUTO; method <= WSNET_EXTRACT_ATGP; method++) {
        options.method = (wsnet_extraction)method;
        assert_int_equal(wsnet_endmembers_extract(context, &options, N, B, pixels, 1, found), WSNET_OK);
        assert_true(norm(found) > 0);
        assert_int_equal(wsnet_endmembers_extract(context, &options, 5, B, pixels, 4, found), WSNET_OK);
        assert_int_equal(wsnet_endmembers_extract(context, &options, N, 4, pixels, 4, found), WSNET_OK);
        assert_int_equal(wsnet_endmembers_extract(context, &options, 60, B, pixels, 30, many), WSNET_OK);
        for (size_t i = 0; i < 30 * B; i++) assert_true(isfinite(many[i]));
    }
}

/* ---- refusals ------------------------------------------------------------------------------------------- */

static void assert_refused(wsnet_status got, wsnet_status want, const char *words) {
    assert_int_equal(got, want);
    if (!strstr(wsnet_context_error(context), words)) fail_msg("\"%s\"", wsnet_context_error(context));
    for (size_t i = 0; i < MAX_P * B; i++) assert_true(found[i] == 7);
}

static void test_refusals(void **state) {
    (void)state;
    const scene_settings s = {.P = 3, .dark = 1, .clustering = 0.3, .noise = 0.01};
    wsnet_extract_options options;
    draw_scene(&s, 51);
    wsnet_extract_options_init(&options);
    for (size_t i = 0; i < MAX_P * B; i++) found[i] = 7;
    assert_refused(wsnet_endmembers_extract(context, &options, N, 2, pixels, 3, found), WSNET_E_SHAPE, "2 bands");
    assert_refused(wsnet_endmembers_extract(context, &options, 2, B, pixels, 3, found), WSNET_E_SHAPE, "2 pixels");
    assert_refused(wsnet_endmembers_extract(context, &options, N, B, pixels, 65, found), WSNET_E_SHAPE, "65");
    assert_refused(wsnet_endmembers_extract(context, &options, N, B, NULL, 3, found), WSNET_E_ARGUMENT, "pixels");
    options.n_starts = 0;
    assert_refused(wsnet_endmembers_extract(context, &options, N, B, pixels, 3, found), WSNET_E_ARGUMENT, "starts");
    wsnet_extract_options_init(&options);
    options.method = (wsnet_extraction)99;
    assert_refused(wsnet_endmembers_extract(context, &options, N, B, pixels, 3, found), WSNET_E_ARGUMENT, "99");
    wsnet_extract_options_init(&options);
    pixels[3 * B + 4] = INFINITY;
    assert_refused(wsnet_endmembers_extract(context, &options, N, B, pixels, 3, found), WSNET_E_NUMERIC, "pixel 4");
    memset(pixels, 0, sizeof pixels);
    assert_refused(wsnet_endmembers_extract(context, &options, N, B, pixels, 3, found), WSNET_E_SHAPE, "not zero");
}

static int stop_late(double fraction, const char *stage, void *user) {
    (void)stage;
    double *last = user;
    assert_true(fraction >= *last && fraction <= 1);
    *last = fraction;
    return fraction < 0.3;
}

static void test_cancel(void **state) {
    (void)state;
    const scene_settings s = {.P = 3, .dark = 1, .clustering = 0.3, .variability = 0.05, .noise = 0.002};
    double last = 0;
    draw_scene(&s, 52);
    for (size_t i = 0; i < MAX_P * B; i++) found[i] = 7;
    wsnet_context_set_progress(context, stop_late, &last);
    const wsnet_status status = extract(WSNET_EXTRACT_AUTO, WSNET_MIXING_LINEAR, 3, 0, found);
    wsnet_context_set_progress(context, NULL, NULL);
    assert_refused(status, WSNET_E_CANCELLED, "cancelled");
    assert_true(last >= 0.3);
}

/* ---- every allocation fails in turn --------------------------------------------------------------------- */

typedef struct counting {
    size_t left, held;
} counting;

static void *count_allocate(size_t size, void *user) {
    counting *count = user;
    void *memory = NULL;
    if (count->left == 0) return NULL;
    count->left--;
    if (posix_memalign(&memory, 64, size ? size : 1) != 0) return NULL;
    count->held++;
    return memory;
}

static void count_release(void *memory, void *user) {
    counting *count = user;
    count->held--;
    free(memory);
}

static void test_failing_allocations(void **state) {
    (void)state;
    const scene_settings s = {.P = 3, .dark = 1, .clustering = 0.3, .noise = 0.002};
    draw_scene(&s, 53);
    for (int method = WSNET_EXTRACT_AUTO; method <= WSNET_EXTRACT_ATGP; method++) {
        wsnet_extract_options options;
        wsnet_extract_options_init(&options);
        options.method = (wsnet_extraction)method;
        options.n_starts = 1;
        wsnet_status status = WSNET_E_MEMORY;
        for (size_t n = 0; status != WSNET_OK; n++) {
            assert_true(n < 400);
            counting count = {SIZE_MAX, 0};
            const wsnet_allocator allocator = {count_allocate, count_release, &count};
            wsnet_context *poor = wsnet_context_create(&allocator);
            count.left = n;
            status = wsnet_endmembers_extract(poor, &options, 200, B, pixels, 3, found);
            assert_true(status == WSNET_OK || status == WSNET_E_MEMORY);
            wsnet_context_destroy(poor);
            assert_int_equal(count.held, 0);
        }
    }
}

/* ---- checks --------------------------------------------------------------------------------------------- */

static void test_check_quiet(void **state) {
    (void)state;
    const scene_settings s = {.P = 3, .dark = 1, .clustering = 0.3, .noise = 0.002};
    wsnet_endmember_check check;
    draw_scene(&s, 61);
    messages[0] = 0;
    assert_int_equal(wsnet_endmembers_check(context, N, B, pixels, 3, truth, NULL, &check), WSNET_OK);
    assert_string_equal(messages, "");
    assert_true(check.min_angle_rad > 0.1 && check.condition > 1 && check.condition < 100);
    assert_true(check.shade == SIZE_MAX && check.negative_share < 0.05);
    assert_true(check.scale_ratio > 0.5 && check.scale_ratio < 2);
}

/* One danger after the other, each with its own sentence and no other. */
static void test_check_dangers(void **state) {
    (void)state;
    const scene_settings s = {.P = 4, .dark = 1, .clustering = 0.3, .noise = 0.002};
    const char *const names[] = {"roof", "tree", "soil", "water"};
    wsnet_endmember_check check;
    float E[MAX_P * B];
    draw_scene(&s, 62);
    memcpy(E, truth, sizeof E);
    for (size_t b = 0; b < B; b++) E[3 * B + b] = 1.1f * E[B + b] + 1e-3f * E[2 * B + b];
    messages[0] = 0;
    assert_int_equal(wsnet_endmembers_check(context, N, B, pixels, 4, E, names, &check), WSNET_OK);
    assert_non_null(strstr(messages, "tree and water are only"));
    assert_non_null(strstr(messages, "condition number"));
    assert_true(check.closest[0] == 1 && check.closest[1] == 3 && check.condition > 1000);

    memcpy(E, truth, sizeof E);
    for (size_t b = 0; b < B; b++) E[2 * B + b] *= 1e-3f;
    messages[0] = 0;
    assert_int_equal(wsnet_endmembers_check(context, N, B, pixels, 4, E, names, &check), WSNET_OK);
    assert_non_null(strstr(messages, "soil is nearly zero"));
    assert_int_equal(check.shade, 2);

    for (size_t i = 0; i < 4 * B; i++) E[i] = 1e-4f * truth[i];
    messages[0] = 0;
    assert_int_equal(wsnet_endmembers_check(context, N, B, pixels, 4, E, names, &check), WSNET_OK);
    assert_non_null(strstr(messages, "other units"));
    assert_null(strstr(messages, "nearly zero"));
    assert_true(check.scale_ratio > 5e3 && check.scale_ratio < 2e4);

    /* Endmembers that are mixtures themselves cannot reach the pure pixels. */
    for (size_t k = 0; k < 4; k++)
        for (size_t b = 0; b < B; b++) E[k * B + b] = 0.6f * truth[k * B + b] + 0.4f * truth[(k + 1) % 4 * B + b];
    messages[0] = 0;
    assert_int_equal(wsnet_endmembers_check(context, N, B, pixels, 4, E, names, &check), WSNET_OK);
    if (!strstr(messages, "below -0.05")) fail_msg("certain share %.3f", check.certain_share);
    assert_true(check.negative_share > 0.1 && check.negative_share < 1);
}

static void test_check_refusals(void **state) {
    (void)state;
    wsnet_endmember_check check = {.condition = 7};
    const float zero[2 * 3] = {0}, bad[3] = {1, NAN, 0}, y[3] = {1, 1, 1};
    assert_int_equal(wsnet_endmembers_check(context, 1, 3, y, 1, bad, NULL, &check), WSNET_E_NUMERIC);
    assert_int_equal(wsnet_endmembers_check(context, 1, 3, NULL, 1, y, NULL, &check), WSNET_E_ARGUMENT);
    assert_true(check.condition == 7);
    messages[0] = 0;
    assert_int_equal(wsnet_endmembers_check(context, 1, 3, y, 2, zero, NULL, &check), WSNET_OK);
    assert_true(isinf(check.condition) && check.shade == 0);
    assert_int_equal(wsnet_endmembers_check(context, 0, 3, y, 1, y, NULL, &check), WSNET_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exact_mixing),
        cmocka_unit_test(test_varying_materials_with_dark_one),
        cmocka_unit_test(test_archetypes_of_pure_pixels),
        cmocka_unit_test(test_rare_material),
        cmocka_unit_test(test_seeds_agree),
        cmocka_unit_test(test_brightness_and_order),
        cmocka_unit_test(test_same_bits_on_any_threads),
        cmocka_unit_test(test_extreme_sizes),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_failing_allocations),
        cmocka_unit_test(test_check_quiet),
        cmocka_unit_test(test_check_dangers),
        cmocka_unit_test(test_check_refusals),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
