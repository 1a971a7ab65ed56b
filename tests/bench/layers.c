/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layers of one copy of the kernels as timed steps; compiled once for each copy. Every step works on the arrays that
 * a whole pass has left in the scratch. */
#include "layers.h"

#include "bench_layers.h"
#include "kernels/block.h"
#include "params.h"

typedef struct arrays {
    const network_dims *d;
    weight_pointers w;
    gradient_pointers dw;
    block_values v;
    block_gradients g;
} arrays;

static arrays arrays_of(const bench_work *work) {
    block made;
    block_arrange(&work->dims, true, work->scratch, &made);
    return (arrays){&work->dims, weights_point(&work->dims, work->weights), gradient_point(&work->dims, work->gradient),
                    made.value, made.gradient};
}

#define STEP(name)                                                                                                     \
    static void name##_of(arrays s, size_t T, size_t D, size_t J, size_t P);                                           \
    static void name(const bench_work *work) {                                                                         \
        const network_dims *d = &work->dims;                                                                           \
        name##_of(arrays_of(work), d->T, d->D, d->J, d->P);                                                            \
    }                                                                                                                  \
    static void name##_of(arrays s, size_t T, size_t D, size_t J, size_t P)
#define UNUSED_SIZES (void)T, (void)D, (void)J, (void)P

STEP(wavelet) {
    UNUSED_SIZES;
    wavelet_forward(s.d, true, s.g.mixture, s.v.level, s.v.c);
}
STEP(classical) {
    UNUSED_SIZES;
    classical_inputs(s.d, s.g.spectra, s.v.a, s.g.mixture, s.v.level, s.v.head_in + J * LANES);
}
STEP(embed) {
    UNUSED_SIZES;
    dense_forward((dense_shape){T, s.d->Q, D, s.d->Q, D}, s.v.embed, s.w.embed_bias, s.v.c, s.v.pre);
    prelu_forward(T, D, s.w.embed_slope, s.w.position, s.v.pre, s.v.h);
}
STEP(norm) {
    UNUSED_SIZES;
    norm_forward(T, D, s.w.norm_in_gain, s.w.norm_in_bias, s.v.h, s.v.z, s.v.moments_in);
}
STEP(dense_in_qkv) {
    UNUSED_SIZES;
    dense_forward((dense_shape){T, D, 2 * D, D, 2 * D}, s.w.ssm_in_weight, NULL, s.v.z, s.v.inner);
    dense_forward((dense_shape){T, D, 3 * D, D, 3 * D}, s.w.wsa_qkv_weight, s.w.wsa_qkv_bias, s.v.z, s.v.qkv);
}
STEP(conv) {
    UNUSED_SIZES;
    conv_forward(s.d, s.w.ssm_conv_weight, s.w.ssm_conv_bias, s.v.inner, 2 * D, s.v.conv, s.v.v);
}
STEP(dense_x_delta) {
    UNUSED_SIZES;
    const size_t n_p = s.d->R + 2 * s.d->S;
    dense_forward((dense_shape){T, D, n_p, D, n_p}, s.w.ssm_x_weight, NULL, s.v.v, s.v.p);
    dense_forward((dense_shape){T, s.d->R, D, n_p, D}, s.w.ssm_delta_weight, s.w.ssm_delta_bias, s.v.p, s.v.delta_raw);
}
STEP(rates) {
    UNUSED_SIZES;
    rates_forward(s.d, s.w.ssm_alpha, s.v.delta_raw, s.v.rate, s.v.delta, s.v.decay);
}
STEP(scan) {
    UNUSED_SIZES;
    scan_forward(s.d, &(scan_inputs){s.v.v, s.v.delta, s.v.decay, s.v.p, s.w.ssm_skip}, s.v.y);
}
STEP(swish) {
    UNUSED_SIZES;
    swish_forward(T, D, s.v.y, s.v.inner + D * LANES, 2 * D, s.v.gated);
}
STEP(dense_out) {
    UNUSED_SIZES;
    dense_forward((dense_shape){T, D, D, D, 2 * D}, s.w.ssm_out_weight, NULL, s.v.gated, s.v.mw);
}
STEP(attention) {
    UNUSED_SIZES;
    attention_forward(s.d, s.w.wsa_tau[0], s.v.qkv, s.v.lengths, false, s.v.share, s.v.attended);
}
STEP(gate) {
    UNUSED_SIZES;
    dense_forward((dense_shape){T, 2 * D, D, 2 * D, D}, s.w.gate_weight, s.w.gate_bias, s.v.mw, s.v.gate);
    fuse_forward(T, D, 0, s.v.h, s.v.mw, s.v.gate, s.v.gate, s.v.f);
}
STEP(flat) {
    UNUSED_SIZES;
    dense_forward((dense_shape){1, T * D, J, T * D, J}, s.w.flat_weight, s.w.flat_bias, s.v.zf, s.v.flat_pre);
}
STEP(head) {
    UNUSED_SIZES;
    const size_t n = J + 2 * P + 1;
    dense_forward((dense_shape){1, n, J, n, J}, s.w.head_weight, s.w.head_bias, s.v.head_in, s.v.head_pre);
    dense_forward((dense_shape){1, J, P, J, P}, s.w.shift_weight, s.w.shift_bias, s.v.head, s.v.shift);
    dense_forward((dense_shape){1, J, 2 * P, J, 2 * P}, s.w.width_weight, s.w.width_bias, s.v.head, s.v.width_raw);
}
STEP(simplex) {
    UNUSED_SIZES;
    simplex_forward(P, s.v.head_in + J * LANES, s.v.shift, s.v.a);
}
STEP(attention_back) {
    UNUSED_SIZES;
    attention_backward(s.d, s.w.wsa_tau[0], s.v.qkv, s.v.lengths, s.v.share, s.g.share, s.g.attended, s.g.qkv,
                       s.dw.wsa_tau);
}
STEP(scan_back) {
    UNUSED_SIZES;
    scan_backward(s.d, &(scan_inputs){s.v.v, s.v.delta, s.v.decay, s.v.p, s.w.ssm_skip}, s.g.states, s.g.y,
                  &(scan_grads){s.g.v, s.g.delta, s.g.log_decay, s.g.p, s.dw.ssm_skip});
    rates_backward(s.d, s.v.rate, s.v.delta_raw, s.v.delta, s.g.delta, s.g.log_decay, s.g.delta, s.dw.ssm_alpha);
}
STEP(flat_back) {
    UNUSED_SIZES;
    outer_backward_weights(T * D, J, s.v.zf, s.g.head_in, s.g.transposed, s.dw.flat_weight, s.dw.flat_bias);
    dense_backward_input((dense_shape){1, T * D, J, T * D, J}, s.w.flat_weight, s.g.head_in, false, s.g.zf);
}
STEP(qkv_back) {
    UNUSED_SIZES;
    const dense_shape shape = {T, D, 3 * D, D, 3 * D};
    dense_backward_weights(shape, s.v.z, s.g.qkv, s.dw.wsa_qkv_weight, s.dw.wsa_qkv_bias);
    dense_backward_input(shape, s.w.wsa_qkv_weight, s.g.qkv, false, s.g.z);
}

