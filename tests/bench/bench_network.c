/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Speed of the network's layers, one thread, processor time: bench_network [bands] [endmembers] [copy] [layer]
 * One line each: copy, layer, ns a pixel, GFLOP/s, peak memory of the process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "bench_layers.h"

/* Of this thread at work, so that other programs count little. */
static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static real *filled(size_t n, double base, double spread) {
    real *values = aligned_alloc(64, (n * sizeof *values + 63) / 64 * 64);
    if (!values) exit(1);
    for (size_t i = 0; i < n; i++) values[i] = (real)(base + spread * ((double)((i * 7919) % 1000) / 1000 - 0.5));
    return values;
}

static bench_work work_create(const network_kernels *kernels, network_dims dims) {
    bench_work work = {.dims = dims, .kernels = kernels};
    real *endmembers = filled(dims.P * dims.B, 0.4, 0.5);
    work.weights = filled(weights_count(&dims), 0, 0);
    weights_initialise(&dims, 1, endmembers, work.weights);
    free(endmembers);
    work.gradient = filled(weights_count(&dims), 0, 0);
    work.x = filled(dims.B * LANES, 0.4, 0.5);
    work.u = filled(dims.P * LANES, 1.0 / (double)dims.P, 0);
    work.outputs = filled(6 * dims.P * LANES, 0.01, 0.01);
    work.constants.pinv = filled(dims.B * dims.P, 0, 0.1);
    work.scratch = filled(kernels->scratch_size(&dims, true) / sizeof(real), 0.1, 0.1);
    return work;
}

static void work_destroy(bench_work *work) {
    void *const all[] = {work->weights, work->gradient, work->x, work->u, work->outputs, work->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    free((void *)(size_t)work->constants.pinv);
}

/* Best of several runs: what the machine can do when nothing disturbs it. */
static double best_seconds(const bench_step *step, const bench_work *work) {
    size_t n = 1;
    double best = 1e9;
    for (int round = 0; round < 60;) {
        const double start = seconds();
        for (size_t i = 0; i < n; i++) step->run(work);
        const double taken = seconds() - start;
        if (taken < 0.002 && round == 0) {
            n *= 2;
            continue;
        }
        if (taken / (double)n < best) best = taken / (double)n;
        round++;
    }
    return best;
}

/* @param only a layer's name, or NULL: all */
static void bench_copy(const char *name, bench_list list, network_dims dims, const char *only) {
    const network_kernels *kernels = network_kernels_named(name);
    if (!kernels) {
        printf("%-7s this machine cannot run it\n", name);
        return;
    }
    bench_work work = work_create(kernels, dims);
    bench_step steps[BENCH_MOST_STEPS];
    const size_t n = list(&dims, steps);
    for (size_t i = 0; i < BENCH_WHOLE; i++) steps[i].run(&work);
    for (size_t i = 0; i < n; i++) {
        if (only && strcmp(only, steps[i].name) != 0) continue;
        const double pixel = best_seconds(&steps[i], &work) / LANES;
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        printf("%-7s %-15s %9.1f ns/pixel %7.1f GFLOP/s %6.1f MB peak\n", name, steps[i].name, 1e9 * pixel,
               1e-9 * steps[i].flops / pixel, (double)usage.ru_maxrss / 1024);
    }
    work_destroy(&work);
}

int main(int argc, char **argv) {
    const size_t bands = argc > 1 ? strtoul(argv[1], NULL, 10) : 224;
    const size_t endmembers = argc > 2 ? strtoul(argv[2], NULL, 10) : 5;
    if (bands < 1 || bands > WSNET_MAX_BANDS || endmembers < 1 || endmembers > WSNET_MAX_ENDMEMBERS) {
        fprintf(stderr, "usage: bench_network [bands 1..%d] [endmembers 1..%d] [copy] [layer]\n", WSNET_MAX_BANDS,
                WSNET_MAX_ENDMEMBERS);
        return 2;
    }
    static const struct {
        const char *name;
        bench_list list;
    } copies[] = {
        {"base", bench_layers_base},
#ifdef WSNET_KERNELS_X86
        {"avx2", bench_layers_avx2},
        {"avx512", bench_layers_avx512},
#endif
    };
    const network_dims dims = network_dims_default(bands, endmembers);
    for (size_t i = 0; i < sizeof copies / sizeof *copies; i++)
        if (argc < 4 || !strcmp(argv[3], copies[i].name))
            bench_copy(copies[i].name, copies[i].list, dims, argc > 4 ? argv[4] : NULL);
    return 0;
}
