/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file area_mean.c  What zones hold by their mean spectra, beside the sums of their pixels (resources/docs/area.md). */
#include <cpl_vsi.h>
#include <string.h>

#include "area.h"

/* Errors are learned from about so many pixels, of lines that are spread over the cube. */
enum { MOST_PIXELS = 20000, MOST_LINES = 256 };

/* @param line [width,B], mask [width] scratch  @param pixels [MOST_PIXELS,B] filled  @param n  how many were found
 * @return false with the failure printed */
static bool read_pixels(measuring *on, size_t n_bands, float *line, uint8_t *mask, float *pixels, size_t *n) {
    char error[CLI_SENTENCE];
    cube *source = view_cube(on->opened);
    const uint32_t *bands = wsnet_model_band_index(view_model(on->opened));
    const size_t width = (size_t)source->width;
    const int n_lines = source->height < MOST_LINES ? source->height : MOST_LINES;
    const size_t step = ((size_t)n_lines * width + MOST_PIXELS - 1) / MOST_PIXELS;
    size_t passed = 0;
    for (int i = 0; i < n_lines; i++) {
        const int y = (int)((double)i * source->height / n_lines);
        if (!cube_read(source, 0, y, source->width, 1, n_bands, bands, line, mask, error))
            return cli_fail(on->run, "%s", error), false;
        for (size_t x = 0; x < width; x++) {
            if (!mask[x] || passed++ % step != 0) continue;
            memcpy(pixels + *n * n_bands, line + x * n_bands, n_bands * sizeof *line);
            ++*n;
        }
    }
    return true;
}

/* @param n  pixels; a cube without one has no zone either that holds one */
static bool make_solver(measuring *on, size_t n, size_t n_bands, const float *pixels) {
    wsnet_context *context = on->run->context;
    if (n == 0) return true;
    const wsnet_status status =
        wsnet_zone_solver_create(context, view_model(on->opened), n, n_bands, pixels, &on->solver);
    if (status == WSNET_OK) return true;
    if (status != WSNET_E_NUMERIC) return cli_fail_core(on->run), false;
    cli_warn(on->run, "%s: areas are the sums of the pixels' abundances alone", wsnet_context_error(context));
    return true;
}

bool area_mean_prepare(measuring *on) {
    const wsnet_model *model = view_model(on->opened);
    const size_t n_bands = wsnet_model_n_bands(model), width = (size_t)view_cube(on->opened)->width;
    float *line = VSI_MALLOC3_VERBOSE(width, n_bands, sizeof *line);
    uint8_t *mask = VSI_MALLOC_VERBOSE(width);
    float *pixels = VSI_MALLOC3_VERBOSE(MOST_PIXELS, n_bands, sizeof *pixels);
    on->spectra = VSI_CALLOC_VERBOSE(zones_count(on->places), (n_bands + 1) * sizeof *on->spectra);
    on->boxes = VSI_CALLOC_VERBOSE(zones_count(on->places), sizeof *on->boxes);
    size_t n = 0;
    bool done = line && mask && pixels && on->spectra && on->boxes;
    if (!done)
        cli_fail(on->run, "memory is out");
    else
        done = read_pixels(on, n_bands, line, mask, pixels, &n) && make_solver(on, n, n_bands, pixels);
    VSIFree(line);
    VSIFree(mask);
    VSIFree(pixels);
    return done;
}

static void widen(area_box *box, bool is_first, int x, int y) {
    if (is_first) *box = (area_box){x, y, x, y};
    if (x < box->left) box->left = x;
    if (x > box->right) box->right = x;
    if (y < box->top) box->top = y;
    if (y > box->bottom) box->bottom = y;
}

void area_mean_add(measuring *on, size_t zone, int x, int y, double pixel_m2, const float *spectrum) {
    widen(&on->boxes[zone], on->zones[zone].n_pixels == 1, x, y);
    const size_t n_bands = wsnet_model_n_bands(view_model(on->opened));
    if (!wsnet_zone_solver_takes(on->solver, spectrum)) return;
    double *sum = on->spectra + zone * (n_bands + 1);
    for (size_t b = 0; b < n_bands; b++) sum[b] += pixel_m2 * (double)spectrum[b];
    sum[n_bands] += pixel_m2;
}

void area_mean_combine(measuring *on) {
    const size_t n_bands = wsnet_model_n_bands(view_model(on->opened));
    double shares[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < zones_count(on->places); i++) {
        const area_zone *zone = &on->zones[i];
        double *spectrum = on->spectra + i * (n_bands + 1);
        area_sum *sums = on->sums + i * on->n_materials;
        if (zone->n_pixels < 2 || !(spectrum[n_bands] > 0)) continue;
        for (size_t b = 0; b < n_bands; b++) spectrum[b] /= spectrum[n_bands];
        wsnet_zone_solver_shares(on->solver, spectrum, shares);
        for (size_t k = 0; k < on->n_materials; k++)
            sums[k].area_m2 = (sums[k].area_m2 + shares[k] * zone->area_m2) / 2;
    }
}

void area_mean_free(measuring *on) {
    wsnet_zone_solver_destroy(on->solver);
    VSIFree(on->spectra);
    VSIFree(on->boxes);
}
