/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "audit.h"
#include "zone_table.h"

/* ---- tables --------------------------------------------------------------------------------------------- */

enum { N_COUNTS = 2, N_SHARED = 4, N_TRUE = 7 };

static void name_columns(const auditing *on, zone_table *table) {
    static const char *const shared[] = {"n_pixels", "n_truth", "rmse", "angle_rad", "share_unsure", "share_poor_fit"};
    static const char *const with_truth[N_TRUE] = {"abundance_rmse", "abundance_rmse_weak", "coverage",
                                                   "coverage_weak",  "mean_width",          "weak_recall_at_5pct_fpr",
                                                   "recall"};
    table->layer = "audit";
    table->word_columns = CSLAddString(NULL, "zone");
    for (size_t i = 0; i < N_COUNTS + N_SHARED; i++) table->columns = CSLAddString(table->columns, shared[i]);
    for (size_t k = 0; k < on->basis.n_materials; k++)
        zone_table_material_column(table, "lod_", wsnet_model_name(view_model(on->opened), k), "");
    for (size_t i = 0; i < N_TRUE && on->truth; i++) table->columns = CSLAddString(table->columns, with_truth[i]);
}

static bool fill_row(const auditing *on, size_t place, zone_table *table) {
    const char *const words[] = {zones_name(on->places, place)};
    const audit_zone *audited = &on->zones[place];
    audit_scores scores;
    double *row = zone_table_row(on->run, table, place, words);
    if (!row || !audit_zone_score(on->run, view_model(on->opened), &on->basis, audited, &scores)) return false;
    const double shared[N_COUNTS + N_SHARED] = {(double)audited->n_pixels,
                                                (double)audited->n_truth,
                                                scores.rmse,
                                                scores.angle_rad,
                                                scores.unsure,
                                                scores.poor_fit};
    memcpy(row, shared, sizeof shared);
    row += N_COUNTS + N_SHARED;
    for (size_t k = 0; k < on->basis.n_materials; k++) *row++ = (double)scores.lod[k];
    if (!audited->n_truth) return true;
    const wsnet_scores *s = &scores.truth;
    const double with_truth[N_TRUE] = {s->rmse_class_mean, s->rmse_weak,  s->coverage,
                                       s->coverage_weak,   s->mean_width, s->weak_recall_at_5pct_fpr,
                                       s->recall};
    memcpy(row, with_truth, sizeof with_truth);
    return true;
}

/** One row a score: how far apart the zones are, and which two. */
static bool fill_gaps(cli *run, const zone_table *table, zone_table *gaps) {
    static const char *const words_of[] = {"score", "lowest_zone", "highest_zone"};
    const size_t n = (size_t)CSLCount(table->columns);
    gaps->layer = "gaps";
    for (size_t i = 0; i < 3; i++) gaps->word_columns = CSLAddString(gaps->word_columns, words_of[i]);
    gaps->columns = CSLAddString(CSLAddString(CSLAddString(NULL, "gap"), "lowest"), "highest");
    for (size_t column = N_COUNTS; column < n; column++) {
        size_t low = 0, high = 0, n_values = 0;
        for (size_t i = 0; i < table->n_rows; i++) {
            const double value = table->values[i * n + column];
            if (!isfinite(value)) continue;
            if (!n_values || value < table->values[low * n + column]) low = i;
            if (!n_values || value > table->values[high * n + column]) high = i;
            n_values++;
        }
        if (n_values < 2) continue;
        const char *const words[] = {table->columns[column], table->words[low], table->words[high]};
        double *row = zone_table_row(run, gaps, 0, words);
        if (!row) return false;
        row[1] = table->values[low * n + column];
        row[2] = table->values[high * n + column];
        row[0] = row[2] - row[1];
    }
    return true;
}

/* ---- output --------------------------------------------------------------------------------------------- */

static void print_cell(double value) {
    if (isfinite(value))
        printf("  %10.4f", value);
    else
        printf("  %10s", "-");
}

static void print_tables(const auditing *on, const zone_table *table, const zone_table *gaps) {
    const size_t n = (size_t)CSLCount(table->columns), first_true = N_COUNTS + N_SHARED + on->basis.n_materials;
    printf("\n%-20s  %8s  %10s  %10s  %10s  %10s", "zone", "pixels", "rmse", "angle rad", "unsure", "poor fit");
    if (on->truth) printf("  %10s  %10s  %10s", "coverage", "weak cov.", "weak rec.");
    for (size_t i = 0; i < table->n_rows; i++) {
        const double *row = table->values + i * n;
        printf("\n%-20.20s  %8.0f", table->words[i], row[0]);
        for (size_t column = N_COUNTS; column < N_COUNTS + N_SHARED; column++) print_cell(row[column]);
        for (size_t column = first_true + 2; column < n && column < first_true + 6; column++)
            if (column != first_true + 4) print_cell(row[column]);
    }
    printf("\n\n%-32s  %10s  %-20s  %s\n", "largest gap between zones", "gap", "lowest in", "highest in");
    for (size_t i = 0; i < gaps->n_rows; i++)
        printf("%-32.32s  %10.4f  %-20.20s  %.20s\n", gaps->words[3 * i], gaps->values[3 * i], gaps->words[3 * i + 1],
               gaps->words[3 * i + 2]);
}

char *audit_output_path(const char *prefix, const char *ending) {
    VSIStatBufL status;
    const bool folder = VSIStatL(prefix, &status) == 0 && VSI_ISDIR(status.st_mode);
    const char *path = folder ? CPLFormFilename(prefix, "audit", NULL) : prefix;
    return CPLStrdup(CPLSPrintf("%s%s", path, ending));
}

const char *const audit_endings[] = {".csv", "_gaps.csv", ".gpkg", NULL};

static bool write_tables(const auditing *on, const zone_table *table, const zone_table *gaps) {
    written_files files = {0};
    char *path[3];
    for (int i = 0; i < 3; i++) path[i] = audit_output_path(on->wanted->output, audit_endings[i]);
    bool good = zone_table_write_csv(on->run, table, path[0], &files) &&
                zone_table_write_csv(on->run, gaps, path[1], &files) &&
                zone_table_write_geopackage(on->run, table, on->places, gaps, path[2], &files);
    good = written_files_finish(on->run, &files, good);
    for (int i = 0; i < 3; i++) CPLFree(path[i]);
    return good;
}

bool audit_report(const auditing *on) {
    zone_table table = {0}, gaps = {0};
    name_columns(on, &table);
    bool good = true;
    for (size_t i = 0; i < zones_count(on->places) && good; i++) good = fill_row(on, i, &table);
    good = good && fill_gaps(on->run, &table, &gaps) && write_tables(on, &table, &gaps);
    if (good && !on->run->quiet) print_tables(on, &table, &gaps);
    zone_table_free(&table);
    zone_table_free(&gaps);
    return good;
}
