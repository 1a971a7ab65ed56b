/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "layer_match.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <string.h>

/* ---- pairs ---------------------------------------------------------------------------------------------- */

static size_t index_of(const layers *among, const char *name) {
    for (size_t i = 0; i < among->n_materials; i++)
        if (EQUAL(among->materials[i].name, name)) return i;
    return SIZE_MAX;
}

/** The two sides of a match by which one has fewer materials: every one of those gets a partner. */
typedef struct match_sides {
    const layers *few, *many;
    bool found_is_few;
} match_sides;

static match_sides sides_of(const layers *found, const layers *truth) {
    const bool found_is_few = found->n_materials <= truth->n_materials;
    return found_is_few ? (match_sides){found, truth, true} : (match_sides){truth, found, false};
}

static void add_pair(layer_match *match, const match_sides *sides, size_t of_few, size_t of_many) {
    match->found[match->n] = sides->found_is_few ? of_few : of_many;
    match->truth[match->n] = sides->found_is_few ? of_many : of_few;
    match->n++;
}

static bool match_by_name(const match_sides *sides, layer_match *match) {
    *match = (layer_match){.method = MATCH_NAMES};
    for (size_t i = 0; i < sides->few->n_materials; i++) {
        const size_t partner = index_of(sides->many, sides->few->materials[i].name);
        if (partner == SIZE_MAX) return false;
        add_pair(match, sides, i, partner);
    }
    return true;
}

static bool match_by_angle(cli *run, const match_sides *sides, const layer_spectra *few, const layer_spectra *many,
                           layer_match *match) {
    size_t partners[WSNET_MAX_ENDMEMBERS];
    *match = (layer_match){.method = MATCH_ANGLES};
    if (wsnet_endmembers_match(run->context, few->n_bands, sides->few->n_materials, few->spectra,
                               sides->many->n_materials, many->spectra, partners, NULL) != WSNET_OK)
        return cli_fail_core(run), false;
    for (size_t i = 0; i < sides->few->n_materials; i++) add_pair(match, sides, i, partners[i]);
    return true;
}

static float *read_all(cli *run, const layers *opened) {
    size_t order[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < opened->n_materials; i++) order[i] = i;
    return layers_read(run, opened, LAYER_ABUNDANCE, opened->n_materials, order);
}

/** Squared differences of every pair of bands over the pixels that have both. @param cost [few,many] */
static void abundance_costs(const match_sides *sides, const float *few, const float *many, double *cost) {
    const size_t n_few = sides->few->n_materials, n_many = sides->many->n_materials;
    const size_t n_pixels = (size_t)sides->few->width * (size_t)sides->few->height;
    for (size_t pixel = 0; pixel < n_pixels; pixel++)
        for (size_t i = 0; i < n_few; i++)
            for (size_t j = 0; j < n_many; j++) {
                const double gap = (double)few[pixel * n_few + i] - (double)many[pixel * n_many + j];
                if (isfinite(gap)) cost[i * n_many + j] += gap * gap;
            }
}

static bool match_by_abundance(cli *run, const match_sides *sides, layer_match *match) {
    static double cost[WSNET_MAX_ENDMEMBERS * WSNET_MAX_ENDMEMBERS];
    size_t partners[WSNET_MAX_ENDMEMBERS];
    float *few = read_all(run, sides->few), *many = few ? read_all(run, sides->many) : NULL;
    bool fine = many != NULL;
    *match = (layer_match){.method = MATCH_ABUNDANCES};
    memset(cost, 0, sizeof cost);
    if (fine) {
        abundance_costs(sides, few, many, cost);
        fine =
            wsnet_assign(run->context, sides->few->n_materials, sides->many->n_materials, cost, partners) == WSNET_OK ||
            (cli_fail_core(run), false);
    }
    for (size_t i = 0; i < sides->few->n_materials && fine; i++) add_pair(match, sides, i, partners[i]);
    VSIFree(few);
    VSIFree(many);
    return fine;
}

