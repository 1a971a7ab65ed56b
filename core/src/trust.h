/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file trust.h  How far the network's corrections of the classical solution are believed on this scene. */
#ifndef WSNET_TRUST_H
#define WSNET_TRUST_H

#include "model.h"
#include "simulator.h"

/** Compares each endmember's corrections a - u on the scene's own pixels with those on simulated pixels of the scene's
 *  abundances. Where the simulator describes the scene they are alike. What is much larger on real pixels answers
 *  something that was not simulated (shading beyond illumination_sd, nonlinear mixing), so corrections are
 *  scaled by a Wiener gain: the mean square on simulated pixels over itself plus the excess on real ones. Abundances sum to one, so
 *  that one endmember's excess is the others' deficit: the least gain holds for all. It goes into the shift head's weights
 *  and into what training moved the endmembers by; calibrate_model() comes after.
 *  @param gain  result in [0,1] */
wsnet_status trust_apply(wsnet_context *context, const simulator *scene, uint64_t seed, wsnet_model *model,
                         double *gain);

#endif
