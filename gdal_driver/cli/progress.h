/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file progress.h  Progress on standard error, and the wish to stop (SIGINT, SIGTERM, SIGHUP, a closed pipe). */
#ifndef WSNET_CLI_PROGRESS_H
#define WSNET_CLI_PROGRESS_H

#include <stdbool.h>
#include <time.h>

typedef enum progress_mode {
    PROGRESS_AUTO,  /**< a bar on a terminal; otherwise a line every tenth, once a run has taken some seconds */
    PROGRESS_BAR,   /**< the bar in any case */
    PROGRESS_PLAIN, /**< "progress 42.0 training": a line every per cent, for another program to read */
    PROGRESS_NONE,
} progress_mode;

typedef struct progress {
    progress_mode mode;
    bool watches_input; /**< the end of the pipe on standard input means stop */
    bool bar_shown;
    bool delayed; /**< lines wait until the run has taken some seconds */
    double begin, scale;
    double shown; /**< the fraction last shown, below 0 before the first */
    char stage[64];
    struct timespec start;
} progress;

int progress_mode_from_name(const char *name);

/** Starts the clock and listens for signals. */
void progress_begin(progress *state, progress_mode mode);
/** Maps the fractions that are reported from now on to [begin, end] of the whole run. */
void progress_span(progress *state, double begin, double end);
/** Shows a fraction of the span; the stage may be NULL for the last one. The type fits wsnet_progress_function and,
 *  with GDAL's int for the result, GDALProgressFunc. @return 0 when the run should stop */
int progress_report(double fraction, const char *stage, void *state);
/** Reports under one fixed stage name, for GDAL, whose messages are not for people. */
int progress_report_gdal(double fraction, const char *message, void *state);
/** Sets the stage that the next reports without a name belong to. */
void progress_stage(progress *state, const char *stage);
/** Takes the bar off the line, so that a message can be written there. */
void progress_clear(progress *state);
bool progress_cancelled(const progress *state);

#endif
