/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file calibrate.h  Intervals, fit and limits of detection of a trained model (method page, section 5). */
#ifndef WSNET_CALIBRATE_H
#define WSNET_CALIBRATE_H

#include "model.h"
#include "simulator.h"

/** Index of the conformal quantile among n sorted scores: rank ceil((n + 1) (1 + coverage) / 2), counted from 0. */
size_t calibrate_rank(size_t n, double coverage);

/** Fills conformal, fit and lod of a model whose weights, start, pinv, mixing and coverage are set, from fresh simulated
 *  pixels around its decoder's endmembers. Deterministic for a seed. */
wsnet_status calibrate_model(wsnet_context *context, const simulator *scene, uint64_t seed, wsnet_model *model);

#endif
