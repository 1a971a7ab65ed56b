/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file area.c  `wsnet area`: hectares of every material, by zone, with intervals. */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>

#include "../outputs.h"
#include "area.h"
#include "output.h"

static const option area_options[] = {
    {OPTION_POSITION, "SCENE", 0, true, NULL, "a scene (.wsnet) that 'wsnet unmix' wrote, or WSNET:MODEL.wsn:CUBE",
     offsetof(area_arguments, scene), 0, 0, NULL},
    {OPTION_TEXT, "--zones", 'z', false, "ZONES",
     "a vector file of polygons, or a class raster; pixels belong to the zones that hold their centres (default: the "
     "whole scene)",
     offsetof(area_arguments, zones), 0, 0, NULL},
    {OPTION_TEXT, "--zone-field", 0, false, "FIELD",
     "field with the zones' names; polygons of one name are one zone (default: the first text field)",
     offsetof(area_arguments, zone_field), 0, 0, NULL},
    {OPTION_NUMBER, "--coverage", 0, false, "0.9",
     "how often the intervals shall hold the truth (default: the coverage that the model was trained for)",
     offsetof(area_arguments, coverage), 0.5, 0.999, NULL},
    {OPTION_NUMBER, "--pixel-area", 0, false, "M2",
     "square metres of a pixel, where the cube is not georeferenced or its georeference is wrong",
     offsetof(area_arguments, pixel_m2), 1e-12, 1e15, NULL},
    {OPTION_FLAG, "--sums", 0, false, NULL,
     "add up the pixels' abundances and nothing else; zones then add up, too (default: halfway between that and what "
     "the zone's mean spectrum says, and small zones that lie alone as what sets them off from their surroundings, "
     "which is nearer to the truth)",
     offsetof(area_arguments, sums), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', false, "OUT.csv|OUT.gpkg",
     "a table, a row a zone and material; or a GeoPackage, a polygon a zone with a column a material",
     offsetof(area_arguments, output), 0, 0, NULL},
    {OPTION_FLAG, "--json", 0, false, NULL, "print JSON", offsetof(area_arguments, json), 0, 0, NULL},
    {0},
};

