/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file endmember_source.h  Where endmembers come from: a count, a library, places on the map, or the cube alone. */
#ifndef WSNET_CLI_ENDMEMBER_SOURCE_H
#define WSNET_CLI_ENDMEMBER_SOURCE_H

#include "cli.h"
#include "pixel_sample.h"

/** Arguments of train and endmembers. */
typedef struct endmember_request {
    uint64_t count; /**< 0: counted */
    const char *library, *select, *spectra, *name_field;
    int extract; /**< wsnet_extraction */
    int mixing;  /**< wsnet_mixing */
    uint64_t seed;
} endmember_request;
extern const option endmember_options[];
void endmember_request_set_defaults(endmember_request *request);

typedef struct endmember_set {
    wsnet_library *library;        /**< names, and spectra [P,B] on the sample's bands */
    char origin[CLI_SENTENCE / 2]; /**< in words, for the report and the model */
} endmember_set;

/** How many endmembers a cube has, in three ways, and how many are looked for where nobody says. */
typedef struct endmember_counts {
    size_t hysime, nwhfc, growth_ratio, used;
} endmember_counts;
/** Counts a cube's endmembers. @return false with the failure printed */
bool endmember_count(cli *run, const pixel_sample *sample, endmember_counts *counts);
/** Refuses options that exclude each other. @return false with the usage failure printed */
bool endmember_request_check(cli *run, const endmember_request *request);
/** Obtains the endmembers and prints what is suspicious about them. @return false with the failure printed */
bool endmember_set_obtain(cli *run, const endmember_request *request, cube *opened, const pixel_sample *sample,
                          endmember_set *obtained);
/** The endmembers of a model, then those that the library or the places of the request add to them.
 *  @return false with the failure printed */
bool endmember_set_add(cli *run, const endmember_request *request, const wsnet_model *model, cube *opened,
                       const pixel_sample *sample, endmember_set *obtained);
void endmember_set_free(endmember_set *obtained);

#endif
