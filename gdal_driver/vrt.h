/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file vrt.h  A scene as a plain VRT with the pixel function wsnet_unmix. */
#ifndef WSNET_VRT_H
#define WSNET_VRT_H

#include <stdbool.h>

#include "scene.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Writes a VRT whose every value, name and metadata item is what the driver gives for the same scene. Paths in it are
 *  absolute. Opens cube and model to learn their bands. */
bool vrt_write(const char *path, const scene *described, char error[1024]);

#ifdef __cplusplus
}
#endif
#endif
