/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file scene_path.h  Paths that a sidecar stores relative to itself. */
#ifndef WSNET_SCENE_PATH_H
#define WSNET_SCENE_PATH_H

#include <stdbool.h>

/** @return whether ".." is one of the parts of a path */
bool scene_path_climbs(const char *path);
/** @return whether a name stands for itself: absolute, /vsi..., a URL, or a GDAL name such as NETCDF:file:variable */
bool scene_path_is_absolute(const char *path);
/** @return stored, seen from the folder of the file scene; to be freed with free(), NULL when memory is out */
char *scene_path_resolve(const char *scene, const char *stored);
/** @return path relative to the folder of the file scene where it is inside that folder, absolute elsewhere */
char *scene_path_relate(const char *scene, const char *path);
/** @return an absolute path; names that stand for themselves are copied; to be freed with free() */
char *scene_path_absolute(const char *path);

#endif
