/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "progress.h"

#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static volatile sig_atomic_t stop_signal;

static void on_signal(int number) { stop_signal = number; }

int progress_mode_from_name(const char *name) {
    static const char *const names[] = {"auto", "bar", "plain", "none"};
    for (int i = 0; i < 4; i++)
        if (strcmp(name, names[i]) == 0) return i;
    return -1;
}

/** Only a pipe that someone holds open can be closed as a sign: /dev/null or a terminal cannot. */
static bool input_is_held_open(void) {
    struct stat status;
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    if (fstat(STDIN_FILENO, &status) != 0 || !(S_ISFIFO(status.st_mode) || S_ISSOCK(status.st_mode))) return false;
    return poll(&input, 1, 0) == 0 || !(input.revents & POLLHUP);
}

static bool input_was_closed(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&input, 1, 0) > 0 && (input.revents & POLLHUP);
}

void progress_begin(progress *state, progress_mode mode) {
    *state = (progress){.mode = mode, .scale = 1, .shown = -1};
    if (mode == PROGRESS_AUTO) {
        const bool terminal = isatty(STDERR_FILENO) == 1;
        state->mode = terminal ? PROGRESS_BAR : PROGRESS_PLAIN;
        state->delayed = !terminal;
    }
    state->watches_input = mode == PROGRESS_PLAIN && input_is_held_open();
    clock_gettime(CLOCK_MONOTONIC, &state->start);
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    /* A reader that went away, or a file size limit, is a failed write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN);
#endif
}

void progress_span(progress *state, double begin, double end) {
    state->begin = begin;
    state->scale = end - begin;
}

bool progress_cancelled(const progress *state) { return stop_signal || (state->watches_input && input_was_closed()); }

static double seconds_since(const struct timespec *start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - start->tv_sec) + 1e-9 * (double)(now.tv_nsec - start->tv_nsec);
}

static void show_bar(progress *state, double whole) {
    enum { CELLS = 30 };
    const int filled = (int)(whole * CELLS);
    const double elapsed = seconds_since(&state->start);
    char remaining[32] = "";
    if (whole > 0.03 && elapsed > 2)
        snprintf(remaining, sizeof remaining, "  %.0f s left", ceil(elapsed * (1 - whole) / whole));
    fprintf(stderr, "\r\033[K%3.0f %% [", whole * 100);
    for (int i = 0; i < CELLS; i++) fputc(i < filled ? '=' : i == filled ? '>' : ' ', stderr);
    fprintf(stderr, "] %s%s", state->stage, remaining);
    fflush(stderr);
    state->bar_shown = true;
}

int progress_report(double fraction, const char *stage, void *user) {
    enum { LINES_START_AFTER_S = 3 };
    progress *state = user;
    if (stage) progress_stage(state, stage);
    const double whole = fmin(fmax(state->begin + state->scale * fraction, 0), 1);
    const double step = state->mode == PROGRESS_BAR ? 0.002 : state->delayed ? 0.1 : 0.01;
    const bool due = state->shown < 0 || whole >= state->shown + step || (whole >= 1 && state->shown < 1);
    if (due && state->mode == PROGRESS_BAR) {
        show_bar(state, whole);
        state->shown = whole;
    } else if (due && state->mode == PROGRESS_PLAIN &&
               !(state->delayed && seconds_since(&state->start) < LINES_START_AFTER_S)) {
        fprintf(stderr, "progress %.1f %s\n", whole * 100, state->stage);
        fflush(stderr);
        state->shown = whole;
    }
    return !progress_cancelled(state);
}

int progress_report_gdal(double fraction, const char *message, void *state) {
    (void)message;
    return progress_report(fraction, NULL, state);
}

void progress_stage(progress *state, const char *stage) { snprintf(state->stage, sizeof state->stage, "%s", stage); }

void progress_clear(progress *state) {
    if (!state->bar_shown) return;
    fprintf(stderr, "\r\033[K");
    fflush(stderr);
    state->bar_shown = false;
}
