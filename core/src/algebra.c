/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "algebra.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum { ROWS = 16, GROUP = 8, ITERATIONS = 60, GUARD = 6 };

/* LAPACK by its Fortran name, which every LAPACK library has; the last arguments are the lengths of the letters. */
void dsyevd_(const char *job, const char *triangle, const int *n, double *matrix, const int *stride, double *values,
             double *work, const int *n_work, int *integers, const int *n_integers, int *info, size_t, size_t);

double algebra_dot(size_t n, const double *x, const double *y) {
    double sum[4] = {0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        for (size_t j = 0; j < 4; j++) sum[j] += x[i + j] * y[i + j];
    for (; i < n; i++) sum[0] += x[i] * y[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

double algebra_normalise(size_t n, double *x) {
    const double length = sqrt(algebra_dot(n, x, x));
    for (size_t i = 0; i < n && length > 0; i++) x[i] /= length;
    return length;
}

/* Quickselect (Hoare 1961). */
double algebra_select(size_t n, double *values, size_t k) {
    size_t low = 0, high = n - 1;
    while (low < high) {
        const double pivot = values[(low + high) / 2];
        size_t i = low, j = high;
        for (;;) {
            while (values[i] < pivot) i++;
            while (values[j] > pivot) j--;
            if (i >= j) break;
            const double swap = values[i];
            values[i++] = values[j];
            values[j--] = swap;
        }
        if (values[j] > pivot) j--;
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
    return values[k];
}

static int by_value(const void *first, const void *second) {
    const float a = *(const float *)first, b = *(const float *)second;
    return (a > b) - (a < b);
}

void algebra_sort(size_t n, float *values) { qsort(values, n, sizeof *values, by_value); }

/* ---- moments -------------------------------------------------------------------------------------------- */

typedef struct moments_work {
    size_t n_pixels, n_bands;
    const float *pixels;
    const double *factors;
    double *moments;
} moments_work;

/* Rows row.. of the upper triangle gain the products of up to GROUP pixels. */
static void add_group(const moments_work *work, size_t row, size_t n_rows, size_t first, size_t n_group) {
    const size_t n_bands = work->n_bands;
    for (size_t i = row; i < row + n_rows; i++) {
        double *to = work->moments + i * n_bands, left[GROUP] = {0};
        const float *y[GROUP];
        for (size_t p = 0; p < GROUP; p++) {
            const size_t pixel = first + (p < n_group ? p : 0);
            y[p] = work->pixels + pixel * n_bands;
            if (p < n_group) left[p] = (work->factors ? work->factors[pixel] : 1) * (double)y[p][i];
        }
        for (size_t j = i; j < n_bands; j++) {
            double sum = 0;
            for (size_t p = 0; p < GROUP; p++) sum += left[p] * (double)y[p][j];
            to[j] += sum;
        }
    }
}

static void moments_chunk(void *argument, size_t chunk, size_t worker) {
    (void)worker;
    const moments_work *work = argument;
    const size_t row = chunk * ROWS, rest = work->n_bands - row, n_rows = rest < ROWS ? rest : ROWS;
    memset(work->moments + row * work->n_bands, 0, n_rows * work->n_bands * sizeof(double));
    for (size_t first = 0; first < work->n_pixels; first += GROUP) {
        const size_t left = work->n_pixels - first;
        add_group(work, row, n_rows, first, left < GROUP ? left : GROUP);
    }
}

void algebra_moments(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                     const double *factors, double *moments) {
    moments_work work = {n_pixels, n_bands, pixels, factors, moments};
    parallel_for(context, (n_bands + ROWS - 1) / ROWS, moments_chunk, &work);
    for (size_t i = 0; i < n_bands; i++)
        for (size_t j = 0; j < i; j++) moments[i * n_bands + j] = moments[j * n_bands + i];
}

void algebra_mean(size_t n_pixels, size_t n_bands, const float *pixels, const double *weights, double *mean) {
    double total = 0;
    memset(mean, 0, n_bands * sizeof *mean);
    for (size_t i = 0; i < n_pixels; i++) {
        const double weight = weights ? weights[i] : 1;
        total += weight;
        for (size_t b = 0; b < n_bands; b++) mean[b] += weight * (double)pixels[i * n_bands + b];
    }
    for (size_t b = 0; b < n_bands && total > 0; b++) mean[b] /= total;
}

/* ---- eigenvectors --------------------------------------------------------------------------------------- */

/* Cyclic Jacobi (Golub and Van Loan, section 8.5). matrix [n,n] becomes diagonal, vectors [n,n] its eigenvectors by
 * rows. */
static void jacobi(size_t n, double *matrix, double *vectors) {
    for (size_t i = 0; i < n * n; i++) vectors[i] = i % (n + 1) == 0;
    for (int sweep = 0; sweep < 30; sweep++) {
        double off = 0, total = 0;
        for (size_t i = 0; i < n * n; i++) {
            total += matrix[i] * matrix[i];
            off += i % (n + 1) == 0 ? 0 : matrix[i] * matrix[i];
        }
        if (off <= 1e-30 * total) return;
        for (size_t p = 0; p < n; p++)
            for (size_t q = p + 1; q < n; q++) {
                const double a = matrix[p * n + q];
                if (a == 0) continue;
                const double theta = (matrix[q * n + q] - matrix[p * n + p]) / (2 * a);
                const double t = (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
                const double c = 1 / sqrt(t * t + 1), s = t * c;
                for (size_t k = 0; k < n; k++) {
                    const double x = matrix[k * n + p], y = matrix[k * n + q];
                    matrix[k * n + p] = c * x - s * y;
                    matrix[k * n + q] = s * x + c * y;
                }
                for (size_t k = 0; k < n; k++) {
                    const double x = matrix[p * n + k], y = matrix[q * n + k];
                    matrix[p * n + k] = c * x - s * y;
                    matrix[q * n + k] = s * x + c * y;
                    const double u = vectors[p * n + k], v = vectors[q * n + k];
                    vectors[p * n + k] = c * u - s * v;
                    vectors[q * n + k] = s * u + c * v;
                }
            }
    }
}

static void orthonormalise(size_t n, size_t n_vectors, double *vectors) {
    for (size_t k = 0; k < n_vectors; k++)
        for (int pass = 0; pass < 2; pass++) {
            double *v = vectors + k * n;
            for (size_t i = 0; i < k; i++) {
                const double along = algebra_dot(n, vectors + i * n, v);
                for (size_t j = 0; j < n; j++) v[j] -= along * vectors[i * n + j];
            }
            algebra_normalise(n, v);
        }
}

typedef struct product_work {
    size_t n, n_vectors;
    const double *matrix, *vectors;
    double *product;
} product_work;

/* product [n_vectors,n] = vectors times the matrix, some columns of it */
static void product_chunk(void *argument, size_t chunk, size_t worker) {
    (void)worker;
    const product_work *work = argument;
    for (size_t i = chunk * ROWS; i < work->n && i < (chunk + 1) * ROWS; i++)
        for (size_t k = 0; k < work->n_vectors; k++)
            work->product[k * work->n + i] =
                algebra_dot(work->n, work->matrix + i * work->n, work->vectors + k * work->n);
}

/* Rotates the block [m,n] to its Ritz vectors, largest value first. @param product [m,n]  @param small [2,m,m] */
static void rayleigh_ritz(size_t n, size_t m, const double *block, const double *product, double *small,
                          size_t n_vectors, double *vectors, double *values) {
    double *rotation = small + m * m;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < m; j++) small[i * m + j] = algebra_dot(n, block + i * n, product + j * n);
    jacobi(m, small, rotation);
    for (size_t k = 0; k < n_vectors; k++) {
        size_t best = 0;
        for (size_t i = 1; i < m; i++)
            if (small[i * m + i] > small[best * m + best]) best = i;
        if (values) values[k] = small[best * m + best];
        small[best * m + best] = -INFINITY;
        memset(vectors + k * n, 0, n * sizeof *vectors);
        for (size_t i = 0; i < m; i++)
            for (size_t j = 0; j < n; j++) vectors[k * n + j] += rotation[best * m + i] * block[i * n + j];
    }
}

wsnet_status algebra_leading(wsnet_context *context, size_t n, const double *matrix, size_t n_vectors, double *vectors,
                             double *values) {
    const size_t m = n_vectors + GUARD < n ? n_vectors + GUARD : n;
    double *block = context_allocate(context, 2 * m * n + 2 * m * m, sizeof *block);
    if (!block) return WSNET_E_MEMORY;
    double *product = block + m * n, *small = product + m * n;
    random_state random = random_create(1, n);
    for (size_t i = 0; i < m * n; i++) block[i] = random_normal(&random);
    product_work work = {n, m, matrix, block, product};
    for (int iteration = 0; iteration <= ITERATIONS; iteration++) {
        orthonormalise(n, m, block);
        parallel_for(context, (n + ROWS - 1) / ROWS, product_chunk, &work);
        if (iteration < ITERATIONS) memcpy(block, product, m * n * sizeof *block);
    }
    rayleigh_ritz(n, m, block, product, small, n_vectors, vectors, values);
    context_release(context, block);
    return WSNET_OK;
}

wsnet_status algebra_eigen(wsnet_context *context, size_t n, double *matrix, double *values) {
    const int size = (int)n, n_integers = 3 + 5 * size, n_work = 1 + 6 * size + 2 * size * size;
    int info = 0;
    double *work = context_allocate(context, (size_t)n_work, sizeof *work);
    int *integers = work ? context_allocate(context, (size_t)n_integers, sizeof *integers) : NULL;
    if (integers) dsyevd_("V", "U", &size, matrix, &size, values, work, &n_work, integers, &n_integers, &info, 1, 1);
    context_release(context, integers);
    context_release(context, work);
    if (!integers) return WSNET_E_MEMORY;
    if (info == 0) return WSNET_OK;
    return context_fail(context, WSNET_E_NUMERIC, "the eigenvalues of a %zu by %zu matrix did not converge", n, n);
}

bool algebra_cholesky(size_t n, double *lower) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            const double rest = lower[i * n + j] - algebra_dot(j, lower + i * n, lower + j * n);
            if (i == j && !(rest > 0)) return false;
            lower[i * n + j] = i == j ? sqrt(rest) : rest / lower[j * n + j];
        }
    return true;
}

/* row [n] += factor * other [n] */
static void add_row(size_t n, double factor, const double *other, double *row) {
    for (size_t j = 0; j < n; j++) row[j] += factor * other[j];
}

wsnet_status algebra_invert(wsnet_context *context, size_t n, double *matrix) {
    if (!algebra_cholesky(n, matrix))
        return context_fail(context, WSNET_E_NUMERIC, "a %zu by %zu matrix cannot be inverted", n, n);
    double *inverse = context_allocate_zero(context, n * n, sizeof *inverse);
    if (!inverse) return WSNET_E_MEMORY;
    /* The factor's inverse M by rows, then M'M. */
    for (size_t i = 0; i < n; i++) {
        double *row = inverse + i * n;
        for (size_t k = 0; k < i; k++) add_row(k + 1, -matrix[i * n + k], inverse + k * n, row);
        row[i] = 1;
        for (size_t j = 0; j <= i; j++) row[j] /= matrix[i * n + i];
    }
    memset(matrix, 0, n * n * sizeof *matrix);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++) add_row(k + 1, inverse[i * n + k], inverse + i * n, matrix + k * n);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < j; i++) matrix[i * n + j] = matrix[j * n + i];
    context_release(context, inverse);
    return WSNET_OK;
}
