/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file view.h  A scene opened for reading: any window of any output bands, at full resolution or picked. */
#ifndef WSNET_VIEW_H
#define WSNET_VIEW_H

#include <gdal.h>

#include "cube.h"
#include "outputs.h"
#include "pass_cache.h"
#include "scene.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct view view;

/** Where values go, as in GDALDatasetRasterIOEx(). */
typedef struct view_target {
    void *data;
    GDALDataType type;
    int n_bands;
    const int *band_map; /**< [n_bands] one-based, or NULL: the first ones in order */
    GSpacing pixel_space, line_space, band_space;
    GDALProgressFunc progress; /**< or NULL */
    void *progress_user;
} view_target;

/** Opens the model and the cube of a scene. @return NULL with one sentence in error */
view *view_open(const scene *described, size_t n_threads, char error[1024]);
void view_close(view *opened);

const wsnet_model *view_model(const view *opened);
const output_plan *view_plan(const view *opened);
cube *view_cube(const view *opened);
/** @return a sentence about cube and model that do not fit well, or NULL */
const char *view_warning(const view *opened);
/** Size of the blocks that are cheap to read one by one. */
void view_block_size(const view *opened, int *width, int *height);

/** The metadata of the whole raster, a GDAL string list to be freed with CSLDestroy(): what the model says, and of the
 *  cube's own what places it (AREA_OR_POINT). */
char **view_metadata(const view *opened);
/** Domains of the cube that place it too: "RPC", "GEOLOCATION"; ends with NULL. */
extern const char *const view_place_domains[];

/** Unmixes a window. Threads may call at once; they wait for one another. */
bool view_read(view *opened, int x, int y, int width, int height, const view_target *target, char error[1024]);
/** All bands of a block (of view_block_size()): [bands, block height, block width], zero outside the cube. Kept for the
 *  other views of the same scene. @return to be given back with pass_release(), or NULL with one sentence in error */
pass *view_block(view *opened, int column, int row, char error[1024]);

/** A window shown at another size. */
typedef struct view_zoom {
    double x, y, width, height; /**< in pixels of the cube, not necessarily whole ones */
    int n_columns, n_rows;      /**< shown */
} view_zoom;

/** Unmixes the pixels that nearest-neighbour resampling of the whole answer would show, and no others. */
bool view_pick(view *opened, const view_zoom *zoom, const view_target *target, char error[1024]);
/** The same for one band (target->band_map[0]); the other bands are kept for the calls that ask for them. */
bool view_pick_band(view *opened, const view_zoom *zoom, const view_target *target, char error[1024]);

#ifdef __cplusplus
}
#endif
#endif
