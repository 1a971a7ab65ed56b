/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zoomed-out reads: only the rows that are shown are read, only the pixels that are shown are unmixed. */
#include <cpl_error.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline.h"
#include "sentence.h"
#include "view_internal.h"

/* Blocks of the source with fewer rows are gathered into larger jobs. */
enum { MANY_ROWS = 32 };

typedef struct picking {
    view *opened;
    const view_target *target;
    int n_columns, n_rows;
    int *columns, *rows; /**< of the cube, ascending */
    int rows_a_job;      /**< shown rows */
    int *job_begin;      /**< [n_jobs + 1] into rows */
    size_t n_jobs;
    bool whole; /**< blocks are read whole, because a part of one costs as much */
} picking;

/* A window that is read at once, for the pixels in it that are shown. */
typedef struct piece {
    int x, y, width, height;
    float *values; /**< [height, width, B] */
    uint8_t *mask;
} piece;

static int smaller(int a, int b) { return a < b ? a : b; }

/* Shown columns `from` to `to` of the shown rows `first` to `end`, all in the piece. @param pixels,mask of these rows */
static bool fill_from(picking *work, const piece *at, int from, int to, int first, int end, float *pixels,
                      uint8_t *mask, char error[1024]) {
    const size_t n_bands = work->opened->n_used, n_columns = (size_t)work->n_columns;
    if (!view_fill(work->opened, at->x, at->y, at->width, at->height, at->values, at->mask, error)) return false;
    for (int r = first; r < end; r++) {
        const size_t line = (size_t)(work->rows[r] - at->y) * (size_t)at->width, into = (size_t)(r - first) * n_columns;
        for (int c = from; c < to; c++) {
            const size_t i = line + (size_t)(work->columns[c] - at->x), o = into + (size_t)c;
            memcpy(pixels + o * n_bands, at->values + i * n_bands, n_bands * sizeof(float));
            mask[o] = at->mask[i];
        }
    }
    return true;
}

/* The same for all rows of a job: from the whole block, or row by row. */
static bool fill_block(picking *work, size_t job, piece at, int from, int to, float *pixels, uint8_t *mask,
                       char error[1024]) {
    const view *opened = work->opened;
    const int first = work->job_begin[job], end = work->job_begin[job + 1];
    if (work->whole) {
        at.x = work->columns[from] / opened->block_width * opened->block_width;
        at.y = work->rows[first] / opened->block_height * opened->block_height;
        at.width = smaller(opened->block_width, opened->source->width - at.x);
        at.height = smaller(opened->block_height, opened->source->height - at.y);
        return fill_from(work, &at, from, to, first, end, pixels, mask, error);
    }
    at.x = work->columns[from];
    at.width = work->columns[to - 1] - at.x + 1;
    at.height = 1;
    for (int r = first; r < end; r++) {
        const size_t line = (size_t)(r - first) * (size_t)work->n_columns;
        at.y = work->rows[r];
        if (!fill_from(work, &at, from, to, r, r + 1, pixels + line * opened->n_used, mask + line, error)) return false;
    }
    return true;
}

/* GDAL holds whole blocks of the source, however few of their rows are shown. */
static void forget(const picking *work, size_t n_rows) {
    const view *opened = work->opened;
    const size_t height = (size_t)opened->source_block_height;
    view_forget(work->opened, (size_t)opened->block_width * (height < MANY_ROWS ? n_rows * height : height));
}

/* All shown rows of one column of blocks before the next one, so that no block is decoded twice. */
static bool fill_columns(picking *work, size_t job, piece at, float *pixels, uint8_t *mask, char error[1024]) {
    for (int from = 0; from < work->n_columns;) {
        const int block = work->columns[from] / work->opened->block_width;
        int to = from + 1;
        while (to < work->n_columns && work->columns[to] / work->opened->block_width == block) to++;
        if (!fill_block(work, job, at, from, to, pixels, mask, error)) return false;
        forget(work, (size_t)(work->job_begin[job + 1] - work->job_begin[job]));
        from = to;
    }
    return true;
}

static bool fill(void *user, size_t job, float *pixels, uint8_t *mask, char error[1024]) {
    picking *work = user;
    const size_t n = (size_t)work->opened->block_width * (work->whole ? (size_t)work->opened->block_height : 1);
    piece at = {.values = malloc(n * work->opened->n_used * sizeof(float)), .mask = malloc(n)};
    bool good = at.values && at.mask;
    if (!good) sentence(error, "memory is out: %zu pixels", n);
    good = good && fill_columns(work, job, at, pixels, mask, error);
    free(at.values);
    free(at.mask);
    return good;
}

