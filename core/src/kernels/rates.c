/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

void rates_forward(const network_dims *dims, const real *alpha, const real *raw, real *rate, real *delta, real *decay) {
    const size_t D = dims->D;
    for (size_t d = 0; d < D; d++) rate[d] = vector_exp(vector_set(alpha[d]))[0];
    for (size_t t = 0; t < dims->T; t++) {
        const size_t row = t * D * COLUMNS;
        /* Three loops: many short chains of operations overlap better than a few long ones. */
        const vec *in = (const vec *)raw + row;
        vec *made = (vec *)delta + row, *small = (vec *)decay + row;
        for (size_t i = 0; i < D * COLUMNS; i++) small[i] = vector_exp_apart(in[i]);
        for (size_t i = 0; i < D * COLUMNS; i++) made[i] = vector_softplus_of(in[i], small[i]);
        for (size_t i = 0; i < D * COLUMNS; i++) small[i] = vector_exp_falling(made[i] * -rate[i / COLUMNS]);
    }
}

void rates_backward(const network_dims *dims, const real *rate, const real *raw, const real *delta, const real *ddelta,
                    const real *dlog, real *draw, real *dalpha) {
    for (size_t d = 0; d < dims->D; d++) {
        vec drate = vector_set(0);
        for (size_t t = 0; t < dims->T; t++) {
            for (size_t v = 0; v < COLUMNS; v++) {
                const size_t i = (t * dims->D + d) * COLUMNS + v;
                const vec dexponent = ((const vec *)dlog)[i];
                /* log decay = -delta rate, delta = softplus(raw) */
                drate -= dexponent * ((const vec *)delta)[i];
                ((vec *)draw)[i] =
                    (((const vec *)ddelta)[i] - dexponent * rate[d]) * vector_sigmoid(((const vec *)raw)[i]);
            }
        }
        /* rate = exp(alpha) */
        dalpha[d] += vector_sum(drate) * rate[d];
    }
}
