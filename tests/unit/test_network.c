/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "made_network.h"

static const char *const copies[] = {"base", "avx2", "avx512"};
enum { N_COPIES = 3 };

typedef void (*copy_check)(const network_kernels *kernels);

/* Every copy that this machine can run. */
static void for_each_copy(copy_check check) {
    for (size_t i = 0; i < N_COPIES; i++) {
        const network_kernels *kernels = network_kernels_named(copies[i]);
        if (kernels)
            check(kernels);
        else
            print_message("this machine cannot run %s\n", copies[i]);
    }
}

static void check_gradient(golden_file *golden, const char *part, const made_network *made) {
    weight_info info;
    for (size_t i = 0; weights_info(&made->dims, i, &info); i++) {
        char name[64];
        snprintf(name, sizeof name, "%s.%s", part, info.name);
        golden_check(golden, name, info.rows * info.columns, made->gradient + info.offset, 5e-5);
    }
}

static void clear_gradient(made_network *made) { memset(made->gradient, 0, made->n_weights * sizeof(real)); }

static void check_training_losses(golden_file *golden, const network_kernels *kernels, made_network *made) {
    const network_dims *dims = &made->dims;
    const network_loss_options options = {(real)0.9, (real)1 / LANES, (real)0.1 / LANES, (real)0.1 / LANES, NULL, NULL};
    network_losses losses = {0};
    clear_gradient(made);
    made_forward(kernels, made, true);
    kernels->loss_simulated(dims, &options, LANES, made->truth, made->a, made->lower, made->upper, made->da,
                            made->dlower, made->dupper, &losses);
    made_backward(kernels, made);
    golden_check(golden, "simulated.losses", 2, (real[]){(real)losses.abundance, (real)losses.pinball}, 2e-6);
    check_gradient(golden, "simulated", made);

    clear_gradient(made);
    bool weak[WSNET_MAX_ENDMEMBERS];
    for (size_t p = 0; p < dims->P; p++) weak[p] = p % 2 == 1;
    made_forward(kernels, made, true);
    kernels->loss_real(dims, &options, LANES, made->weights, made->x, made->a, made->scratch, made->da, made->gradient,
                       &losses);
    const double spectra =
        kernels->loss_endmembers(dims, made->weights, made->start, weak, (real)0.5, 1, made->scratch, made->gradient);
    memset(made->dlower, 0, dims->P * LANES * sizeof(real));
    memset(made->dupper, 0, dims->P * LANES * sizeof(real));
    made_backward(kernels, made);
    golden_check(golden, "real.losses", 2, (real[]){(real)losses.real, (real)spectra}, 2e-6);
    check_gradient(golden, "real", made);
}

static void check_golden(const char *file, const network_kernels *kernels, network_dims dims) {
    golden_file golden = golden_open(file);
    made_network made = made_network_create(kernels, dims);
    const size_t n = dims.P * LANES;
    float *pinv = golden_values(&golden, "pinv", dims.B * dims.P);
    for (size_t i = 0; i < dims.B * dims.P; i++) made.pinv[i] = pinv[i];
    free(pinv);
    made_forward(kernels, &made, true);
    golden_check(&golden, "a", n, made.a, 5e-6);
    golden_check(&golden, "lower", n, made.lower, 5e-6);
    golden_check(&golden, "upper", n, made.upper, 5e-6);
    made_upstream(&made);
    made_backward(kernels, &made);
    check_gradient(&golden, "gradient", &made);
    made.constants.weak_bias = (real)1.5;
    made_forward(kernels, &made, false);
    golden_check(&golden, "a_weak_bias", n, made.a, 5e-6);
    made.constants.weak_bias = 0;
    check_training_losses(&golden, kernels, &made);
    print_message("%s %s: largest relative error %.1e\n", file, kernels->name, golden.worst);
    made_network_destroy(&made);
    golden_close(&golden);
}

static void check_golden_default(const network_kernels *kernels) {
    check_golden("network_default.bin", kernels, network_dims_default(21, 3));
}
static void check_golden_small(const network_kernels *kernels) {
    check_golden("network_small.bin", kernels, small_dims());
}

static void test_golden_default(void **state) {
    (void)state;
    for_each_copy(check_golden_default);
}
static void test_golden_small(void **state) {
    (void)state;
    for_each_copy(check_golden_small);
}

/* The inference scratch holds less, and gives the same bits. */
static void check_inference(const network_kernels *kernels) {
    made_network made = made_network_create(kernels, network_dims_default(45, 5));
    const size_t bytes = made.dims.P * LANES * sizeof(real);
    assert_true(kernels->scratch_size(&made.dims, false) * 2 < kernels->scratch_size(&made.dims, true));
    made_forward(kernels, &made, true);
    memcpy(made.da, made.a, bytes);
    memcpy(made.dlower, made.lower, bytes);
    memcpy(made.dupper, made.upper, bytes);
    made_forward(kernels, &made, false);
    assert_memory_equal(made.da, made.a, bytes);
    assert_memory_equal(made.dlower, made.lower, bytes);
    assert_memory_equal(made.dupper, made.upper, bytes);
    made_network_destroy(&made);
}
static void test_inference_equals_training(void **state) {
    (void)state;
    for_each_copy(check_inference);
}

