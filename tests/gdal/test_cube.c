/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of the driver that have no face of their own in GDAL: cubes, paths, sidecars, whole files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "atomic_file.h"
#include "cube.h"
#include "model_path.h"
#include "pass_cache.h"
#include "scene.h"
#include "scene_path.h"
#include "wavelength_unit.h"

static char error[1024];

/* ---- made-up cubes -------------------------------------------------------------------------------------- */

static GDALDatasetH make(const char *path, int width, int height, int n_bands, GDALDataType type) {
    const bool memory = path[0] == '\0';
    GDALDatasetH made =
        GDALCreate(GDALGetDriverByName(memory ? "MEM" : "GTiff"), path, width, height, n_bands, type, NULL);
    assert_non_null(made);
    return made;
}

/* value(x, y, band) = 100 band + 10 y + x */
static void fill(GDALDatasetH into) {
    const int width = GDALGetRasterXSize(into), height = GDALGetRasterYSize(into);
    for (int b = 0; b < GDALGetRasterCount(into); b++)
        for (int y = 0; y < height; y++)
            for (int x = 0; x < width; x++) {
                float value = (float)(100 * b + 10 * y + x);
                const CPLErr wrote =
                    GDALRasterIO(GDALGetRasterBand(into, b + 1), GF_Write, x, y, 1, 1, &value, 1, 1, GDT_Float32, 0, 0);
                assert_int_equal(wrote, CE_None);
            }
}

static void test_reads_chosen_bands(void **state) {
    (void)state;
    GDALDatasetH made = make("", 5, 4, 3, GDT_Int16);
    fill(made);
    GDALSetRasterScale(GDALGetRasterBand(made, 3), 0.5);
    GDALSetRasterOffset(GDALGetRasterBand(made, 3), 7);
    GDALSetRasterNoDataValue(GDALGetRasterBand(made, 1), 12);
    cube *opened = cube_wrap(made, false, error);
    assert_non_null(opened);
    const uint32_t chosen[] = {2, 0};
    float pixels[2 * 3 * 2];
    uint8_t mask[2 * 3];
    assert_true(cube_read(opened, 1, 0, 3, 2, 2, chosen, pixels, mask, error));
    for (int y = 0; y < 2; y++)
        for (int x = 0; x < 3; x++) {
            const int i = y * 3 + x, raw = 10 * y + x + 1;
            assert_int_equal(mask[i], raw != 12);
            assert_true(pixels[2 * i] == (float)((200 + raw) * 0.5 + 7));
            assert_true(pixels[2 * i + 1] == (float)raw);
        }
    assert_false(cube_read(opened, 3, 0, 3, 2, 2, chosen, pixels, mask, error));
    assert_non_null(strstr(error, "not inside the cube"));
    const uint32_t missing[] = {3};
    assert_false(cube_read(opened, 0, 0, 1, 1, 1, missing, pixels, mask, error));
    assert_string_equal(error, "band 4 is asked for; the cube has 3");
    cube_close(opened);
    GDALClose(made);
}

static void test_not_finite_is_masked(void **state) {
    (void)state;
    GDALDatasetH made = make("", 3, 1, 2, GDT_Float64);
    const double first[] = {1, NAN, 1e300}, second[] = {1, 1, 1};
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(made, 1), GF_Write, 0, 0, 3, 1, (void *)first, 3, 1, GDT_Float64, 0, 0), 0);
    assert_int_equal(
        GDALRasterIO(GDALGetRasterBand(made, 2), GF_Write, 0, 0, 3, 1, (void *)second, 3, 1, GDT_Float64, 0, 0), 0);
    cube *opened = cube_wrap(made, false, error);
    const uint32_t both[] = {0, 1};
    float pixels[6];
    uint8_t mask[3];
    assert_true(cube_read(opened, 0, 0, 3, 1, 2, both, pixels, mask, error));
    assert_int_equal(mask[0], 1);
    assert_int_equal(mask[1], 0);
    assert_int_equal(mask[2], 0);
    cube_close(opened);
    GDALClose(made);
}

