/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file info.c  `wsnet info`: what a model, a scene or a cube is. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdio.h>

#include "../cube.h"
#include "../model_io.h"
#include "../scene.h"
#include "cli.h"
#include "endmember_source.h"
#include "json_value.h"
#include "pixel_sample.h"

typedef struct json_object json;

typedef struct info_arguments {
    cli_common common;
    const char *input;
    bool json, count;
} info_arguments;

static const option info_options[] = {
    {OPTION_POSITION, "MODEL|SCENE|CUBE", 0, true, NULL,
     "a model (.wsn), a scene (.wsnet), or a raster that GDAL reads", offsetof(info_arguments, input), 0, 0, NULL},
    {OPTION_FLAG, "--json", 0, false, NULL, "print JSON", offsetof(info_arguments, json), 0, 0, NULL},
    {OPTION_FLAG, "--count", 0, false, NULL,
     "of a cube: also count its endmembers, by HySime, by NWHFC and as 'wsnet train' does",
     offsetof(info_arguments, count), 0, 0, NULL},
    {0},
};

static const option_group info_groups[] = {
    {"Input", info_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static void add_numbers(json *root, const char *key, size_t n, const double *numbers) {
    json *list = json_object_new_array();
    for (size_t i = 0; i < n; i++) json_object_array_add(list, json_of_number(numbers[i]));
    json_object_object_add(root, key, list);
}

/* ---- what there is to tell ------------------------------------------------------------------------------ */

/** Gain and offset of an adapted model. */
static void describe_gain(json *root, const wsnet_model *model) {
    json *gains = json_object_new_array(), *offsets = json_object_new_array();
    for (size_t b = 0; b < wsnet_model_n_bands(model); b++) {
        json_object_array_add(gains, json_object_new_double((double)wsnet_model_gain(model)[b]));
        json_object_array_add(offsets, json_object_new_double((double)wsnet_model_offset(model)[b]));
    }
    json_object_object_add(root, "gain", gains);
    json_object_object_add(root, "offset", offsets);
}

/** Spectra and the bands that they are on: for programs, too much for people. */
static void describe_spectra(json *root, const wsnet_model *model) {
    const size_t n_bands = wsnet_model_n_bands(model);
    json *bands = json_object_new_array(), *spectra = json_object_new_array();
    for (size_t b = 0; b < n_bands; b++)
        json_object_array_add(bands, json_object_new_int64((int64_t)wsnet_model_band_index(model)[b]));
    for (size_t i = 0; i < wsnet_model_n_endmembers(model); i++) {
        json *spectrum = json_object_new_array();
        for (size_t b = 0; b < n_bands; b++)
            json_object_array_add(spectrum,
                                  json_object_new_double((double)wsnet_model_endmembers(model)[i * n_bands + b]));
        json_object_array_add(spectra, spectrum);
    }
    json_object_object_add(root, "band_index", bands);
    json_object_object_add(root, "spectra", spectra);
}

static void describe_model(json *root, const wsnet_model *model, bool with_spectra) {
    json_add_text(root, "type", "model");
    json_add_text(root, "mixing", wsnet_mixing_name(wsnet_model_mixing(model)));
    json_add_number(root, "coverage", wsnet_model_coverage(model));
    json_add_count(root, "n_source_bands", wsnet_model_n_source_bands(model));
    json_add_count(root, "n_bands", wsnet_model_n_bands(model));
    json_add_count(root, "n_endmembers", wsnet_model_n_endmembers(model));
    json_add_count(root, "n_members", wsnet_model_n_members(model));
    json *endmembers = json_object_new_array(), *metadata = json_object_new_object(),
         *without = json_object_new_array();
    for (size_t i = 0; i < wsnet_model_n_endmembers(model); i++) {
        json *endmember = json_object_new_object();
        json_add_text(endmember, "name", wsnet_model_name(model, i));
        json_add_number(endmember, "limit_of_detection", (double)wsnet_model_lod(model)[i]);
        json_object_array_add(endmembers, endmember);
    }
    for (unsigned part = 1; part <= WSNET_WITHOUT_CLASSICAL; part <<= 1)
        if (wsnet_model_without(model) & part)
            json_object_array_add(without, json_object_new_string(wsnet_part_name(part)));
    for (size_t i = 0; i < wsnet_model_n_metadata(model); i++) {
        const char *key = wsnet_model_metadata_key(model, i);
        json_add_text(metadata, key, wsnet_model_metadata(model, key));
    }
    json_object_object_add(root, "endmembers", endmembers);
    json_object_object_add(root, "without", without);
    add_numbers(root, "wavelength_nm", wsnet_model_n_bands(model), wsnet_model_wavelength_nm(model));
    json_add_text(root, "sha256", wsnet_model_sha256(model));
    json_object_object_add(root, "metadata", metadata);
    if (with_spectra) describe_spectra(root, model);
    if (with_spectra && wsnet_model_metadata(model, "adapted_from")) describe_gain(root, model);
}

static bool tell_model(cli *run, const char *path, json *root, bool with_spectra) {
    char error[CLI_SENTENCE];
    shared_model *shared = model_acquire(path, error);
    if (!shared) return cli_fail(run, "%s", error), false;
    describe_model(root, model_get(shared), with_spectra);
    model_release(shared);
    return true;
}

static bool tell_scene(cli *run, const char *path, json *root) {
    static const char *const kinds[] = {"abundance", "confidence", "interval", "detected", "fit", "rmse"};
    char error[CLI_SENTENCE];
    scene *described = scene_read(path, error);
    if (!described) return cli_fail(run, "%s", error), false;
    json *bands = json_object_new_array();
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (described->bands & scene_parse_bands(kinds[i], error))
            json_object_array_add(bands, json_object_new_string(kinds[i]));
    json_add_text(root, "type", "scene");
    json_add_text(root, "model", described->model);
    json_add_text(root, "cube", described->cube);
    json_add_text(root, "method", wsnet_method_name(described->method));
    for (size_t i = 0; i < N_KNOBS; i++)
        json_add_number(root, knob_table[i].name, knob_get(&knob_table[i], &described->knobs));
    json_object_object_add(root, "bands", bands);
    scene_destroy(described);
    return true;
}

static void describe_cube(json *root, const cube *opened, bool for_programs) {
    json *bad = json_object_new_array(), *warnings = json_object_new_array();
    size_t n_good = 0;
    for (int band = 0; band < opened->n_bands; band++) {
        n_good += opened->state[band] == CUBE_BAND_GOOD;
        if (opened->state[band] == CUBE_BAND_GOOD) continue;
        json *item = json_object_new_object();
        json_add_count(item, "band", (size_t)band + 1);
        json_add_text(item, "reason", cube_band_reason(opened->state[band]));
        json_object_array_add(bad, item);
    }
    for (char **warning = opened->warnings; warning && *warning; warning++)
        json_object_array_add(warnings, json_object_new_string(*warning));
    json_add_text(root, "type", "cube");
    json_add_text(root, "format", GDALGetDriverShortName(GDALGetDatasetDriver(opened->dataset)));
    json_add_count(root, "width", (size_t)opened->width);
    json_add_count(root, "height", (size_t)opened->height);
    json_add_count(root, "n_bands", (size_t)opened->n_bands);
    json_add_count(root, "n_bands_used", n_good);
    json_object_object_add(root, "bad_bands", bad);
    add_numbers(root, "wavelength_nm", (size_t)opened->n_bands, opened->wavelength_nm);
    add_numbers(root, "fwhm_nm", (size_t)opened->n_bands, opened->fwhm_nm);
    json_object_object_add(root, "warnings", warnings);
    if (!for_programs) return;
    add_numbers(root, "scale", (size_t)opened->n_bands, opened->scale);
    add_numbers(root, "offset", (size_t)opened->n_bands, opened->offset);
}

/** Counts the endmembers of a cube in every way. */
static bool tell_count(cli *run, const char *path, json *root) {
    pixel_sample sample = {0};
    endmember_counts counts = {0};
    /* Standard output is the description's. */
    run->quiet = true;
    progress_span(&run->progress, 0, 0.5);
    cube *opened = pixel_sample_open(run, path, &sample);
    if (!opened) return false;
    progress_span(&run->progress, 0.5, 1);
    const bool counted = endmember_count(run, &sample, &counts);
    json *count = json_object_new_object();
    json_add_count(count, "hysime", counts.hysime);
    json_add_count(count, "nwhfc", counts.nwhfc);
    json_add_count(count, "growth_ratio", counts.growth_ratio);
    json_add_count(count, "used", counts.used);
    json_object_object_add(root, "count", count);
    pixel_sample_free(&sample);
    cube_close(opened);
    return counted;
}

static bool tell_cube(cli *run, const char *path, json *root, bool for_programs) {
    char error[CLI_SENTENCE];
    cube *opened = cube_open(path, true, error);
    if (!opened) return cli_fail(run, "%s", error), false;
    describe_cube(root, opened, for_programs);
    cube_close(opened);
    return true;
}

/* ---- for people ----------------------------------------------------------------------------------------- */

/** Numbers are summed up as a range; objects take a line each; words stand in one line. */
static void print_list(json *list, int indent) {
    const size_t n = json_object_array_length(list);
    json *first = n ? json_object_array_get_idx(list, 0) : NULL;
    if (json_object_is_type(first, json_type_object)) {
        for (size_t i = 0; i < n; i++) {
            printf("\n%*s", indent, "");
            json_object_object_foreach(json_object_array_get_idx(list, i), key, value)
                printf("%s %s  ", key, json_object_get_string(value));
        }
    } else if (json_object_is_type(first, json_type_double)) {
        double least = INFINITY, most = 0;
        for (size_t i = 0; i < n; i++) {
            const double number = json_object_get_double(json_object_array_get_idx(list, i));
            if (number > 0) least = fmin(least, number);
            most = fmax(most, number);
        }
        if (most > 0)
            printf("%.2f to %.2f", least, most);
        else
            printf("unknown");
    } else
        for (size_t i = 0; i < n; i++)
            printf("%s%s", i ? ", " : "", json_object_get_string(json_object_array_get_idx(list, i)));
    if (n == 0) printf("none");
}

static void print_members(json *object, int indent) {
    json_object_object_foreach(object, key, value) {
        printf("%*s%-18s  ", indent, "", key);
        if (json_object_is_type(value, json_type_array))
            print_list(value, indent + 4);
        else if (json_object_is_type(value, json_type_object)) {
            putchar('\n');
            print_members(value, indent + 4);
            continue;
        } else
            printf("%s", value ? json_object_get_string(value) : "-");
        putchar('\n');
    }
}

static int run_info(cli *run, const void *arguments) {
    const info_arguments *wanted = arguments;
    const char *extension = CPLGetExtension(wanted->input);
    json *root = json_object_new_object();
    json_add_text(root, "path", wanted->input);
    const bool is_file_of_ours = EQUAL(extension, "wsn") || EQUAL(extension, "wsnet");
    bool told = EQUAL(extension, "wsn")     ? tell_model(run, wanted->input, root, wanted->json)
                : EQUAL(extension, "wsnet") ? tell_scene(run, wanted->input, root)
                                            : tell_cube(run, wanted->input, root, wanted->json);
    told = told && (!wanted->count || is_file_of_ours || tell_count(run, wanted->input, root));
    if (told && wanted->json) json_print(root);
    if (told && !wanted->json) print_members(root, 0);
    json_object_put(root);
    return told ? CLI_DONE : CLI_FAILED;
}

const cli_command info_command = {
    .name = "info",
    .summary = "tell what a model, a scene or a cube is",
    .description =
        "Prints the materials, limits of detection and history of a model, the parts of a scene, or the size, "
        "wavelengths and unusable bands of a cube.",
    .groups = info_groups,
    .arguments_size = sizeof(info_arguments),
    .run = run_info,
};
