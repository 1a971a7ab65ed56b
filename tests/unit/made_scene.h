/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file made_scene.h  A small made-up scene with known abundances, variability and noise, for the tests. */
#ifndef WSNET_TESTS_MADE_SCENE_H
#define WSNET_TESTS_MADE_SCENE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"
#include "wsnet.h"

typedef struct made_scene {
    size_t n_pixels, n_bands, n_endmembers;
    float *endmembers, *abundances, *pixels; /* [P,B], [N,P], [N,B] */
} made_scene;

/** Smooth spectra, the last one dark; Dirichlet(0.5) mixtures; illumination, variability (offset, slope and curvature of
 *  equal energy; root-mean-square over the bands) and white noise of the given standard deviations. */
static inline made_scene made_scene_create(size_t n_pixels, size_t n_bands, size_t n_endmembers, double illumination_sd,
                                           double variability_sd, double noise_sd, uint64_t seed) {
    made_scene scene = {n_pixels, n_bands, n_endmembers, NULL, NULL, NULL};
    scene.endmembers = calloc(n_endmembers * n_bands, sizeof(float));
    scene.abundances = calloc(n_pixels * n_endmembers, sizeof(float));
    scene.pixels = calloc(n_pixels * n_bands, sizeof(float));
    for (size_t k = 0; k < n_endmembers; k++)
        for (size_t b = 0; b < n_bands; b++) {
            const double w = (double)b / (double)(n_bands - 1), phase = (double)k;
            const double value = 0.35 + 0.25 * sin(5 * (phase + 1) * w + phase);
            scene.endmembers[k * n_bands + b] = (float)(k + 1 == n_endmembers ? 0.3 * value : value);
        }
    random_state random = random_create(seed, 0);
    for (size_t i = 0; i < n_pixels; i++) {
        double sum = 0;
        float *a = scene.abundances + i * n_endmembers, *x = scene.pixels + i * n_bands;
        for (size_t k = 0; k < n_endmembers; k++) sum += a[k] = (float)random_gamma(&random, 0.5);
        const double scale = exp(illumination_sd * random_normal(&random));
        for (size_t k = 0; k < n_endmembers; k++) {
            a[k] = (float)(a[k] / sum);
            const double sd = variability_sd / sqrt(3);
            const double c0 = sd * random_normal(&random), c1 = sd * random_normal(&random);
            const double c2 = sd * random_normal(&random);
            for (size_t b = 0; b < n_bands; b++) {
                const double t = 2.0 * (double)b / (double)(n_bands - 1) - 1;
                x[b] += (float)(scale * a[k] * scene.endmembers[k * n_bands + b] *
                                (1 + c0 + c1 * sqrt(3) * t + c2 * sqrt(45.0 / 4) * (t * t - 1.0 / 3)));
            }
        }
        for (size_t b = 0; b < n_bands; b++) x[b] += (float)(noise_sd * random_normal(&random));
    }
    return scene;
}

static inline void made_scene_destroy(made_scene *scene) {
    free(scene->endmembers);
    free(scene->abundances);
    free(scene->pixels);
}

/** A context as a group's set-up and tear-down. */
static inline int create_context(void **state) { return !(*state = wsnet_context_create(NULL)); }
static inline int destroy_context(void **state) {
    wsnet_context_destroy(*state);
    return 0;
}

/** @return a model of the scene's first endmembers, or NULL */
static inline wsnet_model *made_scene_train(wsnet_context *context, const made_scene *scene, size_t n_endmembers,
                                            const wsnet_train_options *options) {
    wsnet_trainer *trainer = NULL;
    wsnet_model *model = NULL;
    if (!wsnet_trainer_create(context, options, scene->n_pixels, scene->n_bands, scene->pixels, n_endmembers,
                              scene->endmembers, &trainer) &&
        !wsnet_trainer_run(trainer))
        wsnet_trainer_finish(trainer, NULL, &model);
    wsnet_trainer_destroy(trainer);
    return model;
}

/** A scene, a model of it, and the context of both. */
typedef struct trained_scene {
    wsnet_context *context;
    made_scene scene;
    wsnet_model *model;
} trained_scene;

/** Trains on the scene and takes it over: the end of a group's set-up. @return 0, or -1 where the training failed */
static inline int trained_scene_create(void **state, made_scene scene, size_t n_endmembers,
                                       const wsnet_train_options *options) {
    trained_scene *made = calloc(1, sizeof *made);
    made->context = wsnet_context_create(NULL);
    made->scene = scene;
    made->model = made_scene_train(made->context, &made->scene, n_endmembers, options);
    *state = made;
    return made->model ? 0 : -1;
}

/** Tear-down of a group. */
static inline int trained_scene_destroy(void **state) {
    trained_scene *made = *state;
    wsnet_model_destroy(made->model);
    made_scene_destroy(&made->scene);
    wsnet_context_destroy(made->context);
    free(made);
    return 0;
}

/** Fails where two numbers differ by more than a tolerance, or are NaN. */
#define ASSERT_CLOSE(found, expected, tolerance)                                                                       \
    do {                                                                                                               \
        const double found_ = (found), expected_ = (expected);                                                         \
        if (!(fabs(found_ - expected_) <= (tolerance)))                                                                \
            fail_msg("%s is %.9g, expected %.9g", #found, found_, expected_);                                          \
    } while (0)

/** Root-mean-square difference of n values. */
static inline double made_scene_rmse(size_t n, const float *first, const float *second) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += ((double)first[i] - second[i]) * ((double)first[i] - second[i]);
    return sqrt(sum / (double)n);
}

#endif