static void test_useless_bands(void **state) {
    (void)state;
    GDALDatasetH made = make("", 60, 60, 4, GDT_Float32);
    fill(made);
    GDALFillRaster(GDALGetRasterBand(made, 2), 5, 0);
    GDALFillRaster(GDALGetRasterBand(made, 3), NAN, 0);
    GDALSetMetadataItem(GDALGetRasterBand(made, 4), "bbl", "0", NULL);
    cube *opened = cube_wrap(made, true, error);
    assert_non_null(opened);
    assert_int_equal(opened->state[0], CUBE_BAND_GOOD);
    assert_int_equal(opened->state[1], CUBE_BAND_CONSTANT);
    assert_int_equal(opened->state[2], CUBE_BAND_NODATA);
    assert_int_equal(opened->state[3], CUBE_BAND_BBL);
    assert_string_equal(cube_band_reason(opened->state[3]), "marked bad (bbl)");
    cube_close(opened);
    cube *unseen = cube_wrap(made, false, error);
    assert_int_equal(unseen->state[1], CUBE_BAND_GOOD);
    cube_close(unseen);
    GDALClose(made);
}

static void test_nothing_valid(void **state) {
    (void)state;
    GDALDatasetH made = make("", 400, 300, 2, GDT_Int16);
    for (int b = 1; b <= 2; b++) {
        GDALSetRasterNoDataValue(GDALGetRasterBand(made, b), -1);
        GDALFillRaster(GDALGetRasterBand(made, b), -1, 0);
    }
    assert_null(cube_wrap(made, true, error));
    assert_non_null(strstr(error, "has no valid pixel: all are nodata or not finite"));
    /* a valid pixel that no sample hits is found by the search of the whole */
    int16_t one = 3;
    assert_int_equal(GDALRasterIO(GDALGetRasterBand(made, 2), GF_Write, 399, 299, 1, 1, &one, 1, 1, GDT_Int16, 0, 0),
                     0);
    cube *opened = cube_wrap(made, true, error);
    assert_non_null(opened);
    assert_int_equal(opened->state[0], CUBE_BAND_NODATA);
    assert_int_equal(opened->state[1], CUBE_BAND_GOOD);
    cube_close(opened);
    GDALClose(made);
}

static void test_scale_factor(void **state) {
    (void)state;
    GDALDatasetH made = make("", 1, 1, 2, GDT_Int16);
    GDALSetMetadataItem(made, "reflectance scale factor", "10000", "ENVI");
    GDALSetRasterScale(GDALGetRasterBand(made, 2), 0.01);
    cube *opened = cube_wrap(made, false, error);
    assert_true(opened->scale[0] == 1.0 / 10000);
    assert_true(opened->scale[1] == 0.01); /* the band's own word is not multiplied again */
    cube_close(opened);
    GDALClose(made);
}

static void test_complex_is_refused(void **state) {
    (void)state;
    GDALDatasetH made = make("", 2, 2, 2, GDT_CFloat32);
    assert_null(cube_wrap(made, false, error));
    assert_string_equal(error, "band 1 of the cube holds complex numbers");
    GDALClose(made);
}

static void test_cannot_be_opened(void **state) {
    (void)state;
    assert_null(cube_open("/vsimem/no.tif", true, error));
    assert_non_null(strstr(error, "the cube '/vsimem/no.tif' cannot be opened"));
    assert_null(strchr(error, '\n'));
}

/* ---- wavelengths ---------------------------------------------------------------------------------------- */

