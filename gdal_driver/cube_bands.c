/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wavelengths, widths and bad bands, first found first taken: a STAC item, the IMAGERY domain, `wavelength` in any
 * domain of a band, lists in any domain of the data set. */
#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cube_internal.h"
#include "wavelength_unit.h"

static const char *const units_keys[] = {"wavelength_units", "wavelength units", "wavelength_unit", "wavelengthunits",
                                         NULL};
static const char *const wavelength_keys[] = {"wavelength", "wavelengths", NULL};
static const char *const fwhm_keys[] = {"fwhm", NULL};
static const char *const bbl_keys[] = {"bbl", NULL};

/* The first of several keys in any domain of a band or data set: its default domain, ENVI, then all others. */
static const char *find_item(GDALMajorObjectH object, char **domains, const char *const *keys) {
    static const char *const usual[] = {"", "ENVI"};
    for (int k = 0; keys[k]; k++) {
        for (int d = 0; d < 2; d++) {
            const char *value = GDALGetMetadataItem(object, keys[k], usual[d]);
            if (value) return value;
        }
        for (int d = 0; domains && domains[d]; d++) {
            if (STARTS_WITH(domains[d], "xml:") || STARTS_WITH(domains[d], "json:") || EQUAL(domains[d], "TIFF"))
                continue;
            const char *value = GDALGetMetadataItem(object, keys[k], domains[d]);
            if (value) return value;
        }
    }
    return NULL;
}

/* Splits "{400, 500}" or "400,500". @return one token a band, or NULL when the count is another */
static char **split_list(const char *text, int n_bands) {
    char **tokens = CSLTokenizeString2(text, "{}, \t\r\n", 0);
    if (CSLCount(tokens) == n_bands) return tokens;
    CSLDestroy(tokens);
    return NULL;
}

typedef struct raw_bands {
    double *value, *width; /**< [n_bands] as stored, 0 where unknown */
    wavelength_unit unit;
    const char *word; /**< what the metadata call the unit, NULL when they do not */
} raw_bands;

static bool describe_imagery(cube *opened) {
    bool found = false;
    for (int b = 0; b < opened->n_bands; b++) {
        GDALRasterBandH band = GDALGetRasterBand(opened->dataset, b + 1);
        const char *centre = GDALGetMetadataItem(band, "CENTRAL_WAVELENGTH_UM", "IMAGERY");
        const char *width = GDALGetMetadataItem(band, "FWHM_UM", "IMAGERY");
        if (!centre) continue;
        opened->wavelength_nm[b] = wavelength_to_nm(CPLAtof(centre), UNIT_MICROMETRE);
        if (width) opened->fwhm_nm[b] = wavelength_to_nm(CPLAtof(width), UNIT_MICROMETRE);
        found |= opened->wavelength_nm[b] > 0;
    }
    return found;
}

/* Values that stand in the metadata of each band. */
static bool gather_from_bands(cube *opened, raw_bands *raw) {
    bool found = false;
    for (int b = 0; b < opened->n_bands; b++) {
        GDALRasterBandH band = GDALGetRasterBand(opened->dataset, b + 1);
        char **domains = GDALGetMetadataDomainList(band);
        const char *value = find_item(band, domains, wavelength_keys);
        const char *width = find_item(band, domains, fwhm_keys);
        const char *bbl = find_item(band, domains, bbl_keys);
        if (!raw->word) raw->word = find_item(band, domains, units_keys);
        if (value) raw->value[b] = CPLAtof(value);
        if (width) raw->width[b] = CPLAtof(width);
        if (bbl && CPLAtof(bbl) == 0) opened->state[b] = CUBE_BAND_BBL;
        found |= raw->value[b] > 0;
        CSLDestroy(domains);
    }
    return found;
}

static void take_list(cube *opened, const char *name, const char *text, double *values) {
    char **tokens = split_list(text, opened->n_bands);
    if (!tokens) {
        cube_warn(opened,
                  "the list '%s' in the metadata does not have one value for each of the %d bands; it is left out",
                  name, opened->n_bands);
        return;
    }
    for (int b = 0; b < opened->n_bands; b++) values[b] = CPLAtof(tokens[b]);
    CSLDestroy(tokens);
}

