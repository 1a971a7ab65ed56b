/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

/* One channel of one column of lanes, in vectors: the arrays of [T,D] go on by `step` from token to token, p by
 * `p_step`; C is `states` vectors behind B. */
typedef struct scan_channel {
    size_t T, step, p_step, states;
    const vec *v, *delta, *decay, *B;
    real skip;
} scan_channel;

static inline scan_channel channel_at(const network_dims *dims, const scan_inputs *inputs, size_t d, size_t v) {
    const size_t at = d * COLUMNS + v;
    return (scan_channel){.T = dims->T,
                          .step = dims->D * COLUMNS,
                          .p_step = (dims->R + 2 * dims->S) * COLUMNS,
                          .states = dims->S * COLUMNS,
                          .v = (const vec *)inputs->v + at,
                          .delta = (const vec *)inputs->delta + at,
                          .decay = (const vec *)inputs->decay + at,
                          .B = (const vec *)inputs->p + dims->R * COLUMNS + v,
                          .skip = inputs->skip[d]};
}

/* power[s] = e^(s+1): each is the product of two lower ones of about half the exponent. */
INLINE void powers(const size_t S, vec e, vec *power) {
    power[0] = e;
    for (size_t s = 1; s < S; s++) power[s] = power[(s - 1) / 2] * power[s - 1 - (s - 1) / 2];
}

/* state becomes that of token t. */
INLINE void advance(const size_t S, const scan_channel *c, size_t t, vec *state) {
    vec decay[LAYER_MAX_STATES];
    powers(S, c->decay[t * c->step], decay);
    const vec *B = c->B + t * c->p_step, drive = c->delta[t * c->step] * c->v[t * c->step];
    for (size_t s = 0; s < S; s++) state[s] = decay[s] * state[s] + drive * B[s * COLUMNS];
}

INLINE void channel_forward(const size_t S, const scan_channel *c, vec *y) {
    vec state[LAYER_MAX_STATES];
    for (size_t s = 0; s < S; s++) state[s] = vector_set(0);
    for (size_t t = 0; t < c->T; t++) {
        const vec *C = c->B + t * c->p_step + c->states;
        advance(S, c, t, state);
        vec even = c->skip * c->v[t * c->step], odd = vector_set(0);
        for (size_t s = 0; s + 1 < S; s += 2) {
            even += C[s * COLUMNS] * state[s];
            odd += C[(s + 1) * COLUMNS] * state[s + 1];
        }
        if (S % 2) even += C[(S - 1) * COLUMNS] * state[S - 1];
        y[t * c->step] = even + odd;
    }
}

void scan_forward(const network_dims *dims, const scan_inputs *inputs, real *y) {
    for (size_t v = 0; v < COLUMNS; v++) {
        for (size_t d = 0; d < dims->D; d++) {
            const scan_channel channel = channel_at(dims, inputs, d, v);
            vec *out = (vec *)y + d * COLUMNS + v;
            /* With a constant the states stay in registers. */
            if (dims->S == 8)
                channel_forward(8, &channel, out);
            else
                channel_forward(dims->S, &channel, out);
        }
    }
}

/* Forward once more, keeping each state: cheaper than reading [T,D,S] back from memory. @param states [T,S] */
INLINE void channel_states(const size_t S, const scan_channel *c, vec *states) {
    vec state[LAYER_MAX_STATES];
    for (size_t s = 0; s < S; s++) state[s] = vector_set(0);
    for (size_t t = 0; t < c->T; t++) {
        advance(S, c, t, state);
        for (size_t s = 0; s < S; s++) states[t * S + s] = state[s];
    }
}

/* As in scan_channel. */
typedef struct channel_grads {
    vec *v, *delta, *log_decay, *B;
    vec skip; /* sum */
} channel_grads;

/* Walks the tokens backwards; carry[s] is the loss gradient that reaches state[t,s] from later tokens. */
INLINE void channel_backward(const size_t S, const scan_channel *c, const vec *states, const vec *dy,
                             channel_grads *grads) {
    vec carry[LAYER_MAX_STATES], decay[LAYER_MAX_STATES];
    for (size_t s = 0; s < S; s++) carry[s] = vector_set(0);
    for (size_t t = c->T; t-- > 0;) {
        const vec *B = c->B + t * c->p_step, *C = B + c->states;
        vec *dB = grads->B + t * c->p_step, *dC = dB + c->states;
        const vec delta = c->delta[t * c->step], v = c->v[t * c->step], d = dy[t * c->step];
        const vec drive = delta * v;
        powers(S, c->decay[t * c->step], decay);
        vec ddrive = vector_set(0), dlog = vector_set(0);
        for (size_t s = 0; s < S; s++) {
            /* y += C state; state = decay^(s+1) before + drive B */
            const vec dstate = carry[s] + d * C[s * COLUMNS];
            dC[s * COLUMNS] += d * states[t * S + s];
            dB[s * COLUMNS] += dstate * drive;
            ddrive += dstate * B[s * COLUMNS];
            carry[s] = dstate * decay[s];
            if (t > 0) dlog += carry[s] * states[(t - 1) * S + s] * (real)(s + 1);
        }
        /* drive = delta v; y += skip v */
        grads->log_decay[t * c->step] = dlog;
        grads->delta[t * c->step] = ddrive * v;
        grads->v[t * c->step] = ddrive * delta + d * c->skip;
        grads->skip += d * v;
    }
}

static void clear_dp(const network_dims *dims, real *dp) {
    const size_t row = dims->R + 2 * dims->S;
    for (size_t t = 0; t < dims->T; t++)
        for (size_t i = dims->R * COLUMNS; i < row * COLUMNS; i++) ((vec *)dp)[t * row * COLUMNS + i] = vector_set(0);
}

void scan_backward(const network_dims *dims, const scan_inputs *inputs, real *states, const real *dy,
                   const scan_grads *grads) {
    vec *kept = (vec *)states;
    clear_dp(dims, grads->p);
    for (size_t d = 0; d < dims->D; d++) {
        vec skip = vector_set(0);
        for (size_t v = 0; v < COLUMNS; v++) {
            const size_t at = d * COLUMNS + v;
            const scan_channel c = channel_at(dims, inputs, d, v);
            channel_grads sums = {.v = (vec *)grads->v + at,
                                  .delta = (vec *)grads->delta + at,
                                  .log_decay = (vec *)grads->log_decay + at,
                                  .B = (vec *)grads->p + dims->R * COLUMNS + v,
                                  .skip = skip};
            if (dims->S == 8) {
                channel_states(8, &c, kept);
                channel_backward(8, &c, kept, (const vec *)dy + at, &sums);
            } else {
                channel_states(dims->S, &c, kept);
                channel_backward(dims->S, &c, kept, (const vec *)dy + at, &sums);
            }
            skip = sums.skip;
        }
        grads->skip[d] += vector_sum(skip);
    }
}
