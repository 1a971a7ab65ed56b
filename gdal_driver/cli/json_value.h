/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file json_value.h  Members of the JSON that info and score print. */
#ifndef WSNET_CLI_JSON_VALUE_H
#define WSNET_CLI_JSON_VALUE_H

#include <json-c/json.h>
#include <stddef.h>

void json_add_text(struct json_object *to, const char *key, const char *text);
void json_add_count(struct json_object *to, const char *key, size_t count);
/** Nine digits, null where the number is not finite: JSON has no NaN. */
void json_add_number(struct json_object *to, const char *key, double number);
struct json_object *json_of_number(double number);
/** Prints an object to standard output. */
void json_print(struct json_object *root);

#endif
