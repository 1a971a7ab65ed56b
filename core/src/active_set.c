/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "active_set.h"

#include <math.h>
#include <string.h>

#define HOT static inline __attribute__((always_inline))

void active_set_carve(arena *block, size_t n, bool many, active_set *set) {
    const size_t pad = (n + ACTIVE_SET_LANE - 1) / ACTIVE_SET_LANE * ACTIVE_SET_LANE;
    *set = (active_set){.n = n, .pad = pad};
    set->rows = arena_take(block, n * pad, sizeof(double));
    set->columns = arena_take(block, n * pad, sizeof(double));
    set->norms = arena_take(block, pad, sizeof(double));
    set->unconstrained = arena_take(block, (n + 1) * pad, sizeof(double));
    if (!many || n > ACTIVE_SET_TABULATED) return;
    const size_t n_values = ((size_t)1 << n) * (n + 1) * pad;
    for (int i = 0; i < 2; i++) set->table[i] = arena_take(block, n_values, sizeof(double));
}

/* ---- one subset ----------------------------------------------------------------------------------------- */

/* Least squares by Householder reflections; columns [n,rows] and target [rows] are overwritten, rows >= n. */
static void householder(size_t rows, size_t n, double *columns, double *target, double *x) {
    double diagonal[ACTIVE_SET_MAX];
    for (size_t j = 0; j < n; j++) {
        double *v = columns + j * rows, length = 0;
        for (size_t i = j; i < rows; i++) length += v[i] * v[i];
        diagonal[j] = v[j] > 0 ? -sqrt(length) : sqrt(length);
        v[j] -= diagonal[j];
        const double half = -diagonal[j] * v[j];
        if (!(half > 0)) continue;
        for (size_t k = j + 1; k <= n; k++) {
            double *other = k < n ? columns + k * rows : target, product = 0;
            for (size_t i = j; i < rows; i++) product += v[i] * other[i];
            for (size_t i = j; i < rows; i++) other[i] -= product / half * v[i];
        }
    }
    for (size_t j = n; j-- > 0;) {
        double sum = target[j];
        for (size_t k = j + 1; k < n; k++) sum -= columns[k * rows + j] * x[k];
        x[j] = diagonal[j] == 0 ? 0 : sum / diagonal[j];
    }
}

/* With the sum fixed to one the last member is one minus the others: |(z - r_last) - sum a_k (r_k - r_last)|. */
void active_set_on_subset(const active_set *set, uint64_t subset, bool sum_to_one, const double *z, double *a) {
    const size_t n = set->n, pad = set->pad;
    size_t member[ACTIVE_SET_MAX], n_members = 0;
    for (size_t k = 0; k < n; k++)
        if (subset >> k & 1) member[n_members++] = k;
    for (size_t k = 0; k < pad; k++) a[k] = 0;
    if (n_members == 0) return;
    double columns[ACTIVE_SET_MAX * ACTIVE_SET_MAX], target[ACTIVE_SET_MAX], x[ACTIVE_SET_MAX];
    const size_t n_free = sum_to_one ? n_members - 1 : n_members;
    const double *last = sum_to_one ? set->columns + member[n_free] * pad : NULL;
    for (size_t i = 0; i < n; i++) target[i] = last ? z[i] - last[i] : z[i];
    for (size_t k = 0; k < n_free; k++)
        for (size_t i = 0; i < n; i++) columns[k * n + i] = set->columns[member[k] * pad + i] - (last ? last[i] : 0);
    householder(n, n_free, columns, target, x);
    double sum = 0;
    for (size_t k = 0; k < n_free; k++) sum += a[member[k]] = x[k];
    if (sum_to_one) a[member[n_free]] = 1 - sum;
}

/* The solution on a subset is linear (affine with sum to one) in z: probe it with unit vectors. map [n+1,pad] */
static void subset_map(const active_set *set, uint64_t subset, bool sum_to_one, double *map) {
    const size_t n = set->n, pad = set->pad;
    double z[ACTIVE_SET_MAX] = {0}, *constant = map + n * pad;
    active_set_on_subset(set, subset, sum_to_one, z, constant);
    for (size_t i = 0; i < n; i++) {
        /* A probe as long as the endmembers keeps the constant from swamping it. */
        const double length = set->largest_norm;
        z[i] = length;
        active_set_on_subset(set, subset, sum_to_one, z, map + i * pad);
        z[i] = 0;
        for (size_t k = 0; k < pad; k++) map[i * pad + k] = (map[i * pad + k] - constant[k]) / length;
    }
}

