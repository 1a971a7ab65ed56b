/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file audit_zone.h  What an audit keeps of one zone, and the scores that it makes of it. */
#ifndef WSNET_CLI_AUDIT_ZONE_H
#define WSNET_CLI_AUDIT_ZONE_H

#include "cli.h"

/** What all zones of an audit have in common. */
typedef struct audit_basis {
    size_t n_bands, n_materials;
    wsnet_mixing mixing;
    const float *gain, *offset; /**< [B] of an adapted model, which has its rmse in the training cube's units */
    double gram[WSNET_MAX_ENDMEMBERS * WSNET_MAX_ENDMEMBERS]; /**< [P,P] E E' */
    double least_confidence, least_fit;
    size_t n_pairs;                        /**< materials that have a truth, 0 without one */
    size_t material[WSNET_MAX_ENDMEMBERS]; /**< [n_pairs] in the order of the truth's values */
} audit_basis;
void audit_basis_fill(audit_basis *basis, const wsnet_model *model);

/** One zone; all zero to begin with. */
typedef struct audit_zone {
    size_t n_pixels, n_unsure, n_poor;
    double squares;           /**< sum of squared residuals a band */
    double relative_squares;  /**< the same divided by the squared brightness */
    double angles;            /**< sum, rad */
    size_t n_truth, capacity; /**< pixels with a truth */
    float *entries;           /**< [4, capacity, n_pairs]: abundance, truth, lower, upper */
} audit_zone;
void audit_zone_free(audit_zone *zone);

/** One unmixed pixel. */
typedef struct audit_pixel {
    const float *abundance, *confidence, *lower, *upper; /**< [P] */
    float fit, rmse;
    const float *spectrum; /**< [B] */
    const float *truth;    /**< [n_pairs], or NULL; NaN: no truth here */
} audit_pixel;
/** @return false when memory is out */
bool audit_zone_add(const audit_basis *basis, audit_zone *zone, const audit_pixel *pixel);

/** Scores of a zone; NaN where they do not apply. */
typedef struct audit_scores {
    double rmse, angle_rad, unsure, poor_fit;
    float lod[WSNET_MAX_ENDMEMBERS];
    wsnet_scores truth; /**< all zero without a truth */
} audit_scores;
/** @return false with the failure printed */
bool audit_zone_score(cli *run, const wsnet_model *model, const audit_basis *basis, const audit_zone *zone,
                      audit_scores *scores);

#endif