static const option_group area_groups[] = {
    {"Areas", area_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

/* ---- measuring ------------------------------------------------------------------------------------------ */

static bool visit(const scan_window *at, const zone_pixels *pixels, void *user) {
    measuring *on = user;
    area_zone *whole = &on->zones[pixels->zone];
    area_sum *sums = on->sums + pixels->zone * on->n_materials;
    for (size_t i = 0; i < pixels->n; i++) {
        const int column = (int)(pixels->index[i] % (uint32_t)at->width),
                  line = (int)(pixels->index[i] / (uint32_t)at->width);
        const double m2 = pixel_area_at(on->pixels, at->x + column, at->y + line);
        const float *values = at->values + pixels->index[i] * at->n_values;
        if (isnan(values[on->band_of[0][0]])) {
            whole->empty_m2 += m2;
            continue;
        }
        whole->n_pixels++;
        whole->area_m2 += m2;
        if (on->has_intervals) whole->fits += (double)values[on->fit_band];
        if (on->solver)
            area_mean_add(on, pixels->zone, at->x + column, at->y + line, m2,
                          at->spectra + pixels->index[i] * wsnet_model_n_bands(view_model(on->opened)));
        for (size_t k = 0; k < on->n_materials; k++) {
            const double lower = on->has_intervals ? (double)values[on->band_of[1][k]] : NAN;
            const double upper = on->has_intervals ? (double)values[on->band_of[2][k]] : NAN;
            area_sum_add(&sums[k], m2, (double)values[on->band_of[0][k]], lower, upper);
        }
    }
    return true;
}

static bool find_bands(measuring *on) {
    static const output_kind kinds[3] = {OUTPUT_ABUNDANCE, OUTPUT_LOWER, OUTPUT_UPPER};
    const output_plan *plan = view_plan(on->opened);
    for (int i = 0; i < 3; i++) {
        on->band_of[i] = VSI_CALLOC_VERBOSE(on->n_materials, sizeof *on->band_of[i]);
        if (!on->band_of[i]) return false;
        for (size_t band = 0; band < plan->n_bands; band++)
            if (plan->band[band].kind == kinds[i]) on->band_of[i][plan->band[band].endmember] = band;
    }
    for (size_t band = 0; band < plan->n_bands; band++)
        if (plan->band[band].kind == OUTPUT_FIT) on->fit_band = band;
    const size_t n_zones = zones_count(on->places);
    on->zones = VSI_CALLOC_VERBOSE(n_zones, sizeof *on->zones);
    on->sums = VSI_CALLOC_VERBOSE(n_zones * on->n_materials, sizeof *on->sums);
    return on->zones && on->sums;
}

static bool measure(measuring *on) {
    char error[CLI_SENTENCE];
    const area_arguments *wanted = on->wanted;
    on->described = zone_scan_scene(on->run, wanted->scene);
    if (!on->described) return false;
    on->has_intervals = on->described->method == WSNET_METHOD_WSNET;
    on->opened = zone_scan_open(on->run, on->described, SCENE_ABUNDANCE | SCENE_INTERVAL | SCENE_FIT);
    if (!on->opened) return false;
    on->pixels = pixel_area_create(view_cube(on->opened)->dataset, wanted->pixel_m2, error);
    if (!on->pixels) return cli_fail(on->run, "%s; give it with --pixel-area", error), false;
    on->places = zone_scan_zones(on->run, on->opened, wanted->zones, wanted->zone_field);
    if (!on->places) return false;
    const wsnet_model *model = view_model(on->opened);
    on->n_materials = wsnet_model_n_endmembers(model);
    on->coverage = wanted->coverage > 0 ? wanted->coverage : wsnet_model_coverage(model);
    if (!on->has_intervals)
        cli_warn(on->run, "the scene is unmixed with %s, which has no intervals",
                 wsnet_method_name(on->described->method));
    if (wsnet_model_mixing(model) == WSNET_MIXING_SCALED)
        cli_warn(on->run,
                 "the model's mixing is 'scaled': its abundances are shares of unit-peak spectra and not of area");
    if (!find_bands(on)) return cli_fail(on->run, "memory is out"), false;
    const bool by_mean = on->has_intervals && !wanted->sums && wsnet_model_mixing(model) == WSNET_MIXING_LINEAR;
    if (by_mean && !area_mean_prepare(on)) return false;
    if (!zone_scan_run(on->run, on->opened, on->places, on->solver != NULL, visit, on)) return false;
    if (!on->solver) return true;
    area_mean_combine(on);
    return area_place_combine(on);
}

/* ---- the run -------------------------------------------------------------------------------------------- */

static bool check_output(cli *run, const char *path) {
    if (!path) return true;
    const char *extension = CPLGetExtension(path);
    if (!EQUAL(extension, "csv") && !EQUAL(extension, "gpkg"))
        return cli_fail(run, "'%s' ends neither in .csv nor in .gpkg", path), false;
    return output_check(run, path);
}

static int run_area(cli *run, const void *arguments) {
    measuring on = {.run = run, .wanted = arguments};
    run->quiet = run->quiet || on.wanted->json; /* standard output is for the JSON alone */
    bool done = check_output(run, on.wanted->output) && measure(&on);
    if (done && on.wanted->output) done = area_write(&on);
    if (done && on.wanted->json) area_print_json(&on);
    if (done && !run->quiet) area_print_table(&on);
    for (int i = 0; i < 3; i++) VSIFree(on.band_of[i]);
    area_mean_free(&on);
    VSIFree(on.zones);
    VSIFree(on.sums);
    zones_close(on.places);
    pixel_area_destroy(on.pixels);
    view_close(on.opened);
    scene_destroy(on.described);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command area_command = {
    .name = "area",
    .summary = "hectares of every material, by zone, with intervals",
    .description =
        "Adds up the abundances of a scene, pixel by pixel, with each pixel's area on the ellipsoid, unmixes the "
        "zone's mean spectrum beside, takes the mean of both, or for zones of 2 to 49 pixels that touch no other what "
        "sets them off from the two pixels around, and gives an interval for it. Neighbouring pixels share "
        "errors, so the interval lies between that for "
        "independent errors and that for common ones; resources/docs/area.md has the rule and how often it "
        "held in tests.",
    .groups = area_groups,
    .arguments_size = sizeof(area_arguments),
    .run = run_area,
};
