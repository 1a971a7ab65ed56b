/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file output.h  Rasters and other outputs of the command line. */
#ifndef WSNET_CLI_OUTPUT_H
#define WSNET_CLI_OUTPUT_H

#include "cli.h"

/** Fails before the work, not after it, when nothing can be written at path. @return false with the failure printed */
bool output_check(cli *run, const char *path);
/** The driver for a file name: by format where that is given, otherwise by the extension.
 *  @return NULL with the failure printed */
GDALDriverH output_driver(cli *run, const char *path, const char *format);
/** Copies a dataset block by block into a file of another format, which appears when it is complete.
 *  @param endmembers  stored with it where not NULL  @param creation  GDAL string list or NULL */
bool output_raster(cli *run, GDALDatasetH source, GDALDriverH driver, const char *path, char **creation,
                   const wsnet_library *endmembers);

#endif
