/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"

/* Which recipe suits a scene can be seen without truth. Where P directions explain the pixels down to the noise, mixing
 * is exact and the most extreme pixels are the endmembers (VCA, N-FINDR): the candidate of least misfit is taken.
 * Where more is there than P directions hold (materials vary, mix nonlinearly), extreme pixels are outliers of a
 * material and archetypes, then their purest pixels, are nearer to it. */

enum { VCA_RUNS = 8, MAX_RARE = 2 };

/* A noise eigenvalue may exceed its expectation by this factor. */
static const double edge_margin = 1.03;
/* A rare endmember is worth one archetype when the worst pixels gain this much and the others lose no more. */
static const double rare_tail = 0.6, rare_mean = 1.02;

static const archetype_weights weights = {.brightness_power = 0.5, .variability = 0.02};

/** The best so far. */
typedef struct choice {
    float *spectra, *trial; /**< [P,B] */
    misfit fit;
    double variability; /**< that misfits allow for: 0 where mixing is exact */
    char name[64];
} choice;

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

/* Takes the trial when its misfit is less. */
static wsnet_status consider(const extraction *scene, const char *name, choice *best) {
    misfit fit;
    if (!extraction_make_unit(scene, best->trial)) return WSNET_OK;
    const wsnet_status status =
        extraction_misfit(scene, scene->n_endmembers, best->trial, best->variability, NULL, NULL, &fit);
    if (status != WSNET_OK) return status;
    context_log(scene->context, WSNET_LOG_DEBUG, "%s: misfit %.3f, of the worst pixels %.1f", name, fit.mean, fit.tail);
    if (best->name[0] && fit.mean >= best->fit.mean) return WSNET_OK;
    best->fit = fit;
    strncpy(best->name, name, sizeof best->name - 1);
    memcpy(best->spectra, best->trial, scene->n_endmembers * scene->n_bands * sizeof *best->trial);
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
            vca_run(view, scene->options->seed, run, best->trial, picks);
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

static wsnet_status purified_archetypes(const extraction *scene, float *spectra) {
    const wsnet_status status = archetypes_best(scene, ARCHETYPES_SPHERE, &weights, spectra, NULL);
    return status == WSNET_OK ? extraction_purify(scene, spectra) : status;
}

/* From now on a misfit counts in units of what a typical pixel shows, noise and variability: a residual of a dark material
 * is as bad as one of a bright material. */
static wsnet_status allow_for_variability(const extraction *scene, choice *best) {
    best->variability = best->fit.variability;
    return extraction_misfit(scene, scene->n_endmembers, best->spectra, best->variability, NULL, NULL, &best->fit);
}

/* Fewer archetypes and rare endmembers in their place, where that explains the worst pixels much better. */
static wsnet_status try_rare(const extraction *scene, choice *best) {
    const size_t P = scene->n_endmembers, wanted = scene->options->n_rare;
    size_t most = wanted > 0 ? wanted : MAX_RARE;
    if (most + 2 > P) most = P > 2 ? P - 2 : 0;
    if (most > 0) {
        const wsnet_status status = allow_for_variability(scene, best);
        if (status != WSNET_OK) return status;
    }
    for (size_t n_rare = 1; n_rare <= most; n_rare++) {
        extraction fewer = *scene;
        fewer.n_endmembers = P - n_rare;
        const double part = 1 / (double)most;
        const context_span outer =
            context_span_enter(scene->context, (double)(n_rare - 1) * part, (double)n_rare * part);
        wsnet_status status = purified_archetypes(&fewer, best->trial);
        context_span_leave(scene->context, outer);
        size_t n_alike = 2;
        for (size_t k = P - n_rare; k < P && status == WSNET_OK && n_alike > 1; k++) {
            fewer.n_endmembers = k;
            if (!extraction_make_unit(&fewer, best->trial)) return WSNET_OK;
            status = extraction_add_rare(scene, k, best->variability, best->trial, &n_alike);
        }
        if (status != WSNET_OK || n_alike < 2 || !extraction_make_unit(scene, best->trial)) return status;
        misfit fit;
        status = extraction_misfit(scene, P, best->trial, best->variability, NULL, NULL, &fit);
        if (status != WSNET_OK) return status;
        context_log(scene->context, WSNET_LOG_DEBUG, "%zu rare: misfit %.3f, of the worst pixels %.1f", n_rare,
                    fit.mean, fit.tail);
        if (fit.tail > rare_tail * best->fit.tail || fit.mean > rare_mean * best->fit.mean) return WSNET_OK;
        best->fit = fit;
        memcpy(best->spectra, best->trial, P * scene->n_bands * sizeof *best->trial);
        strncpy(best->name,
                n_rare == 1 ? "archetypes and one rare endmember from the residual"
                            : "archetypes and rare endmembers from the residual",
                sizeof best->name - 1);
    }
    return WSNET_OK;
}

wsnet_status extract_auto(const extraction *scene, float *spectra) {
    wsnet_context *context = scene->context;
    choice best = {.spectra = spectra};
    bool exact;
    wsnet_status status = mixing_is_exact(scene, &exact);
    if (status != WSNET_OK) return status;
    best.trial = context_allocate(context, scene->n_endmembers * scene->n_bands, sizeof *best.trial);
    if (!best.trial) return WSNET_E_MEMORY;
    context_span outer = context_span_enter(context, 0, 0.4);
    status = purified_archetypes(scene, best.trial);
    context_span_leave(context, outer);
    if (status == WSNET_OK) status = consider(scene, "archetypes", &best);
    outer = context_span_enter(context, 0.4, 1);
    if (status == WSNET_OK) status = exact ? try_extreme_pixels(scene, &best) : try_rare(scene, &best);
    context_span_leave(context, outer);
    context_release(context, best.trial);
    if (status != WSNET_OK) return status;
    if (!best.name[0])
        return context_fail(context, WSNET_E_NUMERIC, "%zu endmembers cannot be found in these pixels",
                            scene->n_endmembers);
    context_log(context, WSNET_LOG_INFO,
                "endmembers chosen: %s, as %s; misfit %.2f times the noise's, %.1f for the worst pixels", best.name,
                exact ? "mixing is exact down to the noise" : "materials vary more than the noise explains",
                best.fit.mean, best.fit.tail);
    return WSNET_OK;
}
