/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file classical.c  `wsnet classical`: exact least-squares abundances without a model, and whether the endmembers
 *  suit the cube. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <json-c/json.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include "../atomic_file.h"
#include "cli.h"
#include "endmember_source.h"
#include "output.h"
#include "pixel_sample.h"

typedef struct classical_arguments {
    cli_common common;
    const char *cube, *output;
    int method; /**< wsnet_method */
    bool json;
    endmember_request wanted;
} classical_arguments;

static int classical_method_from_name(const char *name) {
    const int method = wsnet_method_from_name(name);
    return method == WSNET_METHOD_WSNET ? -1 : method;
}

static const option classical_options[] = {
    {OPTION_POSITION, "CUBE", 0, true, NULL, "any raster that GDAL reads, one band a wavelength",
     offsetof(classical_arguments, cube), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "OUT.tif", "the raster to write: a band a material, and rmse",
     offsetof(classical_arguments, output), 0, 0, NULL},
    {OPTION_CHOICE, "--method", 0, false, "fcls|nnls|ucls",
     "fcls (default): not negative, sum one; nnls: not negative; ucls: unconstrained",
     offsetof(classical_arguments, method), 0, 0, classical_method_from_name},
    {OPTION_FLAG, "--json", 0, false, NULL, "print the check of the endmembers as JSON",
     offsetof(classical_arguments, json), 0, 0, NULL},
    {0},
};

static const option_group classical_groups[] = {
    {"Unmixing", classical_options, 0},
    {"Endmembers", endmember_options, offsetof(classical_arguments, wanted)},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    classical_arguments *wanted = arguments;
    wanted->method = WSNET_METHOD_FCLS;
    endmember_request_set_defaults(&wanted->wanted);
}

/* ---- unmixing ------------------------------------------------------------------------------------------- */

/** One run over the cube, lines by lines. Everything but the arrays is borrowed. */
typedef struct unmixing {
    cli *run;
    cube *opened;
    const pixel_sample *sample;
    const wsnet_library *library;
    wsnet_method method;
    bool by_sum;      /**< abundances are divided by their sum: brightness is free */
    int n_lines;      /**< of a block */
    float *pixels;    /**< [n_lines * width, B] */
    float *abundance; /**< [n_lines * width, P] */
    float *bands;     /**< [n_lines * width, P+1] what is written */
    uint8_t *mask;    /**< [n_lines * width] */
} unmixing;

static bool unmixing_allocate(unmixing *at) {
    enum { BLOCK_BYTES = 32 << 20 };
    const size_t n_bands = at->sample->n_bands, n_endmembers = wsnet_library_n_spectra(at->library);
    const size_t width = (size_t)at->opened->width,
                 line_bytes = width * (n_bands + 2 * n_endmembers + 1) * sizeof(float);
    const size_t n_lines = line_bytes < BLOCK_BYTES ? BLOCK_BYTES / line_bytes : 1;
    at->n_lines = n_lines < (size_t)at->opened->height ? (int)n_lines : at->opened->height;
    const size_t n_pixels = (size_t)at->n_lines * width;
    at->pixels = VSI_MALLOC3_VERBOSE(n_pixels, n_bands, sizeof(float));
    at->abundance = VSI_MALLOC3_VERBOSE(n_pixels, n_endmembers, sizeof(float));
    at->bands = VSI_MALLOC3_VERBOSE(n_pixels, n_endmembers + 1, sizeof(float));
    at->mask = VSI_MALLOC_VERBOSE(n_pixels);
    return (at->pixels && at->abundance && at->bands && at->mask) || (cli_fail(at->run, "memory is out"), false);
}

static void unmixing_free(unmixing *at) {
    VSIFree(at->pixels);
    VSIFree(at->abundance);
    VSIFree(at->bands);
    VSIFree(at->mask);
}

