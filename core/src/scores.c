/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scores of abundances against truth: the only implementation, for tests, command line and QGIS alike. */
#include <math.h>
#include <string.h>

#include "context.h"

/* Bounds of the truth that the scores speak of. */
static const float absent_truth = 0.001f, weak_low = 0.01f, recall_low = 0.05f, weak_high = 0.15f;
static const double allowed_false_positives = 0.05;

typedef struct score_inputs {
    size_t N, P;
    const float *abundance, *truth, *lower, *upper;
} score_inputs;

/** Sums over entries; those of the whole are those of the materials added up. */
typedef struct score_sums {
    size_t n, n_weak, n_recall, n_recalled;
    size_t n_present, n_absent, n_hit, n_false;
    double squared, squared_weak, width;
    size_t n_covered, n_covered_weak;
} score_sums;

static bool pixel_counts(const score_inputs *in, size_t i) {
    for (size_t j = i * in->P; j < (i + 1) * in->P; j++) {
        if (!isfinite(in->abundance[j]) || !isfinite(in->truth[j])) return false;
        if (in->lower && (!isfinite(in->lower[j]) || !isfinite(in->upper[j]))) return false;
    }
    return true;
}

/* The value that would stand at place `rank` (0: the largest) if the values were sorted downwards. Reorders them. */
static float select_largest(float *values, size_t n, size_t rank) {
    size_t begin = 0, end = n;
    for (;;) {
        const float pivot = values[begin + (end - begin) / 2];
        /* [begin, above) > pivot, [above, i) == pivot, [below, end) < pivot */
        size_t above = begin, i = begin, below = end;
        while (i < below) {
            const float value = values[i];
            if (value > pivot) {
                values[i++] = values[above];
                values[above++] = value;
            } else if (value < pivot) {
                values[i] = values[--below];
                values[below] = value;
            } else {
                i++;
            }
        }
        if (rank >= above && rank < below) return pivot;
        if (rank < above)
            end = above;
        else
            begin = below;
    }
}

/* The least threshold at which at most 5 % of the entries without the material exceed it. Entries equal to the
 * threshold are not detected: ties, such as many exact zeros, therefore never push the false positives over 5 %.
 * NaN when there is no such entry. */
static wsnet_status find_threshold(wsnet_context *context, const score_inputs *in, double *threshold) {
    size_t n = 0;
    float *values = context_allocate(context, in->N, in->P * sizeof *values);
    if (!values) return WSNET_E_MEMORY;
    for (size_t i = 0; i < in->N; i++) {
        if (!pixel_counts(in, i)) continue;
        for (size_t j = i * in->P; j < (i + 1) * in->P; j++)
            if (in->truth[j] <= absent_truth) values[n++] = in->abundance[j];
    }
    const size_t n_allowed = (size_t)floor(allowed_false_positives * (double)n);
    *threshold = n ? select_largest(values, n, n_allowed) : NAN;
    context_release(context, values);
    return WSNET_OK;
}

static void add_entry(const score_inputs *in, size_t j, double weak_threshold, double threshold, score_sums *sums) {
    const float abundance = in->abundance[j], truth = in->truth[j];
    const double error = (double)abundance - truth;
    const bool weak = truth > weak_low && truth <= weak_high, present = truth > absent_truth;
    const bool found = abundance > threshold;
    sums->n++;
    sums->squared += error * error;
    sums->n_weak += weak;
    sums->squared_weak += weak ? error * error : 0;
    if (truth > recall_low && truth <= weak_high) {
        sums->n_recall++;
        sums->n_recalled += abundance > weak_threshold;
    }
    sums->n_present += present;
    sums->n_absent += !present;
    sums->n_hit += present && found;
    sums->n_false += !present && found;
    if (!in->lower) return;
    const bool covered = truth >= in->lower[j] && truth <= in->upper[j];
    sums->n_covered += covered;
    sums->n_covered_weak += covered && weak;
    sums->width += (double)in->upper[j] - in->lower[j];
}

static double ratio(double part, size_t whole) { return whole ? part / (double)whole : NAN; }

static void add_sums(score_sums *total, const score_sums *part) {
    total->n += part->n;
    total->n_weak += part->n_weak;
    total->n_recall += part->n_recall;
    total->n_recalled += part->n_recalled;
    total->n_present += part->n_present;
    total->n_absent += part->n_absent;
    total->n_hit += part->n_hit;
    total->n_false += part->n_false;
    total->squared += part->squared;
    total->squared_weak += part->squared_weak;
    total->width += part->width;
    total->n_covered += part->n_covered;
    total->n_covered_weak += part->n_covered_weak;
}

