/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Compressed tiles decoded past GDAL: the same values, to the bit, that GDAL reads, in several threads too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpl_conv.h>
#include <cpl_multiproc.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>

#include "cube.h"
#include "tile_file.h"

enum { WIDTH = 211, HEIGHT = 90, BANDS = 7 }; /* no multiple of a tile */

static const char path[] = "/vsimem/tile.tif";
static char error[1024];

/* @param options separated by blanks  @param n_rows rows that are written, from the top */
static void make(const char *options, GDALDataType type, int n_rows) {
    char **list = CSLTokenizeString(options);
    list = CSLAddString(list, "INTERLEAVE=PIXEL");
    GDALDatasetH made = GDALCreate(GDALGetDriverByName("GTiff"), path, WIDTH, HEIGHT, BANDS, type, list);
    assert_non_null(made);
    float *plane = malloc(sizeof(float) * WIDTH * HEIGHT);
    for (int b = 0; b < BANDS; b++) {
        for (int i = 0; i < WIDTH * HEIGHT; i++) plane[i] = (float)((i * 31 + b * 977) % 251);
        assert_int_equal(GDALRasterIO(GDALGetRasterBand(made, b + 1), GF_Write, 0, 0, WIDTH, n_rows, plane, WIDTH,
                                      n_rows, GDT_Float32, 0, 0),
                         CE_None);
    }
    free(plane);
    GDALClose(made);
    CSLDestroy(list);
}

static cube *make_and_open(const char *options, GDALDataType type) {
    make(options, type, HEIGHT);
    cube *opened = cube_open(path, false, error);
    assert_non_null(opened);
    return opened;
}

static void drop(cube *opened) {
    cube_close(opened);
    GDALDeleteDataset(NULL, path);
}

typedef struct window {
    int x, y, width, height;
} window;

/* Tile number i of the raster. @return false behind the last one */
static bool tile_at(GDALDatasetH dataset, int i, window *at) {
    int width, height;
    GDALGetBlockSize(GDALGetRasterBand(dataset, 1), &width, &height);
    const int n_across = (WIDTH - 1) / width + 1;
    at->x = i % n_across * width;
    at->y = i / n_across * height;
    at->width = at->x + width > WIDTH ? WIDTH - at->x : width;
    at->height = at->y + height > HEIGHT ? HEIGHT - at->y : height;
    return at->y < HEIGHT;
}

static void compare(cube *opened, GDALDatasetH other, window at, size_t n_bands, const uint32_t *index) {
    const size_t n = (size_t)at.width * (size_t)at.height;
    const int size = (int)sizeof(float), pixel = size * (int)n_bands;
    float *ours = calloc(n * n_bands, sizeof *ours), *theirs = malloc(n * n_bands * sizeof *theirs);
    uint8_t *mask = malloc(n);
    int map[BANDS];
    for (size_t b = 0; b < n_bands; b++) map[b] = (int)index[b] + 1;
    assert_int_equal(GDALDatasetRasterIO(other, GF_Read, at.x, at.y, at.width, at.height, theirs, at.width, at.height,
                                         GDT_Float32, (int)n_bands, map, pixel, pixel * at.width, size),
                     CE_None);
    assert_true(tile_file_read(opened->tiles, at.x, at.y, at.width, at.height, n_bands, map, ours));
    assert_memory_equal(ours, theirs, n * n_bands * sizeof *ours);
    memset(ours, 0, n * n_bands * sizeof *ours);
    assert_true(cube_read(opened, at.x, at.y, at.width, at.height, n_bands, index, ours, mask, error));
    assert_memory_equal(ours, theirs, n * n_bands * sizeof *ours);
    free(ours);
    free(theirs);
    free(mask);
}

static void compare_all(const char *options, GDALDataType type) {
    static const uint32_t all[] = {0, 1, 2, 3, 4, 5, 6}, some[] = {3, 6, 0};
    cube *opened = make_and_open(options, type);
    assert_non_null(opened->tiles);
    GDALDatasetH other = GDALOpen(path, GA_ReadOnly);
    window at;
    for (int i = 0; tile_at(other, i, &at); i++) {
        compare(opened, other, at, BANDS, all);
        compare(opened, other, at, 3, some);
    }
    assert_false(opened->used_cache);
    const int map[] = {1};
    float pixels[4];
    assert_false(tile_file_read(opened->tiles, 1, 0, 2, 2, 1, map, pixels)); /* no tile: left to GDAL */
    GDALClose(other);
    drop(opened);
}

