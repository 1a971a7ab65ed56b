/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file zones_turns.h  Longitudes are told from -180 to 180, from 0 to 360, or beyond them where a raster crosses the
 *  date line. */
#ifndef WSNET_ZONES_TURNS_H
#define WSNET_ZONES_TURNS_H

#include <ogr_api.h>

/** Of whole turns, in which a geometry is looked for. */
enum { ZONES_MOST_TURNS = 3 };

/** @return a whole turn in the units of a geographic system, 0 for other systems */
double zones_turn(OGRSpatialReferenceH reference);
/** Joins what the way into longitudes has torn at the date line: neighbouring points are never more than half a turn apart. */
void zones_unroll(OGRGeometryH parts, double turn);
/** @return the polygons of a multipolygon again, whole turns away, where that brings them between left and right */
OGRGeometryH zones_turned(OGRGeometryH parts, double turn, double left, double right);

#endif
