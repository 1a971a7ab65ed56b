/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file audit.c  `wsnet audit`: where on the map a model is good, and where it is not. */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../scene_path.h"
#include "audit.h"
#include "cli.h"
#include "layer_match.h"
#include "layers.h"
#include "output.h"

static const option audit_options[] = {
    {OPTION_POSITION, "CUBE", 0, true, NULL, "a raster with the bands that the model was trained on",
     offsetof(audit_arguments, cube), 0, 0, NULL},
    {OPTION_POSITION, "MODEL.wsn", 0, true, NULL, "a model that 'wsnet train' wrote", offsetof(audit_arguments, model),
     0, 0, NULL},
    {OPTION_TEXT, "--zones", 'z', true, "ZONES", "a vector file of polygons, or a class raster",
     offsetof(audit_arguments, zones), 0, 0, NULL},
    {OPTION_TEXT, "--zone-field", 0, false, "FIELD",
     "field with the zones' names; polygons of one name are one zone (default: the first text field)",
     offsetof(audit_arguments, zone_field), 0, 0, NULL},
    {OPTION_TEXT, "--truth", 't', false, "TRUTH.tif", "a raster on the cube's grid, one band a material, named",
     offsetof(audit_arguments, truth), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "PREFIX",
     "PREFIX.csv, PREFIX_gaps.csv and PREFIX.gpkg are written; for a folder, audit.csv ... in it",
     offsetof(audit_arguments, output), 0, 0, NULL},
    {OPTION_NUMBER, "--confidence", 0, false, "0.5", "entries with less confidence count as unsure",
     offsetof(audit_arguments, least_confidence), 0, 1, NULL},
    {OPTION_NUMBER, "--fit", 0, false, "0.01", "pixels with a fit below this count as poorly explained",
     offsetof(audit_arguments, least_fit), 0, 1, NULL},
    {0},
};

