/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file train.c  `wsnet train`: a cube in, a model out. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <string.h>

#include "../atomic_file.h"
#include "../file_bytes.h"
#include "cli.h"
#include "endmember_source.h"
#include "model_output.h"
#include "output.h"
#include "pixel_sample.h"
#include "strata_sample.h"
#include "train_log.h"

enum { STEPS_BETWEEN_CHECKPOINTS = 100 };
static const size_t most_checkpoint_bytes = (size_t)1 << 30;

typedef struct train_arguments {
    cli_common common;
    const char *cube, *output, *checkpoint, *log, *strata, *strata_field, *illumination;
    double coverage;
    uint64_t n_steps, n_members;
    unsigned without;
    endmember_request endmembers;
} train_arguments;

static const option train_options[] = {
    {OPTION_POSITION, "CUBE", 0, true, NULL, "any raster that GDAL reads, one band a wavelength",
     offsetof(train_arguments, cube), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "MODEL.wsn", "the model to write", offsetof(train_arguments, output), 0, 0,
     NULL},
    {OPTION_NUMBER, "--coverage", 0, false, "C", "how often the intervals shall hold the truth (default 0.9)",
     offsetof(train_arguments, coverage), 0.501, 0.999, NULL},
    {OPTION_TEXT, "--illumination", 0, false, "SD|auto",
     "spread of brightness to expect with --mixing linear, the standard deviation of its logarithm (default auto: "
     "0.15, "
     "or as the cube shows it where that is less, or at least 1.5 times as much)",
     offsetof(train_arguments, illumination), 0, 0, NULL},
    {OPTION_COUNT, "--steps", 0, false, "N", "steps of the training (default 1000)", offsetof(train_arguments, n_steps),
     1, 1e6, NULL},
    {OPTION_COUNT, "--ensemble", 0, false, "M",
     "train M networks with seeds S, S + 1 ...: their mean answers, their spread widens the intervals; M times the "
     "cost of "
     "training and of unmixing (default 1)",
     offsetof(train_arguments, n_members), 1, 16, NULL},
    {OPTION_BITS, "--without", 0, false, "wavelet|ssm|wsa|gate|kl|simulation|classical",
     "leave out a part of the network, to see what it earns; may be given again", offsetof(train_arguments, without), 0,
     0, wsnet_part_from_name},
    {OPTION_TEXT, "--checkpoint", 0, false, "FILE",
     "keep the state of the training here, and go on from it when it exists; removed when the model is written",
     offsetof(train_arguments, checkpoint), 0, 0, NULL},
    {OPTION_TEXT, "--strata", 0, false, "ZONES",
     "draw the real pixels of the training evenly over the polygons of a vector file or the classes of a raster",
     offsetof(train_arguments, strata), 0, 0, NULL},
    {OPTION_TEXT, "--strata-field", 0, false, "FIELD",
     "field with the strata's names; polygons of one name are one stratum (default: the first text field)",
     offsetof(train_arguments, strata_field), 0, 0, NULL},
    {OPTION_TEXT, "--log", 0, false, "FILE.json", "write the seconds that it took, for 'wsnet card'",
     offsetof(train_arguments, log), 0, 0, NULL},
    {0},
};

static const option_group train_groups[] = {
    {"Training", train_options, 0},
    {"Endmembers", endmember_options, offsetof(train_arguments, endmembers)},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    train_arguments *wanted = arguments;
    wsnet_train_options defaults;
    wsnet_train_options_init(&defaults);
    wanted->coverage = defaults.coverage;
    wanted->n_steps = defaults.n_steps;
    wanted->n_members = 1;
    endmember_request_set_defaults(&wanted->endmembers);
}

/** What one run holds. */
typedef struct training {
    cli *run;
    const train_arguments *wanted;
    cube *opened;
    pixel_sample sample;
    strata_sample strata; /**< empty without --strata */
    endmember_set endmembers;
    wsnet_trainer *trainer;
    wsnet_model *model;
} training;

/* ---- steps and checkpoints ------------------------------------------------------------------------------ */

