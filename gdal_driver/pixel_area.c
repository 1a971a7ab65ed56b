/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pixel_area.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <float.h>
#include <math.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "sentence.h"

/* Interpolation may be wrong by this part of a pixel's area; systems whose area is constant within it are plain. */
static const double tolerance = 1e-6;
/* Pixels wider than this are cut before they count as plane quadrilaterals: relative error (2 km / 6371 km)^2 / 12. */
static const double widest_plane_m = 2000;
enum { MOST_NODES = 1 << 16, MOST_CUTS = 32 };

typedef enum area_kind { AREA_PLAIN, AREA_ROWS, AREA_NODES } area_kind;

/** Areas at places spread evenly over a raster; the outermost are its outermost pixel centres. */
typedef struct node_grid {
    int columns, lines;
    double *values; /**< [lines,columns] */
} node_grid;

struct pixel_area {
    area_kind kind;
    const char *method;
    int width, height;
    double plain_m2; /**< for AREA_PLAIN */
    double *rows_m2; /**< [height] for AREA_ROWS */
    node_grid nodes; /**< for AREA_NODES */
    double error;
};

/** The way from pixels to the authalic sphere. */
typedef struct ground {
    double transform[6];
    OGRCoordinateTransformationH to_geodetic; /**< NULL: coordinates are geodetic already */
    double to_radians, semi_major_m, eccentricity, polar_q;
    int n_cuts; /**< each side of a pixel is cut into so many pieces */
} ground;

/* ---- one pixel ------------------------------------------------------------------------------------------ */

/* The area between a latitude and its pole, from 1 - |sin(latitude)|: Snyder 1987, eq. 3-12, as a difference to the
 * pole's that keeps its digits there. */
static double authalic_cap(double eccentricity, double one_less_sine) {
    const double e = eccentricity, sine = 1 - one_less_sine;
    if (e < 1e-12) return 2 * one_less_sine;
    return one_less_sine * (1 + e * e * sine) / (1 - e * e * sine * sine) +
           (1 - e * e) / e * atanh(e * one_less_sine / (1 - e * e * sine));
}

/* @param column,line in pixels, fractions allowed  @param unit [3] on the authalic sphere of radius 1 */
static bool place_on_sphere(const ground *on, double column, double line, double *unit) {
    const double *t = on->transform;
    double x = t[0] + column * t[1] + line * t[2], y = t[3] + column * t[4] + line * t[5];
    if (on->to_geodetic && !OCTTransform(on->to_geodetic, 1, &x, &y, NULL)) return false;
    if (!(fabs(x) < HUGE_VAL && fabs(y) < HUGE_VAL)) return false;
    const double latitude = fmax(fmin(y * on->to_radians, M_PI_2), -M_PI_2), longitude = x * on->to_radians;
    const double half = sin((M_PI_2 - fabs(latitude)) / 2);
    const double cap = authalic_cap(on->eccentricity, 2 * half * half) / on->polar_q;
    const double cosine = sqrt(cap * (2 - cap));
    unit[0] = cosine * cos(longitude);
    unit[1] = cosine * sin(longitude);
    unit[2] = copysign(1 - cap, latitude);
    return true;
}

/* Half the length of the cross product of the diagonals. @param corners [4,3] around the quadrilateral */
static double quadrilateral(const double (*corners)[3]) {
    double a[3], b[3];
    for (int i = 0; i < 3; i++) {
        a[i] = corners[2][i] - corners[0][i];
        b[i] = corners[3][i] - corners[1][i];
    }
    const double x = a[1] * b[2] - a[2] * b[1], y = a[2] * b[0] - a[0] * b[2], z = a[0] * b[1] - a[1] * b[0];
    return sqrt(x * x + y * y + z * z) / 2;
}

/* Area of the pixel-sized square around a place in the raster, NaN where the system does not reach. */
static double area_around(const ground *on, double column, double line) {
    static const double corner_x[] = {0, 1, 1, 0}, corner_y[] = {0, 0, 1, 1};
    const double step = 1.0 / on->n_cuts;
    double sum = 0;
    for (int cut = 0; cut < on->n_cuts * on->n_cuts; cut++) {
        const int cut_x = cut % on->n_cuts, cut_y = cut / on->n_cuts;
        double corners[4][3];
        for (int i = 0; i < 4; i++)
            if (!place_on_sphere(on, column - 0.5 + (cut_x + corner_x[i]) * step,
                                 line - 0.5 + (cut_y + corner_y[i]) * step, corners[i]))
                return NAN;
        sum += quadrilateral((const double(*)[3])corners);
    }
    /* The sphere of the ellipsoid's own surface: R^2 = a^2 q_p / 2 (Snyder 1987, eq. 3-13). */
    return sum * on->semi_major_m * on->semi_major_m * on->polar_q / 2;
}

