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
    set->gram = arena_take(block, n * pad, sizeof(double));
    set->norms = arena_take(block, pad, sizeof(double));
    for (int i = 0; i < 2; i++) set->of_all[i] = arena_take(block, (n + 1) * pad, sizeof(double));
    if (!many || n > ACTIVE_SET_TABULATED) return;
    const size_t n_values = ((size_t)1 << n) * (n + 1) * pad;
    for (int i = 0; i < 2; i++) set->table[i] = arena_take(block, n_values, sizeof(double));
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
    for (size_t j = 0; j < n; j++)
        for (size_t k = 0; k < pad; k++) {
            double sum = 0;
            for (size_t i = 0; i < n && k < n; i++) sum += set->columns[j * pad + i] * set->columns[k * pad + i];
            set->gram[j * pad + k] = sum;
        }
    const uint64_t full = subset_of_all(set);
    for (int one = 0; one < 2; one++) {
        active_set_map(set, full, one == 1, set->of_all[one]);
        for (uint64_t subset = 0; set->table[one] && subset <= full; subset++)
            active_set_map(set, subset, one == 1, set->table[one] + subset * (n + 1) * pad);
    }
}

void active_set_sum_to_one_variance(const active_set *set, double *diagonal) {
    const double *map = set->of_all[1];
    for (size_t k = 0; k < set->n; k++) {
        diagonal[k] = 0;
        for (size_t i = 0; i < set->n; i++) diagonal[k] += map[i * set->pad + k] * map[i * set->pad + k];
    }
}

/* ---- one pixel ------------------------------------------------------------------------------------------ */

/** What a pixel asks. */
typedef struct question {
    const active_set *set;
    size_t pad; /**< a literal where speed counts */
    bool sum_to_one;
    const double *z, *h; /**< [pad] the pixel, and R'z */
    double rounding;     /**< of a gradient, for an endmember of unit length */
    active_set_factor *factor;
} question;

/* sum[k] += x[i] rows[i,k], or -=, in the order of i, ACTIVE_SET_LANE columns at a time: their sums stay in registers.
 * @param which  the n rows and elements of x that are meant, or NULL: the first n */
HOT void add_rows(const bool minus, const double *rows, const size_t *which, size_t n, size_t pad, const double *x,
                  double *sum) {
    for (size_t first = 0; first < pad; first += ACTIVE_SET_LANE) {
        double part[ACTIVE_SET_LANE];
        for (size_t k = 0; k < ACTIVE_SET_LANE; k++) part[k] = sum[first + k];
        for (size_t at = 0; at < n; at++) {
            const size_t i = which ? which[at] : at;
            const double *row = rows + i * pad + first;
            for (size_t k = 0; k < ACTIVE_SET_LANE; k++) part[k] += minus ? -(row[k] * x[i]) : row[k] * x[i];
        }
        for (size_t k = 0; k < ACTIVE_SET_LANE; k++) sum[first + k] = part[k];
    }
}

/* a = map z + constant */
HOT void apply_map(const double *map, size_t n, size_t pad, const double *z, double *a) {
    double sum[ACTIVE_SET_MAX];
    for (size_t k = 0; k < pad; k++) sum[k] = map[n * pad + k];
    add_rows(false, map, NULL, n, pad, z, sum);
    for (size_t k = 0; k < pad; k++) a[k] = sum[k];
}

HOT void on_subset(const question *q, uint64_t subset, double *a) {
    const active_set *set = q->set;
    const double *table = set->table[q->sum_to_one];
    if (table)
        apply_map(table + subset * (set->n + 1) * q->pad, set->n, q->pad, q->z, a);
    else if (subset == subset_of_all(set))
        apply_map(set->of_all[q->sum_to_one], set->n, q->pad, q->z, a);
    else
        active_set_on_subset(set, subset, q->sum_to_one, q->z, q->h, q->factor, a);
}

/* Negative gradient R'z - R'R a of half the squared residual. */
HOT void negative_gradient(const question *q, const double *a, double *gradient) {
    double sum[ACTIVE_SET_MAX];
    size_t member[ACTIVE_SET_MAX], n = 0;
    const bool few = q->pad == ACTIVE_SET_LANE;
    for (size_t k = 0; k < q->pad; k++) sum[k] = q->h[k];
    for (size_t j = 0; j < q->set->n && !few; j++) {
        member[n] = j; /* without a branch, which nobody could foresee */
        n += a[j] != 0;
    }
    add_rows(true, q->set->gram, few ? NULL : member, few ? q->set->n : n, q->pad, a, sum);
    for (size_t k = 0; k < q->pad; k++) gradient[k] = sum[k];
}

/* By how much each endmember outside the subset wants in (Karush-Kuhn-Tucker), less what rounding explains.
 * Members share the multiplier of the sum. @param gain [pad] positive: the residual falls with it */
HOT void gains(const question *q, uint64_t subset, const double *a, double *gain) {
    const size_t n = q->set->n;
    negative_gradient(q, a, gain);
    double multiplier = 0;
    if (q->sum_to_one) {
        for (uint64_t left = subset; left; left &= left - 1) multiplier += gain[__builtin_ctzll(left)];
        multiplier /= (double)__builtin_popcountll(subset);
    }
    const double shared = q->sum_to_one ? q->set->largest_norm : 0;
    for (size_t k = 0; k < n; k++) gain[k] -= multiplier + q->rounding * (q->set->norms[k] + shared);
}

