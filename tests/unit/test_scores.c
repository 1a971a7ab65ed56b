/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include <math.h>

#include "random.h"

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

#define assert_near(value, expected, tolerance)                                                                        \
    do {                                                                                                               \
        const double got = (value), want = (expected);                                                                 \
        if (!(fabs(got - want) <= (tolerance))) fail_msg("%s is %.9g, not %.9g", #value, got, want);                   \
    } while (0)

/* Four pixels of two materials, all scores by hand. */
static void scores_by_hand(void **state) {
    (void)state;
    const float truth[] = {1, 0, 0.9f, 0.1f, 0.5f, 0.5f, 0.98f, 0.02f};
    const float abundance[] = {1, 0, 0.7f, 0.3f, 0.5f, 0.5f, 1, 0};
    const float lower[] = {0.9f, 0, 0.6f, 0.2f, 0.4f, 0.4f, 0.9f, 0};
    const float upper[] = {1, 0.1f, 0.8f, 0.4f, 0.6f, 0.6f, 1, 0.1f};
    wsnet_scores scores;
    wsnet_material_scores materials[2];
    assert_works(context,
                 wsnet_scores_compute(context, 4, 2, abundance, truth, lower, upper, 0.25, &scores, materials));
    const double rmse = sqrt((0.04 + 0.0004) / 4);
    assert_near(scores.rmse_global, rmse, 1e-7);
    assert_near(scores.rmse_class_mean, rmse, 1e-7);
    assert_near(materials[1].rmse, rmse, 1e-7);
    assert_near(scores.rmse_weak, sqrt((0.04 + 0.0004) / 2), 1e-7);
    assert_int_equal(materials[0].n_weak, 0);
    assert_int_equal(materials[1].n_weak, 2);
    assert_true(isnan(materials[0].rmse_weak));
    assert_near(scores.weak_threshold, 0, 0);
    assert_near(scores.weak_recall_at_5pct_fpr, 1, 0);
    assert_near(scores.recall, 6.0 / 7, 1e-12);
    assert_near(scores.precision, 1, 0);
    assert_near(scores.false_positive_rate, 0, 0);
    assert_near(scores.coverage, 6.0 / 8, 1e-12);
    assert_near(scores.coverage_weak, 1.0 / 2, 1e-12);
    assert_near(scores.mean_width, (0.1 * 4 + 0.2 * 4) / 8, 1e-6);
    assert_int_equal(scores.n_pixels, 4);
}

static void class_mean_differs_from_global(void **state) {
    (void)state;
    const float truth[] = {0.5f, 0.5f, 0.5f, 0.5f}, abundance[] = {0.5f, 0.7f, 0.5f, 0.7f};
    wsnet_scores scores;
    assert_works(context, wsnet_scores_compute(context, 2, 2, abundance, truth, NULL, NULL, 0, &scores, NULL));
    assert_near(scores.rmse_class_mean, 0.1, 1e-7);
    assert_near(scores.rmse_global, sqrt(0.02), 1e-7);
    assert_true(isnan(scores.coverage) && isnan(scores.mean_width) && isnan(scores.rmse_weak));
    assert_true(isnan(scores.weak_recall_at_5pct_fpr) && isnan(scores.weak_threshold));
    assert_true(isnan(scores.false_positive_rate));
}

/* 100 absent entries 0.00 .. 0.99: exactly five may lie above the threshold. */
static void threshold_allows_five_in_a_hundred(void **state) {
    (void)state;
    float truth[110], abundance[110];
    for (int i = 0; i < 100; i++) {
        truth[i] = 0.001f;
        abundance[i] = (float)((i * 37) % 100) / 100;
    }
    for (int i = 100; i < 110; i++) {
        truth[i] = i == 100 ? 0.05f : i == 101 ? 0.15f : 0.1f; /* 0.05 does not count, 0.15 does */
        abundance[i] = i < 104 ? 0.95f : i == 104 ? 0.94f : 0;
    }
    wsnet_scores scores;
    assert_works(context, wsnet_scores_compute(context, 110, 1, abundance, truth, NULL, NULL, 0.5, &scores, NULL));
    assert_near(scores.weak_threshold, 0.94f, 0);
    assert_near(scores.weak_recall_at_5pct_fpr, 3.0 / 9, 1e-12);
    assert_near(scores.false_positive_rate, 0.49, 1e-12);
    assert_near(scores.recall, 0.5, 1e-12);
    assert_near(scores.precision, 5.0 / 54, 1e-12);
}

/* Ties: with 94 zeros and 6 ones, a threshold of zero would let 6 % through. */
static void ties_do_not_exceed_five_per_cent(void **state) {
    (void)state;
    float truth[101] = {0}, abundance[101] = {0};
    for (int i = 0; i < 6; i++) abundance[i * 16] = 1;
    truth[100] = 0.1f;
    abundance[100] = 0.9f;
    wsnet_scores scores;
    assert_works(context, wsnet_scores_compute(context, 101, 1, abundance, truth, NULL, NULL, 0, &scores, NULL));
    assert_near(scores.weak_threshold, 1, 0);
    assert_near(scores.weak_recall_at_5pct_fpr, 0, 0);
    abundance[0] = 0;
    assert_works(context, wsnet_scores_compute(context, 101, 1, abundance, truth, NULL, NULL, 0, &scores, NULL));
    assert_near(scores.weak_threshold, 0, 0);
    assert_near(scores.weak_recall_at_5pct_fpr, 1, 0);
}

static void pixels_without_numbers_are_left_out(void **state) {
    (void)state;
    const float truth[] = {1, 0, NAN, 0, 1, 0}, abundance[] = {1, 0, 0.5f, 0.5f, INFINITY, 0};
    wsnet_scores scores = {.rmse_global = 42};
    assert_works(context, wsnet_scores_compute(context, 3, 2, abundance, truth, NULL, NULL, 0, &scores, NULL));
    assert_int_equal(scores.n_pixels, 1);
    assert_near(scores.rmse_global, 0, 0);
    scores.rmse_global = 42;
    assert_fails(context, wsnet_scores_compute(context, 2, 2, abundance + 2, truth + 2, NULL, NULL, 0, &scores, NULL),
                 WSNET_E_ARGUMENT, "no pixel has both");
    assert_fails(context, wsnet_scores_compute(context, 1, 2, abundance, truth, truth, NULL, 0, &scores, NULL),
                 WSNET_E_ARGUMENT, "both their lower");
    assert_fails(context, wsnet_scores_compute(context, 1, 2, abundance, truth, NULL, NULL, NAN, &scores, NULL),
                 WSNET_E_ARGUMENT, "threshold");
    assert_fails(context, wsnet_scores_compute(context, 1, 65, abundance, truth, NULL, NULL, 0, &scores, NULL),
                 WSNET_E_SHAPE, "65 materials");
    assert_near(scores.rmse_global, 42, 0);
}

/* ---- angles and assignments ----------------------------------------------------------------------------- */

static void angles_by_hand(void **state) {
    (void)state;
    const float x[] = {1, 0}, y[] = {0, 3}, diagonal[] = {2, 2}, opposite[] = {-5, 0}, zero[] = {0, 0};
    assert_near(wsnet_spectral_angle_rad(2, x, y), acos(0), 1e-15);
    assert_near(wsnet_spectral_angle_rad(2, x, diagonal), acos(0) / 2, 1e-15);
    assert_near(wsnet_spectral_angle_rad(2, x, opposite), 2 * acos(0), 1e-15);
    assert_near(wsnet_spectral_angle_rad(2, diagonal, diagonal), 0, 0);
    assert_true(isnan(wsnet_spectral_angle_rad(2, x, zero)));
    const float a[] = {1, 0}, b[] = {1, 1e-6f}; /* where acos() of the cosine is off by per cents */
    assert_near(wsnet_spectral_angle_rad(2, a, b), 1e-6, 1e-12);
}

static double best_by_trying(size_t n_rows, size_t n_columns, const double *cost, size_t row, unsigned taken) {
    if (row == n_rows) return 0;
    double best = INFINITY;
    for (size_t j = 0; j < n_columns; j++)
        if (!(taken >> j & 1)) {
            const double total =
                cost[row * n_columns + j] + best_by_trying(n_rows, n_columns, cost, row + 1, taken | 1u << j);
            if (total < best) best = total;
        }
    return best;
}

static void assignment_equals_brute_force(void **state) {
    (void)state;
    random_state random = random_create(3, 0);
    for (int trial = 0; trial < 300; trial++) {
        const size_t n_rows = 1 + random_index(&random, 6), n_columns = n_rows + random_index(&random, 3);
        double cost[64], total = 0;
        /* Few distinct costs in every third trial: many ties. Some are negative. */
        for (size_t i = 0; i < n_rows * n_columns; i++)
            cost[i] = trial % 3 ? random_uniform(&random) - 0.3 : (double)random_index(&random, 3);
        size_t match[8];
        unsigned taken = 0;
        assert_works(context, wsnet_assign(context, n_rows, n_columns, cost, match));
        for (size_t i = 0; i < n_rows; i++) {
            assert_true(match[i] < n_columns && !(taken >> match[i] & 1));
            taken |= 1u << match[i];
            total += cost[i * n_columns + match[i]];
        }
        assert_near(total, best_by_trying(n_rows, n_columns, cost, 0, 0), 1e-12);
    }
    const double bad[] = {1, NAN};
    size_t match[2];
    assert_fails(context, wsnet_assign(context, 1, 2, bad, match), WSNET_E_ARGUMENT, "not finite");
    assert_fails(context, wsnet_assign(context, 2, 1, bad, match), WSNET_E_SHAPE, "2 rows");
}

static void spectra_find_their_like(void **state) {
    (void)state;
    const float second[] = {0, 0, 0, 1, 2, 3, 3, 2, 1, 1, 5, 1};
    const float first[] = {2, 10, 2, 1, 2, 3.1f, 0, 0, 0};
    size_t match[3];
    double angle[3];
    assert_works(context, wsnet_endmembers_match(context, 3, 2, first, 4, second, match, angle));
    assert_int_equal(match[0], 3);
    assert_int_equal(match[1], 1);
    assert_near(angle[0], 0, 1e-7);
    assert_true(angle[1] > 0.001 && angle[1] < 0.02);
    /* A spectrum of zeros takes what the others leave. */
    assert_works(context, wsnet_endmembers_match(context, 3, 3, first, 3, second + 3, match, angle));
    assert_int_equal(match[2], 1);
    assert_true(isnan(angle[2]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scores_by_hand),
        cmocka_unit_test(class_mean_differs_from_global),
        cmocka_unit_test(threshold_allows_five_in_a_hundred),
        cmocka_unit_test(ties_do_not_exceed_five_per_cent),
        cmocka_unit_test(pixels_without_numbers_are_left_out),
        cmocka_unit_test(angles_by_hand),
        cmocka_unit_test(assignment_equals_brute_force),
        cmocka_unit_test(spectra_find_their_like),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
