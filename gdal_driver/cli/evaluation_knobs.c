/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation_knobs.c  What can be turned without retraining, and what that does to recall and false positives. */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <string.h>

#include "evaluation_scene.h"

/** Shares of true (above 0.001) and false entries that pass, among those whose interval is narrow enough. */
typedef struct detection {
    double recall, false_positive_rate, kept;
} detection;

/* Recall counts weak fractions only, truth in (0.05, 0.15]; false positives are entries with truth <= 0.001. */
static detection detect(const evaluation_scene *made, const evaluation_answer *answer, double threshold,
                        double least_confidence) {
    size_t n_weak = 0, n_found = 0, n_absent = 0, n_false = 0, n_kept = 0;
    const size_t n = made->n_pixels * made->n_endmembers;
    for (size_t i = 0; i < n; i++) {
        const float truth = made->truth[i];
        const bool kept = 1 - (answer->upper[i] - answer->lower[i]) >= (float)least_confidence;
        const bool found = kept && answer->lower[i] > (float)threshold;
        n_kept += kept;
        if (truth > 0.05f && truth <= 0.15f) n_weak++, n_found += found;
        if (truth <= 0.001f) n_absent++, n_false += found;
    }
    return (detection){n_weak ? (double)n_found / (double)n_weak : NAN,
                       n_absent ? (double)n_false / (double)n_absent : NAN, (double)n_kept / (double)n};
}

/** Values of one curve over seeds. */
typedef struct curve_values {
    double recall[16][EVALUATION_MAX_SEEDS], false_positive_rate[16][EVALUATION_MAX_SEEDS];
    double rmse[16][EVALUATION_MAX_SEEDS], kept[16][EVALUATION_MAX_SEEDS];
} curve_values;

static bool trace_point(evaluation *all, const evaluation_scene *made, const evaluation_answer *answer,
                        double threshold, double least_confidence, size_t point, size_t seed, curve_values *values) {
    wsnet_scores scores;
    if (wsnet_scores_compute(all->run->context, made->n_pixels, made->n_endmembers, answer->abundance, made->truth,
                             NULL, NULL, 0.01, &scores, NULL) != WSNET_OK)
        return cli_fail_core(all->run), false;
    const detection found = detect(made, answer, threshold, least_confidence);
    values->recall[point][seed] = found.recall;
    values->false_positive_rate[point][seed] = found.false_positive_rate;
    values->kept[point][seed] = found.kept;
    values->rmse[point][seed] = scores.rmse_class_mean;
    return true;
}

static bool trace_seed(evaluation *all, const evaluation_scene *made, const wsnet_model *model, size_t seed,
                       curve_values *values) {
    const evaluation_task task = evaluation_scene_task(made, 0);
    bool done = true;
    evaluation_answer plain = {0};
    for (size_t i = 0; done && i < all->curves[0].n; i++) {
        evaluation_answer answer = {0};
        done = evaluation_answer_with(all, &task, model, all->curves[0].setting[i], &answer) &&
               trace_point(all, made, &answer, 0, 0, i, seed, &values[0]);
        evaluation_answer_free(&answer);
    }
    done = done && evaluation_answer_with(all, &task, model, 0, &plain);
    for (size_t i = 0; done && i < all->curves[1].n; i++)
        done = trace_point(all, made, &plain, all->curves[1].setting[i], 0, i, seed, &values[1]);
    for (size_t i = 0; done && i < all->curves[2].n; i++)
        done = trace_point(all, made, &plain, 0, all->curves[2].setting[i], i, seed, &values[2]);
    evaluation_answer_free(&plain);
    return done;
}

static void plan_curves(evaluation *all) {
    static const double bias[] = {-4, -3, -2, -1, 0, 1, 2, 3, 4};
    static const double level[] = {0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08};
    static const double confidence[] = {0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95};
    all->n_curves = 3;
    all->curves[0] = (evaluation_curve){.key = "weak_bias", .title = "weak_bias", .axis = "weak_bias", .n = 9};
    all->curves[1] =
        (evaluation_curve){.key = "detection_level", .title = "Detection level", .axis = "least lower bound", .n = 7};
    all->curves[2] = (evaluation_curve){
        .key = "minimum_confidence", .title = "Minimum confidence", .axis = "least confidence kept", .n = 7};
    memcpy(all->curves[0].setting, bias, sizeof bias);
    memcpy(all->curves[1].setting, level, sizeof level);
    memcpy(all->curves[2].setting, confidence, sizeof confidence);
}

bool evaluation_run_curves(evaluation *all, bool quick) {
    curve_values *values = VSICalloc(3, sizeof *values);
    if (!values) return cli_fail(all->run, "memory is out"), false;
    plan_curves(all);
    bool done = true;
    for (size_t seed = 0; done && seed < all->n_seeds; seed++) {
        evaluation_scene made = {0};
        wsnet_model *model = NULL;
        double seconds = 0;
        done = evaluation_scene_make(all, &all->cases[0], all->first_seed + seed, &made);
        const evaluation_task task = evaluation_scene_task(&made, all->first_seed + seed);
        done = done && evaluation_train(all, &task, 0, &model, &seconds) && trace_seed(all, &made, model, seed, values);
        wsnet_model_destroy(model);
        evaluation_scene_free(&made);
        if (quick) break;
    }
    const size_t n_seeds = quick ? 1 : all->n_seeds;
    for (size_t c = 0; done && c < all->n_curves; c++)
        for (size_t i = 0; i < all->curves[c].n; i++) {
            all->curves[c].recall[i] = evaluation_median(n_seeds, values[c].recall[i]);
            all->curves[c].false_positive_rate[i] = evaluation_median(n_seeds, values[c].false_positive_rate[i]);
            all->curves[c].rmse[i] = evaluation_median(n_seeds, values[c].rmse[i]);
            all->curves[c].kept[i] = evaluation_median(n_seeds, values[c].kept[i]);
        }
    VSIFree(values);
    return done;
}
