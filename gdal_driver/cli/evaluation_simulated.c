/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <string.h>

#include "evaluation_scene.h"

/* Extracts the endmembers and puts them into the truth's order. @return mean SAD in sad */
static bool scene_extract(evaluation *all, evaluation_scene *made, uint64_t seed, double *sad) {
    wsnet_context *context = all->run->context;
    const size_t P = made->n_endmembers, B = made->n_bands;
    size_t match[WSNET_MAX_ENDMEMBERS];
    double angle[WSNET_MAX_ENDMEMBERS];
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    options.seed = seed;
    float *found = VSIMalloc3(P, B, sizeof *found);
    if (!found) return cli_fail(all->run, "memory is out"), false;
    const bool done =
        wsnet_endmembers_extract(context, &options, made->n_pixels, B, made->pixels, P, found) == WSNET_OK &&
        wsnet_endmembers_match(context, B, P, made->truth_endmembers, P, found, match, angle) == WSNET_OK;
    *sad = 0;
    for (size_t k = 0; done && k < P; k++) {
        memcpy(made->endmembers + k * B, found + match[k] * B, B * sizeof *found);
        *sad += angle[k] / (double)P;
    }
    VSIFree(found);
    if (!done) cli_fail_core(all->run);
    return done;
}

static bool keep_scores(evaluation *all, const evaluation_scene *made, const evaluation_answer *answer, double sad,
                        double *kept) {
    wsnet_scores scores;
    if (wsnet_scores_compute(all->run->context, made->n_pixels, made->n_endmembers, answer->abundance, made->truth,
                             answer->lower, answer->upper, 0.01, &scores, NULL) != WSNET_OK)
        return cli_fail_core(all->run), false;
    kept[SCORE_RMSE] = scores.rmse_class_mean;
    kept[SCORE_RMSE_GLOBAL] = scores.rmse_global;
    kept[SCORE_RMSE_WEAK] = scores.rmse_weak;
    kept[SCORE_RECALL] = scores.weak_recall_at_5pct_fpr;
    kept[SCORE_SAD] = sad;
    if (answer->lower) {
        kept[SCORE_COVERAGE] = scores.coverage;
        kept[SCORE_COVERAGE_WEAK] = scores.coverage_weak;
        kept[SCORE_WIDTH] = scores.mean_width;
        kept[SCORE_SECONDS] = answer->seconds;
    }
    return true;
}

static bool run_network(evaluation *all, const evaluation_scene *made, uint64_t seed, unsigned without, double sad,
                        double *kept) {
    const evaluation_task task = evaluation_scene_task(made, seed);
    evaluation_answer answer = {0};
    wsnet_model *model = NULL;
    double seconds = 0;
    bool done = evaluation_train(all, &task, without, &model, &seconds) &&
                evaluation_answer_with(all, &task, model, 0, &answer);
    answer.seconds = seconds;
    done = done && keep_scores(all, made, &answer, sad, kept);
    evaluation_answer_free(&answer);
    wsnet_model_destroy(model);
    return done;
}

static bool run_classical(evaluation *all, const evaluation_scene *made, evaluation_method method, double sad,
                          double *kept) {
    const evaluation_task task = evaluation_scene_task(made, 0);
    evaluation_answer answer = {0};
    const bool done =
        evaluation_answer_classical(all, &task, method, &answer) && keep_scores(all, made, &answer, sad, kept);
    evaluation_answer_free(&answer);
    return done;
}

bool evaluation_run_simulated(evaluation *all, size_t case_index, size_t seed) {
    const evaluation_case *wanted = &all->cases[case_index];
    const uint64_t number = all->first_seed + seed;
    evaluation_scene made = {0};
    double sad = NAN;
    bool done = evaluation_scene_make(all, wanted, number, &made) &&
                (!wanted->blind || scene_extract(all, &made, number, &sad)) &&
                run_network(all, &made, number, 0, sad, evaluation_at(all, case_index, seed, EVALUATION_WSNET));
    for (evaluation_method method = EVALUATION_FCLS; done && method <= EVALUATION_UCLS; method++)
        done = run_classical(all, &made, method, sad, evaluation_at(all, case_index, seed, method));
    for (unsigned part = 0; done && wanted->ablations && part < 7; part++)
        done = run_network(all, &made, number, 1u << part, sad,
                           evaluation_at(all, case_index, seed, (evaluation_method)(EVALUATION_WITHOUT + part)));
    evaluation_scene_free(&made);
    return done;
}
