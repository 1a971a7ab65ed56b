/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file atomic_file.h  Outputs appear whole or not at all: written beside, then renamed. */
#ifndef WSNET_ATOMIC_FILE_H
#define WSNET_ATOMIC_FILE_H

#include <stdbool.h>
#include <stddef.h>

/** Writes bytes beside path and renames them to it; on failure path is as it was and nothing is left beside it. */
bool atomic_write(const char *path, const void *bytes, size_t n_bytes, char error[1024]);

/** A name in the folder of path, with its extension, that no file has: GDAL writes there.
 *  @return to be freed with CPLFree() */
char *atomic_temporary(const char *path);
/** Renames what was written at temporary, and the files that GDAL put beside it (x.tif.aux.xml, x.hdr ...), to path;
 *  sidecars of an older file at path are removed. On failure everything of temporary is removed. */
bool atomic_commit(const char *temporary, const char *path, char error[1024]);
/** Removes temporary and everything beside it that has its name. */
void atomic_discard(const char *temporary);

#endif
