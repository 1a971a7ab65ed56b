/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "cube.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cube_internal.h"
#include "sentence.h"

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

/* Uncompressed GeoTIFF is read past GDAL's block cache: a fifth of the time for pixel-interleaved cubes, and no memory.
 * The option is looked at when a file is opened; the parts of a mosaic are opened while it is read.
 * @return whether it was set, for direct_end() */
static bool direct_begin(void) {
    if (CPLGetConfigOption("GTIFF_DIRECT_IO", NULL)) return false;
    CPLSetThreadLocalConfigOption("GTIFF_DIRECT_IO", "YES");
    return true;
}

static void direct_end(bool set) {
    if (set) CPLSetThreadLocalConfigOption("GTIFF_DIRECT_IO", NULL);
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
    const bool direct = direct_begin();
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    direct_end(direct);
    sentence_loud();
    if (!dataset) {
        sentence_gdal(error, "the cube '%s' cannot be opened", path);
        return NULL;
    }
    return cube_make(dataset, true, look_at_pixels, error);
}

void cube_close(cube *opened) {
    if (!opened) return;
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

/* ---- reading -------------------------------------------------------------------------------------------- */

/* What GDAL's VRT calls equal to NODATA in single precision: two units in the last place. */
static inline bool is_nodata(float value, float nodata) {
    return value == nodata || fabsf(value - nodata) < FLT_EPSILON * fabsf(value + nodata) * 2;
}

typedef struct band_values {
    double scale, offset;
    float nodata;
} band_values;

static void convert(size_t n_pixels, size_t n_bands, const band_values *values, bool plain, float *pixels,
                    uint8_t *mask) {
    for (size_t i = 0; i < n_pixels; i++) {
        float *pixel = pixels + i * n_bands;
        unsigned bad = 0;
        if (plain) {
            for (size_t b = 0; b < n_bands; b++) bad |= !(fabsf(pixel[b]) <= FLT_MAX);
        } else {
            for (size_t b = 0; b < n_bands; b++) {
                const float raw = pixel[b];
                const float value = (float)((double)raw * values[b].scale + values[b].offset);
                bad |= (unsigned)is_nodata(raw, values[b].nodata) | (unsigned)!(fabsf(value) <= FLT_MAX);
                pixel[b] = value;
            }
        }
        mask[i] = !bad;
    }
}

static bool select_bands(const cube *opened, size_t n_bands, const uint32_t *band_index, int *map, band_values *values,
                         bool *plain, char error[1024]) {
    *plain = true;
    for (size_t b = 0; b < n_bands; b++) {
        const uint32_t k = band_index[b];
        if (k >= (uint32_t)opened->n_bands)
            return sentence(error, "band %u is asked for; the cube has %d", k + 1u, opened->n_bands);
        map[b] = (int)k + 1;
        values[b].scale = opened->scale[k];
        values[b].offset = opened->offset[k];
        values[b].nodata = (float)opened->nodata[k];
        *plain &= opened->scale[k] == 1 && opened->offset[k] == 0 && isnan(opened->nodata[k]);
    }
    return true;
}

static bool read_bands(cube *opened, int x, int y, int width, int height, size_t n_bands, int *map,
                       const band_values *values, bool plain, float *pixels, uint8_t *mask, char error[1024]) {
    const GSpacing value = sizeof(float), pixel = value * (GSpacing)n_bands;
    sentence_quiet();
    const bool direct = direct_begin();
    const CPLErr read = GDALDatasetRasterIOEx(opened->dataset, GF_Read, x, y, width, height, pixels, width, height,
                                              GDT_Float32, (int)n_bands, map, pixel, pixel * width, value, NULL);
    direct_end(direct);
    sentence_loud();
    if (read != CE_None) return sentence_gdal(error, "the cube cannot be read at column %d, line %d", x, y);
    convert((size_t)width * (size_t)height, n_bands, values, plain, pixels, mask);
    return true;
}

bool cube_read(cube *opened, int x, int y, int width, int height, size_t n_bands, const uint32_t *band_index,
               float *pixels, uint8_t *mask, char error[1024]) {
    if (n_bands < 1 || n_bands > WSNET_MAX_BANDS || x < 0 || y < 0 || width < 1 || height < 1 ||
        width > opened->width - x || height > opened->height - y)
        return sentence(error, "the window %d,%d %dx%d is not inside the cube", x, y, width, height);
    int *map = malloc(n_bands * sizeof *map);
    band_values *values = malloc(n_bands * sizeof *values);
    bool plain = false;
    bool good = map && values;
    if (!good) sentence(error, "memory is out");
    good = good && select_bands(opened, n_bands, band_index, map, values, &plain, error) &&
           read_bands(opened, x, y, width, height, n_bands, map, values, plain, pixels, mask, error);
    free(map);
    free(values);
    return good;
}
