/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file bench.h  What every benchmark prints, and the scene and the model that they share.
 *
 *  A line gives wall-clock and processor time: on a busy machine only the second, and ratios within one run, count. With
 *  WSNET_BENCH_JSON set to a file, every line is appended to it as one JSON object too. */
#ifndef WSNET_BENCH_H
#define WSNET_BENCH_H

#include <stddef.h>

#include "wsnet.h"

/** Times of one run, seconds; processor time is that of all threads together. */
typedef struct bench_time {
    double wall, processor;
} bench_time;

/** Measures the machine's sgemm peak on one thread, in a process of its own so that its memory does not count, and prints
 *  it with the load. Call before any thread is started. */
void bench_begin(const char *program);

/** Best times of several runs of function(user), about a second in all. */
bench_time bench_best(void (*function)(void *user), void *user);

/** Time of one run. */
bench_time bench_once(void (*function)(void *user), void *user);

/** Prints one line. GFLOP/s is by wall clock; the share of the sgemm peak is a core's, by processor time.
 *  @param name     without spaces
 *  @param flops    floating-point operations a pixel, 0 where they are not counted */
void bench_line(const char *name, size_t n_threads, size_t n_pixels, bench_time time, double flops);

/** Pixels with their endmembers, made up. */
typedef struct bench_scene {
    size_t n_pixels, n_bands, n_endmembers;
    float *pixels, *endmembers; /**< [N,B], [P,B] */
} bench_scene;

/** Ends the program with the context's sentence when something fails. */
void bench_check(wsnet_context *context, wsnet_status status);
wsnet_context *bench_context(size_t n_threads);
/** Mixtures with noise: Dirichlet (0.5), standard deviation 0.01. */
bench_scene bench_scene_create(size_t n_pixels, size_t n_bands, size_t n_endmembers);
void bench_scene_destroy(bench_scene *scene);
/** A model that was trained for a few steps: answers of the usual kind at the usual cost. */
wsnet_model *bench_model(wsnet_context *context, const bench_scene *scene);

#endif
