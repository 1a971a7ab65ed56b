/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "drawing.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../atomic_file.h"

const colour drawing_ink = {0.13, 0.14, 0.16}, drawing_faint_ink = {0.42, 0.44, 0.47};
static const colour frame_ink = {0.72, 0.73, 0.75}, grid_ink = {0.91, 0.91, 0.92};
static const unsigned char missing_grey = 0xE4;

/* ---- colours -------------------------------------------------------------------------------------------- */

enum { RAMP_STOPS = 9 };
/* Every eighth of matplotlib's viridis (CC0) and cividis (Nunez, Anderton and Renslow 2018). */
static const unsigned ramp_stops[2][RAMP_STOPS] = {
    {0x440154, 0x472D7B, 0x3B528B, 0x2C728E, 0x21918C, 0x28AE80, 0x5EC962, 0xADDC30, 0xFDE725},
    {0x00224E, 0x1A386F, 0x434E6C, 0x61656F, 0x7D7C78, 0x9B9476, 0xBCAE6C, 0xDEC958, 0xFEE838},
};

static colour colour_of_hex(unsigned hex) {
    return (colour){(double)(hex >> 16 & 255) / 255, (double)(hex >> 8 & 255) / 255, (double)(hex & 255) / 255};
}

static colour ramp_colour(colour_ramp ramp, double value) {
    const double place = fmin(fmax(value, 0), 1) * (RAMP_STOPS - 1);
    const int stop = place >= RAMP_STOPS - 1 ? RAMP_STOPS - 2 : (int)place;
    const double t = place - stop;
    const colour a = colour_of_hex(ramp_stops[ramp][stop]), b = colour_of_hex(ramp_stops[ramp][stop + 1]);
    return (colour){a.red + t * (b.red - a.red), a.green + t * (b.green - a.green), a.blue + t * (b.blue - a.blue)};
}

colour drawing_line_colour(size_t i) {
    static const unsigned colours[] = {0x0072B2, 0xD55E00, 0x009E73, 0xCC79A7, 0xE69F00, 0x56B4E9, 0x222222, 0xB8A500};
    return colour_of_hex(colours[i % (sizeof colours / sizeof colours[0])]);
}

static void set_ink(cairo_t *canvas, colour ink) { cairo_set_source_rgb(canvas, ink.red, ink.green, ink.blue); }

/* ---- text ----------------------------------------------------------------------------------------------- */

/** Shortens text to a width, at the beginning of a UTF-8 character. @return the width it takes */
static double fit_text(cairo_t *canvas, const text_style *style, const char *text, char fitted[512]) {
    cairo_text_extents_t extents;
    cairo_select_font_face(canvas, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           style->bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas, style->size);
    snprintf(fitted, 500, "%s", text);
    size_t length = strlen(fitted);
    cairo_text_extents(canvas, fitted, &extents);
    while (style->most_width > 0 && extents.x_advance > style->most_width && length > 0) {
        do length--;
        while (length > 0 && ((unsigned char)fitted[length] & 0xC0) == 0x80);
        memcpy(fitted + length, "\xE2\x80\xA6", 4);
        cairo_text_extents(canvas, fitted, &extents);
    }
    return extents.x_advance;
}

double drawing_text(cairo_t *canvas, double x, double y, const text_style *style, const char *text) {
    char fitted[512];
    const double width = fit_text(canvas, style, text, fitted);
    set_ink(canvas, style->ink);
    cairo_move_to(canvas, x - (style->align == TEXT_LEFT ? 0 : style->align == TEXT_CENTRE ? width / 2 : width), y);
    cairo_show_text(canvas, fitted);
    return width;
}

void drawing_text_upright(cairo_t *canvas, double x, double y, const text_style *style, const char *text) {
    cairo_save(canvas);
    cairo_translate(canvas, x, y);
    cairo_rotate(canvas, -M_PI / 2);
    drawing_text(canvas, 0, 0, style, text);
    cairo_restore(canvas);
}

/* ---- numbers on scales -------------------------------------------------------------------------------------- */

/** @return the step of 1, 2 or 5 times a power of ten that cuts a range into about n parts */
static double tick_step(double range, int n) {
    const double raw = range / n, power = pow(10, floor(log10(raw)));
    const double mantissa = raw / power;
    return power * (mantissa < 1.5 ? 1 : mantissa < 3.5 ? 2 : mantissa < 7.5 ? 5 : 10);
}

