/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluate.c  `wsnet evaluate`: what the methods are worth on scenes whose truth is known. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <errno.h>
#include <math.h>
#include <string.h>

#include "evaluation.h"
#include "output.h"

typedef struct evaluate_arguments {
    cli_common common;
    const char *folder, *data;
    uint64_t n_seeds, first_seed, n_steps;
    bool quick;
} evaluate_arguments;

static const option evaluate_options[] = {
    {OPTION_TEXT, "--output", 'o', true, "DIR",
     "folder for evaluation.md, .json, .csv and the plots; made when missing", offsetof(evaluate_arguments, folder), 0,
     0, NULL},
    {OPTION_TEXT, "--data", 0, false, "DIR", "folder that holds the real scenes samson/ and dlr_hysu/",
     offsetof(evaluate_arguments, data), 0, 0, NULL},
    {OPTION_COUNT, "--seeds", 0, false, "N", "scenes and trainings of each kind (default 5)",
     offsetof(evaluate_arguments, n_seeds), 1, EVALUATION_MAX_SEEDS, NULL},
    {OPTION_COUNT, "--seed", 's', false, "S", "first seed (default 1001)", offsetof(evaluate_arguments, first_seed), 0,
     9007199254740992.0, NULL},
    {OPTION_COUNT, "--steps", 0, false, "N", "steps of each training (default: as in train)",
     offsetof(evaluate_arguments, n_steps), 1, 1e6, NULL},
    {OPTION_FLAG, "--quick", 0, false, NULL, "a few small scenes only", offsetof(evaluate_arguments, quick), 0, 0,
     NULL},
    {0},
};

static const option_group evaluate_groups[] = {
    {"Evaluation", evaluate_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    evaluate_arguments *wanted = arguments;
    wanted->n_seeds = 5;
    wanted->first_seed = 1001;
}

/* Warnings about single scenes would bury the table. */
static void only_warnings_of_nobody(wsnet_log_level level, const char *message, void *user) {
    (void)level, (void)message, (void)user;
}

static bool run_cases(evaluation *all) {
    const size_t n_runs = all->n_cases * all->n_seeds;
    for (size_t run = 0; run < n_runs; run++) {
        const size_t case_index = run / all->n_seeds, seed = run % all->n_seeds;
        const double begin = 0.95 * (double)run / (double)n_runs;
        progress_span(&all->run->progress, begin, begin + 0.95 / (double)n_runs);
        if (!(all->cases[case_index].real ? evaluation_run_real(all, case_index, seed)
                                          : evaluation_run_simulated(all, case_index, seed)))
            return false;
    }
    return true;
}

static void say_standard(const evaluation *all) {
    cli_say(all->run, "%-20s %12s %12s %12s %12s", "standard scene", "RMSE", "weak RMSE", "weak recall", "coverage");
    for (evaluation_method method = 0; method < EVALUATION_METHODS; method++)
        cli_say(all->run, "%-20s %12.4f %12.4f %12.3f %12.3f", evaluation_method_title(method),
                evaluation_summarise(all, 0, method, SCORE_RMSE).median,
                evaluation_summarise(all, 0, method, SCORE_RMSE_WEAK).median,
                evaluation_summarise(all, 0, method, SCORE_RECALL).median,
                evaluation_summarise(all, 0, method, SCORE_COVERAGE).median);
}

/* @param made whether the folder was not there */
static bool prepare(cli *run, const evaluate_arguments *wanted, bool *made) {
    VSIStatBufL status;
    if (wanted->data && VSIStatL(CPLFormFilename(wanted->data, "samson/cube.tif", NULL), &status) != 0)
        return cli_fail(run, "%s does not hold samson/cube.tif", wanted->data), false;
    errno = 0;
    *made = VSIStatL(wanted->folder, &status) != 0;
    if (*made && VSIMkdir(wanted->folder, 0777) != 0)
        return cli_fail(run, "cannot make the folder %s: %s", wanted->folder, strerror(errno)), false;
    if (VSIStatL(wanted->folder, &status) != 0 || !VSI_ISDIR(status.st_mode))
        return cli_fail(run, "%s is not a folder", wanted->folder), false;
    return output_check(run, CPLFormFilename(wanted->folder, "evaluation.md", NULL));
}

static int run_evaluate(cli *run, const void *arguments) {
    const evaluate_arguments *wanted = arguments;
    bool made = false;
    if (!prepare(run, wanted, &made)) {
        if (made) VSIRmdir(wanted->folder);
        return CLI_FAILED;
    }
    evaluation *all = VSICalloc(1, sizeof *all);
    if (!all) return cli_fail(run, "memory is out");
    all->run = run;
    all->n_seeds = (size_t)wanted->n_seeds;
    all->n_steps = (size_t)wanted->n_steps;
    all->first_seed = wanted->first_seed;
    all->data = wanted->data;
    evaluation_plan(all, wanted->quick);
    const size_t n = all->n_cases * all->n_seeds * EVALUATION_METHODS * EVALUATION_SCORES;
    all->results = VSIMalloc2(n, sizeof *all->results);
    for (size_t i = 0; all->results && i < n; i++) all->results[i] = NAN;
    wsnet_context_set_log(run->context, only_warnings_of_nobody, NULL);
    const bool quiet = run->quiet;
    run->quiet = true;
    bool done = all->results ? run_cases(all) : (cli_fail(run, "memory is out"), false);
    progress_span(&run->progress, 0.95, 1);
    done = done && evaluation_run_curves(all, wanted->quick) && evaluation_report(all, wanted->folder);
    run->quiet = quiet;
    if (done) {
        progress_clear(&run->progress);
        say_standard(all);
        cli_say(run, "\nWrote %s", CPLFormFilename(wanted->folder, "evaluation.md", NULL));
    }
    VSIFree(all->results);
    VSIFree(all);
    if (!done && made) VSIRmdir(wanted->folder);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command evaluate_command = {
    .name = "evaluate",
    .summary = "measure all methods on scenes whose truth is known",
    .description =
        "Simulates scenes of many kinds (noise, dark and rare materials, illumination, variability, nonlinear mixing, "
        "number of endmembers), unmixes them with WS-Net, with each part of it left out, and with the classical "
        "methods, and writes medians and ranges over seeds as a page with plots, as JSON and as CSV.",
    .groups = evaluate_groups,
    .arguments_size = sizeof(evaluate_arguments),
    .set_defaults = set_defaults,
    .run = run_evaluate,
};
