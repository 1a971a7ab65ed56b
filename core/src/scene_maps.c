/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Maps of a made-up scene: smooth random fields, one a material, through a softmax. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scene_simulator.h"

enum { N_CANDIDATES = 32 };
/* Fields times sharpness are the logits; fractions below the least one are none at all, as on the ground. */
static const double sharpness = 4, least_fraction = 0.02;
/* At its centre a material leads the others by this much, in standard deviations of a field. */
static const double lead = 2;
static const double rare_share_low = 0.022, rare_share_high = 0.038, rare_power = 1.5;

static size_t count_maps(const wsnet_scene_options *options) { return options->n_endmembers - (options->rare != 0); }

/* Patches of a size that leaves each material some. */
static size_t field_radius(const wsnet_scene_options *options) {
    const double area = (double)options->width * (double)options->height;
    return (size_t)fmax(1, round(sqrt(area / (double)count_maps(options)) / 4));
}

/* Means of 2 radius + 1 values along a line whose ends meet, by a running sum: every place has the same variance. */
static void blur_line(size_t n, size_t stride, size_t radius, float *values, float *line) {
    const size_t reach = radius < (n - 1) / 2 ? radius : (n - 1) / 2;
    double sum = 0;
    for (size_t i = 0; i < n; i++) line[i] = values[i * stride];
    for (size_t i = n - reach; i <= n + reach; i++) sum += (double)line[i % n];
    for (size_t i = 0; i < n; i++) {
        values[i * stride] = (float)(sum / (double)(2 * reach + 1));
        sum += (double)line[(i + reach + 1) % n] - (double)line[(i + n - reach) % n];
    }
}

static void normalise(size_t n, float *field) {
    double mean = 0, variance = 0;
    for (size_t i = 0; i < n; i++) mean += field[i] / (double)n;
    for (size_t i = 0; i < n; i++) variance += (field[i] - mean) * (field[i] - mean) / (double)n;
    const double scale = variance > 0 ? 1 / sqrt(variance) : 0;
    for (size_t i = 0; i < n; i++) field[i] = (float)((field[i] - mean) * scale);
}

void scene_draw_field(const wsnet_scene_options *options, size_t number, size_t detail, float *line, float *field) {
    const size_t W = options->width, H = options->height, coarse = field_radius(options) / detail;
    const size_t radius = coarse ? coarse : 1;
    random_state random = random_create(options->seed, SCENE_STREAM_MAPS + number);
    for (size_t i = 0; i < W * H; i++) field[i] = (float)random_normal(&random);
    for (int pass = 0; pass < 3; pass++) {
        for (size_t y = 0; y < H; y++) blur_line(W, 1, radius, field + y * W, line);
        for (size_t x = 0; x < W; x++) blur_line(H, W, radius, field + x, line);
    }
    normalise(W * H, field);
}

/* ---- ordinary materials --------------------------------------------------------------------------------- */

typedef struct centre {
    double x, y;
} centre;

/* Picks centres far from each other: the farthest of some random candidates (Mitchell 1991). */
static void pick_centres(const wsnet_scene_options *options, size_t n, centre *centres) {
    random_state random = random_create(options->seed, SCENE_STREAM_MAPS);
    for (size_t k = 0; k < n; k++) {
        double farthest = -1;
        for (int candidate = 0; candidate < N_CANDIDATES; candidate++) {
            const centre at = {(double)random_index(&random, options->width),
                               (double)random_index(&random, options->height)};
            double nearest = INFINITY;
            for (size_t j = 0; j < k; j++) nearest = fmin(nearest, hypot(at.x - centres[j].x, at.y - centres[j].y));
            if (nearest <= farthest) continue;
            farthest = nearest;
            centres[k] = at;
        }
    }
}

/* How much material k must gain at a pixel to lead there. */
static double missing_lead(size_t n_maps, size_t k, const float *logits) {
    double highest = -INFINITY;
    for (size_t j = 0; j < n_maps; j++)
        if (j != k) highest = fmax(highest, (double)logits[j]);
    return isfinite(highest) ? fmax(0, highest + lead - logits[k]) : 0;
}

