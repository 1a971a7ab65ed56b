/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file trainer_options.h  What training may be asked to do. */
#ifndef WSNET_TRAINER_OPTIONS_H
#define WSNET_TRAINER_OPTIONS_H

#include "context.h"

/** Checks options and sizes; each refusal is one sentence. */
wsnet_status trainer_options_check(wsnet_context *context, const wsnet_train_options *options, size_t n_pixels,
                                   size_t n_bands, size_t n_endmembers);
/** Checks that pixels are finite, and endmembers too with at least one positive value each. */
wsnet_status trainer_numbers_check(wsnet_context *context, size_t n_pixels, size_t n_bands, const float *pixels,
                                   size_t n_endmembers, const float *endmembers);

#endif
