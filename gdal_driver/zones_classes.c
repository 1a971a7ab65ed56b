/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_hash_set.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_alg.h>
#include <gdalwarper.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <stdlib.h>
#include <string.h>

#include "sentence.h"
#include "zones_internal.h"

enum { NO_ZONE = -1 };
static const double outside = -2147483648.0; /* marks pixels beyond a warped class raster */

/* ---- onto the grid -------------------------------------------------------------------------------------- */

static bool is_on_grid(const zones *opened, GDALDatasetH source) {
    double transform[6];
    const bool same_size = GDALGetRasterXSize(source) == opened->width && GDALGetRasterYSize(source) == opened->height;
    if (GDALGetGeoTransform(source, transform) != CE_None || !opened->reference) return same_size;
    OGRSpatialReferenceH reference = GDALGetSpatialRef(source);
    if (!same_size || (reference && !OSRIsSame(reference, opened->reference))) return false;
    const double pixel = fabs(opened->transform[1]) + fabs(opened->transform[2]);
    for (int i = 0; i < 6; i++)
        if (fabs(transform[i] - opened->transform[i]) > 1e-3 * pixel / (i % 3 ? opened->width + opened->height : 1))
            return false;
    return true;
}

/* @return a raster on the grid that reads through to source by nearest neighbour, NULL when PROJ finds no way */
static GDALDatasetH warp(const zones *opened, GDALDatasetH source) {
    char *target = NULL;
    OSRExportToWkt(opened->reference, &target);
    char **ways = CSLSetNameValue(NULL, "DST_SRS", target);
    if (!GDALGetSpatialRef(source)) ways = CSLSetNameValue(ways, "SRC_SRS", target);
    CPLFree(target);
    void *transformer = GDALCreateGenImgProjTransformer2(source, NULL, ways);
    CSLDestroy(ways);
    if (!transformer) return NULL;
    GDALSetGenImgProjTransformerDstGeoTransform(transformer, opened->transform);
    GDALWarpOptions *options = GDALCreateWarpOptions();
    options->hSrcDS = source;
    options->eResampleAlg = GRA_NearestNeighbour;
    options->eWorkingDataType = GDT_Float64;
    options->pfnTransformer = GDALGenImgProjTransform;
    options->pTransformerArg = transformer;
    options->nBandCount = 1;
    options->panSrcBands = CPLCalloc(1, sizeof(int));
    options->panDstBands = CPLCalloc(1, sizeof(int));
    options->panSrcBands[0] = options->panDstBands[0] = 1;
    options->padfDstNoDataReal = CPLCalloc(1, sizeof(double));
    options->padfDstNoDataReal[0] = outside;
    int has_nodata = FALSE;
    const double nodata = GDALGetRasterNoDataValue(GDALGetRasterBand(source, 1), &has_nodata);
    if (has_nodata) {
        options->padfSrcNoDataReal = CPLCalloc(1, sizeof(double));
        options->padfSrcNoDataReal[0] = nodata;
    }
    options->papszWarpOptions = CSLSetNameValue(NULL, "INIT_DEST", "NO_DATA");
    GDALDatasetH warped =
        GDALCreateWarpedVRT(source, opened->width, opened->height, (double *)opened->transform, options);
    GDALDestroyWarpOptions(options);
    return warped;
}

/* ---- classes -------------------------------------------------------------------------------------------- */

static int by_value(const void *first, const void *second) {
    const int64_t a = ((const zone_entry *)first)->value, b = ((const zone_entry *)second)->value;
    return (a > b) - (a < b);
}

