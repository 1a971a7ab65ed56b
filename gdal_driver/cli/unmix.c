/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file unmix.c  `wsnet unmix`: a model and a cube in, abundances out, as a scene, a VRT or a raster of any format. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdlib.h>

#include "../model_io.h"
#include "../scene.h"
#include "../scene_path.h"
#include "../vrt.h"
#include "cli.h"
#include "output.h"
#include "spectra_file.h"

typedef struct unmix_arguments {
    cli_common common;
    const char *model, *cube, *output, *bands, *format;
    int method; /**< wsnet_method */
    knobs knobs;
    char **creation;
} unmix_arguments;

static const option unmix_options[] = {
    {OPTION_POSITION, "MODEL.wsn", 0, true, NULL, "a model that 'wsnet train' wrote", offsetof(unmix_arguments, model),
     0, 0, NULL},
    {OPTION_POSITION, "CUBE", 0, true, NULL, "a raster with the bands that the model was trained on",
     offsetof(unmix_arguments, cube), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', true, "OUT",
     "OUT.wsnet: a scene, computed when it is read; OUT.vrt: the same through a pixel function; OUT.tif and others: "
     "computed now, in the format of the extension",
     offsetof(unmix_arguments, output), 0, 0, NULL},
    {OPTION_TEXT, "--bands", 'b', false, "KIND,...",
     "kinds of bands: abundance, confidence, interval, detected, fit, rmse (default abundance,confidence,fit; "
     "classical "
     "methods have abundance and rmse)",
     offsetof(unmix_arguments, bands), 0, 0, NULL},
    {OPTION_NUMBER, "--weak-bias", 0, false, "X", "above 0 leans on the branch for weak signals, below 0 away from it",
     offsetof(unmix_arguments, knobs.weak_bias), -20, 20, NULL},
    {OPTION_NUMBER, "--detection-level", 0, false, "A",
     "detected means that the lower end of the interval lies above this (default 0)",
     offsetof(unmix_arguments, knobs.detection_level), 0, 1, NULL},
    {OPTION_NUMBER, "--least-confidence", 0, false, "C",
     "abundances and detections of less confidence than this become nodata (default 0: none)",
     offsetof(unmix_arguments, knobs.least_confidence), 0, 1, NULL},
    {OPTION_CHOICE, "--method", 0, false, "wsnet|fcls|nnls|ucls",
     "the network (default), or classical least squares with the model's endmembers", offsetof(unmix_arguments, method),
     0, 0, wsnet_method_from_name},
    {OPTION_TEXT, "--of", 0, false, "FORMAT", "GDAL's short name of the format, where the extension does not tell",
     offsetof(unmix_arguments, format), 0, 0, NULL},
    {OPTION_LIST, "--co", 0, false, "NAME=VALUE", "a creation option of that format; may be given again",
     offsetof(unmix_arguments, creation), 0, 0, NULL},
    {0},
};

static const option_group unmix_groups[] = {
    {"Unmixing", unmix_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

/** Fills a scene from the arguments. @return false with the failure printed; destroyed by the caller in any case */
static bool describe(cli *run, const unmix_arguments *wanted, scene *described) {
    char error[CLI_SENTENCE];
    const bool classical = wanted->method != WSNET_METHOD_WSNET;
    *described = (scene){
        .model = scene_path_absolute(wanted->model),
        .cube = scene_path_absolute(wanted->cube),
        .method = (wsnet_method)wanted->method,
        .knobs = wanted->knobs,
        .bands = classical ? SCENE_ABUNDANCE | SCENE_RMSE : SCENE_DEFAULT_BANDS,
    };
    if (!described->model || !described->cube) return cli_fail(run, "memory is out"), false;
    if (!wanted->bands) return true;
    described->bands = scene_parse_bands(wanted->bands, error);
    return described->bands || (cli_fail(run, "%s", error), false);
}

/** Opens a scene through the driver, which says whether model and cube fit. */
static GDALDatasetH open_scene(cli *run, const scene *described) {
    static const char name[] = "/vsimem/wsnet/unmix.wsnet";
    char error[CLI_SENTENCE];
    if (!scene_write(name, described, error)) return cli_fail(run, "%s", error), NULL;
    cli_gdal_reset(run);
    GDALDatasetH dataset = GDALOpenEx(name, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (!dataset) cli_fail(run, "%s", run->gdal_failure[0] ? run->gdal_failure : "the scene cannot be opened");
    VSIUnlink(name);
    return dataset;
}

static bool write_raster(cli *run, const unmix_arguments *wanted, const scene *described, GDALDatasetH dataset) {
    char error[CLI_SENTENCE];
    GDALDriverH driver = output_driver(run, wanted->output, wanted->format);
    if (!driver) return false;
    shared_model *shared = model_acquire(described->model, error);
    if (!shared) return cli_fail(run, "%s", error), false;
    wsnet_library *endmembers = library_of_model(run, model_get(shared));
    model_release(shared);
    progress_stage(&run->progress, "unmixing");
    const bool written =
        endmembers && output_raster(run, dataset, driver, wanted->output, wanted->creation, endmembers);
    wsnet_library_destroy(endmembers);
    return written;
}

static bool write_output(cli *run, const unmix_arguments *wanted, const scene *described, GDALDatasetH dataset) {
    char error[CLI_SENTENCE];
    const char *extension = CPLGetExtension(wanted->output);
    const bool is_scene = !wanted->format && EQUAL(extension, "wsnet"),
               is_vrt = !wanted->format && EQUAL(extension, "vrt");
    if (!is_scene && !is_vrt) return write_raster(run, wanted, described, dataset);
    const bool written =
        is_scene ? scene_write(wanted->output, described, error) : vrt_write(wanted->output, described, error);
    if (!written) cli_fail(run, "%s", error);
    return written;
}

static int run_unmix(cli *run, const void *arguments) {
    const unmix_arguments *wanted = arguments;
    scene described = {0};
    CPLSetConfigOption("GDAL_NUM_THREADS", CPLSPrintf("%d", run->n_threads));
    GDALDatasetH dataset =
        output_check(run, wanted->output) && describe(run, wanted, &described) ? open_scene(run, &described) : NULL;
    const bool done = dataset && write_output(run, wanted, &described, dataset);
    if (dataset) GDALClose(dataset);
    free(described.model);
    free(described.cube);
    if (done) cli_say(run, "Wrote %s", wanted->output);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command unmix_command = {
    .name = "unmix",
    .summary = "unmix a cube with a model: a scene, a VRT or a raster",
    .description =
        "Computes abundances, their confidence and more for every pixel of a cube. A scene (.wsnet) and a VRT "
        "cost nothing until something reads them: gdal_translate, QGIS or any other program with GDAL and the "
        "WSNET plugin. Rasters are computed block by block.",
    .groups = unmix_groups,
    .arguments_size = sizeof(unmix_arguments),
    .run = run_unmix,
};