static bool resume(training *at) {
    char error[CLI_SENTENCE];
    size_t n_bytes = 0;
    VSIStatBufL status;
    const char *path = at->wanted->checkpoint;
    if (!path || VSIStatL(path, &status) != 0) return true;
    char *bytes = file_read(path, "checkpoint", most_checkpoint_bytes, &n_bytes, error);
    if (!bytes) return cli_fail(at->run, "%s", error), false;
    const wsnet_status resumed = wsnet_trainer_resume(at->trainer, bytes, n_bytes);
    VSIFree(bytes);
    if (resumed != WSNET_OK)
        return cli_fail(at->run, "cannot go on from %s: %s", path, wsnet_context_error(at->run->context)), false;
    cli_say(at->run, "Going on from %s after %zu steps", path, wsnet_trainer_n_done(at->trainer));
    return true;
}

static bool keep(training *at) {
    char error[CLI_SENTENCE];
    void *bytes = NULL;
    size_t n_bytes = 0;
    if (!at->wanted->checkpoint) return true;
    if (wsnet_trainer_checkpoint(at->trainer, &bytes, &n_bytes) != WSNET_OK) return cli_fail_core(at->run), false;
    const bool kept = atomic_write(at->wanted->checkpoint, bytes, n_bytes, error);
    wsnet_release(at->run->context, bytes);
    if (!kept) cli_fail(at->run, "%s", error);
    return kept;
}

/** @param begin  steps of members that are done */
static bool run_steps(training *at, wsnet_trainer *trainer, size_t begin) {
    const size_t n_steps = (size_t)at->wanted->n_steps;
    const double n_all = (double)n_steps * (double)at->wanted->n_members;
    for (size_t done = wsnet_trainer_n_done(trainer); done < n_steps; done++) {
        if (!progress_report((double)(begin + done) / n_all, "training", &at->run->progress)) {
            if (!at->wanted->checkpoint) return cli_fail_core(at->run), false;
            if (keep(at))
                cli_fail(at->run, "cancelled after %zu of %zu steps; the same command goes on from %s", done, n_steps,
                         at->wanted->checkpoint);
            return false;
        }
        if (wsnet_trainer_step(trainer, NULL) != WSNET_OK) return cli_fail_core(at->run), false;
        if ((done + 1) % STEPS_BETWEEN_CHECKPOINTS == 0 && !keep(at)) return false;
    }
    return true;
}

/* ---- the model ------------------------------------------------------------------------------------------ */

/** What was asked for, without what cannot change the answer (threads, folders). */
static void describe_options(const train_arguments *wanted, char *text, size_t size) {
    char parts[224] = "";
    for (unsigned bit = 1; bit <= WSNET_WITHOUT_CLASSICAL; bit <<= 1)
        if (wanted->without & bit) {
            CPLStrlcat(parts, " --without ", sizeof parts);
            CPLStrlcat(parts, wsnet_part_name(bit), sizeof parts);
        }
    if (wanted->illumination) CPLStrlcat(parts, CPLSPrintf(" --illumination %s", wanted->illumination), sizeof parts);
    snprintf(text, size, "--mixing %s --coverage %.15g --seed %llu --steps %llu%s",
             wsnet_mixing_name((wsnet_mixing)wanted->endmembers.mixing), wanted->coverage,
             (unsigned long long)wanted->endmembers.seed, (unsigned long long)wanted->n_steps, parts);
    if (wanted->n_members > 1)
        CPLStrlcat(text, CPLSPrintf(" --ensemble %llu", (unsigned long long)wanted->n_members), size);
}

static bool make_model(training *at) {
    char options[512];
    describe_options(at->wanted, options, sizeof options);
    const model_history history = {.cube = at->wanted->cube,
                                   .options = options,
                                   .key = "strata",
                                   .value = at->wanted->strata ? CPLGetFilename(at->wanted->strata) : NULL};
    return model_finish(at->run, at->trainer, at->opened, &at->sample, &at->endmembers, &history, &at->model);
}

static bool write_model(training *at) {
    if (!model_write(at->run, at->model, at->wanted->output)) return false;
    if (at->wanted->checkpoint) VSIUnlink(at->wanted->checkpoint);
    return true;
}

/* ---- the run -------------------------------------------------------------------------------------------- */

/* A number from 0 to 1, or auto: -1. */
static bool read_illumination(const char *text, double *sd) {
    char *end;
    *sd = strcmp(text, "auto") == 0 ? -1 : CPLStrtod(text, &end);
    return strcmp(text, "auto") == 0 || (end != text && !*end && *sd >= 0 && *sd <= 1);
}

