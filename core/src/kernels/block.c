/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/block.h"

#include <stdint.h>

#include "layers.h"

/* n channels of LANES pixels */
static real *lanes(arena *memory, size_t n) { return arena_take(memory, n, LANES * sizeof(real)); }

static void arrange_values(const network_dims *d, bool train, arena *memory, block_values *v) {
    const size_t TD = d->T * d->D;
    v->level = lanes(memory, 1);
    v->c = lanes(memory, d->T * d->Q);
    v->embed = arena_take(memory, d->D * d->Q, sizeof(real));
    v->h = lanes(memory, TD);
    v->pre = train ? lanes(memory, TD) : v->h;
    v->moments_in = lanes(memory, 2 * d->T);
    v->z = lanes(memory, TD);
    v->inner = lanes(memory, 2 * TD);
    v->v = lanes(memory, TD);
    v->conv = train ? lanes(memory, TD) : v->v;
    v->p = lanes(memory, d->T * (d->R + 2 * d->S));
    v->delta_raw = lanes(memory, TD);
    v->rate = arena_take(memory, d->D, sizeof(real));
    v->delta = train ? lanes(memory, TD) : v->delta_raw;
    v->decay = lanes(memory, TD);
    v->y = train ? lanes(memory, TD) : v->decay;
    v->gated = train ? lanes(memory, TD) : v->y;
    v->qkv = train ? lanes(memory, 3 * TD) : v->inner; /* inner and v, next to each other, are over by then */
    v->lengths = lanes(memory, 2 * d->H * d->T);
    v->share = lanes(memory, (train ? d->H * d->T : ATTENTION_ROWS) * d->T);
    v->attended = train ? lanes(memory, TD) : v->z;
    v->mw = lanes(memory, 2 * TD);
    v->gate = train ? lanes(memory, TD) : v->z;
    v->f = train ? lanes(memory, TD) : v->h;
    v->moments_out = train ? lanes(memory, 2 * d->T) : v->moments_in;
    v->zf = train ? lanes(memory, TD) : v->z;
}

static void arrange_head(const network_dims *d, arena *memory, block_values *v) {
    v->flat_pre = lanes(memory, d->J);
    v->head_in = lanes(memory, d->J + 2 * d->P + 1);
    v->head_pre = lanes(memory, d->J);
    v->head = lanes(memory, d->J);
    v->shift = lanes(memory, d->P);
    v->width_raw = lanes(memory, 2 * d->P);
    v->a = lanes(memory, d->P);
}

static void arrange_gradients(const network_dims *d, arena *memory, block_gradients *g) {
    const size_t TD = d->T * d->D;
    real **const whole[] = {&g->zf,    &g->h, &g->f, &g->z,     &g->gate,     &g->attended,
                            &g->gated, &g->y, &g->v, &g->delta, &g->log_decay};
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++) *whole[i] = lanes(memory, TD);
    g->width_raw = lanes(memory, 2 * d->P);
    g->shift = lanes(memory, d->P);
    g->head = lanes(memory, d->J);
    g->head_in = lanes(memory, d->J + 2 * d->P + 1);
    g->mw = lanes(memory, 2 * TD);
    g->qkv = lanes(memory, 3 * TD);
    g->inner = lanes(memory, 2 * TD);
    g->p = lanes(memory, d->T * (d->R + 2 * d->S));
    g->share = lanes(memory, d->T * d->T);
    g->states = lanes(memory, d->T * d->S);
    g->transposed = lanes(memory, TD > d->J + 2 * d->P + 1 ? TD : d->J + 2 * d->P + 1);
    g->embed = arena_take(memory, d->D * d->Q, sizeof(real));
    g->mixture = lanes(memory, d->B);
    g->spectra = arena_take(memory, 3 * d->P * d->B, sizeof(real));
}

size_t block_arrange(const network_dims *dims, bool train, void *base, block *made) {
    arena memory = {.base = base};
    arrange_values(dims, train, &memory, &made->value);
    arrange_head(dims, &memory, &made->value);
    if (train) arrange_gradients(dims, &memory, &made->gradient);
    return memory.overflow ? SIZE_MAX : memory.used; /* which no allocator has */
}

size_t network_scratch_size(const network_dims *dims, bool train) {
    block measured;
    return block_arrange(dims, train, NULL, &measured);
}
