/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "golden.h"
#include "network.h"

static const network_dims *dims(void) {
    static network_dims made;
    made = network_dims_default(21, 3);
    return &made;
}

static void test_default_sizes(void **state) {
    (void)state;
    const network_dims d = network_dims_default(225, 5);
    assert_int_equal(d.Q, 8);
    assert_int_equal(d.T, 29);
    assert_int_equal(network_dims_default(224, 5).T, 28);
    assert_true(d.D == 24 && d.S == 8 && d.R == 4 && d.K == 3 && d.H == 2 && d.J == 64 && d.levels == 3);
}

/* Attention costs tokens squared: there are never more than 64. */
static void test_levels_grow_with_bands(void **state) {
    (void)state;
    assert_int_equal(network_dims_default(1, 1).levels, 3);
    assert_int_equal(network_dims_default(512, 5).levels, 3);
    assert_int_equal(network_dims_default(513, 5).levels, 4);
    assert_int_equal(network_dims_default(513, 5).T, 33);
    for (size_t n_bands = 1; n_bands <= WSNET_MAX_BANDS; n_bands++) {
        const network_dims d = network_dims_default(n_bands, 5);
        assert_true(d.levels <= 6 && d.T <= 64 && d.Q == (size_t)1 << d.levels && d.T * d.Q >= n_bands);
    }
}

static void test_table(void **state) {
    (void)state;
    weight_info info, other;
    size_t offset = 0, n = 0;
    for (; weights_info(dims(), n, &info); n++) {
        assert_int_equal(info.offset, offset);
        assert_true(info.rows * info.columns > 0);
        offset += info.rows * info.columns;
        for (size_t k = 0; k < n; k++) {
            weights_info(dims(), k, &other);
            assert_string_not_equal(info.name, other.name);
        }
        const bool spectra = !strcmp(info.name, "endmembers");
        assert_true(info.slow == spectra && info.decays == !spectra);
    }
    assert_int_equal(n, 36);
    assert_int_equal(weights_count(dims()), offset);
    weights_info(dims(), 0, &info);
    assert_string_equal(info.name, "endmembers");
    assert_true(info.rows == 3 && info.columns == 21);
}

typedef struct spread {
    double least, most, mean;
} spread;

static spread spread_of(const char *name, const float *weights) {
    weight_info info;
    for (size_t i = 0; weights_info(dims(), i, &info); i++) {
        if (strcmp(info.name, name) != 0) continue;
        spread s = {INFINITY, -INFINITY, 0};
        const size_t n = info.rows * info.columns;
        for (size_t k = 0; k < n; k++) {
            const double w = (double)weights[info.offset + k];
            s.least = fmin(s.least, w);
            s.most = fmax(s.most, w);
            s.mean += w / (double)n;
        }
        return s;
    }
    fail_msg("no weight %s", name);
    return (spread){0};
}

static void check_uniform(const float *weights, const char *name, double bound) {
    const spread s = spread_of(name, weights);
    assert_true(s.least >= -bound && s.most <= bound);
    assert_true(s.most > 0.5 * bound && s.least < -0.5 * bound);
}

static void check_constant(const float *weights, const char *name, double value) {
    const spread s = spread_of(name, weights);
    assert_true(fabs(s.least - value) < 1e-6 && fabs(s.most - value) < 1e-6);
}

static void test_start(void **state) {
    (void)state;
    float *spectra = made_values(1, 63, 0.5, 0.5), *weights = made_zeros(weights_count(dims()));
    weights_initialise(dims(), 5, spectra, weights);
    assert_memory_equal(weights, spectra, 63 * sizeof *weights);
    check_uniform(weights, "embed_weight", 1 / sqrt(8));
    check_uniform(weights, "ssm_conv_weight", 1 / sqrt(3));
    check_uniform(weights, "wsa_qkv_weight", 1 / sqrt(24));
    check_uniform(weights, "gate_bias", 1 / sqrt(48));
    check_uniform(weights, "flat_weight", 1 / sqrt(72));
    check_uniform(weights, "head_weight", 1 / sqrt(71));
    check_uniform(weights, "width_weight", 1 / sqrt(64));
    check_constant(weights, "scale_gain", 1);
    check_constant(weights, "head_slope", 0.25);
    check_constant(weights, "ssm_alpha", 0);
    check_constant(weights, "ssm_skip", 1);
    check_constant(weights, "wsa_tau", 0);
    check_constant(weights, "shift_weight", 0);
    check_constant(weights, "shift_bias", 0);
    check_constant(weights, "width_bias", -3);
    check_constant(weights, "ssm_delta_bias", log(expm1(0.1)));
    const spread position = spread_of("position", weights);
    assert_true(position.most < 0.1 && position.most > 0.02 && fabs(position.mean) < 0.01);
    free(spectra);
    free(weights);
}

static void test_start_depends_on_the_seed_alone(void **state) {
    (void)state;
    const size_t n = weights_count(dims());
    float *spectra = made_values(1, 63, 0.5, 0.5), *first = made_zeros(n), *second = made_zeros(n);
    weights_initialise(dims(), 5, spectra, first);
    weights_initialise(dims(), 5, spectra, second);
    assert_memory_equal(first, second, n * sizeof *first);
    weights_initialise(dims(), 6, spectra, second);
    size_t n_same = 0;
    for (size_t i = 0; i < n; i++) n_same += first[i] == second[i];
    assert_true(n_same < n / 10);
    free(spectra);
    free(first);
    free(second);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_default_sizes),
        cmocka_unit_test(test_levels_grow_with_bands),
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_depends_on_the_seed_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