static void test_units(void **state) {
    (void)state;
    assert_int_equal(wavelength_unit_parse("Nanometers"), UNIT_NANOMETRE);
    assert_int_equal(wavelength_unit_parse("\xc2\xb5m"), UNIT_MICROMETRE);
    assert_int_equal(wavelength_unit_parse("furlongs"), UNIT_UNKNOWN);
    assert_int_equal(wavelength_unit_parse(NULL), UNIT_UNKNOWN);
    assert_true(wavelength_to_nm(0.5, UNIT_MICROMETRE) == 500);
    assert_true(wavelength_to_nm(20000, UNIT_WAVENUMBER) == 500);
    assert_true(fabs(wavelength_width_to_nm(40, 20000, UNIT_WAVENUMBER) - 1) < 1e-12);
    assert_true(wavelength_to_nm(7, UNIT_INDEX) == 0);
    assert_true(wavelength_to_nm(-1, UNIT_NANOMETRE) == 0);
}

typedef struct style {
    const char *file;
    double nm[2], fwhm[2];
    cube_band_state first;
    const char *warning; /**< part of the only warning, or NULL */
} style;

static void test_every_style(void **state) {
    (void)state;
    static const style styles[] = {
        {"gdal_wl_only.tif", {400, 500}, {0, 0}, CUBE_BAND_GOOD, NULL},
        {"gdal_wl_fwhm.tif", {400, 500}, {10, 20}, CUBE_BAND_GOOD, NULL},
        {"gdal_no_info.tif", {0, 0}, {0, 0}, CUBE_BAND_GOOD, "no wavelengths"},
        {"enmapbox_envidomain_bandlevel.tif", {400, 500}, {0, 0}, CUBE_BAND_BBL, "nanometres are assumed"},
        {"enmapbox_envidomain_dslevel.tif", {400, 500}, {0, 0}, CUBE_BAND_BBL, NULL},
        {"envi_wl_fwhm.bsq", {400, 500}, {10, 20}, CUBE_BAND_BBL, NULL},
        {"envi_wl_implicit_nm.bsq", {400, 500}, {0, 0}, CUBE_BAND_GOOD, "no unit; nanometres are assumed"},
        {"envi_wl_implicit_um.bsq", {400, 500}, {0, 0}, CUBE_BAND_GOOD, "no unit; micrometres are assumed"},
        {"staclike.tif", {4000, 5000}, {100, 200}, CUBE_BAND_GOOD, NULL},
    };
    for (size_t i = 0; i < sizeof styles / sizeof *styles; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/../shared/data/odd/wavelength_styles/%s", WSNET_SOURCE_DIR, styles[i].file);
        if (access(path, R_OK) != 0) {
            print_message("the wavelength styles are not here: skipped\n");
            skip();
        }
        cube *opened = cube_open(path, true, error);
        assert_non_null(opened);
        for (int b = 0; b < 2; b++) {
            assert_true(fabs(opened->wavelength_nm[b] - styles[i].nm[b]) < 1e-9);
            assert_true(fabs(opened->fwhm_nm[b] - styles[i].fwhm[b]) < 1e-9);
        }
        assert_int_equal(opened->state[0], styles[i].first);
        assert_int_equal(opened->state[1], CUBE_BAND_GOOD);
        assert_int_equal(CSLCount(opened->warnings), styles[i].warning ? 1 : 0);
        if (styles[i].warning) assert_non_null(strstr(opened->warnings[0], styles[i].warning));
        cube_close(opened);
    }
}

static cube *open_shared(const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/../shared/data/%s", WSNET_SOURCE_DIR, name);
    if (access(path, R_OK) != 0) {
        print_message("%s is not here: skipped\n", name);
        skip();
    }
    cube *opened = cube_open(path, true, error);
    assert_non_null(opened);
    return opened;
}

static int count_state(const cube *opened, cube_band_state wanted) {
    int n = 0;
    for (int b = 0; b < opened->n_bands; b++) n += opened->state[b] == wanted;
    return n;
}

