/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evaluation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *evaluation_method_title(evaluation_method method) {
    static const char *const titles[EVALUATION_METHODS] = {
        "WS-Net",           "FCLS",        "NNLS/sum",     "UCLS",       "without wavelet",
        "without ssm",      "without wsa", "without gate", "without kl", "without simulation",
        "without classical"};
    return titles[method];
}

double *evaluation_at(const evaluation *all, size_t case_index, size_t seed, evaluation_method method) {
    return all->results + ((case_index * all->n_seeds + seed) * EVALUATION_METHODS + method) * EVALUATION_SCORES;
}

static int by_value(const void *first, const void *second) {
    const double a = *(const double *)first, b = *(const double *)second;
    return (a > b) - (a < b);
}

double evaluation_median(size_t n, double *values) {
    if (n == 0) return NAN;
    qsort(values, n, sizeof *values, by_value);
    return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

evaluation_summary evaluation_summarise(const evaluation *all, size_t case_index, evaluation_method method,
                                        evaluation_score score) {
    double values[EVALUATION_MAX_SEEDS];
    evaluation_summary summary = {NAN, NAN, NAN, 0};
    for (size_t seed = 0; seed < all->n_seeds; seed++) {
        const double value = evaluation_at(all, case_index, seed, method)[score];
        if (isfinite(value)) values[summary.n++] = value;
    }
    if (summary.n == 0) return summary;
    summary.median = evaluation_median(summary.n, values);
    summary.least = values[0];
    summary.most = values[summary.n - 1];
    return summary;
}

/* ---- the plan ------------------------------------------------------------------------------------------- */

enum { N_REAL = 5 };
static const char *const real_names[N_REAL] = {"Samson, peak truth", "Samson, FCLS truth", "DLR HySU, image spectra",
                                               "DLR HySU, field spectra", "DLR HySU, extracted"};

static bool same_case(const evaluation_case *a, const evaluation_case *b) {
    const wsnet_scene_options *s = &a->scene, *t = &b->scene;
    if (a->real || b->real) return a->real && b->real && strcmp(a->real, b->real) == 0;
    return a->blind == b->blind && s->width == t->width && s->height == t->height && s->n_bands == t->n_bands &&
           s->n_endmembers == t->n_endmembers && !(s->snr_db < t->snr_db) && !(s->snr_db > t->snr_db) &&
           !(s->illumination_sd < t->illumination_sd) && !(s->illumination_sd > t->illumination_sd) &&
           !(s->variability_sd < t->variability_sd) && !(s->variability_sd > t->variability_sd) &&
           !(s->bilinear < t->bilinear) && !(s->bilinear > t->bilinear) && !(s->max_fraction < t->max_fraction) &&
           !(s->max_fraction > t->max_fraction) && s->dark == t->dark && s->rare == t->rare;
}

/* A case that two groups share is run once. */
static void add_case(evaluation *all, evaluation_group *group, double setting, const char *label,
                     const evaluation_case *wanted) {
    size_t index = 0;
    while (index < all->n_cases && !same_case(&all->cases[index], wanted)) index++;
    if (index == all->n_cases) all->cases[all->n_cases++] = *wanted;
    if (wanted->ablations) all->cases[index].ablations = true;
    group->setting[group->n] = setting;
    group->label[group->n] = label;
    group->case_index[group->n++] = index;
}

static evaluation_group *add_group(evaluation *all, const char *key, const char *title, const char *axis) {
    evaluation_group *group = &all->groups[all->n_groups++];
    *group = (evaluation_group){.key = key, .title = title, .axis = axis};
    return group;
}

static evaluation_case standard_case(bool quick) {
    evaluation_case standard = {0};
    wsnet_scene_options_init(&standard.scene);
    if (quick) {
        standard.scene.width = standard.scene.height = 40;
        standard.scene.n_bands = 60;
    }
    return standard;
}

/** A group that changes one number of the standard scene, `offset` bytes into its options. */
static void vary(evaluation *all, const evaluation_case *standard, const char *key, const char *title, const char *axis,
                 size_t offset, size_t n, const double *settings) {
    evaluation_group *group = add_group(all, key, title, axis);
    for (size_t i = 0; i < n; i++) {
        evaluation_case wanted = *standard;
        memcpy((char *)&wanted.scene + offset, &settings[i], sizeof settings[i]);
        add_case(all, group, settings[i], NULL, &wanted);
    }
}

static void plan_weak_materials(evaluation *all, const evaluation_case *standard) {
    static const char *const labels[] = {"neither", "dark", "rare", "both"};
    evaluation_group *group = add_group(all, "weak", "Dark and rare materials", "weak materials in the scene");
    for (int i = 0; i < 4; i++) {
        evaluation_case wanted = *standard;
        wanted.scene.dark = i & 1;
        wanted.scene.rare = i >> 1;
        add_case(all, group, i, labels[i], &wanted);
    }
}

static void plan_endmembers(evaluation *all, const evaluation_case *standard) {
    evaluation_group *group = add_group(all, "endmembers", "Number of endmembers", "endmembers");
    for (size_t p = 3; p <= 8; p++) {
        evaluation_case wanted = *standard;
        wanted.scene.n_endmembers = p;
        add_case(all, group, (double)p, NULL, &wanted);
    }
}

static void plan_blind(evaluation *all, const evaluation_case *standard) {
    evaluation_case blind = *standard;
    blind.blind = true;
    vary(all, &blind, "blind", "Endmembers extracted from the scene", "SNR (dB)", offsetof(wsnet_scene_options, snr_db),
         3, (const double[]){20, 30, 40});
    blind.scene.snr_db = 30;
    vary(all, &blind, "blind_fraction", "Extracted, the rare material without a pure pixel, 30 dB", "largest fraction",
         offsetof(wsnet_scene_options, max_fraction), 3, (const double[]){0.35, 0.6, 1});
}

static void plan_ablations(evaluation *all, const evaluation_case *standard, bool quick) {
    evaluation_group *group = add_group(all, "ablation", "What each part of the network earns", "method");
    evaluation_case wanted = *standard;
    wanted.ablations = true;
    add_case(all, group, 0, "standard scene", &wanted);
    if (quick) return;
    wanted.scene.snr_db = 40;
    add_case(all, group, 1, "40 dB", &wanted);
    if (!all->data) return;
    wanted = (evaluation_case){.real = real_names[1], .blind = true, .ablations = true};
    add_case(all, group, 2, real_names[1], &wanted);
}

static void plan_real(evaluation *all) {
    evaluation_group *group = add_group(all, "real", "Real scenes", "method");
    for (int i = 0; i < N_REAL; i++) {
        const evaluation_case wanted = {.real = real_names[i], .blind = i < 2 || i == N_REAL - 1};
        add_case(all, group, i, real_names[i], &wanted);
    }
}

void evaluation_plan(evaluation *all, bool quick) {
    const evaluation_case standard = standard_case(quick);
    plan_ablations(all, &standard, quick);
    vary(all, &standard, "snr", "Noise", "SNR (dB)", offsetof(wsnet_scene_options, snr_db), quick ? 2 : 4,
         (const double[]){10, 20, 30, 40});
    if (quick) return;
    plan_weak_materials(all, &standard);
    vary(all, &standard, "fraction", "Largest fraction of the rare material", "largest fraction",
         offsetof(wsnet_scene_options, max_fraction), 3, (const double[]){0.35, 0.6, 1});
    vary(all, &standard, "illumination", "Illumination", "standard deviation of log brightness",
         offsetof(wsnet_scene_options, illumination_sd), 4, (const double[]){0, 0.15, 0.3, 0.5});
    vary(all, &standard, "variability", "Spectral variability", "standard deviation",
         offsetof(wsnet_scene_options, variability_sd), 4, (const double[]){0, 0.03, 0.05, 0.1});
    vary(all, &standard, "bilinear", "Nonlinear (bilinear) mixing", "strength", offsetof(wsnet_scene_options, bilinear),
         3, (const double[]){0, 0.25, 0.5});
    plan_endmembers(all, &standard);
    plan_blind(all, &standard);
    if (all->data) plan_real(all);
}
