/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file score.c  `wsnet score`: abundances against truth. */
#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "json_value.h"
#include "layer_match.h"
#include "layers.h"
#include "spectra_file.h"

typedef struct score_arguments {
    cli_common common;
    const char *abundances, *truth, *endmembers, *model, *truth_endmembers;
    double threshold;
    bool json;
} score_arguments;

static const option score_options[] = {
    {OPTION_POSITION, "ABUNDANCES", 0, true, NULL, "what 'wsnet unmix' or gdal_translate wrote, or a scene",
     offsetof(score_arguments, abundances), 0, 0, NULL},
    {OPTION_TEXT, "--truth", 't', true, "TRUTH.tif", "a raster of the same size, one band a material, named",
     offsetof(score_arguments, truth), 0, 0, NULL},
    {OPTION_TEXT, "--endmembers", 'e', false, "FILE",
     "endmembers behind the abundances, CSV, .sli or a model (default: those that the raster itself holds)",
     offsetof(score_arguments, endmembers), 0, 0, NULL},
    {OPTION_TEXT, "--model", 'm', false, "MODEL.wsn", "the same, taken from the model",
     offsetof(score_arguments, model), 0, 0, NULL},
    {OPTION_TEXT, "--truth-endmembers", 0, false, "FILE", "true spectra, for spectral angles",
     offsetof(score_arguments, truth_endmembers), 0, 0, NULL},
    {OPTION_NUMBER, "--threshold", 0, false, "A",
     "abundance above which a material counts as found, for recall, precision and false positive rate (default 0.05)",
     offsetof(score_arguments, threshold), 0, 1, NULL},
    {OPTION_FLAG, "--json", 0, false, NULL, "print JSON", offsetof(score_arguments, json), 0, 0, NULL},
    {0},
};

