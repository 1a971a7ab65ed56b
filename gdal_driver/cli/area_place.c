/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file area_place.c  Small zones that stand out from what surrounds them (resources/docs/area.md). */
#include <cpl_vsi.h>
#include <string.h>

#include "area.h"

/* Zones of more columns or lines are not looked at; a window has two pixels more on each side. Scenes of up to
 * TILES * TILE * TILE pixels are learned from as a whole, of others as many squares about zones. */
enum { MOST_BOX = 25, AROUND = 2, TILE = 64, TILES = 8, WHOLE = TILES * TILE * TILE };

/** Pixels of the cube, and what they are to zones. */
typedef struct place_window {
    measuring *on;
    int x, y, width, height;
    size_t zone; /**< SIZE_MAX: none of them */
    float *pixels;
    uint8_t *place;
} place_window;

/* ---- windows -------------------------------------------------------------------------------------------- */

static bool mark_zone(const zone_pixels *pixels, void *user) {
    const place_window *at = user;
    for (size_t i = 0; i < pixels->n; i++) {
        uint8_t *place = at->place + pixels->index[i];
        if (*place != WSNET_PLACE_ZONE) *place = pixels->zone == at->zone ? WSNET_PLACE_ZONE : WSNET_PLACE_OTHER;
    }
    return true;
}

/* Fills pixels and places of a window. @return false with the failure printed */
static bool read_places(place_window *at) {
    char error[CLI_SENTENCE];
    measuring *on = at->on;
    const wsnet_model *model = view_model(on->opened);
    const size_t B = wsnet_model_n_bands(model), n = (size_t)at->width * (size_t)at->height;
    uint8_t *mask = VSI_MALLOC_VERBOSE(n);
    bool done = mask && cube_read(view_cube(on->opened), at->x, at->y, at->width, at->height, B,
                                  wsnet_model_band_index(model), at->pixels, mask, error);
    memset(at->place, WSNET_PLACE_FREE, n);
    if (!mask)
        cli_fail(on->run, "memory is out");
    else if (!done || !zones_visit(on->places, at->x, at->y, at->width, at->height, mark_zone, at, error))
        done = (cli_fail(on->run, "%s", error), false);
    for (size_t i = 0; done && i < n; i++)
        if (!mask[i] || !wsnet_zone_solver_takes(on->solver, at->pixels + i * B)) at->place[i] = WSNET_PLACE_NONE;
    VSIFree(mask);
    return done;
}

static bool is_small(const measuring *on, size_t zone) {
    const area_box *box = &on->boxes[zone];
    const size_t n = on->zones[zone].n_pixels;
    return n >= 2 && n <= WSNET_MOST_PLACE && box->right - box->left < MOST_BOX && box->bottom - box->top < MOST_BOX;
}

/* ---- learning ------------------------------------------------------------------------------------------- */

static int within(int begin, int size, int of) {
    if (begin > of - size) begin = of - size;
    return begin < 0 ? 0 : begin;
}

/* @param places  [n_tiles, height, width] windows about zones of `small`, or the whole cube */
static bool read_tiles(measuring *on, size_t n_tiles, int width, int height, const size_t *small, size_t n_small,
                       float *pixels, uint8_t *places) {
    const cube *source = view_cube(on->opened);
    const size_t B = wsnet_model_n_bands(view_model(on->opened)), n = (size_t)width * (size_t)height;
    for (size_t i = 0; i < n_tiles; i++) {
        const area_box *box = &on->boxes[small[i * n_small / n_tiles]];
        place_window at = {on, 0, 0, width, height, SIZE_MAX, pixels + i * n * B, places + i * n};
        at.x = within((box->left + box->right - width) / 2, width, source->width);
        at.y = within((box->top + box->bottom - height) / 2, height, source->height);
        if (!read_places(&at)) return false;
    }
    return true;
}

static bool learn(measuring *on, const size_t *small, size_t n_small) {
    const cube *source = view_cube(on->opened);
    const bool whole = (size_t)source->width * (size_t)source->height <= WHOLE;
    const int width = whole || source->width < TILE ? source->width : TILE;
    const int height = whole || source->height < TILE ? source->height : TILE;
    const size_t n_tiles = whole ? 1 : n_small < TILES ? n_small : TILES, n = (size_t)width * (size_t)height;
    const size_t B = wsnet_model_n_bands(view_model(on->opened));
    float *pixels = VSI_MALLOC3_VERBOSE(n_tiles * n, B, sizeof *pixels);
    uint8_t *places = VSI_MALLOC2_VERBOSE(n_tiles, n);
    bool done = pixels && places;
    if (!done)
        cli_fail(on->run, "memory is out");
    else
        done = read_tiles(on, n_tiles, width, height, small, n_small, pixels, places);
    if (done && wsnet_zone_solver_learn_places(on->solver, n_tiles, (size_t)width, (size_t)height, pixels, places))
        done = (cli_fail_core(on->run), false);
    VSIFree(pixels);
    VSIFree(places);
    return done;
}

