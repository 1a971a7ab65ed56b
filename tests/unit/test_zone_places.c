/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small zones that stand out from their surroundings. */
#include "made_scene.h"

#include "model.h"
#include "zone_evidence.h"

enum { B = 40, P = 4, SIDE = 40, N = SIDE * SIDE, LEFT = 18, TOP = 20 };

/** An image of one material with its variability and noise, and in it a zone of 2 x 2 pixels. */
typedef struct image {
    made_scene made;
    uint8_t place[N];
    float *abundances;
} image;

/* An untrained model: the solver reads endmembers, gain and offset alone. */
static int set_up(void **state) {
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = 1;
    return trained_scene_create(state, made_scene_create(N, B, P, 0.1, 0.03, 0.01, 3), P, &options);
}

/* @param share  of material 2 in the zone's pixels; the rest is material 0, as everywhere */
static image *image_create(const trained_scene *from, double share) {
    image *drawn = calloc(1, sizeof *drawn);
    const float *E = from->scene.endmembers;
    drawn->made = made_scene_create(N, B, 1, 0.1, 0.03, 0.01, 5);
    drawn->abundances = calloc(N * P, sizeof(float));
    for (size_t i = 0; i < N; i++) {
        const size_t x = i % SIDE, y = i / SIDE;
        const bool inside = (x == LEFT || x == LEFT + 1) && (y == TOP || y == TOP + 1);
        drawn->place[i] = inside ? WSNET_PLACE_ZONE : WSNET_PLACE_FREE;
        drawn->abundances[i * P] = 1;
        for (size_t b = 0; b < B && inside; b++)
            drawn->made.pixels[i * B + b] +=
                (float)(share * ((double)E[2 * B + b] - (double)drawn->made.pixels[i * B + b]));
    }
    return drawn;
}

static void image_destroy(image *drawn) {
    made_scene_destroy(&drawn->made);
    free(drawn->abundances);
    free(drawn);
}

static wsnet_zone_solver *solver_of(const trained_scene *from, const image *drawn) {
    wsnet_zone_solver *solver = NULL;
    assert_int_equal(wsnet_zone_solver_create(from->context, from->model, N, B, drawn->made.pixels, &solver), WSNET_OK);
    assert_int_equal(wsnet_zone_solver_learn_places(solver, 1, SIDE, SIDE, drawn->made.pixels, drawn->place), WSNET_OK);
    return solver;
}

static int set_off(wsnet_zone_solver *solver, const image *drawn, double *shares) {
    return wsnet_zone_solver_set_off(solver, SIDE, SIDE, drawn->made.pixels, drawn->place, drawn->abundances, shares);
}

static void what_is_added_to_the_surroundings_is_found(void **state) {
    for (int i = 0; i < 3; i++) {
        static const double share[] = {0.05, 0.2, 0.7};
        image *drawn = image_create(*state, share[i]);
        wsnet_zone_solver *solver = solver_of(*state, drawn);
        double shares[P] = {0, 0.5, 0, 0.5}; /* wrong, and nothing of it stays where the evidence is clear */
        assert_true(set_off(solver, drawn, shares));
        ASSERT_CLOSE(shares[2], share[i], 0.02);
        ASSERT_CLOSE(shares[0], 1 - share[i], 0.03);
        ASSERT_CLOSE(shares[0] + shares[1] + shares[2] + shares[3], 1, 1e-6);
        wsnet_zone_solver_destroy(solver);
        image_destroy(drawn);
    }
}

static void a_zone_like_its_surroundings_keeps_its_shares(void **state) {
    image *drawn = image_create(*state, 0);
    wsnet_zone_solver *solver = solver_of(*state, drawn);
    double shares[P] = {0.4, 0.2, 0.3, 0.1};
    assert_true(set_off(solver, drawn, shares));
    ASSERT_CLOSE(shares[2], 0.3, 0.15);
    ASSERT_CLOSE(shares[0], 0.4, 0.3);
    wsnet_zone_solver_destroy(solver);
    image_destroy(drawn);
}

static void gain_and_offset_of_an_adapted_model_count(void **state) {
    const trained_scene *from = *state;
    image *drawn = image_create(from, 0.2);
    double shares[P] = {1, 0, 0, 0}, other[P] = {1, 0, 0, 0};
    wsnet_zone_solver *solver = solver_of(from, drawn);
    set_off(solver, drawn, shares);
    wsnet_zone_solver_destroy(solver);
    for (size_t b = 0; b < B; b++) from->model->gain[b] = 1.25f, from->model->offset[b] = 0.05f;
    for (size_t i = 0; i < N * B; i++) drawn->made.pixels[i] = (drawn->made.pixels[i] - 0.05f) / 1.25f;
    solver = solver_of(from, drawn);
    set_off(solver, drawn, other);
    wsnet_zone_solver_destroy(solver);
    for (size_t b = 0; b < B; b++) from->model->gain[b] = 1, from->model->offset[b] = 0;
    for (size_t k = 0; k < P; k++) ASSERT_CLOSE(other[k], shares[k], 1e-3);
    image_destroy(drawn);
}

static void threads_make_no_difference(void **state) {
    const trained_scene *from = *state;
    image *drawn = image_create(from, 0.1);
    double shares[P] = {1, 0, 0, 0}, again[P] = {1, 0, 0, 0};
    for (size_t threads = 1; threads <= 3; threads += 2) {
        assert_int_equal(wsnet_context_set_threads(from->context, threads), WSNET_OK);
        wsnet_zone_solver *solver = solver_of(from, drawn);
        assert_true(set_off(solver, drawn, threads == 1 ? shares : again));
        wsnet_zone_solver_destroy(solver);
    }
    assert_memory_equal(shares, again, sizeof shares);
    image_destroy(drawn);
}

