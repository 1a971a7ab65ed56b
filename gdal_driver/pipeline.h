/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file pipeline.h  Fills buffers of spectra and uses them, the filling one ahead in a thread of its own. */
#ifndef WSNET_PIPELINE_H
#define WSNET_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** @param pixels [max_pixels,B]  @param mask [max_pixels] */
typedef bool (*pipeline_fill)(void *user, size_t job, float *pixels, uint8_t *mask, char error[1024]);
typedef bool (*pipeline_use)(void *user, size_t job, const float *pixels, const uint8_t *mask, char error[1024]);

/** Calls fill and use for jobs 0 .. n_jobs - 1 in order; stops at the first failure. use is called in the caller's
 *  thread; with ahead, fill of the next job runs meanwhile in another thread, never two at once. */
bool pipeline_run(size_t n_jobs, size_t max_pixels, size_t n_bands, bool ahead, pipeline_fill fill, pipeline_use use,
                  void *user, char error[1024]);

#endif
