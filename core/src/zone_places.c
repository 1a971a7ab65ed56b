/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Zones of few pixels that stand out from what surrounds them (resources/docs/area.md). */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "zone_evidence.h"
#include "zone_solver.h"

/* Surroundings are two pixels wide. Places are squares of 1 to 7 pixels' side; up to 4096 are learned from. */
enum { AROUND = 2, MOST_SIDE = 7, MOST_LEARNED = 4096, LEAST_LEARNED = 30 };

struct zone_places {
    bool known[MOST_SIDE + 1];
    double *factor[MOST_SIDE + 1]; /**< [B,B] of the covariance of differences, by the squares' side */
    double *gram, *cross;          /**< [P,P], [P] scratch */
    double *white;                 /**< [P+1,B] scratch: differences over the errors, the place's last */
    double *zone, *level;          /**< [B] scratch: mean spectra of a place and of what surrounds it */
    double *found;                 /**< [P] scratch */
};

/** Windows of a cube, and which of their pixels are in no zone. */
typedef struct tiles {
    size_t n, width, height;
    const float *pixels;
    const uint8_t *place;
} tiles;

static zone_places *carve(arena *block, size_t n_bands, size_t n_endmembers) {
    zone_places measured = {{false}, {NULL}, NULL, NULL, NULL, NULL, NULL, NULL};
    zone_places *made = arena_take(block, 1, sizeof *made), *to = made ? made : &measured;
    *to = measured;
    for (int side = 1; side <= MOST_SIDE; side++)
        to->factor[side] = arena_take(block, n_bands * n_bands, sizeof(double));
    to->gram = arena_take(block, n_endmembers * n_endmembers, sizeof(double));
    to->cross = arena_take(block, n_endmembers, sizeof(double));
    to->white = arena_take(block, (n_endmembers + 1) * n_bands, sizeof(double));
    to->zone = arena_take(block, n_bands, sizeof(double));
    to->level = arena_take(block, n_bands, sizeof(double));
    to->found = arena_take(block, n_endmembers, sizeof(double));
    return made;
}

/* ---- what places differ by ------------------------------------------------------------------------------ */

/* @return whether the square at x, y is free, and at least half of what surrounds it */
static bool is_learned_from(const tiles *from, size_t tile, size_t x, size_t y, size_t side) {
    const uint8_t *place = from->place + tile * from->width * from->height;
    const size_t right = x + side + AROUND < from->width ? x + side + AROUND : from->width;
    const size_t bottom = y + side + AROUND < from->height ? y + side + AROUND : from->height;
    const size_t all = (side + 2 * AROUND) * (side + 2 * AROUND) - side * side;
    size_t n = 0;
    for (size_t j = y > AROUND ? y - AROUND : 0; j < bottom; j++)
        for (size_t i = x > AROUND ? x - AROUND : 0; i < right; i++) {
            const bool is_free = place[j * from->width + i] == WSNET_PLACE_FREE;
            if (i - x < side && j - y < side) {
                if (!is_free) return false;
            } else {
                n += is_free;
            }
        }
    return 2 * n >= all;
}

/* @param left [B] the square's mean less that of its free surroundings */
static void differ(const wsnet_zone_solver *solver, const tiles *from, size_t tile, size_t x, size_t y, size_t side,
                   float *left) {
    const size_t B = solver->n_bands, first = tile * from->width * from->height;
    double *zone = solver->places->zone, *level = solver->places->level, n = 0;
    memset(zone, 0, B * sizeof *zone);
    memset(level, 0, B * sizeof *level);
    for (size_t j = y > AROUND ? y - AROUND : 0; j < y + side + AROUND && j < from->height; j++)
        for (size_t i = x > AROUND ? x - AROUND : 0; i < x + side + AROUND && i < from->width; i++) {
            const size_t at = first + j * from->width + i;
            const bool inside = i - x < side && j - y < side;
            if (from->place[at] != WSNET_PLACE_FREE) continue;
            for (size_t b = 0; b < B; b++) *(inside ? zone + b : level + b) += (double)from->pixels[at * B + b];
            n += !inside;
        }
    for (size_t b = 0; b < B; b++) left[b] = solver->gain[b] * (float)(zone[b] / (double)(side * side) - level[b] / n);
}

