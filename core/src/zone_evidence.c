/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "zone_evidence.h"

#include <math.h>
#include <string.h>

enum { SCALES = 4 };
static const double scales[SCALES] = {0.03, 0.1, 0.3, 1};
/* Odds before the spectrum is seen. */
static const double odds_one = 0.3, odds_two = 0.03, odds_none = 0.7;
/* Two endmembers whose directions agree this well are one. */
static const double dependent = 1e-9;

typedef struct weighing {
    size_t n;
    const double *gram, *cross;
    double square, error; /**< error: variance of the errors, 1 where the materials explain the difference */
    double most, total, none, *shares;
} weighing;

/* @param k  the material, or n for nothing  @param l  the second, or n */
static void weigh(weighing *on, double logarithm, size_t k, double share_k, size_t l, double share_l) {
    if (logarithm > on->most) {
        const double fade = exp(on->most - logarithm);
        on->total *= fade;
        on->none *= fade;
        for (size_t i = 0; i < on->n; i++) on->shares[i] *= fade;
        on->most = logarithm;
    }
    const double weight = exp(logarithm - on->most);
    on->total += weight;
    if (k == on->n) on->none += weight;
    if (k < on->n) on->shares[k] += weight * share_k;
    if (l < on->n) on->shares[l] += weight * share_l;
}

/* Mean of a normal variable where it is positive, at most 1. @param logarithm  of the probability that it is, added to */
static double positive_mean(double mean, double sd, double *logarithm) {
    const double at = mean / sd, inside = fmax(0.5 * erfc(-at / sqrt(2)), 1e-30);
    *logarithm += log(2 * inside);
    return fmin(fmax(mean + sd * exp(-0.5 * at * at) / (sqrt(2 * 3.14159265358979323846) * inside), 0), 1);
}

static void weigh_one(weighing *on, size_t k) {
    const double gram = on->gram[k * on->n + k] / on->error, cross = on->cross[k] / on->error;
    for (int i = 0; i < SCALES; i++) {
        const double variance = 1 / (gram + 1 / (scales[i] * scales[i])), mean = variance * cross;
        double logarithm = 0.5 * cross * mean + 0.5 * log(variance) - log(scales[i]);
        const double share = positive_mean(mean, sqrt(variance), &logarithm);
        weigh(on, logarithm + log(odds_one / (double)on->n / SCALES), k, share, on->n, 0);
    }
}

/* The orthant's probability and means are those of independent shares. */
static void weigh_two(weighing *on, size_t k, size_t l) {
    const double n_pairs = (double)on->n * ((double)on->n - 1) / 2;
    const double between = on->gram[k * on->n + l] / on->error;
    const double cross_k = on->cross[k] / on->error, cross_l = on->cross[l] / on->error;
    for (int i = 0; i < SCALES * SCALES; i++) {
        const double scale_k = scales[i / SCALES], scale_l = scales[i % SCALES];
        const double gram_k = on->gram[k * on->n + k] / on->error + 1 / (scale_k * scale_k);
        const double gram_l = on->gram[l * on->n + l] / on->error + 1 / (scale_l * scale_l);
        const double determinant = gram_k * gram_l - between * between;
        if (!(determinant > 0)) continue; /* lost in rounding: the two are one, and weigh_one() has it */
        const double mean_k = (gram_l * cross_k - between * cross_l) / determinant;
        const double mean_l = (gram_k * cross_l - between * cross_k) / determinant;
        double logarithm =
            0.5 * (cross_k * mean_k + cross_l * mean_l) - 0.5 * log(determinant) - log(scale_k * scale_l);
        const double share_k = positive_mean(mean_k, sqrt(gram_l / determinant), &logarithm);
        const double share_l = positive_mean(mean_l, sqrt(gram_k / determinant), &logarithm);
        weigh(on, logarithm + log(odds_two / n_pairs / (SCALES * SCALES)), k, share_k, l, share_l);
    }
}

/* What the best two leave of the square. */
static double left_by_best(const weighing *on) {
    double best = 0;
    for (size_t k = 0; k < on->n; k++) {
        const double gram_k = on->gram[k * on->n + k], cross_k = on->cross[k];
        if (cross_k > 0 && gram_k > 0) best = fmax(best, cross_k * cross_k / gram_k);
        for (size_t l = 0; l < k; l++) {
            const double gram_l = on->gram[l * on->n + l], cross_l = on->cross[l], between = on->gram[k * on->n + l];
            const double determinant = gram_k * gram_l - between * between;
            if (determinant <= dependent * gram_k * gram_l) continue;
            const double share_k = (gram_l * cross_k - between * cross_l) / determinant;
            const double share_l = (gram_k * cross_l - between * cross_k) / determinant;
            if (share_k >= 0 && share_l >= 0) best = fmax(best, share_k * cross_k + share_l * cross_l);
        }
    }
    return fmax(on->square - best, 0);
}

double zone_evidence(size_t n_endmembers, size_t n_bands, const double *gram, const double *cross, double square,
                     double *shares) {
    weighing on = {n_endmembers, gram, cross, square, 1, log(odds_none), 0, 0, shares};
    memset(shares, 0, n_endmembers * sizeof *shares);
    on.error = fmax(1, left_by_best(&on) / (double)n_bands);
    weigh(&on, log(odds_none), on.n, 0, on.n, 0);
    for (size_t k = 0; k < on.n; k++) {
        weigh_one(&on, k);
        for (size_t l = 0; l < k; l++) weigh_two(&on, k, l);
    }
    for (size_t k = 0; k < on.n; k++) shares[k] /= on.total;
    return on.none / on.total;
}