static uint64_t subset_of_all(const active_set *set) { return set->n < 64 ? ((uint64_t)1 << set->n) - 1 : UINT64_MAX; }

void active_set_prepare(active_set *set) {
    const size_t n = set->n, pad = set->pad;
    set->largest_norm = 0;
    for (size_t k = 0; k < pad; k++) {
        double sum = 0;
        for (size_t i = 0; i < n && k < n; i++) sum += set->columns[k * pad + i] * set->columns[k * pad + i];
        set->norms[k] = sqrt(sum);
        set->largest_norm = fmax(set->largest_norm, set->norms[k]);
    }
    const uint64_t full = subset_of_all(set);
    subset_map(set, full, false, set->unconstrained);
    for (int i = 0; i < 2; i++)
        for (uint64_t subset = 0; set->table[i] && subset <= full; subset++)
            subset_map(set, subset, i == 1, set->table[i] + subset * (n + 1) * pad);
}

void active_set_sum_to_one_variance(const active_set *set, double *diagonal) {
    double map[(ACTIVE_SET_MAX + 1) * ACTIVE_SET_MAX];
    subset_map(set, subset_of_all(set), true, map);
    for (size_t k = 0; k < set->n; k++) {
        diagonal[k] = 0;
        for (size_t i = 0; i < set->n; i++) diagonal[k] += map[i * set->pad + k] * map[i * set->pad + k];
    }
}

/* ---- one pixel ------------------------------------------------------------------------------------------ */

/* a = map z + constant; pad is a literal where speed counts. */
HOT void apply_map(const double *map, size_t n, size_t pad, const double *z, double *a) {
    double sum[ACTIVE_SET_MAX];
    for (size_t k = 0; k < pad; k++) sum[k] = map[n * pad + k];
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < pad; k++) sum[k] += map[i * pad + k] * z[i];
    for (size_t k = 0; k < pad; k++) a[k] = sum[k];
}

HOT void on_subset(const active_set *set, size_t pad, uint64_t subset, bool sum_to_one, const double *z, double *a) {
    const double *table = set->table[sum_to_one];
    if (table)
        apply_map(table + subset * (set->n + 1) * pad, set->n, pad, z, a);
    else
        active_set_on_subset(set, subset, sum_to_one, z, a);
}

/* Negative gradient R'(z - R a) of half the squared residual. */
HOT void negative_gradient(const active_set *set, size_t pad, const double *z, const double *a, double *gradient) {
    double residual[ACTIVE_SET_MAX], sum[ACTIVE_SET_MAX];
    for (size_t i = 0; i < pad; i++) residual[i] = z[i];
    for (size_t k = 0; k < set->n; k++)
        for (size_t i = 0; i < pad; i++) residual[i] -= set->columns[k * pad + i] * a[k];
    for (size_t k = 0; k < pad; k++) sum[k] = 0;
    for (size_t i = 0; i < set->n; i++)
        for (size_t k = 0; k < pad; k++) sum[k] += set->rows[i * pad + k] * residual[i];
    for (size_t k = 0; k < pad; k++) gradient[k] = sum[k];
}

HOT double length_of(size_t n, const double *z) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += z[i] * z[i];
    return sqrt(sum);
}

/* By how much each endmember outside the subset wants in (Karush-Kuhn-Tucker), less what rounding explains.
 * Members share the multiplier of the sum. @param gain [pad] positive: the residual falls with it */
HOT void gains(const active_set *set, size_t pad, uint64_t subset, bool sum_to_one, const double *z, const double *a,
               double *gain) {
    const size_t n = set->n;
    negative_gradient(set, pad, z, a, gain);
    double multiplier = 0;
    if (sum_to_one) {
        for (size_t k = 0; k < n; k++)
            if (subset >> k & 1) multiplier += gain[k];
        multiplier /= (double)__builtin_popcountll(subset);
    }
    const double rounding = 1e-14 * (double)n * (length_of(n, z) + (sum_to_one ? set->largest_norm : 0));
    const double shared = sum_to_one ? set->largest_norm : 0;
    for (size_t k = 0; k < n; k++) gain[k] -= multiplier + rounding * (set->norms[k] + shared);
}

/* Lawson and Hanson (1974), from the empty set or the best single endmember: slow but every step lowers the residual,
 * so it ends. Takes over where exchanging blocks would cycle. */
