/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "least_squares.h"
#include "optimiser.h"
#include "trainer.h"

static const double PINBALL_FACTOR = 0.1, REAL_FACTOR = 0.1, SEPARABILITY_FACTOR = 1e-3, ANCHOR_FACTOR = 1;

/** One worker's arrays. */
typedef struct workspace {
    real *x, *u, *truth;        /* [B,LANES], [P,LANES], [P,LANES] */
    real *a, *lower, *upper;    /* [P,LANES] */
    real *da, *dlower, *dupper; /* [P,LANES] */
    void *scratch;
} workspace;

static workspace carve(arena *block, const network_dims *dims, size_t scratch_size) {
    workspace w;
    w.x = arena_take(block, dims->B * LANES, sizeof(real));
    real **const small[] = {&w.u, &w.truth, &w.a, &w.lower, &w.upper, &w.da, &w.dlower, &w.dupper};
    for (size_t i = 0; i < sizeof small / sizeof *small; i++)
        *small[i] = arena_take(block, dims->P * LANES, sizeof(real));
    w.scratch = arena_take(block, scratch_size, 1);
    return w;
}

static workspace workspace_of(const wsnet_trainer *trainer, size_t worker) {
    arena block = {.base = trainer->workspace + worker * trainer->workspace_stride};
    return carve(&block, &trainer->dims, trainer->kernels->scratch_size(&trainer->dims, true));
}

static wsnet_status reserve(wsnet_trainer *trainer) {
    const size_t n_workers = context_n_threads(trainer->context);
    if (trainer->workspace && n_workers <= trainer->n_workers) return WSNET_OK;
    arena block = {0};
    carve(&block, &trainer->dims, trainer->kernels->scratch_size(&trainer->dims, true));
    char *made = context_allocate(trainer->context, n_workers, block.used);
    if (!made) return WSNET_E_MEMORY;
    context_release(trainer->context, trainer->workspace);
    trainer->workspace = made;
    trainer->n_workers = n_workers;
    trainer->workspace_stride = block.used;
    return WSNET_OK;
}

typedef struct step_work {
    const wsnet_trainer *trainer;
    const trainer_batch *batch;
    const least_squares *prepared;
    network_loss_options losses;
    network_losses sums[TRAINER_CHUNKS];
} step_work;

/* A short block repeats its first row; lanes past n do not count. @param rows [n,columns]  @param lanes [columns,LANES] */
static void turn(const network_kernels *kernels, size_t n, size_t columns, const float *rows, real *lanes) {
    const float *row[LANES];
    for (size_t lane = 0; lane < LANES; lane++) row[lane] = rows + (lane < n ? lane : 0) * columns;
    kernels->turn(columns, row, lanes);
}

/* @param truth [n,P] of simulated pixels, NULL for real ones */
static void learn_block(step_work *work, const workspace *w, size_t n, const float *pixels, const float *truth,
                        float *gradient, network_losses *sums) {
    const wsnet_trainer *trainer = work->trainer;
    const network_dims *dims = &trainer->dims;
    const network_kernels *kernels = trainer->kernels;
    const network_constants constants = {trainer->pinv, trainer->options.without, 0};
    turn(kernels, n, dims->B, pixels, w->x);
    least_squares_classical_block(work->prepared, trainer->options.mixing, w->x, w->u);
    kernels->forward(dims, &constants, trainer->weights, w->x, w->u, w->scratch, true, w->a, w->lower, w->upper);
    if (truth) {
        turn(kernels, n, dims->P, truth, w->truth);
        kernels->loss_simulated(dims, &work->losses, n, w->truth, w->a, w->lower, w->upper, w->da, w->dlower, w->dupper,
                                sums);
    } else {
        memset(w->dlower, 0, dims->P * LANES * sizeof(real));
        memset(w->dupper, 0, dims->P * LANES * sizeof(real));
        kernels->loss_real(dims, &work->losses, n, trainer->weights, w->x, w->a, w->scratch, w->da, gradient, sums);
    }
    kernels->backward(dims, &constants, trainer->weights, w->x, w->u, w->scratch, w->da, w->dlower, w->dupper,
                      gradient);
}

