/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Speed of training: a step of the default batch, a pixel of it counting once; and a scene of the size of Samson from
 * blind extraction to the calibrated model, its pixels times its steps being what is counted.
 * bench_training [bands] [endmembers] [steps of the second] */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

typedef struct train_work {
    wsnet_context *context;
    wsnet_train_options options;
    const bench_scene *scene;
    float *endmembers; /* [P,B] */
    wsnet_trainer *trainer;
    wsnet_model *model;
} train_work;

static void create(train_work *work) {
    const bench_scene *scene = work->scene;
    bench_check(work->context,
                wsnet_trainer_create(work->context, &work->options, scene->n_pixels, scene->n_bands, scene->pixels,
                                     scene->n_endmembers, work->endmembers, &work->trainer));
}

static void run(void *user) {
    const train_work *work = user;
    for (int i = 0; i < 10; i++) bench_check(work->context, wsnet_trainer_step(work->trainer, NULL));
}

static void bench_step(size_t n_threads, size_t bands, size_t endmembers) {
    wsnet_context *context = bench_context(n_threads);
    bench_scene scene = bench_scene_create(4096, bands, endmembers);
    train_work work = {.context = context, .scene = &scene, .endmembers = scene.endmembers};
    wsnet_train_options_init(&work.options);
    const size_t n = 10 * (work.options.batch + work.options.real_batch);
    work.options.n_steps = 100000;
    create(&work);
    wsnet_model *model = bench_model(context, &scene);
    /* Backward costs two forwards: gradients of weights and of values. */
    bench_line("train_step", n_threads, n, bench_best(run, &work), 3 * wsnet_model_operations(model));
    wsnet_model_destroy(model);
    wsnet_trainer_destroy(work.trainer);
    bench_scene_destroy(&scene);
    wsnet_context_destroy(context);
}

static void extract(void *user) {
    const train_work *work = user;
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    bench_check(work->context,
                wsnet_endmembers_extract(work->context, &options, work->scene->n_pixels, work->scene->n_bands,
                                         work->scene->pixels, work->scene->n_endmembers, work->endmembers));
}

static void train(void *user) {
    train_work *work = user;
    create(work);
    bench_check(work->context, wsnet_trainer_run(work->trainer));
}

static void finish(void *user) {
    train_work *work = user;
    bench_check(work->context, wsnet_trainer_finish(work->trainer, NULL, &work->model));
    wsnet_trainer_destroy(work->trainer);
}

static void bench_whole(size_t n_threads, size_t n_steps) {
    wsnet_context *context = bench_context(n_threads);
    bench_scene scene = bench_scene_create(95 * 95, 156, 3);
    train_work work = {.context = context, .scene = &scene};
    work.endmembers = calloc(scene.n_endmembers * scene.n_bands, sizeof *work.endmembers);
    if (!work.endmembers) exit(1);
    wsnet_train_options_init(&work.options);
    if (n_steps) work.options.n_steps = n_steps;
    const size_t n = work.options.n_steps * (work.options.batch + work.options.real_batch);
    const bench_time extraction = bench_once(extract, &work), training = bench_once(train, &work);
    const bench_time calibration = bench_once(finish, &work);
    const bench_time whole = {extraction.wall + training.wall + calibration.wall,
                              extraction.processor + training.processor + calibration.processor};
    bench_line("samson_size_extraction", n_threads, n, extraction, 0);
    bench_line("samson_size_calibration", n_threads, n, calibration, 0);
    bench_line("samson_size_training", n_threads, n, training, 3 * wsnet_model_operations(work.model));
    bench_line("samson_size_whole", n_threads, n, whole, 0);
    printf("# whole training of %zu steps, %zu thread%s: %.2f s wall, %.2f s processor\n", work.options.n_steps,
           n_threads, n_threads > 1 ? "s" : "", whole.wall, whole.processor);
    wsnet_model_destroy(work.model);
    free(work.endmembers);
    bench_scene_destroy(&scene);
    wsnet_context_destroy(context);
}

int main(int argc, char **argv) {
    const size_t bands = argc > 1 ? strtoul(argv[1], NULL, 10) : 224;
    const size_t endmembers = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
    bench_begin("bench_training");
    for (size_t n_threads = 1; n_threads <= 2; n_threads++) bench_step(n_threads, bands, endmembers);
    bench_whole(2, argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
    return 0;
}