static void one_by_one(const active_set *set, bool sum_to_one, const double *z, double *a) {
    const size_t n = set->n, pad = set->pad;
    double gain[ACTIVE_SET_MAX], trial[ACTIVE_SET_MAX];
    uint64_t subset = 0, refused = 0;
    for (size_t k = 0; k < pad; k++) a[k] = 0;
    if (sum_to_one) {
        size_t best = 0;
        negative_gradient(set, pad, z, a, gain);
        for (size_t k = 1; k < n; k++)
            if (gain[k] - set->norms[k] * set->norms[k] / 2 > gain[best] - set->norms[best] * set->norms[best] / 2)
                best = k;
        a[best] = 1;
        subset = (uint64_t)1 << best;
    }
    for (size_t round = 0; round < 30 * n; round++) {
        gains(set, pad, subset, sum_to_one, z, a, gain);
        size_t entering = n;
        for (size_t k = 0; k < n; k++)
            if (!((subset | refused) >> k & 1) && gain[k] > 0 && (entering == n || gain[k] > gain[entering]))
                entering = k;
        if (entering == n) return;
        subset |= (uint64_t)1 << entering;
        for (bool first = true;; first = false) {
            active_set_on_subset(set, subset, sum_to_one, z, trial);
            /* Rounding alone let it in. */
            if (first && trial[entering] <= 0) {
                subset &= ~((uint64_t)1 << entering);
                refused |= (uint64_t)1 << entering;
                break;
            }
            double step = 1;
            size_t leaving = n;
            for (size_t k = 0; k < n; k++)
                if ((subset >> k & 1) && trial[k] < 0 && a[k] / (a[k] - trial[k]) <= step) {
                    step = a[k] / (a[k] - trial[k]);
                    leaving = k;
                }
            for (size_t k = 0; k < n; k++) a[k] = fmax(a[k] + step * (trial[k] - a[k]), 0);
            if (leaving == n) {
                refused = 0;
                break;
            }
            a[leaving] = 0;
            subset &= ~((uint64_t)1 << leaving);
        }
    }
}

/* Block principal pivoting (Portugal, Judice and Vicente 1994; Kim and Park 2011): exchange every endmember on the
 * wrong side at once, from the set of all. */
HOT void solve_pixel(const active_set *set, size_t pad, bool sum_to_one, const double *z, double *a) {
    const size_t n = set->n;
    double gain[ACTIVE_SET_MAX];
    uint64_t subset = subset_of_all(set);
    size_t fewest = n + 1;
    for (int patience = 3; patience > 0;) {
        on_subset(set, pad, subset, sum_to_one, z, a);
        gains(set, pad, subset, sum_to_one, z, a, gain);
        uint64_t wrong = 0;
        for (size_t k = 0; k < n; k++) wrong |= (uint64_t)((subset >> k & 1) ? a[k] < 0 : gain[k] > 0) << k;
        if (!wrong) return;
        const size_t n_wrong = (size_t)__builtin_popcountll(wrong);
        patience = n_wrong < fewest ? 3 : patience - 1;
        if (n_wrong < fewest) fewest = n_wrong;
        subset ^= wrong;
        if (sum_to_one && subset == 0) break;
    }
    one_by_one(set, sum_to_one, z, a);
}

HOT void solve_all(const active_set *set, bool sum_to_one, size_t n_pixels, const double *z, double *a) {
    if (set->pad == ACTIVE_SET_LANE)
        for (size_t i = 0; i < n_pixels; i++)
            solve_pixel(set, ACTIVE_SET_LANE, sum_to_one, z + i * ACTIVE_SET_LANE, a + i * ACTIVE_SET_LANE);
    else
        for (size_t i = 0; i < n_pixels; i++)
            solve_pixel(set, set->pad, sum_to_one, z + i * set->pad, a + i * set->pad);
}

void active_set_unconstrained(const active_set *set, size_t n_pixels, const double *z, double *a) {
    for (size_t i = 0; i < n_pixels; i++)
        apply_map(set->unconstrained, set->n, set->pad, z + i * set->pad, a + i * set->pad);
}

void active_set_solve(const active_set *set, bool sum_to_one, size_t n_pixels, const double *z, double *a) {
    if (sum_to_one)
        solve_all(set, true, n_pixels, z, a);
    else
        solve_all(set, false, n_pixels, z, a);
}
