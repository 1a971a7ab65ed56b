/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file trust.h  How far the network's corrections of the classical solution are believed on this scene. */
#ifndef WSNET_TRUST_H
#define WSNET_TRUST_H

#include "model.h"
#include "simulator.h"

/** Compares the corrections a - u on the scene's own pixels with those on simulated ones. Where the simulator describes
 *  the scene they are alike. What is larger on real pixels answers something that was not simulated (shading beyond
 *  illumination_sd, nonlinear mixing), so the corrections are scaled by the Wiener gain: the mean square on simulated
 *  pixels over that on real ones, at most 1. The gain goes into the shift head's weights; calibrate_model() comes after.
 *  @param gain  result in (0,1] */
wsnet_status trust_apply(wsnet_context *context, const simulator *scene, uint64_t seed, wsnet_model *model,
                         double *gain);

#endif
