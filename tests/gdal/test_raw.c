/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Uncompressed files read without GDAL's block cache: the same values, to the bit, that GDAL reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>

#include "cube.h"
#include "raw_file.h"

enum { WIDTH = 211, HEIGHT = 90, BANDS = 67 }; /* more than one stage, and no multiple of anything */

static char error[1024];

static void fill(GDALDatasetH into) {
    float *plane = malloc(sizeof(float) * WIDTH * HEIGHT);
    for (int b = 0; b < BANDS; b++) {
        for (int i = 0; i < WIDTH * HEIGHT; i++) plane[i] = (float)((i * 31 + b * 977) % 30011);
        assert_int_equal(GDALRasterIO(GDALGetRasterBand(into, b + 1), GF_Write, 0, 0, WIDTH, HEIGHT, plane, WIDTH,
                                      HEIGHT, GDT_Float32, 0, 0),
                         CE_None);
    }
    free(plane);
}

static void make(const char *driver, const char *option, GDALDataType type) {
    char **options = CSLAddString(NULL, option);
    GDALDatasetH made =
        GDALCreate(GDALGetDriverByName(driver), "/vsimem/cube.img", WIDTH, HEIGHT, BANDS, type, options);
    assert_non_null(made);
    fill(made);
    GDALClose(made);
    CSLDestroy(options);
}

/* The header says the other byte order: the same bytes are other numbers. */
static void swap_order(void) {
    vsi_l_offset length = 0;
    char *header = (char *)VSIGetMemFileBuffer("/vsimem/cube.hdr", &length, FALSE);
    char *at = strstr(header, "byte order = ");
    assert_non_null(at);
    at += strlen("byte order = ");
    *at = *at == '0' ? '1' : '0';
}

static void compare(cube *opened, int x, int y, int width, int height, size_t n_bands, const uint32_t *index) {
    const size_t n = (size_t)width * (size_t)height;
    const int size = (int)sizeof(float), pixel = size * (int)n_bands;
    float *ours = malloc(n * n_bands * sizeof *ours), *theirs = malloc(n * n_bands * sizeof *theirs);
    uint8_t *mask = malloc(n);
    int map[BANDS];
    for (size_t b = 0; b < n_bands; b++) map[b] = (int)index[b] + 1;
    assert_true(raw_file_read(opened->raw, x, y, width, height, n_bands, map, ours));
    assert_int_equal(GDALDatasetRasterIO(opened->dataset, GF_Read, x, y, width, height, theirs, width, height,
                                         GDT_Float32, (int)n_bands, map, pixel, pixel * width, size),
                     CE_None);
    assert_memory_equal(ours, theirs, n * n_bands * sizeof *ours);
    assert_true(cube_read(opened, x, y, width, height, n_bands, index, ours, mask, error));
    free(ours);
    free(theirs);
    free(mask);
}

static void compare_all(const char *driver, const char *option, GDALDataType type, bool swapped) {
    make(driver, option, type);
    if (swapped) swap_order();
    cube *opened = cube_open("/vsimem/cube.img", false, error);
    assert_non_null(opened);
    assert_non_null(opened->raw);
    uint32_t all[BANDS];
    for (uint32_t b = 0; b < BANDS; b++) all[b] = b;
    const uint32_t some[] = {3, 4, 5, 9, 66, 0};
    compare(opened, 0, 0, WIDTH, HEIGHT, BANDS, all);
    compare(opened, 0, 7, WIDTH, 31, BANDS, all);
    compare(opened, 17, 1, 40, 89, BANDS, all);
    compare(opened, 0, 0, WIDTH, HEIGHT, 6, some);
    compare(opened, 210, 89, 1, 1, 6, some);
    compare(opened, 5, 3, 33, 1, 1, some);
    cube_close(opened);
    GDALDeleteDataset(NULL, "/vsimem/cube.img");
}

static void test_orders_and_types(void **state) {
    (void)state;
    static const char *const orders[] = {"INTERLEAVE=BIP", "INTERLEAVE=BIL", "INTERLEAVE=BSQ"};
    static const GDALDataType types[] = {GDT_Byte, GDT_Int16, GDT_UInt16, GDT_Int32, GDT_Float32, GDT_Float64};
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        for (size_t t = 0; t < sizeof types / sizeof *types; t++) compare_all("ENVI", orders[o], types[t], false);
        compare_all("ENVI", orders[o], GDT_Int16, true);
        compare_all("ENVI", orders[o], GDT_Float32, true);
    }
    compare_all("GTiff", "INTERLEAVE=PIXEL", GDT_Float32, false);
    compare_all("GTiff", "INTERLEAVE=BAND", GDT_UInt16, false);
}

static void test_others_are_left_to_gdal(void **state) {
    (void)state;
    static const char *const options[] = {"COMPRESS=DEFLATE", "TILED=YES"};
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        make("GTiff", options[i], GDT_Int16);
        cube *opened = cube_open("/vsimem/cube.img", false, error);
        assert_non_null(opened);
        assert_null(opened->raw);
        cube_close(opened);
        GDALDeleteDataset(NULL, "/vsimem/cube.img");
    }
}

/* A file that ends too early is GDAL's to judge. */
static void test_short_file(void **state) {
    (void)state;
    make("ENVI", "INTERLEAVE=BSQ", GDT_Float32);
    cube *opened = cube_open("/vsimem/cube.img", false, error);
    assert_non_null(opened);
    VSILFILE *file = VSIFOpenL("/vsimem/cube.img", "r+b");
    assert_int_equal(VSIFTruncateL(file, 4 * WIDTH * HEIGHT), 0);
    assert_int_equal(VSIFCloseL(file), 0);
    const int second = 2;
    float pixels[WIDTH];
    assert_false(raw_file_read(opened->raw, 0, 0, WIDTH, 1, 1, &second, pixels));
    cube_close(opened);
    VSIUnlink("/vsimem/cube.img");
    VSIUnlink("/vsimem/cube.hdr");
}

int main(void) {
    GDALAllRegister();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders_and_types),
        cmocka_unit_test(test_others_are_left_to_gdal),
        cmocka_unit_test(test_short_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