/* @return the zone of a class, NO_ZONE for none; list is sorted by value */
static long find_value(const zones *opened, int64_t value) {
    size_t low = 0, high = opened->n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (opened->list[middle].value < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low < opened->n && opened->list[low].value == value ? (long)low : NO_ZONE;
}

typedef struct class_reading {
    GDALRasterBandH band;
    double nodata; /**< NaN when there is none */
} class_reading;

static class_reading begin_reading(const zones *opened) {
    class_reading reading = {GDALGetRasterBand(opened->classes, 1), NAN};
    int has = FALSE;
    const double nodata = GDALGetRasterNoDataValue(reading.band, &has);
    if (has) reading.nodata = nodata;
    return reading;
}

static bool is_class(const class_reading *reading, double value) {
    return isfinite(value) && value != reading->nodata && value != outside;
}

static bool add_class(zones *opened, char **names, int64_t value, char error[1024]) {
    char name[64];
    snprintf(name, sizeof name, "class %lld", (long long)value);
    const bool named = value >= 0 && value < CSLCount(names) && names[value][0];
    zone_entry *added = zones_add(opened, named ? names[value] : name, error);
    if (added) added->value = value;
    return added != NULL;
}

/* @param line [width]  @param seen of the classes so far: 2 value + 1 as a pointer, which is never NULL */
static bool add_classes_of_line(zones *opened, const class_reading *reading, char **names, const double *line,
                                CPLHashSet *seen, char error[1024]) {
    int64_t last = INT64_MIN;
    for (int x = 0; x < opened->width; x++) {
        if (!is_class(reading, line[x])) continue;
        if (line[x] != floor(line[x]) || fabs(line[x]) > INT32_MAX)
            return sentence(error, "the zones hold %g: a class raster has whole numbers", line[x]);
        const int64_t value = (int64_t)line[x];
        if (value == last) continue;
        last = value;
        if (CPLHashSetInsert(seen, (void *)(intptr_t)(2 * value + 1)) && !add_class(opened, names, value, error))
            return false;
    }
    return true;
}

static bool read_values(GDALRasterBandH band, const grid_window *at, double *values, char error[1024]) {
    if (GDALRasterIO(band, GF_Read, at->x, at->y, at->width, at->height, values, at->width, at->height, GDT_Float64, 0,
                     0) == CE_None)
        return true;
    return sentence_gdal(error, "the class raster of the zones cannot be read");
}

static bool find_classes(zones *opened, char **names, char error[1024]) {
    const class_reading reading = begin_reading(opened);
    double *line = VSI_MALLOC2_VERBOSE((size_t)opened->width, sizeof *line);
    CPLHashSet *seen = CPLHashSetNew(NULL, NULL, NULL);
    bool good = line || sentence(error, "memory is out");
    for (int y = 0; y < opened->height && good; y++) {
        const grid_window at = {0, y, opened->width, 1};
        good = read_values(reading.band, &at, line, error) &&
               add_classes_of_line(opened, &reading, names, line, seen, error);
    }
    CPLHashSetDestroy(seen);
    VSIFree(line);
    if (good) qsort(opened->list, opened->n, sizeof *opened->list, by_value);
    return good && (opened->n > 0 || sentence(error, "no zone lies on the raster"));
}

/* @param source taken over whatever happens */
static bool bring_onto_grid(zones *opened, GDALDatasetH source, char error[1024]) {
    if (is_on_grid(opened, source)) {
        opened->classes = source;
        return true;
    }
    if (opened->reference) {
        opened->classes = warp(opened, source);
        GDALReleaseDataset(source); /* the warped raster holds its own reference */
        return opened->classes || sentence_gdal(error, "the class raster cannot be brought onto the raster's grid");
    }
    sentence(error, "the class raster has %d x %d pixels and the raster, which is not georeferenced, %d x %d",
             GDALGetRasterXSize(source), GDALGetRasterYSize(source), opened->width, opened->height);
    GDALClose(source);
    return false;
}

bool zones_open_classes(zones *opened, GDALDatasetH source, char error[1024]) {
    /* GDAL 3.6 reads the names of a GeoTIFF's classes only after it was asked where it lies. */
    double transform[6];
    GDALGetGeoTransform(source, transform);
    char **names = CSLDuplicate(GDALGetRasterCategoryNames(GDALGetRasterBand(source, 1)));
    const bool good = bring_onto_grid(opened, source, error) && find_classes(opened, names, error);
    CSLDestroy(names);
    return good;
}

/* ---- pixels --------------------------------------------------------------------------------------------- */

/** Pixels sorted by zone. */
typedef struct sorting {
    double *values;   /**< [n] */
    int32_t *zone_of; /**< [n] */
    size_t *begin;    /**< [n_zones + 1] */
    uint32_t *index;  /**< [n] */
} sorting;

static void sort_pixels(const zones *opened, const class_reading *reading, size_t n, sorting *sorted) {
    memset(sorted->begin, 0, (opened->n + 1) * sizeof *sorted->begin);
    for (size_t i = 0; i < n; i++) {
        const double value = sorted->values[i];
        sorted->zone_of[i] = is_class(reading, value) ? (int32_t)find_value(opened, (int64_t)value) : NO_ZONE;
        if (sorted->zone_of[i] >= 0) sorted->begin[sorted->zone_of[i] + 1]++;
    }
    for (size_t k = 0; k < opened->n; k++) sorted->begin[k + 1] += sorted->begin[k];
    for (size_t i = n; i-- > 0;) {
        /* From the last pixel to the first, each zone's end moves down to its beginning. */
        const int32_t k = sorted->zone_of[i];
        if (k >= 0) sorted->index[--sorted->begin[k + 1]] = (uint32_t)i;
    }
    /* begin[k + 1] is now where zone k begins. */
}

static bool visit_sorted(const zones *opened, size_t n_all, const sorting *sorted, zones_visitor visit, void *user) {
    for (size_t k = 0; k < opened->n; k++) {
        const size_t begin = sorted->begin[k + 1], end = k + 1 < opened->n ? sorted->begin[k + 2] : n_all;
        const zone_pixels pixels = {k, end - begin, sorted->index + begin};
        if (pixels.n && !visit(&pixels, user)) return false;
    }
    return true;
}

bool zones_visit_classes(zones *opened, const grid_window *at, zones_visitor visit, void *user, char error[1024]) {
    const size_t n = (size_t)at->width * (size_t)at->height;
    const class_reading reading = begin_reading(opened);
    sorting sorted = {VSI_MALLOC2_VERBOSE(n, sizeof *sorted.values), VSI_MALLOC2_VERBOSE(n, sizeof *sorted.zone_of),
                      VSI_MALLOC2_VERBOSE(opened->n + 1, sizeof *sorted.begin),
                      VSI_MALLOC2_VERBOSE(n, sizeof *sorted.index)};
    bool good = (sorted.values && sorted.zone_of && sorted.begin && sorted.index) || sentence(error, "memory is out");
    good = good && read_values(reading.band, at, sorted.values, error);
    if (good) {
        sort_pixels(opened, &reading, n, &sorted);
        size_t n_inside = 0;
        for (size_t i = 0; i < n; i++) n_inside += sorted.zone_of[i] >= 0;
        good = visit_sorted(opened, n_inside, &sorted, visit, user);
    }
    VSIFree(sorted.values);
    VSIFree(sorted.zone_of);
    VSIFree(sorted.begin);
    VSIFree(sorted.index);
    return good;
}

/* ---- shapes --------------------------------------------------------------------------------------------- */

/* A raster that is 1 in one class and 0 elsewhere. */
static GDALDatasetH mask_of_class(zones *opened, size_t zone, char error[1024]) {
    const class_reading reading = begin_reading(opened);
    GDALDatasetH mask = GDALCreate(GDALGetDriverByName("MEM"), "", opened->width, opened->height, 1, GDT_Byte, NULL);
    double *line = VSI_MALLOC2_VERBOSE((size_t)opened->width, sizeof *line);
    bool good = (mask && line) || sentence(error, "memory is out");
    if (mask) GDALSetGeoTransform(mask, opened->transform);
    for (int y = 0; y < opened->height && good; y++) {
        const grid_window at = {0, y, opened->width, 1};
        good = read_values(reading.band, &at, line, error);
        for (int x = 0; x < opened->width && good; x++)
            line[x] = is_class(&reading, line[x]) && (int64_t)line[x] == opened->list[zone].value;
        good = good && GDALRasterIO(GDALGetRasterBand(mask, 1), GF_Write, 0, y, opened->width, 1, line, opened->width,
                                    1, GDT_Float64, 0, 0) == CE_None;
    }
    VSIFree(line);
    if (good || !mask) return mask;
    GDALClose(mask);
    return NULL;
}

OGRGeometryH zones_shape_of_class(zones *opened, size_t zone, char error[1024]) {
    GDALDatasetH mask = mask_of_class(opened, zone, error);
    if (!mask) return NULL;
    GDALDatasetH memory = GDALCreate(GDALGetDriverByName("Memory"), "", 0, 0, 0, GDT_Unknown, NULL);
    OGRLayerH layer = memory ? GDALDatasetCreateLayer(memory, "parts", NULL, wkbPolygon, NULL) : NULL;
    OGRGeometryH shape = NULL;
    GDALRasterBandH band = GDALGetRasterBand(mask, 1);
    if (layer && GDALPolygonize(band, band, layer, -1, NULL, NULL, NULL) == CE_None) {
        shape = OGR_G_CreateGeometry(wkbMultiPolygon);
        OGRFeatureH feature;
        OGR_L_ResetReading(layer);
        while ((feature = OGR_L_GetNextFeature(layer)) != NULL) {
            OGR_G_AddGeometry(shape, OGR_F_GetGeometryRef(feature));
            OGR_F_Destroy(feature);
        }
    } else
        sentence_gdal(error, "the outline of zone '%s' cannot be made", opened->list[zone].name);
    if (memory) GDALClose(memory);
    GDALClose(mask);
    return shape;
}
