/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file made_network.h  A network with made-up weights and a block of made-up pixels, as in the golden files. */
#ifndef WSNET_MADE_NETWORK_H
#define WSNET_MADE_NETWORK_H

#include "golden.h"
#include "network.h"

typedef struct made_network {
    network_dims dims;
    size_t n_weights;
    network_constants constants;
    real *pinv, *start, *weights, *gradient;
    real *x, *u, *truth;
    real *a, *lower, *upper, *da, *dlower, *dupper;
    void *scratch;
} made_network;

static inline double made_centre(const char *name) {
    static const struct {
        const char *name;
        double value;
    } centres[] = {{"endmembers", 0.5},    {"scale_gain", 1}, {"embed_slope", 0.25}, {"norm_in_gain", 1},
                   {"ssm_delta_bias", -2}, {"ssm_skip", 1},   {"norm_out_gain", 1},  {"flat_slope", 0.25},
                   {"head_slope", 0.25},   {"width_bias", -1}};
    for (size_t i = 0; i < sizeof centres / sizeof *centres; i++)
        if (!strcmp(centres[i].name, name)) return centres[i].value;
    return 0;
}

static inline void made_weights(const network_dims *dims, real *weights) {
    weight_info info;
    for (uint32_t k = 0; weights_info(dims, k, &info); k++)
        for (size_t i = 0; i < info.rows * info.columns; i++)
            weights[info.offset + i] = (real)(made_centre(info.name) + 0.25 * (double)pattern(100 + k, i));
}

/* Values |pattern| + least, divided by their sum over the first index. */
static inline real *made_shares(uint32_t seed, size_t n, double least) {
    real *shares = made_block(seed, n);
    for (size_t l = 0; l < LANES; l++) {
        double sum = 0;
        for (size_t i = 0; i < n; i++) sum += fabs((double)shares[i * LANES + l]) + least;
        for (size_t i = 0; i < n; i++)
            shares[i * LANES + l] = (real)((fabs((double)shares[i * LANES + l]) + least) / sum);
    }
    return shares;
}

/** pinv is made up too: replace it where it matters. */
static inline made_network made_network_create(const network_kernels *kernels, network_dims dims) {
    made_network made = {.dims = dims, .n_weights = weights_count(&dims)};
    made.pinv = made_values(91, dims.B * dims.P, 0.05, 0.2);
    made.start = made_values(90, dims.B * dims.P, 0.5, 0.25);
    made.constants = (network_constants){.pinv = made.pinv};
    made.weights = made_zeros(made.n_weights);
    made_weights(&dims, made.weights);
    made.gradient = made_zeros(made.n_weights);
    made.x = made_values(1, dims.B * LANES, 0.5, 0.4);
    made.u = made_shares(2, dims.P, 0.01);
    made.truth = made_shares(3, dims.P, 0);
    real **const outputs[] = {&made.a, &made.lower, &made.upper, &made.da, &made.dlower, &made.dupper};
    for (size_t i = 0; i < 6; i++) *outputs[i] = made_zeros(dims.P * LANES);
    /* Garbage in the scratch must not show. */
    made.scratch = made_values(7, kernels->scratch_size(&dims, true) / sizeof(real), 0, 1e6);
    return made;
}

static inline void made_network_destroy(made_network *made) {
    void *const all[] = {made->pinv, made->start,  made->weights, made->gradient, made->x,
                         made->u,    made->truth,  made->a,       made->lower,    made->upper,
                         made->da,   made->dlower, made->dupper,  made->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

static inline void made_forward(const network_kernels *kernels, made_network *made, bool train) {
    kernels->forward(&made->dims, &made->constants, made->weights, made->x, made->u, made->scratch, train, made->a,
                     made->lower, made->upper);
}

static inline void made_backward(const network_kernels *kernels, made_network *made) {
    kernels->backward(&made->dims, &made->constants, made->weights, made->x, made->u, made->scratch, made->da,
                      made->dlower, made->dupper, made->gradient);
}

/** Upstream gradients pattern(4), (5), (6). */
static inline void made_upstream(made_network *made) {
    for (size_t i = 0; i < made->dims.P * LANES; i++) {
        made->da[i] = pattern(4, i);
        made->dlower[i] = pattern(5, i);
        made->dupper[i] = pattern(6, i);
    }
}

static inline network_dims small_dims(void) {
    return (network_dims){
        .B = 18, .P = 4, .levels = 2, .Q = 4, .T = 5, .D = 6, .S = 5, .R = 4, .K = 3, .H = 3, .J = 10};
}

#endif