static double area_at_node(const pixel_area *area, const ground *on, const node_grid *nodes, int i, int j) {
    return area_around(on, 0.5 + (area->width - 1) * (double)i / (nodes->columns - 1),
                       0.5 + (area->height - 1) * (double)j / (nodes->lines - 1));
}

/* ---- whole rasters -------------------------------------------------------------------------------------- */

static double plain_area(const double *transform, double unit_m) {
    return fabs(transform[1] * transform[5] - transform[2] * transform[4]) * unit_m * unit_m;
}

static bool fill_rows(pixel_area *area, const ground *on, char error[1024]) {
    area->rows_m2 = VSI_MALLOC2_VERBOSE((size_t)area->height, sizeof *area->rows_m2);
    if (!area->rows_m2) return sentence(error, "memory is out");
    for (int y = 0; y < area->height; y++) {
        area->rows_m2[y] = area_around(on, 0.5, y + 0.5);
        if (!(area->rows_m2[y] >= 0)) return sentence(error, "line %d of the raster has no place on the ground", y);
    }
    area->kind = AREA_ROWS;
    area->method = "geodesic, exact for every row";
    return true;
}

static double interpolate(const node_grid *nodes, double u, double v) {
    const int i = (int)fmin(u, nodes->columns - 2), j = (int)fmin(v, nodes->lines - 2);
    const double x = u - i, y = v - j, *at = nodes->values + (size_t)j * (size_t)nodes->columns + i;
    return (1 - y) * ((1 - x) * at[0] + x * at[1]) + y * ((1 - x) * at[nodes->columns] + x * at[nodes->columns + 1]);
}

/* Halves the intervals along x or y; what was known is copied, what is new tells how wrong interpolation was.
 * @param nodes replaced  @param error_out largest relative error at the new nodes */
static bool refine(const pixel_area *area, const ground *on, bool along_x, node_grid *nodes, double *error_out) {
    const int step_x = along_x ? 2 : 1, step_y = along_x ? 1 : 2;
    node_grid fine = {(nodes->columns - 1) * step_x + 1, (nodes->lines - 1) * step_y + 1, NULL};
    fine.values = VSI_MALLOC3_VERBOSE((size_t)fine.columns, (size_t)fine.lines, sizeof *fine.values);
    bool good = fine.values != NULL;
    *error_out = 0;
    for (int j = 0; j < fine.lines && good; j++)
        for (int i = 0; i < fine.columns && good; i++) {
            double *node = fine.values + (size_t)j * (size_t)fine.columns + i;
            const double known = interpolate(nodes, (double)i / step_x, (double)j / step_y);
            const bool is_new = i % step_x || j % step_y;
            *node = is_new ? area_at_node(area, on, &fine, i, j) : known;
            if (is_new) *error_out = fmax(*error_out, fabs(known / *node - 1));
            good = *node > 0;
        }
    VSIFree(nodes->values);
    *nodes = fine;
    return good;
}

static bool fill_nodes(pixel_area *area, const ground *on, char error[1024]) {
    node_grid *nodes = &area->nodes;
    double error_x = INFINITY, error_y = INFINITY;
    area->kind = AREA_NODES;
    area->method = "geodesic, interpolated between nodes";
    *nodes = (node_grid){2, 2, VSI_MALLOC2_VERBOSE(4, sizeof *nodes->values)};
    bool good = nodes->values != NULL;
    for (int i = 0; i < 4 && good; i++) {
        nodes->values[i] = area_at_node(area, on, nodes, i % 2, i / 2);
        good = nodes->values[i] > 0;
    }
    /* The error of interpolation in two directions is at most the sum of those in each. */
    while (good && fmax(error_x, error_y) > tolerance / 2 && nodes->columns * nodes->lines < MOST_NODES) {
        if (error_x > tolerance / 2) good = refine(area, on, true, nodes, &error_x);
        if (error_y > tolerance / 2 && good) good = refine(area, on, false, nodes, &error_y);
    }
    area->error = error_x + error_y;
    if (!nodes->values) return sentence(error, "memory is out");
    return good || sentence(error, "parts of the raster lie where its coordinate system does not reach");
}

static void keep_plain(pixel_area *area, double plain_m2) {
    if (area->kind != AREA_NODES) return;
    for (size_t i = 0; i < (size_t)area->nodes.columns * (size_t)area->nodes.lines; i++)
        if (!(fabs(area->nodes.values[i] / plain_m2 - 1) <= tolerance)) return;
    area->kind = AREA_PLAIN;
    area->method = "plain, the coordinate system keeps areas";
    area->plain_m2 = plain_m2;
    area->error = 0;
}

/* ---- coordinate systems --------------------------------------------------------------------------------- */

