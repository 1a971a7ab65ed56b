/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tile_file.h"

#include <cpl_conv.h>
#include <cpl_multiproc.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>

#include "block_read.h"
#include "tiff_tags.h"

struct tile_file {
    GDALDatasetH dataset;
    CPLMutex *mutex; /**< of the dataset and the handle */
    VSILFILE *handle;
    GDALDataType type;
    size_t n_bands, size; /**< of the file; bytes a value */
    int width, height;    /**< of a tile */
};

/* A tile as it lies in the file. */
typedef struct stored_tile {
    vsi_l_offset begin;
    size_t length;
} stored_tile;

/* ---- opening -------------------------------------------------------------------------------------------- */

/* What GDAL shows as tiles need not be the file's: it cuts large strips into lines, and converts colours. */
static tiff_expected expect(GDALDatasetH dataset) {
    int width = 1, height = 1;
    GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &width, &height);
    const uint64_t n_across = ((uint64_t)GDALGetRasterXSize(dataset) - 1) / (uint64_t)width + 1;
    const uint64_t n_down = ((uint64_t)GDALGetRasterYSize(dataset) - 1) / (uint64_t)height + 1;
    return (tiff_expected){n_across * n_down, (uint64_t)GDALGetRasterCount(dataset)};
}

/* Whether tiles hold values as they are in memory here, once inflated. */
static bool is_plain(GDALDatasetH dataset) {
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    const char *compression = GDALGetMetadataItem(dataset, "COMPRESSION", "IMAGE_STRUCTURE");
    const char *interleave = GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    const char *begin = GDALGetMetadataItem(band, "IFD_OFFSET", "TIFF");
    return compression && EQUAL(compression, "DEFLATE") && interleave && EQUAL(interleave, "PIXEL") && begin &&
           !GDALGetMetadataItem(band, "NBITS", "IMAGE_STRUCTURE") &&
           tiff_is_plain(GDALGetDescription(dataset), strtoull(begin, NULL, 10), expect(dataset)) &&
           !CPLTestBool(CPLGetConfigOption("GTIFF_FORCE_RGBA", "NO"));
}

tile_file *tile_file_open(GDALDatasetH dataset) {
    GDALDriverH driver = GDALGetDatasetDriver(dataset);
    if (!driver || !EQUAL(GDALGetDriverShortName(driver), "GTiff") || !is_plain(dataset)) return NULL;
    tile_file *file = calloc(1, sizeof *file);
    if (!file) return NULL;
    GDALRasterBandH band = GDALGetRasterBand(dataset, 1);
    file->dataset = dataset;
    file->handle = VSIFOpenL(GDALGetDescription(dataset), "rb");
    file->type = GDALGetRasterDataType(band);
    file->n_bands = (size_t)GDALGetRasterCount(dataset);
    file->size = (size_t)GDALGetDataTypeSizeBytes(file->type);
    GDALGetBlockSize(band, &file->width, &file->height);
    file->mutex = CPLCreateMutex();
    if (file->mutex) CPLReleaseMutex(file->mutex);
    if (file->mutex && file->handle && file->size > 0) return file;
    tile_file_close(file);
    return NULL;
}

void tile_file_close(tile_file *file) {
    if (!file) return;
    if (file->mutex) CPLDestroyMutex(file->mutex);
    if (file->handle) VSIFCloseL(file->handle);
    free(file);
}

void tile_file_lock(tile_file *file) {
    if (file) CPLAcquireMutex(file->mutex, 1e6);
}

void tile_file_unlock(tile_file *file) {
    if (file) CPLReleaseMutex(file->mutex);
}

/* ---- reading -------------------------------------------------------------------------------------------- */

