/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file adapt.c  `wsnet adapt`: a model on another cube of its sensor, without training. */
#include <cpl_conv.h>
#include <math.h>
#include <stdio.h>

#include "../model_io.h"
#include "cli.h"
#include "model_output.h"
#include "output.h"

typedef struct adapt_arguments {
    cli_common common;
    const char *model, *cube, *output;
    uint64_t seed;
} adapt_arguments;

static const option adapt_options[] = {
    {OPTION_POSITION, "MODEL.wsn", 0, true, NULL, "a model that 'wsnet train' wrote; it stays as it is",
     offsetof(adapt_arguments, model), 0, 0, NULL},
    {OPTION_POSITION, "CUBE", 0, true, NULL, "another cube of the same sensor in the same units, of the same materials",
     offsetof(adapt_arguments, cube), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "NEW.wsn", "the model to write, for that cube",
     offsetof(adapt_arguments, output), 0, 0, NULL},
    {OPTION_COUNT, "--seed", 's', false, "S", "start of the random numbers of the calibration (default 1)",
     offsetof(adapt_arguments, seed), 0, 9007199254740992.0, NULL},
    {0},
};

static const option_group adapt_groups[] = {
    {"Adapting", adapt_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    adapt_arguments *wanted = arguments;
    wanted->seed = 1;
}

/** Says how far the new cube is from the old one, and what is suspicious about it. */
static void say_gain(cli *run, const wsnet_model *model) {
    const size_t n_bands = wsnet_model_n_bands(model);
    const float *gain = wsnet_model_gain(model), *offset = wsnet_model_offset(model);
    float least = gain[0], most = gain[0], below = offset[0], above = offset[0];
    for (size_t b = 1; b < n_bands; b++) {
        least = fminf(least, gain[b]);
        most = fmaxf(most, gain[b]);
        below = fminf(below, offset[b]);
        above = fmaxf(above, offset[b]);
    }
    cli_say(run, "Gain of the bands %.3f to %.3f, offset %.3g to %.3g", (double)least, (double)most, (double)below,
            (double)above);
}

static bool check(cli *run, const wsnet_model *model, const pixel_sample *sample) {
    const size_t n_endmembers = wsnet_model_n_endmembers(model);
    if (sample->n_pixels < n_endmembers)
        return cli_fail(run, "%zu endmembers cannot be judged by %zu usable pixel%s", n_endmembers, sample->n_pixels,
                        sample->n_pixels == 1 ? "" : "s"),
               false;
    wsnet_endmember_check found;
    const char *names[WSNET_MAX_ENDMEMBERS];
    for (size_t k = 0; k < n_endmembers; k++) names[k] = wsnet_model_name(model, k);
    return wsnet_endmembers_check(run->context, sample->n_pixels, sample->n_bands, sample->pixels, n_endmembers,
                                  wsnet_model_endmembers(model), names, &found) == WSNET_OK ||
           (cli_fail_core(run), false);
}

static bool make_model(cli *run, const adapt_arguments *wanted, const wsnet_model *known, const pixel_sample *sample,
                       wsnet_model **model) {
    char options[64];
    snprintf(options, sizeof options, "--seed %llu", (unsigned long long)wanted->seed);
    const char *trained_on = wsnet_model_metadata(known, "trained_on");
    if (!trained_on) trained_on = wsnet_model_metadata(known, "cube");
    const char *const keys[] = {"cube", "adapt_options", "trained_on"};
    const char *const values[] = {CPLGetFilename(wanted->cube), options, trained_on};
    const wsnet_cube_description description = {
        .sha256 = sample->sha256, .n_metadata = trained_on ? 3 : 2, .metadata_keys = keys, .metadata_values = values};
    return wsnet_model_adapt(run->context, known, wanted->seed, sample->n_pixels, sample->n_bands, sample->pixels,
                             &description, model) == WSNET_OK ||
           (cli_fail_core(run), false);
}

static bool adapt(cli *run, const adapt_arguments *wanted, const wsnet_model *known) {
    pixel_sample sample = {0};
    wsnet_model *model = NULL;
    progress_span(&run->progress, 0, 0.3);
    cube *opened = pixel_sample_open_for(run, wanted->cube, known, &sample);
    if (!opened) return false;
    progress_span(&run->progress, 0.3, 0.98);
    const bool done = check(run, known, &sample) && make_model(run, wanted, known, &sample, &model) &&
                      model_write(run, model, wanted->output);
    if (done) {
        progress_report(1, "done", &run->progress);
        say_gain(run, model);
        model_say(run, model, wanted->output);
    }
    wsnet_model_destroy(model);
    pixel_sample_free(&sample);
    cube_close(opened);
    return done;
}

static int run_adapt(cli *run, const void *arguments) {
    const adapt_arguments *wanted = arguments;
    char error[CLI_SENTENCE];
    if (!output_check(run, wanted->output)) return CLI_FAILED;
    shared_model *shared = model_acquire(wanted->model, error);
    if (!shared) return cli_fail(run, "%s", error);
    const bool done = adapt(run, wanted, model_get(shared));
    model_release(shared);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command adapt_command = {
    .name = "adapt",
    .summary = "take a model to another cube of its sensor without training",
    .description =
        "Estimates what gain and offset each band of the new cube needs to look like the one that the model was "
        "trained "
        "on, and calibrates intervals, fit and limits of detection for the new cube's noise and variability. The "
        "network stays as it is. Materials that the model does not know stay unknown; see 'wsnet extend'.",
    .groups = adapt_groups,
    .arguments_size = sizeof(adapt_arguments),
    .set_defaults = set_defaults,
    .run = run_adapt,
};