/* Every TRAINER_CHUNKS-th block of pixels, into this chunk's own gradient. */
static void learn_chunk(void *work_, size_t chunk, size_t worker) {
    step_work *work = work_;
    const wsnet_trainer *trainer = work->trainer;
    const trainer_batch *batch = work->batch;
    const size_t n_bands = trainer->dims.B, n_weights = trainer->n_weights;
    const workspace w = workspace_of(trainer, worker);
    float *gradient = trainer->gradients + chunk * n_weights;
    memset(gradient, 0, n_weights * sizeof *gradient);
    const size_t n_blocks = (batch->n_simulated + LANES - 1) / LANES, n_real = (batch->n_real + LANES - 1) / LANES;
    for (size_t block = chunk; block < n_blocks + n_real; block += TRAINER_CHUNKS) {
        const bool simulated = block < n_blocks;
        const size_t first = (simulated ? block : block - n_blocks) * LANES;
        const size_t left = (simulated ? batch->n_simulated : batch->n_real) - first, n = left < LANES ? left : LANES;
        const float *pixels = (simulated ? batch->simulated : batch->real) + first * n_bands;
        learn_block(work, &w, n, pixels, simulated ? batch->truth + first * trainer->dims.P : NULL, gradient,
                    &work->sums[chunk]);
    }
}

void trainer_update_positive(wsnet_trainer *trainer) {
    weight_info row;
    for (size_t i = 0; weights_info(&trainer->dims, i, &row); i++) {
        if (!row.slow) continue;
        const float *endmembers = trainer->weights + row.offset;
        for (size_t j = 0; j < trainer->dims.P * trainer->dims.B; j++)
            trainer->positive[j] = endmembers[j] > 0 ? endmembers[j] : 0;
    }
}

/* Sums the chunks' gradients into the first, in their order. */
static void sum_gradients(wsnet_trainer *trainer) {
    const size_t n = trainer->n_weights;
    float *restrict sum = trainer->gradients;
    for (size_t chunk = 1; chunk < TRAINER_CHUNKS; chunk++) {
        const float *restrict part = trainer->gradients + chunk * n;
        for (size_t i = 0; i < n; i++) sum[i] += part[i];
    }
}

static double weighted_sum(const step_work *work) {
    double loss = 0;
    for (size_t chunk = 0; chunk < TRAINER_CHUNKS; chunk++)
        loss += (double)work->losses.scale_abundance * work->sums[chunk].abundance +
                (double)work->losses.scale_pinball * work->sums[chunk].pinball +
                (double)work->losses.scale_real * work->sums[chunk].real;
    return loss;
}

static network_loss_options loss_options(const wsnet_trainer *trainer, const trainer_batch *batch) {
    const wsnet_train_options *options = &trainer->options;
    const bool simulation = !(options->without & WSNET_WITHOUT_SIMULATION);
    return (network_loss_options){
        .coverage = (real)options->coverage,
        .scale_abundance = (real)(simulation ? 1 / (double)batch->n_simulated : 0),
        .scale_pinball = (real)(simulation ? PINBALL_FACTOR / (double)batch->n_simulated : 0),
        .scale_real = (real)((simulation ? REAL_FACTOR : 1) / (double)batch->n_real),
        .endmember_weight = options->endmember_weight,
        .band_weight = options->band_weight,
    };
}

/* Losses and gradient of the endmembers themselves, added to the first chunk's gradient. */
static double learn_endmembers(wsnet_trainer *trainer) {
    const double separability = trainer->options.without & WSNET_WITHOUT_KL ? 0 : SEPARABILITY_FACTOR;
    return trainer->kernels->loss_endmembers(&trainer->dims, trainer->weights, trainer->start, trainer->weak,
                                             (real)separability, (real)ANCHOR_FACTOR, workspace_of(trainer, 0).scratch,
                                             trainer->gradients);
}

wsnet_status trainer_learn(wsnet_trainer *trainer, const trainer_batch *batch, double *loss) {
    wsnet_context *context = trainer->context;
    wsnet_status status = reserve(trainer);
    if (status != WSNET_OK) return status;
    least_squares *prepared;
    trainer_update_positive(trainer);
    status = least_squares_create(context, trainer->dims.B, trainer->dims.P, trainer->positive, &prepared);
    if (status != WSNET_OK) return status;
    step_work work = {.trainer = trainer, .batch = batch, .prepared = prepared, .losses = loss_options(trainer, batch)};
    parallel_for(context, TRAINER_CHUNKS, learn_chunk, &work);
    least_squares_destroy(context, prepared);
    sum_gradients(trainer);
    const double sum = weighted_sum(&work) + learn_endmembers(trainer);
    const double norm = optimiser_norm(trainer->n_weights, trainer->gradients);
    if (!isfinite(sum) || !isfinite(norm))
        return context_fail(context, WSNET_E_NUMERIC, "training diverged at step %zu: a lower learning rate may help",
                            trainer->n_done + 1);
    const optimiser_rate rate =
        optimiser_schedule(trainer->n_done, trainer->options.n_steps, trainer->options.learning_rate);
    optimiser_update(&trainer->dims, trainer->n_done, rate, norm, trainer->level, trainer->gradients, trainer->weights,
                     trainer->mean, trainer->square);
    trainer->n_done++;
    if (loss) *loss = sum;
    return WSNET_OK;
}
