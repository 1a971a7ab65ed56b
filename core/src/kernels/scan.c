/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

/* One channel of one column of lanes; B and C of token t are p[t * p_row + s] and, S further, C. */
typedef struct scan_channel {
    size_t T, step, p_step, S_step; /* vectors from token to token in [T,D], in p, and from B to C */
    const vec *v, *delta_raw, *B;
    vec rate; /* exp(alpha) */
    real skip;
} scan_channel;

static inline scan_channel channel_at(const network_dims *dims, const scan_inputs *inputs, size_t d, size_t v) {
    const size_t at = d * COLUMNS + v;
    return (scan_channel){.T = dims->T,
                          .step = dims->D * COLUMNS,
                          .p_step = (dims->R + 2 * dims->S) * COLUMNS,
                          .S_step = dims->S * COLUMNS,
                          .v = (const vec *)inputs->v + at,
                          .delta_raw = (const vec *)inputs->delta_raw + at,
                          .B = (const vec *)inputs->p + dims->R * COLUMNS + v,
                          .rate = vector_exp(vector_set(inputs->alpha[d])),
                          .skip = inputs->skip[d]};
}

/* decay[s] = e^(s+1): each power is the product of two lower ones of about half the exponent. */
INLINE void powers(const size_t S, vec e, vec *decay) {
    decay[0] = e;
    for (size_t s = 1; s < S; s++) decay[s] = decay[(s - 1) / 2] * decay[s - 1 - (s - 1) / 2];
}

INLINE void channel_forward(const size_t S, scan_channel c, vec *y) {
    vec state[LAYER_MAX_STATES], decay[LAYER_MAX_STATES];
    for (size_t s = 0; s < S; s++) state[s] = vector_set(0);
    for (size_t t = 0; t < c.T; t++) {
        const vec *B = c.B + t * c.p_step, *C = B + c.S_step;
        const vec delta = vector_softplus(c.delta_raw[t * c.step]), v = c.v[t * c.step];
        powers(S, vector_exp(-delta * c.rate), decay);
        const vec drive = delta * v;
        vec sum = c.skip * v;
        for (size_t s = 0; s < S; s++) {
            state[s] = decay[s] * state[s] + drive * B[s * COLUMNS];
            sum += C[s * COLUMNS] * state[s];
        }
        y[t * c.step] = sum;
    }
}

void scan_forward(const network_dims *dims, const scan_inputs *inputs, real *y) {
    for (size_t v = 0; v < COLUMNS; v++) {
        for (size_t d = 0; d < dims->D; d++) {
            const scan_channel channel = channel_at(dims, inputs, d, v);
            vec *out = (vec *)y + d * COLUMNS + v;
            if (dims->S == 8)
                channel_forward(8, channel, out);
            else
                channel_forward(dims->S, channel, out);
        }
    }
}

/* Forward once more, keeping each state: cheaper than reading [T,D,S] back from memory. @param states [T,S] */
INLINE void channel_states(const size_t S, scan_channel c, vec *states) {
    vec state[LAYER_MAX_STATES], decay[LAYER_MAX_STATES];
    for (size_t s = 0; s < S; s++) state[s] = vector_set(0);
    for (size_t t = 0; t < c.T; t++) {
        const vec *B = c.B + t * c.p_step;
        const vec delta = vector_softplus(c.delta_raw[t * c.step]);
        powers(S, vector_exp(-delta * c.rate), decay);
        const vec drive = delta * c.v[t * c.step];
        for (size_t s = 0; s < S; s++) states[t * S + s] = state[s] = decay[s] * state[s] + drive * B[s * COLUMNS];
    }
}

typedef struct channel_grads {
    vec *v, *delta_raw, *B; /* as in scan_channel */
    vec rate, skip;         /* sums */
} channel_grads;

/* Walks the tokens backwards; carry[s] is the loss gradient that reaches state[t,s] from later tokens. */
INLINE void channel_backward(const size_t S, scan_channel c, const vec *states, const vec *dy, channel_grads *grads) {
    vec carry[LAYER_MAX_STATES], decay[LAYER_MAX_STATES];
    for (size_t s = 0; s < S; s++) carry[s] = vector_set(0);
    for (size_t t = c.T; t-- > 0;) {
        const vec *B = c.B + t * c.p_step, *C = B + c.S_step;
        vec *dB = grads->B + t * c.p_step, *dC = dB + c.S_step;
        const vec raw = c.delta_raw[t * c.step], delta = vector_softplus(raw), v = c.v[t * c.step];
        const vec d = dy[t * c.step], drive = delta * v;
        powers(S, vector_exp(-delta * c.rate), decay);
        vec ddrive = vector_set(0), dlog = vector_set(0);
        for (size_t s = 0; s < S; s++) {
            /* sum += C state; state = decay before + drive B */
            const vec dstate = carry[s] + d * C[s * COLUMNS];
            dC[s * COLUMNS] += d * states[t * S + s];
            dB[s * COLUMNS] += dstate * drive;
            ddrive += dstate * B[s * COLUMNS];
            carry[s] = dstate * decay[s];
            if (t > 0) dlog += carry[s] * states[(t - 1) * S + s] * (real)(s + 1);
        }
        /* decay[s] = exp(-(s+1) delta rate), drive = delta v, delta = softplus(raw), y += skip v */
        grads->rate -= dlog * delta;
        grads->skip += d * v;
        grads->delta_raw[t * c.step] = (ddrive * v - dlog * c.rate) * vector_sigmoid(raw);
        grads->v[t * c.step] += ddrive * delta + d * c.skip;
    }
}

static void clear_dp(const network_dims *dims, real *dp) {
    const size_t row = dims->R + 2 * dims->S;
    for (size_t t = 0; t < dims->T; t++)
        for (size_t i = dims->R * COLUMNS; i < row * COLUMNS; i++) ((vec *)dp)[t * row * COLUMNS + i] = vector_set(0);
}

void scan_backward(const network_dims *dims, const scan_inputs *inputs, real *states, const real *dy,
                   const scan_grads *grads) {
    clear_dp(dims, grads->p);
    for (size_t d = 0; d < dims->D; d++) {
        vec rate = vector_set(0), skip = vector_set(0);
        for (size_t v = 0; v < COLUMNS; v++) {
            const size_t at = d * COLUMNS + v;
            const scan_channel c = channel_at(dims, inputs, d, v);
            channel_grads sums = {.v = (vec *)grads->v + at,
                                  .delta_raw = (vec *)grads->delta_raw + at,
                                  .B = (vec *)grads->p + dims->R * COLUMNS + v,
                                  .rate = rate,
                                  .skip = skip};
            if (dims->S == 8) {
                channel_states(8, c, (vec *)states);
                channel_backward(8, c, (const vec *)states, (const vec *)dy + at, &sums);
            } else {
                channel_states(dims->S, c, (vec *)states);
                channel_backward(dims->S, c, (const vec *)states, (const vec *)dy + at, &sums);
            }
            rate = sums.rate;
            skip = sums.skip;
        }
        /* rate = exp(alpha) */
        grads->alpha[d] += vector_sum(rate) * vector_exp(vector_set(inputs->alpha[d]))[0];
        grads->skip[d] += vector_sum(skip);
    }
}
