/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file area_sum.h  Areas of materials as sums over pixels, with intervals for the sums (resources/docs/area.md). */
#ifndef WSNET_CLI_AREA_SUM_H
#define WSNET_CLI_AREA_SUM_H

#include <stddef.h>

/** What the pixels of one zone add up to; all zero to begin with. */
typedef struct area_zone {
    size_t n_pixels;          /**< with an abundance */
    double area_m2, empty_m2; /**< of these, and of the zone's other pixels */
    double fits;              /**< sum of the pixels' fit */
} area_zone;

/** What they add up to for one material; all zero to begin with. */
typedef struct area_sum {
    double area_m2;
    double below_m2, above_m2;   /**< half-widths added up: errors that all pixels share */
    double below2_m4, above2_m4; /**< their squares added up: errors of each pixel alone */
} area_sum;

typedef struct area_interval {
    double lower_m2, upper_m2;
} area_interval;

/** Adds a pixel. @param lower,upper  of its abundance; NaN: no interval */
void area_sum_add(area_sum *sum, double pixel_m2, double abundance, double lower, double upper);
/** @param coverage  of the interval for the sum  @param pixel_coverage  of the pixels' own intervals */
area_interval area_sum_interval(const area_zone *zone, const area_sum *sum, double coverage, double pixel_coverage);
/** @return the correlation between the errors of two pixels of the zone */
double area_zone_correlation(const area_zone *zone);
/** @return the factor, 1 or more, by which half-widths grow where spectra are explained worse than in calibration */
double area_zone_widening(const area_zone *zone);

#endif
