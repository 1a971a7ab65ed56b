/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file card.c  `wsnet card`: what a model is, what it was made of, what it cost, what it is for (after Mitchell et
 *  al. 2019, "Model cards for model reporting"). */
#include <cpl_conv.h>
#include <json-c/json.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../atomic_file.h"
#include "../file_bytes.h"
#include "../model_io.h"
#include "card_text.h"
#include "cli.h"
#include "output.h"

typedef struct json_object json;

typedef struct card_arguments {
    cli_common common;
    const char *model, *scores, *log, *output;
    bool json;
} card_arguments;

static const option card_options[] = {
    {OPTION_POSITION, "MODEL.wsn", 0, true, NULL, "a model that 'wsnet train' wrote", offsetof(card_arguments, model),
     0, 0, NULL},
    {OPTION_TEXT, "--scores", 0, false, "FILE.json", "what 'wsnet score --json' printed for this model",
     offsetof(card_arguments, scores), 0, 0, NULL},
    {OPTION_TEXT, "--log", 0, false, "FILE.json", "what 'wsnet train --log' wrote: seconds of the training",
     offsetof(card_arguments, log), 0, 0, NULL},
    {OPTION_TEXT, "--output", 'o', false, "FILE.md|FILE.json", "file to write (default: standard output)",
     offsetof(card_arguments, output), 0, 0, NULL},
    {OPTION_FLAG, "--json", 0, false, NULL, "JSON instead of Markdown", offsetof(card_arguments, json), 0, 0, NULL},
    {0},
};

static const option_group card_groups[] = {
    {"Card", card_options, 0},
    {"General", cli_common_options, 0},
    {0},
};

/* ---- the parts ------------------------------------------------------------------------------------------ */

static json *part(json *card, const char *name) {
    json *made = json_object_new_object();
    json_object_object_add(card, name, made);
    return made;
}

static void add_text(json *to, const char *key, const char *text) {
    if (text) json_object_object_add(to, key, json_object_new_string(text));
}

static void add_number(json *to, const char *key, double number) {
    if (isfinite(number)) json_object_object_add(to, key, json_object_new_double(number));
}

static void add_count(json *to, const char *key, size_t count) {
    json_object_object_add(to, key, json_object_new_int64((int64_t)count));
}

/* @return a metadata string as a number, NaN when there is none */
static double metadata_number(const wsnet_model *model, const char *key) {
    const char *text = wsnet_model_metadata(model, key);
    char *end = NULL;
    const double number = text ? CPLStrtod(text, &end) : NAN;
    return text && end != text && !*end ? number : NAN;
}

static void describe_data(json *to, const wsnet_model *model) {
    const double *wavelength_nm = wsnet_model_wavelength_nm(model);
    double least = INFINITY, most = 0;
    for (size_t b = 0; b < wsnet_model_n_bands(model); b++)
        if (wavelength_nm[b] > 0) {
            least = fmin(least, wavelength_nm[b]);
            most = fmax(most, wavelength_nm[b]);
        }
    add_text(to, "cube", wsnet_model_metadata(model, "cube"));
    add_text(to, "cube_sha256", wsnet_model_metadata(model, "cube_sha256"));
    add_text(to, "trained_on", wsnet_model_metadata(model, "trained_on"));
    add_text(to, "adapted_from", wsnet_model_metadata(model, "adapted_from"));
    add_text(to, "extended_from", wsnet_model_metadata(model, "extended_from"));
    add_count(to, "n_source_bands", wsnet_model_n_source_bands(model));
    add_count(to, "n_bands_used", wsnet_model_n_bands(model));
    if (most > 0) add_number(to, "wavelength_least_nm", least);
    if (most > 0) add_number(to, "wavelength_most_nm", most);
    add_number(to, "training_pixels", metadata_number(model, "training_pixels"));
    add_number(to, "noise_sd", metadata_number(model, "noise_sd"));
    add_number(to, "variability_sd", metadata_number(model, "variability_sd"));
    add_text(to, "endmember_source", wsnet_model_metadata(model, "endmember_source"));
}

static json *list_materials(const wsnet_model *model) {
    json *list = json_object_new_array();
    for (size_t k = 0; k < wsnet_model_n_endmembers(model); k++) {
        json *material = json_object_new_object();
        add_text(material, "name", wsnet_model_name(model, k));
        add_number(material, "limit_of_detection", (double)wsnet_model_lod(model)[k]);
        json_object_array_add(list, material);
    }
    return list;
}

static void describe_training(json *to, const wsnet_model *model) {
    static const char *const shown[] = {"seed",          "steps",      "batch",           "real_batch",
                                        "learning_rate", "weak_share", "illumination_sd", "correction_ratio",
                                        "trust",         "strata"};
    add_text(to, "options", wsnet_model_metadata(model, "options"));
    add_text(to, "adapt_options", wsnet_model_metadata(model, "adapt_options"));
    add_count(to, "n_members", wsnet_model_n_members(model));
    add_text(to, "mixing", wsnet_mixing_name(wsnet_model_mixing(model)));
    add_number(to, "interval_coverage", wsnet_model_coverage(model));
    json *without = json_object_new_array();
    for (unsigned bit = 1; bit <= WSNET_WITHOUT_CLASSICAL; bit <<= 1)
        if (wsnet_model_without(model) & bit)
            json_object_array_add(without, json_object_new_string(wsnet_part_name(bit)));
    json_object_object_add(to, "without", without);
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        const double number = metadata_number(model, shown[i]);
        if (isfinite(number))
            add_number(to, shown[i], number);
        else
            add_text(to, shown[i], wsnet_model_metadata(model, shown[i]));
    }
    add_text(to, "wsnet_version", wsnet_model_metadata(model, "wsnet_version"));
}

