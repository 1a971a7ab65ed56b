/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "area_sum.h"

#include <math.h>

/* Chosen on simulated scenes, and tested on others: resources/docs/area.md. */
static const double far_correlation = 0.25, fall = 0.15, widening_slope = 2;
/* The mean of a survival function among the pixels that it was made of. */
static const double calibrated_fit = 0.5;

/* Pixels of a small zone are alike and err alike; those of a large one still share what is wrong with the spectra. */
double area_zone_correlation(const area_zone *zone) {
    if (zone->n_pixels == 0) return 1;
    return far_correlation + (1 - far_correlation) * pow((double)zone->n_pixels, -fall);
}

double area_zone_widening(const area_zone *zone) {
    if (zone->n_pixels == 0) return 1;
    const double missing = calibrated_fit - zone->fits / (double)zone->n_pixels;
    return missing > 0 ? 1 + widening_slope * missing : 1;
}

void area_sum_add(area_sum *sum, double pixel_m2, double abundance, double lower, double upper) {
    double below = pixel_m2 * (abundance - lower), above = pixel_m2 * (upper - abundance);
    /* A bound at 0 or 1 was clipped: for a sum, the side that was not tells how large the pixel's error can be. */
    const double wider = below > above ? below : above;
    if (lower <= 0) below = wider;
    if (upper >= 1) above = wider;
    sum->area_m2 += pixel_m2 * abundance;
    sum->below_m2 += below;
    sum->above_m2 += above;
    sum->below2_m4 += below * below;
    sum->above2_m4 += above * above;
}

/* @return z with a share of the standard normal distribution within [-z, z] */
static double normal_span(double share) {
    double low = 0, high = 10;
    while (high - low > 1e-12) {
        const double middle = (low + high) / 2;
        if (erf(middle / sqrt(2)) < share)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Var(sum) with the same correlation r between any two pixels: r (sum of sd)^2 + (1 - r) sum of sd^2. */
static double half_width(double r, double sum, double sum_of_squares) {
    return sqrt(r * sum * sum + (1 - r) * sum_of_squares);
}

area_interval area_sum_interval(const area_zone *zone, const area_sum *sum, double coverage, double pixel_coverage) {
    const double r = area_zone_correlation(zone);
    const double span = area_zone_widening(zone) * normal_span(coverage) / normal_span(pixel_coverage);
    const double lower = sum->area_m2 - span * half_width(r, sum->below_m2, sum->below2_m4);
    const double upper = sum->area_m2 + span * half_width(r, sum->above_m2, sum->above2_m4);
    /* NaN stays: fmax() would hide that there is no interval. */
    return (area_interval){lower < 0 ? 0 : lower, upper > zone->area_m2 ? zone->area_m2 : upper};
}
