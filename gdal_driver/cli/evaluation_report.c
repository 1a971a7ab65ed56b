/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <json-c/json.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "../atomic_file.h"
#include "evaluation.h"

/* ---- text that grows ------------------------------------------------------------------------------------- */

typedef struct text {
    char *characters;
    size_t n, capacity;
    bool failed;
} text;

static void add(text *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(text *page, const char *format, ...) {
    char line[2048];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    const size_t n = length < 0 ? 0 : (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
    if (page->n + n + 1 > page->capacity) {
        const size_t capacity = 2 * (page->n + n + 1);
        char *grown = realloc(page->characters, capacity);
        page->failed = page->failed || !grown;
        if (!grown) return;
        page->characters = grown;
        page->capacity = capacity;
    }
    memcpy(page->characters + page->n, line, n + 1);
    page->n += n;
}

static const char *setting_label(const evaluation_group *group, size_t i) {
    return group->label[i] ? group->label[i] : CPLSPrintf("%g", group->setting[i]);
}

/* ---- CSV and JSON ---------------------------------------------------------------------------------------- */

static void add_csv(const evaluation *all, text *page) {
    add(page, "group,setting,method,seed");
    for (int s = 0; s < EVALUATION_SCORES; s++) add(page, ",%s", evaluation_score_names[s].key);
    add(page, "\n");
    for (const evaluation_group *group = all->groups; group < all->groups + all->n_groups; group++)
        for (size_t i = 0; i < group->n; i++)
            for (evaluation_method method = 0; method < EVALUATION_METHODS; method++)
                for (size_t seed = 0; seed < all->n_seeds; seed++) {
                    const double *scores = evaluation_at(all, group->case_index[i], seed, method);
                    bool any = false;
                    for (int s = 0; s < EVALUATION_SCORES; s++) any = any || isfinite(scores[s]);
                    if (!any) continue;
                    add(page, "%s,\"%s\",%s,%llu", group->key, setting_label(group, i), evaluation_method_title(method),
                        (unsigned long long)(all->first_seed + seed));
                    for (int s = 0; s < EVALUATION_SCORES; s++)
                        isfinite(scores[s]) ? add(page, ",%.6g", scores[s]) : add(page, ",");
                    add(page, "\n");
                }
}

static json_object *json_of_summary(evaluation_summary summary) {
    json_object *made = json_object_new_object();
    json_object_object_add(made, "median", json_object_new_double(summary.median));
    json_object_object_add(made, "least", json_object_new_double(summary.least));
    json_object_object_add(made, "most", json_object_new_double(summary.most));
    json_object_object_add(made, "seeds", json_object_new_int64((int64_t)summary.n));
    return made;
}

static json_object *json_of_case(const evaluation *all, size_t case_index) {
    json_object *methods = json_object_new_object();
    for (evaluation_method method = 0; method < EVALUATION_METHODS; method++) {
        json_object *scores = json_object_new_object();
        for (int s = 0; s < EVALUATION_SCORES; s++) {
            const evaluation_summary summary = evaluation_summarise(all, case_index, method, (evaluation_score)s);
            if (summary.n) json_object_object_add(scores, evaluation_score_names[s].key, json_of_summary(summary));
        }
        if (json_object_object_length(scores))
            json_object_object_add(methods, evaluation_method_title(method), scores);
        else
            json_object_put(scores);
    }
    return methods;
}

static json_object *json_of_curve(const evaluation_curve *curve) {
    json_object *points = json_object_new_array();
    for (size_t i = 0; i < curve->n; i++) {
        json_object *point = json_object_new_object();
        json_object_object_add(point, "setting", json_object_new_double(curve->setting[i]));
        json_object_object_add(point, "recall_weak", json_object_new_double(curve->recall[i]));
        json_object_object_add(point, "false_positive_rate", json_object_new_double(curve->false_positive_rate[i]));
        json_object_object_add(point, "rmse_class_mean", json_object_new_double(curve->rmse[i]));
        json_object_object_add(point, "share_kept", json_object_new_double(curve->kept[i]));
        json_object_array_add(points, point);
    }
    return points;
}

static json_object *json_of_evaluation(const evaluation *all) {
    json_object *root = json_object_new_object(), *groups = json_object_new_object();
    json_object *curves = json_object_new_object();
    json_object_object_add(root, "version", json_object_new_string(wsnet_version()));
    json_object_object_add(root, "seeds", json_object_new_int64((int64_t)all->n_seeds));
    json_object_object_add(root, "first_seed", json_object_new_int64((int64_t)all->first_seed));
    for (const evaluation_group *group = all->groups; group < all->groups + all->n_groups; group++) {
        json_object *settings = json_object_new_object();
        for (size_t i = 0; i < group->n; i++)
            json_object_object_add(settings, setting_label(group, i), json_of_case(all, group->case_index[i]));
        json_object_object_add(groups, group->key, settings);
    }
    for (size_t i = 0; i < all->n_curves; i++)
        json_object_object_add(curves, all->curves[i].key, json_of_curve(&all->curves[i]));
    json_object_object_add(root, "groups", groups);
    json_object_object_add(root, "curves", curves);
    return root;
}

/* ---- page ------------------------------------------------------------------------------------------------ */

static void add_cell(text *page, evaluation_summary summary) {
    if (summary.n == 0)
        add(page, " - |");
    else if (summary.n == 1)
        add(page, " %.3g |", summary.median);
    else
        add(page, " %.3g (%.3g to %.3g) |", summary.median, summary.least, summary.most);
}

static bool has_score(const evaluation *all, const evaluation_group *group, evaluation_score score) {
    for (size_t i = 0; i < group->n; i++)
        for (evaluation_method method = 0; method < EVALUATION_METHODS; method++)
            if (evaluation_summarise(all, group->case_index[i], method, score).n) return true;
    return false;
}

static void add_group_tables(const evaluation *all, const evaluation_group *group, text *page) {
    const bool many = group->n > 1;
    for (int s = 0; s < EVALUATION_SCORES; s++) {
        if (!has_score(all, group, (evaluation_score)s)) continue;
        add(page, "\n**%s**\n\n| %s |", evaluation_score_names[s].title, many ? group->axis : "method");
        for (size_t i = 0; many && i < group->n; i++) add(page, " %s |", setting_label(group, i));
        add(page, many ? "\n|---|" : " median (range) |\n|---|---|");
        for (size_t i = 0; many && i < group->n; i++) add(page, "---|");
        add(page, "\n");
        for (evaluation_method method = 0; method < EVALUATION_METHODS; method++) {
            bool any = false;
            for (size_t i = 0; i < group->n; i++)
                any = any || evaluation_summarise(all, group->case_index[i], method, (evaluation_score)s).n;
            if (!any) continue;
            add(page, "| %s |", evaluation_method_title(method));
            for (size_t i = 0; i < group->n; i++)
                add_cell(page, evaluation_summarise(all, group->case_index[i], method, (evaluation_score)s));
            add(page, "\n");
        }
    }
}

/* A part earns its place when leaving it out makes the median RMSE or the median weak recall worse by 2 %. */
static void add_verdicts(const evaluation *all, text *page) {
    const double rmse = evaluation_summarise(all, 0, EVALUATION_WSNET, SCORE_RMSE).median;
    const double recall = evaluation_summarise(all, 0, EVALUATION_WSNET, SCORE_RECALL).median;
    add(page,
        "\nA part earns its place here when leaving it out costs at least 2 %% of class-mean RMSE or of weak recall "
        "(medians).\n\n| part | RMSE without it | weak recall without it | verdict |\n|---|---|---|---|\n");
    for (unsigned part = 0; part < 7; part++) {
        const evaluation_method method = (evaluation_method)(EVALUATION_WITHOUT + part);
        const double rmse_without = evaluation_summarise(all, 0, method, SCORE_RMSE).median;
        const double recall_without = evaluation_summarise(all, 0, method, SCORE_RECALL).median;
        const bool earns = rmse_without > 1.02 * rmse || recall_without < 0.98 * recall;
        add(page, "| %s | %+.1f %% | %+.1f %% | %s |\n", wsnet_part_name(1u << part), 100 * (rmse_without / rmse - 1),
            100 * (recall_without / recall - 1),
            earns ? "earns its place" : "**does not earn its cost on this scene**");
    }
}

static void add_curves(const evaluation *all, text *page) {
    add(page,
        "\n## Knobs that need no retraining\n\nRecall of entries with truth in (0.05, 0.15] and false positives among "
        "entries with truth <= 0.001, of the `detected` layer on the standard scene, medians over seeds. The "
        "detection level asks the lower bound to exceed it; the minimum confidence drops entries with wider "
        "intervals.\n");
    for (const evaluation_curve *curve = all->curves; curve < all->curves + all->n_curves; curve++) {
        add(page,
            "\n![%s](%s.png)\n\n| %s | weak recall | false positives | class-mean RMSE | entries kept |\n"
            "|---|---|---|---|---|\n",
            curve->title, curve->key, curve->axis);
        for (size_t i = 0; i < curve->n; i++)
            add(page, "| %g | %.3f | %.4f | %.4f | %.3f |\n", curve->setting[i], curve->recall[i],
                curve->false_positive_rate[i], curve->rmse[i], curve->kept[i]);
    }
}

static void add_page(const evaluation *all, text *page) {
    const wsnet_scene_options *scene = &all->cases[0].scene;
    add(page,
        "# Evaluation\n\nMade by `wsnet evaluate`, version %s: %zu seeds from %llu on; median (least to most) over "
        "seeds. "
        "The standard scene is that of `wsnet simulate`: %zu x %zu pixels, %zu bands, %zu materials of which one is "
        "dark "
        "and one is rare, %g dB, brightness spread %g, spectral variability %g, which the method is not told. Unless a "
        "table says otherwise, methods get the true spectra as endmembers. RMSE is of abundances against the simulated "
        "truth under linear mixing.\n",
        wsnet_version(), all->n_seeds, (unsigned long long)all->first_seed, scene->width, scene->height, scene->n_bands,
        scene->n_endmembers, scene->snr_db, scene->illumination_sd, scene->variability_sd);
    for (const evaluation_group *group = all->groups; group < all->groups + all->n_groups; group++) {
        add(page, "\n## %s\n", group->title);
        if (strcmp(group->key, "ablation") == 0) add_verdicts(all, page);
        if (group->n > 1 && !group->label[0]) add(page, "\n![%s](%s.png)\n", group->title, group->key);
        add_group_tables(all, group, page);
    }
    add_curves(all, page);
}

/* ---- files ----------------------------------------------------------------------------------------------- */

static bool write_text(const evaluation *all, const char *folder, const char *name,
                       void (*fill)(const evaluation *, text *)) {
    char error[CLI_SENTENCE] = "memory is out";
    text page = {0};
    fill(all, &page);
    const bool done = !page.failed && atomic_write(CPLFormFilename(folder, name, NULL), page.characters, page.n, error);
    free(page.characters);
    if (!done) cli_fail(all->run, "%s", error);
    return done;
}

static void add_json(const evaluation *all, text *page) {
    json_object *root = json_of_evaluation(all);
    const char *whole = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE);
    for (size_t i = 0; whole[i];) {
        char piece[1024];
        i += CPLStrlcpy(piece, whole + i, sizeof piece) < sizeof piece ? strlen(piece) : sizeof piece - 1;
        add(page, "%s", piece);
    }
    json_object_put(root);
}

bool evaluation_report(const evaluation *all, const char *folder) {
    char error[CLI_SENTENCE];
    bool drawn = true;
    for (const evaluation_group *group = all->groups; drawn && group < all->groups + all->n_groups; group++)
        if (group->n > 1 && !group->label[0])
            drawn = evaluation_plot_group(all, group, CPLFormFilename(folder, group->key, "png"), error);
    for (const evaluation_curve *curve = all->curves; drawn && curve < all->curves + all->n_curves; curve++)
        drawn = evaluation_plot_curve(curve, CPLFormFilename(folder, curve->key, "png"), error);
    if (!drawn) return cli_fail(all->run, "%s", error), false;
    return write_text(all, folder, "evaluation.csv", add_csv) && write_text(all, folder, "evaluation.json", add_json) &&
           write_text(all, folder, "evaluation.md", add_page);
}
