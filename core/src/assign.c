/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Assignment of least cost by shortest augmenting paths with dual prices (Kuhn 1955; Jonker and Volgenant 1987). */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "context.h"

enum { MAX_SIDE = 16384 };
/* Sums of prices must stay finite. */
static const double largest_cost = 1e100;

/** One problem. Column 0 is a column of its own where each new row starts; real columns are 1..n. */
typedef struct assignment {
    size_t n_rows, n_columns;
    const double *cost; /**< [rows,columns] */
    double *row_price, *column_price;
    size_t *owner;    /**< [columns+1] row (1-based) of a column, 0: free */
    double *distance; /**< [columns+1] of the cheapest path to a column */
    size_t *previous; /**< [columns+1] column before it on that path */
    bool *reached;    /**< [columns+1] */
} assignment;

static size_t lay_out(assignment *problem, void *base) {
    arena block = {base, 0, false};
    const size_t n = problem->n_columns + 1;
    problem->row_price = arena_take(&block, problem->n_rows + 1, sizeof(double));
    problem->column_price = arena_take(&block, n, sizeof(double));
    problem->owner = arena_take(&block, n, sizeof(size_t));
    problem->distance = arena_take(&block, n, sizeof(double));
    problem->previous = arena_take(&block, n, sizeof(size_t));
    problem->reached = arena_take(&block, n, sizeof(bool));
    return block.overflow ? SIZE_MAX : block.used;
}

/* Lowers distances through the row that owns `from`; returns the nearest column not reached yet. */
static size_t relax(assignment *problem, size_t from, double *step) {
    const size_t row = problem->owner[from];
    const double *cost = problem->cost + (row - 1) * problem->n_columns;
    size_t nearest = 0;
    *step = INFINITY;
    for (size_t j = 1; j <= problem->n_columns; j++) {
        if (problem->reached[j]) continue;
        const double reduced = cost[j - 1] - problem->row_price[row] - problem->column_price[j];
        if (reduced < problem->distance[j]) {
            problem->distance[j] = reduced;
            problem->previous[j] = from;
        }
        if (problem->distance[j] < *step) {
            *step = problem->distance[j];
            nearest = j;
        }
    }
    return nearest;
}

/* Gives a row its column, moving others along the cheapest path to a free one. */
static void place_row(assignment *problem, size_t row) {
    const size_t n = problem->n_columns;
    size_t column = 0;
    problem->owner[0] = row;
    for (size_t j = 0; j <= n; j++) {
        problem->distance[j] = INFINITY;
        problem->reached[j] = false;
    }
    do {
        double step;
        problem->reached[column] = true;
        const size_t next = relax(problem, column, &step);
        for (size_t j = 0; j <= n; j++) {
            if (problem->reached[j]) {
                problem->row_price[problem->owner[j]] += step;
                problem->column_price[j] -= step;
            } else {
                problem->distance[j] -= step;
            }
        }
        column = next;
    } while (problem->owner[column] != 0);
    while (column) {
        const size_t before = problem->previous[column];
        problem->owner[column] = problem->owner[before];
        column = before;
    }
}

wsnet_status wsnet_assign(wsnet_context *context, size_t n_rows, size_t n_columns, const double *cost, size_t *match) {
    CONTEXT_REQUIRE(context, cost);
    CONTEXT_REQUIRE(context, match);
    if (n_rows < 1 || n_rows > n_columns || n_columns > MAX_SIDE)
        return context_fail(context, WSNET_E_SHAPE, "%zu rows cannot be assigned to %zu columns", n_rows, n_columns);
    for (size_t i = 0; i < n_rows * n_columns; i++)
        if (!(fabs(cost[i]) < largest_cost))
            return context_fail(context, WSNET_E_ARGUMENT, "a cost of the assignment is not finite, or too large");
    assignment problem = {n_rows, n_columns, cost, NULL, NULL, NULL, NULL, NULL, NULL};
    void *memory = context_allocate_zero(context, lay_out(&problem, NULL), 1);
    if (!memory) return WSNET_E_MEMORY;
    lay_out(&problem, memory);
    for (size_t row = 1; row <= n_rows; row++) place_row(&problem, row);
    for (size_t j = 1; j <= n_columns; j++)
        if (problem.owner[j]) match[problem.owner[j] - 1] = j - 1;
    context_release(context, memory);
    return WSNET_OK;
}

/* ---- spectra -------------------------------------------------------------------------------------------- */

double wsnet_spectral_angle_rad(size_t n_bands, const float *first, const float *second) {
    double first_norm = 0, second_norm = 0, difference = 0, sum = 0;
    for (size_t b = 0; b < n_bands; b++) {
        first_norm += (double)first[b] * first[b];
        second_norm += (double)second[b] * second[b];
    }
    if (!(first_norm > 0 && second_norm > 0)) return NAN;
    first_norm = sqrt(first_norm);
    second_norm = sqrt(second_norm);
    for (size_t b = 0; b < n_bands; b++) {
        const double x = first[b] / first_norm, y = second[b] / second_norm;
        difference += (x - y) * (x - y);
        sum += (x + y) * (x + y);
    }
    /* Kahan's form: acos() of a cosine near 1 would lose half the digits of a small angle. */
    return 2 * atan2(sqrt(difference), sqrt(sum));
}

wsnet_status wsnet_endmembers_match(wsnet_context *context, size_t n_bands, size_t n_first, const float *first,
                                    size_t n_second, const float *second, size_t *match, double *angle_rad) {
    CONTEXT_REQUIRE(context, first);
    CONTEXT_REQUIRE(context, second);
    CONTEXT_REQUIRE(context, match);
    if (n_first < 1 || n_first > n_second || n_second > MAX_SIDE)
        return context_fail(context, WSNET_E_SHAPE, "%zu spectra cannot be matched with %zu", n_first, n_second);
    double *angles = context_allocate(context, n_first * n_second, sizeof *angles);
    if (!angles) return WSNET_E_MEMORY;
    for (size_t i = 0; i < n_first; i++)
        for (size_t j = 0; j < n_second; j++) {
            const double angle = wsnet_spectral_angle_rad(n_bands, first + i * n_bands, second + j * n_bands);
            /* A spectrum of zeros has no direction: it is matched last. */
            angles[i * n_second + j] = isfinite(angle) ? angle : 4;
        }
    const wsnet_status status = wsnet_assign(context, n_first, n_second, angles, match);
    for (size_t i = 0; !status && angle_rad && i < n_first; i++)
        angle_rad[i] = wsnet_spectral_angle_rad(n_bands, first + i * n_bands, second + match[i] * n_bands);
    context_release(context, angles);
    return status;
}
