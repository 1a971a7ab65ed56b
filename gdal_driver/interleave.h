/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file interleave.h  Planes to spectra. */
#ifndef WSNET_INTERLEAVE_H
#define WSNET_INTERLEAVE_H

#include <stddef.h>

/** pixels[i * n_bands + k] = planes[k * stride + i] for n pixels and n_planes planes.
 *  @param n_bands values from pixel to pixel: at least n_planes */
void interleave_planes(size_t n, size_t n_planes, const float *planes, size_t stride, float *pixels, size_t n_bands);

#endif
