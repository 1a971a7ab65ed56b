/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "zone_scan.h"

#include <cpl_port.h>
#include <cpl_vsi.h>

static const size_t most_window_bytes = (size_t)64 << 20;

scene *zone_scan_scene(cli *run, const char *path) {
    char error[CLI_SENTENCE];
    scene *described = STARTS_WITH_CI(path, "WSNET:") ? scene_parse_prefix(path, error) : scene_read(path, error);
    if (!described) cli_fail(run, "%s", error);
    return described;
}

view *zone_scan_open(cli *run, const scene *described, unsigned bands) {
    char error[CLI_SENTENCE];
    scene wanted = *described;
    wanted.bands = bands;
    view *opened = view_open(&wanted, (size_t)run->n_threads, error);
    if (!opened) return cli_fail(run, "%s", error), NULL;
    if (view_warning(opened)) cli_warn(run, "%s", view_warning(opened));
    return opened;
}

zones *zone_scan_zones(cli *run, const view *opened, const char *path, const char *name_field) {
    char error[CLI_SENTENCE];
    zones *places = zones_open(view_cube(opened)->dataset, path, name_field, error);
    if (!places) return cli_fail(run, "%s", error), NULL;
    for (char **warning = zones_warnings(places); warning && *warning; warning++) cli_warn(run, "%s", *warning);
    return places;
}

/** One pass and its buffers. */
typedef struct scan {
    cli *run;
    view *opened;
    zones *places;
    size_t n_values, n_bands;
    float *values, *spectra;
    uint8_t *mask;
    scan_visitor visit;
    void *user;
    scan_window at;
} scan;

static bool visit_zone(const zone_pixels *pixels, void *user) {
    const scan *passing = user;
    return passing->visit(&passing->at, pixels, passing->user);
}

static bool read_window(scan *passing, char error[CLI_SENTENCE]) {
    const scan_window *at = &passing->at;
    const GSpacing value = sizeof(float), pixel = value * (GSpacing)passing->n_values;
    const view_target target = {
        .data = passing->values,
        .type = GDT_Float32,
        .n_bands = (int)passing->n_values,
        .pixel_space = pixel,
        .line_space = pixel * at->width,
        .band_space = value,
    };
    if (!view_read(passing->opened, at->x, at->y, at->width, at->height, &target, error)) return false;
    return !passing->spectra ||
           cube_read(view_cube(passing->opened), at->x, at->y, at->width, at->height, passing->n_bands,
                     wsnet_model_band_index(view_model(passing->opened)), passing->spectra, passing->mask, error);
}

static bool scan_one(scan *passing) {
    char error[CLI_SENTENCE];
    const scan_window *at = &passing->at;
    if (!read_window(passing, error)) return cli_fail(passing->run, "%s", error), false;
    if (!zones_visit(passing->places, at->x, at->y, at->width, at->height, visit_zone, passing, error)) {
        if (error[0]) cli_fail(passing->run, "%s", error);
        return false;
    }
    return true;
}

static bool scan_all(scan *passing, int width, int height) {
    const cube *source = view_cube(passing->opened);
    for (int y = 0; y < source->height; y += height)
        for (int x = 0; x < source->width; x += width) {
            passing->at = (scan_window){
                .x = x,
                .y = y,
                .width = source->width - x < width ? source->width - x : width,
                .height = source->height - y < height ? source->height - y : height,
                .n_values = passing->n_values,
                .values = passing->values,
                .spectra = passing->spectra,
                .mask = passing->mask,
            };
            if (!scan_one(passing)) return false;
            const double lines = y + (double)passing->at.height * (x + passing->at.width) / source->width;
            if (!progress_report(lines / source->height, "unmixing", &passing->run->progress))
                return cli_fail_core(passing->run), false;
        }
    return true;
}

bool zone_scan_run(cli *run, view *opened, zones *places, bool with_spectra, scan_visitor visit, void *user) {
    int width, height;
    scan passing = {.run = run, .opened = opened, .places = places, .visit = visit, .user = user};
    passing.n_values = view_plan(opened)->n_bands;
    passing.n_bands = wsnet_model_n_bands(view_model(opened));
    view_block_size(opened, &width, &height);
    const size_t pixel_bytes = (passing.n_values + (with_spectra ? passing.n_bands : 0)) * sizeof(float);
    while (height > 1 && (size_t)width * (size_t)height * pixel_bytes > most_window_bytes) height = (height + 1) / 2;
    const size_t n = (size_t)width * (size_t)height;
    passing.values = VSI_MALLOC3_VERBOSE(n, passing.n_values, sizeof *passing.values);
    if (with_spectra) {
        passing.spectra = VSI_MALLOC3_VERBOSE(n, passing.n_bands, sizeof *passing.spectra);
        passing.mask = VSI_MALLOC_VERBOSE(n);
    }
    bool done = passing.values && (!with_spectra || (passing.spectra && passing.mask));
    if (done)
        done = scan_all(&passing, width, height);
    else
        cli_fail(run, "memory is out");
    VSIFree(passing.values);
    VSIFree(passing.spectra);
    VSIFree(passing.mask);
    return done;
}
