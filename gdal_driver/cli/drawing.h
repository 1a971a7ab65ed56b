/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file drawing.h  Maps, colour bars, text and line plots on a cairo canvas. Lengths are canvas pixels. */
#ifndef WSNET_CLI_DRAWING_H
#define WSNET_CLI_DRAWING_H

#include <cairo.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct colour {
    double red, green, blue;
} colour;

/** Ramps that stay in order for colour-blind readers and in grey: viridis for amounts, cividis for certainty. */
typedef enum colour_ramp { RAMP_AMOUNT, RAMP_CERTAINTY } colour_ramp;

typedef struct rectangle {
    double x, y, width, height;
} rectangle;

typedef enum text_align { TEXT_LEFT, TEXT_CENTRE, TEXT_RIGHT } text_align;

/** How a text looks and where it stands about its point. */
typedef struct text_style {
    double size;
    bool bold;
    text_align align;
    double most_width; /**< longer text ends in an ellipsis; 0: no limit */
    colour ink;
} text_style;
extern const colour drawing_ink, drawing_faint_ink;

/** @return the colour of line i: eight that differ for every kind of colour vision (Okabe and Ito 2008), then again */
colour drawing_line_colour(size_t i);
/** @param y of the base line @return the width that was drawn */
double drawing_text(cairo_t *canvas, double x, double y, const text_style *style, const char *text);
/** The same, read from below to above and centred on y. */
void drawing_text_upright(cairo_t *canvas, double x, double y, const text_style *style, const char *text);
/** Colours from a least value to 1. */
typedef struct colour_scale {
    colour_ramp ramp;
    double least;
} colour_scale;
/** Draws values, grey where they are not finite. @param values [n_lines,n_columns] */
bool drawing_map(cairo_t *canvas, rectangle at, colour_scale scale, int n_columns, int n_lines, const float *values);
/** Draws an upright bar with its numbers on the right. */
void drawing_colour_bar(cairo_t *canvas, rectangle at, colour_scale scale);

/** A plot's frame and the values at its edges. */
typedef struct plot {
    rectangle at;
    double left, right, bottom, top;
} plot;
/** Draws frame, grid, numbers and axis titles. */
void drawing_axes(cairo_t *canvas, const plot *frame, const char *x_title, const char *y_title);
/** Draws a line; it is broken where x steps back or jumps much further than usual (bands left out).
 *  @param x,y [n] */
void drawing_line(cairo_t *canvas, const plot *frame, colour ink, bool dashed, size_t n, const double *x,
                  const double *y);

/** Writes the surface as PNG; the file appears when it is complete. */
bool drawing_write_png(cairo_surface_t *surface, const char *path, char error[1024]);

#endif
