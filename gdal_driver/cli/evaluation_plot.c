/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <math.h>

#include "drawing.h"
#include "evaluation.h"

enum { PANEL_WIDTH = 420, PANEL_HEIGHT = 260, LEFT = 90, TOP = 60, GAP = 100, BOTTOM = 110 };

static cairo_surface_t *new_canvas(int n_panels, const char *title, cairo_t **canvas) {
    const int width = LEFT + n_panels * PANEL_WIDTH + (n_panels - 1) * GAP + 30;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, TOP + PANEL_HEIGHT + BOTTOM);
    const text_style heading = {.size = 18, .bold = true, .ink = drawing_ink};
    *canvas = cairo_create(surface);
    cairo_set_source_rgb(*canvas, 1, 1, 1);
    cairo_paint(*canvas);
    drawing_text(*canvas, LEFT, 34, &heading, title);
    return surface;
}

static bool finish(cairo_surface_t *surface, cairo_t *canvas, const char *path, char error[1024]) {
    cairo_destroy(canvas);
    const bool written = drawing_write_png(surface, path, error);
    cairo_surface_destroy(surface);
    return written;
}

static rectangle panel_at(int panel) {
    return (rectangle){LEFT + panel * (PANEL_WIDTH + GAP), TOP, PANEL_WIDTH, PANEL_HEIGHT};
}

static void add_legend(cairo_t *canvas, size_t i, const char *name) {
    const text_style style = {.size = 13, .ink = drawing_ink};
    const colour ink = drawing_line_colour(i);
    const double x = LEFT + 150.0 * (double)i, y = TOP + PANEL_HEIGHT + BOTTOM - 24;
    cairo_set_source_rgb(canvas, ink.red, ink.green, ink.blue);
    cairo_set_line_width(canvas, 3);
    cairo_move_to(canvas, x, y - 4);
    cairo_line_to(canvas, x + 24, y - 4);
    cairo_stroke(canvas);
    drawing_text(canvas, x + 32, y, &style, name);
}

/* Room for the values, from 0 where the score has a natural 0. */
static plot frame_for(rectangle at, size_t n, const double *x, double most) {
    double left = x[0], right = x[0];
    for (size_t i = 1; i < n; i++) left = fmin(left, x[i]), right = fmax(right, x[i]);
    if (!(right > left)) right = left + 1;
    return (plot){at, left, right, 0, most > 0 ? 1.08 * most : 1};
}

bool evaluation_plot_group(const evaluation *all, const evaluation_group *group, const char *path, char error[1024]) {
    static const evaluation_score shown[] = {SCORE_RMSE, SCORE_RECALL, SCORE_COVERAGE};
    static const evaluation_method methods[] = {EVALUATION_WSNET, EVALUATION_FCLS, EVALUATION_NNLS, EVALUATION_UCLS};
    cairo_t *canvas;
    cairo_surface_t *surface = new_canvas(3, group->title, &canvas);
    for (int panel = 0; panel < 3; panel++) {
        double y[4][EVALUATION_MAX_SETTINGS], most = 0;
        for (int m = 0; m < 4; m++)
            for (size_t i = 0; i < group->n; i++) {
                y[m][i] = evaluation_summarise(all, group->case_index[i], methods[m], shown[panel]).median;
                if (isfinite(y[m][i])) most = fmax(most, y[m][i]);
            }
        const plot frame = frame_for(panel_at(panel), group->n, group->setting, panel ? 0.93 : most);
        drawing_axes(canvas, &frame, group->axis, evaluation_score_names[shown[panel]].title);
        for (size_t m = 0; m < 4; m++)
            drawing_line(canvas, &frame, drawing_line_colour(m), false, group->n, group->setting, y[m]);
    }
    for (size_t m = 0; m < 4; m++) add_legend(canvas, m, evaluation_method_title(methods[m]));
    return finish(surface, canvas, path, error);
}

bool evaluation_plot_curve(const evaluation_curve *curve, const char *path, char error[1024]) {
    const double *const lines[] = {curve->recall, curve->false_positive_rate, curve->kept};
    static const char *const names[] = {"weak recall", "false positives", "entries kept"};
    cairo_t *canvas;
    cairo_surface_t *surface = new_canvas(1, curve->title, &canvas);
    const plot frame = frame_for(panel_at(0), curve->n, curve->setting, 0.93);
    drawing_axes(canvas, &frame, curve->axis, "share");
    for (size_t i = 0; i < 3; i++) {
        drawing_line(canvas, &frame, drawing_line_colour(i), false, curve->n, curve->setting, lines[i]);
        add_legend(canvas, i, names[i]);
    }
    return finish(surface, canvas, path, error);
}
