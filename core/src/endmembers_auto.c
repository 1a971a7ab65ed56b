/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"

/* Which recipe suits a scene can be seen without truth. Where P directions explain the pixels down to the noise, mixing
 * is exact and the most extreme pixels are the endmembers (VCA, N-FINDR): the candidate of least misfit is taken.
 * Where more is there than P directions hold (materials vary, mix nonlinearly), extreme pixels are outliers of a
 * material and archetypes, then their purest pixels, are nearer to it. */

/* The draws are always the same: another seed of the training must not move the endmembers. */
enum { SEED = 0, VCA_RUNS = 8, MAX_RARE = 2 };

/* A noise eigenvalue may exceed its expectation by this factor. */
static const double edge_margin = 1.03;
/* A rare endmember is worth one archetype when the worst pixels gain this much and the others lose no more. */
static const double rare_tail = 0.6, rare_mean = 1.02;

/* Starts with a residual up to this many times the lowest compete. */
static const double near_lowest = 1.05;

static const archetype_weights weights = {.brightness_power = 0.5, .variability = 0.02};

/** The best so far. */
typedef struct choice {
    float *spectra, *trial; /**< [P,B] */
    misfit fit;
    double variability; /**< that misfits allow for: 0 where mixing is exact */
    const char *name;
} choice;

static wsnet_status judge(const extraction *scene, const float *spectra, double variability, misfit *fit) {
    return extraction_misfit(scene, scene->n_endmembers, spectra, variability, NULL, NULL, fit);
}

/* Compares the largest eigenvalue of the whitened moments past P with the edge of the noise's (Marchenko and Pastur
 * 1967). */
static wsnet_status mixing_is_exact(const extraction *scene, bool *exact) {
    const size_t B = scene->n_bands, P = scene->n_endmembers;
    *exact = false;
    if (B < P + 4) return WSNET_OK;
    double *whitened = context_allocate(scene->context, B * B + (P + 1) * (B + 1), sizeof *whitened);
    if (!whitened) return WSNET_E_MEMORY;
    double *vectors = whitened + B * B, *values = vectors + (P + 1) * B, rest = 0;
    for (size_t i = 0; i < B; i++)
        for (size_t j = 0; j < B; j++)
            whitened[i * B + j] = scene->moments[i * B + j] / (scene->noise_sd[i] * scene->noise_sd[j]);
    for (size_t i = 0; i < B; i++) rest += whitened[i * B + i];
    const wsnet_status status = algebra_leading(scene->context, B, whitened, P + 1, vectors, values);
    for (size_t k = 0; k <= P && status == WSNET_OK; k++) rest -= values[k];
    const double root = 1 + sqrt((double)B / (double)scene->n_pixels);
    const double edge = rest / (double)(B - P - 1) * root * root;
    *exact = status == WSNET_OK && values[P] < edge_margin * edge;
    context_release(scene->context, whitened);
    return status;
}

static void take(const extraction *scene, const char *name, const misfit *fit, choice *best) {
    best->fit = *fit;
    best->name = name;
    memcpy(best->spectra, best->trial, scene->n_endmembers * scene->n_bands * sizeof *best->trial);
}

/* Takes the trial when its misfit is less. */
static wsnet_status consider(const extraction *scene, const char *name, choice *best) {
    misfit fit;
    if (!extraction_make_unit(scene, best->trial)) return WSNET_OK;
    const wsnet_status status = judge(scene, best->trial, best->variability, &fit);
    if (status != WSNET_OK) return status;
    context_log(scene->context, WSNET_LOG_DEBUG, "%s: misfit %.3f, of the worst pixels %.1f", name, fit.mean, fit.tail);
    if (fit.mean < best->fit.mean) take(scene, name, &fit, best);
    return WSNET_OK;
}

/* VCA from several seeds, and the largest simplex from each of them and from orthogonal projections. */
static wsnet_status try_extreme_pixels(const extraction *scene, choice *best) {
    vca_view *view;
    size_t picks[WSNET_MAX_ENDMEMBERS];
    wsnet_status status = vca_view_create(scene, &view);
    if (status != WSNET_OK) return status;
    for (uint64_t run = 0; run <= VCA_RUNS && status == WSNET_OK; run++) {
        status = context_progress(scene->context, (double)run / (VCA_RUNS + 1), "looking for extreme pixels");
        if (status != WSNET_OK) break;
        if (run < VCA_RUNS) {
            vca_run(view, SEED, run, best->trial, picks);
            status = consider(scene, "vertex component analysis", best);
        } else {
            status = atgp_picks(scene, picks);
        }
        if (status != WSNET_OK) break;
        nfindr_run(view, picks, best->trial);
        status = consider(scene, "the largest simplex", best);
    }
    vca_view_destroy(scene->context, view);
    return status;
}

/* The start of least misfit among those of nearly the lowest residual. Misfits count in units of what a typical pixel shows, noise and (unless mixing is exact)
 * variability: a residual of a dark material is as bad as one of a bright material. @param variability  set when negative,
 * by the start of lowest residual */