/* ---- maps ----------------------------------------------------------------------------------------------- */

static void draw_frame(cairo_t *canvas, rectangle at) {
    set_ink(canvas, frame_ink);
    cairo_set_line_width(canvas, 1);
    cairo_rectangle(canvas, at.x - 0.5, at.y - 0.5, at.width + 1, at.height + 1);
    cairo_stroke(canvas);
}

static unsigned pixel_of(colour_scale scale, float value) {
    if (!isfinite(value)) return 0xFF000000u | missing_grey * 0x010101u;
    const colour shown = ramp_colour(scale.ramp, ((double)value - scale.least) / (1 - scale.least));
    return 0xFF000000u | (unsigned)lround(shown.red * 255) << 16 | (unsigned)lround(shown.green * 255) << 8 |
           (unsigned)lround(shown.blue * 255);
}

bool drawing_map(cairo_t *canvas, rectangle at, colour_scale scale, int n_columns, int n_lines, const float *values) {
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, n_columns, n_lines);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return false;
    }
    unsigned char *bytes = cairo_image_surface_get_data(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (size_t line = 0; line < (size_t)n_lines; line++)
        for (size_t column = 0; column < (size_t)n_columns; column++) {
            const unsigned pixel = pixel_of(scale, values[line * (size_t)n_columns + column]);
            memcpy(bytes + line * stride + column * sizeof pixel, &pixel, sizeof pixel);
        }
    cairo_surface_mark_dirty(image);
    cairo_save(canvas);
    cairo_rectangle(canvas, at.x, at.y, at.width, at.height);
    cairo_clip(canvas);
    cairo_translate(canvas, at.x, at.y);
    cairo_scale(canvas, at.width / n_columns, at.height / n_lines);
    cairo_set_source_surface(canvas, image, 0, 0);
    /* Pixels stay pixels when enlarged; they are averaged when reduced. */
    cairo_pattern_set_filter(cairo_get_source(canvas),
                             at.width >= n_columns ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    cairo_paint(canvas);
    cairo_restore(canvas);
    cairo_surface_destroy(image);
    draw_frame(canvas, at);
    return true;
}

void drawing_colour_bar(cairo_t *canvas, rectangle at, colour_scale scale) {
    const text_style numbers = {.size = 13, .ink = drawing_faint_ink};
    for (int line = 0; line < (int)at.height; line++) {
        set_ink(canvas, ramp_colour(scale.ramp, 1 - (line + 0.5) / at.height));
        cairo_rectangle(canvas, at.x, at.y + line, at.width, 1);
        cairo_fill(canvas);
    }
    draw_frame(canvas, at);
    const double range = 1 - scale.least, step = tick_step(range, at.height < 90 ? 2 : 4);
    for (double value = ceil(scale.least / step - 1e-9) * step; value <= 1 + 1e-9; value += step) {
        char number[16];
        const double y = at.y + at.height * (1 - value) / range;
        snprintf(number, sizeof number, step < 0.1 ? "%.2f" : "%.1f", fabs(value) < 1e-9 ? 0.0 : value);
        set_ink(canvas, frame_ink);
        cairo_move_to(canvas, at.x + at.width, y);
        cairo_line_to(canvas, at.x + at.width + 4, y);
        cairo_stroke(canvas);
        drawing_text(canvas, at.x + at.width + 8, y + 4.5, &numbers, number);
    }
}

/* ---- plots ---------------------------------------------------------------------------------------------- */

static double plot_x(const plot *frame, double x) {
    return frame->at.x + (x - frame->left) / (frame->right - frame->left) * frame->at.width;
}

static double plot_y(const plot *frame, double y) {
    return frame->at.y + (frame->top - y) / (frame->top - frame->bottom) * frame->at.height;
}

static void draw_tick(cairo_t *canvas, const plot *frame, bool is_x, double value) {
    const rectangle at = frame->at;
    const text_style numbers = {.size = 13, .align = is_x ? TEXT_CENTRE : TEXT_RIGHT, .ink = drawing_faint_ink};
    char number[32];
    snprintf(number, sizeof number, "%.6g", fabs(value) < 1e-12 ? 0.0 : value);
    set_ink(canvas, grid_ink);
    if (is_x) {
        const double x = floor(plot_x(frame, value)) + 0.5;
        cairo_move_to(canvas, x, at.y);
        cairo_line_to(canvas, x, at.y + at.height);
        cairo_stroke(canvas);
        drawing_text(canvas, x, at.y + at.height + 19, &numbers, number);
    } else {
        const double y = floor(plot_y(frame, value)) + 0.5;
        cairo_move_to(canvas, at.x, y);
        cairo_line_to(canvas, at.x + at.width, y);
        cairo_stroke(canvas);
        drawing_text(canvas, at.x - 8, y + 4.5, &numbers, number);
    }
}

void drawing_axes(cairo_t *canvas, const plot *frame, const char *x_title, const char *y_title) {
    const rectangle at = frame->at;
    const text_style title = {.size = 14, .align = TEXT_CENTRE, .ink = drawing_ink};
    const double x_step = tick_step(frame->right - frame->left, 8), y_step = tick_step(frame->top - frame->bottom, 5);
    cairo_set_line_width(canvas, 1);
    for (double x = ceil(frame->left / x_step) * x_step; x <= frame->right; x += x_step)
        draw_tick(canvas, frame, true, x);
    for (double y = ceil(frame->bottom / y_step) * y_step; y <= frame->top; y += y_step)
        draw_tick(canvas, frame, false, y);
    draw_frame(canvas, at);
    drawing_text(canvas, at.x + at.width / 2, at.y + at.height + 42, &title, x_title);
    drawing_text_upright(canvas, at.x - 52, at.y + at.height / 2, &title, y_title);
}

static int by_value(const void *first, const void *second) {
    const double a = *(const double *)first, b = *(const double *)second;
    return (a > b) - (a < b);
}

/** @return the median step of x, 0 when there is none */
static double usual_step(size_t n, const double *x) {
    double *steps = n > 1 ? malloc((n - 1) * sizeof *steps) : NULL;
    if (!steps) return 0;
    for (size_t i = 0; i + 1 < n; i++) steps[i] = fabs(x[i + 1] - x[i]);
    qsort(steps, n - 1, sizeof *steps, by_value);
    const double median = steps[(n - 1) / 2];
    free(steps);
    return median;
}

void drawing_line(cairo_t *canvas, const plot *frame, colour ink, bool dashed, size_t n, const double *x,
                  const double *y) {
    const double dashes[] = {5, 4}, longest_step = 6 * usual_step(n, x);
    bool pen_down = false;
    cairo_save(canvas);
    cairo_rectangle(canvas, frame->at.x, frame->at.y, frame->at.width, frame->at.height);
    cairo_clip(canvas);
    for (size_t i = 0; i < n; i++) {
        const bool joined = pen_down && x[i] >= x[i - 1] && x[i] - x[i - 1] <= longest_step;
        pen_down = isfinite(y[i]);
        if (!pen_down) continue;
        (joined ? cairo_line_to : cairo_move_to)(canvas, plot_x(frame, x[i]), plot_y(frame, y[i]));
    }
    set_ink(canvas, ink);
    cairo_set_line_width(canvas, dashed ? 1.5 : 2);
    cairo_set_line_join(canvas, CAIRO_LINE_JOIN_ROUND);
    if (dashed) cairo_set_dash(canvas, dashes, 2, 0);
    cairo_stroke(canvas);
    cairo_restore(canvas);
}

/* ---- PNG ------------------------------------------------------------------------------------------------ */

typedef struct png_bytes {
    unsigned char *bytes;
    size_t n, capacity;
} png_bytes;

static cairo_status_t append(void *closure, const unsigned char *bytes, unsigned n) {
    png_bytes *png = closure;
    if (png->n + n > png->capacity) {
        const size_t capacity = 2 * (png->n + n);
        unsigned char *grown = realloc(png->bytes, capacity);
        if (!grown) return CAIRO_STATUS_NO_MEMORY;
        png->bytes = grown;
        png->capacity = capacity;
    }
    memcpy(png->bytes + png->n, bytes, n);
    png->n += n;
    return CAIRO_STATUS_SUCCESS;
}

bool drawing_write_png(cairo_surface_t *surface, const char *path, char error[1024]) {
    png_bytes png = {0};
    cairo_surface_flush(surface);
    const cairo_status_t status = cairo_surface_write_to_png_stream(surface, append, &png);
    bool written = status == CAIRO_STATUS_SUCCESS;
    if (!written) snprintf(error, 1024, "the picture cannot be made: %s", cairo_status_to_string(status));
    written = written && atomic_write(path, png.bytes, png.n, error);
    free(png.bytes);
    return written;
}
