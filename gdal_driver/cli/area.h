/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file area.h  Areas as they are measured and told. */
#ifndef WSNET_CLI_AREA_H
#define WSNET_CLI_AREA_H

#include "../pixel_area.h"
#include "area_sum.h"
#include "cli.h"
#include "zone_scan.h"

typedef struct area_arguments {
    cli_common common;
    const char *scene, *zones, *zone_field, *output;
    double coverage, pixel_m2;
    bool sums, json;
} area_arguments;

/** The columns and lines that a zone reaches, the last ones included. */
typedef struct area_box {
    int left, top, right, bottom;
} area_box;

typedef struct measuring {
    cli *run;
    const area_arguments *wanted;
    scene *described;
    view *opened;
    zones *places;
    pixel_area *pixels;
    size_t n_materials;
    double coverage;
    bool has_intervals;
    area_zone *zones;   /**< [n_zones] */
    area_sum *sums;     /**< [n_zones, n_materials] */
    size_t *band_of[3]; /**< abundance, lower, upper: [n_materials] bands of a scan window's values */
    size_t fit_band;
    wsnet_zone_solver *solver; /**< NULL: areas are the sums alone */
    area_box *boxes;           /**< [n_zones] with a solver */
    double *spectra; /**< [n_zones, B+1] sums of pixel area times spectrum, and of pixel area, with a solver */
} measuring;

/** Makes the solver of the zones' mean spectra, and room for these; none, with a warning, where nothing can be learned
 *  from the cube's pixels. @return false with the failure printed */
bool area_mean_prepare(measuring *on);
/** Adds a pixel's spectrum to its zone's, when it can be a mixture. @param x, y  where it is */
void area_mean_add(measuring *on, size_t zone, int x, int y, double pixel_m2, const float *spectrum);
/** Moves the sums halfway to what the zones' mean spectra say, for zones of two pixels and more. */
void area_mean_combine(measuring *on);
/** Replaces the areas of small zones by what sets them off from their surroundings, as far as anything does.
 *  @return false with the failure printed */
bool area_place_combine(measuring *on);
void area_mean_free(measuring *on);

void area_print_json(const measuring *on);
void area_print_table(const measuring *on);
/** Writes the table or the GeoPackage. @return false with the failure printed */
bool area_write(const measuring *on);

#endif