static void whole_forward(const bench_work *work, bool train) {
    const size_t P = work->dims.P * LANES;
    work->kernels->forward(&work->dims, &work->constants, work->weights, work->x, work->u, work->scratch, train,
                           work->outputs, work->outputs + P, work->outputs + 2 * P);
}
static void inference(const bench_work *work) { whole_forward(work, false); }
static void train_step(const bench_work *work) {
    const size_t P = work->dims.P * LANES;
    whole_forward(work, true);
    work->kernels->backward(&work->dims, &work->constants, work->weights, work->x, work->u, work->scratch,
                            work->outputs + 3 * P, work->outputs + 4 * P, work->outputs + 5 * P, work->gradient);
}

size_t KERNEL(bench_layers)(const network_dims *dims, bench_step *steps) {
    const double T = (double)dims->T, D = (double)dims->D, Q = (double)dims->Q, S = (double)dims->S;
    const double R = (double)dims->R, J = (double)dims->J, P = (double)dims->P, H = (double)dims->H;
    const double qkv = 2 * T * D * 3 * D, scores = 2 * T * T * D, n_head = J + 2 * P + 1;
    const double head_flops = 2 * J * (n_head + 3 * P), flat_flops = 2 * T * D * J, scan_flops = T * D * (7 * S + 5);
    const double layers = 2 * T * Q + 2 * T * D * (Q + 1) + 6 * T * D + qkv + 2 * T * D * 2 * D + T * D * 8 +
                          2 * T * (R + 2 * S) * D + 2 * T * R * D + scan_flops + 3 * T * D + 4 * T * D * D +
                          2 * scores + 4 * T * T * H + 4 * T * D * D + 5 * T * D + flat_flops + head_flops;
    const bench_step all[] = {
        {"forward", layers, inference},
        {"train step", 3 * layers, train_step},
        {"classical", 2 * (double)dims->B * (P + 1), classical},
        {"wavelet", 2 * T * Q, wavelet},
        {"embed", 2 * T * D * (Q + 1), embed},
        {"norm", 6 * T * D, norm},
        {"dense in qkv", qkv + 2 * T * D * 2 * D, dense_in_qkv},
        {"conv", T * D * 8, conv},
        {"dense x delta", 2 * T * (R + 2 * S) * D + 2 * T * R * D, dense_x_delta},
        {"rates", 4 * T * D, rates},
        {"scan", scan_flops, scan},
        {"swish", 3 * T * D, swish},
        {"dense out", 2 * T * D * D, dense_out},
        {"attention", 2 * scores + 4 * T * T * H, attention},
        {"gate", 4 * T * D * D + 5 * T * D, gate},
        {"flat", flat_flops, flat},
        {"head", head_flops, head},
        {"simplex", 4 * P, simplex},
        {"attention back", 4 * scores + 4 * T * T * H, attention_back},
        {"scan back", 3 * scan_flops, scan_back},
        {"flat back", 2 * flat_flops, flat_back},
        {"qkv back", 2 * qkv, qkv_back},
    };
    const size_t n = sizeof all / sizeof *all;
    for (size_t i = 0; i < n; i++) steps[i] = all[i];
    return n;
}
