/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file quicklook.c  `wsnet quicklook`: one picture of truth, abundances, confidence, fit and spectra. */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdio.h>

#include "cli.h"
#include "drawing.h"
#include "layer_match.h"
#include "layers.h"
#include "output.h"
#include "spectra_file.h"
#include "spectra_plot.h"

enum { MOST_COLUMNS = 6, MOST_MAP_PIXELS = 1024 };
/* Lengths in canvas pixels. */
enum {
    MARGIN = 32,
    LABEL_WIDTH = 34,
    GAP = 12,
    ROW_GAP = 22,
    BAR_GAP = 16,
    BAR_WIDTH = 14,
    BAR_SPACE = 76,
    HEADING = 34,
    TITLE = 56,
    PLOT_HEIGHT = 300,
    FIT_WIDTH = 420,
    LEAST_MAPS_WIDTH = 780,
};

typedef struct quicklook_arguments {
    cli_common common;
    const char *abundances, *truth, *endmembers, *truth_endmembers, *output, *title;
} quicklook_arguments;

static const option quicklook_options[] = {
    {OPTION_POSITION, "ABUNDANCES|SCENE", 0, true, NULL, "what 'wsnet unmix' or gdal_translate wrote, or a scene",
     offsetof(quicklook_arguments, abundances), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "PICTURE.png", "the picture to write", offsetof(quicklook_arguments, output),
     0, 0, NULL},
    {OPTION_TEXT, "--truth", 't', false, "TRUTH.tif", "a raster of true abundances, shown above",
     offsetof(quicklook_arguments, truth), 0, 0, NULL},
    {OPTION_TEXT, "--endmembers", 'e', false, "FILE",
     "spectra to show, CSV, .sli or a model (default: those that the raster itself holds)",
     offsetof(quicklook_arguments, endmembers), 0, 0, NULL},
    {OPTION_TEXT, "--truth-endmembers", 0, false, "FILE", "true spectra, dashed",
     offsetof(quicklook_arguments, truth_endmembers), 0, 0, NULL},
    {OPTION_TEXT, "--title", 0, false, "TEXT", "heading of the picture (default: the name of the file)",
     offsetof(quicklook_arguments, title), 0, 0, NULL},
    {0},
};

