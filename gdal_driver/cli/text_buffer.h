/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file text_buffer.h  Text that grows; where memory is out it ends the program, as GDAL's own strings do. */
#ifndef WSNET_CLI_TEXT_BUFFER_H
#define WSNET_CLI_TEXT_BUFFER_H

#include <stddef.h>

typedef struct text_buffer {
    char *bytes; /**< NUL-terminated once anything was appended; to be freed with CPLFree() */
    size_t n, capacity;
} text_buffer;

void text_append(text_buffer *to, const char *bytes);
/** Appends at most 2047 bytes in printf()'s format. */
void text_appendf(text_buffer *to, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
