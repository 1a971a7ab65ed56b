/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file cli.h  What every subcommand of `wsnet` shares. A new subcommand is one file that defines a cli_command, and
 *  one line in the table of main.c. */
#ifndef WSNET_CLI_H
#define WSNET_CLI_H

#include <gdal.h>
#include <stdbool.h>
#include <stdint.h>

#include "options.h"
#include "progress.h"
#include "wsnet.h"

enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_SENTENCE = 1024 };

/** Options of every command: the first member of every command's arguments. */
typedef struct cli_common {
    int progress; /**< progress_mode */
    bool quiet;
    uint64_t n_threads; /**< 0: as many as the machine has */
} cli_common;
extern const option cli_common_options[];

/** One run. */
typedef struct cli {
    const char *command;
    const option_group *groups; /**< of the command, and what was given for them */
    const void *arguments;
    wsnet_context *context;
    progress progress;
    bool quiet;
    int n_threads;
    char **held_warnings; /**< GDAL string list: a command that fails says one sentence alone */
    bool warns_at_once;
    unsigned n_gdal_failures;        /**< CE_Failure and CE_Fatal so far */
    char gdal_failure[CLI_SENTENCE]; /**< the first of them since cli_gdal_reset() */
} cli;

typedef struct cli_command {
    const char *name, *summary, *description;
    const option_group *groups; /**< the last one: {"General", cli_common_options, 0} */
    size_t arguments_size;
    void (*set_defaults)(void *arguments); /**< or NULL: everything zero */
    int (*run)(cli *run, const void *arguments);
} cli_command;

/** Prints "wsnet train: sentence" to standard error. @return CLI_FAILED */
int cli_fail(cli *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** The same for a wrong command line. @return CLI_USAGE */
int cli_usage(cli *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Fails with what the core said last, or with "cancelled". */
int cli_fail_core(cli *run);
/** Fails with what GDAL said first since cli_gdal_reset(), or with "cancelled"; doing is "cannot write FILE". */
int cli_fail_gdal(cli *run, const char *doing);
void cli_gdal_reset(cli *run);
/** Keeps a warning until cli_tell_warnings(), or until the command has succeeded. */
void cli_warn(cli *run, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Prints the warnings so far, and later ones at once: before work that takes its time. */
void cli_tell_warnings(cli *run);
/** Prints a line to standard output unless --quiet. */
void cli_say(cli *run, const char *format, ...) __attribute__((format(printf, 2, 3)));

extern const cli_command train_command, unmix_command, classical_command, endmembers_command, score_command,
    info_command, simulate_command, quicklook_command, evaluate_command, area_command, audit_command, card_command,
    merge_library_command, extend_command, adapt_command;

#endif
