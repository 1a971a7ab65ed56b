/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "misfit.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { ROUNDS = 12 };

/** Weighted sums of 1, |y|^2, |y|^4, r^2 and r^2 |y|^2. */
typedef struct moments {
    double one, y, yy, r, ry;
} moments;

static moments weigh(size_t n_pixels, const float *residual, const float *pixel, double n, double v) {
    moments sum = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < n_pixels; i++) {
        const double y = (double)pixel[i], r = (double)residual[i], expected = n + v * y;
        if (!(expected > 0)) continue;
        const double weight = 1 / (expected * expected);
        sum.one += weight;
        sum.y += weight * y;
        sum.yy += weight * y * y;
        sum.r += weight * r;
        sum.ry += weight * r * y;
    }
    return sum;
}

void misfit_learn(size_t n_pixels, const float *residual, const float *pixel, float misfit[2]) {
    double mean_r = 0, mean_y = 0;
    for (size_t i = 0; i < n_pixels; i++) {
        mean_r += (double)residual[i] / (double)n_pixels;
        mean_y += (double)pixel[i] / (double)n_pixels;
    }
    double n = mean_r / 2, v = mean_y > 0 ? mean_r / (2 * mean_y) : 0;
    for (int round = 0; round < ROUNDS && mean_r > 0; round++) {
        const moments m = weigh(n_pixels, residual, pixel, n, v);
        const double determinant = m.one * m.yy - m.y * m.y;
        const bool solvable = determinant > 1e-9 * m.one * m.yy;
        n = solvable ? (m.r * m.yy - m.ry * m.y) / determinant : m.r / m.one;
        v = solvable ? (m.ry * m.one - m.r * m.y) / determinant : 0;
        if (n < 0) n = 0, v = m.ry / m.yy;
        if (v < 0) v = 0, n = m.r / m.one;
    }
    /* Exact mixtures leave nothing: any positive expectation ranks them alike. */
    misfit[0] = (float)fmax(n, FLT_MIN);
    misfit[1] = (float)v;
}