bool layer_match_find(cli *run, const layers *found, const layers *truth, const layer_spectra *found_spectra,
                      const layer_spectra *truth_spectra, layer_match *match) {
    const match_sides sides = sides_of(found, truth);
    if (match_by_name(&sides, match)) return true;
    if (found_spectra && truth_spectra)
        return match_by_angle(run, &sides, sides.found_is_few ? found_spectra : truth_spectra,
                              sides.found_is_few ? truth_spectra : found_spectra, match);
    return match_by_abundance(run, &sides, match);
}

const char *layer_match_words(const layer_match *match) {
    switch (match->method) {
    case MATCH_NAMES:
        return "by name";
    case MATCH_ANGLES:
        return "by least total spectral angle";
    case MATCH_ABUNDANCES:
        break;
    }
    return "by least abundance RMSE";
}

/* ---- spectra -------------------------------------------------------------------------------------------- */

/** Puts the spectra in the order of a raster's materials: by name, or as they stand when the counts agree. */
static bool arrange(cli *run, const layers *by, const wsnet_library *library, const char *what, layer_spectra *made) {
    const size_t n_bands = wsnet_library_n_bands(library), n_spectra = wsnet_library_n_spectra(library);
    size_t rows[WSNET_MAX_ENDMEMBERS];
    bool named = true;
    for (size_t i = 0; i < by->n_materials; i++) {
        rows[i] = SIZE_MAX;
        for (size_t row = 0; row < n_spectra && rows[i] == SIZE_MAX; row++)
            if (EQUAL(wsnet_library_name(library, row), by->materials[i].name)) rows[i] = row;
        named = named && rows[i] != SIZE_MAX;
    }
    if (!named && n_spectra != by->n_materials)
        return cli_fail(run, "the %s have %zu spectra for %zu bands, and the names do not agree", what, n_spectra,
                        by->n_materials),
               false;
    made->n_bands = n_bands;
    made->spectra = VSI_MALLOC3_VERBOSE(by->n_materials, n_bands, sizeof *made->spectra);
    if (!made->spectra) return cli_fail(run, "memory is out"), false;
    for (size_t i = 0; i < by->n_materials; i++)
        memcpy(made->spectra + i * n_bands, wsnet_library_spectra(library) + (named ? rows[i] : i) * n_bands,
               n_bands * sizeof *made->spectra);
    return true;
}

/** @return whether the two stand on the same bands */
static bool same_bands(const wsnet_library *first, const wsnet_library *second) {
    const size_t n_bands = wsnet_library_n_bands(first);
    if (n_bands != wsnet_library_n_bands(second)) return false;
    const double *a = wsnet_library_wavelength_nm(first), *b = wsnet_library_wavelength_nm(second);
    if (!a || !b || !(a[0] > 0) || !(b[0] > 0)) return true;
    for (size_t band = 0; band < n_bands; band++)
        if (fabs(a[band] - b[band]) > 0.01) return false;
    return true;
}

bool layer_spectra_arrange(cli *run, const layers *found_layers, const wsnet_library *found_library,
                           const layers *truth_layers, const wsnet_library *truth_library, layer_spectra *found,
                           layer_spectra *truth) {
    wsnet_library *resampled = NULL;
    *found = *truth = (layer_spectra){0};
    if (!same_bands(found_library, truth_library) &&
        wsnet_library_resample(run->context, truth_library, wsnet_library_n_bands(found_library),
                               wsnet_library_wavelength_nm(found_library), NULL, &resampled) != WSNET_OK)
        return cli_fail_core(run), false;
    const bool fine =
        arrange(run, found_layers, found_library, "endmembers", found) &&
        arrange(run, truth_layers, resampled ? resampled : truth_library, "endmembers of the truth", truth);
    wsnet_library_destroy(resampled);
    if (!fine) {
        VSIFree(found->spectra);
        VSIFree(truth->spectra);
        *found = *truth = (layer_spectra){0};
    }
    return fine;
}