/* Moves every lane of [n] one place on. */
static void rotate_lanes(size_t n, real *values) {
    for (size_t i = 0; i < n; i++) {
        const real last = values[i * LANES + LANES - 1];
        memmove(values + i * LANES + 1, values + i * LANES, (LANES - 1) * sizeof(real));
        values[i * LANES] = last;
    }
}

static void check_lane_place(const network_kernels *kernels) {
    made_network made = made_network_create(kernels, network_dims_default(45, 5));
    const size_t bytes = made.dims.P * LANES * sizeof(real);
    made_forward(kernels, &made, false);
    real *a = memcpy(made.da, made.a, bytes), *lower = memcpy(made.dlower, made.lower, bytes);
    for (size_t turn = 1; turn < LANES; turn++) {
        rotate_lanes(made.dims.B, made.x);
        rotate_lanes(made.dims.P, made.u);
        rotate_lanes(made.dims.P, a);
        rotate_lanes(made.dims.P, lower);
        made_forward(kernels, &made, false);
        assert_memory_equal(a, made.a, bytes);
        assert_memory_equal(lower, made.lower, bytes);
    }
    made_network_destroy(&made);
}
static void test_place_of_a_pixel_does_not_matter(void **state) {
    (void)state;
    for_each_copy(check_lane_place);
}

/* A lane that is not a number, infinite, huge or zero leaves the others as they were, to the bit. */
static void check_bad_lane(const network_kernels *kernels) {
    const real bad[] = {NAN, INFINITY, -INFINITY, (real)1e37, 0};
    made_network made = made_network_create(kernels, network_dims_default(45, 5));
    const size_t P = made.dims.P;
    made_forward(kernels, &made, false);
    memcpy(made.da, made.a, P * LANES * sizeof(real));
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        for (size_t b = 0; b < made.dims.B; b++) made.x[b * LANES + 5] = bad[k];
        for (size_t p = 0; p < P; p++) made.u[p * LANES + 5] = bad[k] > 0 && bad[k] < 2 ? bad[k] : (real)1 / (real)P;
        made_forward(kernels, &made, false);
        for (size_t i = 0; i < P * LANES; i++)
            if (i % LANES != 5) assert_memory_equal(&made.da[i], &made.a[i], sizeof(real));
    }
    made_network_destroy(&made);
}
static void test_bad_lane_stays_alone(void **state) {
    (void)state;
    for_each_copy(check_bad_lane);
}

/* Abundances of any weights are on the simplex; half-widths are positive. */
static void check_simplex(const network_kernels *kernels) {
    made_network made = made_network_create(kernels, network_dims_default(45, 7));
    for (int strength = 0; strength < 4; strength++) {
        made_forward(kernels, &made, false);
        for (size_t l = 0; l < LANES; l++) {
            double sum = 0;
            for (size_t p = 0; p < made.dims.P; p++) {
                assert_true(made.a[p * LANES + l] >= 0);
                assert_true(made.lower[p * LANES + l] > 0 && made.upper[p * LANES + l] > 0);
                sum += (double)made.a[p * LANES + l];
            }
            assert_true(fabs(sum - 1) < 2e-6);
        }
        for (size_t i = 0; i < made.n_weights; i++) made.weights[i] *= 2;
    }
    made_network_destroy(&made);
}
static void test_answers_are_on_the_simplex(void **state) {
    (void)state;
    for_each_copy(check_simplex);
}

/* The copies round differently, by no more than 1e-5. */
static void test_copies_agree(void **state) {
    (void)state;
    const network_dims dims = network_dims_default(223, 5);
    const network_kernels *base = network_kernels_named("base");
    made_network one = made_network_create(base, dims);
    made_forward(base, &one, true);
    for (size_t i = 1; i < N_COPIES; i++) {
        const network_kernels *kernels = network_kernels_named(copies[i]);
        if (!kernels) continue;
        made_network other = made_network_create(kernels, dims);
        made_forward(kernels, &other, true);
        for (size_t k = 0; k < dims.P * LANES; k++) {
            assert_true(fabs((double)one.a[k] - (double)other.a[k]) < 1e-5);
            assert_true(fabs((double)one.lower[k] - (double)other.lower[k]) < 1e-5);
            assert_true(fabs((double)one.upper[k] - (double)other.upper[k]) < 1e-5);
        }
        made_network_destroy(&other);
    }
    made_network_destroy(&one);
}

