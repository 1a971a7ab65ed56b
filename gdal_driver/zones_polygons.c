/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_hash_set.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <gdal_alg.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "sentence.h"
#include "zones_internal.h"

/* Edges that change their course on the way to another system are cut into this many pieces of an envelope. */
static const double pieces_of_an_envelope = 256;

typedef struct layer_reading {
    zones *opened;
    int field;        /**< of the names, or -1 */
    bool transforms;  /**< the layer's system is not the raster's */
    CPLHashSet *seen; /**< of name_entry */
    size_t n_others;  /**< features that are no polygons */
} layer_reading;

typedef struct name_entry {
    char *name;
    size_t zone;
} name_entry;

static unsigned long hash_name(const void *entry) { return CPLHashSetHashStr(((const name_entry *)entry)->name); }

static int same_name(const void *first, const void *second) {
    return strcmp(((const name_entry *)first)->name, ((const name_entry *)second)->name) == 0;
}

static void free_entry(void *entry) {
    CPLFree(((name_entry *)entry)->name);
    CPLFree(entry);
}

/* ---- from features to zones ----------------------------------------------------------------------------- */

/* @return the place of the zone of that name, a new one where needed; SIZE_MAX with one sentence in error */
static size_t zone_of_name(layer_reading *reading, const char *name, char error[1024]) {
    name_entry wanted = {.name = (char *)name};
    const name_entry *known = CPLHashSetLookup(reading->seen, &wanted);
    if (known) return known->zone;
    zone_entry *added = zones_add(reading->opened, name, error);
    if (!added) return SIZE_MAX;
    added->shape = OGR_G_CreateGeometry(wkbMultiPolygon);
    added->burned = reading->transforms ? OGR_G_CreateGeometry(wkbMultiPolygon) : added->shape;
    name_entry *entry = CPLMalloc(sizeof *entry);
    *entry = (name_entry){CPLStrdup(name), reading->opened->n - 1};
    CPLHashSetInsert(reading->seen, entry);
    return entry->zone;
}

/* Moves the polygons of a multipolygon. @param parts destroyed */
static void add_parts(OGRGeometryH whole, OGRGeometryH parts) {
    for (int i = 0; i < OGR_G_GetGeometryCount(parts); i++) OGR_G_AddGeometry(whole, OGR_G_GetGeometryRef(parts, i));
    OGR_G_DestroyGeometry(parts);
}

static bool is_finite(OGRGeometryH geometry) {
    OGREnvelope envelope;
    OGR_G_GetEnvelope(geometry, &envelope);
    return isfinite(envelope.MinX + envelope.MaxX) && isfinite(envelope.MinY + envelope.MaxY);
}

/* @return a multipolygon without curves and heights, NULL for other kinds of geometry */
static OGRGeometryH polygons_of(OGRGeometryH geometry) {
    if (!geometry || OGR_G_IsEmpty(geometry)) return NULL;
    OGRGeometryH straight = OGR_G_GetLinearGeometry(geometry, 0, NULL);
    if (!straight) return NULL;
    OGR_G_FlattenTo2D(straight);
    OGRGeometryH parts = OGR_G_ForceToMultiPolygon(straight);
    if (wkbFlatten(OGR_G_GetGeometryType(parts)) == wkbMultiPolygon && is_finite(parts)) return parts;
    OGR_G_DestroyGeometry(parts);
    return NULL;
}

static bool reproject(OGRGeometryH parts, OGRSpatialReferenceH from, OGRSpatialReferenceH to) {
    OGREnvelope envelope;
    OGR_G_GetEnvelope(parts, &envelope);
    const double longest = fmax(envelope.MaxX - envelope.MinX, envelope.MaxY - envelope.MinY) / pieces_of_an_envelope;
    if (longest > 0) OGR_G_Segmentize(parts, longest);
    OGR_G_AssignSpatialReference(parts, from);
    if (OGR_G_TransformTo(parts, to) != OGRERR_NONE) return false;
    if (zones_turn(to) > 0 && zones_turn(from) == 0) zones_unroll(parts, zones_turn(to));
    return true;
}

