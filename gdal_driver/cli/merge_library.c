/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file merge_library.c  `wsnet merge-library`: two spectral libraries as one. */
#include <stdio.h>

#include "cli.h"
#include "spectra_file.h"

typedef struct merge_arguments {
    cli_common common;
    const char *first, *second, *output;
} merge_arguments;

static const option merge_options[] = {
    {OPTION_POSITION, "FIRST", 0, true, NULL, "a CSV table, an ENVI spectral library (.sli) or a model (.wsn)",
     offsetof(merge_arguments, first), 0, 0, NULL},
    {OPTION_POSITION, "SECOND", 0, true, NULL, "another one", offsetof(merge_arguments, second), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', false, "OUT.csv", "the table to write (default: standard output)",
     offsetof(merge_arguments, output), 0, 0, NULL},
    {0},
};

static const option_group merge_groups[] = {
    {"Libraries", merge_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static bool print_library(cli *run, const wsnet_library *library) {
    char *text = NULL;
    size_t n_bytes = 0;
    if (wsnet_library_format_csv(run->context, library, &text, &n_bytes) != WSNET_OK) return cli_fail_core(run), false;
    fputs(text, stdout);
    wsnet_release(run->context, text);
    return true;
}

static bool merge(cli *run, const merge_arguments *wanted) {
    wsnet_library *first = spectra_file_read(run, wanted->first), *merged = NULL;
    wsnet_library *second = first ? spectra_file_read(run, wanted->second) : NULL;
    bool done = second != NULL;
    if (done && wsnet_library_merge(run->context, first, second, &merged) != WSNET_OK)
        done = (cli_fail_core(run), false);
    if (done) done = wanted->output ? spectra_file_write(run, merged, wanted->output) : print_library(run, merged);
    if (done && wanted->output)
        cli_say(run, "Wrote %s: %zu spectra, %zu bands", wanted->output, wsnet_library_n_spectra(merged),
                wsnet_library_n_bands(merged));
    wsnet_library_destroy(first);
    wsnet_library_destroy(second);
    wsnet_library_destroy(merged);
    return done;
}

static int run_merge(cli *run, const void *arguments) {
    const merge_arguments *wanted = arguments;
    if (wanted->output && !spectra_file_check(run, wanted->output)) return CLI_FAILED;
    return merge(run, wanted) ? CLI_DONE : CLI_FAILED;
}

const cli_command merge_library_command = {
    .name = "merge-library",
    .summary = "merge two spectral libraries into one table",
    .description = "Puts the spectra of two libraries into one table on the first one's wavelengths; the second one is "
                   "resampled where they differ, and a name that occurs in both gets a suffix.",
    .groups = merge_groups,
    .arguments_size = sizeof(merge_arguments),
    .run = run_merge,
};
