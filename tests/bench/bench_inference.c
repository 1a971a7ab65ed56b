/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Speed of unmixing through a session, classical input included: bench_inference [bands] [endmembers] [pixels] */
#include <stdio.h>
#include <stdlib.h>

#include "bench.h"

typedef struct unmix_work {
    wsnet_context *context;
    wsnet_session *session;
    const bench_scene *scene;
    wsnet_outputs outputs;
} unmix_work;

static void unmix(void *user) {
    const unmix_work *work = user;
    bench_check(work->context,
                wsnet_session_unmix(work->session, work->scene->n_pixels, work->scene->pixels, NULL, &work->outputs));
}

typedef struct solve_work {
    wsnet_context *context;
    wsnet_method method;
    const bench_scene *scene;
    float *abundances;
} solve_work;

static void solve(void *user) {
    const solve_work *work = user;
    const bench_scene *scene = work->scene;
    bench_check(work->context,
                wsnet_least_squares(work->context, work->method, scene->n_pixels, scene->n_bands, scene->n_endmembers,
                                    scene->endmembers, scene->pixels, work->abundances));
}

static void bench_threads(size_t n_threads, const wsnet_model *model, const bench_scene *scene, float *values) {
    wsnet_context *context = bench_context(n_threads);
    const size_t n = scene->n_pixels * scene->n_endmembers;
    wsnet_session *session;
    bench_check(context, wsnet_session_create(context, model, NULL, &session));
    unmix_work work = {context, session, scene, {.abundance = values}};
    bench_line("wsnet_abundance", n_threads, scene->n_pixels, bench_best(unmix, &work), wsnet_model_operations(model));
    work.outputs = (wsnet_outputs){values,         values + n,     values + 2 * n, values + 3 * n,
                                   values + 4 * n, values + 5 * n, values + 6 * n};
    bench_line("wsnet_all_outputs", n_threads, scene->n_pixels, bench_best(unmix, &work),
               wsnet_model_operations(model));
    wsnet_session_destroy(session);
    static const wsnet_method methods[] = {WSNET_METHOD_UCLS, WSNET_METHOD_NNLS, WSNET_METHOD_FCLS};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        solve_work classical = {context, methods[i], scene, values};
        bench_line(wsnet_method_name(methods[i]), n_threads, scene->n_pixels, bench_best(solve, &classical),
                   2 * (double)(scene->n_bands * scene->n_endmembers));
    }
    wsnet_context_destroy(context);
}

int main(int argc, char **argv) {
    const size_t bands = argc > 1 ? strtoul(argv[1], NULL, 10) : 224;
    const size_t endmembers = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
    const size_t pixels = argc > 3 ? strtoul(argv[3], NULL, 10) : 16384;
    bench_begin("bench_inference");
    wsnet_context *context = bench_context(1);
    bench_scene scene = bench_scene_create(pixels, bands, endmembers);
    wsnet_model *model = bench_model(context, &scene);
    float *values = calloc(7 * scene.n_pixels * endmembers, sizeof *values);
    if (!values) return 1;
    for (size_t n_threads = 1; n_threads <= 2; n_threads++) bench_threads(n_threads, model, &scene, values);
    free(values);
    wsnet_model_destroy(model);
    bench_scene_destroy(&scene);
    wsnet_context_destroy(context);
    return 0;
}