static const option_group score_groups[] = {
    {"Scoring", score_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

static void set_defaults(void *arguments) { ((score_arguments *)arguments)->threshold = 0.05; }

typedef struct scoring {
    cli *run;
    const score_arguments *wanted;
    layers found, truth;
    wsnet_library *found_library, *truth_library;
    layer_spectra found_spectra, truth_spectra;
    layer_match match;
    wsnet_scores scores;
    wsnet_material_scores materials[WSNET_MAX_ENDMEMBERS];
    double sad_rad[WSNET_MAX_ENDMEMBERS], sad_mean_rad;
} scoring;

/* ---- computing ------------------------------------------------------------------------------------------ */

static bool open_rasters(scoring *at) {
    if (!layers_open(at->run, at->wanted->abundances, &at->found) ||
        !layers_open(at->run, at->wanted->truth, &at->truth))
        return false;
    if (at->found.width == at->truth.width && at->found.height == at->truth.height) return true;
    return cli_fail(at->run, "%s is %d x %d pixels and the truth %d x %d", at->wanted->abundances, at->found.width,
                    at->found.height, at->truth.width, at->truth.height),
           false;
}

/** Spectra are needed only where the truth's are given. */
static bool open_spectra(scoring *at) {
    const score_arguments *wanted = at->wanted;
    if (!wanted->truth_endmembers) return true;
    at->truth_library = spectra_file_read(at->run, wanted->truth_endmembers);
    if (!at->truth_library) return false;
    const char *path = wanted->endmembers ? wanted->endmembers : wanted->model;
    at->found_library = path ? spectra_file_read(at->run, path) : layers_endmembers(at->run, &at->found);
    if (!at->found_library) {
        if (!path)
            cli_fail(at->run, "%s does not hold its endmembers; give them with --endmembers or --model",
                     wanted->abundances);
        return false;
    }
    return layer_spectra_arrange(at->run, &at->found, at->found_library, &at->truth, at->truth_library,
                                 &at->found_spectra, &at->truth_spectra);
}

static void compute_angles(scoring *at) {
    at->sad_mean_rad = NAN;
    if (!at->found_spectra.spectra) return;
    const size_t n_bands = at->found_spectra.n_bands;
    double sum = 0;
    for (size_t i = 0; i < at->match.n; i++) {
        at->sad_rad[i] = wsnet_spectral_angle_rad(n_bands, at->found_spectra.spectra + at->match.found[i] * n_bands,
                                                  at->truth_spectra.spectra + at->match.truth[i] * n_bands);
        sum += at->sad_rad[i];
    }
    at->sad_mean_rad = sum / (double)at->match.n;
}

static bool compute_scores(scoring *at) {
    const size_t n = at->match.n, n_pixels = (size_t)at->found.width * (size_t)at->found.height;
    const bool intervals = layers_have(&at->found, LAYER_LOWER) && layers_have(&at->found, LAYER_UPPER);
    float *abundance = layers_read(at->run, &at->found, LAYER_ABUNDANCE, n, at->match.found);
    float *truth = abundance ? layers_read(at->run, &at->truth, LAYER_ABUNDANCE, n, at->match.truth) : NULL;
    float *lower = truth && intervals ? layers_read(at->run, &at->found, LAYER_LOWER, n, at->match.found) : NULL;
    float *upper = lower ? layers_read(at->run, &at->found, LAYER_UPPER, n, at->match.found) : NULL;
    bool fine = truth && (!intervals || upper);
    if (fine && wsnet_scores_compute(at->run->context, n_pixels, n, abundance, truth, lower, upper,
                                     at->wanted->threshold, &at->scores, at->materials) != WSNET_OK)
        fine = (cli_fail_core(at->run), false);
    VSIFree(abundance);
    VSIFree(truth);
    VSIFree(lower);
    VSIFree(upper);
    if (fine && at->scores.n_pixels == 0)
        fine = (cli_fail(at->run, "no pixel has both an abundance and a truth"), false);
    return fine;
}

/* ---- printing ------------------------------------------------------------------------------------------- */

/** One number of the report: its key, what it says, its value (NaN where it does not apply). */
typedef struct score_row {
    const char *key, *words;
    double value;
} score_row;
static const double RAD_TO_DEG = 180 / M_PI;
enum { N_ROWS = 12, N_MATERIAL_ROWS = 8 };

static void score_rows(const scoring *at, score_row rows[N_ROWS]) {
    const wsnet_scores *s = &at->scores;
    const score_row all[N_ROWS] = {
        {"rmse_class_mean", "RMSE, mean over materials", s->rmse_class_mean},
        {"rmse_global", "RMSE, all entries", s->rmse_global},
        {"rmse_weak", "RMSE where the truth is in (0.01, 0.15]", s->rmse_weak},
        {"sad_mean_rad", "spectral angle to the true spectra, mean (rad)", at->sad_mean_rad},
        {"sad_mean_degrees", "the same in degrees", at->sad_mean_rad * RAD_TO_DEG},
        {"weak_recall_at_5pct_fpr", "recall of weak fractions at 5 % false positives", s->weak_recall_at_5pct_fpr},
        {"coverage", "share of truth inside the intervals", s->coverage},
        {"coverage_weak", "the same where the truth is weak", s->coverage_weak},
        {"mean_width", "mean width of the intervals", s->mean_width},
        {"recall", "recall above the threshold", s->recall},
        {"precision", "precision above the threshold", s->precision},
        {"false_positive_rate", "false positive rate above the threshold", s->false_positive_rate},
    };
    memcpy(rows, all, sizeof all);
}

static void material_rows(const scoring *at, size_t i, score_row rows[N_MATERIAL_ROWS]) {
    const wsnet_material_scores *m = &at->materials[i];
    const score_row all[N_MATERIAL_ROWS] = {
        {"rmse", "RMSE", m->rmse},
        {"rmse_weak", "weak RMSE", m->rmse_weak},
        {"sad_rad", "SAD rad", at->found_spectra.spectra ? at->sad_rad[i] : NAN},
        {"sad_degrees", "SAD deg", at->found_spectra.spectra ? at->sad_rad[i] * RAD_TO_DEG : NAN},
        {"weak_recall_at_5pct_fpr", "weak recall", m->recall_weak},
        {"coverage", "coverage", m->coverage},
        {"coverage_weak", "weak cov.", m->coverage_weak},
        {"mean_width", "width", m->mean_width},
    };
    memcpy(rows, all, sizeof all);
}

static void add_rows(struct json_object *to, const score_row *rows, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (isfinite(rows[i].value)) json_add_number(to, rows[i].key, rows[i].value);
}

static void print_json(const scoring *at) {
    score_row rows[N_ROWS], columns[N_MATERIAL_ROWS];
    struct json_object *root = json_object_new_object(), *materials = json_object_new_array();
    score_rows(at, rows);
    add_rows(root, rows, N_ROWS);
    json_add_count(root, "n_pixels", at->scores.n_pixels);
    json_add_text(root, "matched", layer_match_words(&at->match));
    for (size_t i = 0; i < at->match.n; i++) {
        struct json_object *material = json_object_new_object();
        json_add_text(material, "name", at->truth.materials[at->match.truth[i]].name);
        json_add_text(material, "abundance_band", at->found.materials[at->match.found[i]].name);
        material_rows(at, i, columns);
        add_rows(material, columns, N_MATERIAL_ROWS);
        json_add_count(material, "n_weak", at->materials[i].n_weak);
        json_object_array_add(materials, material);
    }
    json_object_object_add(root, "materials", materials);
    json_print(root);
    json_object_put(root);
}

static void print_material_table(const scoring *at) {
    score_row columns[N_MATERIAL_ROWS];
    bool shown[N_MATERIAL_ROWS] = {0};
    for (size_t i = 0; i < at->match.n; i++) {
        material_rows(at, i, columns);
        for (size_t column = 0; column < N_MATERIAL_ROWS; column++)
            shown[column] = shown[column] || isfinite(columns[column].value);
    }
    printf("\n%-20s  %-20s", "truth", "found as");
    for (size_t column = 0; column < N_MATERIAL_ROWS; column++)
        if (shown[column]) printf("  %11s", columns[column].words);
    for (size_t i = 0; i < at->match.n; i++) {
        printf("\n%-20.20s  %-20.20s", at->truth.materials[at->match.truth[i]].name,
               at->found.materials[at->match.found[i]].name);
        material_rows(at, i, columns);
        for (size_t column = 0; column < N_MATERIAL_ROWS; column++)
            if (shown[column] && isfinite(columns[column].value))
                printf("  %11.4f", columns[column].value);
            else if (shown[column])
                printf("  %11s", "-");
    }
    putchar('\n');
}

static void print_table(const scoring *at) {
    score_row rows[N_ROWS];
    score_rows(at, rows);
    printf("%zu pixels, %zu materials, matched %s\n\n", at->scores.n_pixels, at->match.n,
           layer_match_words(&at->match));
    for (size_t i = 0; i < N_ROWS; i++)
        if (isfinite(rows[i].value)) printf("%-26s  %9.4f   %s\n", rows[i].key, rows[i].value, rows[i].words);
    print_material_table(at);
}

/** Materials without a partner do not count, and the reader should know. */
static void warn_left_out(const scoring *at, const layers *of, const size_t *used, const char *what) {
    for (size_t i = 0; i < of->n_materials; i++) {
        bool is_used = false;
        for (size_t pair = 0; pair < at->match.n; pair++) is_used = is_used || used[pair] == i;
        if (!is_used) cli_warn(at->run, "'%s' of the %s has no partner and is not scored", of->materials[i].name, what);
    }
}

static bool score(scoring *at) {
    if (!open_rasters(at) || !open_spectra(at)) return false;
    const bool spectral = at->found_spectra.spectra != NULL;
    if (!layer_match_find(at->run, &at->found, &at->truth, spectral ? &at->found_spectra : NULL,
                          spectral ? &at->truth_spectra : NULL, &at->match))
        return false;
    compute_angles(at);
    if (!compute_scores(at)) return false;
    warn_left_out(at, &at->found, at->match.found, "abundances");
    warn_left_out(at, &at->truth, at->match.truth, "truth");
    if (at->wanted->json)
        print_json(at);
    else
        print_table(at);
    return true;
}

static int run_score(cli *run, const void *arguments) {
    const score_arguments *wanted = arguments;
    if (wanted->endmembers && wanted->model) return cli_usage(run, "--endmembers and --model exclude each other");
    scoring *at = VSI_CALLOC_VERBOSE(1, sizeof *at);
    if (!at) return cli_fail(run, "memory is out");
    at->run = run;
    at->wanted = wanted;
    const bool done = score(at);
    VSIFree(at->found_spectra.spectra);
    VSIFree(at->truth_spectra.spectra);
    wsnet_library_destroy(at->found_library);
    wsnet_library_destroy(at->truth_library);
    layers_close(&at->found);
    layers_close(&at->truth);
    VSIFree(at);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command score_command = {
    .name = "score",
    .summary = "measure abundances against known truth",
    .description =
        "Compares abundance bands with a truth raster. Materials are matched by name where the names agree, "
        "otherwise by spectral angle where spectra are given on both sides, otherwise by least abundance "
        "RMSE; which was used is printed. Every number depends on the truth and the mixing model it was made "
        "with: quote both.",
    .groups = score_groups,
    .arguments_size = sizeof(score_arguments),
    .set_defaults = set_defaults,
    .run = run_score,
};
