/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The gradient of the whole network and of the training losses against central differences, in double precision, with every
 * part in place and with each part left out. */
#define WSNET_REAL_DOUBLE
#include "made_network.h"

extern const network_kernels network_kernels_double;
static const network_kernels *const kernels = &network_kernels_double;

typedef struct loss_case {
    made_network made;
    network_loss_options options;
    real *endmember_weight, *band_weight, *fixed_a;
    bool weak[WSNET_MAX_ENDMEMBERS];
    size_t n_used;
} loss_case;

typedef double (*case_loss)(loss_case *);

static loss_case case_create(network_dims dims, unsigned without) {
    loss_case made = {.made = made_network_create(kernels, dims), .n_used = 13};
    made.made.constants.without = without;
    made.made.constants.weak_bias = 0.3;
    made.endmember_weight = made_values(21, dims.P, 1, 0.5);
    made.band_weight = made_values(22, dims.B, 1, 0.5);
    made.fixed_a = made_zeros(dims.P * LANES);
    made.options = (network_loss_options){.coverage = 0.9,
                                          .scale_abundance = 1,
                                          .scale_pinball = 0.1,
                                          .scale_real = 0.7,
                                          .endmember_weight = made.endmember_weight,
                                          .band_weight = made.band_weight};
    for (size_t p = 0; p < dims.P; p++) made.weak[p] = p % 2 == 0;
    /* Endmember values below zero, where neither mixture nor distribution sees them; check_case() looks at them. */
    made.made.weights[0] = -0.2;
    made.made.weights[3] = -0.1;
    made_forward(kernels, &made.made, true);
    memcpy(made.fixed_a, made.made.a, dims.P * LANES * sizeof(real));
    return made;
}

static void case_destroy(loss_case *made) {
    made_network_destroy(&made->made);
    free(made->endmember_weight);
    free(made->band_weight);
    free(made->fixed_a);
}

/* sum of outputs times pattern */
static double loss_outputs(loss_case *c) {
    made_network *m = &c->made;
    made_forward(kernels, m, true);
    made_upstream(m);
    double loss = 0;
    for (size_t i = 0; i < m->dims.P * LANES; i++)
        loss += m->a[i] * m->da[i] + m->lower[i] * m->dlower[i] + m->upper[i] * m->dupper[i];
    made_backward(kernels, m);
    return loss;
}

/* Squared error of a; pinball of the half-widths around the a of the start, which it does not push. */
static double loss_simulated(loss_case *c) {
    made_network *m = &c->made;
    network_losses losses = {0}, fixed = {0};
    made_forward(kernels, m, true);
    kernels->loss_simulated(&m->dims, &c->options, c->n_used, m->truth, c->fixed_a, m->lower, m->upper, m->da,
                            m->dlower, m->dupper, &fixed);
    kernels->loss_simulated(&m->dims, &c->options, c->n_used, m->truth, m->a, m->lower, m->upper, m->da, m->dlower,
                            m->dupper, &losses);
    made_backward(kernels, m);
    return losses.abundance * c->options.scale_abundance + fixed.pinball * c->options.scale_pinball;
}

static double loss_real(loss_case *c) {
    made_network *m = &c->made;
    network_losses losses = {0};
    made_forward(kernels, m, true);
    kernels->loss_real(&m->dims, &c->options, c->n_used, m->weights, m->x, m->a, m->scratch, m->da, m->gradient,
                       &losses);
    memset(m->dlower, 0, m->dims.P * LANES * sizeof(real));
    memset(m->dupper, 0, m->dims.P * LANES * sizeof(real));
    made_backward(kernels, m);
    return losses.real * c->options.scale_real;
}

static double loss_endmembers(loss_case *c) {
    made_network *m = &c->made;
    return kernels->loss_endmembers(&m->dims, m->weights, m->start, c->weak, 0.8, 0.6, m->scratch, m->gradient);
}

static double central_difference(loss_case *c, case_loss loss, size_t i) {
    const double h = 1e-6;
    real *weight = &c->made.weights[i];
    const real before = *weight;
    *weight = before + h;
    const double above = loss(c);
    *weight = before - h;
    const double below = loss(c);
    *weight = before;
    return (above - below) / (2 * h);
}

/* Every value of short weights, some of long ones. */
static void check_case(const char *what, loss_case *c, case_loss loss) {
    made_network *m = &c->made;
    const size_t bytes = m->n_weights * sizeof(real);
    real *gradient = made_zeros(m->n_weights);
    memset(m->gradient, 0, bytes);
    loss(c);
    memcpy(gradient, m->gradient, bytes);
    weight_info info;
    size_t n_moved = 0;
    for (size_t k = 0; weights_info(&m->dims, k, &info); k++) {
        const size_t n = info.rows * info.columns, step = n > 24 ? n / 24 | 1 : 1;
        for (size_t i = 0; i < n; i += step) {
            const double expected = central_difference(c, loss, info.offset + i);
            const double found = gradient[info.offset + i];
            if (fabs(found - expected) > 1e-6 * fmax(1, fabs(expected)))
                fail_msg("%s: %s[%zu] has gradient %.12g, differences say %.12g", what, info.name, i, found, expected);
            n_moved += fabs(expected) > 1e-4;
        }
    }
    assert_true(n_moved > 10);
    free(gradient);
}

static void check_dims(network_dims dims, unsigned without, const char *what) {
    loss_case c = case_create(dims, without);
    check_case(what, &c, loss_outputs);
    case_destroy(&c);
}

static void test_whole_network(void **state) {
    (void)state;
    check_dims(network_dims_default(21, 3), 0, "default sizes");
    check_dims(small_dims(), 0, "small sizes");
}

