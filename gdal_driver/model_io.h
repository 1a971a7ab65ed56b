/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file model_io.h  Models by path: allowed or not, loaded once, shared by everyone who uses them. */
#ifndef WSNET_MODEL_IO_H
#define WSNET_MODEL_IO_H

#include <stdbool.h>

#include "wsnet.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A loaded model and how many use it. */
typedef struct shared_model shared_model;

/** Loads a model, or finds it loaded: path, size and time of change must be the same. The path may be any of GDAL's
 *  virtual files except network ones (unless WSNET_ALLOW_NETWORK_MODELS=YES) and must be inside WSNET_ALLOWED_MODEL_DIR
 *  where that configuration option is set.
 *  @return to be given back with model_release(), or NULL with one sentence in error */
shared_model *model_acquire(const char *path, char error[1024]);
void model_release(shared_model *shared);
const wsnet_model *model_get(const shared_model *shared);

/** Frees the models that are loaded but not in use. */
void model_cache_clear(void);

/** Reads a spectral library: .csv, or ENVI .sli beside its .hdr (either may be named). */
wsnet_library *library_load(wsnet_context *context, const char *path, char error[1024]);

#ifdef __cplusplus
}
#endif
#endif
