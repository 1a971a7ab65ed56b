/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file simulate.c  `wsnet simulate`: a made-up, georeferenced scene with its truth. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <errno.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "cli.h"
#include "output.h"
#include "spectra_file.h"

typedef struct simulate_arguments {
    cli_common common;
    const char *folder;
    uint64_t width, height, n_bands, n_endmembers, seed;
    double snr_db, illumination_sd, variability_sd, bilinear, max_fraction;
    bool no_dark, no_rare;
} simulate_arguments;

static const option simulate_options[] = {
    {OPTION_TEXT, "--output", 'o', true, "DIR", "folder for cube.tif, truth.tif and endmembers.csv; made when missing",
     offsetof(simulate_arguments, folder), 0, 0, NULL},
    {OPTION_COUNT, "--width", 0, false, "W", "pixels across (default 100)", offsetof(simulate_arguments, width), 1,
     20000, NULL},
    {OPTION_COUNT, "--height", 0, false, "H", "lines (default 100)", offsetof(simulate_arguments, height), 1, 20000,
     NULL},
    {OPTION_COUNT, "--bands", 0, false, "B", "bands (default 120)", offsetof(simulate_arguments, n_bands), 8,
     WSNET_MAX_BANDS, NULL},
    {OPTION_COUNT, "--endmembers", 'p', false, "P", "materials (default 5)", offsetof(simulate_arguments, n_endmembers),
     2, WSNET_MAX_ENDMEMBERS, NULL},
    {OPTION_NUMBER, "--snr", 0, false, "DB", "signal to noise ratio (default 20)", offsetof(simulate_arguments, snr_db),
     -20, 120, NULL},
    {OPTION_NUMBER, "--illumination", 0, false, "SD",
     "spread of brightness, standard deviation of its logarithm (default 0.15)",
     offsetof(simulate_arguments, illumination_sd), 0, 2, NULL},
    {OPTION_NUMBER, "--variability", 0, false, "SD", "spread of a material's own spectrum (default 0.05)",
     offsetof(simulate_arguments, variability_sd), 0, 1, NULL},
    {OPTION_NUMBER, "--bilinear", 0, false, "X", "strength of bilinear mixing (default 0)",
     offsetof(simulate_arguments, bilinear), 0, 10, NULL},
    {OPTION_NUMBER, "--max-fraction", 0, false, "F", "largest fraction of the rare material (default 1)",
     offsetof(simulate_arguments, max_fraction), 0.001, 1, NULL},
    {OPTION_FLAG, "--no-dark", 0, false, NULL, "no dark material", offsetof(simulate_arguments, no_dark), 0, 0, NULL},
    {OPTION_FLAG, "--no-rare", 0, false, NULL, "no rare material", offsetof(simulate_arguments, no_rare), 0, 0, NULL},
    {OPTION_COUNT, "--seed", 's', false, "S", "start of the random numbers (default 1)",
     offsetof(simulate_arguments, seed), 0, 9007199254740992.0, NULL},
    {0},
};

