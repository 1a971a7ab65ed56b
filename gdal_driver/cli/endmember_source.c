/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "endmember_source.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "library_fit.h"
#include "vector_spectra.h"

/* The Neyman-Pearson false alarm rate at which NWHFC is usually reported (Chang and Du 2004). */
static const double false_alarm = 1e-4;

const option endmember_options[] = {
    {OPTION_COUNT, "--endmembers", 'p', false, "P",
     "extract P endmembers from the cube (default: counted, 2 to 12; what HySime and NWHFC count is printed)",
     offsetof(endmember_request, count), 2, 1e6, NULL},
    {OPTION_TEXT, "--library", 'l', false, "FILE",
     "take them from a spectral library: CSV (wavelength_nm,name,...), ENVI .sli, or a model",
     offsetof(endmember_request, library), 0, 0, NULL},
    {OPTION_TEXT, "--select", 0, false, "NAME,...", "of the library, only these; quote names that hold a comma",
     offsetof(endmember_request, select), 0, 0, NULL},
    {OPTION_TEXT, "--spectra", 0, false, "VECTOR",
     "take the mean spectra of the polygons or points of any vector file that GDAL reads, one a name",
     offsetof(endmember_request, spectra), 0, 0, NULL},
    {OPTION_TEXT, "--name-field", 0, false, "F", "the field of VECTOR with the names (default: the first text field)",
     offsetof(endmember_request, name_field), 0, 0, NULL},
    {OPTION_CHOICE, "--extract", 0, false, "auto|archetypes|vca|nfindr|atgp",
     "how to extract them (default auto: several ways, the choice made without truth and printed)",
     offsetof(endmember_request, extract), 0, 0, wsnet_extraction_from_name},
    {OPTION_CHOICE, "--mixing", 0, false, "linear|scaled",
     "linear (default): abundance is the area fraction, for reflectance; scaled: endmembers at unit peak and free "
     "brightness, for uncalibrated or strongly shaded cubes",
     offsetof(endmember_request, mixing), 0, 0, wsnet_mixing_from_name},
    {OPTION_COUNT, "--seed", 's', false, "S",
     "start of the random numbers (default 1); the same seed gives the same bytes", offsetof(endmember_request, seed),
     0, 9007199254740992.0, NULL},
    {0},
};

void endmember_request_set_defaults(endmember_request *request) {
    request->extract = WSNET_EXTRACT_AUTO;
    request->mixing = WSNET_MIXING_LINEAR;
    request->seed = 1;
}

bool endmember_request_check(cli *run, const endmember_request *request) {
    const int n_sources = (request->count > 0) + (request->library != NULL) + (request->spectra != NULL);
    if (n_sources > 1) return cli_usage(run, "--endmembers, --library and --spectra exclude each other"), false;
    if (request->select && !request->library) return cli_usage(run, "--select needs --library"), false;
    if (request->name_field && !request->spectra) return cli_usage(run, "--name-field needs --spectra"), false;
    return true;
}

/* ---- from the cube alone -------------------------------------------------------------------------------- */

bool endmember_count(cli *run, const pixel_sample *sample, endmember_counts *counts) {
    progress_stage(&run->progress, "counting endmembers");
    const size_t n = sample->n_pixels, n_bands = sample->n_bands;
    if (wsnet_endmembers_count(run->context, n, n_bands, sample->pixels, false_alarm, &counts->hysime, &counts->nwhfc,
                               NULL) == WSNET_OK &&
        wsnet_endmembers_suggest(run->context, n, n_bands, sample->pixels, counts->nwhfc, &counts->growth_ratio,
                                 &counts->used) == WSNET_OK)
        return true;
    cli_fail_core(run);
    return false;
}

static bool choose_count(cli *run, const pixel_sample *sample, size_t *count) {
    endmember_counts counts = {0};
    if (!endmember_count(run, sample, &counts)) return false;
    *count = counts.used;
    cli_say(run, "Endmembers counted: HySime %zu, NWHFC %zu, growth ratio %zu; using %zu (-p P for another number)",
            counts.hysime, counts.nwhfc, counts.growth_ratio, counts.used);
    return true;
}

static bool check_count(cli *run, const pixel_sample *sample, uint64_t count) {
    if (count < 2) return cli_fail(run, "one endmember leaves nothing to unmix; at least two are needed"), false;
    if (count > sample->n_bands)
        return cli_fail(run, "%llu endmembers are more than the %zu bands that the cube has to tell them apart",
                        (unsigned long long)count, sample->n_bands),
               false;
    if (count > WSNET_MAX_ENDMEMBERS)
        return cli_fail(run, "%llu endmembers are too many; at most %d can be used", (unsigned long long)count,
                        WSNET_MAX_ENDMEMBERS),
               false;
    if (count > sample->n_pixels)
        return cli_fail(run, "%llu endmembers cannot be found in %zu usable pixels", (unsigned long long)count,
                        sample->n_pixels),
               false;
    return true;
}

