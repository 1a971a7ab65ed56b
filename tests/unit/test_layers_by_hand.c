/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every layer on inputs whose answer is known by hand, in double precision. */
#define WSNET_REAL_DOUBLE
#define WSNET_KERNEL_SUFFIX _double
#include "golden.h"
#include "layers.h"

static void assert_near(double found, double expected) {
    if (!(fabs(found - expected) <= 1e-12 * fmax(1, fabs(expected))))
        fail_msg("%.15g should be %.15g", found, expected);
}

/* [n] numbers, the same in every lane. */
static real *same(size_t n, const double *numbers) {
    real *values = made_zeros(n * LANES);
    for (size_t i = 0; i < n * LANES; i++) values[i] = numbers[i / LANES];
    return values;
}
/* Every lane of [n] holds these numbers. */
static void assert_all(size_t n, const real *values, const double *expected) {
    for (size_t i = 0; i < n * LANES; i++) assert_near(values[i], expected[i / LANES]);
}

static void test_haar(void **state) {
    (void)state;
    const network_dims dims = {.B = 11, .Q = 8, .T = 2};
    real *x = same(11, (const double[]){3, 3, 3, 3, 3, 3, 3, 3, 1, 2, 6}), *level = same(1, (const double[]){2});
    real *c = made_zeros(16 * LANES);
    wavelet_forward(&dims, true, x, level, c);
    /* a constant block has an approximation alone; the last value, 6, fills the second block: 1 2 6 6 6 6 6 6 */
    assert_all(16, c,
               (const double[]){3 * sqrt(8) / 2, 0, 0, 0, 0, 0, 0, 0, 39 / sqrt(8) / 2, -9 / sqrt(8) / 2, -4.5 / 2, 0,
                                -1 / sqrt(2) / 2, 0, 0, 0});
    wavelet_forward(&dims, false, x, level, c);
    assert_all(16, c, (const double[]){1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 1.5, 0.5, 1, 3, 3, 3, 3, 3, 3});
    free(x);
    free(level);
    free(c);
}

static void test_haar_golden(void **state) {
    (void)state;
    golden_file golden = golden_open("layers.bin");
    real *x = made_block(1, 24), *level = same(1, (const double[]){1}), *c = made_zeros(24 * LANES);
    const network_dims dims = {.B = 24, .Q = 8, .T = 3};
    wavelet_forward(&dims, true, x, level, c);
    golden_check(&golden, "wavelet.y", 24 * LANES, c, 2e-7);
    golden_close(&golden);
    free(x);
    free(level);
    free(c);
}

static void test_dense(void **state) {
    (void)state;
    real *x = same(2, (const double[]){2, -1}), *y = made_zeros(2 * LANES);
    const real w[] = {1, 2, 3, 4}, b[] = {10, 20};
    dense_forward((dense_shape){1, 2, 2, 2, 2}, w, b, x, y);
    assert_all(2, y, (const double[]){10, 22});
    dense_backward_input((dense_shape){1, 2, 2, 2, 2}, w, y, true, x);
    assert_all(2, x, (const double[]){2 + 10 + 66, -1 + 20 + 88});
    free(x);
    free(y);
}

static void test_prelu(void **state) {
    (void)state;
    real *x = same(3, (const double[]){2, -1, 0}), *y = made_zeros(3 * LANES);
    const real slope[] = {0.5, 0.25, 0.25}, offset[] = {-4, -1, 0};
    prelu_forward(1, 3, slope, offset, x, y);
    assert_all(3, y, (const double[]){-1, -0.5, 0});
    free(x);
    free(y);
}

static void test_norm(void **state) {
    (void)state;
    real *x = same(4, (const double[]){7, 7, 1, 3}), *y = made_zeros(4 * LANES), *moments = made_zeros(4 * LANES);
    const real gain[] = {2, 2}, bias[] = {0.5, -0.5};
    norm_forward(2, 2, gain, bias, x, y, moments);
    const double unit = 1 / sqrt(1 + 1e-5);
    assert_all(4, y, (const double[]){0.5, -0.5, 0.5 - 2 * unit, -0.5 + 2 * unit});
    free(x);
    free(y);
    free(moments);
}

static double silu(double x) { return x / (1 + exp(-x)); }

