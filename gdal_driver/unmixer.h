/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file unmixer.h  A session and the arrays that its answers go to, by output band. One thread at a time. */
#ifndef WSNET_UNMIXER_H
#define WSNET_UNMIXER_H

#include <stdbool.h>

#include "outputs.h"
#include "wsnet.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct unmixer unmixer;

/** @param plan copied  @param model must outlive the unmixer */
unmixer *unmixer_create(const wsnet_model *model, const output_plan *plan, wsnet_method method, const knobs *turned,
                        size_t n_threads, char error[1024]);
void unmixer_destroy(unmixer *worker);
/** @param pixels [N,B] bands the model uses  @param mask [N] or NULL */
bool unmixer_run(unmixer *worker, size_t n_pixels, const float *pixels, const uint8_t *mask, char error[1024]);
/** Values of one output band after a run: the value of pixel i is at [i * stride]. */
const float *unmixer_band(const unmixer *worker, size_t band, size_t *stride);

/** Threads by GDAL's conventions: option, else GDAL_NUM_THREADS, else 1; "ALL_CPUS" or a number. */
size_t unmixer_threads(const char *option);

#ifdef __cplusplus
}
#endif
#endif
