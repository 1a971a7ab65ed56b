/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file zone_table.h  Numbers by zone, as a CSV table or as a GeoPackage with the zones' polygons. */
#ifndef WSNET_CLI_ZONE_TABLE_H
#define WSNET_CLI_ZONE_TABLE_H

#include "../zones.h"
#include "cli.h"

/** A table of numbers whose rows begin with words. */
typedef struct zone_table {
    const char *layer;   /**< name of the layer in a GeoPackage */
    char **word_columns; /**< GDAL string list of the names of the leading columns of words */
    char **columns;      /**< GDAL string list of the names of the columns of numbers */
    char **words;        /**< GDAL string list, row by row */
    size_t n_rows, capacity;
    double *values; /**< [n_rows, n columns] NaN: empty */
    size_t *zone;   /**< [n_rows] whose shape belongs to the row */
} zone_table;

/** Starts a row. @param words  as many as there are columns of words
 *  @return its values [n columns], NaN; NULL with the failure printed. Valid until the next row */
double *zone_table_row(cli *run, zone_table *table, size_t zone, const char *const *words);
void zone_table_free(zone_table *table);

/** Adds the name of a column that is made of a material's name: "lod_" + "dry soil" gives lod_dry_soil. */
void zone_table_material_column(zone_table *table, const char *before, const char *material, const char *after);

/** Files that appear together: begin every one, then commit or discard all. */
typedef struct written_files {
    char **temporary, **path; /**< GDAL string lists */
} written_files;
bool zone_table_write_csv(cli *run, const zone_table *table, const char *path, written_files *files);
/** @param shapes  where the rows' polygons come from  @param further  a table without polygons, or NULL */
bool zone_table_write_geopackage(cli *run, const zone_table *table, zones *shapes, const zone_table *further,
                                 const char *path, written_files *files);
/** Renames all to their paths, or removes all of them when the work before has failed.
 *  @return false with the failure printed */
bool written_files_finish(cli *run, written_files *files, bool good);

#endif
