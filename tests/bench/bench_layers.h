/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file bench_layers.h  The timed steps of one copy of the kernels. */
#ifndef WSNET_BENCH_LAYERS_H
#define WSNET_BENCH_LAYERS_H

#include "network.h"

/** What is timed: a network with made-up weights and a block of made-up pixels. */
typedef struct bench_work {
    network_dims dims;
    network_constants constants;
    const network_kernels *kernels;
    real *weights, *gradient, *x, *u, *outputs; /**< outputs [6P]: a, lower, upper and their gradients */
    void *scratch;
} bench_work;

typedef struct bench_step {
    const char *name;
    double flops; /**< a pixel; 2 for a multiplication with an addition, 1 for anything else, exp() included */
    void (*run)(const bench_work *work);
} bench_step;

enum {
    BENCH_MOST_STEPS = 40,
    BENCH_WHOLE = 2 /**< the first steps are whole passes: they leave in the scratch what the layers read */
};

/** Fills steps. @return how many */
typedef size_t (*bench_list)(const network_dims *dims, bench_step *steps);

size_t bench_layers_base(const network_dims *dims, bench_step *steps);
size_t bench_layers_avx2(const network_dims *dims, bench_step *steps);
size_t bench_layers_avx512(const network_dims *dims, bench_step *steps);

#endif