/* Differences of free squares, evenly taken. @param left [MOST_LEARNED,B] @param n_taken  rows filled
 * @return how many squares there are */
static size_t collect(const wsnet_zone_solver *solver, const tiles *from, size_t side, float *left, size_t *n_taken) {
    size_t n = 0, step = 1;
    *n_taken = 0;
    for (int pass = 0; pass < 2; pass++) {
        if (pass == 1) step = (n + MOST_LEARNED - 1) / MOST_LEARNED;
        size_t passed = 0;
        for (size_t tile = 0; tile < from->n; tile++)
            for (size_t y = 0; y + side <= from->height; y++)
                for (size_t x = 0; x + side <= from->width; x++) {
                    if (!is_learned_from(from, tile, x, y, side)) continue;
                    if (pass == 1 && passed % step == 0)
                        differ(solver, from, tile, x, y, side, left + (*n_taken)++ * solver->n_bands);
                    passed++;
                }
        n = passed;
        if (n < LEAST_LEARNED) return n;
    }
    return n;
}

/* Covariances of the squares of every side. Those of wider squares, of which fewer fit beside one another, are drawn
 * towards that of single pixels of the same trace, as if B more squares had it. @param left [MOST_LEARNED,B] scratch */
static bool learn_covariances(wsnet_zone_solver *solver, const tiles *from, float *left) {
    const size_t B = solver->n_bands;
    zone_places *places = solver->places;
    double trace_one = 0;
    for (size_t side = 1; side <= MOST_SIDE; side++) {
        double *factor = places->factor[side], trace = 0;
        size_t n_taken;
        const size_t n = collect(solver, from, side, left, &n_taken);
        if (n < LEAST_LEARNED) return side > 1;
        algebra_moments(solver->context, n_taken, B, left, NULL, factor);
        for (size_t i = 0; i < B * B; i++) factor[i] /= (double)n_taken;
        for (size_t b = 0; b < B; b++) trace += factor[b * B + b];
        if (side == 1) trace_one = trace;
        const double own = fmin((double)n / (double)(side * side), (double)n_taken);
        const double pull = trace_one > 0 ? (double)B * trace / trace_one : 0;
        if (side > 1)
            for (size_t i = 0; i < B * B; i++)
                factor[i] = (own * factor[i] + pull * places->factor[1][i]) / (own + (double)B);
        places->known[side] = true;
    }
    return true;
}

static void factorise(wsnet_zone_solver *solver) {
    const size_t B = solver->n_bands;
    for (size_t side = 1; side <= MOST_SIDE; side++) {
        double *factor = solver->places->factor[side];
        for (size_t b = 0; b < B && solver->places->known[side]; b++)
            factor[b * B + b] += solver->noise / (double)(side * side);
        solver->places->known[side] = solver->places->known[side] && algebra_cholesky(B, factor);
    }
}

wsnet_status wsnet_zone_solver_learn_places(wsnet_zone_solver *solver, size_t n_tiles, size_t width, size_t height,
                                            const float *pixels, const uint8_t *place) {
    if (!solver) return WSNET_E_ARGUMENT;
    wsnet_context *context = solver->context;
    CONTEXT_REQUIRE(context, pixels);
    CONTEXT_REQUIRE(context, place);
    const tiles from = {n_tiles, width, height, pixels, place};
    arena block = {NULL, 0, false};
    carve(&block, solver->n_bands, solver->n_endmembers);
    void *memory = context_allocate(context, block.used, 1);
    float *left = memory ? context_allocate(context, MOST_LEARNED * solver->n_bands, sizeof *left) : NULL;
    if (!left) return context_release(context, memory), WSNET_E_MEMORY;
    block = (arena){memory, 0, false};
    context_release(context, solver->places);
    solver->places = carve(&block, solver->n_bands, solver->n_endmembers);
    if (learn_covariances(solver, &from, left)) factorise(solver);
    context_release(context, left);
    return WSNET_OK;
}

/* ---- a zone --------------------------------------------------------------------------------------------- */