static wsnet_material_scores material_scores(const score_sums *sums, bool intervals, bool threshold_exists) {
    const wsnet_material_scores scores = {
        .rmse = sqrt(ratio(sums->squared, sums->n)),
        .rmse_weak = sqrt(ratio(sums->squared_weak, sums->n_weak)),
        .recall_weak = threshold_exists ? ratio((double)sums->n_recalled, sums->n_recall) : NAN,
        .coverage = intervals ? ratio((double)sums->n_covered, sums->n) : NAN,
        .coverage_weak = intervals ? ratio((double)sums->n_covered_weak, sums->n_weak) : NAN,
        .mean_width = intervals ? ratio(sums->width, sums->n) : NAN,
        .n_weak = sums->n_weak,
    };
    return scores;
}

/* One material after the other: sums[k] has those of material k. */
static size_t sum_entries(const score_inputs *in, double weak_threshold, double threshold, score_sums *sums) {
    size_t n_pixels = 0;
    for (size_t i = 0; i < in->N; i++) {
        if (!pixel_counts(in, i)) continue;
        n_pixels++;
        for (size_t k = 0; k < in->P; k++) add_entry(in, i * in->P + k, weak_threshold, threshold, &sums[k]);
    }
    return n_pixels;
}

static void fill_scores(const score_inputs *in, const score_sums *sums, double weak_threshold, wsnet_scores *scores,
                        wsnet_material_scores *per_material) {
    score_sums total = {0};
    double rmse_sum = 0;
    const bool intervals = in->lower != NULL, threshold_exists = !isnan(weak_threshold);
    for (size_t k = 0; k < in->P; k++) {
        const wsnet_material_scores material = material_scores(&sums[k], intervals, threshold_exists);
        add_sums(&total, &sums[k]);
        rmse_sum += material.rmse;
        if (per_material) per_material[k] = material;
    }
    const wsnet_material_scores whole = material_scores(&total, intervals, threshold_exists);
    scores->rmse_global = whole.rmse;
    scores->rmse_class_mean = rmse_sum / (double)in->P;
    scores->rmse_weak = whole.rmse_weak;
    scores->weak_recall_at_5pct_fpr = whole.recall_weak;
    scores->weak_threshold = weak_threshold;
    scores->recall = ratio((double)total.n_hit, total.n_present);
    scores->precision = ratio((double)total.n_hit, total.n_hit + total.n_false);
    scores->false_positive_rate = ratio((double)total.n_false, total.n_absent);
    scores->coverage = whole.coverage;
    scores->coverage_weak = whole.coverage_weak;
    scores->mean_width = whole.mean_width;
}

wsnet_status wsnet_scores_compute(wsnet_context *context, size_t n_pixels, size_t n_endmembers, const float *abundance,
                                  const float *truth, const float *lower, const float *upper, double threshold,
                                  wsnet_scores *scores, wsnet_material_scores *per_material) {
    CONTEXT_REQUIRE(context, abundance);
    CONTEXT_REQUIRE(context, truth);
    CONTEXT_REQUIRE(context, scores);
    if (!lower != !upper)
        return context_fail(context, WSNET_E_ARGUMENT, "intervals need both their lower and their upper bounds");
    if (n_endmembers < 1 || n_endmembers > WSNET_MAX_ENDMEMBERS)
        return context_fail(context, WSNET_E_SHAPE, "%zu materials: 1 to %d can be scored", n_endmembers,
                            WSNET_MAX_ENDMEMBERS);
    if (!isfinite(threshold)) return context_fail(context, WSNET_E_ARGUMENT, "the detection threshold is not finite");
    const score_inputs in = {n_pixels, n_endmembers, abundance, truth, lower, upper};
    score_sums sums[WSNET_MAX_ENDMEMBERS];
    memset(sums, 0, sizeof sums);
    double weak_threshold;
    const wsnet_status status = find_threshold(context, &in, &weak_threshold);
    if (status) return status;
    const size_t n_used = sum_entries(&in, weak_threshold, threshold, sums);
    if (n_used == 0) return context_fail(context, WSNET_E_ARGUMENT, "no pixel has both abundances and truth to score");
    scores->n_pixels = n_used;
    fill_scores(&in, sums, weak_threshold, scores, per_material);
    return WSNET_OK;
}
