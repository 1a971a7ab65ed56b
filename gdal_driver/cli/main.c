/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file main.c  `wsnet`: one table of subcommands. */
#include <cpl_conv.h>
#include <cpl_error.h>
#include <cpl_multiproc.h>
#include <cpl_string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../register.h"
#include "cli.h"

/* The name first: options_nearest() reads it there. */
static const cli_command *const commands[] = {
    &train_command, &unmix_command,    &classical_command, &endmembers_command, &score_command,
    &area_command,  &audit_command,    &card_command,      &evaluate_command,   &merge_library_command,
    &info_command,  &simulate_command, &quicklook_command, &extend_command,     &adapt_command,
};
enum { N_COMMANDS = sizeof commands / sizeof commands[0] };

static void print_help(void) {
    printf("usage: wsnet COMMAND [arguments]\n\n"
           "Hyperspectral unmixing that keeps weak materials and says how sure it is.\n\ncommands:\n");
    for (size_t i = 0; i < N_COMMANDS; i++) printf("  %-12s  %s\n", commands[i]->name, commands[i]->summary);
    printf("\n'wsnet COMMAND --help' explains a command; 'wsnet --version' prints the version.\n"
           "Exit code: 0 done, 1 failed (one sentence on standard error), 2 wrong command line.\n");
}

static void print_version(void) { printf("wsnet %s\n", wsnet_version()); }

static int unknown_command(const char *name) {
    const char *names[N_COMMANDS];
    for (size_t i = 0; i < N_COMMANDS; i++) names[i] = commands[i]->name;
    const char *nearest = options_nearest(name, names, N_COMMANDS, sizeof names[0]);
    if (nearest)
        fprintf(stderr, "wsnet: unknown command '%s', did you mean %s? (see 'wsnet --help')\n", name, nearest);
    else
        fprintf(stderr, "wsnet: unknown command '%s' (see 'wsnet --help')\n", name);
    return CLI_USAGE;
}

/** The first failure is kept for the command's own sentence; GDAL's warnings are shown as ours. */
static void CPL_STDCALL on_gdal_error(CPLErr class, CPLErrorNum number, const char *message) {
    (void)number;
    cli *run = CPLGetErrorHandlerUserData();
    if (class == CE_Warning) cli_warn(run, "%s", message);
    if (class != CE_Failure && class != CE_Fatal) return;
    if (run->n_gdal_failures++ == 0) snprintf(run->gdal_failure, sizeof run->gdal_failure, "%s", message);
}

static void on_core_log(wsnet_log_level level, const char *message, void *user) {
    if (level == WSNET_LOG_WARNING) cli_warn(user, "%s", message);
    if (level == WSNET_LOG_INFO) cli_say(user, "%s", message);
}

/** Whether everything that was printed has reached standard output. */
static bool was_told(void) { return fflush(stdout) == 0 && !ferror(stdout); }

static int tell(void (*print)(void)) {
    print();
    if (was_told()) return CLI_DONE;
    fprintf(stderr, "wsnet: cannot write to standard output\n");
    return CLI_FAILED;
}

static int run_command(cli *run, const cli_command *command, const void *arguments) {
    const cli_common *common = arguments;
    const bool silent = common->quiet && common->progress == PROGRESS_AUTO;
    progress_begin(&run->progress, silent ? PROGRESS_NONE : (progress_mode)common->progress);
    run->quiet = common->quiet;
    const int n_cores = CPLGetNumCPUs();
    run->n_threads = common->n_threads ? (int)common->n_threads : n_cores > 256 ? 256 : n_cores;
    run->context = wsnet_context_create(NULL);
    if (!run->context) return cli_fail(run, "memory is out");
    wsnet_context_set_log(run->context, on_core_log, run);
    wsnet_context_set_progress(run->context, progress_report, &run->progress);
    wsnet_context_set_threads(run->context, (size_t)run->n_threads);
    CPLSetErrorHandlerEx(on_gdal_error, run);
    /* GDAL would keep a twentieth of the memory in blocks; cubes are read once, block by block. */
    if (!CPLGetConfigOption("GDAL_CACHEMAX", NULL)) GDALSetCacheMax64((GIntBig)128 << 20);
    GDALRegister_WSNET();
    GDALAllRegister();
    int result = command->run(run, arguments);
    progress_clear(&run->progress);
    if (result == CLI_DONE) cli_tell_warnings(run);
    CSLDestroy(run->held_warnings);
    wsnet_context_destroy(run->context);
    if (result == CLI_DONE && !was_told()) result = cli_fail(run, "cannot write to standard output");
    CPLSetErrorHandlerEx(NULL, NULL);
    GDALDestroyDriverManager();
    return result;
}

static int parse_and_run(const cli_command *command, int n_words, char *const *words) {
    cli run = {.command = command->name, .groups = command->groups};
    char error[CLI_SENTENCE];
    void *arguments = calloc(1, command->arguments_size);
    if (!arguments) return cli_fail(&run, "memory is out");
    run.arguments = arguments;
    if (command->set_defaults) command->set_defaults(arguments);
    int result = CLI_DONE;
    switch (options_parse(command->groups, n_words, words, arguments, error)) {
    case OPTIONS_OK:
        result = run_command(&run, command, arguments);
        break;
    case OPTIONS_HELP:
        options_help(command->groups, command->name, command->description);
        if (!was_told()) result = cli_fail(&run, "cannot write to standard output");
        break;
    case OPTIONS_USAGE:
        result = cli_usage(&run, "%s", error);
        break;
    }
    options_release(command->groups, arguments);
    free(arguments);
    return result;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "wsnet: a command is missing (see 'wsnet --help')\n");
        return CLI_USAGE;
    }
    if (strcmp(argv[1], "--version") == 0) return tell(print_version);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0)
        return tell(print_help);
    for (size_t i = 0; i < N_COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0) return parse_and_run(commands[i], argc - 2, argv + 2);
    return unknown_command(argv[1]);
}
