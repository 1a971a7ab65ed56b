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

/* ---- by normal equations --------------------------------------------------------------------------------- */

/* Two sums side by side, so that additions need not wait for each other. */
static double dot(size_t n, const double *x, const double *y) {
    double even = 0, odd = 0;
    size_t i = 0;
    for (; i + 2 <= n; i += 2) {
        even += x[i] * y[i];
        odd += x[i + 1] * y[i + 1];
    }
    if (i < n) even += x[i] * y[i];
    return even + odd;
}

static double *column_of(active_set_factor *factor, size_t j) { return factor->columns + j * ACTIVE_SET_MAX; }

/* One more row of L, and one more element of L \ h and L \ 1. @return false where that would lose more than half of the
 * digits */
static bool append(const active_set *set, size_t k, const double *h, active_set_factor *factor) {
    const size_t n = factor->n;
    const double *gram = set->gram + k * set->pad;
    double row[ACTIVE_SET_MAX];
    for (size_t j = 0; j < n; j++) row[j] = gram[factor->member[j]];
    /* Column by column: the elements behind need not wait for each other. */
    for (size_t j = 0; j < n; j++) {
        double *column = column_of(factor, j);
        const double value = row[j] *= factor->inverse[j];
        column[n] = value;
        for (size_t i = j + 1; i < n; i++) row[i] -= value * column[i];
    }
    const double rest = gram[k] - dot(n, row, row);
    if (!(rest > 1e-8 * gram[k])) return false;
    factor->inverse[n] = 1 / sqrt(rest);
    factor->h[n] = (h[k] - dot(n, row, factor->h)) * factor->inverse[n];
    factor->one[n] = (1 - dot(n, row, factor->one)) * factor->inverse[n];
    factor->member[n] = k;
    factor->n = n + 1;
    return true;
}

/* Turns two numbers into c a + s b, which is returned, and c b - s a, in place of b. */
static double rotate(double c, double s, double a, double *b) {
    const double turned = c * a + s * *b;
    *b = c * *b - s * a;
    return turned;
}

/* Leaves out the member at place p. Those behind it lose a column of L, which is turned into the others (Gill, Golub,
 * Murray and Saunders 1974); L \ h and L \ 1 are turned as if they were rows of L. */
static void drop(active_set_factor *factor, size_t p) {
    const size_t last = --factor->n;
    double lost[ACTIVE_SET_MAX], h = factor->h[p], one = factor->one[p];
    for (size_t i = p; i < last; i++) lost[i] = column_of(factor, p)[i + 1];
    for (size_t j = 0; j < p; j++) {
        double *column = column_of(factor, j);
        for (size_t i = p; i < last; i++) column[i] = column[i + 1];
    }
    for (size_t j = p; j < last; j++) {
        const double *from = column_of(factor, j + 1) + 1;
        double *into = column_of(factor, j);
        const double ratio = lost[j] * factor->inverse[j + 1], c = 1 / sqrt(1 + ratio * ratio), s = ratio * c;
        for (size_t i = j + 1; i < last; i++) into[i] = rotate(c, s, from[i], &lost[i]);
        factor->h[j] = rotate(c, s, factor->h[j + 1], &h);
        factor->one[j] = rotate(c, s, factor->one[j + 1], &one);
        factor->inverse[j] = factor->inverse[j + 1] * c;
        factor->member[j] = factor->member[j + 1];
    }
}

/* Whoever leaves does so from behind, whoever enters follows. */
static bool become(const active_set *set, uint64_t subset, const double *h, active_set_factor *factor) {
    size_t next[ACTIVE_SET_MAX];
    for (size_t i = factor->n; i-- > 0;) {
        const uint64_t bit = (uint64_t)1 << factor->member[i];
        if (!(subset & bit)) drop(factor, i);
        subset &= ~bit;
    }
    const size_t n_next = list_members(set->n, subset, next);
    for (size_t i = 0; i < n_next; i++)
        if (!append(set, next[i], h, factor)) return false;
    return true;
}

/* a = L' \ (L \ h + shift L \ 1), the shift such that the sum is one: 1'a = (L \ 1)'(L \ h + shift L \ 1). */
static void solve(const active_set *set, bool sum_to_one, active_set_factor *factor, double *a) {
    const size_t n = factor->n;
    double x[ACTIVE_SET_MAX], shift = 0;
    if (sum_to_one && n > 0) shift = (1 - dot(n, factor->one, factor->h)) / dot(n, factor->one, factor->one);
    for (size_t k = 0; k < set->pad; k++) a[k] = 0;
    for (size_t i = n; i-- > 0;) {
        const double below = dot(n - i - 1, column_of(factor, i) + i + 1, x + i + 1);
        a[factor->member[i]] = x[i] = (factor->h[i] + shift * factor->one[i] - below) * factor->inverse[i];
    }
}

void active_set_on_subset(const active_set *set, uint64_t subset, bool sum_to_one, const double *z, const double *h,
                          active_set_factor *factor, double *a) {
    double target[ACTIVE_SET_MAX], x[ACTIVE_SET_MAX];
    if (become(set, subset, h, factor))
        solve(set, sum_to_one, factor, a);
    else
        orthogonally(set, subset, sum_to_one, 1, z, target, x, a);
}
