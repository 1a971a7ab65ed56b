/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file random.h  Deterministic random numbers: xoshiro256** (Blackman and Vigna 2018) seeded by splitmix64. */
#ifndef WSNET_RANDOM_H
#define WSNET_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct random_state {
    uint64_t s[4];
} random_state;

/** Independent streams: the same (seed, stream) gives the same numbers anywhere. */
random_state random_create(uint64_t seed, uint64_t stream);
uint64_t random_bits(random_state *random);
/** @return uniform in [0, 1) */
double random_uniform(random_state *random);
/** @return uniform in 0..n-1, n >= 1 */
size_t random_index(random_state *random, size_t n);
/** @return the i-th of n indices that are spread evenly over 0..of-1: what serves where a random choice need not be */
size_t random_spread(size_t i, size_t n, size_t of);
/** @return standard normal (Box and Muller 1958) */
double random_normal(random_state *random);
/** @return Gamma(shape, 1), shape > 0 (Marsaglia and Tsang 2000) */
double random_gamma(random_state *random, double shape);

#endif