static bool use(void *user, size_t job, const float *pixels, const uint8_t *mask, char error[1024]) {
    picking *work = user;
    const int n_rows = work->job_begin[job + 1] - work->job_begin[job];
    const size_t n_columns = (size_t)work->n_columns;
    if (!unmixer_run(work->opened->worker, (size_t)n_rows * n_columns, pixels, mask, error)) return false;
    for (int r = 0; r < n_rows; r++)
        view_deliver(work->opened, work->target, (size_t)r * n_columns, work->n_columns, 0, work->job_begin[job] + r);
    return view_progress(work->target, job + 1, work->n_jobs, error);
}

/* A job is shown rows of one row of source blocks, as many as the buffer holds. */
static void plan_jobs(picking *work) {
    const size_t bytes_a_row = (size_t)work->n_columns * work->opened->n_used * sizeof(float);
    const size_t fit = VIEW_BUFFER_BYTES / bytes_a_row;
    work->rows_a_job = fit < 1 ? 1 : fit > 65536 ? 65536 : (int)fit;
    for (int r = 0; r < work->n_rows;) {
        const int block = work->rows[r] / work->opened->source_block_height;
        int end = r + 1;
        while (end < work->n_rows && end - r < work->rows_a_job &&
               (work->rows[end] / work->opened->source_block_height == block ||
                work->opened->source_block_height < MANY_ROWS))
            end++;
        work->job_begin[work->n_jobs++] = r;
        r = end;
    }
    work->job_begin[work->n_jobs] = work->n_rows;
}

/* Which columns or rows are shown: the arithmetic of GDAL's nearest-neighbour resampling, its constant included. */
static void find_shown(double offset, double size, int limit, int n, int *shown) {
    for (int i = 0; i < n; i++) {
        const double at = (i + 0.5) * (size / n) + offset + 1e-10;
        shown[i] = at < 0 ? 0 : at >= limit ? limit - 1 : (int)at;
    }
}

static bool prepare(picking *work, const view_zoom *zoom, char error[1024]) {
    const view *opened = work->opened;
    work->whole = opened->source->tiles && opened->source_block_height >= MANY_ROWS &&
                  opened->block_width == opened->source_block_width &&
                  opened->block_height == opened->source_block_height;
    work->columns = malloc((size_t)work->n_columns * sizeof *work->columns);
    work->rows = malloc((size_t)work->n_rows * sizeof *work->rows);
    work->job_begin = malloc(((size_t)work->n_rows + 1) * sizeof *work->job_begin);
    if (!work->columns || !work->rows || !work->job_begin)
        return sentence(error, "memory is out: %d by %d pixels", work->n_columns, work->n_rows);
    find_shown(zoom->x, zoom->width, opened->source->width, work->n_columns, work->columns);
    find_shown(zoom->y, zoom->height, opened->source->height, work->n_rows, work->rows);
    plan_jobs(work);
    CPLDebug("WSNET", "unmixing %dx%d pixels of lines %d to %d", work->n_columns, work->n_rows, work->rows[0],
             work->rows[work->n_rows - 1]);
    return true;
}

static bool run(picking *work, char error[1024]) {
    int most = 1;
    for (size_t j = 0; j < work->n_jobs; j++)
        if (work->job_begin[j + 1] - work->job_begin[j] > most) most = work->job_begin[j + 1] - work->job_begin[j];
    return pipeline_run(work->n_jobs, (size_t)most * (size_t)work->n_columns, work->opened->n_used,
                        view_ahead(work->opened), fill, use, work, error);
}

bool view_pick(view *opened, const view_zoom *zoom, const view_target *target, char error[1024]) {
    if (!nesting_allowed(error)) return false;
    CPLAcquireMutex(opened->mutex, 1e6);
    picking work = {.opened = opened, .target = target, .n_columns = zoom->n_columns, .n_rows = zoom->n_rows};
    const bool good = prepare(&work, zoom, error) && run(&work, error);
    free(work.columns);
    free(work.rows);
    free(work.job_begin);
    CPLReleaseMutex(opened->mutex);
    return good;
}
