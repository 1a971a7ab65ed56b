/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "least_squares.h"
#include "random.h"

enum { MAX_P = 12, MAX_B = 64 };

static const wsnet_method methods[] = {WSNET_METHOD_UCLS, WSNET_METHOD_NNLS, WSNET_METHOD_FCLS};

/* ---- brute force ---------------------------------------------------------------------------------------- */

/* Gaussian elimination with full row pivoting in extended precision. @return false when singular */
static bool eliminate(size_t n, long double m[MAX_P + 1][MAX_P + 2]) {
    for (size_t j = 0; j < n; j++) {
        size_t pivot = j;
        for (size_t i = j; i < n; i++)
            if (fabsl(m[i][j]) > fabsl(m[pivot][j])) pivot = i;
        if (fabsl(m[pivot][j]) < 1e-14L) return false;
        for (size_t k = 0; k <= n; k++) {
            const long double swap = m[j][k];
            m[j][k] = m[pivot][k];
            m[pivot][k] = swap;
        }
        for (size_t i = 0; i < n; i++) {
            const long double factor = m[i][j] / m[j][j];
            for (size_t k = j; k <= n && i != j; k++) m[i][k] -= factor * m[j][k];
        }
    }
    return true;
}

static long double residual2(size_t B, size_t P, const float *E, const float *y, const long double *a) {
    long double sum = 0;
    for (size_t b = 0; b < B; b++) {
        long double r = y[b];
        for (size_t k = 0; k < P; k++) r -= a[k] * (long double)E[k * B + b];
        sum += r * r;
    }
    return sum;
}

/* Least squares on one subset through the (bordered) normal equations. @return false when singular or infeasible */
static bool on_subset(size_t B, size_t P, const float *E, const float *y, unsigned subset, bool one, long double *a) {
    size_t member[MAX_P], n = 0;
    for (size_t k = 0; k < P; k++)
        if (subset >> k & 1) member[n++] = k;
    for (size_t k = 0; k < P; k++) a[k] = 0;
    if (n == 0) return !one;
    long double m[MAX_P + 1][MAX_P + 2] = {{0}}, scale = 0;
    const size_t size = n + (one ? 1 : 0);
    for (size_t i = 0; i < P * B; i++) scale = fmaxl(scale, fabsl((long double)E[i]));
    for (size_t i = 0; i < n; i++) {
        for (size_t b = 0; b < B; b++) {
            const long double e = (long double)E[member[i] * B + b] / scale;
            m[i][size] += e * (long double)y[b] / scale;
            for (size_t j = 0; j < n; j++) m[i][j] += e * (long double)E[member[j] * B + b] / scale;
        }
        if (one) m[i][n] = m[n][i] = 1;
    }
    if (one) m[n][size] = 1;
    if (!eliminate(size, m)) return false;
    for (size_t i = 0; i < n; i++) a[member[i]] = m[i][size] / m[i][i];
    for (size_t k = 0; k < P; k++)
        if (a[k] < 0) return false;
    return true;
}

/* Every active set: the feasible one of least residual is the answer. @return its residual squared */
static long double brute_force(size_t B, size_t P, const float *E, const float *y, bool one, long double *best) {
    long double lowest = INFINITY, a[MAX_P];
    for (unsigned subset = 0; subset < 1u << P; subset++) {
        if (!on_subset(B, P, E, y, subset, one, a)) continue;
        const long double r = residual2(B, P, E, y, a);
        if (r < lowest) {
            lowest = r;
            memcpy(best, a, P * sizeof *a);
        }
    }
    return lowest;
}

/* ---- made-up problems ----------------------------------------------------------------------------------- */

static void draw_endmembers(random_state *random, size_t B, size_t P, double scale, float *E) {
    for (size_t k = 0; k < P; k++) {
        const double amplitude = 0.1 + random_uniform(random), phase = 6 * random_uniform(random);
        const double frequency = 1 + 9 * random_uniform(random);
        for (size_t b = 0; b < B; b++)
            E[k * B + b] =
                (float)(scale * amplitude *
                        (0.6 + 0.4 * sin(frequency * (double)b / (double)B + phase) + 0.02 * random_normal(random)));
    }
}

static void draw_pixel(random_state *random, size_t B, size_t P, const float *E, double noise, float *y) {
    double a[MAX_P], sum = 0;
    for (size_t k = 0; k < P; k++) sum += a[k] = random_gamma(random, 0.4);
    const double brightness = 0.5 + random_uniform(random);
    for (size_t b = 0; b < B; b++) {
        double value = noise * random_normal(random);
        for (size_t k = 0; k < P; k++) value += brightness * a[k] / sum * (double)E[k * B + b];
        y[b] = (float)value;
    }
}

