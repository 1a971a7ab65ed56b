/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdio.h>
#include <string.h>

#include "options.h"

enum { LINE_WIDTH = 92, HELP_COLUMN = 30 };

/** Prints words broken at LINE_WIDTH, every further line indented. */
static void print_wrapped(const char *text, int column, int indent) {
    bool first = true; /* of its line: no space before it */
    while (*text) {
        const int length = (int)strcspn(text, " ");
        if (!first && column + 1 + length > LINE_WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
            first = true;
        }
        printf("%s%.*s", first ? "" : " ", length, text);
        column += length + !first;
        first = false;
        text += length;
        text += strspn(text, " ");
    }
    putchar('\n');
}

static void print_usage(const option_group *groups, const char *command) {
    printf("usage: wsnet %s", command);
    for (const option_group *group = groups; group->rows; group++)
        for (const option *row = group->rows; row->name; row++)
            if (row->kind == OPTION_POSITION) printf(row->required ? " %s" : " [%s]", row->name);
    for (const option_group *group = groups; group->rows; group++)
        for (const option *row = group->rows; row->name; row++) {
            if (row->kind == OPTION_POSITION || !row->required) continue;
            if (row->letter)
                printf(" -%c %s", row->letter, row->value);
            else
                printf(" %s %s", row->name, row->value);
        }
    printf(" [options]\n");
}

static void print_row(const option *row) {
    char left[128];
    const bool valued = row->kind != OPTION_POSITION && row->kind != OPTION_FLAG;
    char letter[8] = "";
    if (row->letter) snprintf(letter, sizeof letter, "-%c, ", row->letter);
    snprintf(left, sizeof left, "  %s%s%s%s", letter, row->name, valued ? " " : "", valued ? row->value : "");
    const int width = (int)strlen(left);
    if (width + 2 > HELP_COLUMN)
        printf("%s\n%*s", left, HELP_COLUMN, "");
    else
        printf("%-*s", HELP_COLUMN, left);
    print_wrapped(row->help, HELP_COLUMN, HELP_COLUMN);
}

void options_help(const option_group *groups, const char *command, const char *description) {
    print_usage(groups, command);
    putchar('\n');
    print_wrapped(description, 0, 0);
    for (const option_group *group = groups; group->rows; group++) {
        printf("\n%s:\n", group->title);
        for (const option *row = group->rows; row->name; row++) print_row(row);
    }
}
