/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file layers.h  Abundance rasters: which band is what of which material. */
#ifndef WSNET_CLI_LAYERS_H
#define WSNET_CLI_LAYERS_H

#include "cli.h"

typedef enum layer_kind {
    LAYER_ABUNDANCE,
    LAYER_CONFIDENCE,
    LAYER_LOWER,
    LAYER_UPPER,
    LAYER_DETECTED,
    LAYER_KINDS,
} layer_kind;

typedef struct layer_material {
    char name[WSNET_MAX_NAME];
    int band[LAYER_KINDS]; /**< GDAL band numbers, 0 where there is none */
} layer_material;

typedef struct layers {
    GDALDatasetH dataset;
    int width, height;
    size_t n_materials; /**< bands that are abundances, in order */
    layer_material materials[WSNET_MAX_ENDMEMBERS];
    int fit, rmse; /**< GDAL band numbers, 0 where there is none */
} layers;

/** Opens a raster and recognises its bands by their descriptions: "tree", "tree confidence", "tree lower", "fit" ...
 *  @return false with the failure printed */
bool layers_open(cli *run, const char *path, layers *opened);
void layers_close(layers *opened);
/** @return whether every material has a band of this kind */
bool layers_have(const layers *opened, layer_kind kind);
/** Reads one band, whole or reduced to width x height by nearest neighbour, NaN where nodata.
 *  @param values [height*width], `stride` floats apart  @return false with the failure printed */
bool layers_read_band(cli *run, const layers *opened, int band, int width, int height, size_t stride, float *values);
/** Reads one kind of chosen materials. @param order [n] @return [N,n] to be freed with VSIFree(), NULL with the failure
 *  printed */
float *layers_read(cli *run, const layers *opened, layer_kind kind, size_t n, const size_t *order);
/** Writes the endmembers into the raster's WSNET metadata domain, where layers_endmembers() finds them. */
bool layers_mark(cli *run, GDALDatasetH dataset, const wsnet_library *endmembers);
/** @return the endmembers behind a raster, where it holds them or is a scene: to be destroyed; NULL otherwise, which is
 *  no failure */
wsnet_library *layers_endmembers(cli *run, const layers *opened);

#endif
