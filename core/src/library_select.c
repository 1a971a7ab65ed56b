/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Libraries made of other libraries: a choice of spectra, or those of two. */
#include <stdio.h>
#include <string.h>

#include "library.h"

enum { N_NEAR = 3 };

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool contains(const char *text, const char *part) {
    for (; *text; text++) {
        size_t n = 0;
        while (part[n] && lower(text[n]) == lower(part[n])) n++;
        if (!part[n]) return true;
    }
    return false;
}

/* How unlike two names are: 0 where one contains the other, else the edits from one to the other (Levenshtein 1966),
 * case aside. */
static size_t unlikeness(const char *first, const char *second) {
    if (contains(first, second) || contains(second, first)) return 0;
    size_t costs[WSNET_MAX_NAME];
    const size_t n = strlen(second);
    for (size_t j = 0; j <= n; j++) costs[j] = j;
    for (size_t i = 1; *first; first++, i++) {
        size_t diagonal = costs[0];
        costs[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t best = diagonal + (lower(*first) != lower(second[j - 1]));
            if (costs[j] + 1 < best) best = costs[j] + 1;
            if (costs[j - 1] + 1 < best) best = costs[j - 1] + 1;
            diagonal = costs[j];
            costs[j] = best;
        }
    }
    return costs[n];
}

static wsnet_status fail_unknown(wsnet_context *context, const wsnet_library *library, const char *name) {
    char near_names[800] = "";
    size_t listed[N_NEAR], n_listed = 0;
    while (n_listed < N_NEAR && n_listed < library->n_spectra) {
        size_t best = SIZE_MAX, nearest = 0;
        for (size_t k = 0; k < library->n_spectra; k++) {
            bool known = false;
            for (size_t i = 0; i < n_listed; i++) known = known || listed[i] == k;
            const size_t unlike = known ? SIZE_MAX : unlikeness(name, library->names[k]);
            if (unlike < best) {
                best = unlike;
                nearest = k;
            }
        }
        const size_t used = strlen(near_names);
        snprintf(near_names + used, sizeof near_names - used, "%s'%s'", n_listed ? ", " : "", library->names[nearest]);
        listed[n_listed++] = nearest;
    }
    return context_fail(context, WSNET_E_ARGUMENT, "the library has no spectrum '%.100s'; near it are %s", name,
                        near_names);
}

static void copy_spectrum(wsnet_library *to, size_t index, const wsnet_library *from, size_t source) {
    memcpy(to->names[index], from->names[source], WSNET_MAX_NAME);
    memcpy(to->spectra + index * to->n_bands, from->spectra + source * from->n_bands,
           from->n_bands * sizeof *from->spectra);
}

static void copy_bands(wsnet_library *to, const wsnet_library *from) {
    memcpy(to->wavelength_nm, from->wavelength_nm, from->n_bands * sizeof *from->wavelength_nm);
    memcpy(to->fwhm_nm, from->fwhm_nm, from->n_bands * sizeof *from->fwhm_nm);
}

static size_t find(const wsnet_library *library, const char *name) {
    size_t k = 0;
    while (k < library->n_spectra && strcmp(library->names[k], name) != 0) k++;
    return k;
}

wsnet_status wsnet_library_select(wsnet_context *context, const wsnet_library *library, size_t n_names,
                                  const char *const *names, wsnet_library **selected) {
    CONTEXT_REQUIRE(context, library);
    CONTEXT_REQUIRE(context, names);
    CONTEXT_REQUIRE(context, selected);
    for (size_t i = 0; i < n_names; i++) {
        CONTEXT_REQUIRE(context, names[i]);
        if (find(library, names[i]) == library->n_spectra) return fail_unknown(context, library, names[i]);
    }
    wsnet_library *made;
    const wsnet_status status = library_allocate(context, n_names, library->n_bands, &made);
    if (status) return status;
    copy_bands(made, library);
    for (size_t i = 0; i < n_names; i++) copy_spectrum(made, i, library, find(library, names[i]));
    *selected = made;
    return WSNET_OK;
}

/* Gives spectrum `index` a name that none before it has: "clay (2)". */
static void make_name_unique(wsnet_library *library, size_t index) {
    char base[WSNET_MAX_NAME];
    memcpy(base, library->names[index], WSNET_MAX_NAME);
    for (size_t count = 2; find(library, library->names[index]) < index; count++) {
        char suffix[24];
        const size_t n_suffix = (size_t)snprintf(suffix, sizeof suffix, " (%zu)", count);
        size_t n_base = strlen(base);
        /* Cut before a whole UTF-8 character where the suffix would not fit. */
        if (n_base + n_suffix >= WSNET_MAX_NAME) n_base = WSNET_MAX_NAME - 1 - n_suffix;
        while (n_base && ((unsigned char)base[n_base] >> 6) == 2) n_base--;
        memset(library->names[index], 0, WSNET_MAX_NAME);
        memcpy(library->names[index], base, n_base);
        memcpy(library->names[index] + n_base, suffix, n_suffix);
    }
}

wsnet_status wsnet_library_merge(wsnet_context *context, const wsnet_library *first, const wsnet_library *second,
                                 wsnet_library **merged) {
    CONTEXT_REQUIRE(context, first);
    CONTEXT_REQUIRE(context, second);
    CONTEXT_REQUIRE(context, merged);
    wsnet_library *made = NULL, *fitted = NULL;
    wsnet_status status =
        wsnet_library_resample(context, second, first->n_bands, first->wavelength_nm, first->fwhm_nm, &fitted);
    if (!status) status = library_allocate(context, first->n_spectra + second->n_spectra, first->n_bands, &made);
    if (!status) {
        copy_bands(made, first);
        for (size_t k = 0; k < first->n_spectra; k++) copy_spectrum(made, k, first, k);
        for (size_t k = 0; k < second->n_spectra; k++) {
            copy_spectrum(made, first->n_spectra + k, fitted, k);
            make_name_unique(made, first->n_spectra + k);
        }
        *merged = made;
    }
    wsnet_library_destroy(fitted);
    return status;
}
