/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "audit_zone.h"

#include <cpl_vsi.h>
#include <math.h>
#include <string.h>

void audit_basis_fill(audit_basis *basis, const wsnet_model *model) {
    const float *endmembers = wsnet_model_endmembers(model);
    const size_t n_bands = basis->n_bands = wsnet_model_n_bands(model);
    const size_t n = basis->n_materials = wsnet_model_n_endmembers(model);
    basis->mixing = wsnet_model_mixing(model);
    basis->gain = wsnet_model_gain(model);
    basis->offset = wsnet_model_offset(model);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t b = 0; b < n_bands; b++)
                sum += (double)endmembers[i * n_bands + b] * (double)endmembers[j * n_bands + b];
            basis->gram[i * n + j] = sum;
        }
}

void audit_zone_free(audit_zone *zone) { VSIFree(zone->entries); }

/* ---- adding pixels -------------------------------------------------------------------------------------- */

/* |a E|^2 */
static double mixture_square(const audit_basis *basis, const float *abundance) {
    double sum = 0;
    for (size_t i = 0; i < basis->n_materials; i++)
        for (size_t j = 0; j < basis->n_materials; j++)
            sum += (double)abundance[i] * (double)abundance[j] * basis->gram[i * basis->n_materials + j];
    return sum;
}

/* The reconstruction s a E has the s of least squares, so the residual r is at a right angle to it:
 * |s a E|^2 = |y|^2 - |r|^2 and tan(angle) = |r| / |s a E|. */
static void add_residual(const audit_basis *basis, audit_zone *zone, const audit_pixel *pixel) {
    double spectrum = 0;
    for (size_t b = 0; b < basis->n_bands; b++) {
        const double value = (double)basis->gain[b] * (double)pixel->spectrum[b] + (double)basis->offset[b];
        spectrum += value * value;
    }
    const double square = (double)pixel->rmse * (double)pixel->rmse;
    const double residual = square * (double)basis->n_bands, explained = fmax(spectrum - residual, 0);
    zone->squares += square;
    zone->angles += atan2(sqrt(residual), sqrt(explained));
    if (explained > 0) zone->relative_squares += square * mixture_square(basis, pixel->abundance) / explained;
}

static bool make_room(const audit_basis *basis, audit_zone *zone) {
    if (zone->n_truth < zone->capacity) return true;
    const size_t capacity = zone->capacity ? 2 * zone->capacity : 256;
    float *entries = VSI_MALLOC3_VERBOSE(4 * capacity, basis->n_pairs, sizeof *entries);
    if (!entries) return false;
    for (size_t i = 0; i < 4 && zone->entries; i++)
        memcpy(entries + i * capacity * basis->n_pairs, zone->entries + i * zone->capacity * basis->n_pairs,
               zone->n_truth * basis->n_pairs * sizeof *entries);
    VSIFree(zone->entries);
    zone->entries = entries;
    zone->capacity = capacity;
    return true;
}

static bool add_truth(const audit_basis *basis, audit_zone *zone, const audit_pixel *pixel) {
    const size_t n = basis->n_pairs;
    for (size_t i = 0; i < n; i++)
        if (!isfinite(pixel->truth[i])) return true;
    if (!make_room(basis, zone)) return false;
    const size_t step = zone->capacity * n;
    float *entry = zone->entries + zone->n_truth * n;
    for (size_t i = 0; i < n; i++) {
        const size_t k = basis->material[i];
        entry[i] = pixel->abundance[k];
        entry[step + i] = pixel->truth[i];
        entry[2 * step + i] = pixel->lower[k];
        entry[3 * step + i] = pixel->upper[k];
    }
    zone->n_truth++;
    return true;
}

bool audit_zone_add(const audit_basis *basis, audit_zone *zone, const audit_pixel *pixel) {
    zone->n_pixels++;
    for (size_t k = 0; k < basis->n_materials; k++)
        zone->n_unsure += (double)pixel->confidence[k] < basis->least_confidence;
    zone->n_poor += (double)pixel->fit < basis->least_fit;
    add_residual(basis, zone, pixel);
    return !pixel->truth || add_truth(basis, zone, pixel);
}

/* ---- scores --------------------------------------------------------------------------------------------- */

bool audit_zone_score(cli *run, const wsnet_model *model, const audit_basis *basis, const audit_zone *zone,
                      audit_scores *scores) {
    memset(scores, 0, sizeof *scores);
    const double n = zone->n_pixels ? (double)zone->n_pixels : NAN;
    scores->rmse = sqrt(zone->squares / n);
    scores->angle_rad = zone->angles / n;
    scores->unsure = (double)zone->n_unsure / (n * (double)basis->n_materials);
    scores->poor_fit = (double)zone->n_poor / n;
    for (size_t k = 0; k < basis->n_materials; k++) scores->lod[k] = NAN;
    if (zone->n_pixels == 0) return true;
    /* Fitting P abundances takes P degrees of freedom out of the residuals. */
    const double n_bands = (double)basis->n_bands, freedom = fmax(n_bands - (double)basis->n_materials, 1);
    const double squares = basis->mixing == WSNET_MIXING_SCALED ? zone->relative_squares : zone->squares;
    const double noise_sd = sqrt(squares / n * n_bands / freedom);
    wsnet_status status = wsnet_model_detection_limits(run->context, model, noise_sd, scores->lod);
    const size_t step = zone->capacity * basis->n_pairs;
    if (status == WSNET_OK && zone->n_truth)
        status = wsnet_scores_compute(run->context, zone->n_truth, basis->n_pairs, zone->entries, zone->entries + step,
                                      zone->entries + 2 * step, zone->entries + 3 * step, 0.05, &scores->truth, NULL);
    return status == WSNET_OK || (cli_fail_core(run), false);
}
