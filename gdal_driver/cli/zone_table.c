/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "zone_table.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <ctype.h>
#include <math.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>
#include <string.h>

#include "../atomic_file.h"
#include "text_buffer.h"

/* ---- the table ------------------------------------------------------------------------------------------ */

static size_t n_numbers(const zone_table *table) { return (size_t)CSLCount(table->columns); }

static size_t n_words(const zone_table *table) { return (size_t)CSLCount(table->word_columns); }

static bool grow(cli *run, zone_table *table) {
    const size_t capacity = table->capacity ? 2 * table->capacity : 64;
    double *values = VSI_REALLOC_VERBOSE(table->values, capacity * n_numbers(table) * sizeof *values);
    if (values) table->values = values;
    size_t *zone = VSI_REALLOC_VERBOSE(table->zone, capacity * sizeof *zone);
    if (zone) table->zone = zone;
    if (!values || !zone) return cli_fail(run, "memory is out"), false;
    table->capacity = capacity;
    return true;
}

double *zone_table_row(cli *run, zone_table *table, size_t zone, const char *const *words) {
    if (table->n_rows == table->capacity && !grow(run, table)) return NULL;
    for (size_t i = 0; i < n_words(table); i++) table->words = CSLAddString(table->words, words[i]);
    double *values = table->values + table->n_rows * n_numbers(table);
    for (size_t i = 0; i < n_numbers(table); i++) values[i] = NAN;
    table->zone[table->n_rows++] = zone;
    return values;
}

void zone_table_free(zone_table *table) {
    CSLDestroy(table->word_columns);
    CSLDestroy(table->columns);
    CSLDestroy(table->words);
    VSIFree(table->values);
    VSIFree(table->zone);
}

void zone_table_material_column(zone_table *table, const char *before, const char *material, const char *after) {
    char name[WSNET_MAX_NAME + 64];
    snprintf(name, sizeof name, "%s%s%s", before, material, after);
    for (char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && !((unsigned char)*at & 0x80)) *at = '_';
    table->columns = CSLAddString(table->columns, name);
}

/* ---- CSV ------------------------------------------------------------------------------------------------ */

static void append_word(text_buffer *to, const char *word) {
    char *escaped = CPLEscapeString(word, -1, CPLES_CSV);
    text_append(to, escaped);
    CPLFree(escaped);
}

static text_buffer format_csv(const zone_table *table) {
    text_buffer made = {0};
    const size_t words = n_words(table), numbers = n_numbers(table);
    for (size_t i = 0; i < words + numbers; i++) {
        if (i) text_append(&made, ",");
        append_word(&made, i < words ? table->word_columns[i] : table->columns[i - words]);
    }
    text_append(&made, "\n");
    for (size_t row = 0; row < table->n_rows; row++) {
        for (size_t i = 0; i < words + numbers; i++) {
            const double value = i < words ? NAN : table->values[row * numbers + i - words];
            if (i) text_append(&made, ",");
            if (i < words) append_word(&made, table->words[row * words + i]);
            if (isfinite(value)) text_append(&made, CPLSPrintf("%.10g", value));
        }
        text_append(&made, "\n");
    }
    return made;
}

static const char *begin_file(written_files *files, const char *path) {
    char *temporary = atomic_temporary(path);
    files->path = CSLAddString(files->path, path);
    files->temporary = CSLAddString(files->temporary, temporary);
    CPLFree(temporary);
    return files->temporary[CSLCount(files->temporary) - 1];
}

bool zone_table_write_csv(cli *run, const zone_table *table, const char *path, written_files *files) {
    char error[CLI_SENTENCE];
    text_buffer made = format_csv(table);
    const bool written = atomic_write(begin_file(files, path), made.bytes, made.n, error);
    CPLFree(made.bytes);
    if (!written) cli_fail(run, "cannot write %s: its folder is missing, not writable, or full", path);
    return written;
}

/* ---- GeoPackage ----------------------------------------------------------------------------------------- */

static bool add_fields(const zone_table *table, OGRLayerH layer) {
    bool good = true;
    for (size_t i = 0; i < n_words(table) + n_numbers(table) && good; i++) {
        const bool is_word = i < n_words(table);
        OGRFieldDefnH field = OGR_Fld_Create(is_word ? table->word_columns[i] : table->columns[i - n_words(table)],
                                             is_word ? OFTString : OFTReal);
        good = OGR_L_CreateField(layer, field, TRUE) == OGRERR_NONE;
        OGR_Fld_Destroy(field);
    }
    return good;
}

/* @param shape taken over, or NULL */
static bool add_row(const zone_table *table, size_t row, OGRGeometryH shape, OGRLayerH layer) {
    const size_t words = n_words(table), numbers = n_numbers(table);
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    for (size_t i = 0; i < words; i++) OGR_F_SetFieldString(feature, (int)i, table->words[row * words + i]);
    for (size_t i = 0; i < numbers; i++)
        if (isfinite(table->values[row * numbers + i]))
            OGR_F_SetFieldDouble(feature, (int)(words + i), table->values[row * numbers + i]);
    if (shape) OGR_F_SetGeometryDirectly(feature, shape);
    const bool good = OGR_L_CreateFeature(layer, feature) == OGRERR_NONE;
    OGR_F_Destroy(feature);
    return good;
}

/* @param shapes NULL: a table without polygons */
static bool add_layer(cli *run, const zone_table *table, zones *shapes, GDALDatasetH package) {
    char error[CLI_SENTENCE];
    OGRLayerH layer = GDALDatasetCreateLayer(package, table->layer, shapes ? zones_reference(shapes) : NULL,
                                             shapes ? wkbMultiPolygon : wkbNone, NULL);
    bool good = layer && add_fields(table, layer);
    for (size_t row = 0; row < table->n_rows && good; row++) {
        OGRGeometryH shape = NULL;
        if (shapes && !(shape = zones_shape(shapes, table->zone[row], error))) return cli_fail(run, "%s", error), false;
        good = add_row(table, row, shape, layer);
    }
    return good;
}

bool zone_table_write_geopackage(cli *run, const zone_table *table, zones *shapes, const zone_table *further,
                                 const char *path, written_files *files) {
    cli_gdal_reset(run);
    GDALDriverH driver = GDALGetDriverByName("GPKG");
    if (!driver) return cli_fail(run, "this GDAL cannot write GeoPackages"), false;
    GDALDatasetH package = GDALCreate(driver, begin_file(files, path), 0, 0, 0, GDT_Unknown, NULL);
    bool good = package && GDALDatasetStartTransaction(package, FALSE) == OGRERR_NONE &&
                add_layer(run, table, shapes, package) && (!further || add_layer(run, further, NULL, package)) &&
                GDALDatasetCommitTransaction(package) == OGRERR_NONE;
    if (package) GDALClose(package);
    good = good && run->n_gdal_failures == 0;
    if (!good) cli_fail_gdal(run, CPLSPrintf("cannot write %s", path));
    return good;
}

/* ---- all of them ---------------------------------------------------------------------------------------- */

bool written_files_finish(cli *run, written_files *files, bool good) {
    char error[CLI_SENTENCE];
    for (int i = 0; i < CSLCount(files->temporary); i++) {
        if (good && !atomic_commit(files->temporary[i], files->path[i], error))
            good = (cli_fail(run, "%s", error), false);
        if (!good) atomic_discard(files->temporary[i]);
        if (good) cli_say(run, "Wrote %s", files->path[i]);
    }
    CSLDestroy(files->temporary);
    CSLDestroy(files->path);
    *files = (written_files){0};
    return good;
}
