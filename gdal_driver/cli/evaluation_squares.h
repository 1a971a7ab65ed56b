/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation_squares.h  DLR HySU: squares of known area, an area a material and size. */
#ifndef WSNET_CLI_EVALUATION_SQUARES_H
#define WSNET_CLI_EVALUATION_SQUARES_H

#include "evaluation.h"

enum { SQUARE_SIZES = 5 };

/** Mean relative area error of every size, 9 to 0.0625 m2, over the materials that have a mask of their name. A square's
 *  area is that within the pixels of its material's mask and its size class. The truth is read here and nowhere else.
 *  @param task  with all pixels of the scene  @param names [P]  @param abundance [N,P]
 *  @param solver  NULL: areas are sums of abundances; else they are those of `wsnet area`
 *  @return false with the failure printed */
bool evaluation_square_errors(evaluation *all, const evaluation_task *task, const char names[][WSNET_MAX_NAME],
                              const float *abundance, wsnet_zone_solver *solver, double error[SQUARE_SIZES]);

#endif