static wsnet_library *name_extracted(cli *run, const pixel_sample *sample, size_t count, const float *spectra) {
    char names[WSNET_MAX_ENDMEMBERS][32];
    const char *pointers[WSNET_MAX_ENDMEMBERS];
    wsnet_library *library = NULL;
    for (size_t i = 0; i < count; i++) {
        snprintf(names[i], sizeof names[i], "endmember %zu", i + 1);
        pointers[i] = names[i];
    }
    if (wsnet_library_create(run->context, count, sample->n_bands, pointers, sample->wavelength_nm, sample->fwhm_nm,
                             spectra, &library) != WSNET_OK)
        cli_fail_core(run);
    return library;
}

static wsnet_library *extract(cli *run, const endmember_request *request, const pixel_sample *sample) {
    size_t count = (size_t)request->count;
    if (count == 0 && !choose_count(run, sample, &count)) return NULL;
    if (!check_count(run, sample, count)) return NULL;
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    options.method = (wsnet_extraction)request->extract;
    options.mixing = (wsnet_mixing)request->mixing;
    options.seed = request->seed;
    float *spectra = VSI_MALLOC3_VERBOSE(count, sample->n_bands, sizeof *spectra);
    if (!spectra) return cli_fail(run, "memory is out"), NULL;
    wsnet_library *library = NULL;
    if (wsnet_endmembers_extract(run->context, &options, sample->n_pixels, sample->n_bands, sample->pixels, count,
                                 spectra) != WSNET_OK)
        cli_fail_core(run);
    else
        library = name_extracted(run, sample, count, spectra);
    VSIFree(spectra);
    return library;
}

/* ---- checks --------------------------------------------------------------------------------------------- */

static double mean_of(const float *values, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += fabs((double)values[i]);
    return n ? sum / (double)n : 0;
}

/** The same library with every spectrum multiplied by one factor, or divided by its own peak where factor is 0. */
static wsnet_library *rescaled(cli *run, const wsnet_library *library, const pixel_sample *sample, double factor) {
    const size_t count = wsnet_library_n_spectra(library), n_bands = sample->n_bands;
    const char *names[WSNET_MAX_ENDMEMBERS];
    float *spectra = VSI_MALLOC3_VERBOSE(count, n_bands, sizeof *spectra);
    wsnet_library *scaled = NULL;
    if (!spectra) return cli_fail(run, "memory is out"), NULL;
    for (size_t i = 0; i < count; i++) {
        const float *source = wsnet_library_spectra(library) + i * n_bands;
        double peak = 0;
        for (size_t band = 0; band < n_bands; band++) peak = fmax(peak, fabs((double)source[band]));
        const double scale = factor > 0 ? factor : peak > 0 ? 1 / peak : 1;
        for (size_t band = 0; band < n_bands; band++) spectra[i * n_bands + band] = (float)(source[band] * scale);
        names[i] = wsnet_library_name(library, i);
    }
    if (wsnet_library_create(run->context, count, n_bands, names, sample->wavelength_nm, sample->fwhm_nm, spectra,
                             &scaled) != WSNET_OK)
        cli_fail_core(run);
    VSIFree(spectra);
    return scaled;
}

/** Warns of dangers. Brightness is free in the scaled model, so there the set is brought to the cube's level first. */
static bool check_set(cli *run, const endmember_request *request, const pixel_sample *sample,
                      const wsnet_library *library) {
    const size_t count = wsnet_library_n_spectra(library), n_bands = sample->n_bands;
    const double own = mean_of(wsnet_library_spectra(library), count * n_bands);
    const double level = mean_of(sample->pixels, sample->n_pixels * n_bands);
    const bool is_free = request->mixing == WSNET_MIXING_SCALED && own > 0 && level > 0;
    wsnet_library *levelled = is_free ? rescaled(run, library, sample, level / own) : NULL;
    if (is_free && !levelled) return false;
    const char *names[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < count; i++) names[i] = wsnet_library_name(library, i);
    wsnet_endmember_check found;
    const wsnet_status status =
        wsnet_endmembers_check(run->context, sample->n_pixels, n_bands, sample->pixels, count,
                               wsnet_library_spectra(levelled ? levelled : library), names, &found);
    wsnet_library_destroy(levelled);
    return status == WSNET_OK || (cli_fail_core(run), false);
}

/** Puts spectra from outside the cube at unit peak, as the scaled model wants them. */
static bool set_unit_peak(cli *run, const pixel_sample *sample, endmember_set *obtained) {
    wsnet_library *scaled = rescaled(run, obtained->library, sample, 0);
    if (!scaled) return false;
    wsnet_library_destroy(obtained->library);
    obtained->library = scaled;
    return true;
}

