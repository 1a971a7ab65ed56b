/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes a spectral library as the CSV that library_csv.c reads. */
#include <string.h>

#include "library.h"
#include "text.h"

/* The fewest digits that give the same number back: 17 always do for a double, 9 for a float. */
static size_t put_number(char *to, double value, int most, bool single) {
    double back = 0;
    for (int digits = 6;; digits++) {
        const size_t n = text_from_double(value, digits, to);
        if (digits >= most) return n;
        if (text_to_double(to, n, &back) && (single ? (float)back == (float)value : back == value)) return n;
    }
}

static size_t put_name(char *to, const char *name) {
    const bool quoted = strpbrk(name, ",;\"") || name[0] == ' ' || name[strlen(name) - 1] == ' ';
    size_t n = 0;
    if (quoted) to[n++] = '"';
    for (; *name; name++) {
        if (*name == '"') to[n++] = '"';
        to[n++] = *name;
    }
    if (quoted) to[n++] = '"';
    return n;
}

static size_t put_text(char *to, const char *text) {
    memcpy(to, text, strlen(text));
    return strlen(text);
}

static size_t put_band(char *to, const wsnet_library *library, size_t band, bool has_wavelengths, bool has_fwhm) {
    size_t n = put_number(to, has_wavelengths ? library->wavelength_nm[band] : (double)(band + 1), 17, false);
    if (has_fwhm) {
        to[n++] = ',';
        n += put_number(to + n, library->fwhm_nm[band], 17, false);
    }
    for (size_t k = 0; k < library->n_spectra; k++) {
        to[n++] = ',';
        n += put_number(to + n, (double)library->spectra[k * library->n_bands + band], 9, true);
    }
    to[n++] = '\n';
    return n;
}

wsnet_status wsnet_library_format_csv(wsnet_context *context, const wsnet_library *library, char **text,
                                      size_t *n_bytes) {
    CONTEXT_REQUIRE(context, library);
    CONTEXT_REQUIRE(context, text);
    CONTEXT_REQUIRE(context, n_bytes);
    /* Within the limits of a library these sizes fit 64 bits with room to spare. */
    const size_t header = (library->n_spectra + 1) * 2 * (WSNET_MAX_NAME + 2);
    const size_t row = (library->n_spectra + 3) * TEXT_NUMBER_SIZE;
    char *to = context_allocate(context, header + library->n_bands * row, 1);
    if (!to) return WSNET_E_MEMORY;
    const bool has_wavelengths = library_has_wavelengths(library);
    bool has_fwhm = has_wavelengths;
    for (size_t b = 0; b < library->n_bands; b++) has_fwhm = has_fwhm && library->fwhm_nm[b] > 0;
    size_t n = put_text(to, has_wavelengths ? "wavelength_nm" : "band");
    if (has_fwhm) n += put_text(to + n, ",fwhm_nm");
    for (size_t k = 0; k < library->n_spectra; k++) {
        to[n++] = ',';
        n += put_name(to + n, library->names[k]);
    }
    to[n++] = '\n';
    for (size_t b = 0; b < library->n_bands; b++) n += put_band(to + n, library, b, has_wavelengths, has_fwhm);
    to[n] = '\0';
    *text = to;
    *n_bytes = n;
    return WSNET_OK;
}
