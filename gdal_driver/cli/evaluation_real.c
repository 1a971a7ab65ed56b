/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file evaluation_real.c  Real scenes with truth. Their truth is read here, after unmixing, and nowhere else. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <math.h>
#include <string.h>

#include "../cube.h"
#include "evaluation.h"
#include "evaluation_squares.h"
#include "layers.h"
#include "library_fit.h"
#include "pixel_sample.h"
#include "spectra_file.h"

/** A real scene in memory. */
typedef struct real_scene {
    cube *opened;
    pixel_sample sample; /**< the pixels that are trained on */
    float *pixels;       /**< [N,B] every pixel, NaN where masked */
    float *endmembers;   /**< [P,B] */
    size_t n_pixels, n_endmembers;
    char names[WSNET_MAX_ENDMEMBERS][WSNET_MAX_NAME];
} real_scene;

static const char *in_folder(const evaluation *all, const char *folder, const char *file) {
    return CPLFormFilename(CPLFormFilename(all->data, folder, NULL), file, NULL);
}

static void scene_close(real_scene *scene) {
    if (scene->opened) {
        pixel_sample_free(&scene->sample);
        cube_close(scene->opened);
    }
    VSIFree(scene->pixels);
    VSIFree(scene->endmembers);
}

static bool scene_open(evaluation *all, const char *path, real_scene *scene) {
    char error[CLI_SENTENCE];
    scene->opened = pixel_sample_open(all->run, path, &scene->sample);
    if (!scene->opened) return false;
    const int width = scene->opened->width, height = scene->opened->height;
    const size_t B = scene->sample.n_bands, N = (size_t)width * (size_t)height;
    scene->n_pixels = N;
    scene->pixels = VSIMalloc3(N, B, sizeof *scene->pixels);
    uint8_t *mask = VSIMalloc(N);
    bool done = scene->pixels && mask;
    if (!done) cli_fail(all->run, "memory is out");
    if (done && !cube_read(scene->opened, 0, 0, width, height, B, scene->sample.band_index, scene->pixels, mask, error))
        done = (cli_fail(all->run, "%s", error), false);
    for (size_t i = 0; done && i < N; i++)
        if (!mask[i]) scene->pixels[i * B] = NAN;
    VSIFree(mask);
    return done;
}

static bool take_library(evaluation *all, real_scene *scene, wsnet_library *library) {
    const size_t P = wsnet_library_n_spectra(library), B = scene->sample.n_bands;
    scene->n_endmembers = P;
    scene->endmembers = VSIMalloc3(P, B, sizeof *scene->endmembers);
    if (!scene->endmembers) return cli_fail(all->run, "memory is out"), false;
    memcpy(scene->endmembers, wsnet_library_spectra(library), P * B * sizeof *scene->endmembers);
    for (size_t k = 0; k < P; k++) CPLStrlcpy(scene->names[k], wsnet_library_name(library, k), WSNET_MAX_NAME);
    return true;
}

static evaluation_task task_of(const real_scene *scene, wsnet_mixing mixing, uint64_t seed) {
    return (evaluation_task){.n_pixels = scene->sample.n_pixels,
                             .n_bands = scene->sample.n_bands,
                             .n_endmembers = scene->n_endmembers,
                             .pixels = scene->sample.pixels,
                             .endmembers = scene->endmembers,
                             .mixing = mixing,
                             .seed = seed};
}

/* Extracts as many endmembers as the library has, in its order. @param angle_rad [P] to the library's */
static bool extract(evaluation *all, real_scene *scene, const wsnet_library *truth, wsnet_mixing mixing, uint64_t seed,
                    double *angle_rad) {
    const size_t P = wsnet_library_n_spectra(truth), B = scene->sample.n_bands;
    size_t match[WSNET_MAX_ENDMEMBERS];
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    options.mixing = mixing;
    options.seed = seed;
    scene->n_endmembers = P;
    if (wsnet_library_n_bands(truth) != B)
        return cli_fail(all->run, "the truth has %zu bands, the cube %zu", wsnet_library_n_bands(truth), B), false;
    float *found = VSIMalloc3(P, B, sizeof *found);
    if (!scene->endmembers) scene->endmembers = VSIMalloc3(P, B, sizeof *found);
    bool done = found && scene->endmembers;
    if (!done) cli_fail(all->run, "memory is out");
    if (done && (wsnet_endmembers_extract(all->run->context, &options, scene->sample.n_pixels, B, scene->sample.pixels,
                                          P, found) != WSNET_OK ||
                 wsnet_endmembers_match(all->run->context, B, P, wsnet_library_spectra(truth), P, found, match,
                                        angle_rad) != WSNET_OK))
        done = (cli_fail_core(all->run), false);
    for (size_t k = 0; done && k < P; k++) memcpy(scene->endmembers + k * B, found + match[k] * B, B * sizeof *found);
    VSIFree(found);
    return done;
}

/* The task with every pixel of the scene. */
static evaluation_task whole_of(const real_scene *scene, evaluation_task task) {
    task.n_pixels = scene->n_pixels;
    task.pixels = scene->pixels;
    return task;
}

/* ---- Samson: abundances of every pixel are known --------------------------------------------------------- */

