/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "spectra_plot.h"

#include <math.h>
#include <stdlib.h>
#include <strings.h>

enum { AXIS_WIDTH = 66, LEGEND_WIDTH = 190, LEGEND_LINE = 22 };

/** Spectra prepared for drawing. */
typedef struct curves {
    const wsnet_library *library;
    size_t n_bands;
    bool has_wavelengths;
    double *x, *y; /**< [n_bands] wavelengths, or band numbers where those are unknown; one spectrum at a time */
} curves;

static bool curves_create(const wsnet_library *library, curves *made) {
    *made = (curves){.library = library, .n_bands = wsnet_library_n_bands(library)};
    const double *wavelength_nm = wsnet_library_wavelength_nm(library);
    made->has_wavelengths = wavelength_nm && wavelength_nm[0] > 0;
    made->x = calloc(made->n_bands, sizeof *made->x);
    made->y = calloc(made->n_bands, sizeof *made->y);
    if (!made->x || !made->y) return false;
    for (size_t band = 0; band < made->n_bands; band++)
        made->x[band] = made->has_wavelengths ? wavelength_nm[band] : (double)band + 1;
    return true;
}

static void curves_free(curves *made) {
    free(made->x);
    free(made->y);
}

static void widen_to(plot *frame, const curves *held) {
    const size_t n_values = held->n_bands * wsnet_library_n_spectra(held->library);
    const float *spectra = wsnet_library_spectra(held->library);
    for (size_t band = 0; band < held->n_bands; band++) {
        frame->left = fmin(frame->left, held->x[band]);
        frame->right = fmax(frame->right, held->x[band]);
    }
    for (size_t i = 0; i < n_values; i++) {
        frame->top = fmax(frame->top, 1.05 * (double)spectra[i]);
        frame->bottom = fmin(frame->bottom, 1.05 * (double)spectra[i]);
    }
}

/** @return the material that a spectrum belongs to; its own place where no name fits */
static size_t material_of(const char *name, size_t place, size_t n, const char *const *names) {
    for (size_t i = 0; i < n; i++)
        if (names[i] && strcasecmp(names[i], name) == 0) return i;
    return place;
}

static void draw_curves(cairo_t *canvas, const plot *frame, const curves *held, bool dashed, size_t n_materials,
                        const char *const *names) {
    for (size_t i = 0; i < wsnet_library_n_spectra(held->library); i++) {
        const float *spectrum = wsnet_library_spectra(held->library) + i * held->n_bands;
        for (size_t band = 0; band < held->n_bands; band++) held->y[band] = (double)spectrum[band];
        const size_t material = material_of(wsnet_library_name(held->library, i), i, n_materials, names);
        drawing_line(canvas, frame, drawing_line_colour(material), dashed, held->n_bands, held->x, held->y);
    }
}

static void draw_legend(cairo_t *canvas, rectangle at, const spectra_plot *shown) {
    const text_style name = {.size = 14, .most_width = at.width - 30, .ink = drawing_ink};
    for (size_t i = 0; i < shown->n_materials && (double)(i + 1) * LEGEND_LINE <= at.height; i++) {
        const double y = at.y + (double)i * LEGEND_LINE;
        const colour ink = drawing_line_colour(i);
        cairo_set_source_rgb(canvas, ink.red, ink.green, ink.blue);
        cairo_rectangle(canvas, at.x, y + 7, 22, 3);
        cairo_fill(canvas);
        drawing_text(canvas, at.x + 30, y + 13, &name, shown->names[i]);
    }
}

bool spectra_plot_draw(cairo_t *canvas, rectangle at, const spectra_plot *shown) {
    const rectangle inner = {at.x + AXIS_WIDTH, at.y, at.width - AXIS_WIDTH - LEGEND_WIDTH, at.height};
    plot frame = {inner, INFINITY, -INFINITY, 0, 1e-6};
    curves found = {0}, truth = {0};
    const bool fine = curves_create(shown->found, &found) && (!shown->truth || curves_create(shown->truth, &truth));
    if (fine) {
        const bool both = shown->truth && truth.has_wavelengths == found.has_wavelengths;
        widen_to(&frame, &found);
        if (both) widen_to(&frame, &truth);
        drawing_axes(canvas, &frame, found.has_wavelengths ? "wavelength (nm)" : "band", "value in the cube's units");
        if (both) draw_curves(canvas, &frame, &truth, true, shown->n_materials, shown->truth_names);
        draw_curves(canvas, &frame, &found, false, shown->n_materials, shown->names);
        draw_legend(canvas, (rectangle){inner.x + inner.width + 20, at.y, LEGEND_WIDTH - 20, at.height}, shown);
    }
    curves_free(&found);
    curves_free(&truth);
    return fine;
}
