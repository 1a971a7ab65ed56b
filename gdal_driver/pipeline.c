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

/* Fills the next slot beside the use of the current one. */
static bool step(filling *next, bool have_next, bool ahead, pipeline_use use, size_t job, const slot *current,
                 char error[1024]) {
    CPLJoinableThread *thread = have_next && ahead ? CPLCreateJoinableThread(fill_in_thread, next) : NULL;
    const bool used = use(next->user, job, current->pixels, current->mask, error);
    if (thread)
        CPLJoinThread(thread);
    else if (have_next && used)
        fill_now(next);
    if (!used) return false;
    if (have_next && !next->good) return sentence(error, "%s", next->error);
    return true;
}

bool pipeline_run(size_t n_jobs, size_t max_pixels, size_t n_bands, bool ahead, pipeline_fill fill, pipeline_use use,
                  void *user, char error[1024]) {
    ahead = ahead && n_jobs > 1;
    slot slots[2] = {{0}};
    bool good = slot_allocate(&slots[0], max_pixels, n_bands);
    if (ahead) good = good && slot_allocate(&slots[1], max_pixels, n_bands);
    if (!good) sentence(error, "memory is out: %zu pixels of %zu bands", max_pixels, n_bands);
    filling task = {.fill = fill, .user = user, .into = slots[0], .config = CPLGetThreadLocalConfigOptions()};
    if (good && n_jobs > 0) {
        fill_now(&task);
        if (!task.good) good = sentence(error, "%s", task.error);
    }
    for (size_t job = 0; good && job < n_jobs; job++) {
        task.job = job + 1;
        task.into = slots[ahead ? (job + 1) % 2 : 0];
        good = step(&task, job + 1 < n_jobs, ahead, use, job, &slots[ahead ? job % 2 : 0], error);
    }
    CSLDestroy(task.config);
    slot_release(&slots[0]);
    slot_release(&slots[1]);
    return good;
}
