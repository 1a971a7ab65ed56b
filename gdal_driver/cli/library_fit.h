/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file library_fit.h  Spectra of a library on the bands of a cube. */
#ifndef WSNET_CLI_LIBRARY_FIT_H
#define WSNET_CLI_LIBRARY_FIT_H

#include "cli.h"
#include "pixel_sample.h"

/** Reads a library and resamples it to the sample's bands; without wavelengths on one side, bands are taken one for one
 *  with a warning. @param select names separated by commas, or NULL: all
 *  @return to be destroyed by the caller, NULL with the failure printed */
wsnet_library *library_fitted(cli *run, const char *path, const char *select, const cube *opened,
                              const pixel_sample *sample);

#endif