/* ---- zones ---------------------------------------------------------------------------------------------- */

enum { MOST_WINDOW = (MOST_BOX + 2 * AROUND) * (MOST_BOX + 2 * AROUND) };

/** Buffers for windows. */
typedef struct place_buffers {
    float *pixels, *values, *abundances;
    uint8_t *place;
} place_buffers;

static bool read_abundances(measuring *on, const place_window *at, const place_buffers *use) {
    char error[CLI_SENTENCE];
    const size_t n_values = view_plan(on->opened)->n_bands, P = on->n_materials;
    const GSpacing value = sizeof(float), pixel = value * (GSpacing)n_values;
    const view_target target = {.data = use->values,
                                .type = GDT_Float32,
                                .n_bands = (int)n_values,
                                .pixel_space = pixel,
                                .line_space = pixel * at->width,
                                .band_space = value};
    if (!view_read(on->opened, at->x, at->y, at->width, at->height, &target, error))
        return cli_fail(on->run, "%s", error), false;
    for (size_t i = 0; i < (size_t)at->width * (size_t)at->height; i++)
        for (size_t k = 0; k < P; k++) use->abundances[i * P + k] = use->values[i * n_values + on->band_of[0][k]];
    return true;
}

static bool set_off(measuring *on, size_t zone, const place_buffers *use) {
    const cube *source = view_cube(on->opened);
    const area_box *box = &on->boxes[zone];
    area_sum *sums = on->sums + zone * on->n_materials;
    double shares[WSNET_MAX_ENDMEMBERS];
    place_window at = {.on = on, .zone = zone, .pixels = use->pixels, .place = use->place};
    const int right = box->right + AROUND, bottom = box->bottom + AROUND;
    at.x = box->left < AROUND ? 0 : box->left - AROUND;
    at.y = box->top < AROUND ? 0 : box->top - AROUND;
    at.width = (right < source->width ? right + 1 : source->width) - at.x;
    at.height = (bottom < source->height ? bottom + 1 : source->height) - at.y;
    if (!read_places(&at) || !read_abundances(on, &at, use)) return false;
    for (size_t k = 0; k < on->n_materials; k++) shares[k] = sums[k].area_m2 / on->zones[zone].area_m2;
    wsnet_zone_solver_set_off(on->solver, (size_t)at.width, (size_t)at.height, use->pixels, use->place, use->abundances,
                              shares);
    for (size_t k = 0; k < on->n_materials; k++) sums[k].area_m2 = shares[k] * on->zones[zone].area_m2;
    return true;
}

static bool set_off_all(measuring *on, const size_t *small, size_t n_small) {
    const size_t B = wsnet_model_n_bands(view_model(on->opened));
    const place_buffers use = {.pixels = VSI_MALLOC3_VERBOSE(MOST_WINDOW, B, sizeof *use.pixels),
                               .values =
                                   VSI_MALLOC3_VERBOSE(MOST_WINDOW, view_plan(on->opened)->n_bands, sizeof *use.values),
                               .abundances = VSI_MALLOC3_VERBOSE(MOST_WINDOW, on->n_materials, sizeof *use.abundances),
                               .place = VSI_MALLOC_VERBOSE(MOST_WINDOW)};
    bool done = use.pixels && use.values && use.abundances && use.place;
    if (!done) cli_fail(on->run, "memory is out");
    for (size_t i = 0; done && i < n_small; i++) done = set_off(on, small[i], &use);
    VSIFree(use.pixels);
    VSIFree(use.values);
    VSIFree(use.abundances);
    VSIFree(use.place);
    return done;
}

bool area_place_combine(measuring *on) {
    const size_t n_zones = zones_count(on->places);
    size_t *small = VSI_MALLOC2_VERBOSE(n_zones, sizeof *small), n_small = 0;
    if (!small) return cli_fail(on->run, "memory is out"), false;
    for (size_t i = 0; i < n_zones; i++)
        if (is_small(on, i)) small[n_small++] = i;
    const bool done = n_small == 0 || (learn(on, small, n_small) && set_off_all(on, small, n_small));
    VSIFree(small);
    return done;
}
