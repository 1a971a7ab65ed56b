/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file golden.h  Golden vectors made by tests/golden/make_goldens.py, and the numbers they were made from. */
#ifndef WSNET_GOLDEN_H
#define WSNET_GOLDEN_H

#include "testing.h"

#include <math.h>

#include "real.h"

/** The i-th of the numbers in [-1, 1) that the maker calls pattern(seed). */
static inline real pattern(uint32_t seed, size_t i) {
    uint32_t x = ((uint32_t)i + 1) * 2654435761u + seed * 40503u * 65537u;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    return (real)(x >> 8) / (real)(1 << 23) - 1;
}

/** @return centre + scale * pattern(seed), aligned; to be freed */
static inline real *made_values(uint32_t seed, size_t n, double centre, double scale) {
    real *values = aligned_alloc(64, (n * sizeof *values + 63) / 64 * 64);
    assert_non_null(values);
    for (size_t i = 0; i < n; i++) values[i] = (real)(centre + scale * (double)pattern(seed, i));
    return values;
}
static inline real *made_block(uint32_t seed, size_t n) { return made_values(seed, n * LANES, 0, 1); }
static inline real *made_zeros(size_t n) { return made_values(0, n, 0, 0); }

typedef struct golden_file {
    unsigned char *bytes;
    size_t size;
    double worst; /**< largest error met, relative to the largest value of its record */
} golden_file;

static inline golden_file golden_open(const char *name) {
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/golden/%s", WSNET_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    golden_file golden = {.bytes = malloc(1 << 20)};
    assert_non_null(golden.bytes);
    golden.size = fread(golden.bytes, 1, 1 << 20, file);
    fclose(file);
    return golden;
}
static inline void golden_close(golden_file *golden) { free(golden->bytes); }

/** @return the values of a record, which must have this count; to be freed */
static inline float *golden_values(const golden_file *golden, const char *name, size_t count) {
    for (size_t at = 0; at + 36 <= golden->size;) {
        uint32_t n;
        memcpy(&n, golden->bytes + at + 32, 4);
        if (!strncmp((const char *)golden->bytes + at, name, 32)) {
            assert_int_equal(n, count);
            float *values = malloc(4 * count);
            assert_non_null(values);
            memcpy(values, golden->bytes + at + 36, 4 * count);
            return values;
        }
        at += 36 + 4 * (size_t)n;
    }
    fail_msg("no golden vector %s", name);
    return NULL;
}

/** Fails unless each value is within tolerance, relative to the largest of the record, of the golden one. */
static inline void golden_check(golden_file *golden, const char *name, size_t count, const real *values,
                                double tolerance) {
    float *expected = golden_values(golden, name, count);
    double largest = 1e-3;
    for (size_t i = 0; i < count; i++) largest = fmax(largest, fabs((double)expected[i]));
    for (size_t i = 0; i < count; i++) {
        const double error = fabs((double)values[i] - (double)expected[i]) / largest;
        if (!(error <= tolerance))
            fail_msg("%s[%zu] is %.9g, should be %.9g", name, i, (double)values[i], (double)expected[i]);
        golden->worst = fmax(golden->worst, error);
    }
    free(expected);
}

#endif
