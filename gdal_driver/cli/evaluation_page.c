/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation_page.c  The page that people read: goals, verdicts on the network's parts, tables, curves. */
#include <math.h>
#include <string.h>

#include "evaluation.h"

/* ---- tables --------------------------------------------------------------------------------------------- */

static void add_cell(text_buffer *page, evaluation_summary summary) {
    if (summary.n == 0)
        text_appendf(page, " - |");
    else if (summary.n == 1)
        text_appendf(page, " %.3g |", summary.median);
    else
        text_appendf(page, " %.3g (%.3g to %.3g) |", summary.median, summary.least, summary.most);
}

static bool has_score(const evaluation *all, const evaluation_group *group, evaluation_score score) {
    for (size_t i = 0; i < group->n; i++)
        for (evaluation_method method = 0; method < EVALUATION_METHODS; method++)
            if (evaluation_summarise(all, group->case_index[i], method, score).n) return true;
    return false;
}

static void add_group_tables(const evaluation *all, const evaluation_group *group, text_buffer *page) {
    const bool many = group->n > 1;
    for (int s = 0; s < EVALUATION_SCORES; s++) {
        if (!has_score(all, group, (evaluation_score)s)) continue;
        text_appendf(page, "\n**%s**\n\n| %s |", evaluation_score_names[s].title, many ? group->axis : "method");
        for (size_t i = 0; many && i < group->n; i++) text_appendf(page, " %s |", evaluation_setting_label(group, i));
        text_appendf(page, many ? "\n|---|" : " median (range) |\n|---|---|");
        for (size_t i = 0; many && i < group->n; i++) text_appendf(page, "---|");
        text_appendf(page, "\n");
        for (evaluation_method method = 0; method < EVALUATION_METHODS; method++) {
            bool any = false;
            for (size_t i = 0; i < group->n; i++)
                any = any || evaluation_summarise(all, group->case_index[i], method, (evaluation_score)s).n;
            if (!any) continue;
            text_appendf(page, "| %s |", evaluation_method_title(method));
            for (size_t i = 0; i < group->n; i++)
                add_cell(page, evaluation_summarise(all, group->case_index[i], method, (evaluation_score)s));
            text_appendf(page, "\n");
        }
    }
}

/* ---- verdicts ------------------------------------------------------------------------------------------- */

static double loss(const evaluation *all, size_t case_index, evaluation_method without, evaluation_score score) {
    return evaluation_summarise(all, case_index, without, score).median /
               evaluation_summarise(all, case_index, EVALUATION_WSNET, score).median -
           1;
}

/* A part earns its place when leaving it out makes the median RMSE or the median weak recall worse by 2 % somewhere. */
static void add_verdicts(const evaluation *all, const evaluation_group *group, text_buffer *page) {
    text_append(page, "\nA part earns its place when leaving it out costs at least 2 % of class-mean RMSE or of weak "
                      "recall (medians) on at least one of these scenes.\n\n| part |");
    for (size_t i = 0; i < group->n; i++)
        text_appendf(page, " %s: RMSE without it | weak recall without it |", group->label[i]);
    text_append(page, " verdict |\n|---|");
    for (size_t i = 0; i < group->n; i++) text_append(page, "---|---|");
    text_append(page, "---|\n");
    for (unsigned part = 0; part < EVALUATION_METHODS - EVALUATION_WITHOUT; part++) {
        const evaluation_method method = (evaluation_method)(EVALUATION_WITHOUT + part);
        bool earns = false;
        text_appendf(page, "| %s |", wsnet_part_name(1u << part));
        for (size_t i = 0; i < group->n; i++) {
            const double rmse = loss(all, group->case_index[i], method, SCORE_RMSE);
            const double recall = loss(all, group->case_index[i], method, SCORE_RECALL);
            earns = earns || rmse > 0.02 || recall < -0.02;
            text_appendf(page, " %+.1f %% | %+.1f %% |", 100 * rmse, 100 * recall);
        }
        text_append(page, earns ? " earns its place |\n" : " **does not earn its cost on these scenes** |\n");
    }
}

/* ---- goals ---------------------------------------------------------------------------------------------- */

/** A median of the network's that a bound is set for. */
typedef struct goal {
    const char *group, *setting, *scene; /**< where it is measured, and how the page calls that */
    evaluation_score score;
    double least, most; /**< infinite: no bound on that side */
} goal;

