/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cost a pixel over the size of the image, the bands and the endmembers, and one thread against two. Lines are named
 * series/value for plot_scaling.py. */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

typedef struct unmix_work {
    wsnet_context *context;
    wsnet_session *session;
    const bench_scene *scene;
    size_t repeats; /* of the scene's pixels: an image of that many times its size */
    float *abundance;
} unmix_work;

static void unmix(void *user) {
    const unmix_work *work = user;
    const wsnet_outputs outputs = {.abundance = work->abundance};
    for (size_t i = 0; i < work->repeats; i++)
        bench_check(work->context,
                    wsnet_session_unmix(work->session, work->scene->n_pixels, work->scene->pixels, NULL, &outputs));
}

static void bench(const char *series, size_t value, size_t n_threads, const bench_scene *scene, wsnet_model *model,
                  size_t repeats) {
    wsnet_context *context = bench_context(n_threads);
    unmix_work work = {context, NULL, scene, repeats, calloc(scene->n_pixels * scene->n_endmembers, sizeof(float))};
    if (!work.abundance) exit(1);
    bench_check(context, wsnet_session_create(context, model, NULL, &work.session));
    char name[64];
    snprintf(name, sizeof name, "%s/%zu", series, value);
    bench_line(name, n_threads, repeats * scene->n_pixels, bench_best(unmix, &work), wsnet_model_operations(model));
    wsnet_session_destroy(work.session);
    wsnet_context_destroy(context);
    free(work.abundance);
}

static void bench_sizes(const char *series, size_t value, size_t bands, size_t endmembers) {
    wsnet_context *context = bench_context(1);
    bench_scene scene = bench_scene_create(bands > 500 ? 1024 : 4096, bands, endmembers);
    wsnet_model *model = bench_model(context, &scene);
    bench(series, value, 1, &scene, model, 1);
    wsnet_model_destroy(model);
    bench_scene_destroy(&scene);
    wsnet_context_destroy(context);
}

static void bench_images(void) {
    wsnet_context *context = bench_context(1);
    bench_scene scene = bench_scene_create(16384, 224, 5);
    wsnet_model *model = bench_model(context, &scene);
    for (size_t repeats = 1; repeats <= 64; repeats *= 4)
        bench("pixels", repeats * scene.n_pixels, 1, &scene, model, repeats);
    for (size_t n_threads = 1; n_threads <= 2; n_threads++) bench("threads", n_threads, n_threads, &scene, model, 8);
    wsnet_model_destroy(model);
    bench_scene_destroy(&scene);
    wsnet_context_destroy(context);
}

int main(void) {
    static const size_t bands[] = {60, 120, 224, 400, 600, 1000, 1400, 2000};
    static const size_t endmembers[] = {2, 3, 5, 8, 12, 20, 30, 40};
    bench_begin("bench_scaling");
    for (size_t i = 0; i < sizeof bands / sizeof *bands; i++) bench_sizes("bands", bands[i], bands[i], 5);
    for (size_t i = 0; i < sizeof endmembers / sizeof *endmembers; i++)
        bench_sizes("endmembers", endmembers[i], 224, endmembers[i]);
    bench_images();
    return 0;
}
