/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "least_squares.h"
#include "optimiser.h"
#include "trainer_options.h"

/* Streams of random numbers, one a purpose. */
enum { PURPOSE_WEIGHTS, PURPOSE_SIMULATED, PURPOSE_REAL, PURPOSE_CALIBRATION };

static uint64_t seed_of(uint64_t seed, uint64_t purpose) {
    random_state random = random_create(seed, purpose);
    return random_bits(&random);
}

/* Lays the object out in one block; called twice (see arena). */
static wsnet_trainer *carve(arena *block, const network_dims *dims, const wsnet_train_options *options) {
    const size_t spectra = dims->P * dims->B, n_weights = weights_count(dims);
    wsnet_trainer layout = {0}, *trainer = arena_take(block, 1, sizeof *trainer);
    layout.weights = arena_take(block, n_weights, sizeof(float));
    layout.mean = arena_take(block, n_weights, sizeof(float));
    layout.square = arena_take(block, n_weights, sizeof(float));
    layout.gradients = arena_take(block, TRAINER_CHUNKS * n_weights, sizeof(float));
    layout.start = arena_take(block, spectra, sizeof(float));
    layout.positive = arena_take(block, spectra, sizeof(float));
    layout.pinv = arena_take(block, spectra, sizeof(float));
    layout.level = arena_take(block, dims->P, sizeof(float));
    layout.weak = arena_take(block, dims->P, sizeof(bool));
    layout.band_weight = arena_take(block, dims->B, sizeof(float));
    layout.endmember_weight = arena_take(block, dims->P, sizeof(float));
    layout.drawn_pixels = arena_take(block, (options->batch + options->real_batch) * dims->B, sizeof(float));
    layout.drawn_truth = arena_take(block, options->batch * dims->P, sizeof(float));
    if (trainer) *trainer = layout;
    return trainer;
}

static wsnet_status allocate(wsnet_context *context, const network_dims *dims, const wsnet_train_options *options,
                             wsnet_trainer **made) {
    arena block = {0};
    carve(&block, dims, options);
    if (block.overflow) return context_fail(context, WSNET_E_MEMORY, "training of this size does not fit in memory");
    block = (arena){.base = context_allocate_zero(context, block.used, 1)};
    if (!block.base) return WSNET_E_MEMORY;
    wsnet_trainer *trainer = carve(&block, dims, options);
    trainer->context = context;
    trainer->dims = *dims;
    trainer->n_weights = weights_count(dims);
    trainer->kernels = network_kernels_best();
    trainer->options = *options;
    trainer->options.band_weight = trainer->options.endmember_weight = NULL;
    if (options->band_weight) {
        memcpy(trainer->band_weight, options->band_weight, dims->B * sizeof(float));
        trainer->options.band_weight = trainer->band_weight;
    }
    if (options->endmember_weight) {
        memcpy(trainer->endmember_weight, options->endmember_weight, dims->P * sizeof(float));
        trainer->options.endmember_weight = trainer->endmember_weight;
    }
    trainer->seed_simulated = seed_of(options->seed, PURPOSE_SIMULATED);
    trainer->seed_real = seed_of(options->seed, PURPOSE_REAL);
    trainer->seed_calibration = seed_of(options->seed, PURPOSE_CALIBRATION);
    *made = trainer;
    return WSNET_OK;
}

static int by_value(const void *first, const void *second) {
    const double a = *(const double *)first, b = *(const double *)second;
    return (a > b) - (a < b);
}

/* Level of the endmembers, and which are weak: mean classical abundance times norm below the median. */
static void find_weak(wsnet_trainer *trainer, const least_squares *prepared) {
    const size_t n_endmembers = trainer->dims.P, n_bands = trainer->dims.B;
    const simulator_scene scene = simulator_describe(trainer->scene);
    double strength[WSNET_MAX_ENDMEMBERS] = {0}, sorted[WSNET_MAX_ENDMEMBERS];
    float a[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < scene.n_pixels; i++) {
        least_squares_classical(prepared, trainer->options.mixing, 1, scene.pixels + i * n_bands, a, NULL);
        for (size_t k = 0; k < n_endmembers; k++) strength[k] += (double)a[k];
    }
    for (size_t k = 0; k < n_endmembers; k++) {
        const double length = optimiser_norm(n_bands, trainer->start + k * n_bands);
        trainer->level[k] = (float)(length / sqrt((double)n_bands));
        strength[k] *= length;
        sorted[k] = strength[k];
    }
    qsort(sorted, n_endmembers, sizeof *sorted, by_value);
    const double median = (sorted[(n_endmembers - 1) / 2] + sorted[n_endmembers / 2]) / 2;
    for (size_t k = 0; k < n_endmembers; k++) trainer->weak[k] = strength[k] < median;
}

/* Corrections for brightness that was not simulated are wrong, and distrusted. */
static void warn_of_illumination(const wsnet_trainer *trainer) {
    const simulator_scene scene = simulator_describe(trainer->scene);
    if (trainer->options.mixing != WSNET_MIXING_LINEAR ||
        !simulator_much_illumination(scene.illumination_seen, scene.illumination_sd))
        return;
    context_log(trainer->context, WSNET_LOG_WARNING,
                "brightness varies more over the scene than the training expects (standard deviation of its logarithm "
                "%.2f, not %.2f): leave out --illumination, or use --mixing scaled",
                scene.illumination_seen, scene.illumination_sd);
}

