/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "least_squares.h"

#include <math.h>
#include <string.h>

#include "active_set.h"

enum { SEGMENT = 256, CHUNK = 1024 };

/* Relative length of the rows appended to E': equal or dependent endmembers then share instead of dividing by zero.
 * At a condition number of 1e6 this shifts an abundance by 1e-6. */
static const double ridge = 1e-9;

struct least_squares {
    size_t n_bands, n_endmembers;
    const network_kernels *kernels;
    double *q; /**< [P,B] orthonormal columns of E' = Q R (the rows of the ridge are not kept) */
    active_set set;
};

/* ---- preparing ------------------------------------------------------------------------------------------ */

static double dot(size_t n, const double *x, const double *y) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

/* Columns [P,rows] of E' with the ridge below. */
static void stack_ridge(size_t n_bands, size_t n_endmembers, const float *endmembers, double *columns) {
    const size_t rows = n_bands + n_endmembers;
    double largest = 0;
    for (size_t k = 0; k < n_endmembers; k++) {
        double *column = columns + k * rows;
        memset(column, 0, rows * sizeof *column);
        for (size_t b = 0; b < n_bands; b++) column[b] = (double)endmembers[k * n_bands + b];
        largest = fmax(largest, dot(n_bands, column, column));
    }
    if (largest == 0) largest = 1;
    for (size_t k = 0; k < n_endmembers; k++) {
        double *column = columns + k * rows;
        const double norm2 = dot(n_bands, column, column);
        column[n_bands + k] = ridge * sqrt(norm2 > 0 ? norm2 : largest);
    }
}

/* Modified Gram-Schmidt, every column twice (Daniel et al. 1976): columns become Q, R goes to the set. */
static void orthogonalise(size_t rows, double *columns, active_set *set) {
    memset(set->columns, 0, set->n * set->pad * sizeof *set->columns);
    memset(set->rows, 0, set->n * set->pad * sizeof *set->rows);
    for (size_t k = 0; k < set->n; k++) {
        double *column = columns + k * rows;
        for (int pass = 0; pass < 2; pass++)
            for (size_t i = 0; i < k; i++) {
                const double *unit = columns + i * rows;
                const double along = dot(rows, unit, column);
                for (size_t b = 0; b < rows; b++) column[b] -= along * unit[b];
                set->columns[k * set->pad + i] += along;
            }
        const double length = sqrt(dot(rows, column, column));
        set->columns[k * set->pad + k] = length;
        for (size_t b = 0; b < rows; b++) column[b] /= length;
    }
    for (size_t k = 0; k < set->n; k++)
        for (size_t i = 0; i < set->n; i++) set->rows[i * set->pad + k] = set->columns[k * set->pad + i];
}

static least_squares *carve(arena *block, size_t n_bands, size_t n_endmembers, bool many, double **columns) {
    least_squares measured, *made = arena_take(block, 1, sizeof *made), *to = made ? made : &measured;
    *to = (least_squares){.n_bands = n_bands, .n_endmembers = n_endmembers, .kernels = network_kernels_best()};
    to->q = arena_take(block, n_bands * n_endmembers, sizeof(double));
    active_set_carve(block, n_endmembers, many, &to->set);
    *columns = arena_take(block, (n_bands + n_endmembers) * n_endmembers, sizeof **columns);
    return made;
}

size_t least_squares_size(size_t n_bands, size_t n_endmembers, bool many) {
    arena block = {0};
    double *columns;
    carve(&block, n_bands, n_endmembers, many, &columns);
    return block.used;
}

least_squares *least_squares_place(void *memory, size_t n_bands, size_t n_endmembers, bool many,
                                   const float *endmembers) {
    arena block = {.base = memory};
    double *columns;
    least_squares *made = carve(&block, n_bands, n_endmembers, many, &columns);
    const size_t rows = n_bands + n_endmembers;
    stack_ridge(n_bands, n_endmembers, endmembers, columns);
    orthogonalise(rows, columns, &made->set);
    for (size_t k = 0; k < n_endmembers; k++)
        memcpy(made->q + k * n_bands, columns + k * rows, n_bands * sizeof *columns);
    active_set_prepare(&made->set);
    return made;
}

wsnet_status least_squares_check_sizes(wsnet_context *context, size_t n_bands, size_t n_endmembers) {
    if (n_bands < 1 || n_bands > WSNET_MAX_BANDS)
        return context_fail(context, WSNET_E_SHAPE, "%zu bands: 1 to %d are possible", n_bands, WSNET_MAX_BANDS);
    if (n_endmembers < 1 || n_endmembers > WSNET_MAX_ENDMEMBERS)
        return context_fail(context, WSNET_E_SHAPE, "%zu endmembers: 1 to %d are possible", n_endmembers,
                            WSNET_MAX_ENDMEMBERS);
    if (n_endmembers > n_bands)
        return context_fail(context, WSNET_E_SHAPE, "%zu endmembers cannot be told apart with %zu bands", n_endmembers,
                            n_bands);
    return WSNET_OK;
}

