/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file model_path.h  Which files may be read as models: any VRT can name any path. */
#ifndef WSNET_MODEL_PATH_H
#define WSNET_MODEL_PATH_H

#include <stdbool.h>

/** @return false with one sentence in error when the configuration does not allow this path */
bool model_path_allowed(const char *path, char error[1024]);

#endif
