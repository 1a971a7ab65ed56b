/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include "kernels/vector.h"

typedef vec (*vector_function)(vec);
typedef double (*exact_function)(double);

static vec exp_of(vec x) { return vector_exp(x); }
static vec exp2_of(vec x) { return vector_exp2_within(x); }
static vec log_of(vec x) { return vector_log(x); }
static vec sigmoid_of(vec x) { return vector_sigmoid(x); }
static vec softplus_of(vec x) { return vector_softplus(x); }
static double exact_sigmoid(double x) { return 1 / (1 + exp(-x)); }
static double exact_softplus(double x) { return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)); }

/* Largest relative error over [from, to]. */
static double worst_error(vector_function function, exact_function exact, double from, double to) {
    enum { N = 400000 };
    double worst = 0;
    for (int i = 0; i < N; i += WIDTH) {
        vec x;
        for (int l = 0; l < WIDTH; l++) x[l] = (real)(from + (to - from) * (i + l) / N);
        const vec y = function(x);
        for (int l = 0; l < WIDTH; l++) {
            const double expected = exact((double)x[l]), scale = fmax(fabs(expected), 1e-37);
            worst = fmax(worst, fabs((double)y[l] - expected) / scale);
        }
    }
    return worst;
}

static void check(const char *name, vector_function function, exact_function exact, double from, double to) {
    const double worst = worst_error(function, exact, from, to);
    print_message("%s on [%g, %g]: largest relative error %.2e\n", name, from, to, worst);
    assert_true(worst < 3e-7);
}

static void test_errors_against_libm(void **state) {
    (void)state;
    check("exp", exp_of, exp, -86, 88);
    check("exp", exp_of, exp, -1, 1);
    check("exp2", exp2_of, exp2, -120, 0);
    check("log", log_of, log, 1e-6, 0.9);
    check("log", log_of, log, 1.1, 1e6);
    check("sigmoid", sigmoid_of, exact_sigmoid, -80, 80);
    check("softplus", softplus_of, exact_softplus, -80, 80);
    check("softplus", softplus_of, exact_softplus, -2, 2);
}

static vec spread(real value) { return vector_set(value); }

static void test_ends_of_the_range(void **state) {
    (void)state;
    assert_true(vector_exp(spread(-1e9f))[0] < 1e-37f && vector_exp(spread(-INFINITY))[0] >= 0);
    assert_true(vector_exp(spread(1e9f))[0] > 1e38f);
    assert_true(vector_sigmoid(spread(1e9f))[0] == 1 && vector_sigmoid(spread(-1e9f))[0] < 1e-37f);
    assert_true(vector_softplus(spread(1e30f))[0] == 1e30f);
    assert_true(vector_log(spread(1))[0] == 0 && isinf(vector_log(spread(INFINITY))[0]));
    assert_true(isnan(vector_exp(spread(NAN))[0]) && isnan(vector_sigmoid(spread(NAN))[0]));
    assert_true(isnan(vector_softplus(spread(NAN))[0]) && isnan(vector_log(spread(NAN))[0]));
    assert_true(isnan(vector_max(spread(NAN), spread(1))[0]) && isnan(vector_min(spread(NAN), spread(1))[0]));
}

static void test_sum_and_choices(void **state) {
    (void)state;
    vec x;
    for (int l = 0; l < WIDTH; l++) x[l] = (real)(l - 1);
    assert_true(vector_sum(x) == (real)(WIDTH * (WIDTH - 1) / 2 - WIDTH));
    assert_true(vector_abs(x)[0] == 1 && vector_abs(x)[2] == 1);
    assert_true(vector_max(x, spread(0))[0] == 0 && vector_min(x, spread(0))[2] == 0);
    const vec chosen = vector_select(x > spread(0), spread(7), x);
    assert_true(chosen[0] == -1 && chosen[2] == 7);
    assert_true(vector_sqrt(spread(9))[0] == 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_errors_against_libm),
        cmocka_unit_test(test_ends_of_the_range),
        cmocka_unit_test(test_sum_and_choices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
