/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation_scores.c  One answer against the truth: the core's scores, and those that compare two of them. */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "evaluation.h"

const evaluation_score_name evaluation_score_names[EVALUATION_SCORES] = {
    [SCORE_RMSE] = {"rmse_class_mean", "class-mean RMSE"},
    [SCORE_RATIO] = {"rmse_over_better_classical", "class-mean RMSE over the better of FCLS and NNLS/sum"},
    [SCORE_RMSE_GLOBAL] = {"rmse_global", "global RMSE"},
    [SCORE_RMSE_WEAK] = {"rmse_weak", "RMSE of weak entries"},
    [SCORE_RECALL] = {"weak_recall_at_5pct_fpr", "weak recall at 5 % false positives"},
    [SCORE_RECALL_LOWER] = {"weak_recall_by_lower_bound", "weak recall at 5 % false positives, ranked by lower bound"},
    [SCORE_RECALL_ANY] = {"recall", "recall of any fraction at an abundance of 0.01"},
    [SCORE_PRECISION] = {"precision", "precision at an abundance of 0.01"},
    [SCORE_FALSE_POSITIVES] = {"false_positive_rate", "false positives at an abundance of 0.01"},
    [SCORE_ZONE_GAP] = {"zone_gap_rmse", "largest gap of class-mean RMSE between quarters of the scene"},
    [SCORE_COVERAGE] = {"coverage", "coverage"},
    [SCORE_COVERAGE_WEAK] = {"coverage_weak", "coverage of weak entries"},
    [SCORE_WIDTH] = {"mean_width", "mean width of the interval"},
    [SCORE_WIDTH_CONSTANT] = {"mean_width_constant", "mean width of constant intervals of equal coverage"},
    [SCORE_FIT_AUC] = {"fit_auc", "area under the curve of the fit layer, a fifth of an unseen material"},
    [SCORE_SAD] = {"sad_mean_rad", "mean SAD (rad)"},
    [SCORE_SAD_DEGREES] = {"sad_mean_degrees", "mean SAD (degrees)"},
    [SCORE_SAD_LAST] = {"sad_last_rad", "SAD of the last (rare) material (rad)"},
    [SCORE_AREA_QUARTER] = {"area_error_0.25m2", "area error, 0.25 m2"},
    [SCORE_AREA_SIXTEENTH] = {"area_error_0.0625m2", "area error, 0.0625 m2"},
    [SCORE_SECONDS] = {"training_seconds", "training (s)"},
};

/** Arrays that are scored together. */
typedef struct scored {
    size_t n_pixels, n_endmembers;
    const float *abundance, *truth, *lower, *upper;
} scored;

static bool compute(evaluation *all, const scored *on, wsnet_scores *scores) {
    if (wsnet_scores_compute(all->run->context, on->n_pixels, on->n_endmembers, on->abundance, on->truth, on->lower,
                             on->upper, 0.01, scores, NULL) != WSNET_OK)
        return cli_fail_core(all->run), false;
    return true;
}

/* Entries of the other quarters lose their truth, and with it their vote. */
static bool quarter_rmse(evaluation *all, const scored *on, size_t width, int quarter, float *truth, double *rmse) {
    const size_t height = on->n_pixels / width;
    for (size_t i = 0; i < on->n_pixels; i++) {
        const int of_pixel = (i % width >= width / 2) + 2 * (i / width >= height / 2);
        for (size_t j = i * on->n_endmembers; j < (i + 1) * on->n_endmembers; j++)
            truth[j] = of_pixel == quarter ? on->truth[j] : NAN;
    }
    wsnet_scores scores;
    const scored part = {on->n_pixels, on->n_endmembers, on->abundance, truth, NULL, NULL};
    const bool done = compute(all, &part, &scores);
    *rmse = scores.rmse_class_mean;
    return done;
}

static bool zone_gap(evaluation *all, const scored *on, size_t width, float *scratch, double *gap) {
    double least = INFINITY, most = -INFINITY;
    for (int quarter = 0; quarter < 4; quarter++) {
        double rmse;
        if (!quarter_rmse(all, on, width, quarter, scratch, &rmse)) return false;
        least = fmin(least, rmse);
        most = fmax(most, rmse);
    }
    *gap = most - least;
    return true;
}

static int by_value(const void *first, const void *second) {
    const float a = *(const float *)first, b = *(const float *)second;
    return (a > b) - (a < b);
}

