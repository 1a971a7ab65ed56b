/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file cube_internal.h  The parts that describe a cube; for the cube_*.c files. */
#ifndef WSNET_CUBE_INTERNAL_H
#define WSNET_CUBE_INTERNAL_H

#include "cube.h"

/** Adds a sentence to cube.warnings. */
void cube_warn(cube *opened, const char *format, ...) __attribute__((format(printf, 2, 3)));

/** Fills wavelength_nm, fwhm_nm and CUBE_BAND_BBL from whatever metadata there is. */
void cube_describe_bands(cube *opened);
/** Wavelengths of a STAC item beside the raster. @return true when every band got one */
bool cube_describe_stac(cube *opened);

/** Marks bands without a valid pixel and constant bands, from a sample of windows.
 *  @return false when the cube has no valid pixel at all or cannot be read */
bool cube_look_at_pixels(cube *opened, char error[1024]);

/** Around what GDAL opens and reads. @return whether something was set, for cube_direct_end() */
bool cube_direct_begin(void);
void cube_direct_end(bool set);

#endif
