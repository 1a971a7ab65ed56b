/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "network.h"
#include "random.h"

#ifndef WSNET_MINIMAL
#include <cblas.h>
#endif

static double peak_gflops;
static const char *running = "";

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#ifndef WSNET_MINIMAL
static double sgemm_gflops(void) {
    enum { N = 512, ROUNDS = 40 };
    openblas_set_num_threads(1);
    float *a = malloc(3 * (size_t)N * N * sizeof *a), *b = a + N * N, *c = b + N * N;
    if (!a) return 0;
    for (size_t i = 0; i < 3 * (size_t)N * N; i++) a[i] = (float)(i % 17) / 17;
    double best = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        const double start = seconds(CLOCK_THREAD_CPUTIME_ID);
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, N, N, N, 1, a, N, b, N, 0, c, N);
        const double taken = seconds(CLOCK_THREAD_CPUTIME_ID) - start;
        if (taken < best) best = taken;
    }
    free(a);
    return 2e-9 * N * N * N / best;
}
#else
static double sgemm_gflops(void) { return 0; }
#endif

static double in_child(double (*measure)(void)) {
    int ends[2];
    double value = 0;
    if (pipe(ends) != 0) return 0;
    const pid_t child = fork();
    if (child == 0) {
        value = measure();
        _exit(write(ends[1], &value, sizeof value) == sizeof value ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &value, sizeof value) != sizeof value) value = 0;
    close(ends[0]);
    if (child > 0) waitpid(child, NULL, 0);
    return value;
}

static double load(void) {
    double now = 0;
    return getloadavg(&now, 1) == 1 ? now : 0;
}

void bench_begin(const char *program) {
    running = program;
    peak_gflops = in_child(sgemm_gflops);
    printf("# %s: kernels %s, sgemm peak of one core %.1f GFLOP/s, load %.2f on %ld processors\n", program,
           network_kernels_best()->name, peak_gflops, load(), sysconf(_SC_NPROCESSORS_ONLN));
    fflush(stdout);
}

bench_time bench_once(void (*function)(void *user), void *user) {
    const double wall = seconds(CLOCK_MONOTONIC), processor = seconds(CLOCK_PROCESS_CPUTIME_ID);
    function(user);
    return (bench_time){seconds(CLOCK_MONOTONIC) - wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - processor};
}

bench_time bench_best(void (*function)(void *user), void *user) {
    enum { LEAST_ROUNDS = 3, MOST_ROUNDS = 50 };
    bench_time best = {1e9, 1e9};
    const double begin = seconds(CLOCK_MONOTONIC);
    for (int round = 0; round < LEAST_ROUNDS || (round < MOST_ROUNDS && seconds(CLOCK_MONOTONIC) < begin + 1);
         round++) {
        const bench_time taken = bench_once(function, user);
        if (taken.wall < best.wall) best.wall = taken.wall;
        if (taken.processor < best.processor) best.processor = taken.processor;
    }
    return best;
}

void bench_line(const char *name, size_t n_threads, size_t n_pixels, bench_time time, double flops) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    const double n = (double)n_pixels, peak_mb = (double)usage.ru_maxrss / 1024, gflops = 1e-9 * flops * n / time.wall;
    const double share = peak_gflops > 0 ? 1e-9 * flops * n / time.processor / peak_gflops : 0;
    printf("%-28s %zu thread%s %10.1f ns/pixel (processor %10.1f) %7.1f GFLOP/s %5.1f %% of sgemm %7.1f MB load %.1f\n",
           name, n_threads, n_threads > 1 ? "s" : " ", 1e9 * time.wall / n, 1e9 * time.processor / n, gflops,
           100 * share, peak_mb, load());
    fflush(stdout);
    const char *path = getenv("WSNET_BENCH_JSON");
    FILE *file = path ? fopen(path, "a") : NULL;
    if (!file) return;
    fprintf(file,
            "{\"program\":\"%s\",\"name\":\"%s\",\"kernels\":\"%s\",\"threads\":%zu,\"pixels\":%zu,\"ns_pixel\":%.2f,"
            "\"processor_ns_pixel\":%.2f,\"gflops\":%.2f,\"share_of_sgemm\":%.4f,\"sgemm_gflops\":%.2f,"
            "\"peak_mb\":%.2f,\"load\":%.2f}\n",
            running, name, network_kernels_best()->name, n_threads, n_pixels, 1e9 * time.wall / n,
            1e9 * time.processor / n, gflops, share, peak_gflops, peak_mb, load());
    fclose(file);
}

/* ---- scene and model ------------------------------------------------------------------------------------- */

static void *allocate(size_t count, size_t size) {
    void *memory = calloc(count, size);
    if (memory) return memory;
    fprintf(stderr, "memory is out\n");
    exit(1);
}

void bench_check(wsnet_context *context, wsnet_status status) {
    if (status == WSNET_OK) return;
    fprintf(stderr, "%s: %s\n", running, wsnet_context_error(context));
    exit(1);
}

wsnet_context *bench_context(size_t n_threads) {
    wsnet_context *context = wsnet_context_create(NULL);
    if (!context) exit(1);
    bench_check(context, wsnet_context_set_threads(context, n_threads));
    return context;
}

/* A smooth continuum with an absorption feature of its own: any number of materials that differ. */
static void fill_endmembers(const bench_scene *scene, random_state *random) {
    for (size_t k = 0; k < scene->n_endmembers; k++) {
        const double phase = 6.28 * random_uniform(random), centre = random_uniform(random);
        for (size_t b = 0; b < scene->n_bands; b++) {
            const double w = (double)b / (double)scene->n_bands, off = (w - centre) / 0.05;
            scene->endmembers[k * scene->n_bands + b] =
                (float)(0.4 + 0.2 * sin(3 * w + phase) - 0.15 * exp(-0.5 * off * off));
        }
    }
}

bench_scene bench_scene_create(size_t n_pixels, size_t n_bands, size_t n_endmembers) {
    bench_scene scene = {n_pixels, n_bands, n_endmembers, allocate(n_pixels * n_bands, sizeof(float)),
                         allocate(n_endmembers * n_bands, sizeof(float))};
    random_state random = random_create(1, 0);
    fill_endmembers(&scene, &random);
    for (size_t i = 0; i < n_pixels; i++) {
        double share[WSNET_MAX_ENDMEMBERS], sum = 0;
        float *pixel = scene.pixels + i * n_bands;
        for (size_t k = 0; k < n_endmembers; k++) sum += share[k] = random_gamma(&random, 0.5);
        for (size_t k = 0; k < n_endmembers; k++)
            for (size_t b = 0; b < n_bands; b++)
                pixel[b] += (float)(share[k] / sum) * scene.endmembers[k * n_bands + b];
        for (size_t b = 0; b < n_bands; b++) pixel[b] += 0.01f * (float)random_normal(&random);
    }
    return scene;
}

void bench_scene_destroy(bench_scene *scene) {
    free(scene->pixels);
    free(scene->endmembers);
}

wsnet_model *bench_model(wsnet_context *context, const bench_scene *scene) {
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = 3;
    wsnet_trainer *trainer;
    wsnet_model *model;
    bench_check(context,
                wsnet_trainer_create(context, &options, scene->n_pixels < 4096 ? scene->n_pixels : 4096, scene->n_bands,
                                     scene->pixels, scene->n_endmembers, scene->endmembers, &trainer));
    bench_check(context, wsnet_trainer_run(trainer));
    bench_check(context, wsnet_trainer_finish(trainer, NULL, &model));
    wsnet_trainer_destroy(trainer);
    return model;
}
