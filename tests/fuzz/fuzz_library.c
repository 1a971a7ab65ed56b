/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a spectral library: an ENVI header up to the first NUL and its data behind, where they begin with ENVI;
 * CSV otherwise. */
#include <math.h>
#include <string.h>

#include "fuzz.h"
#include "wsnet.h"

/* Written as CSV it reads back the same. */
static void round_trip(wsnet_context *context, const wsnet_library *library) {
    char *text;
    size_t n_bytes;
    wsnet_library *again;
    MUST(wsnet_library_format_csv(context, library, &text, &n_bytes) == WSNET_OK && strlen(text) == n_bytes);
    MUST(wsnet_library_parse_csv(context, text, n_bytes, &again) == WSNET_OK);
    const size_t P = wsnet_library_n_spectra(library), B = wsnet_library_n_bands(library);
    MUST(wsnet_library_n_spectra(again) == P && wsnet_library_n_bands(again) == B);
    for (size_t i = 0; i < P * B; i++) MUST(wsnet_library_spectra(again)[i] == wsnet_library_spectra(library)[i]);
    for (size_t k = 0; k < P; k++) MUST(strcmp(wsnet_library_name(again, k), wsnet_library_name(library, k)) == 0);
    wsnet_library_destroy(again);
    wsnet_release(context, text);
}

static void use(wsnet_context *context, const wsnet_library *library) {
    static const double wavelength_nm[] = {420, 410, 500.5, 1000, 0.5};
    static const double fwhm_nm[] = {5, 0, 200, 1e-9, 1e9};
    const size_t P = wsnet_library_n_spectra(library);
    const char *names[] = {wsnet_library_name(library, P - 1)}, *unknown[] = {"\x01unknown"};
    wsnet_library *other;
    for (size_t n = 1; n <= 5; n++)
        if (wsnet_library_resample(context, library, n, wavelength_nm, fwhm_nm, &other) == WSNET_OK) {
            for (size_t i = 0; i < n * P; i++) MUST(!isnan(wsnet_library_spectra(other)[i]));
            wsnet_library_destroy(other);
        }
    MUST(wsnet_library_select(context, library, 1, names, &other) == WSNET_OK);
    wsnet_library_destroy(other);
    MUST(wsnet_library_select(context, library, 1, unknown, &other) == WSNET_E_ARGUMENT);
    if (wsnet_library_merge(context, library, library, &other) == WSNET_OK) {
        MUST(wsnet_library_n_spectra(other) == 2 * P);
        wsnet_library_destroy(other);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes) {
    wsnet_context *context = wsnet_context_create(NULL);
    wsnet_library *library = NULL;
    wsnet_status status;
    MUST(context);
    if (n_bytes >= 4 && memcmp(bytes, "ENVI", 4) == 0) {
        const uint8_t *end = memchr(bytes, 0, n_bytes);
        const size_t n_header = end ? (size_t)(end - bytes) : n_bytes, n_data = end ? n_bytes - n_header - 1 : 0;
        status = wsnet_library_parse_envi(context, (const char *)bytes, n_header, bytes + n_bytes - n_data, n_data,
                                          &library);
    } else {
        status = wsnet_library_parse_csv(context, (const char *)bytes, n_bytes, &library);
    }
    if (status == WSNET_OK) {
        round_trip(context, library);
        use(context, library);
        wsnet_library_destroy(library);
    } else {
        MUST(!library && wsnet_context_error(context)[0]);
    }
    wsnet_context_destroy(context);
    return 0;
}