static const goal goals[] = {
    {"real", "Samson, peak truth", "Samson, peak truth, extracted", SCORE_RMSE, -INFINITY, 0.012},
    {"real", "Samson, peak truth", "Samson, peak truth, extracted", SCORE_SAD, -INFINITY, 0.018},
    {"real", "Samson, FCLS truth", "Samson, FCLS truth, extracted", SCORE_RMSE, -INFINITY, 0.055},
    {"real", "Samson, FCLS truth", "Samson, FCLS truth, extracted", SCORE_SAD, -INFINITY, 0.040},
    {"snr", "20", "standard scene", SCORE_RATIO, -INFINITY, 0.6},
    {"snr", "20", "standard scene", SCORE_RECALL, 0.65, INFINITY},
    {"snr", "20", "standard scene", SCORE_COVERAGE, 0.88, 0.92},
    {"snr", "20", "standard scene", SCORE_COVERAGE_WEAK, 0.85, INFINITY},
    {"snr", "30", "30 dB", SCORE_FIT_AUC, 0.95, INFINITY},
    {"real", "DLR HySU, image spectra", "DLR HySU, image spectra", SCORE_AREA_QUARTER, -INFINITY, 0.18},
    {"real", "DLR HySU, image spectra", "DLR HySU, image spectra", SCORE_AREA_SIXTEENTH, -INFINITY, 0.27},
};

static evaluation_summary measured(const evaluation *all, const goal *wanted) {
    for (const evaluation_group *group = all->groups; group < all->groups + all->n_groups; group++)
        for (size_t i = 0; strcmp(group->key, wanted->group) == 0 && i < group->n; i++)
            if (strcmp(evaluation_setting_label(group, i), wanted->setting) == 0)
                return evaluation_summarise(all, group->case_index[i], EVALUATION_WSNET, wanted->score);
    return (evaluation_summary){NAN, NAN, NAN, 0};
}

static void add_goals(const evaluation *all, text_buffer *page) {
    text_append(page, "\n## Goals\n\n| scene | score | goal | measured | |\n|---|---|---|---|---|\n");
    for (const goal *wanted = goals; wanted < goals + sizeof goals / sizeof *goals; wanted++) {
        const evaluation_summary found = measured(all, wanted);
        if (found.n == 0) continue;
        text_appendf(page, "| %s | %s |", wanted->scene, evaluation_score_names[wanted->score].title);
        if (isinf(wanted->least))
            text_appendf(page, " at most %g |", wanted->most);
        else if (isinf(wanted->most))
            text_appendf(page, " at least %g |", wanted->least);
        else
            text_appendf(page, " %g to %g |", wanted->least, wanted->most);
        add_cell(page, found);
        const bool reached = found.median >= wanted->least && found.median <= wanted->most;
        text_append(page, reached ? " reached |\n" : " **missed** |\n");
    }
}

/* ---- knobs ---------------------------------------------------------------------------------------------- */

static void add_curves(const evaluation *all, text_buffer *page) {
    text_appendf(
        page,
        "\n## Knobs that need no retraining\n\nRecall of entries with truth in (0.05, 0.15] and false positives among "
        "entries with truth <= 0.001, of the `detected` layer on the standard scene, medians over seeds. The "
        "detection level asks the lower bound to exceed it; the minimum confidence drops entries with wider "
        "intervals.\n");
    for (const evaluation_curve *curve = all->curves; curve < all->curves + all->n_curves; curve++) {
        text_appendf(page,
                     "\n![%s](%s.png)\n\n| %s | weak recall | false positives | class-mean RMSE | entries kept |\n"
                     "|---|---|---|---|---|\n",
                     curve->title, curve->key, curve->axis);
        for (size_t i = 0; i < curve->n; i++)
            text_appendf(page, "| %g | %.3f | %.4f | %.4f | %.3f |\n", curve->setting[i], curve->recall[i],
                         curve->false_positive_rate[i], curve->rmse[i], curve->kept[i]);
    }
}

/* ---- page ----------------------------------------------------------------------------------------------- */

void evaluation_add_page(const evaluation *all, text_buffer *page) {
    const wsnet_scene_options *scene = &all->cases[0].scene;
    text_appendf(
        page,
        "# Evaluation\n\nMade by `wsnet evaluate`, version %s: %zu seeds from %llu on; median (least to most) over "
        "seeds. "
        "The standard scene is that of `wsnet simulate`: %zu x %zu pixels, %zu bands, %zu materials of which one is "
        "dark "
        "and one is rare, %g dB, brightness spread %g, spectral variability %g, which the method is not told. Unless a "
        "table says otherwise, methods get the true spectra as endmembers. RMSE is of abundances against the simulated "
        "truth under linear mixing.\n",
        wsnet_version(), all->n_seeds, (unsigned long long)all->first_seed, scene->width, scene->height, scene->n_bands,
        scene->n_endmembers, scene->snr_db, scene->illumination_sd, scene->variability_sd);
    add_goals(all, page);
    for (const evaluation_group *group = all->groups; group < all->groups + all->n_groups; group++) {
        text_appendf(page, "\n## %s\n", group->title);
        if (strcmp(group->key, "ablation") == 0) add_verdicts(all, group, page);
        if (group->n > 1 && !group->label[0]) text_appendf(page, "\n![%s](%s.png)\n", group->title, group->key);
        add_group_tables(all, group, page);
    }
    add_curves(all, page);
}
