/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file json.h  JSON (RFC 8259) read strictly into one allocation, and written.
 *
 *  Nothing of the text is trusted: depth is bounded, strings are decoded and have no NUL inside, whole numbers keep their
 *  text. json_library.c reads and writes through json-c; the build for small devices has a reader of its own in
 *  json_small.c, and writes nothing. */
#ifndef WSNET_JSON_H
#define WSNET_JSON_H

#include "context.h"

enum { JSON_MAX_DEPTH = 8 };

typedef enum json_kind { JSON_OBJECT, JSON_ARRAY, JSON_STRING, JSON_NUMBER, JSON_WORD } json_kind;

/** A value. The members of an object follow it as key (a string), value, key, value ...; those of an array as values. */
typedef struct json_value {
    json_kind kind;
    const char *text;  /**< of a string, number or word (true, false, null), NUL-terminated */
    size_t n_children; /**< values of an array, pairs of an object */
    size_t n_values;   /**< this value and all inside it: the next one is that far on */
} json_value;

/** Reads a whole text. @param root to be freed with context_release(); its first value is the outermost
 *  @param error_at byte where the text stops being JSON, on WSNET_E_FORMAT (no sentence is set) */
wsnet_status json_read(wsnet_context *context, const char *text, size_t length, json_value **root, size_t *error_at);
/** @return the value of a key, or NULL where there is none or object is NULL or no object */
const json_value *json_find(const json_value *object, const char *key);
/** @return the first child of an object (its key) or array, or NULL where there is none; then the next of its siblings */
const json_value *json_first(const json_value *parent);
const json_value *json_next(const json_value *value);
/** @return the text of a string, or NULL where value is NULL or no string */
const char *json_string(const json_value *value);
/** A whole number of at most limit, without sign, fraction or exponent. @return false where it is none */
bool json_size(const json_value *value, size_t limit, size_t *number);

/** Text that is measured, then written: run the same calls twice, first with to = NULL. */
typedef struct json_writer {
    char *to;
    size_t used;
    bool failed; /**< memory was out */
} json_writer;
void json_put(json_writer *writer, const char *text);
/** With quotes, and escapes where JSON needs them. */
void json_put_string(json_writer *writer, const char *text);
void json_put_size(json_writer *writer, size_t number);

#endif
