/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "algebra.h"
#include "random.h"

enum { N = 4000, B = 60 };

static wsnet_context *context;
static float pixels[N * B];

static int set_up(void **state) {
    (void)state;
    context = wsnet_context_create(NULL);
    return context ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    wsnet_context_destroy(context);
    return 0;
}

/* Mixtures of n smooth spectra; the noise of band b has the standard deviation noise * (1 + b / B). */
static void draw_scene(size_t n, double noise, uint64_t seed) {
    random_state random = random_create(seed, 0);
    double spectra[16][B], a[16];
    for (size_t k = 0; k < n; k++) {
        const double centre = B * random_uniform(&random), width = 4 + 12 * random_uniform(&random);
        for (size_t b = 0; b < B; b++) {
            const double x = ((double)b - centre) / width;
            spectra[k][b] = 0.4 + 0.4 * exp(-x * x);
        }
    }
    for (size_t i = 0; i < N; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++) sum += a[k] = random_gamma(&random, 0.7);
        for (size_t b = 0; b < B; b++) {
            double y = noise * (1 + (double)b / B) * random_normal(&random);
            for (size_t k = 0; k < n; k++) y += a[k] / sum * spectra[k][b];
            pixels[i * B + b] = (float)y;
        }
    }
}

static void test_noise(void **state) {
    (void)state;
    float noise_sd[B];
    draw_scene(4, 0.005, 1);
    assert_int_equal(wsnet_endmembers_count(context, N, B, pixels, 1e-4, NULL, NULL, noise_sd), WSNET_OK);
    for (size_t b = 0; b < B; b++) {
        const double ratio = (double)noise_sd[b] / (0.005 * (1 + (double)b / B));
        assert_true(ratio > 0.95 && ratio < 1.15);
    }
}

static void test_counts(void **state) {
    (void)state;
    for (size_t n = 2; n <= 6; n += 2) {
        size_t hysime = 0, nwhfc = 0;
        draw_scene(n, 0.001, 10 + n);
        assert_int_equal(wsnet_endmembers_count(context, N, B, pixels, 1e-4, &hysime, &nwhfc, NULL), WSNET_OK);
        assert_int_equal(hysime, n);
        assert_int_equal(nwhfc, n);
    }
}

/* Noise that neighbouring bands share, which HySime takes for signal. */
static void add_shared_noise(double noise, uint64_t seed) {
    random_state random = random_create(seed, 1);
    for (size_t i = 0; i < N; i++) {
        double now = 0;
        for (size_t b = 0; b < B; b++) {
            now = 0.6 * now + 0.8 * random_normal(&random);
            pixels[i * B + b] += (float)(noise * now);
        }
    }
}

static void test_suggestion(void **state) {
    (void)state;
    for (size_t n = 2; n <= 6; n += 2) {
        size_t hysime = 0, nwhfc = 0, growth = 0, count = 0;
        draw_scene(n, 0, 10 + n);
        assert_int_equal(wsnet_endmembers_suggest(context, N, B, pixels, n, &growth, &count), WSNET_OK);
        assert_true(growth == n && count == n);
        add_shared_noise(0.002, 40 + n);
        assert_int_equal(wsnet_endmembers_count(context, N, B, pixels, 1e-4, &hysime, &nwhfc, NULL), WSNET_OK);
        assert_int_equal(wsnet_endmembers_suggest(context, N, B, pixels, nwhfc, &growth, &count), WSNET_OK);
        assert_true(hysime >= n + 3 && count + 1 >= n && count <= n + 1);
    }
    size_t count = 0;
    assert_int_equal(wsnet_endmembers_suggest(context, N, B, pixels, 99, NULL, &count), WSNET_OK);
    assert_int_equal(count, 12);
    assert_int_equal(wsnet_endmembers_suggest(context, N, 2, pixels, 0, NULL, &count), WSNET_OK);
    assert_int_equal(count, 2);
}

/* Bands that repeat each other or are empty leave the count standing. */
static void test_dead_bands(void **state) {
    (void)state;
    size_t hysime = 0;
    float noise_sd[B];
    draw_scene(3, 0.001, 20);
    for (size_t i = 0; i < N; i++) {
        pixels[i * B + 7] = pixels[i * B + 8];
        pixels[i * B + 30] = 0;
    }
    assert_int_equal(wsnet_endmembers_count(context, N, B, pixels, 1e-4, &hysime, NULL, noise_sd), WSNET_OK);
    assert_true(hysime >= 3 && hysime <= 4);
    for (size_t b = 0; b < B; b++) assert_true(noise_sd[b] > 0);
}

static void assert_refused(wsnet_status got, wsnet_status want, const char *words) {
    assert_int_equal(got, want);
    if (!strstr(wsnet_context_error(context), words)) fail_msg("\"%s\"", wsnet_context_error(context));
}