static bool create_trainer(training *at, size_t member, wsnet_trainer **trainer) {
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.mixing = (wsnet_mixing)at->wanted->endmembers.mixing;
    options.coverage = at->wanted->coverage;
    if (at->wanted->illumination) read_illumination(at->wanted->illumination, &options.illumination_sd);
    options.seed = at->wanted->endmembers.seed + member;
    options.n_steps = (size_t)at->wanted->n_steps;
    options.without = at->wanted->without;
    const wsnet_library *endmembers = at->endmembers.library;
    const size_t n_pixels = at->strata.pixels ? at->strata.n_pixels : at->sample.n_pixels;
    const float *pixels = at->strata.pixels ? at->strata.pixels : at->sample.pixels;
    return wsnet_trainer_create(at->run->context, &options, n_pixels, at->sample.n_bands, pixels,
                                wsnet_library_n_spectra(endmembers), wsnet_library_spectra(endmembers),
                                trainer) == WSNET_OK ||
           (cli_fail_core(at->run), false);
}

static bool train_members(training *at) {
    if (!create_trainer(at, 0, &at->trainer) || !resume(at)) return false;
    /* Someone who watches should know now; a program reads one sentence where the run fails later. */
    if (at->run->progress.mode == PROGRESS_BAR) cli_tell_warnings(at->run);
    bool done = run_steps(at, at->trainer, 0);
    for (size_t m = 1; done && m < (size_t)at->wanted->n_members; m++) {
        wsnet_trainer *member = NULL;
        done = create_trainer(at, m, &member) && run_steps(at, member, m * (size_t)at->wanted->n_steps);
        if (done && wsnet_trainer_join(at->trainer, member) != WSNET_OK) done = (cli_fail_core(at->run), false);
        wsnet_trainer_destroy(member);
    }
    return done;
}

static bool read_strata(training *at) {
    const train_arguments *wanted = at->wanted;
    return !wanted->strata ||
           strata_sample_read(at->run, at->opened, &at->sample, wanted->strata, wanted->strata_field, &at->strata);
}

static bool train(training *at) {
    progress *shown = &at->run->progress;
    if (!output_check(at->run, at->wanted->output)) return false;
    if (at->wanted->log && !output_check(at->run, at->wanted->log)) return false;
    progress_span(shown, 0, 0.1);
    at->opened = pixel_sample_open(at->run, at->wanted->cube, &at->sample);
    if (!at->opened) return false;
    progress_span(shown, 0.1, 0.25);
    if (!endmember_set_obtain(at->run, &at->wanted->endmembers, at->opened, &at->sample, &at->endmembers)) return false;
    progress_span(shown, 0.25, 0.3);
    if (!read_strata(at)) return false;
    progress_span(shown, 0.3, 0.93);
    if (!train_members(at) || !make_model(at) || !write_model(at)) return false;
    if (at->wanted->log && !train_log_write(at->run, at->model, at->wanted->log)) return false;
    progress_report(1, "done", shown);
    model_say(at->run, at->model, at->wanted->output);
    return true;
}

static int run_train(cli *run, const void *arguments) {
    training at = {.run = run, .wanted = arguments};
    if (!endmember_request_check(run, &at.wanted->endmembers)) return CLI_USAGE;
    double sd;
    if (at.wanted->illumination && !read_illumination(at.wanted->illumination, &sd))
        return cli_usage(run, "--illumination must be auto or a number from 0 to 1, not '%s'", at.wanted->illumination);
    if (at.wanted->strata_field && !at.wanted->strata) return cli_usage(run, "--strata-field needs --strata");
    if (at.wanted->checkpoint && at.wanted->n_members > 1)
        return cli_usage(run, "--checkpoint keeps one network, not an --ensemble");
    const bool done = train(&at);
    wsnet_model_destroy(at.model);
    wsnet_trainer_destroy(at.trainer);
    endmember_set_free(&at.endmembers);
    strata_sample_free(&at.strata);
    pixel_sample_free(&at.sample);
    cube_close(at.opened);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command train_command = {
    .name = "train",
    .summary = "learn a cube's materials: a cube in, a model out",
    .description =
        "Finds the endmembers of a cube (or takes them from a library or from places on the map), trains the "
        "network on pixels simulated around them, calibrates the intervals, and writes a model for 'wsnet "
        "unmix', for GDAL and for QGIS. Big cubes are trained on a fixed random choice of their pixels.",
    .groups = train_groups,
    .arguments_size = sizeof(train_arguments),
    .set_defaults = set_defaults,
    .run = run_train,
};
