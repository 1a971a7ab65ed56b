/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR_SIZE = 1024, LONGEST_WORD = 63 };

/* ---- finding rows --------------------------------------------------------------------------------------- */

typedef struct found_option {
    const option *row;
    char *member; /**< where its value goes */
} found_option;

static found_option found_in(const option_group *group, const option *row, void *arguments) {
    return (found_option){row, (char *)arguments + group->offset + row->offset};
}

static found_option find_named(const option_group *groups, const char *name, size_t length, void *arguments) {
    for (const option_group *group = groups; group->rows; group++)
        for (const option *row = group->rows; row->name; row++) {
            const bool is_letter = length == 2 && row->letter && name[1] == row->letter;
            const bool is_name = strlen(row->name) == length && strncmp(row->name, name, length) == 0;
            if (row->kind != OPTION_POSITION && (is_letter || is_name)) return found_in(group, row, arguments);
        }
    return (found_option){0};
}

static found_option find_position(const option_group *groups, int place, void *arguments) {
    for (const option_group *group = groups; group->rows; group++)
        for (const option *row = group->rows; row->name; row++)
            if (row->kind == OPTION_POSITION && place-- == 0) return found_in(group, row, arguments);
    return (found_option){0};
}

/** Edits (insertions, deletions, replacements) that lead from one word to the other (Wagner and Fischer 1974). */
static size_t edit_distance(const char *first, const char *second) {
    size_t row[LONGEST_WORD + 1], n = strlen(second);
    if (n > LONGEST_WORD || strlen(first) > LONGEST_WORD) return SIZE_MAX;
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 0; first[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < n; j++) {
            const size_t replaced = diagonal + (first[i] != second[j]);
            const size_t edited = 1 + (row[j] < row[j + 1] ? row[j] : row[j + 1]);
            diagonal = row[j + 1];
            row[j + 1] = replaced < edited ? replaced : edited;
        }
    }
    return row[n];
}

const char *options_nearest(const char *word, const void *words, size_t n_words, size_t stride) {
    const char *nearest = NULL;
    size_t least = 3; /* two edits are a slip, three another word */
    for (size_t i = 0; i < n_words; i++) {
        const char *candidate = *(const char *const *)((const char *)words + i * stride);
        const size_t distance = edit_distance(word, candidate);
        if (distance < least) {
            least = distance;
            nearest = candidate;
        }
    }
    return nearest;
}

static options_result unknown_option(const option_group *groups, const char *name, char *error) {
    const char *nearest = NULL;
    for (const option_group *group = groups; group->rows && !nearest; group++) {
        size_t n_rows = 0;
        while (group->rows[n_rows].name) n_rows++;
        nearest = options_nearest(name, &group->rows->name, n_rows, sizeof *group->rows);
    }
    if (nearest)
        snprintf(error, ERROR_SIZE, "unknown option %s, did you mean %s?", name, nearest);
    else
        snprintf(error, ERROR_SIZE, "unknown option %s", name);
    return OPTIONS_USAGE;
}

/* ---- reading values ------------------------------------------------------------------------------------- */

static options_result wrong_value(const option *row, const char *text, char *error) {
    const bool is_word = row->kind == OPTION_CHOICE || row->kind == OPTION_BITS;
    if (is_word)
        snprintf(error, ERROR_SIZE, "%s is one of %s, not '%s'", row->name, row->value, text);
    else
        snprintf(error, ERROR_SIZE, "%s is a %snumber from %.15g to %.15g, not '%s'", row->name,
                 row->kind == OPTION_COUNT ? "whole " : "", row->least, row->most, text);
    return OPTIONS_USAGE;
}

static options_result store_number(const option *row, char *member, const char *text, char *error) {
    char *end = NULL;
    errno = 0;
    if (row->kind == OPTION_COUNT) {
        const unsigned long long value = strtoull(text, &end, 10);
        if (end == text || *end || errno || strchr(text, '-') || (double)value < row->least ||
            (double)value > row->most)
            return wrong_value(row, text, error);
        *(uint64_t *)member = value;
        return OPTIONS_OK;
    }
    const double value = strtod(text, &end);
    if (end == text || *end || !isfinite(value) || value < row->least || value > row->most)
        return wrong_value(row, text, error);
    *(double *)member = value;
    return OPTIONS_OK;
}