/* Everything that depends on the scene and the endmembers. */
static wsnet_status prepare(wsnet_trainer *trainer, size_t n_pixels, const float *pixels, const float *endmembers) {
    const network_dims *dims = &trainer->dims;
    for (size_t i = 0; i < dims->P * dims->B; i++) trainer->start[i] = endmembers[i] > 0 ? endmembers[i] : 0;
    weights_initialise(dims, seed_of(trainer->options.seed, PURPOSE_WEIGHTS), trainer->start, trainer->weights);
    const simulator_options simulated = {trainer->options.mixing, trainer->options.weak_share,
                                         trainer->options.illumination_sd, trainer->options.variability_sd};
    wsnet_status status = simulator_create(trainer->context, &simulated, n_pixels, dims->B, pixels, dims->P,
                                           trainer->start, &trainer->scene);
    if (status != WSNET_OK) return status;
    warn_of_illumination(trainer);
    least_squares *prepared;
    status = least_squares_create(trainer->context, dims->B, dims->P, trainer->start, &prepared);
    if (status != WSNET_OK) return status;
    least_squares_pinv(prepared, trainer->pinv);
    find_weak(trainer, prepared);
    least_squares_destroy(trainer->context, prepared);
    return WSNET_OK;
}

wsnet_status trainer_make(wsnet_context *context, const wsnet_train_options *options, const network_dims *dims,
                          size_t n_pixels, const float *pixels, const float *endmembers, wsnet_trainer **trainer) {
    wsnet_trainer *made = NULL;
    wsnet_status status = allocate(context, dims, options, &made);
    if (status != WSNET_OK) return status;
    status = prepare(made, n_pixels, pixels, endmembers);
    if (status == WSNET_OK) *trainer = made;
    if (status != WSNET_OK) wsnet_trainer_destroy(made);
    return status;
}

wsnet_status wsnet_trainer_create(wsnet_context *context, const wsnet_train_options *options, size_t n_pixels,
                                  size_t n_bands, const float *pixels, size_t n_endmembers, const float *endmembers,
                                  wsnet_trainer **trainer) {
    if (!context) return WSNET_E_ARGUMENT;
    CONTEXT_REQUIRE(context, options);
    CONTEXT_REQUIRE(context, pixels);
    CONTEXT_REQUIRE(context, endmembers);
    CONTEXT_REQUIRE(context, trainer);
    wsnet_status status = trainer_options_check(context, options, n_pixels, n_bands, n_endmembers);
    if (status == WSNET_OK)
        status = trainer_numbers_check(context, n_pixels, n_bands, pixels, n_endmembers, endmembers);
    if (status != WSNET_OK) return status;
    const network_dims dims = network_dims_default(n_bands, n_endmembers);
    return trainer_make(context, options, &dims, n_pixels, pixels, endmembers, trainer);
}

void wsnet_trainer_destroy(wsnet_trainer *trainer) {
    if (!trainer) return;
    wsnet_context *context = trainer->context;
    if (trainer->scene) simulator_destroy(context, trainer->scene);
    context_release(context, trainer->workspace);
    context_release(context, trainer->joined);
    context_release(context, trainer);
}

size_t wsnet_trainer_n_done(const wsnet_trainer *trainer) { return trainer ? trainer->n_done : 0; }

enum { DRAW_CHUNK = LANES };

static void draw_chunk(void *work, size_t chunk, size_t worker) {
    (void)worker;
    wsnet_trainer *trainer = work;
    const size_t n_bands = trainer->dims.B, batch = trainer->options.batch, n_real = trainer->options.real_batch;
    const size_t first = chunk * DRAW_CHUNK, end = first + DRAW_CHUNK;
    if (first < batch) {
        simulator_draw(trainer->scene, trainer->positive, trainer->seed_simulated, trainer->n_done * batch + first,
                       (end < batch ? end : batch) - first, trainer->drawn_pixels + first * n_bands,
                       trainer->drawn_truth + first * trainer->dims.P);
    }
    const simulator_scene scene = simulator_describe(trainer->scene);
    for (size_t i = first < batch ? batch : first; i < end && i < batch + n_real; i++) {
        random_state random = random_create(trainer->seed_real, trainer->n_done * n_real + i - batch);
        memcpy(trainer->drawn_pixels + i * n_bands, scene.pixels + random_index(&random, scene.n_pixels) * n_bands,
               n_bands * sizeof(float));
    }
}

wsnet_status wsnet_trainer_step(wsnet_trainer *trainer, double *loss) {
    if (!trainer) return WSNET_E_ARGUMENT;
    const wsnet_train_options *options = &trainer->options;
    if (trainer->n_done == options->n_steps)
        return context_fail(trainer->context, WSNET_E_ARGUMENT, "all %zu steps are done", options->n_steps);
    trainer_update_positive(trainer);
    const size_t n_drawn = options->batch + options->real_batch;
    parallel_for(trainer->context, (n_drawn + DRAW_CHUNK - 1) / DRAW_CHUNK, draw_chunk, trainer);
    const trainer_batch batch = {options->batch, options->real_batch, trainer->drawn_pixels, trainer->drawn_truth,
                                 trainer->drawn_pixels + options->batch * trainer->dims.B};
    return trainer_learn(trainer, &batch, loss);
}

wsnet_status wsnet_trainer_run(wsnet_trainer *trainer) {
    if (!trainer) return WSNET_E_ARGUMENT;
    const double n_steps = (double)trainer->options.n_steps;
    wsnet_status status = context_progress(trainer->context, (double)trainer->n_done / n_steps, "training");
    while (status == WSNET_OK && trainer->n_done < trainer->options.n_steps) {
        status = wsnet_trainer_step(trainer, NULL);
        if (status == WSNET_OK)
            status = context_progress(trainer->context, (double)trainer->n_done / n_steps, "training");
    }
    return status;
}