static void test_layouts_and_types(void **state) {
    (void)state;
    static const char *const layouts[] = {
        "COMPRESS=DEFLATE TILED=YES BLOCKXSIZE=64 BLOCKYSIZE=32", "COMPRESS=DEFLATE TILED=YES", /* one tile is larger */
        "COMPRESS=DEFLATE BLOCKYSIZE=40", "COMPRESS=DEFLATE BIGTIFF=YES BLOCKYSIZE=7"};
    static const GDALDataType types[] = {GDT_Byte, GDT_Int16, GDT_UInt16, GDT_Int32, GDT_Float32, GDT_Float64};
    for (size_t l = 0; l < sizeof layouts / sizeof *layouts; l++)
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) compare_all(layouts[l], types[t]);
}

static void test_others_are_left_to_gdal(void **state) {
    (void)state;
    static const char *const others[] = {"TILED=YES",
                                         "COMPRESS=LZW",
                                         "COMPRESS=DEFLATE PREDICTOR=2",
                                         "COMPRESS=DEFLATE PREDICTOR=2 BIGTIFF=YES",
                                         "COMPRESS=DEFLATE ENDIANNESS=BIG",
                                         "COMPRESS=DEFLATE NBITS=12"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cube *opened = make_and_open(others[i], GDT_UInt16);
        assert_null(opened->tiles);
        drop(opened);
    }
    cube *opened = make_and_open("COMPRESS=DEFLATE PREDICTOR=3", GDT_Float32);
    assert_null(opened->tiles);
    drop(opened);
}

/* Tiles that are left out, or cut off, are GDAL's to judge. */
static void test_missing_tiles(void **state) {
    (void)state;
    const int map[] = {1};
    const uint32_t index[] = {0};
    static float pixels[64 * 32];
    uint8_t mask[64 * 32];
    make("COMPRESS=DEFLATE TILED=YES BLOCKXSIZE=64 BLOCKYSIZE=32 SPARSE_OK=TRUE", GDT_Float32, 32);
    cube *opened = cube_open(path, false, error);
    assert_non_null(opened);
    assert_true(tile_file_read(opened->tiles, 64, 0, 64, 32, 1, map, pixels));
    assert_false(tile_file_read(opened->tiles, 64, 32, 64, 32, 1, map, pixels));
    assert_true(cube_read(opened, 64, 32, 64, 32, 1, index, pixels, mask, error));
    assert_true(pixels[5] == 0 && mask[5]);
    VSILFILE *file = VSIFOpenL(path, "r+b");
    const char *begin = GDALGetMetadataItem(GDALGetRasterBand(opened->dataset, 1), "BLOCK_OFFSET_1_0", "TIFF");
    assert_int_equal(VSIFTruncateL(file, strtoull(begin, NULL, 10) + 20), 0);
    assert_int_equal(VSIFCloseL(file), 0);
    assert_false(tile_file_read(opened->tiles, 64, 0, 64, 32, 1, map, pixels));
    drop(opened);
}

typedef struct reading {
    cube *opened;
    bool good;
} reading;

static void read_many(void *argument) {
    reading *work = argument;
    static const uint32_t index[] = {0, 1, 2, 3, 4, 5, 6};
    work->good = true;
    for (int round = 0; round < 20; round++) {
        window at;
        for (int i = 0; tile_at(work->opened->dataset, i, &at); i++) {
            char told[1024];
            float pixels[64 * 32 * BANDS];
            uint8_t mask[64 * 32];
            work->good &= cube_read(work->opened, at.x, at.y, at.width, at.height, BANDS, index, pixels, mask, told);
            for (int p = 0; p < at.width * at.height; p++) {
                const int pixel = (at.y + p / at.width) * WIDTH + at.x + p % at.width;
                for (int b = 0; b < BANDS; b++)
                    work->good &= pixels[p * BANDS + b] == (float)((pixel * 31 + b * 977) % 251);
            }
        }
    }
}

static void test_threads(void **state) {
    (void)state;
    cube *opened = make_and_open("COMPRESS=DEFLATE TILED=YES BLOCKXSIZE=64 BLOCKYSIZE=32", GDT_Float32);
    reading work[3];
    CPLJoinableThread *thread[3];
    for (int i = 0; i < 3; i++) {
        work[i] = (reading){opened, false};
        thread[i] = CPLCreateJoinableThread(read_many, &work[i]);
        assert_non_null(thread[i]);
    }
    for (int i = 0; i < 3; i++) CPLJoinThread(thread[i]);
    for (int i = 0; i < 3; i++) assert_true(work[i].good);
    drop(opened);
}

int main(void) {
    GDALAllRegister();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_layouts_and_types),
        cmocka_unit_test(test_others_are_left_to_gdal),
        cmocka_unit_test(test_missing_tiles),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
