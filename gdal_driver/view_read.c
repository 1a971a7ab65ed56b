/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A window at full resolution, cut along the source's blocks. */
#include <cpl_error.h>
#include <stdlib.h>

#include "cache_limit.h"
#include "pipeline.h"
#include "sentence.h"
#include "view_internal.h"

typedef struct window {
    int x, y, width, height;
} window;

typedef struct reading {
    view *opened;
    const view_target *target;
    int x, y; /**< of the target's corner */
    window *jobs;
    size_t n_jobs;
} reading;

static int smaller(int a, int b) { return a < b ? a : b; }

/* Adds the parts of one source block row: every block is finished before the next one begins, so that none is decoded
 * twice. */
static void add_row(reading *work, int y, int bottom, int right) {
    const view *opened = work->opened;
    for (int x = work->x; x < right;) {
        const int end_x = smaller(right, (x / opened->block_width + 1) * opened->block_width);
        for (int top = y; top < bottom;) {
            const int block_end = (top / opened->block_height + 1) * opened->block_height;
            const int end_y = smaller(smaller(bottom, block_end), top + opened->step_height);
            work->jobs[work->n_jobs++] = (window){x, top, end_x - x, end_y - top};
            top = end_y;
        }
        x = end_x;
    }
}

static bool plan_jobs(reading *work, int width, int height, char error[1024]) {
    const view *opened = work->opened;
    const size_t n_columns = (size_t)(width / opened->block_width) + 2;
    const size_t n_rows = (size_t)(height / opened->step_height) + (size_t)(height / opened->block_height) + 2;
    /* rows of blocks are cut once more where a block row of the source ends inside one */
    const size_t n_source = (size_t)(height / opened->source_block_height) + 2;
    work->jobs = calloc(n_columns * (n_rows + n_source), sizeof *work->jobs);
    if (!work->jobs) return sentence(error, "memory is out: a window of %d by %d", width, height);
    const int row =
        opened->source_block_height > opened->block_height ? opened->source_block_height : opened->block_height;
    for (int y = work->y; y < work->y + height;) {
        const int bottom = smaller(work->y + height, (y / row + 1) * row);
        add_row(work, y, bottom, work->x + width);
        y = bottom;
    }
    return true;
}

/* A window that ends where a block of the source ends: what it left in the cache will not be read again soon. */
static bool ends_block(const view *opened, window at) {
    const int right = at.x + at.width, bottom = at.y + at.height;
    return (right == opened->source->width || right % opened->source_block_width == 0) &&
           (bottom == opened->source->height || bottom % opened->source_block_height == 0);
}

static bool fill(void *user, size_t job, float *pixels, uint8_t *mask, char error[1024]) {
    reading *work = user;
    const window at = work->jobs[job];
    if (!view_fill(work->opened, at.x, at.y, at.width, at.height, pixels, mask, error)) return false;
    const size_t n_read = (size_t)at.width * (size_t)at.height;
    const size_t n_block = (size_t)work->opened->source_block_width * (size_t)work->opened->source_block_height;
    if (ends_block(work->opened, at)) view_forget(work->opened, n_read > n_block ? n_read : n_block);
    return true;
}

static bool use(void *user, size_t job, const float *pixels, const uint8_t *mask, char error[1024]) {
    reading *work = user;
    const window at = work->jobs[job];
    if (!unmixer_run(work->opened->worker, (size_t)at.width * (size_t)at.height, pixels, mask, error)) return false;
    for (int line = 0; line < at.height; line++)
        view_deliver(work->opened, work->target, (size_t)line * (size_t)at.width, at.width, at.x - work->x,
                     at.y - work->y + line);
    return view_progress(work->target, job + 1, work->n_jobs, error);
}

bool view_read(view *opened, int x, int y, int width, int height, const view_target *target, char error[1024]) {
    if (!nesting_allowed(error)) return false;
    CPLDebug("WSNET", "unmixing window %d,%d %dx%d", x, y, width, height);
    cache_limit((double)width * height * target->n_bands * GDALGetDataTypeSizeBytes(target->type));
    CPLAcquireMutex(opened->mutex, 1e6);
    reading work = {.opened = opened, .target = target, .x = x, .y = y};
    bool good = plan_jobs(&work, width, height, error);
    size_t max_pixels = 1;
    for (size_t j = 0; j < work.n_jobs; j++) {
        const size_t n = (size_t)work.jobs[j].width * (size_t)work.jobs[j].height;
        if (n > max_pixels) max_pixels = n;
    }
    good = good && pipeline_run(work.n_jobs, max_pixels, opened->n_used, view_ahead(opened), fill, use, &work, error);
    free(work.jobs);
    CPLReleaseMutex(opened->mutex);
    return good;
}
