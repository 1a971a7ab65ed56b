/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file cube.h  Any GDAL raster as pixel-interleaved float spectra, with a mask, wavelengths and bad bands. */
#ifndef WSNET_CUBE_H
#define WSNET_CUBE_H

#include <gdal.h>
#include <stdbool.h>
#include <stdint.h>

#include "wsnet.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Why a band is not used. */
typedef enum cube_band_state { CUBE_BAND_GOOD, CUBE_BAND_BBL, CUBE_BAND_NODATA, CUBE_BAND_CONSTANT } cube_band_state;

/** An opened raster. Members are read-only for others than cube.c; borrowed by nobody. */
typedef struct cube {
    GDALDatasetH dataset;
    int width, height, n_bands;
    double *scale, *offset; /**< [n_bands] value = raw * scale + offset; the ENVI reflectance scale factor included */
    double *nodata;         /**< [n_bands] raw value, NaN when there is none */
    double *wavelength_nm, *fwhm_nm; /**< [n_bands] 0 where unknown; as stored, so they may run backwards */
    cube_band_state *state;          /**< [n_bands] */
    bool pixel_interleaved;
    bool owned;              /**< cube_close() closes the dataset */
    struct raw_file *raw;    /**< the cube's own way into an uncompressed file, or NULL */
    struct tile_file *tiles; /**< the same into a compressed one: then threads may call cube_read() at once */
    bool used_cache;         /**< cube_read() left blocks in GDAL's cache; cleared by whoever drops them */
    char **warnings;         /**< GDAL string list of sentences: guessed units, missing wavelengths ... */
} cube;

/** Opens and describes a raster; look_at_pixels also looks at a sample of pixels for constant and nodata bands, and
 *  refuses a cube without any valid pixel.
 *  @return NULL with one sentence in error */
cube *cube_open(const char *path, bool look_at_pixels, char error[1024]);
/** The same on a dataset that the caller keeps open and closes. */
cube *cube_wrap(GDALDatasetH dataset, bool look_at_pixels, char error[1024]);
void cube_close(cube *opened);
/** @return the reason in words: "marked bad (bbl)", "all nodata", "constant" */
const char *cube_band_reason(cube_band_state state);

/** Reads a window of chosen bands as pixel-interleaved floats, scale and offset applied; a pixel where any of these
 *  bands is nodata or not finite gets mask 0 (its values are then unspecified).
 *  @param band_index [n_bands] zero-based  @param pixels [width*height, n_bands]  @param mask [width*height] */
bool cube_read(cube *opened, int x, int y, int width, int height, size_t n_bands, const uint32_t *band_index,
               float *pixels, uint8_t *mask, char error[1024]);

#ifdef __cplusplus
}
#endif
#endif
