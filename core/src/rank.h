/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file rank.h  Noise of a scene and the number of its endmembers. */
#ifndef WSNET_RANK_H
#define WSNET_RANK_H

#include "context.h"

/** Noise of each band by multiple regression on the others (Roger and Arnold 1996; Bioucas-Dias and Nascimento 2008).
 *  @param moments [B,B] mean of y y' over pixels, kept  @param precision [B,B] its (regularised) inverse
 *  @param noise_sd [B] all positive unless the moments are zero */
wsnet_status rank_noise(wsnet_context *context, size_t n_bands, const double *moments, double *precision,
                        double *noise_sd);

#endif