/* GDAL knows where a tile lies. @return false when the window is no tile, or the file leaves it out */
static bool find_tile(tile_file *file, int x, int y, int width, int height, stored_tile *found) {
    char item[64];
    tile_file_lock(file);
    bool good = block_is_whole(file->dataset, x, y, width, height);
    GDALRasterBandH band = GDALGetRasterBand(file->dataset, 1);
    snprintf(item, sizeof item, "BLOCK_OFFSET_%d_%d", x / file->width, y / file->height);
    const char *text = good ? GDALGetMetadataItem(band, item, "TIFF") : NULL;
    found->begin = text ? strtoull(text, NULL, 10) : 0;
    snprintf(item, sizeof item, "BLOCK_SIZE_%d_%d", x / file->width, y / file->height);
    text = found->begin > 0 ? GDALGetMetadataItem(band, item, "TIFF") : NULL;
    found->length = text ? strtoull(text, NULL, 10) : 0;
    tile_file_unlock(file);
    return found->length > 0;
}

/* Through the handle of the opening: another file that takes the name later is not read. */
static bool fetch(tile_file *file, stored_tile at, void *into) {
    tile_file_lock(file);
    const bool good =
        VSIFSeekL(file->handle, at.begin, SEEK_SET) == 0 && VSIFReadL(into, 1, at.length, file->handle) == at.length;
    tile_file_unlock(file);
    return good;
}

/* @param room n_room bytes, for what is stored where it fits  @param into n_bytes; a last strip may hold fewer, but at
 * least n_needed */
static bool inflate(tile_file *file, stored_tile at, void *room, size_t n_room, void *into, size_t n_bytes,
                    size_t n_needed) {
    void *more = at.length > n_room ? VSIMalloc(at.length) : NULL, *stored = more ? more : room;
    size_t n_made = 0;
    const bool good = (more || at.length <= n_room) && fetch(file, at, stored) &&
                      CPLZLibInflate(stored, at.length, into, n_bytes, &n_made) == into && n_made >= n_needed;
    VSIFree(more);
    return good;
}

/* Values of a whole tile to spectra of the window. @param line [width, file's bands] */
static void arrange(const tile_file *file, const char *tile, int width, int height, size_t n_bands, const int *map,
                    float *line, float *pixels) {
    const size_t n = (size_t)width * file->n_bands;
    for (size_t y = 0; y < (size_t)height; y++) {
        GDALCopyWords64(tile + y * (size_t)file->width * file->n_bands * file->size, file->type, (int)file->size, line,
                        GDT_Float32, sizeof(float), (GPtrDiff_t)n);
        float *row = pixels + y * (size_t)width * n_bands;
        for (size_t x = 0; x < (size_t)width; x++)
            for (size_t b = 0; b < n_bands; b++) row[x * n_bands + b] = line[x * file->n_bands + (size_t)map[b] - 1];
    }
}

/* Whether a tile holds the spectra as they are wanted. */
static bool is_direct(const tile_file *file, int width, int height, size_t n_bands, const int *map) {
    if (width != file->width || height != file->height || n_bands != file->n_bands || file->type != GDT_Float32)
        return false;
    for (size_t b = 0; b < n_bands; b++)
        if (map[b] != (int)b + 1) return false;
    return true;
}

bool tile_file_read(tile_file *file, int x, int y, int width, int height, size_t n_bands, const int *map,
                    float *pixels) {
    stored_tile at;
    if (!find_tile(file, x, y, width, height, &at)) return false;
    const size_t row = (size_t)file->width * file->n_bands * file->size, n_bytes = row * (size_t)file->height;
    if (is_direct(file, width, height, n_bands, map)) return inflate(file, at, NULL, 0, pixels, n_bytes, n_bytes);
    char *tile = VSIMalloc(n_bytes);
    float *line = malloc((size_t)width * file->n_bands * sizeof *line);
    /* The pixels' own memory is free until the tile is decoded. */
    const size_t n_room = (size_t)width * (size_t)height * n_bands * sizeof *pixels;
    const bool good = tile && line && inflate(file, at, pixels, n_room, tile, n_bytes, row * (size_t)height);
    if (good) arrange(file, tile, width, height, n_bands, map, line, pixels);
    VSIFree(tile);
    free(line);
    return good;
}
