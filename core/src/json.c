/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json.h"

#include <string.h>

#include "text.h"

const json_value *json_first(const json_value *parent) {
    return parent && (parent->kind == JSON_OBJECT || parent->kind == JSON_ARRAY) && parent->n_children ? parent + 1
                                                                                                       : NULL;
}

const json_value *json_next(const json_value *value) { return value + value->n_values; }

const json_value *json_find(const json_value *object, const char *key) {
    if (!object || object->kind != JSON_OBJECT) return NULL;
    const json_value *name = object + 1;
    for (size_t i = 0; i < object->n_children; i++, name = json_next(name + 1))
        if (strcmp(name->text, key) == 0) return name + 1;
    return NULL;
}

const char *json_string(const json_value *value) { return value && value->kind == JSON_STRING ? value->text : NULL; }

bool json_size(const json_value *value, size_t limit, size_t *number) {
    return value && value->kind == JSON_NUMBER && text_to_size(value->text, strlen(value->text), limit, number);
}