/* Two detectors overlap: wavelengths step back at band 92 and stay as stored; six bands are marked bad. */
static void test_detector_overlap(void **state) {
    (void)state;
    cube *opened = open_shared("enmap_potsdam/cube.tif");
    assert_int_equal(count_state(opened, CUBE_BAND_GOOD), 218);
    assert_int_equal(count_state(opened, CUBE_BAND_BBL), 6);
    int n_back = 0;
    for (int b = 1; b < opened->n_bands; b++) n_back += opened->wavelength_nm[b] < opened->wavelength_nm[b - 1];
    assert_int_equal(n_back, 1);
    assert_true(opened->wavelength_nm[91] < opened->wavelength_nm[90]);
    cube_close(opened);
}

static void test_bands_of_nan(void **state) {
    (void)state;
    cube *opened = open_shared("odd/aviris_nan_bands.tif");
    assert_int_equal(count_state(opened, CUBE_BAND_NODATA), 20);
    assert_int_equal(count_state(opened, CUBE_BAND_GOOD), 204);
    cube_close(opened);
}

static void test_stac_comes_first(void **state) {
    (void)state;
    static const char item[] =
        "{\"assets\": {\"a\": {\"href\": \"./c.tif\", \"bands\": [{\"eo:center_wavelength\": 0.45},"
        "{\"eo:center_wavelength\": 0.55, \"eo:full_width_half_max\": 0.02}]}}}";
    GDALDatasetH made = make("/vsimem/c.tif", 2, 2, 2, GDT_Byte);
    GDALSetMetadataItem(GDALGetRasterBand(made, 1), "CENTRAL_WAVELENGTH_UM", "0.9", "IMAGERY");
    GDALClose(made);
    assert_true(atomic_write("/vsimem/c.stac.json", item, strlen(item), error));
    cube *opened = cube_open("/vsimem/c.tif", false, error);
    assert_true(fabs(opened->wavelength_nm[0] - 450) < 1e-9);
    assert_true(fabs(opened->wavelength_nm[1] - 550) < 1e-9);
    assert_true(fabs(opened->fwhm_nm[1] - 20) < 1e-9);
    cube_close(opened);
    /* one that is broken is as good as none */
    assert_true(atomic_write("/vsimem/c.stac.json", item, strlen(item) / 2, error));
    opened = cube_open("/vsimem/c.tif", false, error);
    assert_true(fabs(opened->wavelength_nm[0] - 900) < 1e-9);
    cube_close(opened);
    VSIUnlink("/vsimem/c.tif");
    VSIUnlink("/vsimem/c.stac.json");
}

static void test_short_list_warns(void **state) {
    (void)state;
    GDALDatasetH made = make("", 1, 1, 3, GDT_Byte);
    GDALSetMetadataItem(made, "wavelength", "{400, 500}", "ENVI");
    cube *opened = cube_wrap(made, false, error);
    assert_true(opened->wavelength_nm[0] == 0);
    assert_int_equal(CSLCount(opened->warnings), 2);
    assert_non_null(strstr(opened->warnings[0], "does not have one value for each of the 3 bands"));
    cube_close(opened);
    GDALClose(made);
}

/* ---- paths, sidecars ------------------------------------------------------------------------------------ */

