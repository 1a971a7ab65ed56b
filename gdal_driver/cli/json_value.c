/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "json_value.h"

#include <math.h>
#include <stdio.h>

void json_add_text(struct json_object *to, const char *key, const char *text) {
    json_object_object_add(to, key, json_object_new_string(text));
}

void json_add_count(struct json_object *to, const char *key, size_t count) {
    json_object_object_add(to, key, json_object_new_int64((int64_t)count));
}

struct json_object *json_of_number(double number) {
    char text[32];
    snprintf(text, sizeof text, "%.9g", number);
    return isfinite(number) ? json_object_new_double_s(number, text) : NULL;
}

void json_add_number(struct json_object *to, const char *key, double number) {
    json_object_object_add(to, key, json_of_number(number));
}

void json_print(struct json_object *root) {
    puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED |
                                                  JSON_C_TO_STRING_NOSLASHESCAPE));
}
