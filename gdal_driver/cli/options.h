/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file options.h  Command lines from tables: one row says how an argument is read, checked, and shown by --help. */
#ifndef WSNET_CLI_OPTIONS_H
#define WSNET_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum option_kind {
    OPTION_POSITION, /**< const char *: an argument without a dash, by its place */
    OPTION_TEXT,     /**< const char * */
    OPTION_LIST,     /**< char **, a GDAL string list, owned by the arguments: may be given again */
    OPTION_FLAG,     /**< bool */
    OPTION_COUNT,    /**< uint64_t within [least, most] */
    OPTION_NUMBER,   /**< double within [least, most] */
    OPTION_CHOICE,   /**< int, from_name() of a word */
    OPTION_BITS,     /**< unsigned, from_name() of a word ORed in: may be given again */
} option_kind;

typedef struct option {
    option_kind kind;
    const char *name; /**< "CUBE" for a position, "--output" otherwise */
    char letter;      /**< 'o', or 0 */
    bool required;
    const char *value; /**< "FILE"; for words all of them: "linear|scaled" */
    const char *help;
    size_t offset; /**< of the member that it fills */
    double least, most;
    int (*from_name)(const char *name);
} option;

/** Rows that stand under one heading and fill one struct. Rows end with a NULL name, lists of groups with NULL rows. */
typedef struct option_group {
    const char *title;
    const option *rows;
    size_t offset; /**< of that struct in the command's arguments */
} option_group;

typedef enum options_result { OPTIONS_OK, OPTIONS_HELP, OPTIONS_USAGE } options_result;

/** Fills arguments from a command line without the program's and the command's name.
 *  @param error one sentence with a hint on OPTIONS_USAGE */
options_result options_parse(const option_group *groups, int n_words, char *const *words, void *arguments,
                             char error[1024]);
/** @return the name of the row, outputs aside, whose value is the file at path under this or another name, or NULL */
const char *options_that_name(const option_group *groups, const void *arguments, const char *path);
/** Frees the lists in arguments. */
void options_release(const option_group *groups, void *arguments);
/** Prints usage, description and every option to standard output. */
void options_help(const option_group *groups, const char *command, const char *description);
/** @return of n words, spaced stride bytes apart as the first member of an array of structs, the one that a mistyped
 *  word most likely meant, or NULL */
const char *options_nearest(const char *word, const void *words, size_t n_words, size_t stride);

#endif