static wsnet_context *context;

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

static void assert_near(double got, double want, double tolerance) {
    if (!(fabs(got - want) <= tolerance)) fail_msg("%.9g instead of %.9g", got, want);
}

/* ---- tests ---------------------------------------------------------------------------------------------- */

static void compare_with_brute_force(size_t B, size_t P, double scale, double noise, size_t n, uint64_t seed) {
    random_state random = random_create(seed, P);
    float E[MAX_P * MAX_B], *Y = malloc(n * B * sizeof *Y), *A = malloc(n * P * sizeof *A);
    draw_endmembers(&random, B, P, scale, E);
    for (size_t i = 0; i < n; i++) draw_pixel(&random, B, P, E, scale * noise, Y + i * B);
    for (int m = 1; m < 3; m++) {
        assert_int_equal(wsnet_least_squares(context, methods[m], n, B, P, E, Y, A), WSNET_OK);
        for (size_t i = 0; i < n; i++) {
            long double want[MAX_P];
            brute_force(B, P, E, Y + i * B, methods[m] == WSNET_METHOD_FCLS, want);
            for (size_t k = 0; k < P; k++) assert_near((double)A[i * P + k], (double)want[k], 1e-6);
        }
    }
    free(Y);
    free(A);
}

static void test_brute_force(void **state) {
    (void)state;
    for (size_t P = 1; P <= 9; P++) compare_with_brute_force(40, P, 1, 0.05, P < 7 ? 100 : 20, 1);
    compare_with_brute_force(40, 12, 1, 0.05, 4, 2);
    compare_with_brute_force(5, 5, 1, 0.3, 200, 3);
    compare_with_brute_force(64, 4, 1, 0, 100, 4);
}

static void test_scales(void **state) {
    (void)state;
    compare_with_brute_force(40, 5, 1e-12, 0.05, 50, 5);
    compare_with_brute_force(40, 5, 1e12, 0.05, 50, 6);
    compare_with_brute_force(40, 9, 1e4, 0.05, 10, 7);
}

/* Where endmembers depend on each other the abundances are not unique, but the residual is. */
static void compare_residuals(size_t B, size_t P, const float *E, size_t n, const float *Y) {
    float A[256 * MAX_P];
    for (int m = 1; m < 3; m++) {
        const bool one = methods[m] == WSNET_METHOD_FCLS;
        assert_int_equal(wsnet_least_squares(context, methods[m], n, B, P, E, Y, A), WSNET_OK);
        for (size_t i = 0; i < n; i++) {
            long double a[MAX_P], want[MAX_P], sum = 0;
            const long double zero[MAX_P] = {0};
            for (size_t k = 0; k < P; k++) {
                a[k] = A[i * P + k];
                sum += a[k];
                assert_true(a[k] >= 0 && a[k] <= 1e3L);
            }
            if (one) assert_near((double)sum, 1, 1e-6);
            const long double lowest = brute_force(B, P, E, Y + i * B, one, want);
            const long double level = residual2(B, P, E, Y + i * B, zero);
            assert_true(residual2(B, P, E, Y + i * B, a) <= lowest + 1e-6L * level);
        }
    }
}

static void test_dependent_endmembers(void **state) {
    (void)state;
    enum { B = 30, P = 6, N = 100 };
    random_state random = random_create(11, 0);
    float E[MAX_P * B], Y[N * B];
    draw_endmembers(&random, B, P, 1, E);
    memcpy(E + 3 * B, E + 1 * B, B * sizeof *E);
    for (size_t b = 0; b < B; b++) {
        E[4 * B + b] = 2 * E[0 * B + b];
        E[5 * B + b] = 0.5f * E[0 * B + b] + 0.5f * E[2 * B + b];
    }
    for (size_t i = 0; i < N; i++) draw_pixel(&random, B, P, E, 0.05, Y + i * B);
    compare_residuals(B, P, E, N, Y);
    for (size_t k = 6; k < 10; k++) memcpy(E + k * B, E + (k - 6) * B, B * sizeof *E);
    compare_residuals(B, 10, E, 8, Y);
}

