/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernels/vector.h"
#include "layers.h"

static bool any_differs(vec a, vec b) {
    const vec_mask differs = a != b;
    int64_t any = 0;
    for (int i = 0; i < WIDTH; i++) any |= differs[i];
    return any != 0;
}

/* a = max(v - threshold, 0) where the threshold makes the active values sum to one. Starting with all active, the mean
 * rule raises the threshold and drops values until nothing changes: at most n rounds, and a round more changes
 * nothing, so that lanes may wait for each other. v is at most 0: the largest value is taken off before. */
static vec threshold_of(size_t n, const vec *v) {
    const vec zero = vector_set(0), one = vector_set(1);
    vec threshold = vector_set(-INFINITY), last;
    do {
        vec sum = -one, count = zero;
        for (size_t i = 0; i < n; i++) {
            const vec_mask active = v[i * COLUMNS] > threshold;
            sum += vector_select(active, v[i * COLUMNS], zero);
            count += vector_select(active, one, zero);
        }
        last = threshold;
        /* Never back: rounding must not bring a dropped value in again. */
        const vec mean = sum / count;
        threshold = vector_select(mean > last, mean, last);
    } while (any_differs(threshold, last));
    return threshold;
}

void simplex_forward(size_t n, const real *u, const real *shift, real *a) {
    for (size_t v = 0; v < COLUMNS; v++) {
        vec *out = (vec *)a + v;
        vec most = vector_set(-INFINITY);
        for (size_t i = 0; i < n; i++) {
            out[i * COLUMNS] = ((const vec *)u)[i * COLUMNS + v] + ((const vec *)shift)[i * COLUMNS + v];
            most = vector_max(out[i * COLUMNS], most);
        }
        for (size_t i = 0; i < n; i++) out[i * COLUMNS] -= most;
        const vec threshold = threshold_of(n, out);
        for (size_t i = 0; i < n; i++) out[i * COLUMNS] = vector_max(out[i * COLUMNS] - threshold, vector_set(0));
    }
}

void simplex_backward(size_t n, const real *a, const real *da, real *dshift) {
    const vec zero = vector_set(0), one = vector_set(1);
    for (size_t v = 0; v < COLUMNS; v++) {
        const vec *out = (const vec *)a + v, *dout = (const vec *)da + v;
        vec sum = zero, count = zero;
        for (size_t i = 0; i < n; i++) {
            const vec_mask active = out[i * COLUMNS] > zero;
            sum += vector_select(active, dout[i * COLUMNS], zero);
            count += vector_select(active, one, zero);
        }
        /* a_i = v_i - mean over the active set of v + 1 / its size */
        const vec mean = sum / vector_max(count, one);
        for (size_t i = 0; i < n; i++)
            ((vec *)dshift)[i * COLUMNS + v] = vector_select(out[i * COLUMNS] > zero, dout[i * COLUMNS] - mean, zero);
    }
}
