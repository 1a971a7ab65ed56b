/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "zones_turns.h"

#include <math.h>
#include <ogr_srs_api.h>

double zones_turn(OGRSpatialReferenceH reference) {
    if (!reference || !OSRIsGeographic(reference)) return 0;
    const double radians = OSRGetAngularUnits(reference, NULL);
    return radians > 0 ? round(2e9 * acos(-1) / radians) / 1e9 : 0;
}

/* Moves points by whole turns, each to within half a turn of the one before. @return where the ring begins */
static double unroll_ring(OGRGeometryH ring, double turn, double before) {
    double begin = before;
    for (int i = 0; i < OGR_G_GetPointCount(ring); i++) {
        const double x = OGR_G_GetX(ring, i);
        if (isfinite(before)) before = x - turn * round((x - before) / turn);
        if (!isfinite(before)) before = x;
        OGR_G_SetPoint_2D(ring, i, before, OGR_G_GetY(ring, i));
        if (i == 0) begin = before;
    }
    return begin;
}

void zones_unroll(OGRGeometryH parts, double turn) {
    for (int i = 0; i < OGR_G_GetGeometryCount(parts); i++) {
        OGRGeometryH polygon = OGR_G_GetGeometryRef(parts, i);
        double begin = NAN;
        for (int r = 0; r < OGR_G_GetGeometryCount(polygon); r++)
            begin = unroll_ring(OGR_G_GetGeometryRef(polygon, r), turn, begin);
    }
}

static void move(OGRGeometryH polygon, double distance) {
    for (int r = 0; r < OGR_G_GetGeometryCount(polygon); r++) {
        OGRGeometryH ring = OGR_G_GetGeometryRef(polygon, r);
        for (int i = 0; i < OGR_G_GetPointCount(ring); i++)
            OGR_G_SetPoint_2D(ring, i, OGR_G_GetX(ring, i) + distance, OGR_G_GetY(ring, i));
    }
}

OGRGeometryH zones_turned(OGRGeometryH parts, double turn, double left, double right) {
    OGRGeometryH moved = OGR_G_CreateGeometry(wkbMultiPolygon);
    for (int i = 0; i < OGR_G_GetGeometryCount(parts); i++) {
        OGREnvelope envelope;
        OGR_G_GetEnvelope(OGR_G_GetGeometryRef(parts, i), &envelope);
        for (int n = -ZONES_MOST_TURNS; n <= ZONES_MOST_TURNS; n++) {
            if (n == 0 || envelope.MinX + n * turn >= right || envelope.MaxX + n * turn <= left) continue;
            OGRGeometryH polygon = OGR_G_Clone(OGR_G_GetGeometryRef(parts, i));
            move(polygon, n * turn);
            OGR_G_AddGeometryDirectly(moved, polygon);
        }
    }
    return moved;
}