/** Residual of one pixel, and its abundances as they are written. @param bands [P+1] */
static void finish_pixel(const unmixing *at, const float *pixel, const float *abundance, float *bands) {
    const size_t n_bands = at->sample->n_bands, n_endmembers = wsnet_library_n_spectra(at->library);
    const float *spectra = wsnet_library_spectra(at->library);
    double squares = 0, sum = 0;
    for (size_t b = 0; b < n_bands; b++) {
        double residual = (double)pixel[b];
        for (size_t k = 0; k < n_endmembers; k++) residual -= (double)abundance[k] * (double)spectra[k * n_bands + b];
        squares += residual * residual;
    }
    for (size_t k = 0; k < n_endmembers; k++) sum += (double)abundance[k];
    const double divisor = at->by_sum && sum > 0 ? sum : 1;
    for (size_t k = 0; k < n_endmembers; k++) bands[k] = (float)((double)abundance[k] / divisor);
    bands[n_endmembers] = (float)sqrt(squares / (double)n_bands);
}

static bool unmix_lines(unmixing *at, GDALDatasetH output, int y, int n_lines) {
    char error[CLI_SENTENCE];
    const int width = at->opened->width;
    const size_t n_pixels = (size_t)n_lines * (size_t)width, n_bands = at->sample->n_bands;
    const size_t n_endmembers = wsnet_library_n_spectra(at->library), n_written = n_endmembers + 1;
    if (!cube_read(at->opened, 0, y, width, n_lines, n_bands, at->sample->band_index, at->pixels, at->mask, error))
        return cli_fail(at->run, "%s", error), false;
    for (size_t i = 0; i < n_pixels; i++)
        if (!at->mask[i])
            for (size_t b = 0; b < n_bands; b++) at->pixels[i * n_bands + b] = NAN;
    if (wsnet_least_squares(at->run->context, at->method, n_pixels, n_bands, n_endmembers,
                            wsnet_library_spectra(at->library), at->pixels, at->abundance) != WSNET_OK)
        return cli_fail_core(at->run), false;
    for (size_t i = 0; i < n_pixels; i++)
        finish_pixel(at, at->pixels + i * n_bands, at->abundance + i * n_endmembers, at->bands + i * n_written);
    const GSpacing pixel_space = (GSpacing)(n_written * sizeof(float));
    return GDALDatasetRasterIOEx(output, GF_Write, 0, y, width, n_lines, at->bands, width, n_lines, GDT_Float32,
                                 (int)n_written, NULL, pixel_space, pixel_space * width, sizeof(float),
                                 NULL) == CE_None;
}

/* ---- the raster ----------------------------------------------------------------------------------------- */

static void describe_output(const unmixing *at, GDALDatasetH output) {
    const size_t n_endmembers = wsnet_library_n_spectra(at->library);
    GDALDatasetH source = at->opened->dataset;
    double transform[6];
    if (GDALGetGeoTransform(source, transform) == CE_None) GDALSetGeoTransform(output, transform);
    if (GDALGetGCPCount(source) > 0)
        GDALSetGCPs2(output, GDALGetGCPCount(source), GDALGetGCPs(source), GDALGetGCPSpatialRef(source));
    if (GDALGetSpatialRef(source)) GDALSetSpatialRef(output, GDALGetSpatialRef(source));
    for (size_t k = 0; k <= n_endmembers; k++) {
        GDALRasterBandH band = GDALGetRasterBand(output, (int)k + 1);
        GDALSetDescription(band, k < n_endmembers ? wsnet_library_name(at->library, k) : "rmse");
        GDALSetRasterNoDataValue(band, NAN);
    }
}

static bool fill_output(unmixing *at, GDALDriverH driver, const char *path) {
    const int n_written = (int)wsnet_library_n_spectra(at->library) + 1, height = at->opened->height;
    GDALDatasetH output = GDALCreate(driver, path, at->opened->width, height, n_written, GDT_Float32, NULL);
    if (!output) return false;
    describe_output(at, output);
    bool fine = true;
    for (int y = 0; fine && y < height; y += at->n_lines) {
        fine = unmix_lines(at, output, y, y + at->n_lines < height ? at->n_lines : height - y) &&
               progress_report((double)(y + at->n_lines) / height, "unmixing", &at->run->progress);
    }
    GDALFlushCache(output);
    GDALClose(output);
    return fine && at->run->n_gdal_failures == 0;
}

