/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>
#include <string.h>

#include "active_set.h"

/* Least squares by Householder reflections for several targets; columns [n,rows] and targets [n_targets,rows] are
 * overwritten, rows >= n. @param x [n_targets,n] */
static void householder(size_t rows, size_t n, size_t n_targets, double *columns, double *targets, double *x) {
    double diagonal[ACTIVE_SET_MAX];
    for (size_t j = 0; j < n; j++) {
        double *v = columns + j * rows, length = 0;
        for (size_t i = j; i < rows; i++) length += v[i] * v[i];
        diagonal[j] = v[j] > 0 ? -sqrt(length) : sqrt(length);
        v[j] -= diagonal[j];
        const double half = -diagonal[j] * v[j];
        if (!(half > 0)) continue;
        for (size_t k = j + 1; k < n + n_targets; k++) {
            double *other = k < n ? columns + k * rows : targets + (k - n) * rows, product = 0;
            for (size_t i = j; i < rows; i++) product += v[i] * other[i];
            for (size_t i = j; i < rows; i++) other[i] -= product / half * v[i];
        }
    }
    for (size_t t = 0; t < n_targets; t++)
        for (size_t j = n; j-- > 0;) {
            double sum = targets[t * rows + j];
            for (size_t k = j + 1; k < n; k++) sum -= columns[k * rows + j] * x[t * n + k];
            x[t * n + j] = diagonal[j] == 0 ? 0 : sum / diagonal[j];
        }
}

static size_t list_members(size_t n, uint64_t subset, size_t *member) {
    size_t n_members = 0;
    for (size_t k = 0; k < n; k++)
        if (subset >> k & 1) member[n_members++] = k;
    return n_members;
}

/* With the sum fixed to one the last member is one minus the others: |(z - r_last) - sum a_k (r_k - r_last)|.
 * @param z,a [n_targets,pad]  @param targets,x scratch [n_targets,n] */
static void orthogonally(const active_set *set, uint64_t subset, bool sum_to_one, size_t n_targets, const double *z,
                         double *targets, double *x, double *a) {
    const size_t n = set->n, pad = set->pad;
    size_t member[ACTIVE_SET_MAX];
    const size_t n_members = list_members(n, subset, member);
    memset(a, 0, n_targets * pad * sizeof *a);
    if (n_members == 0) return;
    double columns[ACTIVE_SET_MAX * ACTIVE_SET_MAX];
    const size_t n_free = sum_to_one ? n_members - 1 : n_members;
    const double *last = sum_to_one ? set->columns + member[n_free] * pad : NULL;
    for (size_t t = 0; t < n_targets; t++)
        for (size_t i = 0; i < n; i++) targets[t * n + i] = z[t * pad + i] - (last ? last[i] : 0);
    for (size_t k = 0; k < n_free; k++)
        for (size_t i = 0; i < n; i++) columns[k * n + i] = set->columns[member[k] * pad + i] - (last ? last[i] : 0);
    householder(n, n_free, n_targets, columns, targets, x);
    for (size_t t = 0; t < n_targets; t++) {
        double sum = 0;
        for (size_t k = 0; k < n_free; k++) sum += a[t * pad + member[k]] = x[t * n_free + k];
        if (sum_to_one) a[t * pad + member[n_free]] = 1 - sum;
    }
}

/* The solution on a subset is linear (affine with sum to one) in z: probe it with unit vectors, as long as the
 * endmembers so that the constant does not swamp them. map [n+1,pad] */
void active_set_map(const active_set *set, uint64_t subset, bool sum_to_one, double *map) {
    enum { MAX = ACTIVE_SET_MAX + 1 };
    const size_t n = set->n, pad = set->pad;
    const double length = set->largest_norm, *constant = map + n * pad;
    double z[MAX * ACTIVE_SET_MAX] = {0}, targets[MAX * ACTIVE_SET_MAX], x[MAX * ACTIVE_SET_MAX];
    for (size_t i = 0; i < n; i++) z[i * pad + i] = length;
    orthogonally(set, subset, sum_to_one, n + 1, z, targets, x, map);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < pad; k++) map[i * pad + k] = (map[i * pad + k] - constant[k]) / length;
}

/* By the Cholesky factor of the subset's part of R'R, in which it costs least. @return false where that would lose more
 * than half of the digits @param h [pad] R'z  @param a [pad] */
static bool by_normal_equations(const active_set *set, uint64_t subset, bool sum_to_one, const double *h, double *a) {
    size_t member[ACTIVE_SET_MAX];
    double factor[ACTIVE_SET_MAX * ACTIVE_SET_MAX], x[ACTIVE_SET_MAX], v[ACTIVE_SET_MAX], inverse[ACTIVE_SET_MAX];
    const size_t n = list_members(set->n, subset, member);
    for (size_t i = 0; i < n; i++) {
        const double *gram = set->gram + member[i] * set->pad;
        double *row = factor + i * n, sum = h[member[i]], one = 1;
        for (size_t j = 0; j <= i; j++) {
            double rest = gram[member[j]];
            const double *other = factor + j * n;
            for (size_t k = 0; k < j; k++) rest -= row[k] * other[k];
            if (j < i) {
                row[j] = rest * inverse[j];
                sum -= row[j] * x[j];
                one -= row[j] * v[j];
            } else if (rest > 1e-8 * gram[member[i]]) {
                inverse[i] = 1 / sqrt(rest);
            } else {
                return false;
            }
        }
        x[i] = sum * inverse[i];
        v[i] = one * inverse[i];
    }
    double total = 0, total_v = 0;
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) {
            x[i] -= factor[k * n + i] * x[k];
            v[i] -= factor[k * n + i] * v[k];
        }
        total += x[i] *= inverse[i];
        total_v += v[i] *= inverse[i];
    }
    const double shift = sum_to_one && n > 0 ? (1 - total) / total_v : 0;
    for (size_t k = 0; k < set->pad; k++) a[k] = 0;
    for (size_t i = 0; i < n; i++) a[member[i]] = x[i] + shift * v[i];
    return true;
}

void active_set_on_subset(const active_set *set, uint64_t subset, bool sum_to_one, const double *z, const double *h,
                          double *a) {
    double target[ACTIVE_SET_MAX], x[ACTIVE_SET_MAX];
    if (!by_normal_equations(set, subset, sum_to_one, h, a)) orthogonally(set, subset, sum_to_one, 1, z, target, x, a);
}
