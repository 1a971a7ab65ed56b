/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file params.h  The one table of the network's weights. */
#ifndef WSNET_PARAMS_H
#define WSNET_PARAMS_H

#include "network.h"

/** How a weight starts: at a number, uniform in +-1/sqrt(number), normal with this standard deviation, or as the
 *  spectra it is given. */
typedef enum weight_start { START_AT, START_UNIFORM, START_NORMAL, START_SPECTRA } weight_start;

/** ROW(name, rows, columns, start, number); d is the const network_dims *. Vectors have one row. The decoder comes
 *  first. log(exp(0.1) - 1) makes the first delta 0.1. */
#define WEIGHT_TABLE(ROW)                                                                                              \
    ROW(endmembers, d->P, d->B, START_SPECTRA, 0)                                                                      \
    ROW(scale_gain, 1, d->Q, START_AT, 1)                                                                              \
    ROW(embed_weight, d->D, d->Q, START_UNIFORM, d->Q)                                                                 \
    ROW(embed_bias, 1, d->D, START_UNIFORM, d->Q)                                                                      \
    ROW(position, d->T, d->D, START_NORMAL, 0.02)                                                                      \
    ROW(embed_slope, 1, d->D, START_AT, 0.25)                                                                          \
    ROW(norm_in_gain, 1, d->D, START_AT, 1)                                                                            \
    ROW(norm_in_bias, 1, d->D, START_AT, 0)                                                                            \
    ROW(ssm_in_weight, 2 * d->D, d->D, START_UNIFORM, d->D)                                                            \
    ROW(ssm_conv_weight, d->D, d->K, START_UNIFORM, d->K)                                                              \
    ROW(ssm_conv_bias, 1, d->D, START_UNIFORM, d->K)                                                                   \
    ROW(ssm_x_weight, d->R + 2 * d->S, d->D, START_UNIFORM, d->D)                                                      \
    ROW(ssm_delta_weight, d->D, d->R, START_UNIFORM, d->R)                                                             \
    ROW(ssm_delta_bias, 1, d->D, START_AT, -2.2521684610440904)                                                        \
    ROW(ssm_alpha, 1, d->D, START_AT, 0)                                                                               \
    ROW(ssm_skip, 1, d->D, START_AT, 1)                                                                                \
    ROW(ssm_out_weight, d->D, d->D, START_UNIFORM, d->D)                                                               \
    ROW(wsa_qkv_weight, 3 * d->D, d->D, START_UNIFORM, d->D)                                                           \
    ROW(wsa_qkv_bias, 1, 3 * d->D, START_UNIFORM, d->D)                                                                \
    ROW(wsa_tau, 1, 1, START_AT, 0)                                                                                    \
    ROW(wsa_out_weight, d->D, d->D, START_UNIFORM, d->D)                                                               \
    ROW(wsa_out_bias, 1, d->D, START_UNIFORM, d->D)                                                                    \
    ROW(gate_weight, d->D, 2 * d->D, START_UNIFORM, 2 * d->D)                                                          \
    ROW(gate_bias, 1, d->D, START_UNIFORM, 2 * d->D)                                                                   \
    ROW(norm_out_gain, 1, d->D, START_AT, 1)                                                                           \
    ROW(norm_out_bias, 1, d->D, START_AT, 0)                                                                           \
    ROW(flat_weight, d->J, d->T * d->D, START_UNIFORM, d->T * d->D)                                                    \
    ROW(flat_bias, 1, d->J, START_UNIFORM, d->T * d->D)                                                                \
    ROW(flat_slope, 1, d->J, START_AT, 0.25)                                                                           \
    ROW(head_weight, d->J, d->J + 2 * d->P + 1, START_UNIFORM, d->J + 2 * d->P + 1)                                    \
    ROW(head_bias, 1, d->J, START_UNIFORM, d->J + 2 * d->P + 1)                                                        \
    ROW(head_slope, 1, d->J, START_AT, 0.25)                                                                           \
    ROW(shift_weight, d->P, d->J, START_AT, 0)                                                                         \
    ROW(shift_bias, 1, d->P, START_AT, 0)                                                                              \
    ROW(width_weight, 2 * d->P, d->J, START_UNIFORM, d->J)                                                             \
    ROW(width_bias, 1, 2 * d->P, START_AT, -3)

/** Where each weight is in a weight block. */
typedef struct weight_pointers {
#define WEIGHT_MEMBER(name, rows, columns, start, number) const real *name;
    WEIGHT_TABLE(WEIGHT_MEMBER)
#undef WEIGHT_MEMBER
} weight_pointers;

/** The same for a gradient block. */
typedef struct gradient_pointers {
#define WEIGHT_MEMBER(name, rows, columns, start, number) real *name;
    WEIGHT_TABLE(WEIGHT_MEMBER)
#undef WEIGHT_MEMBER
} gradient_pointers;

static inline weight_pointers weights_point(const network_dims *d, const real *values) {
    weight_pointers weights;
#define WEIGHT_MEMBER(name, rows, columns, start, number) weights.name = values, values += (rows) * (columns);
    WEIGHT_TABLE(WEIGHT_MEMBER)
#undef WEIGHT_MEMBER
    return weights;
}

static inline gradient_pointers gradient_point(const network_dims *d, real *values) {
    gradient_pointers gradient;
#define WEIGHT_MEMBER(name, rows, columns, start, number) gradient.name = values, values += (rows) * (columns);
    WEIGHT_TABLE(WEIGHT_MEMBER)
#undef WEIGHT_MEMBER
    return gradient;
}

/** Takes the weights of a network for the first endmembers of a network with more; the other sizes are the same.
 *  The answers for the old endmembers stay while the new ones have u = 0 and leave ls alone: columns of the head and rows of
 *  the widths are grown by zeros. The rows of the shift are centred before: their mean moves no projection on the simplex,
 *  and v = u + shift then has sum 1, whose projection keeps a new entry of 0 at 0.
 *  @param old_weights of old_dims  @param weights of dims, as weights_initialise() leaves them */
void weights_grow(const network_dims *old_dims, const float *old_weights, const network_dims *dims, float *weights);

#endif