static wsnet_status check(wsnet_context *context, size_t n_bands, size_t n_endmembers, const float *endmembers) {
    CONTEXT_REQUIRE(context, endmembers);
    const wsnet_status status = least_squares_check_sizes(context, n_bands, n_endmembers);
    for (size_t i = 0; i < n_endmembers * n_bands && status == WSNET_OK; i++)
        if (!isfinite(endmembers[i]))
            return context_fail(context, WSNET_E_NUMERIC, "endmember %zu has a value that is not finite in band %zu",
                                i / n_bands + 1, i % n_bands + 1);
    return status;
}

wsnet_status least_squares_create(wsnet_context *context, size_t n_bands, size_t n_endmembers, const float *endmembers,
                                  least_squares **prepared) {
    const wsnet_status status = check(context, n_bands, n_endmembers, endmembers);
    if (status != WSNET_OK) return status;
    void *memory = context_allocate(context, least_squares_size(n_bands, n_endmembers, true), 1);
    if (!memory) return WSNET_E_MEMORY;
    *prepared = least_squares_place(memory, n_bands, n_endmembers, true, endmembers);
    return WSNET_OK;
}

void least_squares_destroy(wsnet_context *context, least_squares *prepared) { context_release(context, prepared); }

/* ---- solving -------------------------------------------------------------------------------------------- */

/* A pixel with a value that is not finite has a z that is not finite. @return whether it was */
static bool make_finite(size_t n, double *z) {
    bool finite = true;
    for (size_t k = 0; k < n; k++) finite = finite && isfinite(z[k]);
    for (size_t k = 0; k < n && !finite; k++) z[k] = 0;
    return finite;
}

/* The LANES pixels of which sums [P,LANES] holds Q'y. @param a [LANES,pad]  @param finite [LANES] */
static void solve_sums(const least_squares *prepared, wsnet_method method, const double *sums, double *a,
                       bool *finite) {
    const size_t n = prepared->n_endmembers, pad = prepared->set.pad;
    double z[LANES * ACTIVE_SET_MAX];
    for (size_t i = 0; i < LANES; i++) {
        for (size_t k = 0; k < pad; k++) z[i * pad + k] = k < n ? sums[k * LANES + i] : 0;
        finite[i] = make_finite(n, z + i * pad);
    }
    if (method == WSNET_METHOD_UCLS)
        active_set_unconstrained(&prepared->set, LANES, z, a);
    else
        active_set_solve(&prepared->set, method == WSNET_METHOD_FCLS, LANES, z, a);
}

void least_squares_solve_block(const least_squares *prepared, wsnet_method method, const real *x, real *abundances) {
    const size_t n = prepared->n_endmembers, pad = prepared->set.pad;
    _Alignas(64) double sums[ACTIVE_SET_MAX * LANES];
    double a[LANES * ACTIVE_SET_MAX];
    bool finite[LANES];
    memset(sums, 0, n * LANES * sizeof *sums);
    prepared->kernels->project(prepared->n_bands, n, prepared->q, prepared->n_bands, x, sums);
    solve_sums(prepared, method, sums, a, finite);
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < LANES; i++) abundances[k * LANES + i] = finite[i] ? (real)a[i * pad + k] : NAN;
}

/* sums = Q'y of LANES rows, a segment of bands at a time. */
static void project_rows(const least_squares *prepared, const float *const *rows, double *sums) {
    const size_t n_bands = prepared->n_bands, n = prepared->n_endmembers;
    _Alignas(64) real x[SEGMENT * LANES];
    memset(sums, 0, n * LANES * sizeof *sums);
    for (size_t begin = 0; begin < n_bands; begin += SEGMENT) {
        const size_t left = n_bands - begin, n_segment = left < SEGMENT ? left : SEGMENT;
        const float *at[LANES];
        for (size_t i = 0; i < LANES; i++) at[i] = rows[i] + begin;
        prepared->kernels->turn(n_segment, at, x);
        prepared->kernels->project(n_segment, n, prepared->q + begin, n_bands, x, sums);
    }
}

