/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file json_library.c  Reading and writing through json-c. */
#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "json.h"
#include "text.h"

/* ---- reading --------------------------------------------------------------------------------------------- */

/* Goes over json-c's tree twice: first to count values and bytes of text (values and copy are NULL), then to fill them. */
typedef struct filler {
    size_t n_values, n_text;
    json_value *values;
    char *copy;
} filler;

static size_t add_value(filler *f, json_kind kind, const char *text) {
    const size_t n = text ? strlen(text) + 1 : 0;
    if (f->values) {
        f->values[f->n_values] = (json_value){.kind = kind, .text = text ? f->copy + f->n_text : NULL, .n_values = 1};
        if (text) memcpy(f->copy + f->n_text, text, n);
    }
    f->n_text += n;
    return f->n_values++;
}

/* @return false for a string with a NUL inside */
static bool add_tree(filler *f, json_object *tree);

static bool add_children(filler *f, json_object *tree, bool is_object) {
    const size_t index = add_value(f, is_object ? JSON_OBJECT : JSON_ARRAY, NULL);
    const size_t n = is_object ? (size_t)json_object_object_length(tree) : json_object_array_length(tree);
    if (is_object) {
        json_object_object_foreach(tree, key, member) {
            add_value(f, JSON_STRING, key);
            if (!add_tree(f, member)) return false;
        }
    }
    for (size_t i = 0; !is_object && i < n; i++)
        if (!add_tree(f, json_object_array_get_idx(tree, i))) return false;
    if (f->values) {
        f->values[index].n_children = n;
        f->values[index].n_values = f->n_values - index;
    }
    return true;
}

static bool add_tree(filler *f, json_object *tree) {
    const enum json_type type = json_object_get_type(tree);
    if (type == json_type_object || type == json_type_array) return add_children(f, tree, type == json_type_object);
    const bool is_number = type == json_type_int || type == json_type_double;
    const char *text = type == json_type_string ? json_object_get_string(tree) : json_object_to_json_string(tree);
    if (!text || (type == json_type_string && strlen(text) != (size_t)json_object_get_string_len(tree))) return false;
    add_value(f, type == json_type_string ? JSON_STRING : is_number ? JSON_NUMBER : JSON_WORD, text);
    return true;
}

static wsnet_status flatten(wsnet_context *context, json_object *tree, json_value **root) {
    filler f = {0};
    arena block = {0};
    if (!add_tree(&f, tree)) return WSNET_E_FORMAT;
    for (int pass = 0; pass < 2; pass++) {
        f.values = arena_take(&block, f.n_values, sizeof *f.values);
        f.copy = arena_take(&block, f.n_text, 1);
        if (pass == 0) block = (arena){.base = context_allocate(context, block.used, 1)};
        if (!block.base) return WSNET_E_MEMORY;
    }
    f.n_values = f.n_text = 0;
    add_tree(&f, tree);
    *root = f.values;
    return WSNET_OK;
}

wsnet_status json_read(wsnet_context *context, const char *text, size_t length, json_value **root, size_t *error_at) {
    *error_at = 0;
    if (length > INT32_MAX) return WSNET_E_FORMAT;
    json_tokener *tokener = json_tokener_new_ex(JSON_MAX_DEPTH);
    if (!tokener) return context_fail(context, WSNET_E_MEMORY, "memory is out");
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    json_object *tree = json_tokener_parse_ex(tokener, text, (int)length);
    *error_at = json_tokener_get_parse_end(tokener);
    bool read = *error_at == length;
    /* A number could go on: its end has to be told. */
    if (read && json_tokener_get_error(tokener) == json_tokener_continue) tree = json_tokener_parse_ex(tokener, "", 1);
    read = read && json_tokener_get_error(tokener) == json_tokener_success;
    const wsnet_status status = read ? flatten(context, tree, root) : WSNET_E_FORMAT;
    json_object_put(tree);
    json_tokener_free(tokener);
    return status;
}

/* ---- writing --------------------------------------------------------------------------------------------- */

void json_put(json_writer *writer, const char *text) {
    const size_t n = strlen(text);
    if (writer->to) memcpy(writer->to + writer->used, text, n);
    writer->used += n;
}

void json_put_string(json_writer *writer, const char *text) {
    json_object *string = json_object_new_string(text);
    const char *written =
        string ? json_object_to_json_string_ext(string, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE) : NULL;
    if (written)
        json_put(writer, written);
    else
        writer->failed = true;
    json_object_put(string);
}

void json_put_size(json_writer *writer, size_t number) {
    char text[TEXT_NUMBER_SIZE];
    snprintf(text, sizeof text, "%zu", number);
    json_put(writer, text);
}