static const option_group quicklook_groups[] = {
    {"Picture", quicklook_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

/** A row of maps: what it shows of every material. */
typedef struct map_row {
    const char *title;
    const layers *from;
    layer_kind kind;
    bool by_match; /**< the columns are the truth's partners */
    colour_scale scale;
} map_row;

typedef struct picture {
    cli *run;
    const quicklook_arguments *wanted;
    layers found, truth;
    layer_match match;
    wsnet_library *library, *truth_library;
    map_row rows[3];
    size_t n_rows;
    int map_columns, map_lines; /**< pixels read of a map */
    float *values;              /**< [map_lines,map_columns] */
    double map_width, map_height, width, height;
    size_t n_columns; /**< of maps, before they wrap */
    cairo_t *canvas;
} picture;

/* ---- inputs --------------------------------------------------------------------------------------------- */

static bool open_truth(picture *at) {
    if (!at->wanted->truth) return true;
    if (!layers_open(at->run, at->wanted->truth, &at->truth)) return false;
    if (at->truth.width != at->found.width || at->truth.height != at->found.height)
        return cli_fail(at->run, "%s is %d x %d pixels and the truth %d x %d", at->wanted->abundances, at->found.width,
                        at->found.height, at->truth.width, at->truth.height),
               false;
    return layer_match_find(at->run, &at->found, &at->truth, NULL, NULL, &at->match);
}

static bool open_inputs(picture *at) {
    const quicklook_arguments *wanted = at->wanted;
    if (!layers_open(at->run, wanted->abundances, &at->found) || !open_truth(at)) return false;
    at->library =
        wanted->endmembers ? spectra_file_read(at->run, wanted->endmembers) : layers_endmembers(at->run, &at->found);
    if (wanted->endmembers && !at->library) return false;
    if (!wanted->truth_endmembers) return true;
    at->truth_library = spectra_file_read(at->run, wanted->truth_endmembers);
    return at->truth_library != NULL;
}

/** @return the band of a row and a material of the abundances, 0 when there is none */
static int band_of(const picture *at, const map_row *row, size_t material) {
    if (!row->by_match) return row->from->materials[material].band[row->kind];
    for (size_t pair = 0; pair < at->match.n; pair++)
        if (at->match.found[pair] == material) return row->from->materials[at->match.truth[pair]].band[row->kind];
    return 0;
}

/* ---- layout --------------------------------------------------------------------------------------------- */

static size_t n_blocks(const picture *at) { return (at->found.n_materials + at->n_columns - 1) / at->n_columns; }

static double block_height(const picture *at) { return HEADING + (double)at->n_rows * (at->map_height + ROW_GAP); }

static bool has_plot(const picture *at) { return at->library || at->found.fit; }

static void lay_out(picture *at) {
    const colour_scale amounts = {RAMP_AMOUNT, 0};
    const double aspect = (double)at->found.height / at->found.width;
    if (at->truth.dataset) at->rows[at->n_rows++] = (map_row){"truth", &at->truth, LAYER_ABUNDANCE, true, amounts};
    at->rows[at->n_rows++] = (map_row){"abundance", &at->found, LAYER_ABUNDANCE, false, amounts};
    if (layers_have(&at->found, LAYER_CONFIDENCE))
        at->rows[at->n_rows++] = (map_row){"confidence", &at->found, LAYER_CONFIDENCE, false, {RAMP_CERTAINTY, 0}};
    const size_t n = at->found.n_materials;
    const size_t lines_of_maps = (n + MOST_COLUMNS - 1) / MOST_COLUMNS;
    at->n_columns = (n + lines_of_maps - 1) / lines_of_maps;
    at->map_width = fmin(fmax(240, (LEAST_MAPS_WIDTH + GAP) / (double)at->n_columns - GAP), 340);
    at->map_width = floor(fmin(at->map_width, 340 / aspect));
    at->map_height = floor(at->map_width * aspect);
    const double maps = fmax((double)at->n_columns * (at->map_width + GAP) - GAP, LEAST_MAPS_WIDTH);
    at->width = MARGIN + LABEL_WIDTH + maps + BAR_GAP + BAR_SPACE + MARGIN;
    at->height = MARGIN + TITLE + (double)n_blocks(at) * block_height(at) + MARGIN +
                 (has_plot(at) ? HEADING + PLOT_HEIGHT + 48 : 0);
    const double reduction = fmin(1, (double)MOST_MAP_PIXELS / fmax(at->found.width, at->found.height));
    at->map_columns = (int)fmax(1, floor(at->found.width * reduction));
    at->map_lines = (int)fmax(1, floor(at->found.height * reduction));
}

/* ---- drawing -------------------------------------------------------------------------------------------- */

static bool draw_map(picture *at, double x, double y, double width, double height, colour_scale scale,
                     const layers *from, int band) {
    if (!layers_read_band(at->run, from, band, at->map_columns, at->map_lines, 1, at->values)) return false;
    return drawing_map(at->canvas, (rectangle){x, y, width, height}, scale, at->map_columns, at->map_lines,
                       at->values) ||
           (cli_fail(at->run, "memory is out"), false);
}

static void draw_title(picture *at) {
    char details[256];
    const text_style title = {.size = 24, .bold = true, .most_width = at->width - 2 * MARGIN, .ink = drawing_ink};
    const text_style below = {.size = 14, .most_width = at->width - 2 * MARGIN, .ink = drawing_faint_ink};
    snprintf(details, sizeof details, "%d x %d pixels, %zu materials", at->found.width, at->found.height,
             at->found.n_materials);
    drawing_text(at->canvas, MARGIN, MARGIN + 18, &title,
                 at->wanted->title ? at->wanted->title : CPLGetFilename(at->wanted->abundances));
    drawing_text(at->canvas, MARGIN, MARGIN + 40, &below, details);
}

/** A material's name with the colour of its spectrum. */
static void draw_heading(picture *at, size_t material, double x, double y) {
    const text_style name = {.size = 16, .bold = true, .most_width = at->map_width - 20, .ink = drawing_ink};
    const colour ink = drawing_line_colour(material);
    cairo_set_source_rgb(at->canvas, ink.red, ink.green, ink.blue);
    cairo_arc(at->canvas, x + 6, y - 5.5, 5.5, 0, 2 * M_PI);
    cairo_fill(at->canvas);
    drawing_text(at->canvas, x + 18, y, &name, at->found.materials[material].name);
}

/** The rows of maps of some materials. */
static bool draw_block(picture *at, size_t first, double top) {
    const text_style label = {.size = 15, .align = TEXT_CENTRE, .ink = drawing_ink};
    const double left = MARGIN + LABEL_WIDTH, first_map = top + HEADING;
    size_t end = first + at->n_columns;
    if (end > at->found.n_materials) end = at->found.n_materials;
    const double bar_x = left + (double)(end - first) * (at->map_width + GAP) - GAP + BAR_GAP;
    for (size_t material = first; material < end; material++)
        draw_heading(at, material, left + (double)(material - first) * (at->map_width + GAP), first_map - 10);
    for (size_t row = 0; row < at->n_rows; row++) {
        const double y = first_map + (double)row * (at->map_height + ROW_GAP);
        drawing_text_upright(at->canvas, MARGIN + 16, y + at->map_height / 2, &label, at->rows[row].title);
        drawing_colour_bar(at->canvas, (rectangle){bar_x, y, BAR_WIDTH, at->map_height}, at->rows[row].scale);
        for (size_t material = first; material < end; material++) {
            const int band = band_of(at, &at->rows[row], material);
            const double x = left + (double)(material - first) * (at->map_width + GAP);
            if (band &&
                !draw_map(at, x, y, at->map_width, at->map_height, at->rows[row].scale, at->rows[row].from, band))
                return false;
            if (!progress_report((double)material / (double)at->found.n_materials, "drawing", &at->run->progress))
                return cli_fail_core(at->run), false;
        }
    }
    return true;
}

static bool draw_fit(picture *at, double left, double top, double width) {
    const double aspect = (double)at->found.height / at->found.width;
    const double map_width = floor(fmin(width - BAR_GAP - BAR_SPACE, PLOT_HEIGHT / aspect));
    const colour_scale scale = {RAMP_CERTAINTY, 0};
    const text_style heading = {.size = 16, .bold = true, .ink = drawing_ink};
    const rectangle map = {left, top + HEADING, map_width, floor(map_width * aspect)};
    drawing_text(at->canvas, left, top + HEADING - 12, &heading, "Fit (near 0: unknown material)");
    drawing_colour_bar(at->canvas, (rectangle){map.x + map.width + BAR_GAP, map.y, BAR_WIDTH, map.height}, scale);
    return draw_map(at, map.x, map.y, map.width, map.height, scale, &at->found, at->found.fit);
}

static bool draw_spectra(picture *at, double left, double top, double width) {
    const char *names[WSNET_MAX_ENDMEMBERS], *partners[WSNET_MAX_ENDMEMBERS] = {0};
    for (size_t i = 0; i < at->found.n_materials; i++) names[i] = at->found.materials[i].name;
    for (size_t pair = 0; pair < at->match.n; pair++)
        partners[at->match.found[pair]] = at->truth.materials[at->match.truth[pair]].name;
    const spectra_plot shown = {at->library, at->truth_library, at->found.n_materials, names, partners};
    const text_style heading = {.size = 16, .bold = true, .ink = drawing_ink};
    drawing_text(at->canvas, left, top + HEADING - 12, &heading,
                 at->truth_library ? "Endmembers (dashed: true spectra)" : "Endmembers");
    return spectra_plot_draw(at->canvas, (rectangle){left, top + HEADING, width, PLOT_HEIGHT}, &shown) ||
           (cli_fail(at->run, "memory is out"), false);
}

static bool draw_bottom(picture *at, double top) {
    const double left = MARGIN, whole = at->width - 2 * MARGIN, fit_width = at->found.fit ? FIT_WIDTH : 0;
    const double plot_width = whole - (at->found.fit ? fit_width + 3 * GAP : 0);
    if (at->library && !draw_spectra(at, left, top, plot_width)) return false;
    return !at->found.fit || draw_fit(at, at->library ? at->width - MARGIN - fit_width : left, top, fit_width);
}

/** Confidence is mostly high: its colours begin a tenth below what all but one in a hundred pixels reach. */
static bool scale_confidence(picture *at, map_row *row) {
    enum { BINS = 100 };
    size_t counts[BINS] = {0}, n = 0, below = 0;
    const size_t n_values = (size_t)at->map_columns * (size_t)at->map_lines;
    for (size_t material = 0; material < at->found.n_materials; material++) {
        if (!layers_read_band(at->run, &at->found, band_of(at, row, material), at->map_columns, at->map_lines, 1,
                              at->values))
            return false;
        for (size_t i = 0; i < n_values; i++) {
            if (!isfinite(at->values[i])) continue;
            counts[(int)fmin(fmax((double)at->values[i] * BINS, 0), BINS - 1)]++;
            n++;
        }
    }
    int bin = 0;
    while (bin < BINS - 1 && (below += counts[bin]) * 100 <= n) bin++;
    row->scale.least = fmin(floor(bin / 10.0) / 10, 0.9);
    return true;
}

static bool draw(picture *at) {
    cairo_set_source_rgb(at->canvas, 1, 1, 1);
    cairo_paint(at->canvas);
    draw_title(at);
    for (size_t row = 0; row < at->n_rows; row++)
        if (at->rows[row].kind == LAYER_CONFIDENCE && !scale_confidence(at, &at->rows[row])) return false;
    double top = MARGIN + TITLE;
    for (size_t first = 0; first < at->found.n_materials; first += at->n_columns) {
        if (!draw_block(at, first, top)) return false;
        top += block_height(at);
    }
    return !has_plot(at) || draw_bottom(at, top);
}

static bool make_picture(picture *at) {
    char error[CLI_SENTENCE];
    if (!output_check(at->run, at->wanted->output) || !open_inputs(at)) return false;
    lay_out(at);
    at->values = VSIMalloc3((size_t)at->map_columns, (size_t)at->map_lines, sizeof *at->values);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)at->width, (int)at->height);
    at->canvas = cairo_create(surface);
    bool done = at->values && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    if (!done) cli_fail(at->run, "memory is out");
    done = done && draw(at);
    if (done && !drawing_write_png(surface, at->wanted->output, error)) done = (cli_fail(at->run, "%s", error), false);
    cairo_destroy(at->canvas);
    cairo_surface_destroy(surface);
    return done;
}

static int run_quicklook(cli *run, const void *arguments) {
    picture *at = VSI_CALLOC_VERBOSE(1, sizeof *at);
    if (!at) return cli_fail(run, "memory is out");
    at->run = run;
    at->wanted = arguments;
    const bool done = make_picture(at);
    if (done) cli_say(run, "Wrote %s", at->wanted->output);
    VSIFree(at->values);
    wsnet_library_destroy(at->library);
    wsnet_library_destroy(at->truth_library);
    layers_close(&at->found);
    layers_close(&at->truth);
    VSIFree(at);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command quicklook_command = {
    .name = "quicklook",
    .summary = "draw abundances, confidence, fit and spectra as one picture",
    .description =
        "Writes a PNG with a map of every abundance and its confidence, the truth above where it is given, the "
        "fit and the spectra. Colours keep their order for colour-blind readers and in grey.",
    .groups = quicklook_groups,
    .arguments_size = sizeof(quicklook_arguments),
    .run = run_quicklook,
};
