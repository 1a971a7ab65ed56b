/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "optimiser.h"

#include <math.h>

static const double BETA1_LEAST = 0.85, BETA1_MOST = 0.95, BETA2 = 0.999, EPSILON = 1e-8, WEIGHT_DECAY = 1e-4;
static const double RISING_SHARE = 0.1, START_DIVISOR = 25, END_DIVISOR = 1e4, LONGEST_GRADIENT = 1, SLOW_RATE = 0.1;

static double cosine_between(double begin, double end, double share) {
    return end + (begin - end) / 2 * (1 + cos(3.141592653589793 * share));
}

optimiser_rate optimiser_schedule(size_t step, size_t n_steps, double peak) {
    const double top = RISING_SHARE * (double)n_steps - 1, last = (double)n_steps - 1, now = (double)step;
    const double start = peak / START_DIVISOR;
    if (now <= top && top > 0)
        return (optimiser_rate){cosine_between(start, peak, now / top),
                                cosine_between(BETA1_MOST, BETA1_LEAST, now / top)};
    /* Fewer than about ten steps have no rise: they begin at the peak. */
    const double from = top > 0 ? top : 0, share = last > from ? (now - from) / (last - from) : 1;
    return (optimiser_rate){cosine_between(peak, start / END_DIVISOR, share),
                            cosine_between(BETA1_LEAST, BETA1_MOST, share)};
}

double optimiser_norm(size_t n, const float *gradient) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) sum += (double)gradient[i] * (double)gradient[i];
    return sqrt(sum);
}

/** Factors of one row of the weight table. */
typedef struct adam_factors {
    float clip, beta1, beta2, keep, rate, root_correction;
} adam_factors;

/* w <- keep w - rate m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon), where rate holds 1 / (1 - beta1^t). */
static void adam_row(size_t n, adam_factors f, const float *gradient, float *weights, float *mean, float *square) {
    const float epsilon = (float)EPSILON;
#pragma omp simd
    for (size_t i = 0; i < n; i++) {
        const float g = f.clip * gradient[i];
        mean[i] += (1 - f.beta1) * (g - mean[i]);
        square[i] = f.beta2 * square[i] + (1 - f.beta2) * g * g;
        weights[i] = f.keep * weights[i] - f.rate * mean[i] / (sqrtf(square[i]) * f.root_correction + epsilon);
    }
}

void optimiser_update(const network_dims *dims, size_t step, optimiser_rate rate, double norm, const float *level,
                      const float *gradient, float *weights, float *mean, float *square) {
    const double t = (double)step + 1, clip = LONGEST_GRADIENT / (norm + 1e-6);
    weight_info row;
    for (size_t i = 0; weights_info(dims, i, &row); i++) {
        const size_t n_parts = row.slow ? row.rows : 1, n = row.rows * row.columns / n_parts;
        for (size_t part = 0; part < n_parts; part++) {
            const double lr = rate.learning_rate * (row.slow ? SLOW_RATE * (double)level[part] : 1);
            const adam_factors factors = {
                .clip = (float)(clip < 1 ? clip : 1),
                .beta1 = (float)rate.beta1,
                .beta2 = (float)BETA2,
                .keep = (float)(row.decays ? 1 - lr * WEIGHT_DECAY : 1),
                .rate = (float)(lr / (1 - pow(rate.beta1, t))),
                .root_correction = (float)(1 / sqrt(1 - pow(BETA2, t))),
            };
            const size_t at = row.offset + part * n;
            adam_row(n, factors, gradient + at, weights + at, mean + at, square + at);
        }
    }
}
