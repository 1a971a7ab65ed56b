/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "algebra.h"
#include "endmembers.h"
#include "least_squares.h"

/* Archetypal analysis (Cutler and Breiman 1994) with exact steps: minimise sum_i w_i |x_i - a_i E|^2 with a_i on the
 * simplex and every endmember in the convex hull of the pixels. */

enum {
    SWEEPS = 60,
    HULL_ROUNDS = 30,
    MAX_ATOMS = HULL_POINT_ATOMS,
    BLOCK = 256,
    MAX_DIRECTIONS = WSNET_MAX_ENDMEMBERS + 4
};

typedef struct archetype_scratch {
    float *endmembers;         /**< [P,R] */
    float *block, *abundances; /**< [BLOCK,R], [BLOCK,P] */
    float *slopes;             /**< [N] */
    double *AwA, *AwX;         /**< [P,P], [P,R] */
    size_t *candidates;        /**< [N] */
    void *solver, *corner;     /**< memory of least_squares_place() for the pixels and for a hull projection */
} archetype_scratch;

static archetype_scratch carve(const archetype_view *view, void *memory, size_t *size) {
    const size_t P = view->n_endmembers, R = view->n_directions, N = view->n_pixels;
    arena block = {.base = memory};
    archetype_scratch scratch;
    scratch.endmembers = arena_take(&block, P * R, sizeof(float));
    scratch.block = arena_take(&block, BLOCK * R, sizeof(float));
    scratch.abundances = arena_take(&block, BLOCK * P, sizeof(float));
    scratch.slopes = arena_take(&block, N, sizeof(float));
    scratch.AwA = arena_take(&block, P * P, sizeof(double));
    scratch.AwX = arena_take(&block, P * R, sizeof(double));
    scratch.candidates = arena_take(&block, N, sizeof(size_t));
    scratch.solver = arena_take(&block, least_squares_size(R, P, true), 1);
    scratch.corner = arena_take(&block, least_squares_size(R, MAX_ATOMS, false), 1);
    if (size) *size = block.used;
    return scratch;
}

size_t archetypes_scratch_size(const archetype_view *view) {
    size_t size;
    carve(view, NULL, &size);
    return size;
}

static const float *coordinates_of(const archetype_view *view, size_t pixel) {
    return view->coordinates + pixel * view->n_directions;
}

static double distance2(size_t n, const float *x, const float *y) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += ((double)x[i] - (double)y[i]) * ((double)x[i] - (double)y[i]);
    return sum;
}

/* ---- start ---------------------------------------------------------------------------------------------- */

/* The farthest of some random candidates from the last picks (Mairal et al. 2014), P + 2 times; the last P stay.
 * Weighted, noise at dark pixels does not pass for distance. */
static void furthest_start(const archetype_view *view, bool weighted, random_state *random, archetype_scratch *scratch,
                           size_t *picks) {
    const size_t P = view->n_endmembers, N = view->n_pixels;
    size_t n_usable = 0;
    for (size_t i = 0; i < N; i++)
        if (view->factors[i] > 0) scratch->candidates[n_usable++] = i;
    const size_t n_drawn = n_usable / 5 > 50 ? n_usable / 5 : (n_usable < 50 ? n_usable : 50);
    size_t ring[WSNET_MAX_ENDMEMBERS + 3];
    ring[0] = scratch->candidates[random_index(random, n_usable)];
    for (size_t n = 1; n < P + 3; n++) {
        double farthest = -1;
        for (size_t draw = 0; draw < n_drawn; draw++) {
            const size_t other = draw + random_index(random, n_usable - draw), i = scratch->candidates[other];
            scratch->candidates[other] = scratch->candidates[draw];
            scratch->candidates[draw] = i;
            double nearest = INFINITY;
            for (size_t k = n < P ? 0 : n - P; k < n; k++)
                nearest = fmin(nearest,
                               distance2(view->n_directions, coordinates_of(view, i), coordinates_of(view, ring[k])));
            if (weighted) nearest *= view->weights[i];
            if (nearest > farthest) {
                farthest = nearest;
                ring[n] = i;
            }
        }
    }
    memcpy(picks, ring + 3, P * sizeof *picks);
}

/* ---- abundances ----------------------------------------------------------------------------------------- */

