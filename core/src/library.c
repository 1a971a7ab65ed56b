/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "library.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

static wsnet_library *lay_out(arena *block, size_t n_spectra, size_t n_bands) {
    wsnet_library layout;
    memset(&layout, 0, sizeof layout);
    wsnet_library *library = arena_take(block, 1, sizeof *library);
    layout.n_spectra = n_spectra;
    layout.n_bands = n_bands;
    layout.wavelength_nm = arena_take(block, n_bands, sizeof *layout.wavelength_nm);
    layout.fwhm_nm = arena_take(block, n_bands, sizeof *layout.fwhm_nm);
    layout.spectra = arena_take(block, n_spectra * n_bands, sizeof *layout.spectra);
    layout.names = arena_take(block, n_spectra, sizeof *layout.names);
    if (library) *library = layout;
    return library;
}

wsnet_status library_allocate(wsnet_context *context, size_t n_spectra, size_t n_bands, wsnet_library **library) {
    if (n_spectra < 1 || n_spectra > LIBRARY_MAX_SPECTRA)
        return context_fail(context, WSNET_E_SHAPE, "the library has %zu spectra: 1 to %d are possible", n_spectra,
                            LIBRARY_MAX_SPECTRA);
    if (n_bands < 1 || n_bands > LIBRARY_MAX_BANDS)
        return context_fail(context, WSNET_E_SHAPE, "the library has %zu bands: 1 to %d are possible", n_bands,
                            LIBRARY_MAX_BANDS);
    arena block = {NULL, 0, false};
    lay_out(&block, n_spectra, n_bands);
    block = (arena){context_allocate_zero(context, block.used, 1), 0, false};
    if (!block.base) return WSNET_E_MEMORY;
    *library = lay_out(&block, n_spectra, n_bands);
    (*library)->allocator = *context_allocator(context);
    return WSNET_OK;
}

bool library_set_name(wsnet_library *library, size_t index, const char *name, size_t n_bytes) {
    if (n_bytes < 1 || n_bytes >= WSNET_MAX_NAME || !text_is_clean(name, n_bytes, false)) return false;
    memset(library->names[index], 0, WSNET_MAX_NAME);
    memcpy(library->names[index], name, n_bytes);
    return true;
}

bool library_has_wavelengths(const wsnet_library *library) {
    for (size_t b = 0; b < library->n_bands; b++)
        if (!(library->wavelength_nm[b] > 0)) return false;
    return true;
}

void library_convert_unit(wsnet_context *context, wsnet_library *library, library_unit said) {
    double largest = 0;
    for (size_t b = 0; b < library->n_bands; b++) largest = fmax(largest, library->wavelength_nm[b]);
    if (largest <= 0) return;
    const library_unit looks = largest < 100 ? LIBRARY_UNIT_UM : LIBRARY_UNIT_NM;
    if (looks != said && !(said == LIBRARY_UNIT_UNKNOWN && looks == LIBRARY_UNIT_NM))
        context_log(context, WSNET_LOG_WARNING, "the library's wavelengths reach %g: they are taken as %s", largest,
                    looks == LIBRARY_UNIT_UM ? "micrometres" : "nanometres");
    if (looks == LIBRARY_UNIT_NM) return;
    for (size_t b = 0; b < library->n_bands; b++) {
        library->wavelength_nm[b] *= 1000;
        library->fwhm_nm[b] *= 1000;
    }
}

/* Checks and copies what the caller gives into a library of the right size. */
static wsnet_status fill(wsnet_context *context, wsnet_library *library, const char *const *names,
                         const double *wavelength_nm, const double *fwhm_nm, const float *spectra) {
    const size_t B = library->n_bands;
    for (size_t k = 0; k < library->n_spectra; k++) {
        if (!names[k] || !library_set_name(library, k, names[k], strlen(names[k])))
            return context_fail(context, WSNET_E_ARGUMENT,
                                "the name of spectrum %zu is not 1 to %d bytes of UTF-8 without control characters",
                                k + 1, WSNET_MAX_NAME - 1);
        for (size_t b = 0; b < B; b++)
            if (!isfinite(spectra[k * B + b]))
                return context_fail(context, WSNET_E_ARGUMENT, "the spectrum '%s' is not finite at band %zu", names[k],
                                    b + 1);
    }
    memcpy(library->spectra, spectra, library->n_spectra * B * sizeof *spectra);
    for (size_t b = 0; b < B; b++) {
        library->wavelength_nm[b] = wavelength_nm ? wavelength_nm[b] : 0;
        library->fwhm_nm[b] = fwhm_nm ? fwhm_nm[b] : 0;
        if (!(library->wavelength_nm[b] >= 0 && isfinite(library->wavelength_nm[b]) && library->fwhm_nm[b] >= 0 &&
              isfinite(library->fwhm_nm[b])))
            return context_fail(context, WSNET_E_ARGUMENT, "the wavelength or width of band %zu is not a number >= 0",
                                b + 1);
    }
    return WSNET_OK;
}

wsnet_status wsnet_library_create(wsnet_context *context, size_t n_spectra, size_t n_bands, const char *const *names,
                                  const double *wavelength_nm, const double *fwhm_nm, const float *spectra,
                                  wsnet_library **library) {
    CONTEXT_REQUIRE(context, names);
    CONTEXT_REQUIRE(context, spectra);
    CONTEXT_REQUIRE(context, library);
    wsnet_library *made;
    wsnet_status status = library_allocate(context, n_spectra, n_bands, &made);
    if (status) return status;
    status = fill(context, made, names, wavelength_nm, fwhm_nm, spectra);
    if (status)
        wsnet_library_destroy(made);
    else
        *library = made;
    return status;
}

void wsnet_library_destroy(wsnet_library *library) {
    if (library) library->allocator.release(library, library->allocator.user);
}

size_t wsnet_library_n_spectra(const wsnet_library *library) { return library->n_spectra; }
size_t wsnet_library_n_bands(const wsnet_library *library) { return library->n_bands; }

const char *wsnet_library_name(const wsnet_library *library, size_t index) {
    return index < library->n_spectra ? library->names[index] : NULL;
}

const double *wsnet_library_wavelength_nm(const wsnet_library *library) { return library->wavelength_nm; }
const float *wsnet_library_spectra(const wsnet_library *library) { return library->spectra; }