static const option_group audit_groups[] = {
    {"Audit", audit_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    audit_arguments *wanted = arguments;
    wanted->least_confidence = 0.5;
    wanted->least_fit = 0.01;
}

/* ---- truth ---------------------------------------------------------------------------------------------- */

/** Pairs the bands of the truth with the model's materials and reads them. */
static bool match_truth(auditing *on, const layers *found, layers *truth) {
    layer_match match;
    const cube *source = view_cube(on->opened);
    if (truth->width != source->width || truth->height != source->height)
        return cli_fail(on->run, "the cube is %d x %d pixels and the truth %d x %d", source->width, source->height,
                        truth->width, truth->height),
               false;
    if (!layer_match_find(on->run, found, truth, NULL, NULL, &match)) return false;
    on->truth = layers_read(on->run, truth, LAYER_ABUNDANCE, match.n, match.truth);
    if (!on->truth) return false;
    on->basis.n_pairs = match.n;
    memcpy(on->basis.material, match.found, match.n * sizeof match.found[0]);
    cli_say(on->run, "Truth: %zu materials, matched %s", match.n, layer_match_words(&match));
    return true;
}

static bool open_truth(auditing *on) {
    static const char name[] = "/vsimem/wsnet/audit.wsnet";
    char error[CLI_SENTENCE];
    if (!on->wanted->truth) return true;
    if (!scene_write(name, &on->described, error)) return cli_fail(on->run, "%s", error), false;
    layers *both = VSI_CALLOC_VERBOSE(2, sizeof *both);
    if (!both) return cli_fail(on->run, "memory is out"), false;
    const bool good = layers_open(on->run, name, &both[0]) && layers_open(on->run, on->wanted->truth, &both[1]) &&
                      match_truth(on, &both[0], &both[1]);
    layers_close(&both[0]);
    layers_close(&both[1]);
    VSIFree(both);
    VSIUnlink(name);
    return good;
}

/* ---- one pass ------------------------------------------------------------------------------------------- */

/* The view's bands stand in the order of the kinds: abundance, confidence, lower and upper, fit, rmse. Lower and
 * upper of a material are neighbours.
 * @param lower,upper [P] filled */
static audit_pixel pixel_of(const auditing *on, const scan_window *at, uint32_t index, float *lower, float *upper) {
    const size_t n = on->basis.n_materials;
    const float *values = at->values + index * at->n_values;
    const output_plan *plan = view_plan(on->opened);
    audit_pixel pixel = {.abundance = values, .confidence = values + n, .lower = lower, .upper = upper};
    for (size_t band = 0; band < plan->n_bands; band++) {
        const output_band is = plan->band[band];
        if (is.kind == OUTPUT_LOWER) lower[is.endmember] = values[band];
        if (is.kind == OUTPUT_UPPER) upper[is.endmember] = values[band];
        if (is.kind == OUTPUT_FIT) pixel.fit = values[band];
        if (is.kind == OUTPUT_RMSE) pixel.rmse = values[band];
    }
    pixel.spectrum = at->spectra + index * on->basis.n_bands;
    const uint32_t width = (uint32_t)at->width;
    const size_t place =
        (size_t)(at->y + (int)(index / width)) * (size_t)on->raster_width + (size_t)(at->x + (int)(index % width));
    if (on->truth) pixel.truth = on->truth + place * on->basis.n_pairs;
    return pixel;
}

static bool visit(const scan_window *at, const zone_pixels *pixels, void *user) {
    auditing *on = user;
    float lower[WSNET_MAX_ENDMEMBERS], upper[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < pixels->n; i++) {
        const uint32_t index = pixels->index[i];
        if (!at->mask[index] || isnan(at->values[index * at->n_values])) continue;
        const audit_pixel pixel = pixel_of(on, at, index, lower, upper);
        if (!audit_zone_add(&on->basis, &on->zones[pixels->zone], &pixel))
            return cli_fail(on->run, "memory is out"), false;
    }
    return true;
}

static bool check_truth(const auditing *on) {
    for (size_t i = 0; on->truth && i < zones_count(on->places); i++)
        if (on->zones[i].n_truth) return true;
    return !on->truth || (cli_fail(on->run, "no pixel of the zones has both abundances and truth to score"), false);
}

static bool measure(auditing *on) {
    const audit_arguments *wanted = on->wanted;
    on->described = (scene){.model = scene_path_absolute(wanted->model),
                            .cube = scene_path_absolute(wanted->cube),
                            .method = WSNET_METHOD_WSNET,
                            .bands = SCENE_ABUNDANCE | SCENE_CONFIDENCE | SCENE_INTERVAL | SCENE_FIT | SCENE_RMSE};
    if (!on->described.model || !on->described.cube) return cli_fail(on->run, "memory is out"), false;
    on->opened = zone_scan_open(on->run, &on->described, on->described.bands);
    if (!on->opened) return false;
    on->places = zone_scan_zones(on->run, on->opened, wanted->zones, wanted->zone_field);
    if (!on->places) return false;
    on->basis.least_confidence = wanted->least_confidence;
    on->basis.least_fit = wanted->least_fit;
    audit_basis_fill(&on->basis, view_model(on->opened));
    on->raster_width = view_cube(on->opened)->width;
    on->zones = VSI_CALLOC_VERBOSE(zones_count(on->places), sizeof *on->zones);
    if (!on->zones) return cli_fail(on->run, "memory is out"), false;
    return open_truth(on) && zone_scan_run(on->run, on->opened, on->places, true, visit, on) && check_truth(on);
}

/* ---- the run -------------------------------------------------------------------------------------------- */

static bool check_output(cli *run, const char *prefix) {
    if (!prefix[0]) return cli_fail(run, "cannot write '': it names no file"), false;
    bool good = true;
    for (int i = 0; audit_endings[i] && good; i++) {
        char *path = audit_output_path(prefix, audit_endings[i]);
        good = output_check(run, path);
        CPLFree(path);
    }
    return good;
}

static int run_audit(cli *run, const void *arguments) {
    auditing *on = VSI_CALLOC_VERBOSE(1, sizeof *on);
    if (!on) return cli_fail(run, "memory is out");
    on->run = run;
    on->wanted = arguments;
    const bool done = check_output(run, on->wanted->output) && measure(on) && audit_report(on);
    for (size_t i = 0; on->zones && i < zones_count(on->places); i++) audit_zone_free(&on->zones[i]);
    VSIFree(on->zones);
    VSIFree(on->truth);
    zones_close(on->places);
    view_close(on->opened);
    free(on->described.model);
    free(on->described.cube);
    VSIFree(on);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command audit_command = {
    .name = "audit",
    .summary = "errors, detection limits and fairness by zone",
    .description =
        "Unmixes a cube and tells for every zone how well the spectra are explained, the limits of detection "
        "under the zone's own residuals, how often the model is unsure, and, where there is a truth, how often "
        "its intervals hold and how many weak fractions it finds; then the largest gap between zones for each "
        "of these. Scores mean what they mean in 'wsnet score'.",
    .groups = audit_groups,
    .arguments_size = sizeof(audit_arguments),
    .set_defaults = set_defaults,
    .run = run_audit,
};
