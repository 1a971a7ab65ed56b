/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file spectra_plot.h  Spectra of materials, with their legend. */
#ifndef WSNET_CLI_SPECTRA_PLOT_H
#define WSNET_CLI_SPECTRA_PLOT_H

#include "drawing.h"
#include "wsnet.h"

typedef struct spectra_plot {
    const wsnet_library *found, *truth; /**< truth is drawn dashed; or NULL */
    size_t n_materials;
    const char *const *names;       /**< [n_materials] in the order of their colours */
    const char *const *truth_names; /**< [n_materials] names that truth gives them, NULL where it has none */
} spectra_plot;

/** Draws the plot and its legend into a rectangle. @return false when memory is out */
bool spectra_plot_draw(cairo_t *canvas, rectangle at, const spectra_plot *shown);

#endif