/* Lists that stand in the metadata of the data set; they fill what the bands left open. */
static bool gather_from_dataset(cube *opened, raw_bands *raw, bool have_wavelengths) {
    char **domains = GDALGetMetadataDomainList(opened->dataset);
    const char *value = find_item(opened->dataset, domains, wavelength_keys);
    const char *width = find_item(opened->dataset, domains, fwhm_keys);
    const char *bbl = find_item(opened->dataset, domains, bbl_keys);
    if (!raw->word) raw->word = find_item(opened->dataset, domains, units_keys);
    bool have_width = false;
    for (int b = 0; b < opened->n_bands; b++) have_width |= raw->width[b] > 0;
    if (value && !have_wavelengths) take_list(opened, "wavelength", value, raw->value);
    if (width && !have_width) take_list(opened, "fwhm", width, raw->width);
    double *good = bbl ? malloc((size_t)opened->n_bands * sizeof *good) : NULL;
    if (good) {
        for (int b = 0; b < opened->n_bands; b++) good[b] = 1;
        take_list(opened, "bbl", bbl, good);
        for (int b = 0; b < opened->n_bands; b++)
            if (good[b] == 0) opened->state[b] = CUBE_BAND_BBL;
        free(good);
    }
    CSLDestroy(domains);
    bool found = have_wavelengths;
    for (int b = 0; b < opened->n_bands; b++) found |= raw->value[b] > 0;
    return found;
}

/* A unit that would put the values outside 100 nm .. 1 mm is not what it says (files with broken words exist). */
static bool plausible(double largest, wavelength_unit unit) {
    const double nm = wavelength_to_nm(largest, unit);
    return nm >= 100 && nm <= 1e6;
}

static void settle_unit(cube *opened, raw_bands *raw) {
    double largest = 0;
    for (int b = 0; b < opened->n_bands; b++) largest = raw->value[b] > largest ? raw->value[b] : largest;
    raw->unit = wavelength_unit_parse(raw->word);
    if (raw->unit == UNIT_INDEX || plausible(largest, raw->unit)) return;
    raw->unit = wavelength_unit_guess(largest);
    if (raw->word)
        cube_warn(opened, "the wavelength unit '%.20s' does not fit the values; %s are assumed", raw->word,
                  wavelength_unit_word(raw->unit));
    else
        cube_warn(opened, "the wavelengths have no unit; %s are assumed", wavelength_unit_word(raw->unit));
}

static void describe_generic(cube *opened, bool have_wavelengths) {
    const size_t n = (size_t)opened->n_bands;
    raw_bands raw = {calloc(n, sizeof(double)), calloc(n, sizeof(double)), UNIT_UNKNOWN, NULL};
    if (raw.value && raw.width) {
        const bool in_bands = gather_from_bands(opened, &raw);
        const bool found = gather_from_dataset(opened, &raw, in_bands);
        if (!have_wavelengths && found) {
            settle_unit(opened, &raw);
            for (size_t b = 0; b < n; b++) {
                opened->wavelength_nm[b] = wavelength_to_nm(raw.value[b], raw.unit);
                opened->fwhm_nm[b] = wavelength_width_to_nm(raw.width[b], raw.value[b], raw.unit);
            }
        }
    }
    free(raw.value);
    free(raw.width);
}

void cube_describe_bands(cube *opened) {
    const bool found = cube_describe_stac(opened) || describe_imagery(opened);
    /* bad bands may stand beside wavelengths of any style */
    describe_generic(opened, found);
    int n_missing = 0;
    for (int b = 0; b < opened->n_bands; b++) n_missing += !(opened->wavelength_nm[b] > 0);
    if (n_missing == opened->n_bands)
        cube_warn(opened, "the cube has no wavelengths");
    else if (n_missing)
        cube_warn(opened, "%d of %d bands have no wavelength", n_missing, opened->n_bands);
}