/* @return the way to geodetic coordinates of a system on its own datum; NULL when PROJ has none */
static OGRCoordinateTransformationH open_way(OGRSpatialReferenceH system, OGRSpatialReferenceH geodetic) {
    OGRSpatialReferenceH from = OSRClone(system);
    OSRSetAxisMappingStrategy(from, OAMS_TRADITIONAL_GIS_ORDER);
    OSRSetAxisMappingStrategy(geodetic, OAMS_TRADITIONAL_GIS_ORDER);
    OGRCoordinateTransformationH way = OCTNewCoordinateTransformation(from, geodetic);
    OSRRelease(from);
    return way;
}

static bool is_upright_degrees(OGRSpatialReferenceH system, const double *transform) {
    return OSRIsGeographic(system) && !OSRIsDerivedGeographic(system) && transform[2] == 0 && transform[4] == 0;
}

static void describe_ellipsoid(OGRSpatialReferenceH geodetic, ground *on) {
    OGRErr missing = OGRERR_NONE;
    on->semi_major_m = OSRGetSemiMajor(geodetic, &missing);
    const double inverse = OSRGetInvFlattening(geodetic, &missing);
    const double flattening = inverse > 0 ? 1 / inverse : 0;
    on->eccentricity = sqrt(flattening * (2 - flattening));
    on->polar_q = authalic_cap(on->eccentricity, 1);
    on->to_radians = OSRGetAngularUnits(geodetic, NULL);
}

static void choose_cuts(const pixel_area *area, ground *on) {
    on->n_cuts = 1;
    const double side_m = sqrt(fmax(area_around(on, area->width / 2.0, area->height / 2.0), 0));
    if (side_m > widest_plane_m) on->n_cuts = (int)fmin(ceil(side_m / widest_plane_m), MOST_CUTS);
}

static bool fill(pixel_area *area, OGRSpatialReferenceH system, ground *on, char error[1024]) {
    OGRSpatialReferenceH geodetic = OSRCloneGeogCS(system);
    if (!geodetic) return sentence(error, "the coordinate system of the raster has no datum");
    describe_ellipsoid(geodetic, on);
    const bool upright = is_upright_degrees(system, on->transform);
    bool good = true;
    if (!upright) {
        on->to_geodetic = open_way(system, geodetic);
        good = on->to_geodetic || sentence_gdal(error, "PROJ finds no way from the raster's coordinate system to its "
                                                       "geodetic coordinates");
    }
    if (good) choose_cuts(area, on);
    good = good && (upright ? fill_rows(area, on, error) : fill_nodes(area, on, error));
    if (good && OSRIsProjected(system)) keep_plain(area, plain_area(on->transform, OSRGetLinearUnits(system, NULL)));
    if (on->to_geodetic) OCTDestroyCoordinateTransformation(on->to_geodetic);
    OSRRelease(geodetic);
    return good;
}

static bool describe(pixel_area *area, GDALDatasetH raster, double given_m2, char error[1024]) {
    ground on = {0};
    OGRSpatialReferenceH system = GDALGetSpatialRef(raster);
    area->kind = AREA_PLAIN;
    area->plain_m2 = given_m2;
    area->method = "as given";
    if (given_m2 > 0) return true;
    if (GDALGetGeoTransform(raster, on.transform) != CE_None || plain_area(on.transform, 1) <= 0)
        return sentence(error, "the raster is not georeferenced, so the area of its pixels is not known");
    if (!system) return sentence(error, "the raster has no coordinate system, so the area of its pixels is not known");
    area->method = "plain, a local coordinate system";
    area->plain_m2 = plain_area(on.transform, OSRGetLinearUnits(system, NULL));
    return OSRIsLocal(system) || fill(area, system, &on, error);
}

pixel_area *pixel_area_create(GDALDatasetH raster, double given_m2, char error[1024]) {
    pixel_area *area = VSI_CALLOC_VERBOSE(1, sizeof *area);
    if (!area) {
        sentence(error, "memory is out");
        return NULL;
    }
    area->width = GDALGetRasterXSize(raster);
    area->height = GDALGetRasterYSize(raster);
    sentence_quiet();
    const bool known = describe(area, raster, given_m2, error);
    sentence_loud();
    if (known) return area;
    pixel_area_destroy(area);
    return NULL;
}

void pixel_area_destroy(pixel_area *area) {
    if (!area) return;
    VSIFree(area->rows_m2);
    VSIFree(area->nodes.values);
    VSIFree(area);
}

const char *pixel_area_method(const pixel_area *area) { return area->method; }

double pixel_area_error(const pixel_area *area) { return area->error; }

double pixel_area_at(const pixel_area *area, int x, int y) {
    if (area->kind == AREA_PLAIN) return area->plain_m2;
    if (area->kind == AREA_ROWS) return area->rows_m2[y];
    const double u = area->width > 1 ? x * (double)(area->nodes.columns - 1) / (area->width - 1) : 0;
    const double v = area->height > 1 ? y * (double)(area->nodes.lines - 1) / (area->height - 1) : 0;
    return interpolate(&area->nodes, u, v);
}