/* Where the raster has longitudes, zones whole turns away are on it too. */
static void add_turned(zones *opened, zone_entry *zone) {
    const double turn = zones_turn(GDALGetSpatialRef(opened->raster));
    if (turn == 0) return;
    double left = opened->transform[0], right = left;
    for (int corner = 1; corner < 4; corner++) {
        const double x = opened->transform[0] + (corner & 1) * opened->width * opened->transform[1] +
                         (corner >> 1) * opened->height * opened->transform[2];
        left = fmin(left, x);
        right = fmax(right, x);
    }
    OGRGeometryH moved = zones_turned(zone->burned, turn, left, right);
    if (OGR_G_GetGeometryCount(moved) > 0 && zone->burned == zone->shape) zone->burned = OGR_G_Clone(zone->shape);
    add_parts(zone->burned, moved);
}

static bool add_feature(layer_reading *reading, OGRLayerH layer, OGRFeatureH feature, char error[1024]) {
    OGRGeometryH parts = polygons_of(OGR_F_GetGeometryRef(feature));
    if (!parts) {
        reading->n_others++;
        return true;
    }
    const char *name = reading->field >= 0 ? OGR_F_GetFieldAsString(feature, reading->field) : "";
    char number[64];
    snprintf(number, sizeof number, "zone %lld", (long long)OGR_F_GetFID(feature));
    const size_t place = zone_of_name(reading, name[0] ? name : number, error);
    bool good = place != SIZE_MAX;
    if (good && reading->transforms) {
        OGRGeometryH moved = OGR_G_Clone(parts);
        good = reproject(moved, OGR_L_GetSpatialRef(layer), GDALGetSpatialRef(reading->opened->raster)) ||
               sentence_gdal(error, "zone '%s' cannot be brought into the raster's coordinate system",
                             reading->opened->list[place].name);
        if (good)
            add_parts(reading->opened->list[place].burned, moved);
        else
            OGR_G_DestroyGeometry(moved);
    }
    if (good)
        add_parts(reading->opened->list[place].shape, parts);
    else
        OGR_G_DestroyGeometry(parts);
    return good;
}

/* @return false with one sentence in error when a field is asked for that is not there */
static bool find_field(layer_reading *reading, OGRLayerH layer, const char *wanted, char error[1024]) {
    OGRFeatureDefnH definition = OGR_L_GetLayerDefn(layer);
    reading->field = -1;
    if (wanted) {
        reading->field = OGR_FD_GetFieldIndex(definition, wanted);
        return reading->field >= 0 || sentence(error, "the zones have no field '%s'", wanted);
    }
    for (int i = OGR_FD_GetFieldCount(definition) - 1; i >= 0; i--)
        if (OGR_Fld_GetType(OGR_FD_GetFieldDefn(definition, i)) == OFTString) reading->field = i;
    return true;
}

static bool finish_layer(layer_reading *reading, char error[1024]) {
    zones *opened = reading->opened;
    if (opened->n == 0) return sentence(error, "the zones hold no polygon");
    if (reading->n_others)
        opened->warnings = CSLAddString(
            opened->warnings,
            CPLSPrintf("%zu feature%s of the zones %s left out", reading->n_others, reading->n_others == 1 ? "" : "s",
                       reading->n_others == 1 ? "is no polygon and is" : "are no polygons and are"));
    bool inside = false;
    for (size_t i = 0; i < opened->n; i++) {
        OGREnvelope envelope;
        add_turned(opened, &opened->list[i]);
        OGR_G_GetEnvelope(opened->list[i].burned, &envelope);
        opened->list[i].bounds = grid_window_of(opened->transform, opened->width, opened->height, &envelope);
        inside = inside || opened->list[i].bounds.width > 0;
    }
    return inside || sentence(error, "no zone lies on the raster");
}