static wsnet_status best_start(const extraction *scene, size_t n_starts, float *candidates, const double *residuals,
                               double *variability, float *spectra, misfit *fit) {
    const size_t n_values = scene->n_endmembers * scene->n_bands, lowest = archetypes_lowest(n_starts, residuals);
    bool found = false;
    wsnet_status status = WSNET_OK;
    for (size_t i = 0; i < n_starts && status == WSNET_OK; i++) {
        /* The lowest goes first. */
        const size_t start = i == 0 ? lowest : i == lowest ? 0 : i;
        float *candidate = candidates + start * n_values;
        misfit own;
        if (residuals[start] > near_lowest * residuals[lowest]) continue;
        status = extraction_purify(scene, candidate);
        if (status != WSNET_OK || !extraction_make_unit(scene, candidate)) continue;
        if (*variability < 0) {
            status = judge(scene, candidate, 0, &own);
            *variability = own.variability;
        }
        if (status == WSNET_OK) status = judge(scene, candidate, *variability, &own);
        if (status != WSNET_OK || (found && own.mean >= fit->mean)) continue;
        found = true;
        *fit = own;
        memcpy(spectra, candidate, n_values * sizeof *spectra);
    }
    if (status == WSNET_OK && !found)
        return context_fail(scene->context, WSNET_E_NUMERIC, "%zu endmembers cannot be found in these pixels",
                            scene->n_endmembers);
    return status;
}

/* @param spectra [P,B]  @param variability, fit as best_start() */
static wsnet_status purified_archetypes(const extraction *scene, size_t n_starts, double *variability, float *spectra,
                                        misfit *fit) {
    wsnet_context *context = scene->context;
    const size_t n_values = scene->n_endmembers * scene->n_bands;
    float *candidates = context_allocate(context, n_starts * n_values, sizeof *candidates);
    double *residuals = candidates ? context_allocate(context, n_starts, sizeof *residuals) : NULL;
    wsnet_status status =
        residuals ? archetypes_candidates(scene, &weights, SEED, n_starts, candidates, residuals) : WSNET_E_MEMORY;
    if (status == WSNET_OK) status = best_start(scene, n_starts, candidates, residuals, variability, spectra, fit);
    context_release(context, residuals);
    context_release(context, candidates);
    return status;
}

/* One archetype fewer for every rare endmember. @param n_alike  pixels that agree on the last of them */
static wsnet_status archetypes_and_rare(const extraction *scene, size_t n_rare, choice *best, size_t *n_alike) {
    const size_t P = scene->n_endmembers, n_starts = (scene->options->n_starts + 1) / 2;
    extraction fewer = *scene;
    misfit unused;
    fewer.n_endmembers = P - n_rare;
    wsnet_status status = purified_archetypes(&fewer, n_starts, &best->variability, best->trial, &unused);
    *n_alike = 2;
    while (fewer.n_endmembers < P && status == WSNET_OK && *n_alike > 1) {
        status = extraction_add_rare(scene, fewer.n_endmembers, best->variability, best->trial, n_alike);
        fewer.n_endmembers++;
        if (status == WSNET_OK && !extraction_make_unit(&fewer, best->trial)) *n_alike = 0;
    }
    return status;
}

/* Rare endmembers in the place of archetypes, where that explains the worst pixels much better. */
static wsnet_status try_rare(const extraction *scene, choice *best) {
    static const char *const names[MAX_RARE + 1] = {"archetypes", "archetypes and a rare endmember from the residual",
                                                    "archetypes and rare endmembers from the residual"};
    const size_t P = scene->n_endmembers, wanted = scene->options->n_rare;
    size_t most = wanted > 0 ? wanted : MAX_RARE, n_alike = 2;
    if (most + 2 > P) most = P > 2 ? P - 2 : 0;
    for (size_t n_rare = 1; n_rare <= most; n_rare++) {
        const context_span outer =
            context_span_enter(scene->context, (double)(n_rare - 1) / (double)most, (double)n_rare / (double)most);
        wsnet_status status = archetypes_and_rare(scene, n_rare, best, &n_alike);
        context_span_leave(scene->context, outer);
        if (status != WSNET_OK || n_alike < 2) return status;
        misfit fit;
        status = judge(scene, best->trial, best->variability, &fit);
        if (status != WSNET_OK) return status;
        context_log(scene->context, WSNET_LOG_DEBUG, "%zu rare: misfit %.3f, of the worst pixels %.1f", n_rare,
                    fit.mean, fit.tail);
        if (fit.tail > rare_tail * best->fit.tail || fit.mean > rare_mean * best->fit.mean) return WSNET_OK;
        take(scene, names[n_rare < MAX_RARE ? n_rare : MAX_RARE], &fit, best);
    }
    return WSNET_OK;
}

wsnet_status extract_auto(const extraction *scene, float *spectra) {
    wsnet_context *context = scene->context;
    bool exact;
    wsnet_status status = mixing_is_exact(scene, &exact);
    if (status != WSNET_OK) return status;
    choice best = {.spectra = spectra, .name = "archetypes", .variability = exact ? 0 : -1};
    best.trial = context_allocate(context, scene->n_endmembers * scene->n_bands, sizeof *best.trial);
    if (!best.trial) return WSNET_E_MEMORY;
    context_span outer = context_span_enter(context, 0, 0.5);
    status = purified_archetypes(scene, scene->options->n_starts, &best.variability, spectra, &best.fit);
    context_span_leave(context, outer);
    outer = context_span_enter(context, 0.5, 1);
    if (status == WSNET_OK) status = exact ? try_extreme_pixels(scene, &best) : try_rare(scene, &best);
    context_span_leave(context, outer);
    context_release(context, best.trial);
    if (status != WSNET_OK) return status;
    context_log(context, WSNET_LOG_INFO, "endmembers chosen: %s, as %s; misfit %.2f, %.1f for the worst pixels (1: %s)",
                best.name, exact ? "mixing is exact down to the noise" : "materials vary more than the noise explains",
                best.fit.mean, best.fit.tail, exact ? "noise" : "noise and the usual variability");
    return WSNET_OK;
}
