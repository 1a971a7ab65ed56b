/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file vector.h  The widest vector of the instruction set this copy is built for, and mathematics on it.
 *
 *  The LANES pixels of a value are COLUMNS vectors side by side. No function here mixes lanes except vector_sum(), and
 *  none branches on values, so each lane's answer depends on that lane alone; a NaN stays in its lane.
 *  Errors against libm, checked by tests/unit/test_vector.c: exp, log, sigmoid, softplus within 3e-7 relative (float).
 *  In double, where only gradient checks run, libm itself is called lane by lane. */
#ifndef WSNET_VECTOR_H
#define WSNET_VECTOR_H

#include <math.h>
#include <stdint.h>

#include "real.h"

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

typedef real vec __attribute__((vector_size(VECTOR_BYTES), may_alias));
#ifdef WSNET_REAL_DOUBLE
typedef int64_t vec_mask __attribute__((vector_size(VECTOR_BYTES), may_alias));
#else
typedef int32_t vec_mask __attribute__((vector_size(VECTOR_BYTES), may_alias));
#endif
/** A vector anywhere in memory, for rows of weights. */
typedef real vec_unaligned __attribute__((vector_size(VECTOR_BYTES), may_alias, aligned(sizeof(real))));

enum { WIDTH = VECTOR_BYTES / sizeof(real), COLUMNS = LANES / WIDTH };

#define INLINE static inline __attribute__((always_inline))

INLINE vec vector_set(real value) { return value - (vec){0}; }

/** @return mask ? a : b in each lane */
INLINE vec vector_select(vec_mask mask, vec a, vec b) { return (vec)((mask & (vec_mask)a) | (~mask & (vec_mask)b)); }

/* Comparisons are written so that a NaN in `a` survives. */
INLINE vec vector_max(vec a, vec b) { return vector_select(a < b, b, a); }
INLINE vec vector_min(vec a, vec b) { return vector_select(a > b, b, a); }
INLINE vec vector_abs(vec a) { return vector_select(a < vector_set(0), -a, a); }

INLINE vec vector_sqrt(vec x) {
    for (int i = 0; i < WIDTH; i++) x[i] = (real)sqrt(x[i]);
    return x;
}

#if defined(__clang__)
#define VECTOR_HALF(v, half)                                                                                           \
    vec rotated;                                                                                                       \
    for (int i = 0; i < WIDTH; i++) rotated[i] = (v)[(i + (half)) % WIDTH];
#else
#define VECTOR_HALF(v, half)                                                                                           \
    vec_mask order;                                                                                                    \
    for (int i = 0; i < WIDTH; i++) order[i] = (i + (half)) % WIDTH;                                                   \
    const vec rotated = __builtin_shuffle((v), order);
#endif

/** @return the sum over lanes, halves first: always in this order */
INLINE real vector_sum(vec v) {
    for (int half = WIDTH / 2; half > 0; half /= 2) {
        VECTOR_HALF(v, half)
        v += rotated;
    }
    return v[0];
}

#ifdef WSNET_REAL_DOUBLE

#define VECTOR_FROM_LIBM(name, expression)                                                                             \
    INLINE vec name(vec v) {                                                                                           \
        for (int i = 0; i < WIDTH; i++) {                                                                              \
            const real x = v[i];                                                                                       \
            v[i] = (expression);                                                                                       \
        }                                                                                                              \
        return v;                                                                                                      \
    }
VECTOR_FROM_LIBM(vector_exp, exp(x))
VECTOR_FROM_LIBM(vector_log, log(x))
VECTOR_FROM_LIBM(vector_softplus, x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)))
VECTOR_FROM_LIBM(vector_sigmoid, 1 / (1 + exp(-x)))

#else

/** exp(x) for x clamped to [-87, 88]: n = round(x / ln 2), a polynomial on the rest |r| <= ln 2 / 2, times 2^n. */
INLINE vec vector_exp(vec x) {
    x = vector_min(vector_max(x, vector_set(-87.0f)), vector_set(88.0f));
    /* Adding 1.5 * 2^23 leaves the rounded integer in the low bits, where the exponent is made from it. */
    const vec magic = vector_set(12582912.0f);
    const vec shifted = x * 1.44269504f + magic;
    const vec n = shifted - magic;
    vec r = x - n * 0.693359375f;
    r = r - n * -2.12194440e-4f;
    vec p = vector_set(1.9875691500e-4f);
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + r + 1.0f;
    const vec_mask exponent = ((vec_mask)shifted << 23) + 0x3f800000;
    return p * (vec)exponent;
}

/** log((1+s)/(1-s)) = 2 atanh(s) for |s| <= 1/3: s times a polynomial in s^2 (Taylor, 8 terms). */
INLINE vec vector_log_ratio(vec s) {
    const vec q = s * s;
    vec p = vector_set(2.0f / 15);
    p = p * q + 2.0f / 13;
    p = p * q + 2.0f / 11;
    p = p * q + 2.0f / 9;
    p = p * q + 2.0f / 7;
    p = p * q + 2.0f / 5;
    p = p * q + 2.0f / 3;
    return s * (p * q) + 2.0f * s;
}

/** log(x), x positive and normal: exponent plus the logarithm of a mantissa in [sqrt(1/2), sqrt(2)). */
INLINE vec vector_log(vec x) {
    const vec_mask bits = (vec_mask)x - 0x3f3504f3;
    const vec_mask exponent = bits >> 23;
    const vec f = (vec)((vec_mask)x - (exponent << 23)) - 1.0f;
    const vec e = __builtin_convertvector(exponent, vec);
    const vec finite = e * 0.693147181f + vector_log_ratio(f / (2.0f + f));
    return vector_select(x < vector_set(INFINITY), finite, x);
}

/** log(1 + exp(x)) = max(x, 0) + log(1 + e), e = exp(-|x|). */
INLINE vec vector_softplus(vec x) {
    const vec e = vector_exp(-vector_abs(x));
    return vector_max(x, vector_set(0)) + vector_log_ratio(e / (2.0f + e));
}

INLINE vec vector_sigmoid(vec x) { return 1.0f / (1.0f + vector_exp(-x)); }

#endif

#endif
