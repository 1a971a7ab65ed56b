/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>

#include "area.h"
#include "zone_table.h"

/* ---- telling -------------------------------------------------------------------------------------------- */

static area_interval interval_of(const measuring *on, size_t place, size_t material) {
    return area_sum_interval(&on->zones[place], &on->sums[place * on->n_materials + material], on->coverage,
                             wsnet_model_coverage(view_model(on->opened)));
}

static void add_m2(struct json_object *to, const char *name, double m2) {
    if (!isfinite(m2)) return;
    json_object_object_add(to, CPLSPrintf("%s_m2", name), json_object_new_double(m2));
    json_object_object_add(to, CPLSPrintf("%s_ha", name), json_object_new_double(m2 / 1e4));
}

static struct json_object *tell_zone(const measuring *on, size_t place) {
    const wsnet_model *model = view_model(on->opened);
    struct json_object *told = json_object_new_object(), *materials = json_object_new_array();
    json_object_object_add(told, "zone", json_object_new_string(zones_name(on->places, place)));
    json_object_object_add(told, "n_pixels", json_object_new_int64((int64_t)on->zones[place].n_pixels));
    add_m2(told, "area", on->zones[place].area_m2);
    add_m2(told, "without_data", on->zones[place].empty_m2);
    json_object_object_add(told, "error_correlation", json_object_new_double(area_zone_correlation(&on->zones[place])));
    json_object_object_add(told, "widening", json_object_new_double(area_zone_widening(&on->zones[place])));
    for (size_t k = 0; k < on->n_materials; k++) {
        struct json_object *material = json_object_new_object();
        const area_interval interval = interval_of(on, place, k);
        json_object_object_add(material, "name", json_object_new_string(wsnet_model_name(model, k)));
        add_m2(material, "area", on->sums[place * on->n_materials + k].area_m2);
        add_m2(material, "lower", interval.lower_m2);
        add_m2(material, "upper", interval.upper_m2);
        json_object_array_add(materials, material);
    }
    json_object_object_add(told, "materials", materials);
    return told;
}

void area_print_json(const measuring *on) {
    struct json_object *root = json_object_new_object(), *list = json_object_new_array();
    struct json_object *pixels = json_object_new_object();
    json_object_object_add(pixels, "method", json_object_new_string(pixel_area_method(on->pixels)));
    json_object_object_add(pixels, "relative_error", json_object_new_double(pixel_area_error(on->pixels)));
    json_object_object_add(root, "coverage", json_object_new_double(on->coverage));
    json_object_object_add(root, "pixel_area", pixels);
    for (size_t i = 0; i < zones_count(on->places); i++) json_object_array_add(list, tell_zone(on, i));
    json_object_object_add(root, "zones", list);
    puts(json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY));
    json_object_put(root);
}

void area_print_table(const measuring *on) {
    printf("Pixel areas: %s. Intervals: %.4g %% coverage.\n\n", pixel_area_method(on->pixels), 100 * on->coverage);
    printf("%-20s  %-24s  %12s  %12s  %12s\n", "zone", "material", "area ha", "lower ha", "upper ha");
    for (size_t i = 0; i < zones_count(on->places); i++)
        for (size_t k = 0; k < on->n_materials; k++) {
            const area_interval interval = interval_of(on, i, k);
            printf("%-20.20s  %-24.24s  %12.5g", zones_name(on->places, i), wsnet_model_name(view_model(on->opened), k),
                   on->sums[i * on->n_materials + k].area_m2 / 1e4);
            if (on->has_intervals) printf("  %12.5g  %12.5g", interval.lower_m2 / 1e4, interval.upper_m2 / 1e4);
            putchar('\n');
        }
}

/** A row a zone and material. */
static bool fill_long(const measuring *on, zone_table *table) {
    static const char *const columns[] = {"area_ha", "lower_ha", "upper_ha", "zone_ha", "without_data_ha", "n_pixels"};
    table->word_columns = CSLAddString(CSLAddString(NULL, "zone"), "material");
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        table->columns = CSLAddString(table->columns, columns[i]);
    for (size_t i = 0; i < zones_count(on->places); i++)
        for (size_t k = 0; k < on->n_materials; k++) {
            const char *const words[] = {zones_name(on->places, i), wsnet_model_name(view_model(on->opened), k)};
            const area_interval interval = interval_of(on, i, k);
            double *row = zone_table_row(on->run, table, i, words);
            if (!row) return false;
            row[0] = on->sums[i * on->n_materials + k].area_m2 / 1e4;
            row[1] = interval.lower_m2 / 1e4;
            row[2] = interval.upper_m2 / 1e4;
            row[3] = on->zones[i].area_m2 / 1e4;
            row[4] = on->zones[i].empty_m2 / 1e4;
            row[5] = (double)on->zones[i].n_pixels;
        }
    return true;
}

/** A row a zone, three columns a material. */
static bool fill_wide(const measuring *on, zone_table *table) {
    static const char *const endings[] = {"_ha", "_lower_ha", "_upper_ha"};
    table->word_columns = CSLAddString(NULL, "zone");
    table->columns = CSLAddString(CSLAddString(CSLAddString(NULL, "zone_ha"), "without_data_ha"), "n_pixels");
    for (size_t k = 0; k < on->n_materials; k++)
        for (int i = 0; i < 3; i++)
            zone_table_material_column(table, "", wsnet_model_name(view_model(on->opened), k), endings[i]);
    for (size_t i = 0; i < zones_count(on->places); i++) {
        const char *const words[] = {zones_name(on->places, i)};
        double *row = zone_table_row(on->run, table, i, words);
        if (!row) return false;
        row[0] = on->zones[i].area_m2 / 1e4;
        row[1] = on->zones[i].empty_m2 / 1e4;
        row[2] = (double)on->zones[i].n_pixels;
        for (size_t k = 0; k < on->n_materials; k++) {
            const area_interval interval = interval_of(on, i, k);
            row[3 + 3 * k] = on->sums[i * on->n_materials + k].area_m2 / 1e4;
            row[4 + 3 * k] = interval.lower_m2 / 1e4;
            row[5 + 3 * k] = interval.upper_m2 / 1e4;
        }
    }
    return true;
}

bool area_write(const measuring *on) {
    const char *path = on->wanted->output;
    const bool package = EQUAL(CPLGetExtension(path), "gpkg");
    zone_table table = {.layer = "area"};
    written_files files = {0};
    bool written = package ? fill_wide(on, &table) : fill_long(on, &table);
    if (written)
        written = package ? zone_table_write_geopackage(on->run, &table, on->places, NULL, path, &files)
                          : zone_table_write_csv(on->run, &table, path, &files);
    written = written_files_finish(on->run, &files, written);
    zone_table_free(&table);
    return written;
}