static void raise_centre(const wsnet_scene_options *options, const centre *at, double height, double reach, size_t k,
                         float *abundances) {
    for (size_t y = 0; y < options->height; y++) {
        const double dy = (double)y - at->y;
        if (fabs(dy) > 4 * reach) continue;
        for (size_t x = 0; x < options->width; x++) {
            const double dx = (double)x - at->x;
            if (fabs(dx) > 4 * reach) continue;
            const double gain = height * exp(-0.5 * (dx * dx + dy * dy) / (reach * reach));
            abundances[(y * options->width + x) * options->n_endmembers + k] += (float)gain;
        }
    }
}

/* Fields become fractions: a softmax, small ones cut, the rest back to a sum of one. */
static void to_fractions(size_t n_maps, float *values) {
    double fractions[SCENE_MAX_ENDMEMBERS], highest = -INFINITY, sum = 0, kept = 0;
    for (size_t k = 0; k < n_maps; k++) highest = fmax(highest, (double)values[k]);
    for (size_t k = 0; k < n_maps; k++) sum += fractions[k] = exp(sharpness * (values[k] - highest));
    for (size_t k = 0; k < n_maps; k++) {
        fractions[k] = fractions[k] / sum < least_fraction ? 0 : fractions[k] / sum;
        kept += fractions[k];
    }
    for (size_t k = 0; k < n_maps; k++) values[k] = (float)(fractions[k] / kept);
}

static void draw_ordinary(const wsnet_scene_options *options, const scene_scratch *scratch, float *abundances) {
    const size_t N = options->width * options->height, P = options->n_endmembers, n_maps = count_maps(options);
    centre centres[SCENE_MAX_ENDMEMBERS];
    double heights[SCENE_MAX_ENDMEMBERS];
    for (size_t k = 0; k < n_maps; k++) {
        scene_draw_field(options, 1 + k, 1, scratch->line, scratch->field);
        for (size_t i = 0; i < N; i++) abundances[i * P + k] = scratch->field[i];
    }
    pick_centres(options, n_maps, centres);
    for (size_t k = 0; k < n_maps; k++) {
        const size_t i = (size_t)centres[k].y * options->width + (size_t)centres[k].x;
        heights[k] = missing_lead(n_maps, k, abundances + i * P);
    }
    for (size_t k = 0; k < n_maps; k++)
        raise_centre(options, &centres[k], heights[k], (double)field_radius(options), k, abundances);
    for (size_t i = 0; i < N; i++) to_fractions(n_maps, abundances + i * P);
}

/* ---- the rare material ---------------------------------------------------------------------------------- */

static int compare_ranked(const void *first, const void *second) {
    const ranked *a = first, *b = second;
    if (a->value != b->value) return a->value > b->value ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

/* Where a finer field is highest, from nothing at the rim of a patch up to the largest fraction. */
static void draw_rare(const wsnet_scene_options *options, const scene_scratch *scratch, float *abundances) {
    const size_t N = options->width * options->height, P = options->n_endmembers;
    scene_draw_field(options, P, 2, scratch->line, scratch->field);
    for (size_t i = 0; i < N; i++) {
        scratch->ranked[i] = (ranked){scratch->field[i], (uint32_t)i};
        abundances[i * P + P - 1] = 0;
    }
    qsort(scratch->ranked, N, sizeof *scratch->ranked, compare_ranked);
    random_state random = random_create(options->seed, SCENE_STREAM_MAPS + P + 1);
    const double share = rare_share_low + (rare_share_high - rare_share_low) * random_uniform(&random);
    const size_t n_present = (size_t)fmax(1, round(share * (double)N));
    for (size_t rank = 0; rank < n_present; rank++) {
        const double height = (double)(n_present - rank) / (double)n_present;
        const float fraction = (float)(options->max_fraction * pow(height, rare_power));
        float *a = abundances + scratch->ranked[rank].index * P;
        for (size_t k = 0; k + 1 < P; k++) a[k] *= 1 - fraction;
        a[P - 1] = fraction;
    }
}

void scene_draw_maps(const wsnet_scene_options *options, const scene_scratch *scratch, float *abundances) {
    draw_ordinary(options, scratch, abundances);
    if (options->rare) draw_rare(options, scratch, abundances);
}