static options_result store(const option *row, char *member, const char *text, char *error) {
    int word;
    switch (row->kind) {
    case OPTION_POSITION:
    case OPTION_TEXT:
        *(const char **)member = text;
        return OPTIONS_OK;
    case OPTION_LIST:
        *(char ***)member = CSLAddString(*(char ***)member, text);
        return OPTIONS_OK;
    case OPTION_FLAG:
        *(bool *)member = true;
        return OPTIONS_OK;
    case OPTION_COUNT:
    case OPTION_NUMBER:
        return store_number(row, member, text, error);
    case OPTION_CHOICE:
    case OPTION_BITS:
        word = row->from_name(text);
        if (word < 0) return wrong_value(row, text, error);
        if (row->kind == OPTION_CHOICE)
            *(int *)member = word;
        else
            *(unsigned *)member |= (unsigned)word;
        return OPTIONS_OK;
    }
    return OPTIONS_USAGE;
}

/** Reads one option and its value; *at is moved past what was used. */
static options_result parse_option(const option_group *groups, int n_words, char *const *words, int *at,
                                   void *arguments, char *error) {
    const char *word = words[(*at)++];
    const char *equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
    const size_t length = equals ? (size_t)(equals - word) : strlen(word);
    const found_option found = find_named(groups, word, length, arguments);
    if (!found.row) {
        char name[LONGEST_WORD + 1];
        snprintf(name, sizeof name, "%.*s", (int)length, word);
        return unknown_option(groups, name, error);
    }
    if (found.row->kind == OPTION_FLAG) {
        if (!equals) return store(found.row, found.member, NULL, error);
        snprintf(error, ERROR_SIZE, "%s takes no value", found.row->name);
        return OPTIONS_USAGE;
    }
    if (equals) return store(found.row, found.member, equals + 1, error);
    if (*at >= n_words || strncmp(words[*at], "--", 2) == 0) {
        snprintf(error, ERROR_SIZE, "%s needs a value: %s", found.row->name, found.row->value);
        return OPTIONS_USAGE;
    }
    return store(found.row, found.member, words[(*at)++], error);
}

static options_result check_required(const option_group *groups, void *arguments, char *error) {
    for (const option_group *group = groups; group->rows; group++)
        for (const option *row = group->rows; row->name; row++) {
            if (!row->required || *(const char **)found_in(group, row, arguments).member) continue;
            if (row->kind == OPTION_POSITION)
                snprintf(error, ERROR_SIZE, "%s is missing", row->name);
            else
                snprintf(error, ERROR_SIZE, "%s %s is missing", row->name, row->value);
            return OPTIONS_USAGE;
        }
    return OPTIONS_OK;
}

options_result options_parse(const option_group *groups, int n_words, char *const *words, void *arguments,
                             char error[1024]) {
    bool only_positions = false;
    int place = 0, at = 0;
    for (int i = 0; i < n_words && strcmp(words[i], "--") != 0; i++)
        if (strcmp(words[i], "--help") == 0 || strcmp(words[i], "-h") == 0) return OPTIONS_HELP;
    while (at < n_words) {
        if (!only_positions && words[at][0] == '-' && words[at][1]) {
            if (strcmp(words[at], "--") == 0) {
                only_positions = true;
                at++;
                continue;
            }
            const options_result result = parse_option(groups, n_words, words, &at, arguments, error);
            if (result != OPTIONS_OK) return result;
            continue;
        }
        const found_option found = find_position(groups, place++, arguments);
        if (!found.row) {
            snprintf(error, ERROR_SIZE, "'%s' is one argument too many", words[at]);
            return OPTIONS_USAGE;
        }
        store(found.row, found.member, words[at++], error);
    }
    return check_required(groups, arguments, error);
}

/* ---- files that are named twice ------------------------------------------------------------------------- */

/* @param value may be "FILE|layername=NAME" */
static bool is_file(const char *value, const VSIStatBufL *file) {
    char *name = CPLStrdup(value);
    VSIStatBufL status;
    name[strcspn(name, "|")] = 0;
    const bool same = VSIStatL(name, &status) == 0 && VSI_ISREG(status.st_mode) && status.st_ino != 0 &&
                      status.st_ino == file->st_ino && status.st_dev == file->st_dev;
    CPLFree(name);
    return same;
}

const char *options_that_name(const option_group *groups, const void *arguments, const char *path) {
    VSIStatBufL file;
    if (VSIStatL(path, &file) != 0 || !VSI_ISREG(file.st_mode)) return NULL;
    for (const option_group *group = groups; group->rows; group++)
        for (const option *row = group->rows; row->name; row++) {
            if ((row->kind != OPTION_TEXT && row->kind != OPTION_POSITION) || row->letter == 'o') continue;
            const char *value = *(const char *const *)((const char *)arguments + group->offset + row->offset);
            if (value && value != path && is_file(value, &file)) return row->name;
        }
    return NULL;
}

void options_release(const option_group *groups, void *arguments) {
    for (const option_group *group = groups; group->rows; group++)
        for (const option *row = group->rows; row->name; row++)
            if (row->kind == OPTION_LIST) CSLDestroy(*(char ***)found_in(group, row, arguments).member);
}
