/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "adapt_solve.h"

#include <math.h>
#include <string.h>

#include "algebra.h"

enum { MOST_ITERATIONS = 300 };
static const double TOLERANCE = 1e-9, DEPENDENT = 1e-9;

void adapt_system_lay_out(arena *block, size_t n_bands, size_t n_endmembers, adapt_system *system) {
    const size_t B = n_bands, P = n_endmembers;
    double **const bands[] = {&system->step,   &system->rest,  &system->direction, &system->image,
                              &system->scaled, &system->right, &system->diagonal};
    system->n_bands = B;
    system->n_endmembers = P;
    system->basis = arena_take(block, P * B, sizeof(double));
    system->cross = arena_take(block, P * B, sizeof(double));
    system->outer = arena_take(block, P * P, sizeof(double));
    system->inner = arena_take(block, P * P, sizeof(double));
    system->sum = arena_take(block, P, sizeof(double));
    system->mean = arena_take(block, B, sizeof(double));
    system->curvature = arena_take(block, B, sizeof(double));
    for (size_t i = 0; i < sizeof bands / sizeof *bands; i++) *bands[i] = arena_take(block, 2 * B, sizeof(double));
}

/* Gram and Schmidt, twice, for rounding. */
static void fill_basis(adapt_system *system, const float *moved) {
    const size_t B = system->n_bands;
    for (size_t k = 0; k < system->n_endmembers; k++) {
        double *row = system->basis + k * B;
        for (size_t b = 0; b < B; b++) row[b] = (double)moved[k * B + b];
        const double length = algebra_normalise(B, row);
        for (int again = 0; again < 2 && length > 0; again++)
            for (size_t j = 0; j < k; j++) {
                const double *other = system->basis + j * B, along = algebra_dot(B, row, other);
                for (size_t b = 0; b < B; b++) row[b] -= along * other[b];
            }
        if (sqrt(algebra_dot(B, row, row)) < DEPENDENT)
            memset(row, 0, B * sizeof *row);
        else
            algebra_normalise(B, row);
    }
}

void adapt_system_begin(adapt_system *system, const float *endmembers, const float *moved) {
    const size_t B = system->n_bands, P = system->n_endmembers;
    system->endmembers = endmembers;
    system->total = 0;
    memset(system->outer, 0, P * P * sizeof(double));
    memset(system->sum, 0, P * sizeof(double));
    memset(system->cross, 0, P * B * sizeof(double));
    memset(system->right, 0, 2 * B * sizeof(double));
    fill_basis(system, moved);
}

void adapt_system_add(adapt_system *system, double weight, const float *a, const float *left) {
    const size_t B = system->n_bands, P = system->n_endmembers;
    system->total += weight;
    for (size_t k = 0; k < P; k++) {
        const double share = weight * (double)a[k];
        system->sum[k] += share;
        for (size_t l = 0; l < P; l++) system->outer[k * P + l] += share * (double)a[l];
        for (size_t b = 0; b < B; b++) system->cross[k * B + b] += share * (double)left[b];
    }
    for (size_t b = 0; b < B; b++) system->right[B + b] += weight * (double)left[b];
}

/* stiffness_b x, of gains. */
static double stiffen(const adapt_system *system, size_t b, const double *x) {
    return algebra_dot(system->n_bands, system->stiffness + b * system->n_bands, x);
}

void adapt_system_prior(adapt_system *system, const double *stiffness, double offset, const double *factor,
                        const double *shift) {
    const size_t B = system->n_bands, P = system->n_endmembers;
    const float *E = system->endmembers;
    system->stiffness = stiffness;
    for (size_t b = 0; b < B; b++) {
        double square = 0, cross = 0, mean = 0;
        for (size_t k = 0; k < P; k++) {
            double row = 0;
            for (size_t l = 0; l < P; l++) row += system->outer[k * P + l] * (double)E[l * B + b];
            square += (double)E[k * B + b] * row;
            cross += (double)E[k * B + b] * system->cross[k * B + b];
            mean += (double)E[k * B + b] * system->sum[k];
        }
        system->mean[b] = mean;
        double pulled = 0;
        for (size_t j = 0; j < B; j++) pulled += stiffness[b * B + j] * (factor[j] - 1);
        system->curvature[b] = square;
        system->diagonal[b] = square + stiffness[b * B + b];
        system->diagonal[B + b] = system->total + offset;
        system->right[b] = cross - pulled;
        system->right[B + b] -= offset * shift[b];
    }
}

/* inner[q,l] = sum_b basis_q E_l x: what the projection takes from delta . r, an abundance each. */
static void project(const adapt_system *system, const double *x) {
    const size_t B = system->n_bands, P = system->n_endmembers;
    for (size_t q = 0; q < P; q++)
        for (size_t l = 0; l < P; l++) {
            double sum = 0;
            for (size_t b = 0; b < B; b++)
                sum += system->basis[q * B + b] * (double)system->endmembers[l * B + b] * x[b];
            system->inner[q * P + l] = sum;
        }
}

/* image = matrix x. */
static void multiply(const adapt_system *system, const double *x, double *image) {
    const size_t B = system->n_bands, P = system->n_endmembers;
    project(system, x);
    for (size_t b = 0; b < B; b++) {
        image[b] = system->curvature[b] * x[b] + stiffen(system, b, x) + system->mean[b] * x[B + b];
        image[B + b] = system->mean[b] * x[b] + system->diagonal[B + b] * x[B + b];
    }
    for (size_t q = 0; q < P; q++) {
        const double *basis = system->basis + q * B, *inner = system->inner + q * P;
        const double along = algebra_dot(B, basis, x + B);
        const double level = algebra_dot(P, system->sum, inner) + system->total * along;
        for (size_t k = 0; k < P; k++) {
            const double share = algebra_dot(P, system->outer + k * P, inner) + system->sum[k] * along;
            for (size_t b = 0; b < B; b++) image[b] -= basis[b] * share * (double)system->endmembers[k * B + b];
        }
        for (size_t b = 0; b < B; b++) image[B + b] -= basis[b] * level;
    }
}

const double *adapt_system_solve(adapt_system *system) {
    const size_t n = 2 * system->n_bands;
    memset(system->step, 0, n * sizeof(double));
    memcpy(system->rest, system->right, n * sizeof(double));
    for (size_t i = 0; i < n; i++) system->direction[i] = system->scaled[i] = system->rest[i] / system->diagonal[i];
    double size = algebra_dot(n, system->rest, system->scaled);
    const double enough = TOLERANCE * TOLERANCE * size;
    for (int i = 0; i < MOST_ITERATIONS && size > enough; i++) {
        multiply(system, system->direction, system->image);
        const double curvature = algebra_dot(n, system->direction, system->image);
        if (!(curvature > 0)) break;
        const double along = size / curvature;
        for (size_t j = 0; j < n; j++) {
            system->step[j] += along * system->direction[j];
            system->rest[j] -= along * system->image[j];
            system->scaled[j] = system->rest[j] / system->diagonal[j];
        }
        const double next = algebra_dot(n, system->rest, system->scaled);
        for (size_t j = 0; j < n; j++) system->direction[j] = system->scaled[j] + next / size * system->direction[j];
        size = next;
    }
    return system->step;
}