static void test_paths(void **state) {
    (void)state;
    assert_true(scene_path_climbs("../a"));
    assert_true(scene_path_climbs("a/../b"));
    assert_true(scene_path_climbs("a\\..\\b"));
    assert_true(scene_path_climbs("a/.."));
    assert_true(scene_path_climbs("NETCDF:\"../a.nc\":v"));
    assert_false(scene_path_climbs("a..b/c..d"));
    assert_false(scene_path_climbs("a/..b"));
    assert_true(scene_path_is_absolute("/a"));
    assert_true(scene_path_is_absolute("C:\\a"));
    assert_true(scene_path_is_absolute("NETCDF:a.nc:v"));
    assert_false(scene_path_is_absolute("a/b.tif"));
    assert_false(scene_path_is_absolute("C:a"));
    const char *const cases[][3] = {
        {"/a/b/s.wsnet", "/a/b/c.tif", "c.tif"},        {"/a/b/s.wsnet", "/a/b/d/c.tif", "d/c.tif"},
        {"/a/b/s.wsnet", "/a/c.tif", "/a/c.tif"},       {"/a/b/s.wsnet", "/a/b/../c.tif", "/a/c.tif"},
        {"/a/./b/s.wsnet", "/a/b//c.tif", "c.tif"},     {"/a/b/s.wsnet", "/a/b/ab:c.tif", "./ab:c.tif"},
        {"/a/b/s.wsnet", "/a/bc/c.tif", "/a/bc/c.tif"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *relative = scene_path_relate(cases[i][0], cases[i][1]);
        assert_string_equal(relative, cases[i][2]);
        free(relative);
    }
    char *resolved = scene_path_resolve("/a/b/s.wsnet", "./ab:c.tif");
    assert_string_equal(resolved, "/a/b/ab:c.tif");
    free(resolved);
}

static void test_sidecar(void **state) {
    (void)state;
    const scene written = {(char *)"/vsimem/f/m.wsn",
                           (char *)"/vsimem/other/c.tif",
                           WSNET_METHOD_FCLS,
                           {1.25, 0.02, 0.5},
                           SCENE_ABUNDANCE | SCENE_RMSE};
    assert_true(scene_write("/vsimem/f/s.wsnet", &written, error));
    scene *again = scene_read("/vsimem/f/s.wsnet", error);
    assert_non_null(again);
    assert_string_equal(again->model, written.model);
    assert_string_equal(again->cube, written.cube);
    assert_int_equal(again->method, written.method);
    assert_int_equal(again->bands, written.bands);
    assert_memory_equal(&again->knobs, &written.knobs, sizeof written.knobs);
    scene_destroy(again);
    VSIUnlink("/vsimem/f/s.wsnet");
}

static void expect_no_scene(const char *text, const char *part) {
    assert_true(atomic_write("/vsimem/s.wsnet", text, strlen(text), error));
    assert_null(scene_read("/vsimem/s.wsnet", error));
    assert_non_null(strstr(error, part));
    VSIUnlink("/vsimem/s.wsnet");
}

static void test_bad_sidecars(void **state) {
    (void)state;
    expect_no_scene("", "is not a WS-Net scene");
    expect_no_scene("[]", "is not a WS-Net scene");
    expect_no_scene("{\"type\": \"other\"}", "is not a WS-Net scene");
    expect_no_scene("{\"type\": \"wsnet-scene\"}", "names no model");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": 3, \"cube\": \"c\"}", "names no model");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\"}", "names no cube");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"../m\", \"cube\": \"c\"}", "'..'");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"a/../../c\"}", "'..'");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\\u0000x\", \"cube\": \"c\"}", "names no model");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"version\": 99, \"model\": \"m\", \"cube\": \"c\"}", "newer version");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"c\", \"method\": \"x\"}", "method");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"c\", \"weak_bias\": 21}", "weak_bias");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"c\", \"weak_bias\": \"1\"}",
                    "weak_bias");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"c\", \"detection_level\": 1.5}",
                    "detection_level is not a number within [0, 1]");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"c\", \"least_confidence\": -1}",
                    "least_confidence");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"c\", \"bands\": \"x\"}", "kind of band");
    expect_no_scene("{\"type\": \"wsnet-scene\", \"model\": \"m\", \"cube\": \"c\", \"bands\": 3}", "bands");
}

static void test_band_lists(void **state) {
    (void)state;
    assert_int_equal(scene_parse_bands("abundance, FIT", error), SCENE_ABUNDANCE | SCENE_FIT);
    assert_int_equal(scene_parse_bands("", error), 0);
    assert_string_equal(error, "no bands are chosen");
    assert_int_equal(scene_parse_bands("abundance,colour", error), 0);
    assert_non_null(strstr(error, "'colour' is not a kind of band"));
    char list[128];
    scene_format_bands(SCENE_ABUNDANCE | SCENE_CONFIDENCE | SCENE_INTERVAL | SCENE_DETECTED | SCENE_FIT | SCENE_RMSE,
                       list);
    assert_string_equal(list, "abundance,confidence,interval,detected,fit,rmse");
}

