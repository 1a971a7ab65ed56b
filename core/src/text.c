/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Decodes one character of at most n bytes. Returns its length, 0 when it is not valid UTF-8 (RFC 3629). */
static size_t decode(const unsigned char *at, size_t n, uint32_t *code) {
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = at[0] < 0x80 ? 1 : at[0] >> 5 == 6 ? 2 : at[0] >> 4 == 14 ? 3 : at[0] >> 3 == 30 ? 4 : 0;
    if (length == 0 || length > n) return 0;
    *code = length == 1 ? at[0] : at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (at[i] >> 6 != 2) return 0;
        *code = *code << 6 | (at[i] & 0x3fu);
    }
    const bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < smallest[length] || *code > 0x10ffff || surrogate ? 0 : length;
}

bool text_is_clean(const char *text, size_t n_bytes, bool allow_lines) {
    for (size_t i = 0; i < n_bytes;) {
        uint32_t code;
        const size_t length = decode((const unsigned char *)text + i, n_bytes - i, &code);
        if (length == 0) return false;
        const bool line = code == '\n' || code == '\t' || code == '\r';
        const bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
        if (control && !(line && allow_lines)) return false;
        i += length;
    }
    return true;
}

/* Cuts spaces and tabs off both ends. */
static void trim(const char **text, size_t *n_bytes) {
    while (*n_bytes && strchr(" \t", (*text)[0])) (*text)++, (*n_bytes)--;
    while (*n_bytes && strchr(" \t", (*text)[*n_bytes - 1])) (*n_bytes)--;
}

bool text_to_double(const char *text, size_t n_bytes, double *value) {
    char copy[128], *end;
    trim(&text, &n_bytes);
    if (n_bytes == 0 || n_bytes >= sizeof copy) return false;
    for (size_t i = 0; i < n_bytes; i++)
        if (!text[i] || !strchr("0123456789+-.eE", text[i])) return false;
    memcpy(copy, text, n_bytes);
    copy[n_bytes] = '\0';
    /* strtod() follows the thread's locale: under a decimal comma it would stop at the point. */
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (!c_locale) return false;
    const locale_t before = uselocale(c_locale);
    const double parsed = strtod(copy, &end);
    uselocale(before);
    freelocale(c_locale);
    if (*end || !isfinite(parsed)) return false;
    *value = parsed;
    return true;
}

bool text_to_size(const char *text, size_t n_bytes, size_t limit, size_t *value) {
    size_t parsed = 0;
    if (n_bytes == 0) return false;
    for (size_t i = 0; i < n_bytes; i++) {
        if (text[i] < '0' || text[i] > '9') return false;
        const size_t digit = (size_t)(text[i] - '0');
        if (digit > limit || parsed > (limit - digit) / 10) return false;
        parsed = parsed * 10 + digit;
    }
    *value = parsed;
    return true;
}

size_t text_from_double(double value, int digits, char text[TEXT_NUMBER_SIZE]) {
    const locale_t c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    const locale_t before = uselocale(c_locale);
    const int length = snprintf(text, TEXT_NUMBER_SIZE, "%.*g", digits, value);
    uselocale(before);
    if (c_locale) freelocale(c_locale);
    return length < 0 ? 0 : (size_t)length;
}