void least_squares_solve(const least_squares *prepared, wsnet_method method, size_t n_pixels, const float *pixels,
                         float *abundances) {
    const size_t n_bands = prepared->n_bands, n = prepared->n_endmembers, pad = prepared->set.pad;
    _Alignas(64) double sums[ACTIVE_SET_MAX * LANES];
    double a[LANES * ACTIVE_SET_MAX];
    for (size_t begin = 0; begin < n_pixels; begin += LANES) {
        const size_t left = n_pixels - begin, n_block = left < LANES ? left : LANES;
        const float *rows[LANES];
        bool finite[LANES];
        /* A short block repeats its first pixel: the same instructions for every pixel. */
        for (size_t i = 0; i < LANES; i++) rows[i] = pixels + (begin + (i < n_block ? i : 0)) * n_bands;
        project_rows(prepared, rows, sums);
        solve_sums(prepared, method, sums, a, finite);
        for (size_t i = 0; i < n_block; i++)
            for (size_t k = 0; k < n; k++) abundances[(begin + i) * n + k] = finite[i] ? (float)a[i * pad + k] : NAN;
    }
}

void least_squares_classical_block(const least_squares *prepared, wsnet_mixing mixing, const real *x,
                                   real *abundances) {
    const size_t n = prepared->n_endmembers;
    const bool scaled = mixing == WSNET_MIXING_SCALED;
    least_squares_solve_block(prepared, scaled ? WSNET_METHOD_NNLS : WSNET_METHOD_FCLS, x, abundances);
    if (scaled) least_squares_share_block(n, abundances);
}

void least_squares_share_block(size_t n, real *abundances) {
    real sum[LANES] = {0};
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < LANES; i++) sum[i] += abundances[k * LANES + i];
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < LANES; i++)
            abundances[k * LANES + i] = sum[i] == 0 ? 1 / (real)n : abundances[k * LANES + i] / sum[i];
}

void least_squares_classical(const least_squares *prepared, wsnet_mixing mixing, size_t n_pixels, const float *pixels,
                             float *abundances, float *sums) {
    const size_t n = prepared->n_endmembers;
    const bool scaled = mixing == WSNET_MIXING_SCALED;
    least_squares_solve(prepared, scaled ? WSNET_METHOD_NNLS : WSNET_METHOD_FCLS, n_pixels, pixels, abundances);
    for (size_t i = 0; i < n_pixels; i++) {
        float *a = abundances + i * n, sum = 0;
        for (size_t k = 0; k < n; k++) sum += a[k];
        for (size_t k = 0; k < n && scaled; k++) a[k] = sum == 0 ? 1 / (float)n : a[k] / sum;
        if (sums) sums[i] = scaled || isnan(sum) ? sum : 1;
    }
}

void least_squares_pinv(const least_squares *prepared, float *pinv) {
    const size_t n = prepared->n_endmembers;
    double z[ACTIVE_SET_MAX] = {0}, a[ACTIVE_SET_MAX];
    for (size_t b = 0; b < prepared->n_bands; b++) {
        for (size_t k = 0; k < n; k++) z[k] = prepared->q[k * prepared->n_bands + b];
        active_set_unconstrained(&prepared->set, 1, z, a);
        for (size_t k = 0; k < n; k++) pinv[b * n + k] = (float)a[k];
    }
}

/* The sum-to-one solution is an affine map of z; with unit noise, z has unit covariance. */
void least_squares_sum_to_one_variance(const least_squares *prepared, double *diagonal) {
    active_set_sum_to_one_variance(&prepared->set, diagonal);
}

/* ---- public --------------------------------------------------------------------------------------------- */

typedef struct solve_work {
    const least_squares *prepared;
    wsnet_method method;
    size_t n_pixels;
    const float *pixels;
    float *abundances;
} solve_work;

static void solve_chunk(void *argument, size_t chunk, size_t worker) {
    (void)worker;
    const solve_work *work = argument;
    const size_t begin = chunk * CHUNK, rest = work->n_pixels - begin;
    least_squares_solve(work->prepared, work->method, rest < CHUNK ? rest : CHUNK,
                        work->pixels + begin * work->prepared->n_bands,
                        work->abundances + begin * work->prepared->n_endmembers);
}

wsnet_status wsnet_least_squares(wsnet_context *context, wsnet_method method, size_t n_pixels, size_t n_bands,
                                 size_t n_endmembers, const float *endmembers, const float *pixels, float *abundances) {
    if (!context) return WSNET_E_ARGUMENT;
    if (method != WSNET_METHOD_UCLS && method != WSNET_METHOD_NNLS && method != WSNET_METHOD_FCLS)
        return context_fail(context, WSNET_E_ARGUMENT, "the method must be ucls, nnls or fcls");
    if (n_pixels > 0) {
        CONTEXT_REQUIRE(context, pixels);
        CONTEXT_REQUIRE(context, abundances);
    }
    least_squares *prepared;
    const wsnet_status status = least_squares_create(context, n_bands, n_endmembers, endmembers, &prepared);
    if (status != WSNET_OK) return status;
    solve_work work = {prepared, method, n_pixels, pixels, abundances};
    parallel_for(context, (n_pixels + CHUNK - 1) / CHUNK, solve_chunk, &work);
    least_squares_destroy(context, prepared);
    return WSNET_OK;
}