static void test_prefix(void **state) {
    (void)state;
    scene *split = scene_parse_prefix("WSNET:C:\\data\\m.wsn:D:\\cube.tif", error);
    assert_string_equal(split->model, "C:\\data\\m.wsn");
    assert_string_equal(split->cube, "D:\\cube.tif");
    scene_destroy(split);
    split = scene_parse_prefix("WSNET:m.wsn:NETCDF:\"a.nc\":v", error);
    assert_string_equal(split->cube, "NETCDF:\"a.nc\":v");
    scene_destroy(split);
    assert_null(scene_parse_prefix("WSNET:", error));
    assert_null(scene_parse_prefix("WSNET:m.wsn", error));
    assert_null(scene_parse_prefix("WSNET:m.wsn:", error));
    assert_non_null(strstr(error, "write WSNET:model.wsn:cube"));
}

static void test_allowed_models(void **state) {
    (void)state;
    assert_true(model_path_allowed("/vsimem/m.wsn", error));
    assert_true(model_path_allowed("/vsizip/a.zip/m.wsn", error));
    assert_true(model_path_allowed("m.wsn", error));
    assert_false(model_path_allowed("/vsicurl/http://host/m.wsn", error));
    assert_false(model_path_allowed("/vsizip//vsicurl/http://host/a.zip/m.wsn", error));
    assert_false(model_path_allowed("/vsizip/{/vsis3/b/a.zip}/m.wsn", error));
    assert_false(model_path_allowed("/vsistdin/", error));
    assert_non_null(strstr(error, "WSNET_ALLOW_NETWORK_MODELS"));
    CPLSetThreadLocalConfigOption("WSNET_ALLOW_NETWORK_MODELS", "YES");
    assert_true(model_path_allowed("/vsicurl/http://host/m.wsn", error));
    CPLSetThreadLocalConfigOption("WSNET_ALLOW_NETWORK_MODELS", NULL);
    CPLSetThreadLocalConfigOption("WSNET_ALLOWED_MODEL_DIR", "/vsimem/models/");
    assert_true(model_path_allowed("/vsimem/models/m.wsn", error));
    assert_false(model_path_allowed("/vsimem/models2/m.wsn", error));
    assert_false(model_path_allowed("/vsimem/models/../m.wsn", error));
    assert_false(model_path_allowed("/vsimem/m.wsn", error));
    CPLSetThreadLocalConfigOption("WSNET_ALLOWED_MODEL_DIR", NULL);
}

/* ---- whole files ---------------------------------------------------------------------------------------- */

static int count_files(const char *folder) {
    char **files = VSIReadDir(folder);
    const int n = CSLCount(files);
    CSLDestroy(files);
    return n;
}

static void test_whole_files(void **state) {
    (void)state;
    assert_true(atomic_write("/vsimem/w/a.txt", "one", 3, error));
    assert_true(atomic_write("/vsimem/w/a.txt", "three", 5, error));
    VSIStatBufL status;
    assert_int_equal(VSIStatL("/vsimem/w/a.txt", &status), 0);
    assert_int_equal(status.st_size, 5);
    assert_int_equal(count_files("/vsimem/w"), 1);
    assert_false(atomic_write("/no/such/folder/a.txt", "x", 1, error));
    assert_non_null(strstr(error, "'/no/such/folder/a.txt' cannot be written"));
    VSIUnlink("/vsimem/w/a.txt");
}

static void test_full_disk(void **state) {
    (void)state;
    if (access("/dev/full", W_OK) != 0) skip();
    /* the temporary file's own folder cannot be full alone: what a full device says is tried on the device */
    VSILFILE *file = VSIFOpenL("/dev/full", "wb");
    assert_non_null(file);
    char block[8192] = {0};
    const bool written = VSIFWriteL(block, 1, sizeof block, file) == sizeof block;
    const bool flushed = VSIFFlushL(file) == 0;
    const bool closed = VSIFCloseL(file) == 0;
    assert_false(written && flushed && closed);
}

