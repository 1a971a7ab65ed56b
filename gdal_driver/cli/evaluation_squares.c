/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "evaluation_squares.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <math.h>
#include <string.h>

#include "layers.h"

static const double square_m2[SQUARE_SIZES] = {9, 4, 1, 0.25, 0.0625};

/** Sums over the pixels of a material's squares, by size class. */
typedef struct square_sums {
    size_t n_pixels[SQUARE_SIZES];
    double area_m2[SQUARE_SIZES], *spectra; /**< [SQUARE_SIZES,B] */
    double *abundances;                     /**< [SQUARE_SIZES,P] */
    uint8_t *place;                         /**< [N] what a pixel is to all squares: free or not */
} square_sums;

/* @param k  the material  @param mask, size [N] */
static void add_squares(const evaluation_task *task, const float *abundance, size_t k, double pixel_m2,
                        const float *mask, const float *size, square_sums *sums) {
    const size_t B = task->n_bands, P = task->n_endmembers;
    memset(sums->n_pixels, 0, sizeof sums->n_pixels);
    memset(sums->area_m2, 0, sizeof sums->area_m2);
    memset(sums->spectra, 0, SQUARE_SIZES * B * sizeof *sums->spectra);
    memset(sums->abundances, 0, SQUARE_SIZES * P * sizeof *sums->abundances);
    for (size_t i = 0; i < task->n_pixels; i++) {
        const int c = (int)size[i] - 1;
        if (!(mask[i] > 0) || c < 0 || c >= SQUARE_SIZES) continue;
        sums->n_pixels[c]++;
        sums->area_m2[c] += (double)abundance[i * P + k] * pixel_m2;
        for (size_t l = 0; l < P; l++) sums->abundances[(size_t)c * P + l] += (double)abundance[i * P + l];
        for (size_t b = 0; b < B; b++) sums->spectra[(size_t)c * B + b] += (double)task->pixels[i * B + b];
    }
}

/* @param mask, size [N]  @param zone  what pixels of the squares of size class c become; -1: those of all classes */
static void mark(const evaluation_task *task, const float *mask, const float *size, int c, uint8_t zone,
                 uint8_t *place) {
    for (size_t i = 0; i < task->n_pixels; i++)
        if (mask[i] > 0 && (c < 0 || (int)size[i] - 1 == c)) place[i] = zone;
}

/* As `wsnet area` does: halfway to what the mean spectrum says, then set off from the surroundings. */
static void combine(const evaluation_task *task, const float *abundance, wsnet_zone_solver *solver, size_t k,
                    double pixel_m2, const layers *masks, const float *mask, const float *size, square_sums *sums) {
    const size_t B = task->n_bands, P = task->n_endmembers;
    double shares[WSNET_MAX_ENDMEMBERS];
    for (size_t c = 0; c < SQUARE_SIZES; c++) {
        const double n = (double)sums->n_pixels[c];
        if (n < 2) continue;
        for (size_t b = 0; b < B; b++) sums->spectra[c * B + b] /= n;
        wsnet_zone_solver_shares(solver, sums->spectra + c * B, shares);
        for (size_t l = 0; l < P; l++) shares[l] = (shares[l] + sums->abundances[c * P + l] / n) / 2;
        mark(task, mask, size, (int)c, WSNET_PLACE_ZONE, sums->place);
        wsnet_zone_solver_set_off(solver, (size_t)masks->width, (size_t)masks->height, task->pixels, sums->place,
                                  abundance, shares);
        mark(task, mask, size, (int)c, WSNET_PLACE_OTHER, sums->place);
        sums->area_m2[c] = shares[k] * n * pixel_m2;
    }
}