static void test_shade(void **state) {
    (void)state;
    enum { B = 30, P = 4, N = 100 };
    random_state random = random_create(12, 0);
    float E[P * B], Y[N * B];
    draw_endmembers(&random, B, P, 1, E);
    memset(E + 2 * B, 0, B * sizeof *E);
    for (size_t i = 0; i < N; i++) draw_pixel(&random, B, P, E, 0.05, Y + i * B);
    compare_residuals(B, P, E, N, Y);
    memset(E, 0, sizeof E);
    compare_residuals(B, P, E, 3, Y);
}

/* Karush-Kuhn-Tucker conditions where brute force would take too long. */
static void test_many_endmembers(void **state) {
    (void)state;
    enum { B = 200, P = 64, N = 20 };
    random_state random = random_create(13, 0);
    static float E[P * B], Y[N * B], A[N * P];
    for (size_t i = 0; i < P * B; i++) E[i] = (float)random_uniform(&random);
    for (size_t i = 0; i < N * B; i++) Y[i] = (float)random_uniform(&random);
    for (int m = 1; m < 3; m++) {
        const bool one = methods[m] == WSNET_METHOD_FCLS;
        assert_int_equal(wsnet_least_squares(context, methods[m], N, B, P, E, Y, A), WSNET_OK);
        for (size_t i = 0; i < N; i++) {
            double gradient[P], multiplier = 0, sum = 0;
            for (size_t k = 0; k < P; k++) {
                gradient[k] = 0;
                for (size_t b = 0; b < B; b++) {
                    double r = (double)Y[i * B + b];
                    for (size_t j = 0; j < P; j++) r -= (double)A[i * P + j] * (double)E[j * B + b];
                    gradient[k] += r * (double)E[k * B + b];
                }
                sum += (double)A[i * P + k];
                multiplier += one ? gradient[k] * (double)A[i * P + k] : 0;
            }
            if (one) assert_near(sum, 1, 1e-6);
            for (size_t k = 0; k < P; k++) {
                assert_true(A[i * P + k] >= 0);
                if (A[i * P + k] > 0) assert_near(gradient[k], multiplier, 1e-3);
                assert_true(gradient[k] <= multiplier + 1e-3);
            }
        }
    }
}

static void test_unconstrained(void **state) {
    (void)state;
    enum { B = 20, P = 3 };
    random_state random = random_create(14, 0);
    float E[P * B], y[B], a[P], pinv[B * P];
    draw_endmembers(&random, B, P, 1, E);
    for (size_t b = 0; b < B; b++) y[b] = 1.5f * E[b] - 0.5f * E[B + b] + 0.25f * E[2 * B + b];
    assert_int_equal(wsnet_least_squares(context, WSNET_METHOD_UCLS, 1, B, P, E, y, a), WSNET_OK);
    const double want[P] = {1.5, -0.5, 0.25};
    for (size_t k = 0; k < P; k++) assert_near((double)a[k], want[k], 1e-5);
    least_squares *prepared;
    assert_int_equal(least_squares_create(context, B, P, E, &prepared), WSNET_OK);
    least_squares_pinv(prepared, pinv);
    for (size_t j = 0; j < P; j++)
        for (size_t k = 0; k < P; k++) {
            double product = 0;
            for (size_t b = 0; b < B; b++) product += (double)E[j * B + b] * (double)pinv[b * P + k];
            assert_near(product, j == k, 1e-5);
        }
    least_squares_destroy(context, prepared);
}

/* Two orthogonal endmembers of lengths 1 and 2: with a sum of one, a_0 = (4 + z_0 - 2 z_1) / 5, variance 5 / 25. */
static void test_variance(void **state) {
    (void)state;
    const float E[2 * 3] = {1, 0, 0, 0, 0, 2};
    double diagonal[2];
    least_squares *prepared;
    assert_int_equal(least_squares_create(context, 3, 2, E, &prepared), WSNET_OK);
    least_squares_sum_to_one_variance(prepared, diagonal);
    assert_near(diagonal[0], 0.2, 1e-12);
    assert_near(diagonal[1], 0.2, 1e-12);
    least_squares_destroy(context, prepared);
}

