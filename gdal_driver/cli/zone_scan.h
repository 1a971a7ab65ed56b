/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file zone_scan.h  One pass over a scene, window by window, handing each zone its unmixed pixels. */
#ifndef WSNET_CLI_ZONE_SCAN_H
#define WSNET_CLI_ZONE_SCAN_H

#include "../view.h"
#include "../zones.h"
#include "cli.h"

/** Reads a scene file, or WSNET:MODEL:CUBE.
 *  @return to be destroyed with scene_destroy(), NULL with the failure printed */
scene *zone_scan_scene(cli *run, const char *path);
/** Opens a scene for reading; prints its warning. @param bands SCENE_* bits
 *  @return to be closed with view_close(), NULL with the failure printed */
view *zone_scan_open(cli *run, const scene *described, unsigned bands);
/** Opens zones on a scene's grid; prints their warnings. @return NULL with the failure printed */
zones *zone_scan_zones(cli *run, const view *opened, const char *path, const char *name_field);

/** An unmixed window. */
typedef struct scan_window {
    int x, y, width, height;
    size_t n_values;      /**< bands of the view's plan */
    const float *values;  /**< [width*height, n_values] NaN where masked */
    const float *spectra; /**< [width*height, B] bands that the model uses, or NULL when not asked for */
    const uint8_t *mask;  /**< [width*height] of the spectra, or NULL */
} scan_window;
/** @return false with the failure printed */
typedef bool (*scan_visitor)(const scan_window *at, const zone_pixels *pixels, void *user);

/** Calls visit for every zone's part of every window, with progress; windows come in raster order.
 *  @param with_spectra  read the cube's spectra too */
bool zone_scan_run(cli *run, view *opened, zones *places, bool with_spectra, scan_visitor visit, void *user);

#endif
