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

/** Calls fill and use for jobs 0 .. n_jobs - 1; stops at the first failure. use is called in the caller's thread, in
 *  order.
 *  @param n_ahead 0: the two take turns; 1: fill of the next job runs beside use, in another thread, never two at once;
 *  2: two fills may also run at once, each in a thread of its own, and use waits for the one that is next */
bool pipeline_run(size_t n_jobs, size_t max_pixels, size_t n_bands, int n_ahead, pipeline_fill fill, pipeline_use use,
                  void *user, char error[1024]);

#endif