/* @return the pixel's weighted residual */
static double add_pixel(const archetype_view *view, double weight, const float *x, const float *a,
                        archetype_scratch *scratch) {
    const size_t P = view->n_endmembers, R = view->n_directions;
    double rest[MAX_DIRECTIONS];
    for (size_t r = 0; r < R; r++) rest[r] = (double)x[r];
    for (size_t k = 0; k < P; k++) {
        if (a[k] == 0) continue;
        const double wa = weight * (double)a[k];
        for (size_t j = 0; j < P; j++) scratch->AwA[k * P + j] += wa * (double)a[j];
        for (size_t r = 0; r < R; r++) {
            scratch->AwX[k * R + r] += wa * (double)x[r];
            rest[r] -= (double)a[k] * (double)scratch->endmembers[k * R + r];
        }
    }
    return weight * algebra_dot(R, rest, rest);
}

/* Exact simplex least squares of every stride-th pixel; sums up A'wA, A'wX. @return the weighted residual */
static double solve_abundances(const archetype_view *view, size_t stride, archetype_scratch *scratch) {
    const size_t P = view->n_endmembers, R = view->n_directions, N = (view->n_pixels + stride - 1) / stride;
    const least_squares *solver = least_squares_place(scratch->solver, R, P, true, scratch->endmembers);
    memset(scratch->AwA, 0, P * P * sizeof(double));
    memset(scratch->AwX, 0, P * R * sizeof(double));
    double residual = 0;
    for (size_t begin = 0; begin < N; begin += BLOCK) {
        const size_t n_block = N - begin < BLOCK ? N - begin : BLOCK;
        for (size_t i = 0; i < n_block; i++)
            memcpy(scratch->block + i * R, coordinates_of(view, (begin + i) * stride), R * sizeof(float));
        least_squares_solve(solver, WSNET_METHOD_FCLS, n_block, scratch->block, scratch->abundances);
        for (size_t i = 0; i < n_block; i++)
            residual += add_pixel(view, view->weights[(begin + i) * stride], scratch->block + i * R,
                                  scratch->abundances + i * P, scratch);
    }
    return residual;
}

/* ---- projection on the hull ----------------------------------------------------------------------------- */

static void place_point(const archetype_view *view, const hull_point *point, double *x) {
    memset(x, 0, view->n_directions * sizeof *x);
    for (size_t j = 0; j < point->n_atoms; j++)
        for (size_t r = 0; r < view->n_directions; r++)
            x[r] += point->weights[j] * (double)coordinates_of(view, point->atoms[j])[r];
}

/* The pixel farthest down the gradient. */
static size_t steepest(const archetype_view *view, const double *gradient, float *slopes) {
    const size_t N = view->n_pixels;
    memset(slopes, 0, N * sizeof *slopes);
    for (size_t r = 0; r < view->n_directions; r++) {
        const float g = (float)gradient[r], *x = view->transposed + r * N;
        for (size_t i = 0; i < N; i++) slopes[i] += g * x[i];
    }
    size_t best = N;
    for (size_t i = 0; i < N; i++)
        if (view->factors[i] > 0 && (best == N || slopes[i] < slopes[best])) best = i;
    return best;
}

/* Simplex weights of the atoms nearest to the target; atoms without weight go. */
static void correct_weights(const archetype_view *view, archetype_scratch *scratch, const double *target,
                            hull_point *point) {
    const size_t R = view->n_directions;
    float atoms[MAX_ATOMS * MAX_DIRECTIONS], goal[MAX_DIRECTIONS], weights[MAX_ATOMS];
    for (size_t j = 0; j < point->n_atoms; j++)
        memcpy(atoms + j * R, coordinates_of(view, point->atoms[j]), R * sizeof *atoms);
    for (size_t r = 0; r < R; r++) goal[r] = (float)target[r];
    const least_squares *solver = least_squares_place(scratch->corner, R, point->n_atoms, false, atoms);
    least_squares_solve(solver, WSNET_METHOD_FCLS, 1, goal, weights);
    double sum = 0;
    size_t n_kept = 0;
    for (size_t j = 0; j < point->n_atoms; j++) {
        if (!(weights[j] > 1e-7f)) continue;
        point->atoms[n_kept] = point->atoms[j];
        point->weights[n_kept++] = (double)weights[j];
        sum += (double)weights[j];
    }
    point->n_atoms = n_kept;
    for (size_t j = 0; j < n_kept; j++) point->weights[j] /= sum;
}

