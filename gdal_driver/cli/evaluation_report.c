/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <json-c/json.h>
#include <math.h>

#include "../atomic_file.h"
#include "evaluation.h"

const char *evaluation_setting_label(const evaluation_group *group, size_t i) {
    return group->label[i] ? group->label[i] : CPLSPrintf("%g", group->setting[i]);
}

/* ---- CSV and JSON ---------------------------------------------------------------------------------------- */

static void add_csv(const evaluation *all, text_buffer *page) {
    text_appendf(page, "group,setting,method,seed");
    for (int s = 0; s < EVALUATION_SCORES; s++) text_appendf(page, ",%s", evaluation_score_names[s].key);
    text_appendf(page, "\n");
    for (const evaluation_group *group = all->groups; group < all->groups + all->n_groups; group++)
        for (size_t i = 0; i < group->n; i++)
            for (evaluation_method method = 0; method < EVALUATION_METHODS; method++)
                for (size_t seed = 0; seed < all->n_seeds; seed++) {
                    const double *scores = evaluation_at(all, group->case_index[i], seed, method);
                    bool any = false;
                    for (int s = 0; s < EVALUATION_SCORES; s++) any = any || isfinite(scores[s]);
                    if (!any) continue;
                    text_appendf(page, "%s,\"%s\",%s,%llu", group->key, evaluation_setting_label(group, i),
                                 evaluation_method_title(method), (unsigned long long)(all->first_seed + seed));
                    for (int s = 0; s < EVALUATION_SCORES; s++)
                        isfinite(scores[s]) ? text_appendf(page, ",%.6g", scores[s]) : text_appendf(page, ",");
                    text_appendf(page, "\n");
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
            json_object_object_add(settings, evaluation_setting_label(group, i),
                                   json_of_case(all, group->case_index[i]));
        json_object_object_add(groups, group->key, settings);
    }
    for (size_t i = 0; i < all->n_curves; i++)
        json_object_object_add(curves, all->curves[i].key, json_of_curve(&all->curves[i]));
    json_object_object_add(root, "groups", groups);
    json_object_object_add(root, "curves", curves);
    return root;
}

/* ---- files ----------------------------------------------------------------------------------------------- */

static bool write_text(const evaluation *all, const char *folder, const char *name,
                       void (*fill)(const evaluation *, text_buffer *)) {
    char error[CLI_SENTENCE];
    text_buffer page = {0};
    fill(all, &page);
    const bool done = atomic_write(CPLFormFilename(folder, name, NULL), page.bytes, page.n, error);
    CPLFree(page.bytes);
    if (!done) cli_fail(all->run, "%s", error);
    return done;
}

static void add_json(const evaluation *all, text_buffer *page) {
    json_object *root = json_of_evaluation(all);
    text_append(page, json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
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
           write_text(all, folder, "evaluation.md", evaluation_add_page);
}
