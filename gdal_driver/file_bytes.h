/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file file_bytes.h  Whole files through GDAL's virtual file systems. */
#ifndef WSNET_FILE_BYTES_H
#define WSNET_FILE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Reads a file of at most limit bytes. @param what "model", "scene": for the sentence
 *  @return its bytes and a NUL after them, to be freed with VSIFree(), or NULL with one sentence in error */
char *file_read(const char *path, const char *what, size_t limit, size_t *n_bytes, char error[1024]);

/** Size and time of a file. @return false when there is no such regular file */
bool file_stat(const char *path, uint64_t *size, int64_t *modified);

#endif
