/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "card_text.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdio.h>
#include <string.h>

#include "text_buffer.h"

const char *const card_intended_use[] = {
    "Shares of the listed materials in the pixels of imaging-spectroscopy cubes of the same sensor, bands and units as "
    "the training cube, with an interval, a confidence and a fit for every pixel.",
    "Maps and areas that people check against knowledge of the place before they act on them.",
    NULL,
};

#define COMMON_LIMITS                                                                                                  \
    "Shares always add up to one over the listed materials: a material that is not listed is given to others; a fit "  \
    "below 0.01 is the sign of it.",                                                                                   \
        "Below its limit of detection a material cannot be told from noise; the limits hold for noise like the "       \
        "training cube's, 'wsnet audit' gives them by zone.",                                                          \
        "Intervals were calibrated on pixels simulated around the training cube: elsewhere, or where mixing is not "   \
        "linear, they may hold less often than stated.",                                                               \
        "For another cube of the sensor see 'wsnet adapt', and check 'wsnet audit' first; for another sensor train "   \
        "again.",                                                                                                      \
        "Scores, where given, belong to the truth and the mixing model they were computed with, and to no other "      \
        "place."

static const char *const limits_linear[] = {COMMON_LIMITS, NULL};
static const char *const limits_scaled[] = {
    COMMON_LIMITS, "The mixing is 'scaled': shares are of spectra at unit peak and not of ground area.", NULL};

const char *const *card_limits(wsnet_mixing mixing) {
    return mixing == WSNET_MIXING_SCALED ? limits_scaled : limits_linear;
}

/* Names come from files: what Markdown or HTML would act on is escaped. */
static void append_escaped(text_buffer *to, const char *words) {
    for (; *words; words++) {
        if (strchr("\\`*_{}[]<>#|~", *words)) text_append(to, "\\");
        const char letter[2] = {(unsigned char)*words < ' ' ? ' ' : *words, 0};
        text_append(to, letter);
    }
}

static void append_value(text_buffer *to, struct json_object *value) {
    if (json_object_is_type(value, json_type_double))
        text_append(to, CPLSPrintf("%.6g", json_object_get_double(value)));
    else if (json_object_is_type(value, json_type_array)) {
        const size_t n = json_object_array_length(value);
        for (size_t i = 0; i < n; i++) {
            if (i) text_append(to, ", ");
            append_value(to, json_object_array_get_idx(value, i));
        }
        if (n == 0) text_append(to, "nothing");
    } else
        append_escaped(to, value ? json_object_get_string(value) : "-");
}

static void append_members(text_buffer *to, struct json_object *object) {
    json_object_object_foreach(object, key, value) {
        const bool table = json_object_is_type(value, json_type_array) && json_object_array_length(value) &&
                           json_object_is_type(json_object_array_get_idx(value, 0), json_type_object);
        if (table) continue;
        text_append(to, "| ");
        append_escaped(to, key);
        text_append(to, " | ");
        append_value(to, value);
        text_append(to, " |\n");
    }
}

/* A list of objects as a table; its columns are the first one's keys. */
static void append_table(text_buffer *to, struct json_object *list) {
    struct json_object *first = json_object_array_get_idx(list, 0), *value;
    if (!json_object_is_type(first, json_type_object)) return;
    text_append(to, "\n|");
    json_object_object_foreach(first, column, unused) {
        (void)unused;
        text_append(to, " ");
        append_escaped(to, column);
        text_append(to, " |");
    }
    text_append(to, "\n|");
    for (int i = 0; i < json_object_object_length(first); i++) text_append(to, " --- |");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        text_append(to, "\n|");
        json_object_object_foreach(first, key, ignored) {
            (void)ignored;
            text_append(to, " ");
            if (json_object_object_get_ex(json_object_array_get_idx(list, i), key, &value)) append_value(to, value);
            text_append(to, " |");
        }
    }
    text_append(to, "\n");
}

static void append_part(text_buffer *to, struct json_object *card, const char *key, const char *title) {
    struct json_object *found;
    if (!json_object_object_get_ex(card, key, &found)) return;
    text_append(to, CPLSPrintf("\n## %s\n", title));
    if (json_object_is_type(found, json_type_object)) {
        struct json_object *materials;
        text_append(to, "\n| what | value |\n| --- | --- |\n");
        append_members(to, found);
        if (json_object_object_get_ex(found, "materials", &materials) &&
            json_object_is_type(materials, json_type_array) && json_object_array_length(materials))
            append_table(to, materials);
    } else if (json_object_is_type(json_object_array_get_idx(found, 0), json_type_object))
        append_table(to, found);
    else
        for (size_t i = 0; i < json_object_array_length(found); i++)
            text_append(to, CPLSPrintf("\n- %s", json_object_get_string(json_object_array_get_idx(found, i))));
    if (json_object_is_type(found, json_type_array)) text_append(to, "\n");
}

char *card_markdown(struct json_object *card) {
    static const char *const parts[][2] = {
        {"intended_use", "Intended use"}, {"limits", "Limits"}, {"materials", "Materials"}, {"data", "Data"},
        {"training", "Training"},         {"cost", "Cost"},     {"scores", "Scores"},
    };
    text_buffer made = {0};
    struct json_object *value;
    text_append(&made, "# Model card: ");
    if (json_object_object_get_ex(card, "model", &value)) append_value(&made, value);
    text_append(&made, "\n\nSHA-256 ");
    if (json_object_object_get_ex(card, "sha256", &value)) append_value(&made, value);
    text_append(&made, "\n");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) append_part(&made, card, parts[i][0], parts[i][1]);
    return made.bytes;
}