/* Relative area errors of one material's squares, added. */
static bool add_errors(evaluation *all, const evaluation_task *task, const char names[][WSNET_MAX_NAME],
                       const float *abundance, wsnet_zone_solver *solver, const layers *masks, size_t m,
                       const float *size, float *mask, square_sums *sums, double error[SQUARE_SIZES],
                       size_t *n_materials) {
    double transform[6];
    size_t k = 0;
    while (k < task->n_endmembers && strcmp(names[k], masks->materials[m].name) != 0) k++;
    if (k == task->n_endmembers) return true;
    if (!layers_read_band(all->run, masks, masks->materials[m].band[LAYER_ABUNDANCE], masks->width, masks->height, 1,
                          mask))
        return false;
    GDALGetGeoTransform(masks->dataset, transform);
    const double pixel_m2 = fabs(transform[1] * transform[5]);
    add_squares(task, abundance, k, pixel_m2, mask, size, sums);
    if (solver) combine(task, abundance, solver, k, pixel_m2, masks, mask, size, sums);
    for (int c = 0; c < SQUARE_SIZES; c++) error[c] += fabs(sums->area_m2[c] - square_m2[c]) / square_m2[c];
    ++*n_materials;
    return true;
}

/* What pixels are to the squares of all materials, and how places differ where there are none. */
static bool learn_places(evaluation *all, const evaluation_task *task, wsnet_zone_solver *solver, const layers *masks,
                         const float *size, float *mask, uint8_t *place) {
    memset(place, WSNET_PLACE_FREE, task->n_pixels);
    for (size_t m = 0; m < masks->n_materials; m++) {
        if (!layers_read_band(all->run, masks, masks->materials[m].band[LAYER_ABUNDANCE], masks->width, masks->height,
                              1, mask))
            return false;
        mark(task, mask, size, -1, WSNET_PLACE_OTHER, place);
    }
    for (size_t i = 0; i < task->n_pixels; i++)
        if (!wsnet_zone_solver_takes(solver, task->pixels + i * task->n_bands)) place[i] = WSNET_PLACE_NONE;
    if (wsnet_zone_solver_learn_places(solver, 1, (size_t)masks->width, (size_t)masks->height, task->pixels, place))
        return cli_fail_core(all->run), false;
    return true;
}

bool evaluation_square_errors(evaluation *all, const evaluation_task *task, const char names[][WSNET_MAX_NAME],
                              const float *abundance, wsnet_zone_solver *solver, double error[SQUARE_SIZES]) {
    char folder[4096];
    layers masks, sizes;
    size_t n_materials = 0;
    CPLStrlcpy(folder, CPLFormFilename(all->data, "dlr_hysu", NULL), sizeof folder);
    if (!layers_open(all->run, CPLFormFilename(folder, "target_masks.tif", NULL), &masks)) return false;
    bool done = layers_open(all->run, CPLFormFilename(folder, "target_size_roi.tif", NULL), &sizes);
    if (!done) {
        layers_close(&masks);
        return false;
    }
    float *size = VSIMalloc2(task->n_pixels, sizeof *size), *mask = VSIMalloc2(task->n_pixels, sizeof *mask);
    square_sums sums = {.spectra = VSIMalloc3(SQUARE_SIZES, task->n_bands, sizeof *sums.spectra),
                        .abundances = VSIMalloc3(SQUARE_SIZES, task->n_endmembers, sizeof *sums.abundances),
                        .place = VSIMalloc(task->n_pixels)};
    done = size && mask && sums.spectra && sums.abundances && sums.place &&
           layers_read_band(all->run, &sizes, 1, sizes.width, sizes.height, 1, size);
    if (done && solver) done = learn_places(all, task, solver, &masks, size, mask, sums.place);
    for (int c = 0; c < SQUARE_SIZES; c++) error[c] = 0;
    for (size_t m = 0; done && m < masks.n_materials; m++)
        done = add_errors(all, task, names, abundance, solver, &masks, m, size, mask, &sums, error, &n_materials);
    for (int c = 0; c < SQUARE_SIZES; c++) error[c] = n_materials ? error[c] / (double)n_materials : NAN;
    VSIFree(sums.spectra);
    VSIFree(sums.abundances);
    VSIFree(sums.place);
    VSIFree(size);
    VSIFree(mask);
    layers_close(&sizes);
    layers_close(&masks);
    return done;
}
