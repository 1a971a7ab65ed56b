/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <string.h>

#include "evaluation_scene.h"

/* Extracts the endmembers and puts them into the truth's order. @param angle_rad [P] to the truth */
static bool scene_extract(evaluation *all, evaluation_scene *made, uint64_t seed, double *angle_rad) {
    wsnet_context *context = all->run->context;
    const size_t P = made->n_endmembers, B = made->n_bands;
    size_t match[WSNET_MAX_ENDMEMBERS];
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    options.seed = seed;
    float *found = VSIMalloc3(P, B, sizeof *found);
    if (!found) return cli_fail(all->run, "memory is out"), false;
    const bool done =
        wsnet_endmembers_extract(context, &options, made->n_pixels, B, made->pixels, P, found) == WSNET_OK &&
        wsnet_endmembers_match(context, B, P, made->truth_endmembers, P, found, match, angle_rad) == WSNET_OK;
    for (size_t k = 0; done && k < P; k++) memcpy(made->endmembers + k * B, found + match[k] * B, B * sizeof *found);
    VSIFree(found);
    if (!done) cli_fail_core(all->run);
    return done;
}

static bool run_method(evaluation *all, const evaluation_case *wanted, const evaluation_scene *made, uint64_t seed,
                       evaluation_method method, double *kept) {
    const evaluation_task task = evaluation_scene_task(made, seed);
    evaluation_answer answer = {0};
    wsnet_model *model = NULL;
    const bool done =
        evaluation_answer_method(all, &task, &task, method, &model, &answer) &&
        evaluation_keep_scores(all, &task, wanted->scene.width, made->truth, &answer, kept) &&
        (method != EVALUATION_WSNET || evaluation_fit_area(all, wanted, seed, made, model, &kept[SCORE_FIT_AUC]));
    evaluation_answer_free(&answer);
    wsnet_model_destroy(model);
    return done;
}

bool evaluation_run_simulated(evaluation *all, size_t case_index, size_t seed) {
    const evaluation_case *wanted = &all->cases[case_index];
    const uint64_t number = all->first_seed + seed;
    const evaluation_method end = wanted->ablations ? EVALUATION_METHODS : EVALUATION_WITHOUT;
    evaluation_scene made = {0};
    double angle_rad[WSNET_MAX_ENDMEMBERS];
    bool done = evaluation_scene_make(all, wanted, number, &made) &&
                (!wanted->blind || scene_extract(all, &made, number, angle_rad));
    for (evaluation_method method = 0; done && method < end; method++) {
        double *kept = evaluation_at(all, case_index, seed, method);
        done = run_method(all, wanted, &made, number, method, kept);
        if (wanted->blind) evaluation_keep_angles(made.n_endmembers, angle_rad, kept);
    }
    if (done) evaluation_keep_ratios(all, case_index, seed);
    evaluation_scene_free(&made);
    return done;
}