static void test_whole_rasters(void **state) {
    (void)state;
    for (int commit = 0; commit < 2; commit++) {
        char *beside = atomic_temporary("/vsimem/r/out.v1.img");
        assert_string_equal(CPLGetExtension(beside), "img");
        GDALDatasetH made = GDALCreate(GDALGetDriverByName("ENVI"), beside, 3, 3, 2, GDT_Byte, NULL);
        GDALSetDescription(GDALGetRasterBand(made, 1), "first");
        GDALClose(made);
        assert_true(count_files("/vsimem/r") >= 2);
        if (commit) {
            assert_true(atomic_commit(beside, "/vsimem/r/out.v1.img", error));
            GDALDatasetH opened = GDALOpen("/vsimem/r/out.v1.img", GA_ReadOnly);
            assert_non_null(opened);
            assert_string_equal(GDALGetDescription(GDALGetRasterBand(opened, 1)), "first");
            GDALClose(opened);
        } else {
            atomic_discard(beside);
            assert_int_equal(count_files("/vsimem/r"), 0);
        }
        CPLFree(beside);
    }
    VSIRmdirRecursive("/vsimem/r");
}

/* ---- passes --------------------------------------------------------------------------------------------- */

typedef struct counted {
    int n;
    bool fails;
} counted;

static bool count_pass(void *user, float *values, char message[1024]) {
    counted *count = user;
    values[0] = (float)++count->n;
    if (count->fails) strcpy(message, "made to fail");
    return !count->fails;
}

static void test_passes(void **state) {
    (void)state;
    pass_key first = {{0, 0}}, second = {{0, 0}}, third = {{0, 0}};
    pass_key_add(&first, "abcdefghijklmnopq", 17);
    pass_key_add(&second, "abcdefghijklmnopr", 17);
    pass_key_add(&third, "abcdefghijklmnopq\0", 18);
    assert_memory_not_equal(&first, &second, sizeof first);
    assert_memory_not_equal(&first, &third, sizeof first);
    counted count = {0, false};
    for (int i = 0; i < 3; i++) {
        pass *held = pass_acquire(first, 1, count_pass, &count, error);
        assert_true(pass_values(held)[0] == 1);
        pass_release(held);
    }
    pass *other = pass_acquire(second, 1, count_pass, &count, error);
    assert_true(pass_values(other)[0] == 2);
    pass_release(other);
    counted failing = {0, true};
    for (int i = 1; i < 3; i++) {
        assert_null(pass_acquire(third, 1, count_pass, &failing, error));
        assert_string_equal(error, "made to fail");
        assert_int_equal(failing.n, i); /* a failure is not kept */
    }
    pass_cache_clear();
    pass *again = pass_acquire(first, 1, count_pass, &count, error);
    assert_true(pass_values(again)[0] == 3);
    pass_release(again);
    pass_cache_clear();
}

int main(void) {
    GDALAllRegister();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads_chosen_bands),
        cmocka_unit_test(test_not_finite_is_masked),
        cmocka_unit_test(test_useless_bands),
        cmocka_unit_test(test_nothing_valid),
        cmocka_unit_test(test_scale_factor),
        cmocka_unit_test(test_complex_is_refused),
        cmocka_unit_test(test_cannot_be_opened),
        cmocka_unit_test(test_units),
        cmocka_unit_test(test_every_style),
        cmocka_unit_test(test_detector_overlap),
        cmocka_unit_test(test_bands_of_nan),
        cmocka_unit_test(test_stac_comes_first),
        cmocka_unit_test(test_short_list_warns),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_sidecar),
        cmocka_unit_test(test_bad_sidecars),
        cmocka_unit_test(test_band_lists),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_allowed_models),
        cmocka_unit_test(test_whole_files),
        cmocka_unit_test(test_full_disk),
        cmocka_unit_test(test_whole_rasters),
        cmocka_unit_test(test_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