static void test_refusals(void **state) {
    (void)state;
    size_t hysime = 77;
    draw_scene(3, 0.001, 21);
    assert_refused(wsnet_endmembers_count(context, N, 1, pixels, 1e-4, &hysime, NULL, NULL), WSNET_E_SHAPE, "1 bands");
    assert_refused(wsnet_endmembers_count(context, 1, B, pixels, 1e-4, &hysime, NULL, NULL), WSNET_E_SHAPE, "1 pixels");
    assert_refused(wsnet_endmembers_count(context, N, B, NULL, 1e-4, &hysime, NULL, NULL), WSNET_E_ARGUMENT, "pixels");
    assert_refused(wsnet_endmembers_count(context, N, B, pixels, 0, &hysime, NULL, NULL), WSNET_E_ARGUMENT,
                   "false alarm");
    pixels[5 * B + 3] = NAN;
    assert_refused(wsnet_endmembers_count(context, N, B, pixels, 1e-4, &hysime, NULL, NULL), WSNET_E_NUMERIC,
                   "pixel 6 has a value that is not finite in band 4");
    assert_refused(wsnet_endmembers_suggest(context, N, B, pixels, 3, NULL, &hysime), WSNET_E_NUMERIC, "not finite");
    memset(pixels, 0, sizeof pixels);
    assert_refused(wsnet_endmembers_suggest(context, N, B, pixels, 3, NULL, &hysime), WSNET_E_NUMERIC, "zero");
    assert_refused(wsnet_endmembers_suggest(context, N, B, pixels, 3, NULL, NULL), WSNET_E_ARGUMENT, "count");
    assert_refused(wsnet_endmembers_count(context, N, B, pixels, 1e-4, &hysime, NULL, NULL), WSNET_E_NUMERIC, "zero");
    assert_int_equal(hysime, 77);
}

/* ---- algebra -------------------------------------------------------------------------------------------- */

/* A matrix with known eigenvectors: the leading ones agree with those of LAPACK, and their values. */
static void test_leading(void **state) {
    (void)state;
    draw_scene(5, 0.01, 30);
    static double moments[B * B], all[B * B];
    double values[B], leading[6 * B], leading_values[6];
    algebra_moments(context, N, B, pixels, NULL, moments);
    memcpy(all, moments, sizeof all);
    assert_int_equal(algebra_eigen(context, B, all, values), WSNET_OK);
    assert_int_equal(algebra_leading(context, B, moments, 6, leading, leading_values), WSNET_OK);
    for (size_t k = 0; k < 5; k++) {
        assert_true(fabs(leading_values[k] / values[B - 1 - k] - 1) < 1e-9);
        assert_true(fabs(fabs(algebra_dot(B, leading + k * B, all + (B - 1 - k) * B)) - 1) < 1e-9);
    }
}

static void test_moments(void **state) {
    (void)state;
    draw_scene(3, 0.01, 31);
    static double moments[B * B], threaded[B * B], factors[N];
    for (size_t i = 0; i < N; i++) factors[i] = (double)(i % 3);
    algebra_moments(context, N - 3, B, pixels, factors, moments);
    const size_t probes[3][2] = {{0, 0}, {17, 42}, {59, 3}};
    for (size_t p = 0; p < 3; p++) {
        double sum = 0;
        for (size_t i = 0; i < N - 3; i++)
            sum += factors[i] * (double)pixels[i * B + probes[p][0]] * (double)pixels[i * B + probes[p][1]];
        assert_true(fabs(moments[probes[p][0] * B + probes[p][1]] / sum - 1) < 1e-12);
    }
    wsnet_context_set_threads(context, 3);
    algebra_moments(context, N - 3, B, pixels, factors, threaded);
    assert_memory_equal(moments, threaded, sizeof moments);
}

static void test_select(void **state) {
    (void)state;
    random_state random = random_create(3, 3);
    for (size_t n = 1; n < 40; n++) {
        double values[40];
        size_t order[40];
        for (size_t i = 0; i < n; i++) order[i] = i;
        for (size_t k = 0; k < n; k++) {
            for (size_t i = n; i-- > 1;) {
                const size_t j = random_index(&random, i + 1), swap = order[i];
                order[i] = order[j];
                order[j] = swap;
            }
            for (size_t i = 0; i < n; i++) values[i] = (double)(order[i] / 2);
            assert_true(algebra_select(n, values, k) == (double)(k / 2));
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_noise),      cmocka_unit_test(test_counts),   cmocka_unit_test(test_suggestion),
        cmocka_unit_test(test_dead_bands), cmocka_unit_test(test_leading),  cmocka_unit_test(test_moments),
        cmocka_unit_test(test_select),     cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
