/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "interleave.h"

enum { SQUARE = 16 }; /* floats of a line of the nearest cache: each is read and written whole */

static void turn(size_t n, size_t n_planes, const float *planes, size_t stride, float *pixels, size_t n_bands) {
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n_planes; k++) pixels[i * n_bands + k] = planes[k * stride + i];
}

void interleave_planes(size_t n, size_t n_planes, const float *planes, size_t stride, float *pixels, size_t n_bands) {
    for (size_t i = 0; i < n; i += SQUARE) {
        const size_t n_here = n - i < SQUARE ? n - i : SQUARE;
        for (size_t k = 0; k < n_planes; k += SQUARE) {
            const float *from = planes + k * stride + i;
            float *into = pixels + i * n_bands + k;
            if (n_here == SQUARE && n_planes - k >= SQUARE)
                turn(SQUARE, SQUARE, from, stride, into, n_bands);
            else
                turn(n_here, n_planes - k < SQUARE ? n_planes - k : SQUARE, from, stride, into, n_bands);
        }
    }
}
