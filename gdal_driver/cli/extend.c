/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file extend.c  `wsnet extend`: a model that knows more materials, for a fraction of a training. */
#include "../model_io.h"
#include "cli.h"
#include "endmember_source.h"
#include "model_output.h"
#include "output.h"

typedef struct extend_arguments {
    cli_common common;
    const char *model, *cube, *output;
    uint64_t n_steps;
    endmember_request added;
} extend_arguments;

static const option extend_options[] = {
    {OPTION_POSITION, "MODEL.wsn", 0, true, NULL, "a model that 'wsnet train' wrote; it stays as it is",
     offsetof(extend_arguments, model), 0, 0, NULL},
    {OPTION_POSITION, "CUBE", 0, true, NULL, "the cube it was trained on, or another one of that sensor and scale",
     offsetof(extend_arguments, cube), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "NEW.wsn", "the model to write", offsetof(extend_arguments, output), 0, 0,
     NULL},
    {OPTION_TEXT, "--library", 'l', false, "FILE",
     "add the spectra of a library: CSV (wavelength_nm,name,...), ENVI .sli, or a model",
     offsetof(extend_arguments, added.library), 0, 0, NULL},
    {OPTION_TEXT, "--select", 0, false, "NAME,...", "of the library, only these; quote names that hold a comma",
     offsetof(extend_arguments, added.select), 0, 0, NULL},
    {OPTION_TEXT, "--spectra", 0, false, "VECTOR", "add the mean spectra of polygons or points, one a name",
     offsetof(extend_arguments, added.spectra), 0, 0, NULL},
    {OPTION_TEXT, "--name-field", 0, false, "F", "the field of VECTOR with the names (default: the first text field)",
     offsetof(extend_arguments, added.name_field), 0, 0, NULL},
    {OPTION_COUNT, "--steps", 0, false, "N", "steps of the training (default 100)", offsetof(extend_arguments, n_steps),
     1, 1e6, NULL},
    {OPTION_COUNT, "--seed", 's', false, "S", "start of the random numbers (default 1)",
     offsetof(extend_arguments, added.seed), 0, 9007199254740992.0, NULL},
    {0},
};

static const option_group extend_groups[] = {
    {"Extending", extend_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    extend_arguments *wanted = arguments;
    wsnet_train_options defaults;
    wsnet_extend_options_init(&defaults);
    wanted->n_steps = defaults.n_steps;
    endmember_request_set_defaults(&wanted->added);
}

/** What one run holds. */
typedef struct extension {
    cli *run;
    const extend_arguments *wanted;
    const wsnet_model *known;
    endmember_request added;
    cube *opened;
    pixel_sample sample;
    endmember_set endmembers; /**< the known ones first */
    wsnet_trainer *trainer;
    wsnet_model *model;
} extension;

static bool create_trainer(extension *at) {
    wsnet_train_options options;
    wsnet_extend_options_init(&options);
    options.seed = at->added.seed;
    options.n_steps = (size_t)at->wanted->n_steps;
    const size_t n_known = wsnet_model_n_endmembers(at->known), n_bands = at->sample.n_bands;
    return wsnet_trainer_extend(at->run->context, at->known, &options, at->sample.n_pixels, n_bands, at->sample.pixels,
                                wsnet_library_n_spectra(at->endmembers.library) - n_known,
                                wsnet_library_spectra(at->endmembers.library) + n_known * n_bands,
                                &at->trainer) == WSNET_OK ||
           (cli_fail_core(at->run), false);
}

static bool make_model(extension *at) {
    char options[128];
    snprintf(options, sizeof options, "--seed %llu --steps %llu", (unsigned long long)at->added.seed,
             (unsigned long long)at->wanted->n_steps);
    const model_history history = {at->wanted->cube, options, "extended_from", wsnet_model_sha256(at->known)};
    return model_finish(at->run, at->trainer, at->opened, &at->sample, &at->endmembers, &history, &at->model);
}

static bool extend(extension *at) {
    progress *shown = &at->run->progress;
    progress_span(shown, 0, 0.2);
    at->opened = pixel_sample_open_for(at->run, at->wanted->cube, at->known, &at->sample);
    if (!at->opened) return false;
    progress_span(shown, 0.2, 0.3);
    if (!endmember_set_add(at->run, &at->added, at->known, at->opened, &at->sample, &at->endmembers)) return false;
    progress_span(shown, 0.3, 0.93);
    if (!create_trainer(at)) return false;
    if (wsnet_trainer_run(at->trainer) != WSNET_OK) return cli_fail_core(at->run), false;
    if (!make_model(at) || !model_write(at->run, at->model, at->wanted->output)) return false;
    progress_report(1, "done", shown);
    model_say(at->run, at->model, at->wanted->output);
    return true;
}

static int run_extend(cli *run, const void *arguments) {
    char error[CLI_SENTENCE];
    extension at = {.run = run, .wanted = arguments};
    at.added = at.wanted->added;
    if (!endmember_request_check(run, &at.added)) return CLI_USAGE;
    if (!at.added.library && !at.added.spectra)
        return cli_usage(run, "--library or --spectra is missing: what shall the model learn?");
    if (!output_check(run, at.wanted->output)) return CLI_FAILED;
    shared_model *shared = model_acquire(at.wanted->model, error);
    if (!shared) return cli_fail(run, "%s", error);
    at.known = model_get(shared);
    at.added.mixing = (int)wsnet_model_mixing(at.known);
    const bool done = extend(&at);
    wsnet_model_destroy(at.model);
    wsnet_trainer_destroy(at.trainer);
    endmember_set_free(&at.endmembers);
    pixel_sample_free(&at.sample);
    cube_close(at.opened);
    model_release(shared);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command extend_command = {
    .name = "extend",
    .summary = "add materials to a model without training it anew",
    .description =
        "Adds endmembers to a model and trains it a little on simulated mixtures of the old and the new ones, which "
        "keeps "
        "what it knew. The intervals are calibrated anew for all of them. Costs less than a quarter of a training.",
    .groups = extend_groups,
    .arguments_size = sizeof(extend_arguments),
    .set_defaults = set_defaults,
    .run = run_extend,
};
