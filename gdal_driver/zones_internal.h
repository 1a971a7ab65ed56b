/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file zones_internal.h  The two kinds of zones behind zones.h. */
#ifndef WSNET_ZONES_INTERNAL_H
#define WSNET_ZONES_INTERNAL_H

#include "grid_window.h"
#include "zones.h"
#include "zones_turns.h"

enum { ZONES_MOST = 65536 };

typedef struct zone_entry {
    char *name;
    OGRGeometryH shape;  /**< multipolygon as it was read; NULL for classes */
    OGRGeometryH burned; /**< the same in the raster's system, owned; equal to shape where nothing changes */
    grid_window bounds;  /**< pixels that the polygon may touch; width 0 for none */
    int64_t value;       /**< of the class */
} zone_entry;

struct zones {
    GDALDatasetH raster;
    double transform[6]; /**< of the raster; lines run down from 0 where it has none */
    int width, height;
    OGRSpatialReferenceH reference; /**< owned; NULL when unknown */
    zone_entry *list;               /**< [n] */
    size_t n, capacity;
    GDALDatasetH classes; /**< class raster on the raster's grid, or NULL */
    char **warnings;
};

/** Adds a zone; name is copied. @return NULL with one sentence in error; valid until the next call */
zone_entry *zones_add(zones *opened, const char *name, char error[1024]);

bool zones_open_layer(zones *opened, OGRLayerH layer, const char *name_field, char error[1024]);
bool zones_visit_polygons(zones *opened, const grid_window *at, zones_visitor visit, void *user, char error[1024]);

/** @param source taken over whatever happens */
bool zones_open_classes(zones *opened, GDALDatasetH source, char error[1024]);
bool zones_visit_classes(zones *opened, const grid_window *at, zones_visitor visit, void *user, char error[1024]);
OGRGeometryH zones_shape_of_class(zones *opened, size_t zone, char error[1024]);

#endif
