/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pipeline.h"

#include <cpl_conv.h>
#include <cpl_multiproc.h>
#include <cpl_string.h>
#include <stdlib.h>

#include "sentence.h"

typedef struct slot {
    float *pixels;
    uint8_t *mask;
} slot;

typedef struct filling {
    pipeline_fill fill;
    void *user;
    size_t job;
    slot into;
    char **config; /**< the caller's own configuration options hold in the thread too */
    CPLJoinableThread *thread;
    bool good;
    char error[SENTENCE_SIZE];
} filling;

static void fill_now(filling *task) {
    task->good = task->fill(task->user, task->job, task->into.pixels, task->into.mask, task->error);
}

static void fill_in_thread(void *argument) {
    filling *task = argument;
    CPLSetThreadLocalConfigOptions((const char *const *)task->config);
    fill_now(task);
}

static bool slot_allocate(slot *into, size_t max_pixels, size_t n_bands) {
    size_t n = 0;
    if (__builtin_mul_overflow(n_bands, sizeof(float), &n) || __builtin_mul_overflow(n, max_pixels, &n)) return false;
    into->pixels = malloc(n);
    into->mask = malloc(max_pixels);
    return into->pixels && into->mask;
}

static void slot_release(slot *into) {
    free(into->pixels);
    free(into->mask);
}

/* Where no thread can be had, finish() fills. */
static void start(filling *task, size_t job) {
    task->job = job;
    task->thread = CPLCreateJoinableThread(fill_in_thread, task);
}

static bool finish(filling *task, size_t job) {
    if (task->thread) {
        CPLJoinThread(task->thread);
        task->thread = NULL;
    } else {
        task->job = job;
        fill_now(task);
    }
    return task->good;
}

/* Job by job; a slot is filled again as soon as its job is done, or one job later when fills must not overlap. */
static bool run(size_t n_jobs, int n_ahead, pipeline_use use, filling *tasks, char error[1024]) {
    const size_t n_slots = n_ahead > 0 ? 2 : 1;
    for (size_t job = 0; job < n_jobs; job++) {
        filling *task = &tasks[job % n_slots], *other = &tasks[(job + 1) % n_slots];
        if (n_ahead == 2 && job == 0) {
            start(task, 0);
            if (n_jobs > 1) start(other, 1);
        }
        if (!finish(task, job)) return sentence(error, "%s", task->error);
        if (n_ahead == 1 && job + 1 < n_jobs) start(other, job + 1);
        if (!use(task->user, job, task->into.pixels, task->into.mask, error)) return false;
        if (n_ahead == 2 && job + 2 < n_jobs) start(task, job + 2);
    }
    return true;
}

bool pipeline_run(size_t n_jobs, size_t max_pixels, size_t n_bands, int n_ahead, pipeline_fill fill, pipeline_use use,
                  void *user, char error[1024]) {
    if (n_jobs < 2) n_ahead = 0;
    char **config = CPLGetThreadLocalConfigOptions();
    filling tasks[2] = {{.fill = fill, .user = user, .config = config}, {.fill = fill, .user = user, .config = config}};
    bool good = slot_allocate(&tasks[0].into, max_pixels, n_bands);
    if (n_ahead > 0) good = good && slot_allocate(&tasks[1].into, max_pixels, n_bands);
    if (!good) sentence(error, "memory is out: %zu pixels of %zu bands", max_pixels, n_bands);
    good = good && run(n_jobs, n_ahead, use, tasks, error);
    for (int i = 0; i < 2; i++) {
        if (tasks[i].thread) CPLJoinThread(tasks[i].thread);
        slot_release(&tasks[i].into);
    }
    CSLDestroy(config);
    return good;
}
