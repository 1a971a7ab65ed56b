/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation.h  The evaluation suite: which scenes, which methods, which scores, and their results. */
#ifndef WSNET_CLI_EVALUATION_H
#define WSNET_CLI_EVALUATION_H

#include "cli.h"
#include "text_buffer.h"

typedef enum evaluation_method {
    EVALUATION_WSNET,
    EVALUATION_FCLS,
    EVALUATION_NNLS, /**< divided by its sum */
    EVALUATION_UCLS,
    EVALUATION_WITHOUT, /**< the first of the networks with one part left out, in the order of the bits */
    EVALUATION_METHODS = EVALUATION_WITHOUT + 7,
} evaluation_method;

typedef enum evaluation_score {
    SCORE_RMSE,
    SCORE_RATIO, /**< that over the better of FCLS and NNLS/sum */
    SCORE_RMSE_GLOBAL,
    SCORE_RMSE_WEAK,
    SCORE_RECALL,
    SCORE_RECALL_LOWER, /**< the same, entries ranked by the lower bound of their interval */
    SCORE_RECALL_ANY,   /**< of any fraction at an abundance of 0.01, as the next two */
    SCORE_PRECISION,
    SCORE_FALSE_POSITIVES,
    SCORE_ZONE_GAP, /**< largest less least class-mean RMSE of the scene's quarters */
    SCORE_COVERAGE,
    SCORE_COVERAGE_WEAK,
    SCORE_WIDTH,
    SCORE_WIDTH_CONSTANT, /**< of intervals of one width a material that cover as many of its entries */
    SCORE_FIT_AUC,        /**< the fit layer on pixels with a fifth of an unseen material */
    SCORE_SAD,
    SCORE_SAD_DEGREES,
    SCORE_SAD_LAST,       /**< of the last material: the rare one where there is one */
    SCORE_AREA_QUARTER,   /**< mean relative area error of the 0.25 m2 targets */
    SCORE_AREA_SIXTEENTH, /**< of the 0.0625 m2 targets */
    SCORE_SECONDS,
    EVALUATION_SCORES,
} evaluation_score;

/** What a score is called in files ("rmse_class_mean") and on paper. */
typedef struct evaluation_score_name {
    const char *key, *title;
} evaluation_score_name;
extern const evaluation_score_name evaluation_score_names[EVALUATION_SCORES];
/** @return "WS-Net", "FCLS", "without ssm" ... */
const char *evaluation_method_title(evaluation_method method);

enum { EVALUATION_MAX_CASES = 64, EVALUATION_MAX_SETTINGS = 8, EVALUATION_MAX_GROUPS = 16, EVALUATION_MAX_SEEDS = 100 };

/** One scene to be unmixed: made up, or real when `real` is set. */
typedef struct evaluation_case {
    wsnet_scene_options scene;
    bool blind;       /**< endmembers extracted, not given */
    bool ablations;   /**< also trains a network without each part */
    const char *real; /**< NULL, or the name of a real scene */
} evaluation_case;

/** Cases that differ in one setting. */
typedef struct evaluation_group {
    const char *key, *title, *axis;
    size_t n;
    double setting[EVALUATION_MAX_SETTINGS];
    const char *label[EVALUATION_MAX_SETTINGS]; /**< NULL: the setting itself */
    size_t case_index[EVALUATION_MAX_SETTINGS];
} evaluation_group;

/** Effect of a knob that needs no retraining, median over seeds. */
typedef struct evaluation_curve {
    const char *key, *title, *axis;
    size_t n;
    double setting[16], recall[16], false_positive_rate[16], rmse[16], kept[16];
} evaluation_curve;

typedef struct evaluation {
    cli *run;
    size_t n_seeds, n_steps;
    uint64_t first_seed;
    const char *data; /**< folder of real scenes, or NULL */
    size_t n_cases, n_groups, n_curves;
    evaluation_case cases[EVALUATION_MAX_CASES];
    evaluation_group groups[EVALUATION_MAX_GROUPS];
    evaluation_curve curves[3];
    double *results; /**< [cases, seeds, methods, scores], NaN where there is none */
} evaluation;

double *evaluation_at(const evaluation *all, size_t case_index, size_t seed, evaluation_method method);
/** Median, least and largest over seeds; NaN when no seed has the score. */
typedef struct evaluation_summary {
    double median, least, most;
    size_t n;
} evaluation_summary;
evaluation_summary evaluation_summarise(const evaluation *all, size_t case_index, evaluation_method method,
                                        evaluation_score score);
/** @return the median of n values (sorted in place), NaN when n is 0 */
double evaluation_median(size_t n, double *values);

/** Lists the cases and groups. @param quick  a few small ones, for tests */
void evaluation_plan(evaluation *all, bool quick);
/** Runs one made-up case for one seed. @return false with the failure printed */
bool evaluation_run_simulated(evaluation *all, size_t case_index, size_t seed);
/** Runs one real case for one seed. @return false with the failure printed */
bool evaluation_run_real(evaluation *all, size_t case_index, size_t seed);
/** Traces the knobs' curves on the standard scene. @return false with the failure printed */
bool evaluation_run_curves(evaluation *all, bool quick);

/** Everything that a trained or classical unmixing of an array gives. Arrays are freed with VSIFree(). */
typedef struct evaluation_answer {
    float *abundance, *lower, *upper; /**< [N,P]; lower and upper NULL for classical methods */
    double seconds;                   /**< of training */
} evaluation_answer;
typedef struct evaluation_task {
    size_t n_pixels, n_bands, n_endmembers;
    const float *pixels, *endmembers;
    wsnet_mixing mixing;
    uint64_t seed;
} evaluation_task;
/** Trains on the task's pixels. @param without the parts left out, as in wsnet_train_options */
bool evaluation_train(evaluation *all, const evaluation_task *task, unsigned without, wsnet_model **model,
                      double *seconds);
bool evaluation_answer_with(evaluation *all, const evaluation_task *task, const wsnet_model *model, double weak_bias,
                            evaluation_answer *answer);
/** Unmixes the scene, with networks after training on the pixels of `training`.
 *  @param model  NULL, or set to the trained network, to be destroyed by the caller, and to NULL for classical methods */
bool evaluation_answer_method(evaluation *all, const evaluation_task *training, const evaluation_task *scene,
                              evaluation_method method, wsnet_model **model, evaluation_answer *answer);
void evaluation_answer_free(evaluation_answer *answer);

/** Scores an answer against a scene's truth.
 *  @param width of the raster  @param truth [N,P]  @param kept  results of this case, seed and method */
bool evaluation_keep_scores(evaluation *all, const evaluation_task *scene, size_t width, const float *truth,
                            const evaluation_answer *answer, double *kept);
/** Keeps the mean and the last of P angles between endmembers and their truth. */
void evaluation_keep_angles(size_t n_endmembers, const double *angle_rad, double *kept);
/** Sets the ratios to the better classical method once all methods of a case and seed have their scores. */
void evaluation_keep_ratios(const evaluation *all, size_t case_index, size_t seed);

/** @return what a group calls its setting i; good until the next calls of CPLSPrintf() */
const char *evaluation_setting_label(const evaluation_group *group, size_t i);
/** Appends the page that people read. */
void evaluation_add_page(const evaluation *all, text_buffer *page);
/** Writes evaluation.json, evaluation.csv, evaluation.md and the plots into a folder. */
bool evaluation_report(const evaluation *all, const char *folder);
bool evaluation_plot_group(const evaluation *all, const evaluation_group *group, const char *path, char error[1024]);
bool evaluation_plot_curve(const evaluation_curve *curve, const char *path, char error[1024]);

#endif
