/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file trust.h  How far the network's corrections of the classical solution are believed on this scene. */
#ifndef WSNET_TRUST_H
#define WSNET_TRUST_H

#include "model.h"
#include "simulator.h"

/** Compares corrections a - u on the scene's own pixels with those on simulated pixels of the scene's abundances. Where the
 *  simulator describes the scene their mean squares are alike, and corrections are believed fully. Where they are much
 *  larger, the network answers something that was not simulated; where they are much smaller, it was trained to mend
 *  what this scene does not have. Either way they are scaled down. All endmembers together, as abundances sum to one.
 *  The gain goes into the shift head's weights and into what training moved the endmembers by; calibrate_model() comes
 *  after.
 *  @param ratio  result: mean square of real corrections over that of simulated ones  @param gain  result in [0,1] */
wsnet_status trust_apply(wsnet_context *context, const simulator *scene, uint64_t seed, wsnet_model *model,
                         double *ratio, double *gain);

/** Scales corrections; by one over the gain they are as they were learnt. @param member  weights of one network */
void trust_scale_shift(double factor, const network_dims *dims, float *member);

#endif