/* Backward costs about twice forward: a product with a weight has one for its input's gradient and one for its own. */
static void describe_cost(json *to, const wsnet_model *model, json *log) {
    const double pixel = wsnet_model_operations(model);
    const double pixels_a_step = metadata_number(model, "batch") + metadata_number(model, "real_batch");
    add_number(to, "operations_a_pixel", pixel);
    add_number(to, "training_operations", 3 * pixel * pixels_a_step * metadata_number(model, "steps"));
    add_text(to, "formula",
             "training_operations = 3 x operations_a_pixel x (batch + real_batch) x steps; multiply-adds "
             "count as two; the classical starting solutions are not counted");
    static const char *const logged[] = {"cpu_seconds", "wall_seconds", "n_threads"};
    json *value;
    for (size_t i = 0; log && i < sizeof logged / sizeof logged[0]; i++)
        if (json_object_object_get_ex(log, logged[i], &value) &&
            (json_object_is_type(value, json_type_double) || json_object_is_type(value, json_type_int)))
            add_number(to, logged[i], json_object_get_double(value));
}

static json *list_sentences(const char *const *sentences) {
    json *list = json_object_new_array();
    for (; *sentences; sentences++) json_object_array_add(list, json_object_new_string(*sentences));
    return list;
}

/* @param scores,log borrowed, or NULL */
static json *make_card(const char *path, const wsnet_model *model, json *scores, json *log) {
    json *card = json_object_new_object();
    add_text(card, "model", CPLGetFilename(path));
    add_text(card, "sha256", wsnet_model_sha256(model));
    describe_data(part(card, "data"), model);
    json_object_object_add(card, "materials", list_materials(model));
    describe_training(part(card, "training"), model);
    describe_cost(part(card, "cost"), model, log);
    if (scores) json_object_object_add(card, "scores", json_object_get(scores));
    json_object_object_add(card, "intended_use", list_sentences(card_intended_use));
    json_object_object_add(card, "limits", list_sentences(card_limits(wsnet_model_mixing(model))));
    return card;
}

/* ---- files ---------------------------------------------------------------------------------------------- */

/* @return the object in a JSON file, NULL with the failure printed */
static json *read_object(cli *run, const char *path, const char *what) {
    char error[CLI_SENTENCE];
    size_t n_bytes = 0;
    char *bytes = file_read(path, what, (size_t)16 << 20, &n_bytes, error);
    if (!bytes) return cli_fail(run, "%s", error), NULL;
    struct json_tokener *tokener = json_tokener_new();
    json *read = tokener ? json_tokener_parse_ex(tokener, bytes, (int)n_bytes) : NULL;
    json_tokener_free(tokener);
    VSIFree(bytes);
    if (read && json_object_is_type(read, json_type_object)) return read;
    json_object_put(read);
    return cli_fail(run, "%s is not a JSON object", path), NULL;
}

static bool write_card(cli *run, const card_arguments *wanted, json *card) {
    char error[CLI_SENTENCE];
    const bool as_json = wanted->json || (wanted->output && EQUAL(CPLGetExtension(wanted->output), "json"));
    char *markdown = as_json ? NULL : card_markdown(card);
    const char *text = as_json ? json_object_to_json_string_ext(card, JSON_C_TO_STRING_PRETTY) : markdown;
    bool written = true;
    if (!wanted->output)
        puts(text);
    else if (!(written = atomic_write(wanted->output, text, strlen(text), error)))
        cli_fail(run, "%s", error);
    else
        cli_say(run, "Wrote %s", wanted->output);
    CPLFree(markdown);
    return written;
}

/* A log says which model it belongs to; scores do not, so the reader must take care of that. */
static bool is_log_of(json *log, const wsnet_model *model) {
    json *sha256;
    return !log || !json_object_object_get_ex(log, "model_sha256", &sha256) ||
           strcmp(json_object_get_string(sha256) ? json_object_get_string(sha256) : "", wsnet_model_sha256(model)) == 0;
}

static bool make_and_write(cli *run, const card_arguments *wanted, json **scores, json **log) {
    char error[CLI_SENTENCE];
    if (wanted->output && !output_check(run, wanted->output)) return false;
    if (wanted->scores && !(*scores = read_object(run, wanted->scores, "scores"))) return false;
    if (wanted->log && !(*log = read_object(run, wanted->log, "log"))) return false;
    shared_model *shared = model_acquire(wanted->model, error);
    if (!shared) return cli_fail(run, "%s", error), false;
    bool written = is_log_of(*log, model_get(shared));
    if (written) {
        json *card = make_card(wanted->model, model_get(shared), *scores, *log);
        written = write_card(run, wanted, card);
        json_object_put(card);
    } else
        cli_fail(run, "%s is the log of another model than %s", wanted->log, wanted->model);
    model_release(shared);
    return written;
}

static int run_card(cli *run, const void *arguments) {
    json *scores = NULL, *log = NULL;
    const bool done = make_and_write(run, arguments, &scores, &log);
    json_object_put(scores);
    json_object_put(log);
    return done ? CLI_DONE : CLI_FAILED;
}

const cli_command card_command = {
    .name = "card",
    .summary = "a model's card: data, options, cost, scores, use and limits",
    .description = "Writes what a model was made of and what it is for, as Markdown for people or JSON for programs. "
                   "Everything but the scores and the seconds is in the model itself.",
    .groups = card_groups,
    .arguments_size = sizeof(card_arguments),
    .run = run_card,
};