/* The single endmember of least residual. */
static size_t best_alone(const question *q) {
    const double *norms = q->set->norms;
    size_t best = 0;
    for (size_t k = 1; k < q->set->n; k++)
        if (q->h[k] - norms[k] * norms[k] / 2 > q->h[best] - norms[best] * norms[best] / 2) best = k;
    return best;
}

/* Solves on the subset and walks there from a, dropping each endmember that reaches zero on the way.
 * @param entering  just added @return false when rounding alone let it in: nothing was changed */
static bool walk(const question *q, uint64_t *subset, size_t entering, double *a) {
    const size_t n = q->set->n;
    double trial[ACTIVE_SET_MAX];
    for (bool first = true;; first = false) {
        on_subset(q, *subset, trial);
        if (first && trial[entering] <= 0) return false;
        double step = 1;
        size_t leaving = n;
        for (uint64_t left = *subset; left; left &= left - 1) {
            const size_t k = (size_t)__builtin_ctzll(left);
            if (trial[k] < 0 && a[k] / (a[k] - trial[k]) <= step) {
                step = a[k] / (a[k] - trial[k]);
                leaving = k;
            }
        }
        for (size_t k = 0; k < n; k++) {
            const double moved = a[k] + step * (trial[k] - a[k]);
            a[k] = moved > 0 ? moved : 0;
        }
        if (leaving == n) return true;
        a[leaving] = 0;
        *subset &= ~((uint64_t)1 << leaving);
    }
}

/* Leaves out whoever is negative until nobody is. */
static uint64_t shrink(const question *q, uint64_t subset, double *a) {
    for (;;) {
        uint64_t negative = 0;
        if (q->sum_to_one && subset == 0) subset = (uint64_t)1 << best_alone(q);
        on_subset(q, subset, a);
        for (size_t k = 0; k < q->set->n; k++) negative |= (uint64_t)(a[k] < 0) << k;
        if (!negative) return subset;
        subset &= ~negative;
    }
}

/* Lawson and Hanson (1974), from a subset that is feasible or becomes so (Bro and De Jong 1997): slower, but every step
 * lowers the residual, so it ends. Takes over where exchanging blocks would cycle. */
static void one_by_one(const question *q, uint64_t subset, double *a) {
    const size_t n = q->set->n;
    double gain[ACTIVE_SET_MAX];
    uint64_t refused = 0;
    subset = shrink(q, subset, a);
    for (size_t round = 0; round < 30 * n; round++) {
        gains(q, subset, a, gain);
        size_t entering = n;
        double best = 0;
        for (uint64_t left = subset_of_all(q->set) & ~(subset | refused); left; left &= left - 1) {
            const size_t k = (size_t)__builtin_ctzll(left);
            if (gain[k] > best) best = gain[entering = k];
        }
        if (entering == n) return;
        subset |= (uint64_t)1 << entering;
        if (walk(q, &subset, entering, a)) {
            refused = 0;
        } else {
            subset &= ~((uint64_t)1 << entering);
            refused |= (uint64_t)1 << entering;
        }
    }
}

/* Block principal pivoting (Portugal, Judice and Vicente 1994; Kim and Park 2011): exchange every endmember on the
 * wrong side at once, from the set of all. */
HOT void solve_pixel(const active_set *set, size_t pad, bool sum_to_one, const double *z, double *a) {
    const size_t n = set->n;
    double gain[ACTIVE_SET_MAX], h[ACTIVE_SET_MAX], length2 = 0;
    for (size_t k = 0; k < pad; k++) h[k] = 0;
    add_rows(false, set->rows, NULL, n, pad, z, h);
    for (size_t i = 0; i < n; i++) length2 += z[i] * z[i];
    const double rounding = 1e-14 * (double)n * (sqrt(length2) + (sum_to_one ? set->largest_norm : 0));
    active_set_factor factor;
    factor.n = 0;
    const question q = {set, pad, sum_to_one, z, h, rounding, &factor};
    uint64_t subset = subset_of_all(set);
    size_t fewest = n + 1;
    /* Without tables a solution costs more than it teaches about a stubborn pixel. */
    const int most = set->table[0] ? 3 : 1;
    for (int patience = most; patience > 0;) {
        on_subset(&q, subset, a);
        gains(&q, subset, a, gain);
        uint64_t wrong = 0;
        for (size_t k = 0; k < n; k++) wrong |= (uint64_t)((subset >> k & 1) ? a[k] < 0 : gain[k] > 0) << k;
        if (!wrong) return;
        const size_t n_wrong = (size_t)__builtin_popcountll(wrong);
        patience = n_wrong < fewest ? most : patience - 1;
        if (n_wrong < fewest) fewest = n_wrong;
        subset ^= wrong;
        if (sum_to_one && subset == 0) break;
    }
    one_by_one(&q, subset, a);
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
        apply_map(set->of_all[0], set->n, set->pad, z + i * set->pad, a + i * set->pad);
}

void active_set_solve(const active_set *set, bool sum_to_one, size_t n_pixels, const double *z, double *a) {
    if (sum_to_one)
        solve_all(set, true, n_pixels, z, a);
    else
        solve_all(set, false, n_pixels, z, a);
}
