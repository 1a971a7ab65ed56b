/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "endmembers.h"

enum { LEAST_SWEEPS = 10, ENOUGH_PIXELS = 2500 };

typedef struct starts_work {
    const archetype_view *view;
    uint64_t seed;
    size_t first; /**< start of this round */
    size_t scratch_size;
    char *scratch;      /**< [threads,scratch_size] */
    size_t stride;      /**< of the pixels that count for the starts */
    hull_point *points; /**< [starts,P] */
    double *residuals;  /**< [starts] */
} starts_work;

static void start_chunk(void *argument, size_t chunk, size_t worker) {
    starts_work *work = argument;
    const size_t start = work->first + chunk;
    void *scratch = work->scratch + worker * work->scratch_size;
    hull_point *points = work->points + start * work->view->n_endmembers;
    archetypes_start(work->view, work->seed, start, scratch, points);
    work->residuals[start] = archetypes_run(work->view, work->stride, LEAST_SWEEPS, scratch, points);
}

/* Starts on a part of the pixels (every pixel may become an atom of an endmember); the best goes on with all of them. */
static wsnet_status run_starts(const extraction *scene, const archetype_view *view, float *spectra, double *spread) {
    wsnet_context *context = scene->context;
    const size_t n_starts = scene->options->n_starts, P = view->n_endmembers;
    const size_t n_threads = context_n_threads(context);
    arena block = {0};
    starts_work work = {.view = view,
                        .seed = scene->options->seed,
                        .scratch_size = archetypes_scratch_size(view),
                        .stride = view->n_pixels > ENOUGH_PIXELS ? view->n_pixels / ENOUGH_PIXELS : 1};
    for (int pass = 0; pass < 2; pass++) {
        block.used = 0;
        work.scratch = arena_take(&block, n_threads, work.scratch_size);
        work.points = arena_take(&block, n_starts * P, sizeof(hull_point));
        work.residuals = arena_take(&block, n_starts, sizeof(double));
        if (pass == 0) block.base = block.overflow ? NULL : context_allocate(context, block.used, 1);
        if (!block.base) return WSNET_E_MEMORY;
    }
    wsnet_status status = WSNET_OK;
    /* In rounds, so that a cancel is heard. */
    for (work.first = 0; work.first < n_starts && status == WSNET_OK; work.first += n_threads) {
        const size_t rest = n_starts - work.first;
        status = context_progress(context, (double)work.first / (double)n_starts, "looking for endmembers");
        if (status == WSNET_OK) parallel_for(context, rest < n_threads ? rest : n_threads, start_chunk, &work);
    }
    size_t best = 0, worst = 0;
    for (size_t i = 1; i < n_starts && status == WSNET_OK; i++) {
        if (work.residuals[i] < work.residuals[best]) best = i;
        if (work.residuals[i] > work.residuals[worst]) worst = i;
    }
    if (status == WSNET_OK) {
        archetypes_run(view, 1, 1, work.scratch, work.points + best * P);
        archetypes_spectra(view, work.points + best * P, spectra);
        if (spread) *spread = work.residuals[worst] - work.residuals[best];
    }
    context_release(context, block.base);
    return status;
}

wsnet_status archetypes_best(const extraction *scene, archetype_view_kind kind, const archetype_weights *how,
                             float *spectra, double *spread) {
    archetype_view *view;
    wsnet_status status = archetype_view_create(scene, kind, how, &view);
    if (status != WSNET_OK) return status;
    status = run_starts(scene, view, spectra, spread);
    archetype_view_destroy(scene->context, view);
    return status;
}

wsnet_status extract_archetypes(const extraction *scene, float *spectra) {
    const archetype_weights how = {.brightness_power = 0.5};
    double spread;
    const wsnet_status status = archetypes_best(scene, ARCHETYPES_SPHERE, &how, spectra, &spread);
    if (status == WSNET_OK)
        context_log(scene->context, WSNET_LOG_INFO,
                    "archetypal analysis: the residuals of %zu starts differ by %.2g of the signal",
                    scene->options->n_starts, spread);
    return status;
}
