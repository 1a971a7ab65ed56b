/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layers.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <string.h>

#include "../model_io.h"
#include "../scene.h"
#include "spectra_file.h"

static const char *const suffixes[LAYER_KINDS] = {"", " confidence", " lower", " upper", " detected"};

/** Cuts the suffix of a kind off a description. @return the kind; the name is left in name */
static layer_kind split_description(const char *description, char name[WSNET_MAX_NAME]) {
    CPLStrlcpy(name, description, WSNET_MAX_NAME);
    const size_t length = strlen(name);
    for (layer_kind kind = LAYER_CONFIDENCE; kind < LAYER_KINDS; kind++) {
        const size_t n_suffix = strlen(suffixes[kind]);
        if (length > n_suffix && EQUAL(name + length - n_suffix, suffixes[kind])) {
            name[length - n_suffix] = 0;
            return kind;
        }
    }
    return LAYER_ABUNDANCE;
}

static layer_material *find_material(layers *opened, const char *name) {
    for (size_t i = 0; i < opened->n_materials; i++)
        if (strcmp(opened->materials[i].name, name) == 0) return &opened->materials[i];
    return NULL;
}

/** First the abundances, then what belongs to them: a band whose material is unknown is left alone. */
static bool recognise(cli *run, const char *path, layers *opened) {
    const int n_bands = GDALGetRasterCount(opened->dataset);
    for (int pass = 0; pass < 2; pass++)
        for (int band = 1; band <= n_bands; band++) {
            char name[WSNET_MAX_NAME];
            const char *description = GDALGetDescription(GDALGetRasterBand(opened->dataset, band));
            const layer_kind kind = split_description(description, name);
            if (kind == LAYER_ABUNDANCE && EQUAL(name, "fit")) {
                opened->fit = band;
            } else if (kind == LAYER_ABUNDANCE && EQUAL(name, "rmse")) {
                opened->rmse = band;
            } else if (kind == LAYER_ABUNDANCE && pass == 0) {
                if (opened->n_materials == WSNET_MAX_ENDMEMBERS)
                    return cli_fail(run, "%s has more than %d abundance bands", path, WSNET_MAX_ENDMEMBERS), false;
                layer_material *material = &opened->materials[opened->n_materials++];
                CPLStrlcpy(material->name, name[0] ? name : CPLSPrintf("band %d", band), sizeof material->name);
                material->band[LAYER_ABUNDANCE] = band;
            } else if (kind != LAYER_ABUNDANCE && pass == 1) {
                layer_material *material = find_material(opened, name);
                if (material) material->band[kind] = band;
            }
        }
    return opened->n_materials > 0 || (cli_fail(run, "%s has no abundance bands", path), false);
}

bool layers_open(cli *run, const char *path, layers *opened) {
    memset(opened, 0, sizeof *opened);
    cli_gdal_reset(run);
    opened->dataset = GDALOpenEx(path, GDAL_OF_RASTER | GDAL_OF_READONLY, NULL, NULL, NULL);
    if (!opened->dataset) return cli_fail_gdal(run, CPLSPrintf("cannot read %s", path)), false;
    opened->width = GDALGetRasterXSize(opened->dataset);
    opened->height = GDALGetRasterYSize(opened->dataset);
    if (recognise(run, path, opened)) return true;
    layers_close(opened);
    return false;
}

void layers_close(layers *opened) {
    if (opened->dataset) GDALClose(opened->dataset);
    opened->dataset = NULL;
}

bool layers_have(const layers *opened, layer_kind kind) {
    for (size_t i = 0; i < opened->n_materials; i++)
        if (!opened->materials[i].band[kind]) return false;
    return true;
}

bool layers_read_band(cli *run, const layers *opened, int band, int width, int height, size_t stride, float *values) {
    GDALRasterBandH source = GDALGetRasterBand(opened->dataset, band);
    int has_nodata = 0;
    const float nodata = (float)GDALGetRasterNoDataValue(source, &has_nodata);
    const GSpacing pixel_space = (GSpacing)(stride * sizeof *values);
    cli_gdal_reset(run);
    if (GDALRasterIOEx(source, GF_Read, 0, 0, opened->width, opened->height, values, width, height, GDT_Float32,
                       pixel_space, pixel_space * width, NULL) != CE_None)
        return cli_fail_gdal(run, CPLSPrintf("cannot read band %d of %s", band, GDALGetDescription(opened->dataset))),
               false;
    for (size_t i = 0; i < (size_t)width * (size_t)height && has_nodata; i++)
        if (values[i * stride] == nodata) values[i * stride] = NAN;
    return true;
}

float *layers_read(cli *run, const layers *opened, layer_kind kind, size_t n, const size_t *order) {
    float *values = VSI_MALLOC3_VERBOSE((size_t)opened->width * (size_t)opened->height, n, sizeof *values);
    if (!values) return cli_fail(run, "memory is out"), NULL;
    for (size_t i = 0; i < n; i++)
        if (!layers_read_band(run, opened, opened->materials[order[i]].band[kind], opened->width, opened->height, n,
                              values + i)) {
            VSIFree(values);
            return NULL;
        }
    return values;
}

/* ---- the endmembers behind a raster --------------------------------------------------------------------- */

static const char metadata_domain[] = "WSNET", metadata_key[] = "ENDMEMBERS";

bool layers_mark(cli *run, GDALDatasetH dataset, const wsnet_library *endmembers) {
    char *text = NULL;
    size_t n_bytes = 0;
    if (wsnet_library_format_csv(run->context, endmembers, &text, &n_bytes) != WSNET_OK)
        return cli_fail_core(run), false;
    GDALSetMetadataItem(dataset, metadata_key, text, metadata_domain);
    wsnet_release(run->context, text);
    return true;
}

wsnet_library *layers_endmembers(cli *run, const layers *opened) {
    const char *path = GDALGetDescription(opened->dataset);
    const char *text = GDALGetMetadataItem(opened->dataset, metadata_key, metadata_domain);
    wsnet_library *library = NULL;
    if (text) {
        if (wsnet_library_parse_csv(run->context, text, strlen(text), &library) != WSNET_OK)
            cli_warn(run, "the endmembers that %s holds cannot be read: %s", path, wsnet_context_error(run->context));
        return library;
    }
    char error[CLI_SENTENCE];
    scene *described = EQUAL(CPLGetExtension(path), "wsnet") ? scene_read(path, error) : NULL;
    shared_model *shared = described ? model_acquire(described->model, error) : NULL;
    if (shared) {
        library = library_of_model(run, model_get(shared));
        model_release(shared);
    }
    if (described) scene_destroy(described);
    return library;
}
