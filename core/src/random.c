/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "random.h"

#include <math.h>

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

random_state random_create(uint64_t seed, uint64_t stream) {
    random_state random;
    uint64_t state = seed;
    state = splitmix(&state) ^ (stream * 0xd1342543de82ef95u);
    for (int i = 0; i < 4; i++) random.s[i] = splitmix(&state);
    return random;
}

uint64_t random_bits(random_state *random) {
    uint64_t *s = random->s;
    const uint64_t product = s[1] * 5;
    const uint64_t result = ((product << 7) | (product >> 57)) * 9;
    const uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 45) | (s[3] >> 19);
    return result;
}

double random_uniform(random_state *random) { return (double)(random_bits(random) >> 11) * 0x1p-53; }

size_t random_index(random_state *random, size_t n) { return (size_t)(random_uniform(random) * (double)n); }

size_t random_spread(size_t i, size_t n, size_t of) { return (size_t)((double)i * (double)of / (double)n); }

double random_normal(random_state *random) {
    const double radius = sqrt(-2 * log(1 - random_uniform(random)));
    return radius * cos(6.283185307179586 * random_uniform(random));
}

double random_gamma(random_state *random, double shape) {
    /* Below 1 the method does not hold: draw at shape + 1 and shrink. */
    if (shape < 1) {
        const double boost = pow(1 - random_uniform(random), 1 / shape);
        return boost * random_gamma(random, shape + 1);
    }
    const double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        const double x = random_normal(random), t = 1 + c * x;
        if (t <= 0) continue;
        const double v = t * t * t, u = 1 - random_uniform(random);
        if (log(u) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
}
