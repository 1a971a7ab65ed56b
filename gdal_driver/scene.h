/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file scene.h  The .wsnet sidecar: model + cube + options as JSON, paths relative to itself. */
#ifndef WSNET_SCENE_H
#define WSNET_SCENE_H

#include <stdbool.h>
#include <stddef.h>

#include "knobs.h"
#include "wsnet.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of output bands, in the order they are written. */
enum {
    SCENE_ABUNDANCE = 1u << 0,  /**< P bands */
    SCENE_CONFIDENCE = 1u << 1, /**< P bands */
    SCENE_INTERVAL = 1u << 2,   /**< 2 P bands: lower then upper of each endmember */
    SCENE_DETECTED = 1u << 3,   /**< P bands */
    SCENE_FIT = 1u << 4,        /**< 1 band */
    SCENE_RMSE = 1u << 5,       /**< 1 band */
};
#define SCENE_DEFAULT_BANDS (SCENE_ABUNDANCE | SCENE_CONFIDENCE | SCENE_FIT)

typedef struct scene {
    char *model; /**< resolved path */
    char *cube;  /**< resolved path */
    wsnet_method method;
    knobs knobs;
    unsigned bands; /**< SCENE_* bits */
} scene;

/** Parses "abundance,confidence,fit". @return 0 with one sentence in error */
unsigned scene_parse_bands(const char *list, char error[1024]);
/** Writes "abundance,confidence,fit". */
void scene_format_bands(unsigned bands, char list[128]);
/** Reads a sidecar; rejects what is not one. @return NULL with one sentence in error */
scene *scene_read(const char *path, char error[1024]);
/** Reads "WSNET:model.wsn:cube". */
scene *scene_parse_prefix(const char *name, char error[1024]);
/** Writes a sidecar beside and renames; paths are stored relative to it where they can be. */
bool scene_write(const char *path, const scene *described, char error[1024]);
void scene_destroy(scene *described);

#ifdef __cplusplus
}
#endif

#endif