/* @return whether a pixel of the zone is within reach of pixel i */
static bool surrounds(size_t width, size_t height, const uint8_t *place, size_t at) {
    const size_t x = at % width, y = at / width;
    for (size_t j = y > AROUND ? y - AROUND : 0; j <= y + AROUND && j < height; j++)
        for (size_t i = x > AROUND ? x - AROUND : 0; i <= x + AROUND && i < width; i++)
            if (place[j * width + i] == WSNET_PLACE_ZONE) return true;
    return false;
}

static void add(size_t n, const float *values, double *sums) {
    for (size_t i = 0; i < n; i++) sums[i] += (double)values[i];
}

/* Mean spectra of the zone and of what surrounds it, and the mean abundances there.
 * @return pixels of the zone, 0 where another zone is in the surroundings or less than half of these is free */
static size_t average(const wsnet_zone_solver *solver, size_t width, size_t height, const float *pixels,
                      const uint8_t *place, const float *abundances, double *around) {
    const size_t B = solver->n_bands, P = solver->n_endmembers;
    double *zone = solver->places->zone, *level = solver->places->level;
    size_t n = 0, n_around = 0, n_free = 0;
    memset(zone, 0, B * sizeof *zone);
    memset(level, 0, B * sizeof *level);
    memset(around, 0, P * sizeof *around);
    for (size_t i = 0; i < width * height; i++) {
        if (place[i] == WSNET_PLACE_ZONE) {
            if (!wsnet_zone_solver_takes(solver, pixels + i * B)) continue;
            add(B, pixels + i * B, zone);
            n++;
        } else if (surrounds(width, height, place, i)) {
            if (place[i] == WSNET_PLACE_OTHER) return 0;
            n_around++;
            if (place[i] != WSNET_PLACE_FREE || !wsnet_zone_solver_takes(solver, pixels + i * B)) continue;
            add(B, pixels + i * B, level);
            add(P, abundances + i * P, around);
            n_free++;
        }
    }
    if (n == 0 || n_free == 0 || 2 * n_free < n_around) return 0;
    for (size_t b = 0; b < B; b++) zone[b] /= (double)n, level[b] /= (double)n_free;
    for (size_t k = 0; k < P; k++) around[k] /= (double)n_free;
    return n;
}

/* Differences of the endmembers and of the zone from its surroundings, over the errors, and their products.
 * @return the square of the zone's */
static double compare(const wsnet_zone_solver *solver, size_t side) {
    const size_t B = solver->n_bands, P = solver->n_endmembers;
    const zone_places *places = solver->places;
    double *own = places->white + P * B;
    for (size_t b = 0; b < B; b++) {
        const double gain = (double)solver->gain[b], level = gain * places->level[b] + (double)solver->offset[b];
        for (size_t k = 0; k < P; k++) places->white[k * B + b] = (double)solver->pure[k * B + b] - level;
        own[b] = gain * (places->zone[b] - places->level[b]);
    }
    for (size_t k = 0; k <= P; k++) zone_whiten(B, places->factor[side], places->white + k * B);
    for (size_t k = 0; k < P; k++) {
        places->cross[k] = algebra_dot(B, places->white + k * B, own);
        for (size_t l = 0; l < P; l++)
            places->gram[k * P + l] = algebra_dot(B, places->white + k * B, places->white + l * B);
    }
    return algebra_dot(B, own, own);
}

int wsnet_zone_solver_set_off(wsnet_zone_solver *solver, size_t width, size_t height, const float *pixels,
                              const uint8_t *place, const float *abundances, double *shares) {
    const size_t P = solver->n_endmembers;
    double around[WSNET_MAX_ENDMEMBERS], sum = 0;
    if (!solver->places) return 0;
    const size_t n = average(solver, width, height, pixels, place, abundances, around);
    const size_t side = (size_t)(sqrt((double)n) + 0.5);
    if (n < 2 || n > WSNET_MOST_PLACE || !solver->places->known[side]) return 0;
    double *found = solver->places->found, square = compare(solver, side);
    const double none = zone_evidence(P, solver->n_bands, solver->places->gram, solver->places->cross, square, found);
    for (size_t k = 0; k < P; k++) sum += found[k];
    const double most = 1 - none, shrink = sum > most ? most / sum : 1, rest = fmax(most - sum, 0);
    for (size_t k = 0; k < P; k++) shares[k] = none * shares[k] + shrink * found[k] + rest * around[k];
    return 1;
}