static void test_classical(void **state) {
    (void)state;
    const float E[2 * 3] = {1, 0, 0, 0, 1, 0}, Y[3 * 3] = {2, 6, 1, -1, -1, 0, NAN, 0, 0};
    float a[6], sums[3];
    least_squares *prepared;
    assert_int_equal(least_squares_create(context, 3, 2, E, &prepared), WSNET_OK);
    least_squares_classical(prepared, WSNET_MIXING_SCALED, 3, Y, a, sums);
    const double scaled[4] = {0.25, 0.75, 0.5, 0.5};
    for (size_t i = 0; i < 4; i++) assert_near((double)a[i], scaled[i], 1e-6);
    assert_near((double)sums[0], 8, 1e-6);
    assert_near((double)sums[1], 0, 1e-6);
    assert_true(isnan(a[4]) && isnan(a[5]) && isnan(sums[2]));
    least_squares_classical(prepared, WSNET_MIXING_LINEAR, 3, Y, a, sums);
    assert_near((double)a[0], 0, 1e-6);
    assert_near((double)a[2], 0.5, 1e-6);
    assert_near((double)sums[0], 1, 0);
    assert_true(isnan(a[4]) && isnan(sums[2]));
    least_squares_destroy(context, prepared);
}

/* A pixel's answer has the same bits wherever it stands, whoever its neighbours are, on any number of threads. */
static void test_neighbours(void **state) {
    (void)state;
    enum { B = 300, N = 2100 };
    for (size_t P = 5; P <= 11; P += 3) {
        random_state random = random_create(15, P);
        float *E = malloc(P * B * sizeof *E), *Y = malloc(N * B * sizeof *Y);
        float *A = malloc(N * P * sizeof *A), alone[MAX_P];
        draw_endmembers(&random, B, P, 1, E);
        for (size_t i = 0; i < N; i++) draw_pixel(&random, B, P, E, 0.05, Y + i * B);
        Y[7 * B + 250] = INFINITY;
        Y[8 * B] = NAN;
        for (int m = 0; m < 3; m++) {
            assert_int_equal(wsnet_context_set_threads(context, (size_t)m + 1), WSNET_OK);
            assert_int_equal(wsnet_least_squares(context, methods[m], N, B, P, E, Y, A), WSNET_OK);
            for (size_t i = 0; i < N; i += i < 40 ? 1 : 97) {
                assert_int_equal(wsnet_least_squares(context, methods[m], 1, B, P, E, Y + i * B, alone), WSNET_OK);
                for (size_t k = 0; k < P; k++)
                    if (i == 7 || i == 8)
                        assert_true(isnan(A[i * P + k]) && isnan(alone[k]));
                    else
                        assert_memory_equal(&alone[k], &A[i * P + k], sizeof(float));
            }
        }
        free(E);
        free(Y);
        free(A);
    }
}

static void assert_refused(wsnet_status got, wsnet_status want, const char *words) {
    assert_int_equal(got, want);
    if (!strstr(wsnet_context_error(context), words)) fail_msg("\"%s\"", wsnet_context_error(context));
}

static void test_refusals(void **state) {
    (void)state;
    float E[6] = {1, 0, 0, 0, 1, 0}, y[3] = {1, 1, 1}, a[3] = {7, 7, 7};
    assert_refused(wsnet_least_squares(context, WSNET_METHOD_WSNET, 1, 3, 2, E, y, a), WSNET_E_ARGUMENT, "fcls");
    assert_refused(wsnet_least_squares(context, WSNET_METHOD_FCLS, 1, 2, 3, E, y, a), WSNET_E_SHAPE, "3 endmembers");
    assert_refused(wsnet_least_squares(context, WSNET_METHOD_FCLS, 1, 3, 0, E, y, a), WSNET_E_SHAPE, "0 endmembers");
    assert_refused(wsnet_least_squares(context, WSNET_METHOD_FCLS, 1, 5000, 2, E, y, a), WSNET_E_SHAPE, "5000 bands");
    assert_refused(wsnet_least_squares(context, WSNET_METHOD_FCLS, 1, 3, 2, NULL, y, a), WSNET_E_ARGUMENT,
                   "endmembers");
    assert_refused(wsnet_least_squares(context, WSNET_METHOD_FCLS, 1, 3, 2, E, NULL, a), WSNET_E_ARGUMENT, "pixels");
    E[4] = NAN;
    assert_refused(wsnet_least_squares(context, WSNET_METHOD_FCLS, 1, 3, 2, E, y, a), WSNET_E_NUMERIC, "endmember 2");
    assert_true(a[0] == 7 && a[1] == 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brute_force),     cmocka_unit_test(test_scales),
        cmocka_unit_test(test_shade),           cmocka_unit_test(test_dependent_endmembers),
        cmocka_unit_test(test_many_endmembers), cmocka_unit_test(test_unconstrained),
        cmocka_unit_test(test_variance),        cmocka_unit_test(test_classical),
        cmocka_unit_test(test_neighbours),      cmocka_unit_test(test_refusals),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
