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
static const uint32_t first_band[] = {0};
static const int first_map[] = {1};
static char error[1024];

/* @param options separated by blanks  @param n_rows rows that are written, from the top; 0: all are 7 */
static void make(const char *options, GDALDataType type, int n_rows) {
    char **list = CSLTokenizeString(options);
    list = CSLAddString(list, "INTERLEAVE=PIXEL");
    GDALDatasetH made = GDALCreate(GDALGetDriverByName("GTiff"), path, WIDTH, HEIGHT, BANDS, type, list);
    assert_non_null(made);
    float *plane = malloc(sizeof(float) * WIDTH * HEIGHT);
    for (int b = 0; b < BANDS; b++) {
        for (int i = 0; i < WIDTH * HEIGHT; i++) plane[i] = (float)((i * 31 + b * 977) % 251);
        if (n_rows == 0)
            GDALFillRaster(GDALGetRasterBand(made, b + 1), 7, 0);
        else
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
    float pixels[4];
    assert_false(tile_file_read(opened->tiles, 1, 0, 2, 2, 1, first_map, pixels)); /* no tile: left to GDAL */
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

/* @param with a creation option */
static cube *make_shape_and_open(const char *with, int width, int height, int n_bands) {
    char **list = CSLTokenizeString("COMPRESS=DEFLATE INTERLEAVE=PIXEL");
    list = CSLAddString(list, with);
    GDALDatasetH made = GDALCreate(GDALGetDriverByName("GTiff"), path, width, height, n_bands, GDT_Byte, list);
    assert_non_null(made);
    for (int b = 1; b <= n_bands; b++) GDALFillRaster(GDALGetRasterBand(made, b), 20 * b, 0);
    GDALClose(made);
    CSLDestroy(list);
    cube *opened = cube_open(path, false, error);
    assert_non_null(opened);
    return opened;
}

/* GDAL shows CMYK as RGBA. */
static void test_converted_colours(void **state) {
    (void)state;
    cube *opened = make_shape_and_open("PHOTOMETRIC=CMYK", 32, 16, 4);
    float pixels[32 * 16], theirs[32 * 16];
    uint8_t mask[32 * 16];
    assert_null(opened->tiles);
    assert_true(cube_read(opened, 0, 0, 32, 16, 1, first_band, pixels, mask, error));
    GDALDatasetH other = GDALOpen(path, GA_ReadOnly);
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(other, 1), GF_Read, 0, 0, 32, 16, theirs, 32, 16, GDT_Float32, 0, 0), CE_None);
    assert_memory_equal(pixels, theirs, sizeof pixels);
    GDALClose(other);
    drop(opened);
}

/* GDAL shows a strip of so many lines line by line, and is confused when asked where these lie. */
static void test_one_tall_strip(void **state) {
    (void)state;
    cube *opened = make_shape_and_open("BLOCKYSIZE=2100", 16, 2100, 3);
    float pixels[16];
    uint8_t mask[16];
    for (int y = 0; y < 3; y++) {
        assert_true(cube_read(opened, 0, y, 16, 1, 1, first_band, pixels, mask, error));
        assert_true(pixels[5] == 20);
    }
    assert_null(opened->tiles);
    drop(opened);
}

/* What was opened is read, even when another file has taken its name. */
static void test_replaced_file(void **state) {
    (void)state;
    static const char options[] = "COMPRESS=DEFLATE TILED=YES BLOCKXSIZE=64 BLOCKYSIZE=32";
    static const char aside[] = "/vsimem/aside.tif";
    static float before[64 * 32], after[64 * 32];
    make(options, GDT_Float32, 0);
    assert_int_equal(VSIRename(path, aside), 0);
    cube *opened = make_and_open(options, GDT_Float32);
    assert_true(tile_file_read(opened->tiles, 0, 0, 64, 32, 1, first_map, before));
    assert_int_equal(VSIRename(aside, path), 0);
    assert_true(tile_file_read(opened->tiles, 0, 0, 64, 32, 1, first_map, after));
    assert_true(before[1] == 31);
    assert_memory_equal(before, after, sizeof before);
    drop(opened);
}

/* Tiles that are left out, or cut off, are GDAL's to judge. */
static void test_missing_tiles(void **state) {
    (void)state;
    static float pixels[64 * 32];
    uint8_t mask[64 * 32];
    make("COMPRESS=DEFLATE TILED=YES BLOCKXSIZE=64 BLOCKYSIZE=32 SPARSE_OK=TRUE", GDT_Float32, 32);
    cube *opened = cube_open(path, false, error);
    assert_non_null(opened);
    assert_true(tile_file_read(opened->tiles, 64, 0, 64, 32, 1, first_map, pixels));
    assert_false(tile_file_read(opened->tiles, 64, 32, 64, 32, 1, first_map, pixels));
    assert_true(cube_read(opened, 64, 32, 64, 32, 1, first_band, pixels, mask, error));
    assert_true(pixels[5] == 0 && mask[5]);
    VSILFILE *file = VSIFOpenL(path, "r+b");
    const char *begin = GDALGetMetadataItem(GDALGetRasterBand(opened->dataset, 1), "BLOCK_OFFSET_1_0", "TIFF");
    assert_int_equal(VSIFTruncateL(file, strtoull(begin, NULL, 10) + 20), 0);
    assert_int_equal(VSIFCloseL(file), 0);
    assert_false(tile_file_read(opened->tiles, 64, 0, 64, 32, 1, first_map, pixels));
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
        cmocka_unit_test(test_layouts_and_types), cmocka_unit_test(test_others_are_left_to_gdal),
        cmocka_unit_test(test_converted_colours), cmocka_unit_test(test_one_tall_strip),
        cmocka_unit_test(test_replaced_file),     cmocka_unit_test(test_missing_tiles),
        cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