/* Mean width of [a - w, a + w] within [0, 1], with the least w, one a material, that covers as many of the entries that
 * hold the material as the answer's intervals do. An interval about nearly nothing covers an absence at any width. */
static double constant_width(const scored *on, float *reach) {
    const size_t P = on->n_endmembers;
    double width = 0;
    size_t n_counted = 0;
    for (size_t k = 0; k < P; k++) {
        size_t n = 0, n_covered = 0;
        for (size_t j = k; j < on->n_pixels * P; j += P) {
            if (!(on->truth[j] > 0.001f) || !isfinite(on->abundance[j])) continue;
            reach[n++] = fabsf(on->truth[j] - on->abundance[j]);
            n_covered += on->truth[j] >= on->lower[j] && on->truth[j] <= on->upper[j];
        }
        if (n == 0) continue;
        qsort(reach, n, sizeof *reach, by_value);
        const float half = reach[n_covered < n ? n_covered : n - 1];
        for (size_t j = k; j < on->n_pixels * P; j += P) {
            if (!isfinite(on->abundance[j])) continue;
            width += (double)(fminf(on->abundance[j] + half, 1) - fmaxf(on->abundance[j] - half, 0));
            n_counted++;
        }
    }
    return n_counted ? width / (double)n_counted : NAN;
}

static bool keep_interval_scores(evaluation *all, const scored *on, const wsnet_scores *scores, float *scratch,
                                 double *kept) {
    const scored by_lower = {on->n_pixels, on->n_endmembers, on->lower, on->truth, NULL, NULL};
    wsnet_scores ranked;
    if (!compute(all, &by_lower, &ranked)) return false;
    kept[SCORE_RECALL_LOWER] = ranked.weak_recall_at_5pct_fpr;
    kept[SCORE_COVERAGE] = scores->coverage;
    kept[SCORE_COVERAGE_WEAK] = scores->coverage_weak;
    kept[SCORE_WIDTH] = scores->mean_width;
    kept[SCORE_WIDTH_CONSTANT] = constant_width(on, scratch);
    return true;
}

bool evaluation_keep_scores(evaluation *all, const evaluation_task *scene, size_t width, const float *truth,
                            const evaluation_answer *answer, double *kept) {
    const scored on = {scene->n_pixels, scene->n_endmembers, answer->abundance, truth, answer->lower, answer->upper};
    wsnet_scores scores;
    float *scratch = VSIMalloc3(on.n_pixels, on.n_endmembers, sizeof *scratch);
    if (!scratch) return cli_fail(all->run, "memory is out"), false;
    const bool done = compute(all, &on, &scores) && zone_gap(all, &on, width, scratch, &kept[SCORE_ZONE_GAP]) &&
                      (!on.lower || keep_interval_scores(all, &on, &scores, scratch, kept));
    VSIFree(scratch);
    if (!done) return false;
    kept[SCORE_RMSE] = scores.rmse_class_mean;
    kept[SCORE_RMSE_GLOBAL] = scores.rmse_global;
    kept[SCORE_RMSE_WEAK] = scores.rmse_weak;
    kept[SCORE_RECALL] = scores.weak_recall_at_5pct_fpr;
    kept[SCORE_RECALL_ANY] = scores.recall;
    kept[SCORE_PRECISION] = scores.precision;
    kept[SCORE_FALSE_POSITIVES] = scores.false_positive_rate;
    if (on.lower) kept[SCORE_SECONDS] = answer->seconds;
    return true;
}

void evaluation_keep_angles(size_t n_endmembers, const double *angle_rad, double *kept) {
    double sum = 0;
    for (size_t k = 0; k < n_endmembers; k++) sum += angle_rad[k];
    kept[SCORE_SAD] = sum / (double)n_endmembers;
    kept[SCORE_SAD_DEGREES] = kept[SCORE_SAD] * 180 / M_PI;
    kept[SCORE_SAD_LAST] = angle_rad[n_endmembers - 1];
}

void evaluation_keep_ratios(const evaluation *all, size_t case_index, size_t seed) {
    const double better = fmin(evaluation_at(all, case_index, seed, EVALUATION_FCLS)[SCORE_RMSE],
                               evaluation_at(all, case_index, seed, EVALUATION_NNLS)[SCORE_RMSE]);
    for (evaluation_method method = 0; method < EVALUATION_METHODS; method++) {
        double *kept = evaluation_at(all, case_index, seed, method);
        kept[SCORE_RATIO] = kept[SCORE_RMSE] / better;
    }
}
