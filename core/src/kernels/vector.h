/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file vector.h  The widest vector of the instruction set this copy is built for, and mathematics on it.
 *
 *  The LANES pixels of a value are COLUMNS vectors side by side. No function here mixes lanes except vector_sum(), and
 *  none branches on values, so each lane's answer depends on that lane alone; a NaN stays in its lane.
 *  Errors against libm, checked by tests/unit/test_vector.c: exp, exp2, log, sigmoid, softplus within 3e-7 relative (float).
 *  In double, where only gradient checks run, libm itself is called lane by lane. */
#ifndef WSNET_VECTOR_H
#define WSNET_VECTOR_H

#include <math.h>
#include <stdint.h>

#if defined(__SSE2__) && !defined(WSNET_REAL_DOUBLE)
#include <immintrin.h>
#endif

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
/** For arithmetic on the bits, where overflow is meant. */
typedef uint32_t vec_bits __attribute__((vector_size(VECTOR_BYTES), may_alias));
/** A vector anywhere in memory, for rows of weights. */
typedef real vec_unaligned __attribute__((vector_size(VECTOR_BYTES), may_alias, aligned(sizeof(real))));

enum { WIDTH = VECTOR_BYTES / sizeof(real), COLUMNS = LANES / WIDTH };

#define INLINE static inline __attribute__((always_inline))

INLINE vec vector_set(real value) { return value - (vec){0}; }

/** @return mask ? a : b in each lane */
INLINE vec vector_select(vec_mask mask, vec a, vec b) { return (vec)((mask & (vec_mask)a) | (~mask & (vec_mask)b)); }

INLINE vec vector_abs(vec a) { return (vec)(~(vec_mask)vector_set((real)-0.0) & (vec_mask)a); }

/* One instruction each; a NaN in `a` survives min and max. */
#if defined(WSNET_REAL_DOUBLE) || !defined(__SSE2__)
INLINE vec vector_max(vec a, vec b) { return vector_select(a < b, b, a); }
INLINE vec vector_min(vec a, vec b) { return vector_select(a > b, b, a); }
INLINE vec vector_sqrt(vec x) {
    for (int i = 0; i < WIDTH; i++) x[i] = (real)sqrt(x[i]);
    return x;
}
#else
#if defined(__AVX512F__)
#define VECTOR_NATIVE(name) _mm512_##name##_ps
#elif defined(__AVX__)
#define VECTOR_NATIVE(name) _mm256_##name##_ps
#else
#define VECTOR_NATIVE(name) _mm_##name##_ps
#endif
INLINE vec vector_max(vec a, vec b) { return VECTOR_NATIVE(max)(b, a); }
INLINE vec vector_min(vec a, vec b) { return VECTOR_NATIVE(min)(b, a); }
INLINE vec vector_sqrt(vec x) { return VECTOR_NATIVE(sqrt)(x); }
#endif

INLINE void vector_fold(real *lane, const int half) {
    if (half < WIDTH)
        for (int i = 0; i < half; i++) lane[i] += lane[i + half];
}

/** @return the sum over lanes, halves first: always in this order */
INLINE real vector_sum(vec v) {
    union {
        vec whole;
        real lane[WIDTH];
    } sum = {v};
    vector_fold(sum.lane, 8);
    vector_fold(sum.lane, 4);
    vector_fold(sum.lane, 2);
    vector_fold(sum.lane, 1);
    return sum.lane[0];
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
VECTOR_FROM_LIBM(vector_exp_falling, exp(x))
VECTOR_FROM_LIBM(vector_exp2_within, exp2(x))
VECTOR_FROM_LIBM(vector_log, log(x))
VECTOR_FROM_LIBM(vector_exp_apart, exp(-fabs(x)))
VECTOR_FROM_LIBM(vector_log1p, log1p(x))
VECTOR_FROM_LIBM(vector_sigmoid, 1 / (1 + exp(-x)))

#else

/** exp(x) for x in [-86.6, 88]: n = round(x / ln 2), a minimax polynomial on the rest |r| <= ln 2 / 2, times 2^n.
 *  Written to be short in depth rather than in operations. */
INLINE vec vector_exp_within(vec x) {
    /* Adding 1.5 * 2^23 leaves the rounded integer in the low bits, from where it goes into the exponent. */
    const vec magic = vector_set(12582912.0f);
    const vec shifted = x * 1.44269504f + magic;
    const vec n = shifted - magic;
    const vec r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    const vec r2 = r * r;
    const vec low = 0.16667116f * r + 0.49999231f;
    const vec high = 0.0083125010f * r + 0.041890331f;
    const vec p = (high * r2 + low) * r2 + (r + 1.0f);
    return (vec)((vec_bits)p + ((vec_bits)shifted << 23));
}

INLINE vec vector_exp(vec x) {
    return vector_exp_within(vector_min(vector_max(x, vector_set(-86.6f)), vector_set(88.0f)));
}
/** exp(x) where x cannot be positive */
INLINE vec vector_exp_falling(vec x) { return vector_exp_within(vector_max(x, vector_set(-86.6f))); }

/** 2^x for x in [-125, 126]: as vector_exp_within(), with nothing to scale. */
INLINE vec vector_exp2_within(vec x) {
    const vec magic = vector_set(12582912.0f);
    const vec shifted = x + magic;
    const vec r = x - (shifted - magic);
    const vec p = ((((0.0013276472f * r + 0.0096755414f) * r + 0.055507133f) * r + 0.24022120f) * r + 0.69314697f) * r +
                  1.00000007f;
    return (vec)((vec_bits)p + ((vec_bits)shifted << 23));
}

/** log((1+s)/(1-s)) = 2 atanh(s) for |s| <= 1/3: 2 s + s^3 times a minimax polynomial in s^2. */
INLINE vec vector_log_ratio(vec s) {
    const vec q = s * s;
    const vec p = (0.28025141f * q + 0.27999014f) * (q * q) + (0.40021706f * q + 0.66666412f);
    return s * (p * q) + 2.0f * s;
}

/** log(x), x positive and normal: exponent plus the logarithm of a mantissa in [sqrt(1/2), sqrt(2)). */
INLINE vec vector_log(vec x) {
    const vec_mask exponent = (vec_mask)((vec_bits)x - 0x3f3504f3u) >> 23;
    const vec f = (vec)((vec_bits)x - ((vec_bits)exponent << 23)) - 1.0f;
    const vec e = __builtin_convertvector(exponent, vec);
    const vec finite = e * 0.693147181f + vector_log_ratio(f / (2.0f + f));
    return vector_select(x < vector_set(INFINITY), finite, x);
}

/** exp(-|x|) */
INLINE vec vector_exp_apart(vec x) { return vector_exp_falling(-vector_abs(x)); }
/** log(1 + e), e in [0, 1] */
INLINE vec vector_log1p(vec e) { return vector_log_ratio(e / (2.0f + e)); }

INLINE vec vector_sigmoid(vec x) { return 1.0f / (1.0f + vector_exp(-x)); }

#endif

/** log(1 + exp(x)), given e = exp(-|x|): two steps that a loop may take one after the other. */
INLINE vec vector_softplus_of(vec x, vec e) { return vector_max(x, vector_set(0)) + vector_log1p(e); }
INLINE vec vector_softplus(vec x) { return vector_softplus_of(x, vector_exp_apart(x)); }

#endif