/* Nearest point of the hull by fully corrective Frank-Wolfe (Frank and Wolfe 1956, Jaggi 2013), from where it was.
 * @param x [R] the point found */
static void project_on_hull(const archetype_view *view, archetype_scratch *scratch, const double *target,
                            hull_point *point, double *x) {
    const size_t R = view->n_directions;
    double gradient[MAX_DIRECTIONS];
    for (int round = 0; round < HULL_ROUNDS; round++) {
        place_point(view, point, x);
        for (size_t r = 0; r < R; r++) gradient[r] = x[r] - target[r];
        const size_t best = steepest(view, gradient, scratch->slopes);
        double gap = 0;
        bool known = false;
        for (size_t r = 0; r < R; r++) gap += gradient[r] * (x[r] - (double)coordinates_of(view, best)[r]);
        for (size_t j = 0; j < point->n_atoms; j++) known = known || point->atoms[j] == best;
        if (gap <= 1e-7 * algebra_dot(R, gradient, gradient) + 1e-12 || known || point->n_atoms == MAX_ATOMS) return;
        point->atoms[point->n_atoms++] = best;
        correct_weights(view, scratch, target, point);
    }
    place_point(view, point, x);
}

/* Each endmember in turn: its least-squares optimum with the others fixed, projected on the hull. */
static void move_endmembers(const archetype_view *view, archetype_scratch *scratch, hull_point *points) {
    const size_t P = view->n_endmembers, R = view->n_directions;
    for (size_t k = 0; k < P; k++) {
        const double *AwA = scratch->AwA + k * P, own = fmax(AwA[k], 1e-9);
        double target[MAX_DIRECTIONS], x[MAX_DIRECTIONS];
        for (size_t r = 0; r < R; r++) {
            double sum = scratch->AwX[k * R + r];
            for (size_t j = 0; j < P; j++) sum -= j == k ? 0 : AwA[j] * (double)scratch->endmembers[j * R + r];
            target[r] = sum / own;
        }
        project_on_hull(view, scratch, target, &points[k], x);
        for (size_t r = 0; r < R; r++) scratch->endmembers[k * R + r] = (float)x[r];
    }
}

void archetypes_start(const archetype_view *view, bool weighted, uint64_t seed, uint64_t start, void *memory,
                      hull_point *points) {
    archetype_scratch scratch = carve(view, memory, NULL);
    random_state random = random_create(seed, start);
    size_t picks[WSNET_MAX_ENDMEMBERS];
    furthest_start(view, weighted, &random, &scratch, picks);
    for (size_t k = 0; k < view->n_endmembers; k++)
        points[k] = (hull_point){.n_atoms = 1, .atoms = {picks[k]}, .weights = {1}};
}

double archetypes_run(const archetype_view *view, const archetype_sweeps *how, void *memory, hull_point *points) {
    archetype_scratch scratch = carve(view, memory, NULL);
    const size_t P = view->n_endmembers, R = view->n_directions;
    for (size_t k = 0; k < P; k++) {
        double x[MAX_DIRECTIONS];
        place_point(view, &points[k], x);
        for (size_t r = 0; r < R; r++) scratch.endmembers[k * R + r] = (float)x[r];
    }
    const double lost = view->lost / (double)how->stride;
    double last = INFINITY, residual = INFINITY;
    for (size_t sweep = 0; sweep < how->most; sweep++) {
        residual = solve_abundances(view, how->stride, &scratch) + lost;
        if (sweep > how->least && last - residual < how->tolerance * residual) break;
        last = residual;
        move_endmembers(view, &scratch, points);
    }
    return residual * (double)how->stride / view->total;
}

void archetypes_spectra(const archetype_view *view, const hull_point *points, float *spectra) {
    const size_t B = view->n_bands;
    for (size_t k = 0; k < view->n_endmembers; k++)
        for (size_t b = 0; b < B; b++) {
            double sum = 0;
            for (size_t j = 0; j < points[k].n_atoms; j++) {
                const size_t i = points[k].atoms[j];
                sum += points[k].weights[j] * view->factors[i] * (double)view->pixels[i * B + b];
            }
            spectra[k * B + b] = (float)sum;
        }
}
