/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file pixel_sample.h  The pixels of a cube that training looks at: all of a small cube, a fixed subset of a big one. */
#ifndef WSNET_CLI_PIXEL_SAMPLE_H
#define WSNET_CLI_PIXEL_SAMPLE_H

#include "../cube.h"
#include "cli.h"

typedef struct pixel_sample {
    size_t n_bands;                  /**< B, bands used */
    uint32_t *band_index;            /**< [B] zero-based bands of the cube */
    double *wavelength_nm, *fwhm_nm; /**< [B], 0 where unknown */
    bool has_wavelengths;            /**< every used band has one */
    size_t n_pixels;                 /**< N, in raster order */
    float *pixels;                   /**< [N,B] */
    size_t n_valid;                  /**< pixels of the cube that have a value in every band used */
    size_t n_filler;                 /**< pixels left out by pixel_is_filler() */
    char sha256[65]; /**< of the SHA-256 of every line of float spectra, NaN where masked: the same for any tiling */
} pixel_sample;

/** @return whether a spectrum is nodata that the metadata do not tell: zero in every band, another same value in ten bands
 *  or more, or a value that nothing measures */
bool pixel_is_filler(const float *spectrum, size_t n_bands);
/** @return whether a spectrum has a value that nothing measures: above 1e15 in size */
bool spectrum_is_implausible(const float *spectrum, size_t n_bands);
/** Opens a cube with its warnings, chooses the good bands, tells which are left out and why, and reads the whole cube
 *  once, block by block.
 *  @return to be closed with cube_close(); NULL with the failure printed and nothing to free */
cube *pixel_sample_open(cli *run, const char *path, pixel_sample *sample);
/** The same with the bands of a model, for a cube of its sensor. */
cube *pixel_sample_open_for(cli *run, const char *path, const wsnet_model *model, pixel_sample *sample);
void pixel_sample_free(pixel_sample *sample);

#endif
