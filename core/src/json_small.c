/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file json_small.c  The reader of the build without json-c. */
#include "json.h"

#include <stdint.h>
#include <string.h>

/* Reads the text twice: first to count values and bytes of decoded text (values and copy are NULL), then to fill them. */
typedef struct parser {
    const char *text;
    size_t length, at, n_values, n_text;
    json_value *values;
    char *copy;
} parser;

static void skip_space(parser *p) {
    while (p->at < p->length && p->text[p->at] && strchr(" \t\r\n", p->text[p->at])) p->at++;
}

static bool take(parser *p, char expected) {
    if (p->at >= p->length || p->text[p->at] != expected) return false;
    p->at++;
    return true;
}

static json_value *add_value(parser *p, json_kind kind) {
    json_value *value = p->values ? p->values + p->n_values : NULL;
    p->n_values++;
    if (value) *value = (json_value){.kind = kind};
    return value;
}

static void add_byte(parser *p, unsigned byte) {
    if (p->copy) p->copy[p->n_text] = (char)byte;
    p->n_text++;
}

static void add_code_point(parser *p, uint32_t code) {
    if (code < 0x80) {
        add_byte(p, code);
    } else if (code < 0x800) {
        add_byte(p, 0xc0 | code >> 6);
        add_byte(p, 0x80 | (code & 63));
    } else if (code < 0x10000) {
        add_byte(p, 0xe0 | code >> 12);
        add_byte(p, 0x80 | (code >> 6 & 63));
        add_byte(p, 0x80 | (code & 63));
    } else {
        add_byte(p, 0xf0 | code >> 18);
        add_byte(p, 0x80 | (code >> 12 & 63));
        add_byte(p, 0x80 | (code >> 6 & 63));
        add_byte(p, 0x80 | (code & 63));
    }
}

static bool hexadecimal(parser *p, uint32_t *code) {
    *code = 0;
    for (int i = 0; i < 4; i++, p->at++) {
        static const char digits[] = "0123456789abcdefABCDEF";
        const char *digit = p->at < p->length && p->text[p->at] ? strchr(digits, p->text[p->at]) : NULL;
        if (!digit) return false;
        const uint32_t value = (uint32_t)(digit - digits);
        *code = *code << 4 | (value < 16 ? value : value - 6);
    }
    return true;
}

/* What stands behind \u: a code point, or a pair of surrogates. NUL would end the string early. */
static bool unicode(parser *p) {
    uint32_t code, low;
    if (!hexadecimal(p, &code) || code == 0 || (code >= 0xdc00 && code < 0xe000)) return false;
    if (code >= 0xd800 && code < 0xdc00) {
        if (!take(p, '\\') || !take(p, 'u') || !hexadecimal(p, &low) || low < 0xdc00 || low >= 0xe000) return false;
        code = 0x10000 + ((code - 0xd800) << 10 | (low - 0xdc00));
    }
    add_code_point(p, code);
    return true;
}

static bool escape(parser *p) {
    static const char names[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
    if (take(p, 'u')) return unicode(p);
    const char *name = p->at < p->length && p->text[p->at] ? strchr(names, p->text[p->at]) : NULL;
    if (!name) return false;
    add_byte(p, (unsigned char)meanings[name - names]);
    p->at++;
    return true;
}

static bool string(parser *p) {
    json_value *value = add_value(p, JSON_STRING);
    if (value) value->text = p->copy + p->n_text;
    if (!take(p, '"')) return false;
    while (!take(p, '"')) {
        if (p->at >= p->length || (unsigned char)p->text[p->at] < 0x20) return false;
        if (take(p, '\\')) {
            if (!escape(p)) return false;
        } else {
            add_byte(p, (unsigned char)p->text[p->at++]);
        }
    }
    add_byte(p, 0);
    if (value) value->n_values = 1;
    return true;
}

static bool digits(parser *p) {
    const size_t begin = p->at;
    while (p->at < p->length && p->text[p->at] >= '0' && p->text[p->at] <= '9') p->at++;
    return p->at > begin;
}

static bool number_text(parser *p) {
    take(p, '-');
    if (!take(p, '0') && !digits(p)) return false;
    if (take(p, '.') && !digits(p)) return false;
    if (!take(p, 'e') && !take(p, 'E')) return true;
    if (!take(p, '+')) take(p, '-');
    return digits(p);
}

static bool word_text(parser *p) {
    static const char *const words[] = {"true", "false", "null"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        const size_t n = strlen(words[i]);
        if (p->length - p->at < n || memcmp(p->text + p->at, words[i], n) != 0) continue;
        p->at += n;
        return true;
    }
    return false;
}

static bool plain(parser *p) {
    const bool is_word = p->text[p->at] >= 'a';
    json_value *value = add_value(p, is_word ? JSON_WORD : JSON_NUMBER);
    if (value) value->text = p->copy + p->n_text;
    const size_t begin = p->at;
    if (!(is_word ? word_text(p) : number_text(p))) return false;
    for (size_t i = begin; i < p->at; i++) add_byte(p, (unsigned char)p->text[i]);
    add_byte(p, 0);
    if (value) value->n_values = 1;
    return true;
}

static bool any_value(parser *p, int depth);

static bool children(parser *p, bool is_object, int depth) {
    const size_t index = p->n_values;
    json_value *value = add_value(p, is_object ? JSON_OBJECT : JSON_ARRAY);
    const char end = is_object ? '}' : ']';
    size_t n = 0;
    p->at++;
    skip_space(p);
    for (bool more = !take(p, end); more; n++) {
        skip_space(p);
        if (is_object) {
            if (!string(p)) return false;
            skip_space(p);
            if (!take(p, ':')) return false;
        }
        if (!any_value(p, depth + 1)) return false;
        skip_space(p);
        more = take(p, ',');
        if (!more && !take(p, end)) return false;
    }
    if (value) {
        value->n_children = n;
        value->n_values = p->n_values - index;
    }
    return true;
}

static bool any_value(parser *p, int depth) {
    skip_space(p);
    if (depth > JSON_MAX_DEPTH || p->at >= p->length) return false;
    const char first = p->text[p->at];
    if (first == '{' || first == '[') return children(p, first == '{', depth);
    return first == '"' ? string(p) : plain(p);
}

static bool whole(parser *p) {
    p->at = p->n_values = p->n_text = 0;
    if (!any_value(p, 1)) return false;
    skip_space(p);
    return p->at == p->length;
}

wsnet_status json_read(wsnet_context *context, const char *text, size_t length, json_value **root, size_t *error_at) {
    parser p = {.text = text, .length = length};
    if (!whole(&p)) {
        *error_at = p.at;
        return WSNET_E_FORMAT;
    }
    arena block = {0};
    for (int pass = 0; pass < 2; pass++) {
        p.values = arena_take(&block, p.n_values, sizeof *p.values);
        p.copy = arena_take(&block, p.n_text, 1);
        if (pass == 0) block = (arena){.base = context_allocate(context, block.used, 1)};
        if (!block.base) return WSNET_E_MEMORY;
    }
    whole(&p);
    *root = p.values;
    return WSNET_OK;
}
