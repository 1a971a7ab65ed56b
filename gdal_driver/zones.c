/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "zones.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "sentence.h"
#include "zones_internal.h"

zone_entry *zones_add(zones *opened, const char *name, char error[1024]) {
    if (opened->n == ZONES_MOST) {
        sentence(error, "there are more than %d zones", ZONES_MOST);
        return NULL;
    }
    if (opened->n == opened->capacity) {
        const size_t capacity = opened->capacity ? 2 * opened->capacity : 64;
        zone_entry *list = VSI_REALLOC_VERBOSE(opened->list, capacity * sizeof *list);
        if (!list) {
            sentence(error, "memory is out");
            return NULL;
        }
        opened->list = list;
        opened->capacity = capacity;
    }
    zone_entry *added = &opened->list[opened->n++];
    *added = (zone_entry){.name = CPLStrdup(name)};
    return added;
}

/* The raster's footprint as the only zone. */
static bool open_everything(zones *opened, char error[1024]) {
    static const double corner_x[] = {0, 1, 1, 0, 0}, corner_y[] = {0, 0, 1, 1, 0};
    zone_entry *all = zones_add(opened, "all", error);
    if (!all) return false;
    OGRGeometryH ring = OGR_G_CreateGeometry(wkbLinearRing), polygon = OGR_G_CreateGeometry(wkbPolygon);
    for (int i = 0; i < 5; i++) {
        double x, y;
        GDALApplyGeoTransform(opened->transform, corner_x[i] * opened->width, corner_y[i] * opened->height, &x, &y);
        OGR_G_AddPoint_2D(ring, x, y);
    }
    OGR_G_AddGeometryDirectly(polygon, ring);
    all->shape = OGR_G_CreateGeometry(wkbMultiPolygon);
    OGR_G_AddGeometryDirectly(all->shape, polygon);
    all->burned = all->shape;
    all->bounds = (grid_window){0, 0, opened->width, opened->height};
    return true;
}

static bool open_vector(zones *opened, GDALDatasetH source, const char *layer_name, const char *name_field,
                        char error[1024]) {
    OGRLayerH layer = layer_name ? GDALDatasetGetLayerByName(source, layer_name) : GDALDatasetGetLayer(source, 0);
    bool good = layer || sentence(error, "the zones have no layer '%s'", layer_name ? layer_name : "");
    if (good && !layer_name && GDALDatasetGetLayerCount(source) > 1)
        opened->warnings =
            CSLAddString(opened->warnings, CPLSPrintf("the file of the zones has %d layers; '%s' is taken",
                                                      GDALDatasetGetLayerCount(source), OGR_L_GetName(layer)));
    good = good && zones_open_layer(opened, layer, name_field, error);
    GDALClose(source);
    return good;
}

/* @param path with QGIS's "|layername=NAME" or without */
static bool open_path(zones *opened, const char *path, const char *name_field, char error[1024]) {
    static const char mark[] = "|layername=";
    const char *layer = strstr(path, mark);
    const size_t length = layer ? (size_t)(layer - path) : strlen(path);
    char *file = CPLStrdup(path);
    file[length] = 0;
    GDALDatasetH source = GDALOpenEx(file, GDAL_OF_VECTOR | GDAL_OF_RASTER | GDAL_OF_VERBOSE_ERROR, NULL, NULL, NULL);
    bool good = source || sentence_gdal(error, "the zones '%s' cannot be opened", file);
    if (good && GDALDatasetGetLayerCount(source) == 0 && GDALGetRasterCount(source) > 0) {
        if (name_field)
            opened->warnings = CSLAddString(opened->warnings, "a class raster has no name field; it is not used");
        good = zones_open_classes(opened, source, error);
    } else if (good)
        good = open_vector(opened, source, layer ? layer + strlen(mark) : NULL, name_field, error);
    CPLFree(file);
    return good;
}

/* A raster without georeference has lines running down from 0, as QGIS shows it. */
static void describe_grid(zones *opened) {
    static const double plain[6] = {0, 1, 0, 0, 0, -1};
    opened->width = GDALGetRasterXSize(opened->raster);
    opened->height = GDALGetRasterYSize(opened->raster);
    if (GDALGetGeoTransform(opened->raster, opened->transform) != CE_None)
        memcpy(opened->transform, plain, sizeof plain);
    OGRSpatialReferenceH reference = GDALGetSpatialRef(opened->raster);
    if (reference) opened->reference = OSRClone(reference);
}

zones *zones_open(GDALDatasetH raster, const char *path, const char *name_field, char error[1024]) {
    zones *opened = VSI_CALLOC_VERBOSE(1, sizeof *opened);
    if (!opened) {
        sentence(error, "memory is out");
        return NULL;
    }
    opened->raster = raster;
    sentence_quiet();
    describe_grid(opened);
    const bool good = path ? open_path(opened, path, name_field, error) : open_everything(opened, error);
    sentence_loud();
    if (good) return opened;
    zones_close(opened);
    return NULL;
}

void zones_close(zones *opened) {
    if (!opened) return;
    for (size_t i = 0; i < opened->n; i++) {
        zone_entry *closed = &opened->list[i];
        if (closed->burned != closed->shape) OGR_G_DestroyGeometry(closed->burned);
        OGR_G_DestroyGeometry(closed->shape);
        CPLFree(closed->name);
    }
    VSIFree(opened->list);
    if (opened->classes) GDALClose(opened->classes);
    if (opened->reference) OSRRelease(opened->reference);
    CSLDestroy(opened->warnings);
    VSIFree(opened);
}

char **zones_warnings(const zones *opened) { return opened->warnings; }

size_t zones_count(const zones *opened) { return opened->n; }

const char *zones_name(const zones *opened, size_t zone) { return opened->list[zone].name; }

bool zones_visit(zones *opened, int x, int y, int width, int height, zones_visitor visit, void *user,
                 char error[1024]) {
    const grid_window at = {x, y, width, height};
    error[0] = 0;
    sentence_quiet();
    const bool good = opened->classes ? zones_visit_classes(opened, &at, visit, user, error)
                                      : zones_visit_polygons(opened, &at, visit, user, error);
    sentence_loud();
    return good;
}

OGRGeometryH zones_shape(zones *opened, size_t zone, char error[1024]) {
    if (!opened->classes) return OGR_G_Clone(opened->list[zone].shape);
    sentence_quiet();
    OGRGeometryH shape = zones_shape_of_class(opened, zone, error);
    sentence_loud();
    return shape;
}

OGRSpatialReferenceH zones_reference(const zones *opened) { return opened->reference; }