static void zones_without_surroundings_are_left_as_they_are(void **state) {
    const trained_scene *from = *state;
    image *drawn = image_create(from, 0.2);
    wsnet_zone_solver *solver = solver_of(from, drawn);
    double shares[P] = {0.4, 0.2, 0.3, 0.1};
    const double before[P] = {0.4, 0.2, 0.3, 0.1};
    drawn->place[TOP * SIDE + LEFT] = WSNET_PLACE_NONE; /* three pixels are enough */
    assert_true(set_off(solver, drawn, shares));
    memcpy(shares, before, sizeof shares);
    drawn->place[TOP * SIDE + LEFT + 3] = WSNET_PLACE_OTHER;
    assert_false(set_off(solver, drawn, shares));
    drawn->place[TOP * SIDE + LEFT + 3] = WSNET_PLACE_FREE;
    drawn->place[TOP * SIDE + LEFT + 4] = WSNET_PLACE_OTHER; /* far enough */
    assert_true(set_off(solver, drawn, shares));
    memcpy(shares, before, sizeof shares);
    for (size_t i = 0; i < N; i++) /* 2 x 2 with 12 of 32 pixels around */
        if (i % SIDE < LEFT || i / SIDE < TOP) drawn->place[i] = WSNET_PLACE_NONE;
    assert_false(set_off(solver, drawn, shares));
    for (size_t i = 0; i < N; i++) /* 50 pixels */
        drawn->place[i] = i % SIDE < 10 && i / SIDE < 5 ? WSNET_PLACE_ZONE : WSNET_PLACE_FREE;
    assert_false(set_off(solver, drawn, shares));
    for (size_t i = 0; i < N; i++) drawn->place[i] = i == 777 ? WSNET_PLACE_ZONE : WSNET_PLACE_FREE;
    assert_false(set_off(solver, drawn, shares));
    memset(drawn->place, WSNET_PLACE_FREE, N);
    assert_false(set_off(solver, drawn, shares));
    wsnet_zone_solver_destroy(solver);
    for (size_t i = 0; i < N; i++) drawn->place[i] = i == 777 || i == 778 ? WSNET_PLACE_ZONE : WSNET_PLACE_NONE;
    solver = solver_of(from, drawn); /* nothing to learn from */
    memset(drawn->place + 780, WSNET_PLACE_FREE, N - 780);
    memset(drawn->place, WSNET_PLACE_FREE, 777);
    assert_false(set_off(solver, drawn, shares));
    assert_memory_equal(shares, before, sizeof shares);
    wsnet_zone_solver_destroy(solver);
    image_destroy(drawn);
}

/* Materials along axes of their own, errors of 1. */
static void evidence_is_weighed(void **state) {
    (void)state;
    const double gram[4] = {1e4, 0, 0, 1e4};
    double shares[2], none;
    const double nothing[2] = {0, 0}, one[2] = {2000, 0}, both[2] = {2000, 1000};
    none = zone_evidence(2, 50, gram, nothing, 0, shares);
    assert_true(none > 0.7 && shares[0] < 0.01 && shares[0] == shares[1]);
    none = zone_evidence(2, 50, gram, one, 400, shares); /* 20 standard deviations */
    assert_true(none < 1e-9);
    ASSERT_CLOSE(shares[0], 0.2, 0.003);
    assert_true(shares[1] < 0.002);
    zone_evidence(2, 50, gram, both, 500, shares);
    ASSERT_CLOSE(shares[0], 0.2, 0.003);
    ASSERT_CLOSE(shares[1], 0.1, 0.003);
    none = zone_evidence(2, 50, gram, one, 400 + 200 * 50, shares); /* no material explains most of it */
    assert_true(none > 0.1);
}

static void equal_endmembers_share_the_evidence(void **state) {
    (void)state;
    const double gram[4] = {1e4, 1e4, 1e4, 1e4}, cross[2] = {2000, 2000};
    double shares[2];
    zone_evidence(2, 50, gram, cross, 400, shares);
    ASSERT_CLOSE(shares[0], shares[1], 1e-9);
    ASSERT_CLOSE(shares[0] + shares[1], 0.2, 0.01);
}

/* So bright against the errors that a pair's determinant is lost in rounding. */
static void equal_endmembers_of_any_brightness_share_the_evidence(void **state) {
    (void)state;
    const double gram[4] = {1e20, 1e20, 1e20, 1e20}, cross[2] = {2e19, 2e19};
    double shares[2];
    const double none = zone_evidence(2, 50, gram, cross, 4e18, shares);
    assert_true(none < 1e-9);
    ASSERT_CLOSE(shares[0], 0.1, 1e-6);
    ASSERT_CLOSE(shares[1], 0.1, 1e-6);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_added_to_the_surroundings_is_found),
        cmocka_unit_test(a_zone_like_its_surroundings_keeps_its_shares),
        cmocka_unit_test(gain_and_offset_of_an_adapted_model_count),
        cmocka_unit_test(threads_make_no_difference),
        cmocka_unit_test(zones_without_surroundings_are_left_as_they_are),
        cmocka_unit_test(evidence_is_weighed),
        cmocka_unit_test(equal_endmembers_share_the_evidence),
        cmocka_unit_test(equal_endmembers_of_any_brightness_share_the_evidence),
    };
    return cmocka_run_group_tests(tests, set_up, trained_scene_destroy);
}