/* @param truth [N,P] abundances @param angle_rad [P] of the endmembers */
static bool score_samson(evaluation *all, size_t case_index, size_t seed, const real_scene *scene, wsnet_mixing mixing,
                         const float *truth, const double *angle_rad) {
    const evaluation_method end = all->cases[case_index].ablations ? EVALUATION_METHODS : EVALUATION_WITHOUT;
    const evaluation_task task = task_of(scene, mixing, all->first_seed + seed);
    const evaluation_task whole = whole_of(scene, task);
    bool done = true;
    for (evaluation_method method = 0; done && method < end; method++) {
        evaluation_answer answer = {0};
        double *kept = evaluation_at(all, case_index, seed, method);
        done = evaluation_answer_method(all, &task, &whole, method, NULL, &answer) &&
               evaluation_keep_scores(all, &whole, (size_t)scene->opened->width, truth, &answer, kept);
        evaluation_keep_angles(task.n_endmembers, angle_rad, kept);
        kept[SCORE_SAD_LAST] = NAN; /* no material of this scene is the rare one */
        evaluation_answer_free(&answer);
    }
    if (done) evaluation_keep_ratios(all, case_index, seed);
    return done;
}

static bool run_samson(evaluation *all, size_t case_index, size_t seed, bool peak) {
    const wsnet_mixing mixing = peak ? WSNET_MIXING_SCALED : WSNET_MIXING_LINEAR;
    real_scene scene = {0};
    layers maps;
    size_t order[WSNET_MAX_ENDMEMBERS];
    double angle_rad[WSNET_MAX_ENDMEMBERS];
    for (size_t k = 0; k < WSNET_MAX_ENDMEMBERS; k++) order[k] = k;
    wsnet_library *spectra =
        spectra_file_read(all->run, in_folder(all, "samson", peak ? "endmembers_peak.csv" : "endmembers_fcls.csv"));
    if (!spectra) return false;
    bool done =
        layers_open(all->run, in_folder(all, "samson", peak ? "abundances_peak.tif" : "abundances_fcls.tif"), &maps);
    if (done) {
        done = scene_open(all, in_folder(all, "samson", "cube.tif"), &scene) &&
               extract(all, &scene, spectra, mixing, all->first_seed + seed, angle_rad);
        float *truth = done ? layers_read(all->run, &maps, LAYER_ABUNDANCE, scene.n_endmembers, order) : NULL;
        done = truth && score_samson(all, case_index, seed, &scene, mixing, truth, angle_rad);
        VSIFree(truth);
        layers_close(&maps);
    }
    scene_close(&scene);
    wsnet_library_destroy(spectra);
    return done;
}

/* ---- DLR HySU: areas of squares are known ---------------------------------------------------------------- */

static bool measure_areas(evaluation *all, const real_scene *scene, uint64_t seed, evaluation_method method,
                          double *kept) {
    const evaluation_task task = task_of(scene, WSNET_MIXING_LINEAR, seed);
    const evaluation_task whole = whole_of(scene, task);
    evaluation_answer answer = {0};
    wsnet_model *model = NULL;
    wsnet_zone_solver *solver = NULL;
    double error[SQUARE_SIZES];
    bool done = evaluation_answer_method(all, &task, &whole, method, &model, &answer);
    if (done && model &&
        wsnet_zone_solver_create(all->run->context, model, task.n_pixels, task.n_bands, task.pixels, &solver) !=
            WSNET_OK)
        done = (cli_fail_core(all->run), false);
    done = done && evaluation_square_errors(all, &whole, scene->names, answer.abundance, solver, error);
    if (done) {
        kept[SCORE_AREA_QUARTER] = error[3];
        kept[SCORE_AREA_SIXTEENTH] = error[4];
        if (answer.lower) kept[SCORE_SECONDS] = answer.seconds;
    }
    wsnet_zone_solver_destroy(solver);
    wsnet_model_destroy(model);
    evaluation_answer_free(&answer);
    return done;
}

static bool run_hysu(evaluation *all, size_t case_index, size_t seed, const char *spectra) {
    real_scene scene = {0};
    wsnet_library *library = NULL;
    double angle_rad[WSNET_MAX_ENDMEMBERS];
    bool done = scene_open(all, in_folder(all, "dlr_hysu", "cube.tif"), &scene);
    if (done)
        library = library_fitted(all->run, in_folder(all, "dlr_hysu", spectra), NULL, scene.opened, &scene.sample);
    done = library && take_library(all, &scene, library) &&
           (!all->cases[case_index].blind ||
            extract(all, &scene, library, WSNET_MIXING_LINEAR, all->first_seed + seed, angle_rad));
    for (evaluation_method method = EVALUATION_WSNET; done && method <= EVALUATION_UCLS; method++)
        done = measure_areas(all, &scene, all->first_seed + seed, method, evaluation_at(all, case_index, seed, method));
    wsnet_library_destroy(library);
    scene_close(&scene);
    return done;
}

bool evaluation_run_real(evaluation *all, size_t case_index, size_t seed) {
    const char *name = all->cases[case_index].real;
    if (strncmp(name, "Samson", 6) == 0) return run_samson(all, case_index, seed, strstr(name, "peak") != NULL);
    return run_hysu(all, case_index, seed, strstr(name, "field") ? "endmembers_field.csv" : "endmembers_image.csv");
}
