/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cube.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cube_internal.h"
#include "raw_file.h"
#include "sentence.h"
#include "tile_file.h"

void cube_warn(cube *opened, const char *format, ...) {
    char message[SENTENCE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    opened->warnings = CSLAddString(opened->warnings, message);
}

const char *cube_band_reason(cube_band_state state) {
    switch (state) {
    case CUBE_BAND_GOOD:
        return "good";
    case CUBE_BAND_BBL:
        return "marked bad (bbl)";
    case CUBE_BAND_NODATA:
        return "all nodata";
    case CUBE_BAND_CONSTANT:
        return "constant";
    }
    return "unknown";
}

static double band_nodata(GDALRasterBandH band) {
    int has = FALSE;
    const GDALDataType type = GDALGetRasterDataType(band);
#if GDAL_VERSION_NUM >= GDAL_COMPUTE_VERSION(3, 5, 0)
    if (type == GDT_Int64) {
        const int64_t value = GDALGetRasterNoDataValueAsInt64(band, &has);
        return has ? (double)value : NAN;
    }
    if (type == GDT_UInt64) {
        const uint64_t value = GDALGetRasterNoDataValueAsUInt64(band, &has);
        return has ? (double)value : NAN;
    }
#endif
    double value = GDALGetRasterNoDataValue(band, &has);
    if (!has) return NAN;
    if (type == GDT_Float32 && isfinite(value)) value = (double)(float)value;
    return value;
}

/* "reflectance scale factor" of an ENVI header: stored values are reflectance times the factor. */
static double envi_scale_factor(GDALDatasetH dataset) {
    static const char *const keys[] = {"reflectance_scale_factor", "reflectance scale factor"};
    static const char *const domains[] = {"ENVI", ""};
    for (int i = 0; i < 4; i++) {
        const char *text = GDALGetMetadataItem(dataset, keys[i & 1], domains[i >> 1]);
        const double factor = text ? CPLAtof(text) : 0;
        if (factor > 0 && isfinite(factor)) return factor;
    }
    return 1;
}

static bool describe_values(cube *opened, char error[1024]) {
    const double factor = envi_scale_factor(opened->dataset);
    for (int b = 0; b < opened->n_bands; b++) {
        GDALRasterBandH band = GDALGetRasterBand(opened->dataset, b + 1);
        if (GDALDataTypeIsComplex(GDALGetRasterDataType(band)))
            return sentence(error, "band %d of the cube holds complex numbers", b + 1);
        int has_scale = FALSE, has_offset = FALSE;
        const double scale = GDALGetRasterScale(band, &has_scale), offset = GDALGetRasterOffset(band, &has_offset);
        opened->scale[b] = has_scale && isfinite(scale) && scale != 0 ? scale : 1;
        opened->offset[b] = has_offset && isfinite(offset) ? offset : 0;
        if (opened->scale[b] == 1 && opened->offset[b] == 0) opened->scale[b] = 1 / factor;
        opened->nodata[b] = band_nodata(band);
    }
    return true;
}

static bool allocate(cube *opened) {
    const size_t n = (size_t)opened->n_bands;
    opened->scale = calloc(n, sizeof(double));
    opened->offset = calloc(n, sizeof(double));
    opened->nodata = calloc(n, sizeof(double));
    opened->wavelength_nm = calloc(n, sizeof(double));
    opened->fwhm_nm = calloc(n, sizeof(double));
    opened->state = calloc(n, sizeof(cube_band_state));
    return opened->scale && opened->offset && opened->nodata && opened->wavelength_nm && opened->fwhm_nm &&
           opened->state;
}

static bool describe(cube *opened, bool look_at_pixels, char error[1024]) {
    GDALDatasetH dataset = opened->dataset;
    opened->width = GDALGetRasterXSize(dataset);
    opened->height = GDALGetRasterYSize(dataset);
    opened->n_bands = GDALGetRasterCount(dataset);
    if (opened->n_bands < 1) return sentence(error, "the cube '%s' has no bands", GDALGetDescription(dataset));
    if (opened->n_bands > WSNET_MAX_BANDS)
        return sentence(error, "the cube '%s' has %d bands; at most %d are possible", GDALGetDescription(dataset),
                        opened->n_bands, WSNET_MAX_BANDS);
    if (!allocate(opened)) return sentence(error, "memory is out: the cube has %d bands", opened->n_bands);
    const char *interleave = GDALGetMetadataItem(dataset, "INTERLEAVE", "IMAGE_STRUCTURE");
    opened->pixel_interleaved = interleave && EQUAL(interleave, "PIXEL");
    if (!describe_values(opened, error)) return false;
    cube_describe_bands(opened);
    return !look_at_pixels || cube_look_at_pixels(opened, error);
}

static cube *cube_make(GDALDatasetH dataset, bool owned, bool look_at_pixels, char error[1024]) {
    cube *opened = calloc(1, sizeof *opened);
    if (opened) {
        opened->dataset = dataset;
        opened->owned = owned;
        sentence_quiet();
        const bool good = describe(opened, look_at_pixels, error);
        sentence_loud();
        if (good) return opened;
        cube_close(opened);
        return NULL;
    }
    if (owned) GDALClose(dataset);
    sentence(error, "memory is out");
    return NULL;
}

cube *cube_wrap(GDALDatasetH dataset, bool look_at_pixels, char error[1024]) {
    return cube_make(dataset, false, look_at_pixels, error);
}

cube *cube_open(const char *path, bool look_at_pixels, char error[1024]) {
    sentence_quiet();
    const bool direct = cube_direct_begin();
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    cube_direct_end(direct);
    sentence_loud();
    if (!dataset) {
        sentence_gdal(error, "the cube '%s' cannot be opened", path);
        return NULL;
    }
    cube *opened = cube_make(dataset, true, look_at_pixels, error);
    if (opened) opened->raw = raw_file_open(dataset);
    if (opened) opened->tiles = tile_file_open(dataset);
    return opened;
}

void cube_close(cube *opened) {
    if (!opened) return;
    raw_file_close(opened->raw);
    tile_file_close(opened->tiles);
    if (opened->owned && opened->dataset) GDALClose(opened->dataset);
    free(opened->scale);
    free(opened->offset);
    free(opened->nodata);
    free(opened->wavelength_nm);
    free(opened->fwhm_nm);
    free(opened->state);
    CSLDestroy(opened->warnings);
    free(opened);
}
