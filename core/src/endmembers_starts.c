/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <string.h>

#include "endmembers.h"

enum { ENOUGH_PIXELS = 2500 };

typedef struct starts_work {
    const archetype_view *view;
    uint64_t seed;
    bool mixed;   /**< every other start is weighted */
    size_t first; /**< start of this round */
    size_t scratch_size;
    char *scratch;      /**< [threads,scratch_size] */
    hull_point *points; /**< [starts,P] */
    double *residuals;  /**< [starts] */
} starts_work;

/* Abundances on a part of the pixels; every pixel may become an atom of an endmember. */
static void start_chunk(void *argument, size_t chunk, size_t worker) {
    starts_work *work = argument;
    const size_t start = work->first + chunk, n = work->view->n_pixels;
    const archetype_sweeps how = {
        .stride = n > ENOUGH_PIXELS ? n / ENOUGH_PIXELS : 1, .least = 10, .most = 60, .tolerance = 1e-5};
    void *scratch = work->scratch + worker * work->scratch_size;
    hull_point *points = work->points + start * work->view->n_endmembers;
    archetypes_start(work->view, work->mixed && start % 2 == 1, work->seed, start, scratch, points);
    work->residuals[start] = archetypes_run(work->view, &how, scratch, points);
}

/* @param residuals [n_starts]  @param spectra [n_starts,P,B] or NULL  @param polished [P,B] the best of them after more
 *  sweeps on all pixels, or NULL */
static wsnet_status run_starts(wsnet_context *context, starts_work *work, size_t n_starts, double *residuals,
                               float *spectra, float *polished) {
    const size_t P = work->view->n_endmembers, n_threads = context_n_threads(context);
    arena block = {0};
    work->residuals = residuals;
    work->scratch_size = archetypes_scratch_size(work->view);
    for (int pass = 0; pass < 2; pass++) {
        block.used = 0;
        work->scratch = arena_take(&block, n_threads, work->scratch_size);
        work->points = arena_take(&block, n_starts * P, sizeof(hull_point));
        if (pass == 0) block.base = block.overflow ? NULL : context_allocate(context, block.used, 1);
        if (!block.base) return WSNET_E_MEMORY;
    }
    wsnet_status status = WSNET_OK;
    /* In rounds, so that a cancel is heard. */
    for (work->first = 0; work->first < n_starts && status == WSNET_OK; work->first += n_threads) {
        const size_t rest = n_starts - work->first;
        status = context_progress(context, (double)work->first / (double)n_starts, "looking for endmembers");
        if (status == WSNET_OK) parallel_for(context, rest < n_threads ? rest : n_threads, start_chunk, work);
    }
    if (status == WSNET_OK && polished) {
        const archetype_sweeps how = {.stride = 1, .least = 1, .most = 60, .tolerance = 1e-5};
        hull_point *best = work->points + archetypes_lowest(n_starts, residuals) * P;
        archetypes_run(work->view, &how, work->scratch, best);
        archetypes_spectra(work->view, best, polished);
    }
    for (size_t i = 0; i < n_starts && status == WSNET_OK && spectra; i++)
        archetypes_spectra(work->view, work->points + i * P, spectra + i * P * work->view->n_bands);
    context_release(context, block.base);
    return status;
}

size_t archetypes_lowest(size_t n_starts, const double *residuals) {
    size_t best = 0;
    for (size_t i = 1; i < n_starts; i++)
        if (residuals[i] < residuals[best]) best = i;
    return best;
}

wsnet_status archetypes_candidates(const extraction *scene, const archetype_weights *how, uint64_t seed,
                                   size_t n_starts, float *spectra, double *residuals) {
    archetype_view *view;
    wsnet_status status = archetype_view_create(scene, ARCHETYPES_SPHERE, how, &view);
    if (status != WSNET_OK) return status;
    starts_work work = {.view = view, .seed = seed, .mixed = true};
    status = run_starts(scene->context, &work, n_starts, residuals, spectra, NULL);
    archetype_view_destroy(scene->context, view);
    return status;
}

wsnet_status extract_archetypes(const extraction *scene, float *spectra) {
    wsnet_context *context = scene->context;
    const archetype_weights how = {.brightness_power = 0.5};
    const size_t n_starts = scene->options->n_starts;
    archetype_view *view;
    double *residuals = context_allocate(context, n_starts, sizeof *residuals);
    wsnet_status status = residuals ? archetype_view_create(scene, ARCHETYPES_SPHERE, &how, &view) : WSNET_E_MEMORY;
    if (status == WSNET_OK) {
        starts_work work = {.view = view, .seed = scene->options->seed};
        status = run_starts(context, &work, n_starts, residuals, NULL, spectra);
        archetype_view_destroy(context, view);
    }
    if (status == WSNET_OK)
        context_log(context, WSNET_LOG_INFO, "archetypal analysis: the best of %zu starts leaves %.2g of the signal",
                    n_starts, residuals[archetypes_lowest(n_starts, residuals)]);
    context_release(context, residuals);
    return status;
}
