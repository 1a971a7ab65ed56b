/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reflectance spectra made of a continuum, edges and absorption features (after Clark and Roush 1984):
 *   r(w) = [base + slope t + sum of edges h / (1 + exp(-(w - e) / s))] prod of features (1 - d exp(-((w - c) / s)^2 / 2))
 * with t from 0 to 1 over 400 to 2450 nm. A negative depth is a peak. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "scene_simulator.h"

/** Position and width in nm, height or depth in per cent; a width of 0 ends a list. */
typedef struct shape {
    short position, width, percent;
} shape;

enum { MAX_EDGES = 2, MAX_FEATURES = 6 };

typedef struct material {
    const char *name;
    short base, slope; /**< per cent */
    shape edges[MAX_EDGES], features[MAX_FEATURES];
} material;

static const material materials[SCENE_MAX_ENDMEMBERS] = {
    {"vegetation",
     4,
     0,
     {{718, 14, 46}, {1320, 60, -14}},
     {{550, 30, -90}, {970, 35, 8}, {1190, 45, 14}, {1450, 70, 60}, {1940, 90, 75}}},
    {"clay", 25, 25, {{480, 50, 18}}, {{1410, 22, 30}, {1910, 45, 40}, {2205, 35, 50}}},
    {"iron oxide", 4, 8, {{580, 20, 30}}, {{660, 30, 10}, {860, 80, 50}, {2350, 250, 15}}},
    {"carbonate", 42, 42, {{0}}, {{420, 80, 20}, {1870, 35, 15}, {1990, 45, 20}, {2335, 55, 65}}},
    {"dry grass", 8, 25, {{650, 120, 30}}, {{1460, 80, 40}, {1930, 100, 60}, {2100, 60, 35}, {2300, 60, 35}}},
    {"concrete", 20, -2, {{520, 70, 12}}, {{1415, 25, 6}, {1925, 60, 12}, {2335, 45, 12}}},
    {"bare soil", 5, 42, {{600, 110, 10}}, {{1415, 30, 12}, {1915, 60, 28}, {2205, 35, 18}}},
    {"gypsum", 85, -40, {{0}}, {{1445, 45, 50}, {1535, 30, 25}, {1750, 35, 32}, {1945, 60, 75}, {2215, 50, 45}}},
    {"snow", 95, -20, {{1400, 60, -60}}, {{1030, 50, 30}, {1260, 55, 45}, {1500, 90, 90}, {2010, 100, 93}}},
    {"blue plastic",
     12,
     5,
     {{520, 18, -9}, {760, 25, 45}},
     {{455, 35, -120}, {1215, 25, 15}, {1410, 30, 15}, {1730, 40, 50}, {2310, 60, 65}}},
    {"green paint", 6, -4, {{700, 40, 26}, {1250, 150, -18}}, {{530, 35, -160}}},
    {"metal", 60, -32, {{0}}, {{850, 90, 25}}},
    {"asphalt", 5, 20, {{0}}, {{1730, 60, 12}, {2310, 60, 20}}},
    {"malachite", 10, 0, {{1350, 150, 40}}, {{520, 50, -150}, {800, 170, 75}, {2270, 45, 40}, {2350, 35, 45}}},
    {"sulfur", 6, -8, {{490, 14, 78}}, {{0}}},
    {"alunite", 45, 15, {{0}}, {{1430, 35, 45}, {1480, 35, 50}, {1765, 30, 35}, {2170, 60, 65}, {2320, 40, 45}}},
    {"olivine", 18, 25, {{480, 40, 22}}, {{1050, 200, 72}}},
    {"pyroxene", 18, 30, {{0}}, {{915, 80, 62}, {1900, 240, 65}}},
    {"wet sand", 15, 2, {{560, 60, 16}}, {{1180, 60, 22}, {1450, 100, 65}, {1930, 120, 85}, {2450, 200, 50}}},
    {"red fabric", 4, -15, {{615, 14, 50}}, {{1410, 40, 20}, {1660, 40, 35}, {2130, 60, 45}, {2270, 60, 45}}},
};

enum { N_TRIES = 64 };
static const double least_angle_rad = 6 * 0.017453292519943295; /* one more than what is promised */
static const double jitter = 0.12;                              /* standard deviation of every parameter, relative */
static const double dark_norm = 0.1, least_reflectance = 0.01, most_reflectance = 0.98;

static double jittered(random_state *random, double value) { return value * exp(jitter * random_normal(random)); }

