/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Viewers ask for one band of a zoomed-out window after another: all bands are unmixed at the first and kept. */
#include <stdlib.h>
#include <string.h>

#include "sentence.h"
#include "view_internal.h"

/* Bytes of the pictures that a view keeps. */
enum { PICTURE_BYTES = 64 << 20 };

struct picture {
    view_zoom zoom;
    float *values; /**< [bands, rows, columns] */
    picture *next; /**< the list is in order of use, last used first */
};

static size_t pixels_of(const view_zoom *zoom) { return (size_t)zoom->n_columns * (size_t)zoom->n_rows; }

static size_t bytes_of(const view *opened, const view_zoom *zoom) {
    return pixels_of(zoom) * opened->plan.n_bands * sizeof(float);
}

static bool same(const view_zoom *a, const view_zoom *b) {
    return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height &&
           a->n_columns == b->n_columns && a->n_rows == b->n_rows;
}

static void release(picture *old) {
    free(old->values);
    free(old);
}

void view_release_pictures(view *opened) {
    while (opened->pictures) {
        picture *old = opened->pictures;
        opened->pictures = old->next;
        release(old);
    }
}

/* Takes the picture of a zoom out of the list. */
static picture *take(view *opened, const view_zoom *zoom) {
    for (picture **at = &opened->pictures; *at; at = &(*at)->next) {
        if (!same(&(*at)->zoom, zoom)) continue;
        picture *found = *at;
        *at = found->next;
        return found;
    }
    return NULL;
}

/* Puts a picture first and drops those that make too many bytes. */
static void keep(view *opened, picture *used) {
    used->next = opened->pictures;
    opened->pictures = used;
    size_t bytes = 0;
    for (picture **at = &opened->pictures; *at;) {
        picture *old = *at;
        bytes += bytes_of(opened, &old->zoom);
        if (bytes <= PICTURE_BYTES) {
            at = &old->next;
            continue;
        }
        *at = old->next;
        release(old);
    }
}

static picture *make(view *opened, const view_zoom *zoom, char error[1024]) {
    picture *made = calloc(1, sizeof *made);
    if (made) made->values = malloc(bytes_of(opened, zoom));
    if (!made || !made->values) {
        free(made);
        sentence(error, "memory is out: %d by %d pixels", zoom->n_columns, zoom->n_rows);
        return NULL;
    }
    made->zoom = *zoom;
    const view_target all = {.data = made->values,
                             .type = GDT_Float32,
                             .n_bands = (int)opened->plan.n_bands,
                             .pixel_space = sizeof(float),
                             .line_space = (GSpacing)sizeof(float) * zoom->n_columns,
                             .band_space = (GSpacing)(pixels_of(zoom) * sizeof(float))};
    if (view_pick(opened, zoom, &all, error)) return made;
    release(made);
    return NULL;
}

static bool pick_locked(view *opened, const view_zoom *zoom, const view_target *target, char error[1024]) {
    picture *used = take(opened, zoom);
    if (!used) used = make(opened, zoom, error);
    if (!used) return false;
    const float *values = used->values + (size_t)(target->band_map[0] - 1) * pixels_of(zoom);
    for (int line = 0; line < zoom->n_rows; line++)
        GDALCopyWords(values + (size_t)line * (size_t)zoom->n_columns, GDT_Float32, sizeof(float),
                      (char *)target->data + line * target->line_space, target->type, (int)target->pixel_space,
                      zoom->n_columns);
    keep(opened, used);
    return true;
}

bool view_pick_band(view *opened, const view_zoom *zoom, const view_target *target, char error[1024]) {
    if (bytes_of(opened, zoom) > PICTURE_BYTES) return view_pick(opened, zoom, target, error);
    if (!nesting_allowed(error)) return false;
    CPLAcquireMutex(opened->mutex, 1e6);
    const bool good = pick_locked(opened, zoom, target, error);
    CPLReleaseMutex(opened->mutex);
    return good;
}
