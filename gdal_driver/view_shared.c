/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads of one band: all bands are unmixed at the first and kept, for the bands that are asked for next and for the other
 * views of the same scene. */
#include <stdlib.h>
#include <string.h>

#include "file_bytes.h"
#include "sentence.h"
#include "sharing.h"
#include "view_internal.h"

/* A zoomed-out answer of more bytes is not kept: its bands are unmixed one by one. */
enum { PICTURE_BYTES = 256 << 20 };

void view_share(view *opened, const scene *described) {
    pass_key key = {{0, 0}};
    uint64_t size = 0;
    int64_t modified = 0;
    file_stat(described->cube, &size, &modified);
    pass_key_add(&key, wsnet_model_sha256(view_model(opened)), 64);
    pass_key_add(&key, described->cube, strlen(described->cube));
    pass_key_add(&key, &size, sizeof size);
    pass_key_add(&key, &modified, sizeof modified);
    pass_key_add(&key, &described->method, sizeof described->method);
    pass_key_add(&key, &described->bands, sizeof described->bands);
    pass_key_add(&key, &described->knobs, sizeof described->knobs);
    opened->group = sharing_join(key);
}

/* What is asked of a view: a zoom, or a block where n_columns is 0. */
typedef struct shared_read {
    view *opened;
    view_zoom zoom;
    int width, height; /**< of a plane of the answer */
} shared_read;

static size_t values_of(const shared_read *asked) {
    return (size_t)asked->width * (size_t)asked->height * asked->opened->plan.n_bands;
}

static bool compute(void *user, float *values, char error[1024]) {
    const shared_read *asked = user;
    const view_zoom *zoom = &asked->zoom;
    const GSpacing line = (GSpacing)sizeof(float) * asked->width;
    const view_target all = {.data = values,
                             .type = GDT_Float32,
                             .n_bands = (int)asked->opened->plan.n_bands,
                             .pixel_space = sizeof(float),
                             .line_space = line,
                             .band_space = line * asked->height};
    if (zoom->n_columns) return view_pick(asked->opened, zoom, &all, error);
    memset(values, 0, values_of(asked) * sizeof *values);
    return view_read(asked->opened, (int)zoom->x, (int)zoom->y, (int)zoom->width, (int)zoom->height, &all, error);
}

static pass *acquire(shared_read *asked, char error[1024]) {
    pass_key key = {{0, 0}};
    if (!nesting_allowed(error)) return NULL;
    const double window[] = {asked->zoom.x, asked->zoom.y, asked->zoom.width, asked->zoom.height};
    const int shown[] = {asked->zoom.n_columns, asked->zoom.n_rows};
    pass_key_add(&key, &asked->opened->group, sizeof asked->opened->group);
    pass_key_add(&key, window, sizeof window);
    pass_key_add(&key, shown, sizeof shown);
    return pass_acquire(key, values_of(asked), compute, asked, error);
}

static int smaller(int a, int b) { return a < b ? a : b; }

pass *view_block(view *opened, int column, int row, char error[1024]) {
    const int x = column * opened->block_width, y = row * opened->block_height;
    shared_read asked = {.opened = opened,
                         .zoom = {.x = x,
                                  .y = y,
                                  .width = smaller(opened->block_width, opened->source->width - x),
                                  .height = smaller(opened->block_height, opened->source->height - y)},
                         .width = opened->block_width,
                         .height = opened->block_height};
    return acquire(&asked, error);
}

bool view_pick_band(view *opened, const view_zoom *zoom, const view_target *target, char error[1024]) {
    shared_read asked = {.opened = opened, .zoom = *zoom, .width = zoom->n_columns, .height = zoom->n_rows};
    if (values_of(&asked) * sizeof(float) > PICTURE_BYTES) return view_pick(opened, zoom, target, error);
    pass *held = acquire(&asked, error);
    if (!held) return false;
    const size_t plane = (size_t)zoom->n_columns * (size_t)zoom->n_rows;
    const float *values = pass_values(held) + (size_t)(target->band_map[0] - 1) * plane;
    for (int line = 0; line < zoom->n_rows; line++)
        GDALCopyWords(values + (size_t)line * (size_t)zoom->n_columns, GDT_Float32, sizeof(float),
                      (char *)target->data + line * target->line_space, target->type, (int)target->pixel_space,
                      zoom->n_columns);
    pass_release(held);
    return true;
}