static void test_each_part_left_out(void **state) {
    (void)state;
    const struct {
        unsigned without;
        const char *what;
    } cases[] = {{WSNET_WITHOUT_WAVELET, "without wavelet"},
                 {WSNET_WITHOUT_SSM, "without ssm"},
                 {WSNET_WITHOUT_WSA, "without wsa"},
                 {WSNET_WITHOUT_GATE, "without gate"},
                 {WSNET_WITHOUT_CLASSICAL, "without classical"},
                 {WSNET_WITHOUT_SSM | WSNET_WITHOUT_WSA, "without ssm and wsa"},
                 {WSNET_WITHOUT_SSM | WSNET_WITHOUT_GATE, "without ssm and gate"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) check_dims(small_dims(), cases[i].without, cases[i].what);
}

/* Each part left out changes the answer, and what it would have used gets no gradient. */
static void test_a_part_left_out_is_out(void **state) {
    (void)state;
    const struct {
        unsigned without;
        const char *unused;
    } cases[] = {{WSNET_WITHOUT_SSM, "ssm_in_weight"},  {WSNET_WITHOUT_SSM, "gate_weight"},
                 {WSNET_WITHOUT_WSA, "wsa_qkv_weight"}, {WSNET_WITHOUT_WSA, "gate_bias"},
                 {WSNET_WITHOUT_GATE, "gate_weight"},   {WSNET_WITHOUT_WAVELET, NULL},
                 {WSNET_WITHOUT_CLASSICAL, NULL}};
    loss_case whole = case_create(small_dims(), 0);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        loss_case c = case_create(small_dims(), cases[k].without);
        made_network *m = &c.made;
        assert_memory_not_equal(c.fixed_a, whole.fixed_a, m->dims.P * LANES * sizeof(real));
        loss_outputs(&c);
        weight_info info;
        for (size_t j = 0; cases[k].unused && weights_info(&m->dims, j, &info); j++)
            if (!strcmp(info.name, cases[k].unused))
                for (size_t i = 0; i < info.rows * info.columns; i++) assert_true(m->gradient[info.offset + i] == 0);
        case_destroy(&c);
    }
    case_destroy(&whole);
}

static void test_losses(void **state) {
    (void)state;
    loss_case c = case_create(small_dims(), 0);
    check_case("simulated pixels", &c, loss_simulated);
    check_case("real pixels", &c, loss_real);
    check_case("endmembers", &c, loss_endmembers);
    c.options.endmember_weight = c.options.band_weight = NULL;
    check_case("simulated pixels, no weights", &c, loss_simulated);
    check_case("real pixels, no weights", &c, loss_real);
    case_destroy(&c);
}

/* By hand: losses of known answers. */
static void test_losses_in_closed_form(void **state) {
    (void)state;
    loss_case c = case_create(small_dims(), 0);
    made_network *m = &c.made;
    const size_t P = m->dims.P;
    network_losses losses = {0};
    c.options.endmember_weight = c.options.band_weight = NULL;
    for (size_t i = 0; i < P * LANES; i++) {
        m->a[i] = m->truth[i] + 0.5;
        m->lower[i] = 0.1;
        m->upper[i] = 0.2;
    }
    kernels->loss_simulated(&m->dims, &c.options, 2, m->truth, m->a, m->lower, m->upper, m->da, m->dlower, m->dupper,
                            &losses);
    assert_true(fabs(losses.abundance - 2 * (double)P * 0.25) < 1e-12);
    /* errors -0.4 at level 0.05 and -0.7 at level 0.95 */
    assert_true(fabs(losses.pinball - 2 * (double)P * (0.95 * 0.4 + 0.05 * 0.7)) < 1e-12);

    /* A mixture of the endmembers themselves has angle 0. */
    for (size_t l = 0; l < LANES; l++) {
        for (size_t b = 0; b < m->dims.B; b++) {
            m->x[b * LANES + l] = 0;
            for (size_t p = 0; p < P; p++)
                m->x[b * LANES + l] += 3 * m->truth[p * LANES + l] * fmax(m->weights[p * m->dims.B + b], 0);
        }
    }
    kernels->loss_real(&m->dims, &c.options, LANES, m->weights, m->x, m->truth, m->scratch, m->da, m->gradient,
                       &losses);
    assert_true(fabs(losses.real) < 1e-12);

    /* A band at 0 can leave it: the gradient passes. */
    m->weights[5] = 0;
    memset(m->gradient, 0, m->n_weights * sizeof(real));
    kernels->loss_real(&m->dims, &c.options, LANES, m->weights, m->x, m->truth, m->scratch, m->da, m->gradient,
                       &losses);
    assert_true(m->gradient[5] != 0 && m->gradient[0] == 0); /* weights[0] is below 0 */

    /* Endmembers at their start and all alike: no anchor, every pair as close as can be. */
    for (size_t p = 0; p < P; p++)
        for (size_t b = 0; b < m->dims.B; b++)
            m->weights[p * m->dims.B + b] = m->start[p * m->dims.B + b] = 1 + (double)b;
    assert_true(fabs(kernels->loss_endmembers(&m->dims, m->weights, m->start, c.weak, 0.8, 5, m->scratch, m->gradient) -
                     0.8) < 1e-12);
    memset(c.weak, 0, sizeof c.weak);
    assert_true(kernels->loss_endmembers(&m->dims, m->weights, m->start, c.weak, 0.8, 5, m->scratch, m->gradient) == 0);
    case_destroy(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole_network),          cmocka_unit_test(test_each_part_left_out),
        cmocka_unit_test(test_a_part_left_out_is_out), cmocka_unit_test(test_losses),
        cmocka_unit_test(test_losses_in_closed_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
