/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "strata_sample.h"

#include <cpl_vsi.h>
#include <string.h>

#include "../zones.h"
#include "pixel_subset.h"

static const size_t most_window_bytes = (size_t)64 << 20;

/** One pass over the cube. */
typedef struct drawing_pass {
    cli *run;
    cube *opened;
    const pixel_sample *sample;
    zones *places;
    subset *strata; /**< [n_strata] */
    size_t n_strata, quota;
    int y; /**< first line of the window, which has the cube's width */
    float *spectra;
    uint8_t *mask;
} drawing_pass;

static bool visit(const zone_pixels *pixels, void *user) {
    drawing_pass *at = user;
    const uint64_t first = (uint64_t)at->y * (uint64_t)at->opened->width;
    for (size_t i = 0; i < pixels->n; i++) {
        const size_t index = pixels->index[i];
        if (at->mask[index] && !pixel_is_filler(at->spectra + (size_t)index * at->sample->n_bands, at->sample->n_bands))
            subset_offer(&at->strata[pixels->zone], first + index, at->spectra + index * at->sample->n_bands);
    }
    return true;
}

static bool read_strata(drawing_pass *at) {
    char error[CLI_SENTENCE];
    cube *opened = at->opened;
    const size_t line_bytes = (size_t)opened->width * at->sample->n_bands * sizeof(float);
    int height = opened->height;
    while (height > 1 && (size_t)height * line_bytes > most_window_bytes) height = (height + 1) / 2;
    at->spectra = VSI_MALLOC2_VERBOSE((size_t)height, line_bytes);
    at->mask = VSI_MALLOC2_VERBOSE((size_t)height, (size_t)opened->width);
    if (!at->spectra || !at->mask) return cli_fail(at->run, "memory is out"), false;
    for (at->y = 0; at->y < opened->height; at->y += height) {
        const int lines = opened->height - at->y < height ? opened->height - at->y : height;
        if (!cube_read(opened, 0, at->y, opened->width, lines, at->sample->n_bands, at->sample->band_index, at->spectra,
                       at->mask, error) ||
            !zones_visit(at->places, 0, at->y, opened->width, lines, visit, at, error))
            return cli_fail(at->run, "%s", error), false;
        if (!progress_report((double)(at->y + lines) / opened->height, "reading strata", &at->run->progress))
            return cli_fail_core(at->run), false;
    }
    return true;
}

/** Repeats the pixels of every stratum that has some until its quota is full. */
static bool fill(drawing_pass *at, strata_sample *drawn) {
    const size_t n_bands = at->sample->n_bands;
    drawn->pixels = VSI_MALLOC3_VERBOSE(at->n_strata * at->quota, n_bands, sizeof *drawn->pixels);
    if (!drawn->pixels) return cli_fail(at->run, "memory is out"), false;
    for (size_t i = 0; i < at->n_strata; i++) {
        subset *stratum = &at->strata[i];
        if (stratum->n == 0) {
            cli_warn(at->run, "stratum '%s' has no usable pixel and is left out", zones_name(at->places, i));
            continue;
        }
        if (!subset_sort(stratum)) return cli_fail(at->run, "memory is out"), false;
        for (size_t row = 0; row < at->quota; row++)
            memcpy(drawn->pixels + drawn->n_pixels++ * n_bands, stratum->pixels + row % stratum->n * n_bands,
                   n_bands * sizeof *drawn->pixels);
        cli_say(at->run, "Stratum '%s': %zu pixels for %zu places of the training", zones_name(at->places, i),
                stratum->n, at->quota);
    }
    return drawn->n_pixels > 0 || (cli_fail(at->run, "no stratum has a usable pixel"), false);
}

static bool draw(drawing_pass *at, strata_sample *drawn) {
    at->n_strata = zones_count(at->places);
    at->quota = at->sample->n_pixels / at->n_strata;
    if (at->quota == 0)
        return cli_fail(at->run, "%zu strata are more than the %zu pixels of the training", at->n_strata,
                        at->sample->n_pixels),
               false;
    at->strata = VSI_CALLOC_VERBOSE(at->n_strata, sizeof *at->strata);
    bool good = at->strata != NULL;
    for (size_t i = 0; i < at->n_strata && good; i++)
        good = subset_create(at->quota, at->sample->n_bands, &at->strata[i]);
    if (!good) return cli_fail(at->run, "memory is out"), false;
    return read_strata(at) && fill(at, drawn);
}

bool strata_sample_read(cli *run, cube *opened, const pixel_sample *sample, const char *path, const char *name_field,
                        strata_sample *drawn) {
    char error[CLI_SENTENCE];
    drawing_pass at = {.run = run, .opened = opened, .sample = sample};
    at.places = zones_open(opened->dataset, path, name_field, error);
    if (!at.places) return cli_fail(run, "%s", error), false;
    for (char **warning = zones_warnings(at.places); warning && *warning; warning++) cli_warn(run, "%s", *warning);
    const bool done = draw(&at, drawn);
    for (size_t i = 0; at.strata && i < at.n_strata; i++) VSIFree(subset_take(&at.strata[i]));
    VSIFree(at.strata);
    VSIFree(at.spectra);
    VSIFree(at.mask);
    zones_close(at.places);
    return done;
}

void strata_sample_free(strata_sample *drawn) { VSIFree(drawn->pixels); }
