/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "raw_file.h"

#include <cpl_conv.h>
#include <stdlib.h>

#include "interleave.h"
#include "raw_layout.h"

/* Bytes that are held between file and spectra: what they pass through should stay in a near cache. */
enum { STAGE_BYTES = 4 << 20 };

typedef enum raw_order { BIP, BIL, BSQ } raw_order;

struct raw_file {
    raw_layout layout;
    raw_order order;
    VSILFILE *handle;
    size_t n_bands, size; /**< of the file; bytes a value */
    void *bytes;          /**< as stored */
    float *values;        /**< where they are stored as something else */
    size_t capacity;      /**< values */
};

/* Some lines of a window. In the stage BIP is [line, x, all bands], BIL [line, band, x], BSQ [band, line, x]. */
typedef struct part {
    int x, y, width, height;
    size_t n_bands;
    const int *map;
} part;

/* ---- opening -------------------------------------------------------------------------------------------- */

static bool find_order(const raw_layout *at, GDALDatasetH dataset, raw_order *order) {
    const GIntBig size = GDALGetDataTypeSizeBytes(at->type), n = GDALGetRasterCount(dataset);
    const GIntBig row = size * GDALGetRasterXSize(dataset);
    if (size < 1) return false;
    if (at->pixel == size * n && at->band == size && at->line >= row * n)
        *order = BIP;
    else if (at->pixel == size && at->band >= row && at->line >= at->band * n)
        *order = BIL;
    else if (at->pixel == size && at->line >= row)
        *order = BSQ;
    else
        return false;
    return at->line > 0 && at->band > 0;
}

raw_file *raw_file_open(GDALDatasetH dataset) {
    raw_layout layout = {0};
    if (!raw_layout_of(dataset, &layout)) return NULL;
    raw_file *file = calloc(1, sizeof *file);
    if (!file) {
        CPLFree(layout.path);
        return NULL;
    }
    file->layout = layout;
    file->n_bands = (size_t)GDALGetRasterCount(dataset);
    file->size = (size_t)GDALGetDataTypeSizeBytes(layout.type);
    if (find_order(&layout, dataset, &file->order)) file->handle = VSIFOpenL(layout.path, "rb");
    if (file->handle) return file;
    raw_file_close(file);
    return NULL;
}

void raw_file_close(raw_file *file) {
    if (!file) return;
    if (file->handle) VSIFCloseL(file->handle);
    CPLFree(file->layout.path);
    free(file->bytes);
    free(file->values);
    free(file);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

/* A run of bytes that grows as long as pieces follow each other in the file. */
typedef struct run {
    VSILFILE *handle;
    vsi_l_offset begin;
    size_t length;
    char *into;
} run;

static bool finish(run *open) {
    const bool good = open->length == 0 || (VSIFSeekL(open->handle, open->begin, SEEK_SET) == 0 &&
                                            VSIFReadL(open->into, 1, open->length, open->handle) == open->length);
    open->into += open->length;
    open->length = 0;
    return good;
}

static bool add(run *open, vsi_l_offset begin, size_t length) {
    if (open->length > 0 && open->begin + open->length == begin) {
        open->length += length;
        return true;
    }
    if (!finish(open)) return false;
    open->begin = begin;
    open->length = length;
    return true;
}

static vsi_l_offset offset_of(const raw_layout *at, int x, int y, int band) {
    return at->image + (vsi_l_offset)(x * at->pixel + y * at->line + (band - 1) * at->band);
}

static bool fetch(const raw_file *file, const part *wanted, char *into) {
    run open = {.handle = file->handle, .into = into};
    const size_t width = (size_t)wanted->width * file->size, n_bands = file->order == BIP ? 1 : wanted->n_bands;
    const size_t n_lines = (size_t)wanted->height, length = file->order == BIP ? width * file->n_bands : width;
    bool good = true;
    for (size_t i = 0; good && i < n_bands * n_lines; i++) {
        const size_t line = file->order == BSQ ? i % n_lines : i / n_bands;
        const size_t k = file->order == BSQ ? i / n_lines : i % n_bands;
        const int band = file->order == BIP ? 1 : wanted->map[k];
        good = add(&open, offset_of(&file->layout, wanted->x, wanted->y + (int)line, band), length);
    }
    return good && finish(&open);
}

/* Bytes of the file to floats of this machine. */
static void convert(const raw_file *file, size_t n, void *bytes, float *values) {
    if (file->layout.swapped) GDALSwapWordsEx(bytes, (int)file->size, n, (int)file->size);
    if (bytes != values)
        GDALCopyWords64(bytes, file->layout.type, (int)file->size, values, GDT_Float32, sizeof(float), (GPtrDiff_t)n);
}

static void arrange(const raw_file *file, const part *read, const float *values, float *pixels) {
    const size_t width = (size_t)read->width, n = width * (size_t)read->height, n_bands = read->n_bands;
    if (file->order == BIP) {
        for (size_t i = 0; i < n; i++)
            for (size_t b = 0; b < n_bands; b++)
                pixels[i * n_bands + b] = values[i * file->n_bands + (size_t)read->map[b] - 1];
    } else if (file->order == BSQ) {
        interleave_planes(n, n_bands, values, n, pixels, n_bands);
    } else {
        for (size_t first = 0; first < n * n_bands; first += width * n_bands)
            interleave_planes(width, n_bands, values + first, width, pixels + first, n_bands);
    }
}

static bool reserve(raw_file *file, size_t n_values) {
    if (n_values <= file->capacity) return true;
    free(file->bytes);
    free(file->values);
    file->bytes = malloc(n_values * file->size);
    file->values = file->layout.type == GDT_Float32 ? NULL : malloc(n_values * sizeof(float));
    const bool good = file->bytes && (file->values || file->layout.type == GDT_Float32);
    file->capacity = good ? n_values : 0;
    return good;
}

/* Whether the file holds the spectra as they are wanted. */
static bool is_direct(const raw_file *file, size_t n_bands, const int *map) {
    if (file->order != BIP || n_bands != file->n_bands || file->layout.type != GDT_Float32) return false;
    for (size_t b = 0; b < n_bands; b++)
        if (map[b] != (int)b + 1) return false;
    return true;
}

bool raw_file_read(raw_file *file, int x, int y, int width, int height, size_t n_bands, const int *map, float *pixels) {
    part at = {x, y, width, height, n_bands, map};
    if (is_direct(file, n_bands, map)) {
        const bool good = fetch(file, &at, (char *)pixels);
        if (good) convert(file, (size_t)width * (size_t)height * n_bands, pixels, pixels);
        return good;
    }
    const size_t line = (size_t)width * (file->order == BIP ? file->n_bands : n_bands);
    const size_t fit = STAGE_BYTES / (line * file->size), n_parts = ((size_t)height - 1) / (fit < 1 ? 1 : fit) + 1;
    const size_t n_lines = ((size_t)height - 1) / n_parts + 1; /* parts of about the same size */
    if (!reserve(file, line * n_lines)) return false;
    for (; at.y < y + height; at.y += at.height) {
        at.height = (size_t)(y + height - at.y) < n_lines ? y + height - at.y : (int)n_lines;
        if (!fetch(file, &at, file->bytes)) return false;
        float *values = file->values ? file->values : file->bytes;
        convert(file, line * (size_t)at.height, file->bytes, values);
        arrange(file, &at, values, pixels + (size_t)(at.y - y) * (size_t)width * n_bands);
    }
    return true;
}
