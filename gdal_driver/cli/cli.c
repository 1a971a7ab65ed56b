/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cli.h"

#include <cpl_string.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const option cli_common_options[] = {
    {OPTION_COUNT, "--threads", 0, false, "T",
     "threads to use (default: all of the machine); answers do not depend on it", offsetof(cli_common, n_threads), 1,
     256, NULL},
    {OPTION_CHOICE, "--progress", 0, false, "auto|bar|plain|none",
     "how progress is shown on standard error; plain prints lines 'progress 42.0 training' for another program, and "
     "stops when that program closes the pipe on standard input",
     offsetof(cli_common, progress), 0, 0, progress_mode_from_name},
    {OPTION_FLAG, "--quiet", 'q', false, NULL, "print results, warnings and errors alone", offsetof(cli_common, quiet),
     0, 0, NULL},
    {OPTION_FLAG, "--help", 'h', false, NULL, "show this help", offsetof(cli_common, quiet), 0, 0, NULL},
    {0},
};

/** One sentence is one line, whatever a file name or a library put into it. */
static void write_sentence(char message[CLI_SENTENCE], const char *format, va_list values) {
    vsnprintf(message, CLI_SENTENCE, format, values);
    for (char *at = message; *at; at++)
        if (*at == '\n' || *at == '\r') *at = ' ';
}

static void print_message(cli *run, const char *kind, const char *message) {
    progress_clear(&run->progress);
    fflush(stdout);
    fprintf(stderr, "wsnet %s: %s%s\n", run->command, kind, message);
}

int cli_fail(cli *run, const char *format, ...) {
    char message[CLI_SENTENCE];
    va_list values;
    va_start(values, format);
    write_sentence(message, format, values);
    va_end(values);
    print_message(run, "", message);
    return CLI_FAILED;
}

int cli_usage(cli *run, const char *format, ...) {
    char message[CLI_SENTENCE];
    va_list values;
    va_start(values, format);
    vsnprintf(message, sizeof message, format, values);
    va_end(values);
    cli_fail(run, "%s (see 'wsnet %s --help')", message, run->command);
    return CLI_USAGE;
}

static int fail_cancelled(cli *run) { return cli_fail(run, "cancelled, nothing was written"); }

int cli_fail_core(cli *run) {
    if (progress_cancelled(&run->progress)) return fail_cancelled(run);
    return cli_fail(run, "%s", wsnet_context_error(run->context));
}

int cli_fail_gdal(cli *run, const char *doing) {
    if (progress_cancelled(&run->progress)) return fail_cancelled(run);
    if (!run->gdal_failure[0]) return cli_fail(run, "%s", doing);
    return cli_fail(run, "%s: %s", doing, run->gdal_failure);
}

void cli_gdal_reset(cli *run) {
    run->gdal_failure[0] = 0;
    run->n_gdal_failures = 0;
}

void cli_warn(cli *run, const char *format, ...) {
    char message[CLI_SENTENCE];
    va_list values;
    va_start(values, format);
    write_sentence(message, format, values);
    va_end(values);
    if (run->warns_at_once)
        print_message(run, "warning: ", message);
    else if (CSLFindString(run->held_warnings, message) < 0)
        run->held_warnings = CSLAddString(run->held_warnings, message);
}

void cli_tell_warnings(cli *run) {
    for (char **held = run->held_warnings; held && *held; held++) print_message(run, "warning: ", *held);
    CSLDestroy(run->held_warnings);
    run->held_warnings = NULL;
    run->warns_at_once = true;
}

void cli_say(cli *run, const char *format, ...) {
    if (run->quiet) return;
    va_list values;
    va_start(values, format);
    progress_clear(&run->progress);
    vprintf(format, values);
    putchar('\n');
    fflush(stdout);
    va_end(values);
}
