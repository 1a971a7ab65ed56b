/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text_buffer.h"

#include <cpl_conv.h>
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
