/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file vector_spectra.h  Mean spectra of a cube under the features of a vector layer. */
#ifndef WSNET_CLI_VECTOR_SPECTRA_H
#define WSNET_CLI_VECTOR_SPECTRA_H

#include "cli.h"
#include "pixel_sample.h"

/** Takes the mean of the pixels whose centres lie in polygons, or that points and lines touch; features of one name
 *  are one spectrum. Geometries are brought into the cube's coordinate system.
 *  @param name_field NULL: the first text field, or "place 1" ... when there is none
 *  @return a library on the sample's bands, NULL with the failure printed */
wsnet_library *vector_spectra_read(cli *run, const char *path, const char *name_field, cube *opened,
                                   const pixel_sample *sample);

#endif
