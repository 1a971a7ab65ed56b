/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file audit.h  An audit as it is measured and told. */
#ifndef WSNET_CLI_AUDIT_H
#define WSNET_CLI_AUDIT_H

#include "audit_zone.h"
#include "cli.h"
#include "zone_scan.h"

typedef struct audit_arguments {
    cli_common common;
    const char *cube, *model, *zones, *zone_field, *truth, *output;
    double least_confidence, least_fit;
} audit_arguments;

typedef struct auditing {
    cli *run;
    const audit_arguments *wanted;
    scene described;
    view *opened;
    zones *places;
    audit_basis basis;
    audit_zone *zones; /**< [n_zones] */
    int raster_width;
    float *truth; /**< [raster, n_pairs], or NULL */
} auditing;

/** Writes the tables and prints them. @return false with the failure printed */
bool audit_report(const auditing *on);
/** Of the files that an audit writes; ends with NULL. */
extern const char *const audit_endings[];
/** @return PREFIX or FOLDER/audit with an ending, to be freed with CPLFree() */
char *audit_output_path(const char *prefix, const char *ending);

#endif