static size_t offset_of(const network_dims *dims, const char *name) {
    weight_info info;
    for (size_t i = 0; weights_info(dims, i, &info); i++)
        if (!strcmp(info.name, name)) return info.offset;
    fail_msg("there is no weight %s", name);
    return 0;
}

/* Attention takes another way where kappa = 4 exp(tau) reaches 40: just below and just above, the answers are alike. */
static void check_sharp_attention(const network_kernels *kernels) {
    made_network below = made_network_create(kernels, network_dims_default(60, 4));
    made_network above = made_network_create(kernels, network_dims_default(60, 4));
    const size_t tau = offset_of(&below.dims, "wsa_tau");
    below.weights[tau] = (real)log(9.99999);
    above.weights[tau] = (real)log(10.00001);
    made_forward(kernels, &below, true);
    made_forward(kernels, &above, true);
    for (size_t i = 0; i < below.dims.P * LANES; i++) {
        assert_true(fabs((double)below.a[i] - (double)above.a[i]) < 1e-5);
        assert_true(fabs((double)below.upper[i] - (double)above.upper[i]) < 1e-5);
    }
    made_network_destroy(&below);
    made_network_destroy(&above);
}
static void test_sharp_attention_goes_on_smoothly(void **state) {
    (void)state;
    for_each_copy(check_sharp_attention);
}

/* Lanes past n_used count neither in the losses nor in the gradient. */
static void check_partial_block(const network_kernels *kernels) {
    made_network made = made_network_create(kernels, network_dims_default(21, 3));
    const network_loss_options options = {(real)0.9, 1, 1, 1, NULL, NULL};
    network_losses first = {0}, second = {0};
    for (int changed = 0; changed < 2; changed++) {
        network_losses *losses = changed ? &second : &first;
        if (changed)
            for (size_t i = 0; i < made.dims.P * LANES; i++)
                if (i % LANES >= 3) made.truth[i] = 7;
        made_forward(kernels, &made, true);
        kernels->loss_simulated(&made.dims, &options, 3, made.truth, made.a, made.lower, made.upper, made.da,
                                made.dlower, made.dupper, losses);
        for (size_t i = 0; i < made.dims.P * LANES; i++)
            if (i % LANES >= 3) assert_true(made.da[i] == 0 && made.dlower[i] == 0 && made.dupper[i] == 0);
        kernels->loss_real(&made.dims, &options, 3, made.weights, made.x, made.a, made.scratch, made.da, made.gradient,
                           losses);
        for (size_t i = 0; i < made.dims.P * LANES; i++)
            if (i % LANES >= 3) assert_true(made.da[i] == 0);
    }
    assert_true(first.abundance == second.abundance && first.pinball == second.pinball && first.real == second.real);
    assert_true(first.abundance > 0 && first.pinball > 0 && first.real > 0);
    made_network_destroy(&made);
}
static void test_partial_block(void **state) {
    (void)state;
    for_each_copy(check_partial_block);
}

/* Before training the answer is the classical one. */
static void test_untrained_network_answers_u(void **state) {
    (void)state;
    const network_kernels *kernels = network_kernels_best();
    made_network made = made_network_create(kernels, network_dims_default(45, 5));
    weights_initialise(&made.dims, 3, made.start, made.weights);
    made_forward(kernels, &made, false);
    for (size_t i = 0; i < made.dims.P * LANES; i++) {
        assert_true(fabs((double)made.a[i] - (double)made.u[i]) < 1e-6);
        assert_true(made.lower[i] > 0.01f && made.lower[i] < 0.2f); /* softplus(-3) = 0.049 */
    }
    made.constants.without = WSNET_WITHOUT_CLASSICAL;
    made_forward(kernels, &made, false);
    for (size_t i = 0; i < made.dims.P * LANES; i++) assert_true(fabs((double)made.a[i] - 0.2) < 1e-6);
    made_network_destroy(&made);
}

static void test_best_copy_follows_the_environment(void **state) {
    (void)state;
    setenv("WSNET_KERNELS", "base", 1);
    assert_string_equal(network_kernels_best()->name, "base");
    setenv("WSNET_KERNELS", "no such copy", 1);
    assert_non_null(network_kernels_best());
    unsetenv("WSNET_KERNELS");
    assert_null(network_kernels_named("double"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_golden_default),
        cmocka_unit_test(test_golden_small),
        cmocka_unit_test(test_inference_equals_training),
        cmocka_unit_test(test_place_of_a_pixel_does_not_matter),
        cmocka_unit_test(test_bad_lane_stays_alone),
        cmocka_unit_test(test_answers_are_on_the_simplex),
        cmocka_unit_test(test_copies_agree),
        cmocka_unit_test(test_sharp_attention_goes_on_smoothly),
        cmocka_unit_test(test_partial_block),
        cmocka_unit_test(test_untrained_network_answers_u),
        cmocka_unit_test(test_best_copy_follows_the_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