static wsnet_library *plausible_or_none(cli *run, wsnet_library *library, size_t n_bands) {
    for (size_t i = 0; library && i < wsnet_library_n_spectra(library); i++)
        if (spectrum_is_implausible(wsnet_library_spectra(library) + i * n_bands, n_bands)) {
            cli_fail(run, "'%s' is no spectrum: it has values above 1e15", wsnet_library_name(library, i));
            wsnet_library_destroy(library);
            library = NULL;
        }
    return library;
}

/** From a library or from places: without checks of the whole set. */
static void read_given(cli *run, const endmember_request *request, cube *opened, const pixel_sample *sample,
                       endmember_set *obtained) {
    if (request->library) {
        obtained->library = plausible_or_none(
            run, library_fitted(run, request->library, request->select, opened, sample), sample->n_bands);
        snprintf(obtained->origin, sizeof obtained->origin, "library %s", CPLGetFilename(request->library));
    } else {
        obtained->library = vector_spectra_read(run, request->spectra, request->name_field, opened, sample);
        snprintf(obtained->origin, sizeof obtained->origin, "places in %s", CPLGetFilename(request->spectra));
    }
}

bool endmember_set_obtain(cli *run, const endmember_request *request, cube *opened, const pixel_sample *sample,
                          endmember_set *obtained) {
    *obtained = (endmember_set){0};
    const bool blind = !request->library && !request->spectra;
    if (blind) {
        obtained->library = extract(run, request, sample);
        snprintf(obtained->origin, sizeof obtained->origin, "extracted (%s)",
                 wsnet_extraction_name((wsnet_extraction)request->extract));
    } else
        read_given(run, request, opened, sample, obtained);
    if (!obtained->library) return false;
    const bool fine = check_count(run, sample, wsnet_library_n_spectra(obtained->library)) &&
                      check_set(run, request, sample, obtained->library) &&
                      (blind || request->mixing != WSNET_MIXING_SCALED || set_unit_peak(run, sample, obtained));
    if (!fine) endmember_set_free(obtained);
    return fine;
}

/* ---- added to a model ----------------------------------------------------------------------------------- */

/** Known and new ones together, on the sample's bands. */
static wsnet_library *join(cli *run, const wsnet_model *model, const wsnet_library *added, const pixel_sample *sample) {
    const size_t n_known = wsnet_model_n_endmembers(model), n_added = wsnet_library_n_spectra(added);
    const size_t n_bands = sample->n_bands;
    const char *names[WSNET_MAX_ENDMEMBERS];
    for (size_t i = 0; i < n_known; i++) names[i] = wsnet_model_name(model, i);
    for (size_t i = 0; i < n_added; i++) {
        const char *name = names[n_known + i] = wsnet_library_name(added, i);
        for (size_t k = 0; k < n_known; k++)
            if (strcmp(names[k], name) == 0)
                return cli_fail(run, "the model has an endmember '%s' already", name), NULL;
    }
    float *spectra = VSI_MALLOC3_VERBOSE(n_known + n_added, n_bands, sizeof *spectra);
    if (!spectra) return cli_fail(run, "memory is out"), NULL;
    memcpy(spectra, wsnet_model_endmembers(model), n_known * n_bands * sizeof *spectra);
    memcpy(spectra + n_known * n_bands, wsnet_library_spectra(added), n_added * n_bands * sizeof *spectra);
    wsnet_library *joined = NULL;
    if (wsnet_library_create(run->context, n_known + n_added, n_bands, names, sample->wavelength_nm, sample->fwhm_nm,
                             spectra, &joined) != WSNET_OK)
        cli_fail_core(run);
    VSIFree(spectra);
    return joined;
}

bool endmember_set_add(cli *run, const endmember_request *request, const wsnet_model *model, cube *opened,
                       const pixel_sample *sample, endmember_set *obtained) {
    *obtained = (endmember_set){0};
    endmember_set added = {0};
    read_given(run, request, opened, sample, &added);
    if (!added.library) return false;
    const size_t count = wsnet_model_n_endmembers(model) + wsnet_library_n_spectra(added.library);
    const bool fine = check_count(run, sample, count) &&
                      (request->mixing != WSNET_MIXING_SCALED || set_unit_peak(run, sample, &added));
    if (fine) obtained->library = join(run, model, added.library, sample);
    memcpy(obtained->origin, added.origin, sizeof added.origin);
    endmember_set_free(&added);
    if (obtained->library && check_set(run, request, sample, obtained->library)) return true;
    endmember_set_free(obtained);
    return false;
}

void endmember_set_free(endmember_set *obtained) {
    wsnet_library_destroy(obtained->library);
    *obtained = (endmember_set){0};
}
