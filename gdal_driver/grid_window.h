/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file grid_window.h  Rectangles of pixels. */
#ifndef WSNET_GRID_WINDOW_H
#define WSNET_GRID_WINDOW_H

#include <ogr_core.h>

typedef struct grid_window {
    int x, y, width, height;
} grid_window;

/** @param transform of a raster of width x height pixels
 *  @return the pixels that an envelope may touch, cut to the raster; width 0 when there are none */
grid_window grid_window_of(const double transform[6], int width, int height, const OGREnvelope *envelope);

#endif
