/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_buffer.h"

#include <cpl_conv.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void text_append(text_buffer *to, const char *bytes) {
    const size_t length = strlen(bytes);
    if (to->n + length + 1 > to->capacity) {
        to->capacity = 2 * (to->n + length + 1);
        to->bytes = CPLRealloc(to->bytes, to->capacity);
    }
    memcpy(to->bytes + to->n, bytes, length + 1);
    to->n += length;
}

void text_appendf(text_buffer *to, const char *format, ...) {
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text_append(to, line);
}
