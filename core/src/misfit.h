/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file misfit.h  What residual is usual for a pixel of a given brightness. */
#ifndef WSNET_MISFIT_H
#define WSNET_MISFIT_H

#include <stddef.h>

/** Fits squared residuals r^2 = n + v |y|^2 by iterated relative least squares (weights 1 / expectation^2), both at
 *  least 0: n is the noise, which does not grow with brightness, v the variability, which does.
 *  @param residual,pixel [N] squared lengths  @param misfit [2] n, v */
void misfit_learn(size_t n_pixels, const float *residual, const float *pixel, float misfit[2]);

#endif