/** Writes beside the output and renames, so that nothing partial is ever left. */
static bool write_output(unmixing *at, const char *path) {
    char error[CLI_SENTENCE];
    GDALDriverH driver = output_driver(at->run, path, NULL);
    if (!driver || !unmixing_allocate(at)) return false;
    char *temporary = atomic_temporary(path);
    cli_gdal_reset(at->run);
    bool done = fill_output(at, driver, temporary);
    if (!done) {
        cli_fail_gdal(at->run, CPLSPrintf("cannot write %s", path));
        atomic_discard(temporary);
    } else if (!atomic_commit(temporary, path, error))
        done = (cli_fail(at->run, "%s", error), false);
    CPLFree(temporary);
    return done;
}

/* ---- what is suspicious --------------------------------------------------------------------------------- */

static bool tell_check(const unmixing *at, bool as_json) {
    const size_t n_endmembers = wsnet_library_n_spectra(at->library);
    const char *names[WSNET_MAX_ENDMEMBERS];
    wsnet_endmember_check found;
    for (size_t k = 0; k < n_endmembers; k++) names[k] = wsnet_library_name(at->library, k);
    /* The dangers were logged when the endmembers were obtained. */
    wsnet_context_set_log(at->run->context, NULL, NULL);
    if (wsnet_endmembers_check(at->run->context, at->sample->n_pixels, at->sample->n_bands, at->sample->pixels,
                               n_endmembers, wsnet_library_spectra(at->library), names, &found) != WSNET_OK)
        return cli_fail_core(at->run), false;
    const double angle_deg = found.min_angle_rad * 180 / 3.14159265358979323846;
    if (!as_json) {
        cli_say(at->run, "Share of negative abundances without constraints: %.4f", found.negative_share);
        cli_say(at->run, "Condition number: %.1f, smallest angle: %.2f degrees", found.condition, angle_deg);
        return true;
    }
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"negative_share", found.negative_share},
                   {"residual_ratio", found.residual_ratio},
                   {"residual_mean", found.residual_mean},
                   {"condition", found.condition},
                   {"min_angle_deg", angle_deg},
                   {"scale_ratio", found.scale_ratio}};
    struct json_object *root = json_object_new_object();
    json_object_object_add(root, "n_endmembers", json_object_new_int64((int64_t)n_endmembers));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        json_object_object_add(root, numbers[i].key,
                               isfinite(numbers[i].value) ? json_object_new_double(numbers[i].value) : NULL);
    puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY));
    json_object_put(root);
    return true;
}

static int run_classical(cli *run, const void *arguments) {
    const classical_arguments *wanted = arguments;
    pixel_sample sample = {0};
    endmember_set obtained = {0};
    if (!endmember_request_check(run, &wanted->wanted)) return CLI_USAGE;
    if (!output_check(run, wanted->output)) return CLI_FAILED;
    /* Standard output holds the JSON alone. */
    run->quiet = run->quiet || wanted->json;
    progress_span(&run->progress, 0, 0.2);
    cube *opened = pixel_sample_open(run, wanted->cube, &sample);
    progress_span(&run->progress, 0.2, 0.5);
    bool done = opened && endmember_set_obtain(run, &wanted->wanted, opened, &sample, &obtained);
    if (done) {
        unmixing at = {.run = run,
                       .opened = opened,
                       .sample = &sample,
                       .library = obtained.library,
                       .method = (wsnet_method)wanted->method,
                       .by_sum = wanted->wanted.mixing == WSNET_MIXING_SCALED && wanted->method == WSNET_METHOD_NNLS};
        progress_span(&run->progress, 0.5, 1);
        done = write_output(&at, wanted->output) && tell_check(&at, wanted->json);
        unmixing_free(&at);
    }
    endmember_set_free(&obtained);
    pixel_sample_free(&sample);
    cube_close(opened);
    if (done) cli_say(run, "Wrote %s", wanted->output);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command classical_command = {
    .name = "classical",
    .summary = "unmix by least squares, without training",
    .description =
        "Computes exact least-squares abundances (FCLS, NNLS or UCLS) with endmembers found in the cube, from a "
        "library or from places on the map, and tells whether the endmembers suit the cube.",
    .groups = classical_groups,
    .arguments_size = sizeof(classical_arguments),
    .set_defaults = set_defaults,
    .run = run_classical,
};