static const option_group simulate_groups[] = {
    {"Scene", simulate_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) {
    simulate_arguments *wanted = arguments;
    wsnet_scene_options defaults;
    wsnet_scene_options_init(&defaults);
    wanted->width = defaults.width;
    wanted->height = defaults.height;
    wanted->n_bands = defaults.n_bands;
    wanted->n_endmembers = defaults.n_endmembers;
    wanted->snr_db = defaults.snr_db;
    wanted->illumination_sd = defaults.illumination_sd;
    wanted->variability_sd = defaults.variability_sd;
    wanted->bilinear = defaults.bilinear;
    wanted->max_fraction = defaults.max_fraction;
    wanted->seed = 1;
}

/** The scene in memory: W, H, B, P as in the options. */
typedef struct made_scene {
    wsnet_scene_options options;
    double *wavelength_nm;         /**< [B] */
    float *endmembers;             /**< [P,B] */
    char (*names)[WSNET_MAX_NAME]; /**< [P] */
    float *abundances, *pixels;    /**< [W*H,P], [W*H,B] */
} made_scene;

static bool simulate(cli *run, const simulate_arguments *wanted, made_scene *made) {
    wsnet_scene_options *options = &made->options;
    wsnet_scene_options_init(options);
    options->width = (size_t)wanted->width;
    options->height = (size_t)wanted->height;
    options->n_bands = (size_t)wanted->n_bands;
    options->n_endmembers = (size_t)wanted->n_endmembers;
    options->snr_db = wanted->snr_db;
    options->illumination_sd = wanted->illumination_sd;
    options->variability_sd = wanted->variability_sd;
    options->bilinear = wanted->bilinear;
    options->max_fraction = wanted->max_fraction;
    options->dark = !wanted->no_dark;
    options->rare = !wanted->no_rare;
    options->seed = wanted->seed;
    const size_t n_pixels = options->width * options->height;
    made->wavelength_nm = VSIMalloc2(options->n_bands, sizeof *made->wavelength_nm);
    made->endmembers = VSIMalloc3(options->n_endmembers, options->n_bands, sizeof *made->endmembers);
    made->names = VSIMalloc2(options->n_endmembers, sizeof *made->names);
    made->abundances = VSIMalloc3(n_pixels, options->n_endmembers, sizeof *made->abundances);
    made->pixels = VSIMalloc3(n_pixels, options->n_bands, sizeof *made->pixels);
    if (!made->wavelength_nm || !made->endmembers || !made->names || !made->abundances || !made->pixels)
        return cli_fail(run, "memory is out; a smaller --width, --height or --bands may fit"), false;
    progress_span(&run->progress, 0, 0.8);
    return wsnet_scene_simulate(run->context, options, made->wavelength_nm, made->endmembers, made->names,
                                made->abundances, made->pixels) == WSNET_OK ||
           (cli_fail_core(run), false);
}

static void free_scene(made_scene *made) {
    VSIFree(made->wavelength_nm);
    VSIFree(made->endmembers);
    VSIFree(made->names);
    VSIFree(made->abundances);
    VSIFree(made->pixels);
}

/* ---- rasters -------------------------------------------------------------------------------------------- */

/** Gives a raster a place: UTM zone 33 north, 30 m, somewhere in Berlin. */
static void georeference(GDALDatasetH dataset) {
    double transform[6] = {385000, 30, 0, 5820000, 0, -30};
    OGRSpatialReferenceH reference = OSRNewSpatialReference(NULL);
    if (OSRImportFromEPSG(reference, 32633) == OGRERR_NONE) GDALSetSpatialRef(dataset, reference);
    OSRDestroySpatialReference(reference);
    GDALSetGeoTransform(dataset, transform);
}

/** A raster over an array in memory. @param values [W*H,n] @return to be closed before the array goes */
static GDALDatasetH wrap_array(const made_scene *made, size_t n, float *values) {
    GDALDatasetH dataset = GDALCreate(GDALGetDriverByName("MEM"), "", (int)made->options.width,
                                      (int)made->options.height, 0, GDT_Float32, NULL);
    for (size_t band = 0; dataset && band < n; band++) {
        char pointer[64] = "";
        pointer[CPLPrintPointer(pointer, values + band, sizeof pointer - 1)] = 0;
        char **options = CSLSetNameValue(NULL, "DATAPOINTER", pointer);
        options = CSLSetNameValue(options, "PIXELOFFSET", CPLSPrintf("%zu", n * sizeof *values));
        options = CSLSetNameValue(options, "LINEOFFSET", CPLSPrintf("%zu", n * sizeof *values * made->options.width));
        GDALAddBand(dataset, GDT_Float32, options);
        CSLDestroy(options);
    }
    if (dataset) georeference(dataset);
    return dataset;
}

static bool write_raster(cli *run, GDALDatasetH dataset, const char *path) {
    char **creation = CSLSetNameValue(NULL, "INTERLEAVE", "PIXEL");
    creation = CSLSetNameValue(creation, "BIGTIFF", "IF_SAFER");
    const bool written = output_raster(run, dataset, GDALGetDriverByName("GTiff"), path, creation, NULL);
    CSLDestroy(creation);
    return written;
}

static bool write_cube(cli *run, const made_scene *made, const char *path) {
    GDALDatasetH dataset = wrap_array(made, made->options.n_bands, made->pixels);
    if (!dataset) return cli_fail_gdal(run, "memory is out"), false;
    for (size_t i = 0; i < made->options.n_bands; i++) {
        GDALRasterBandH band = GDALGetRasterBand(dataset, (int)i + 1);
        const char *wavelength = CPLSPrintf("%.2f", made->wavelength_nm[i]);
        GDALSetMetadataItem(band, "wavelength", wavelength, NULL);
        GDALSetMetadataItem(band, "wavelength_units", "Nanometers", NULL);
        GDALSetDescription(band, CPLSPrintf("%s nm", wavelength));
    }
    const bool written = write_raster(run, dataset, path);
    GDALClose(dataset);
    return written;
}

static bool write_truth(cli *run, const made_scene *made, const char *path) {
    GDALDatasetH dataset = wrap_array(made, made->options.n_endmembers, made->abundances);
    if (!dataset) return cli_fail_gdal(run, "memory is out"), false;
    for (size_t i = 0; i < made->options.n_endmembers; i++)
        GDALSetDescription(GDALGetRasterBand(dataset, (int)i + 1), made->names[i]);
    const bool written = write_raster(run, dataset, path);
    GDALClose(dataset);
    return written;
}

static bool write_endmembers(cli *run, const made_scene *made, const char *path) {
    const char *names[WSNET_MAX_ENDMEMBERS];
    wsnet_library *library = NULL;
    for (size_t i = 0; i < made->options.n_endmembers; i++) names[i] = made->names[i];
    if (wsnet_library_create(run->context, made->options.n_endmembers, made->options.n_bands, names,
                             made->wavelength_nm, NULL, made->endmembers, &library) != WSNET_OK)
        return cli_fail_core(run), false;
    const bool written = spectra_file_write(run, library, path);
    wsnet_library_destroy(library);
    return written;
}

/* ---- the folder ----------------------------------------------------------------------------------------- */

enum { N_FILES = 3 };

/** Writes all three files; what was written goes away again when one of them fails. */
static bool write_scene(cli *run, const made_scene *made, const char *folder) {
    static bool (*const writers[N_FILES])(cli *, const made_scene *, const char *) = {write_endmembers, write_truth,
                                                                                      write_cube};
    static const char *const names[N_FILES] = {"endmembers.csv", "truth.tif", "cube.tif"};
    char *paths[N_FILES];
    int n_written = 0;
    for (int i = 0; i < N_FILES; i++) paths[i] = CPLStrdup(CPLFormFilename(folder, names[i], NULL));
    progress_stage(&run->progress, "writing");
    progress_span(&run->progress, 0.8, 1);
    while (n_written < N_FILES && writers[n_written](run, made, paths[n_written])) n_written++;
    const bool done = n_written == N_FILES;
    for (int i = 0; i < N_FILES; i++) {
        if (!done && i < n_written) VSIUnlink(paths[i]);
        if (done) cli_say(run, "Wrote %s", paths[i]);
        CPLFree(paths[i]);
    }
    return done;
}

static int run_simulate(cli *run, const void *arguments) {
    const simulate_arguments *wanted = arguments;
    made_scene made = {0};
    VSIStatBufL status;
    const bool exists = VSIStatL(wanted->folder, &status) == 0;
    if (exists && !VSI_ISDIR(status.st_mode)) return cli_fail(run, "%s is not a folder", wanted->folder);
    errno = 0;
    if (!exists && VSIMkdir(wanted->folder, 0777) != 0)
        return cli_fail(run, "cannot make the folder %s: %s", wanted->folder, strerror(errno));
    const bool done = output_check(run, CPLFormFilename(wanted->folder, "cube.tif", NULL)) &&
                      simulate(run, wanted, &made) && write_scene(run, &made, wanted->folder);
    if (!done && !exists) VSIRmdir(wanted->folder);
    free_scene(&made);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command simulate_command = {
    .name = "simulate",
    .summary = "make up a georeferenced scene with known truth",
    .description =
        "Writes cube.tif (reflectance, with wavelengths), truth.tif (an abundance band a material) and "
        "endmembers.csv (the spectra) into a folder. Spectra come from a generator of absorption features; one "
        "material is dark and one is rare, as in real scenes, unless told otherwise.",
    .groups = simulate_groups,
    .arguments_size = sizeof(simulate_arguments),
    .set_defaults = set_defaults,
    .run = run_simulate,
};