static void draw_material(const material *kind, random_state *random, size_t n_bands, const double *wavelength_nm,
                          float *spectrum) {
    double position[MAX_EDGES + MAX_FEATURES], width[MAX_EDGES + MAX_FEATURES], amount[MAX_EDGES + MAX_FEATURES];
    const double base = jittered(random, kind->base), slope = jittered(random, kind->slope);
    for (size_t i = 0; i < MAX_EDGES + MAX_FEATURES; i++) {
        const shape *drawn = i < MAX_EDGES ? &kind->edges[i] : &kind->features[i - MAX_EDGES];
        position[i] = drawn->position + 0.3 * drawn->width * random_normal(random);
        width[i] = jittered(random, drawn->width);
        amount[i] = drawn->width ? jittered(random, drawn->percent) : 0;
        if (i >= MAX_EDGES) amount[i] = fmin(amount[i], 95);
    }
    for (size_t b = 0; b < n_bands; b++) {
        const double w = wavelength_nm[b], t = (w - 400) / 2050;
        double r = base + slope * t;
        for (size_t i = 0; i < MAX_EDGES; i++)
            if (amount[i] != 0) r += amount[i] / (1 + exp(-(w - position[i]) / width[i]));
        for (size_t i = MAX_EDGES; i < MAX_EDGES + MAX_FEATURES; i++) {
            const double z = amount[i] != 0 ? (w - position[i]) / width[i] : 0;
            r *= 1 - amount[i] / 100 * exp(-0.5 * z * z);
        }
        spectrum[b] = (float)fmin(fmax(r / 100, least_reflectance), most_reflectance);
    }
}

/* Water: what comes back falls off towards the red and is next to nothing in the infrared. */
static void draw_water(random_state *random, size_t n_bands, const double *wavelength_nm, float *spectrum) {
    const double fall = jittered(random, 130), peak = jittered(random, 520), floor_level = jittered(random, 0.06);
    for (size_t b = 0; b < n_bands; b++) {
        const double z = (wavelength_nm[b] - peak) / fall;
        spectrum[b] = (float)(floor_level + exp(-0.5 * z * z));
    }
}

static double nearest_angle(size_t n_bands, const float *endmembers, size_t n_before, const float *spectrum) {
    double nearest = INFINITY;
    for (size_t k = 0; k < n_before; k++)
        nearest = fmin(nearest, wsnet_spectral_angle_rad(n_bands, endmembers + k * n_bands, spectrum));
    return nearest;
}

/* Draws spectrum `index` until it is far enough from those before it; where that never happens, as with a handful of
 * bands, the farthest of the tries stands: drawing it again from its own stream gives it back. */
static void draw_distinct(const wsnet_scene_options *options, const material *kind, size_t index,
                          const double *wavelength_nm, float *endmembers) {
    const size_t B = options->n_bands;
    float *spectrum = endmembers + index * B;
    double best = -1;
    uint64_t best_try = 0;
    for (uint64_t i = 0; i <= N_TRIES; i++) {
        const uint64_t drawn = i < N_TRIES ? i : best_try;
        random_state random = random_create(options->seed, SCENE_STREAM_SPECTRA + 1 + index * N_TRIES + drawn);
        if (kind)
            draw_material(kind, &random, B, wavelength_nm, spectrum);
        else
            draw_water(&random, B, wavelength_nm, spectrum);
        const double angle = nearest_angle(B, endmembers, index, spectrum);
        if (angle > least_angle_rad) return;
        if (angle > best) {
            best = angle;
            best_try = i;
        }
    }
}

static double norm_of(size_t n, const float *spectrum) {
    double sum = 0;
    for (size_t b = 0; b < n; b++) sum += (double)spectrum[b] * spectrum[b];
    return sqrt(sum);
}

/* Scales spectrum `dark` to a tenth of the mean norm of the others. */
static void scale_dark(size_t n_endmembers, size_t n_bands, size_t dark, float *endmembers) {
    double mean = 0;
    for (size_t k = 0; k < n_endmembers; k++)
        if (k != dark) mean += norm_of(n_bands, endmembers + k * n_bands) / (double)(n_endmembers - 1);
    float *spectrum = endmembers + dark * n_bands;
    const double factor = dark_norm * mean / norm_of(n_bands, spectrum);
    for (size_t b = 0; b < n_bands; b++) spectrum[b] = (float)(factor * spectrum[b]);
}

void scene_draw_spectra(const wsnet_scene_options *options, const double *wavelength_nm, float *endmembers,
                        char (*names)[WSNET_MAX_NAME]) {
    const size_t P = options->n_endmembers, rare = options->rare ? P - 1 : P;
    const size_t dark = options->dark ? P - 1 - (options->rare != 0) : P;
    size_t kinds[SCENE_MAX_ENDMEMBERS];
    random_state random = random_create(options->seed, SCENE_STREAM_SPECTRA);
    for (size_t i = 0; i < SCENE_MAX_ENDMEMBERS; i++) kinds[i] = i;
    for (size_t i = SCENE_MAX_ENDMEMBERS - 1; i > 0; i--) {
        const size_t j = random_index(&random, i + 1), kept = kinds[i];
        kinds[i] = kinds[j];
        kinds[j] = kept;
    }
    for (size_t k = 0; k < P; k++) {
        const material *kind = k == dark ? NULL : &materials[kinds[k]];
        draw_distinct(options, kind, k, wavelength_nm, endmembers);
        memset(names[k], 0, WSNET_MAX_NAME);
        snprintf(names[k], WSNET_MAX_NAME, "%s%s", k == rare ? "rare " : "", kind ? kind->name : "dark water");
    }
    if (dark < P) scale_dark(P, options->n_bands, dark, endmembers);
}
