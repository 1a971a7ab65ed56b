/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file zone_evidence.h  How much of which one or two materials a difference of spectra speaks for. */
#ifndef WSNET_ZONE_EVIDENCE_H
#define WSNET_ZONE_EVIDENCE_H

#include <stddef.h>

/** Mean over what may be added to a place's surroundings: nothing, one material, or two, each with a share that is half
 *  a normal variable of standard deviation 0.03, 0.1, 0.3 or 1; weighted by the evidence for each (resources/docs/area.md).
 *  @param gram [P,P], cross [P], square  products of the materials' differences from the surroundings with one another
 *  and with the place's, and the square of this, over the errors  @param n_bands  of them
 *  @param shares [P] means; nothing's is left out  @return the weight of nothing */
double zone_evidence(size_t n_endmembers, size_t n_bands, const double *gram, const double *cross, double square,
                     double *shares);

#endif
