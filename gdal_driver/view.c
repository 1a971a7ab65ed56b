/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "block_read.h"
#include "sentence.h"
#include "sharing.h"
#include "tile_file.h"
#include "view_internal.h"

/* Wavelengths further apart than this are another sensor's. */
#define WAVELENGTH_TOLERANCE_NM 10.0
/* Blocks of the source are dropped after so many bytes: GDAL's own limit may be a share of a large memory. */
#define SOURCE_CACHE_BYTES ((size_t)16 << 20)

const wsnet_model *view_model(const view *opened) { return model_get(opened->shared); }
const output_plan *view_plan(const view *opened) { return &opened->plan; }
cube *view_cube(const view *opened) { return opened->source; }
const char *view_warning(const view *opened) { return opened->warning; }

const char *const view_place_domains[] = {"RPC", "GEOLOCATION", NULL};

char **view_metadata(const view *opened) {
    char **items = output_metadata(view_model(opened), opened->method, &opened->knobs);
    const char *area = GDALGetMetadataItem(opened->source->dataset, GDALMD_AREA_OR_POINT, NULL);
    return area ? CSLSetNameValue(items, GDALMD_AREA_OR_POINT, area) : items;
}

void view_block_size(const view *opened, int *width, int *height) {
    *width = opened->block_width;
    *height = opened->block_height;
}

/* ---- opening -------------------------------------------------------------------------------------------- */

/* The source's own block, enlarged to a useful size, halved while its spectra are too large. */
static void choose_block(view *opened) {
    const cube *source = opened->source;
    GDALGetBlockSize(GDALGetRasterBand(source->dataset, 1), &opened->source_block_width, &opened->source_block_height);
    if (opened->source_block_width < 1 || opened->source_block_width > source->width)
        opened->source_block_width = source->width;
    if (opened->source_block_height < 1 || opened->source_block_height > source->height)
        opened->source_block_height = source->height;
    const bool strips = opened->source_block_width == source->width;
    int width = opened->source_block_width, height = opened->source_block_height;
    while (width < 64 && width < source->width) width *= 2;
    while (height < (strips ? 32 : 64) && height < source->height) height *= 2;
    if (width > source->width) width = source->width;
    if (height > source->height) height = source->height;
    /* A block that is decoded with all its bands is better read whole than in parts. */
    const double most = block_is_whole(source->dataset, 0, 0, width, height) ? VIEW_BLOCK_BYTES : VIEW_BUFFER_BYTES;
    const double bytes_a_pixel = 4.0 * (double)opened->n_used;
    while (height > 1 && bytes_a_pixel * width * height > most) height = (height + 1) / 2;
    while (width > 1 && bytes_a_pixel * width * height > most) width = (width + 1) / 2;
    opened->block_width = width;
    opened->block_height = height;
    /* Where parts of a block cost no more than the whole, unmixing need not wait for the whole. */
    const double lines = VIEW_STEP_BYTES / (bytes_a_pixel * width);
    opened->step_height = !source->raw || lines > height ? height : lines < 1 ? 1 : (int)lines;
}

static void compare_wavelengths(view *opened) {
    const wsnet_model *model = view_model(opened);
    const double *trained = wsnet_model_wavelength_nm(model);
    const uint32_t *index = wsnet_model_band_index(model);
    double worst = 0;
    for (size_t b = 0; trained && b < opened->n_used; b++) {
        const double here = opened->source->wavelength_nm[index[b]];
        if (here > 0 && trained[b] > 0) worst = fmax(worst, fabs(here - trained[b]));
    }
    if (worst <= WAVELENGTH_TOLERANCE_NM) return;
    char message[SENTENCE_SIZE];
    snprintf(message, sizeof message, "wavelengths of the cube differ by up to %.1f nm from those of the model", worst);
    opened->warning = strdup(message);
}

static bool match_bands(view *opened, char error[1024]) {
    const wsnet_model *model = view_model(opened);
    const int n = opened->source->n_bands;
    if ((size_t)n != wsnet_model_n_source_bands(model))
        return sentence(error, "the image has %d band%s; this model was trained on %zu", n, n == 1 ? "" : "s",
                        wsnet_model_n_source_bands(model));
    opened->n_used = wsnet_model_n_bands(model);
    compare_wavelengths(opened);
    return true;
}