/* An impulse comes out as the taps, last tap first; nothing comes before it. */
static void test_conv(void **state) {
    (void)state;
    const network_dims dims = {.T = 4, .D = 1, .K = 3};
    real *x = same(4, (const double[]){0, 1, 0, 0}), *sum = made_zeros(4 * LANES), *y = made_zeros(4 * LANES);
    conv_forward(&dims, (const real[]){3, 5, 7}, (const real[]){0.5}, x, 1, sum, y);
    assert_all(4, sum, (const double[]){0.5, 7.5, 5.5, 3.5});
    assert_all(4, y, (const double[]){silu(0.5), silu(7.5), silu(5.5), silu(3.5)});
    free(x);
    free(sum);
    free(y);
}

/* With delta 1, B = C = 1 and v an impulse, state s decays as exp(-(s+1)). */
static void test_scan(void **state) {
    (void)state;
    const network_dims dims = {.T = 3, .D = 1, .S = 3, .R = 1};
    real *v = same(3, (const double[]){2, 0, 0}),
         *p = same(21, (const double[21]){9, 1, 1, 1, 1, 1, 1, 9, 1, 1, 1, 1, 1, 1, 9, 1, 1, 1, 1, 1, 1});
    real *raw = same(3, (const double[]){log(expm1(1)), log(expm1(1)), log(expm1(1))});
    real *delta = made_zeros(3 * LANES), *decay = made_zeros(3 * LANES), *y = made_zeros(3 * LANES), rate;
    rates_forward(&dims, (const real[]){0}, raw, &rate, delta, decay);
    assert_all(3, delta, (const double[]){1, 1, 1});
    scan_forward(&dims, &(scan_inputs){v, delta, decay, p, (const real[]){0.5}}, y);
    assert_all(3, y,
               (const double[]){2 * 3 + 0.5 * 2, 2 * (exp(-1) + exp(-2) + exp(-3)), 2 * (exp(-2) + exp(-4) + exp(-6))});
    void *const all[] = {v, p, raw, delta, decay, y};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static void test_swish(void **state) {
    (void)state;
    real *a = same(2, (const double[]){2, 3}), *b = same(2, (const double[]){0, 1.5}), *y = made_zeros(2 * LANES);
    swish_forward(1, 2, a, b, 2, y);
    assert_all(2, y, (const double[]){0, 3 * silu(1.5)});
    free(a);
    free(b);
    free(y);
}

/* Two tokens, one head of two channels. Token 0 asks along (1,0); the keys are (5,0), alike, and (0,2), unlike. */
static void test_attention(void **state) {
    (void)state;
    const network_dims dims = {.T = 2, .D = 2, .H = 1};
    const double qkv[] = {3, 0, 5, 0, 1, 10, 0, 0, 0, 2, 2, 20};
    real *values = same(12, qkv), *lengths = made_zeros(4 * LANES);
    real *share = made_zeros(4 * LANES), *y = made_zeros(4 * LANES);
    attention_forward(&dims, log(0.5), values, lengths, true, share, y); /* kappa 2 */
    const double alike = exp(-2) / (exp(-2) + 1);
    /* token 1 asks nothing: both get half */
    assert_all(4, share, (const double[]){alike, 1 - alike, 0.5, 0.5});
    assert_all(4, y, (const double[]){2 - alike, 10 * (2 - alike), 1.5, 15});
    /* kappa so large that exp(kappa) would overflow */
    free(values);
    values = same(12, qkv);
    attention_forward(&dims, 12, values, lengths, false, share, y);
    assert_all(4, y, (const double[]){2, 20, 1.5, 15});
    free(values);
    free(lengths);
    free(share);
    free(y);
}

static void test_fuse(void **state) {
    (void)state;
    real *h = same(1, (const double[]){1}), *mw = same(2, (const double[]){2, 4}), *f = made_zeros(LANES);
    real *logit = same(1, (const double[]){3}), *gate = made_zeros(LANES);
    fuse_forward(1, 1, 3, h, mw, logit, gate, f); /* weak_bias takes the logit back to 0 */
    assert_all(1, f, (const double[]){1 + 1 + 2});
    fuse_forward(1, 1, 100, h, mw, logit, gate, f); /* leans on w */
    assert_all(1, f, (const double[]){1 + 4});
    fuse_forward(1, 1, 100, h, mw, NULL, NULL, f);
    assert_all(1, f, (const double[]){4});
    add_branch(1, 1, h, mw + LANES, f);
    assert_all(1, f, (const double[]){5});
    add_branch(1, 1, h, NULL, f);
    assert_all(1, f, (const double[]){1});
    void *const all[] = {h, mw, f, logit, gate};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static void check_simplex(size_t n, const double *v, const double *expected) {
    real *u = same(n, v), *shift = made_zeros(n * LANES), *a = made_zeros(n * LANES);
    simplex_forward(n, u, shift, a);
    assert_all(n, a, expected);
    free(u);
    free(shift);
    free(a);
}

static void test_simplex(void **state) {
    (void)state;
    check_simplex(3, (const double[]){0.2, 0.3, 0.5}, (const double[]){0.2, 0.3, 0.5});
    check_simplex(3, (const double[]){2, 0, 0}, (const double[]){1, 0, 0});
    check_simplex(3, (const double[]){-5, -5, -5}, (const double[]){1.0 / 3, 1.0 / 3, 1.0 / 3});
    check_simplex(3, (const double[]){0.9, 0.7, -3}, (const double[]){0.6, 0.4, 0});
    check_simplex(1, (const double[]){-7}, (const double[]){1});
    check_simplex(2, (const double[]){1e17, 0}, (const double[]){1, 0});
}

static int falling(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* Against sorting (Held, Wolfe and Crowder 1974), for the most endmembers. */
static void test_simplex_against_sorting(void **state) {
    (void)state;
    enum { N = WSNET_MAX_ENDMEMBERS };
    real *u = made_values(1, N * LANES, 0, 0.1), *shift = made_values(2, N * LANES, 0, 0.1), *a = made_zeros(N * LANES);
    simplex_forward(N, u, shift, a);
    for (size_t l = 0; l < LANES; l++) {
        double v[N], sum = -1, threshold = 0;
        for (size_t i = 0; i < N; i++) v[i] = u[i * LANES + l] + shift[i * LANES + l];
        qsort(v, N, sizeof *v, falling);
        for (size_t i = 0; i < N && v[i] > (sum + v[i]) / (double)(i + 1); i++) {
            sum += v[i];
            threshold = sum / (double)(i + 1);
        }
        for (size_t i = 0; i < N; i++)
            assert_near(a[i * LANES + l], fmax(u[i * LANES + l] + shift[i * LANES + l] - threshold, 0));
    }
    free(u);
    free(shift);
    free(a);
}

static void test_widths(void **state) {
    (void)state;
    real *raw = same(2, (const double[]){0, -3}), *lower = made_zeros(LANES), *upper = made_zeros(LANES);
    widths_forward(1, raw, lower, upper);
    assert_all(1, lower, (const double[]){log(2)});
    assert_all(1, upper, (const double[]){log1p(exp(-3))});
    free(raw);
    free(lower);
    free(upper);
}

static void test_classical_inputs(void **state) {
    (void)state;
    const network_dims dims = {.B = 2, .P = 2};
    const real pinv[] = {1, 0, 0, 3}; /* ls = (x0, 3 x1) / level */
    real *x = same(2, (const double[]){4, -2}), *u = same(2, (const double[]){0.25, 0.75});
    real *level = made_zeros(LANES), *inputs = made_zeros(5 * LANES);
    classical_inputs(&dims, pinv, u, x, level, inputs);
    assert_all(1, level, (const double[]){3 + 1e-6});
    /* the positive sum is 4: 1 and -1.5 */
    assert_all(5, inputs, (const double[]){0.25, 0.75, 1, -1.5, log(3 + 1e-6)});
    for (size_t l = 0; l < LANES; l++) x[LANES + l] = -40;
    classical_inputs(&dims, pinv, NULL, x, level, inputs);
    assert_all(5, inputs, (const double[]){0.5, 0.5, 1, -2, log(22 + 1e-6)});
    free(x);
    free(u);
    free(level);
    free(inputs);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_haar),      cmocka_unit_test(test_haar_golden),
        cmocka_unit_test(test_dense),     cmocka_unit_test(test_prelu),
        cmocka_unit_test(test_norm),      cmocka_unit_test(test_conv),
        cmocka_unit_test(test_scan),      cmocka_unit_test(test_swish),
        cmocka_unit_test(test_attention), cmocka_unit_test(test_fuse),
        cmocka_unit_test(test_simplex),   cmocka_unit_test(test_simplex_against_sorting),
        cmocka_unit_test(test_widths),    cmocka_unit_test(test_classical_inputs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
