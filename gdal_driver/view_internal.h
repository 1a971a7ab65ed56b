/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file view_internal.h  For the view_*.c files. */
#ifndef WSNET_VIEW_INTERNAL_H
#define WSNET_VIEW_INTERNAL_H

#include <cpl_multiproc.h>

#include "model_io.h"
#include "unmixer.h"
#include "view.h"

/** Bytes of spectra that are held at once (twice that when reading runs ahead): in parts of a block, as a whole one, or
 *  in steps through one. */
enum { VIEW_BUFFER_BYTES = 32 << 20, VIEW_BLOCK_BYTES = 64 << 20, VIEW_STEP_BYTES = 8 << 20 };

struct view {
    cube *source;
    shared_model *shared;
    output_plan plan;
    wsnet_method method;
    knobs knobs;
    unmixer *worker;
    CPLMutex *mutex;
    size_t n_threads;
    size_t n_used; /**< bands the model uses */
    int block_width, block_height;
    int step_height; /**< of a block's lines read at a time */
    int source_block_width, source_block_height;
    size_t bytes_in_cache; /**< of the source, read since its blocks were last dropped */
    char *warning;
    uint64_t group; /**< of the views that show the same, see sharing.h */
};

/** Joins the other views of the same scene. */
void view_share(view *opened, const scene *described);

#define NESTED_SCENE "a scene cannot be the cube of a scene"
/** @return false with a sentence inside the opening or reading of a cube: a scene cannot be the cube of a scene. */
bool nesting_allowed(char error[1024]);
/** Around the opening and reading of a cube, in whichever thread. @return to be given to nesting_end() */
int nesting_begin(void);
void nesting_end(int before);

/** Reads spectra that the model uses. */
bool view_fill(view *opened, int x, int y, int width, int height, float *pixels, uint8_t *mask, char error[1024]);
/** Counts pixels of blocks of the source that were read and will not be needed again soon; drops blocks from GDAL's
 *  cache when they are many. */
void view_forget(view *opened, size_t n_pixels);
/** How many reads run beside unmixing, see pipeline_run(). */
int view_ahead(const view *opened);
/** Copies a line of answers of the last run. @param first its first pixel in the run  @param column,line in the target */
void view_deliver(const view *opened, const view_target *target, size_t first, int n, int column, int line);
/** Reports progress. @return false with a sentence when the caller wants no more */
bool view_progress(const view_target *target, size_t done, size_t all, char error[1024]);

#endif
