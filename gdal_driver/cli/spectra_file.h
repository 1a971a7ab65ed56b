/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file spectra_file.h  Named spectra from and to files. */
#ifndef WSNET_CLI_SPECTRA_FILE_H
#define WSNET_CLI_SPECTRA_FILE_H

#include "cli.h"

/** The endmembers of a model as a library; NULL with the failure printed. */
wsnet_library *library_of_model(cli *run, const wsnet_model *model);
/** Reads a CSV table, an ENVI spectral library, or the endmembers of a model (.wsn).
 *  @return owned by the caller, NULL with the failure printed */
wsnet_library *spectra_file_read(cli *run, const char *path);
/** Fails before the work when no table can be written at path, or when its name promises another format. */
bool spectra_file_check(cli *run, const char *path);
/** Writes a CSV table. @return false with the failure printed */
bool spectra_file_write(cli *run, const wsnet_library *library, const char *path);

#endif