bool zones_open_layer(zones *opened, OGRLayerH layer, const char *name_field, char error[1024]) {
    OGRSpatialReferenceH from = OGR_L_GetSpatialRef(layer);
    const bool transforms = from && opened->reference && !OSRIsSame(from, opened->reference);
    layer_reading reading = {.opened = opened, .transforms = transforms};
    if (!find_field(&reading, layer, name_field, error)) return false;
    reading.seen = CPLHashSetNew(hash_name, same_name, free_entry);
    bool good = true;
    OGRFeatureH feature;
    OGR_L_ResetReading(layer);
    while (good && (feature = OGR_L_GetNextFeature(layer)) != NULL) {
        good = add_feature(&reading, layer, feature, error);
        OGR_F_Destroy(feature);
    }
    CPLHashSetDestroy(reading.seen);
    good = good && finish_layer(&reading, error);
    if (!transforms) return good;
    OSRRelease(opened->reference);
    opened->reference = OSRClone(from);
    return good;
}

/* ---- from zones to pixels ------------------------------------------------------------------------------- */

static int larger(int first, int second) { return first > second ? first : second; }

static int smaller(int first, int second) { return first < second ? first : second; }

/* @return the part of a window that bounds share, width 0 for none */
static grid_window shared_part(const grid_window *at, const grid_window *bounds) {
    const int left = larger(at->x, bounds->x), top = larger(at->y, bounds->y);
    const int right = smaller(at->x + at->width, bounds->x + bounds->width);
    const int bottom = smaller(at->y + at->height, bounds->y + bounds->height);
    if (right <= left || bottom <= top) return (grid_window){0};
    return (grid_window){left, top, right - left, bottom - top};
}

/* Burns a geometry into a mask of a window. @param inside [width*height] */
static bool burn(const zones *opened, OGRGeometryH geometry, const grid_window *at, uint8_t *inside) {
    GDALDatasetH mask = GDALCreate(GDALGetDriverByName("MEM"), "", at->width, at->height, 1, GDT_Byte, NULL);
    if (!mask) return false;
    double transform[6];
    memcpy(transform, opened->transform, sizeof transform);
    GDALApplyGeoTransform((double *)opened->transform, at->x, at->y, &transform[0], &transform[3]);
    GDALSetGeoTransform(mask, transform);
    int band = 1;
    double value = 1;
    const bool good =
        GDALRasterizeGeometries(mask, 1, &band, 1, &geometry, NULL, NULL, &value, NULL, NULL, NULL) == CE_None &&
        GDALRasterIO(GDALGetRasterBand(mask, 1), GF_Read, 0, 0, at->width, at->height, inside, at->width, at->height,
                     GDT_Byte, 0, 0) == CE_None;
    GDALClose(mask);
    return good;
}

/* Lists the marked pixels of a part of a window. @param index [part's pixels] positions in the window */
static size_t list_marked(const grid_window *at, const grid_window *part, const uint8_t *inside, uint32_t *index) {
    size_t n = 0;
    for (int line = 0; line < part->height; line++) {
        const uint32_t first = (uint32_t)(part->y - at->y + line) * (uint32_t)at->width + (uint32_t)(part->x - at->x);
        for (int column = 0; column < part->width; column++)
            if (*inside++) index[n++] = first + (uint32_t)column;
    }
    return n;
}

bool zones_visit_polygons(zones *opened, const grid_window *at, zones_visitor visit, void *user, char error[1024]) {
    uint8_t *inside = VSI_MALLOC2_VERBOSE((size_t)at->width, (size_t)at->height);
    uint32_t *index = VSI_MALLOC3_VERBOSE((size_t)at->width, (size_t)at->height, sizeof *index);
    bool good = (inside && index) || sentence(error, "memory is out");
    for (size_t i = 0; i < opened->n && good; i++) {
        const grid_window part = shared_part(at, &opened->list[i].bounds);
        if (part.width == 0) continue;
        good = burn(opened, opened->list[i].burned, &part, inside) ||
               sentence(error, "the pixels of zone '%s' cannot be found", opened->list[i].name);
        if (!good) break;
        const zone_pixels pixels = {i, list_marked(at, &part, inside, index), index};
        good = pixels.n == 0 || visit(&pixels, user);
    }
    VSIFree(inside);
    VSIFree(index);
    return good;
}
