/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file zones.h  Named zones on the grid of a raster: polygons of a vector layer, or the classes of another raster. */
#ifndef WSNET_ZONES_H
#define WSNET_ZONES_H

#include <gdal.h>
#include <ogr_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct zones zones;

/** Opens zones and brings them onto a raster's grid and into its coordinate system. Polygons own the pixels whose
 *  centres they hold and may overlap; polygons of one name are one zone. A class raster is read by nearest
 *  neighbour; its names are category names or "class N".
 *  @param raster must outlive the zones
 *  @param path a vector file, a vector file and "|layername=NAME", a class raster, or NULL: the whole raster is one
 *  zone named "all"
 *  @param name_field of the polygons' names; NULL: the first text field; a polygon without a name is "zone FID"
 *  @return NULL with one sentence in error */
zones *zones_open(GDALDatasetH raster, const char *path, const char *name_field, char error[1024]);
void zones_close(zones *opened);
/** @return sentences about what was left out; a GDAL string list, NULL for none */
char **zones_warnings(const zones *opened);
size_t zones_count(const zones *opened);
const char *zones_name(const zones *opened, size_t zone);

/** The pixels of one zone in a window. */
typedef struct zone_pixels {
    size_t zone, n;
    const uint32_t *index; /**< [n] increasing: line * width + column within the window */
} zone_pixels;
/** @return false to stop */
typedef bool (*zones_visitor)(const zone_pixels *pixels, void *user);
/** Calls visit for every zone that has pixels in a window of the raster, in the order of the zones.
 *  @return false with one sentence in error; it is empty when the visitor stopped */
bool zones_visit(zones *opened, int x, int y, int width, int height, zones_visitor visit, void *user, char error[1024]);

/** @return the multipolygon of a zone in the system of zones_reference(), for the caller to destroy; NULL with one
 *  sentence in error */
OGRGeometryH zones_shape(zones *opened, size_t zone, char error[1024]);
/** @return what the shapes' coordinates mean: the layer's own system, or the raster's; NULL when unknown. Borrowed. */
OGRSpatialReferenceH zones_reference(const zones *opened);

#endif