static bool open_parts(view *opened, const scene *described, size_t n_threads, char error[1024]) {
    opened->n_threads = n_threads;
    opened->method = described->method;
    opened->knobs = described->knobs;
    opened->mutex = CPLCreateMutex();
    if (!opened->mutex) return sentence(error, "memory is out");
    CPLReleaseMutex(opened->mutex);
    opened->shared = model_acquire(described->model, error);
    if (!opened->shared) return false;
    opened->source = cube_open(described->cube, false, error);
    if (!opened->source || !match_bands(opened, error)) return false;
    if (!output_plan_make(view_model(opened), described->method, described->bands, &opened->plan, error)) return false;
    opened->worker =
        unmixer_create(view_model(opened), &opened->plan, described->method, &described->knobs, n_threads, error);
    if (!opened->worker) return false;
    choose_block(opened);
    view_share(opened, described);
    return opened->group != 0 || sentence(error, "memory is out");
}

/* GDAL itself refuses to open a file inside its own opening, in words that name no reason. */
static bool names_scene(const char *path) {
    return STARTS_WITH_CI(path, "WSNET:") || EQUAL(CPLGetExtension(path), "wsnet");
}

view *view_open(const scene *described, size_t n_threads, char error[1024]) {
    if (!nesting_allowed(error)) return NULL;
    if (names_scene(described->cube)) {
        sentence(error, NESTED_SCENE);
        return NULL;
    }
    view *opened = calloc(1, sizeof *opened);
    bool good = opened != NULL;
    if (!good) sentence(error, "memory is out");
    const int before = nesting_begin();
    good = good && open_parts(opened, described, n_threads, error);
    nesting_end(before);
    if (good) return opened;
    view_close(opened);
    return NULL;
}

void view_close(view *opened) {
    if (!opened) return;
    sharing_leave(opened->group);
    unmixer_destroy(opened->worker);
    cube_close(opened->source);
    model_release(opened->shared);
    if (opened->mutex) CPLDestroyMutex(opened->mutex);
    free(opened->warning);
    free(opened);
}

/* ---- shared by reading and picking ---------------------------------------------------------------------- */

bool view_fill(view *opened, int x, int y, int width, int height, float *pixels, uint8_t *mask, char error[1024]) {
    const int before = nesting_begin();
    const bool good = cube_read(opened->source, x, y, width, height, opened->n_used,
                                wsnet_model_band_index(view_model(opened)), pixels, mask, error);
    nesting_end(before);
    return good;
}

static void forget_locked(view *opened, size_t n_pixels) {
    if (!opened->source->used_cache) return;
    opened->bytes_in_cache += n_pixels * (size_t)opened->source->n_bands * sizeof(float);
    if (opened->bytes_in_cache <= SOURCE_CACHE_BYTES) return;
    GDALFlushCache(opened->source->dataset);
    opened->source->used_cache = false;
    opened->bytes_in_cache = 0;
}

void view_forget(view *opened, size_t n_pixels) {
    tile_file_lock(opened->source->tiles);
    forget_locked(opened, n_pixels);
    tile_file_unlock(opened->source->tiles);
}

int view_ahead(const view *opened) {
    if (opened->n_threads < 2) return 0;
    return opened->source->tiles ? 2 : 1;
}

/* Through a packed line: GDAL rounds packed and spaced words to integers by different code, and its own reads of a
 * Float32 band start from packed ones. */
static void copy_values(const float *from, size_t stride, int n, char *into, GDALDataType type, int spacing) {
    float packed[1024];
    for (int done = 0; done < n;) {
        const int count = n - done < 1024 ? n - done : 1024;
        for (int i = 0; i < count; i++) packed[i] = from[(size_t)(done + i) * stride];
        GDALCopyWords(packed, GDT_Float32, sizeof(float), into + (GPtrDiff_t)done * spacing, type, spacing, count);
        done += count;
    }
}

void view_deliver(const view *opened, const view_target *target, size_t first, int n, int column, int line) {
    char *corner = (char *)target->data + column * target->pixel_space + line * target->line_space;
    for (int k = 0; k < target->n_bands; k++) {
        const size_t band = (size_t)(target->band_map ? target->band_map[k] - 1 : k);
        size_t stride;
        const float *from = unmixer_band(opened->worker, band, &stride);
        copy_values(from + first * stride, stride, n, corner + k * target->band_space, target->type,
                    (int)target->pixel_space);
    }
}

bool view_progress(const view_target *target, size_t done, size_t all, char error[1024]) {
    if (!target->progress || target->progress((double)done / (double)all, "", target->progress_user)) return true;
    return sentence(error, "interrupted");
}
