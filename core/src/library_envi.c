/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ENVI spectral libraries: a text header of `key = value` and `key = {list}`, and an array of lines (spectra) by
 * samples (bands). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "library.h"
#include "text.h"

/** A piece of the header. */
typedef struct piece {
    const char *text;
    size_t n;
} piece;

typedef struct envi_header {
    wsnet_context *context;
    piece text;
    size_t samples, lines, offset;
    unsigned data_type, big_endian;
    double scale; /**< values are divided by it */
} envi_header;

static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

static piece trim(piece p) {
    while (p.n && is_space(p.text[0])) p.text++, p.n--;
    while (p.n && is_space(p.text[p.n - 1])) p.n--;
    return p;
}

/* Cuts what comes before the first `end` off, and steps over it. */
static piece take_until(piece *rest, char end) {
    const char *at = memchr(rest->text, end, rest->n);
    const piece taken = {rest->text, at ? (size_t)(at - rest->text) : rest->n};
    const size_t step = taken.n + (at != NULL);
    rest->text += step;
    rest->n -= step;
    return taken;
}

/* Compares without regard to case or to the number of spaces. */
static bool piece_is(piece p, const char *word) {
    size_t i = 0;
    for (; i < p.n && *word; word++) {
        const char c = p.text[i];
        if (c != *word && !(c >= 'A' && c <= 'Z' && c + 32 == *word)) return false;
        i++;
        while (*word == ' ' && i < p.n && p.text[i] == ' ') i++;
    }
    return i == p.n && !*word;
}

static bool piece_has(piece p, const char *word) {
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= p.n; i++)
        if (piece_is((piece){p.text + i, n}, word)) return true;
    return false;
}

/* The value of a key, braces taken off; a list in braces may run over lines. */
static bool find(const envi_header *header, const char *key, piece *value) {
    piece rest = header->text;
    while (rest.n) {
        piece after = rest, line = take_until(&rest, '\n');
        if (!memchr(line.text, '=', line.n)) continue;
        const piece name = trim(take_until(&after, '='));
        while (after.n && (after.text[0] == ' ' || after.text[0] == '\t')) after.text++, after.n--;
        if (after.n && after.text[0] == '{') {
            take_until(&after, '{');
            *value = trim(take_until(&after, '}'));
            rest = after;
        } else {
            *value = trim(take_until(&after, '\n'));
        }
        if (piece_is(name, key)) return true;
    }
    return false;
}

static wsnet_status get_size(const envi_header *header, const char *key, size_t fallback, size_t limit, size_t *value) {
    piece found;
    *value = fallback;
    if (!find(header, key, &found)) {
        if (fallback != SIZE_MAX) return WSNET_OK;
        return context_fail(header->context, WSNET_E_FORMAT, "the ENVI header has no '%s'", key);
    }
    if (text_to_size(found.text, found.n, limit, value)) return WSNET_OK;
    return context_fail(header->context, WSNET_E_FORMAT, "the ENVI header's '%s' is not a whole number up to %zu", key,
                        limit);
}

/* ---- data ----------------------------------------------------------------------------------------------- */

/* Bytes of a number of an ENVI data type; 0 where a spectrum cannot have it. */
static size_t number_size(unsigned data_type) {
    static const unsigned char sizes[16] = {[1] = 1, [2] = 2, [3] = 4, [4] = 4, [5] = 8, [12] = 2, [13] = 4};
    return data_type < 16 ? sizes[data_type] : 0;
}

static double get_number(const unsigned char *from, unsigned data_type, bool big_endian) {
    const size_t size = number_size(data_type);
    uint64_t bits = 0;
    for (size_t i = 0; i < size; i++) bits |= (uint64_t)from[i] << (8 * (big_endian ? size - 1 - i : i));
    const uint32_t bits32 = (uint32_t)bits;
    float single;
    double wide;
    memcpy(&single, &bits32, sizeof single);
    memcpy(&wide, &bits, sizeof wide);
    switch (data_type) {
    case 2:
        return (double)(int16_t)bits;
    case 3:
        return (double)(int32_t)bits;
    case 4:
        return (double)single;
    case 5:
        return wide;
    default:
        return (double)bits;
    }
}

static wsnet_status read_data(const envi_header *header, const unsigned char *data, wsnet_library *library) {
    const size_t size = number_size(header->data_type), n = header->lines * header->samples;
    data += header->offset;
    for (size_t i = 0; i < n; i++) {
        const double value = get_number(data + i * size, header->data_type, header->big_endian) / header->scale;
        if (!isfinite((float)value))
            return context_fail(header->context, WSNET_E_FORMAT, "the spectrum '%s' is not finite at band %zu",
                                library->names[i / header->samples], i % header->samples + 1);
        library->spectra[i] = (float)value;
    }
    return WSNET_OK;
}

static wsnet_status check_size(const envi_header *header, size_t n_data) {
    /* Limits keep the product within 64 bits. */
    const uint64_t n = (uint64_t)header->lines * header->samples * number_size(header->data_type);
    if (n_data < header->offset || n_data - header->offset < n)
        return context_fail(header->context, WSNET_E_FORMAT,
                            "the library is truncated: its ENVI header promises %llu bytes, the file has %zu",
                            (unsigned long long)n + header->offset, n_data);
    return WSNET_OK;
}

/* ---- header --------------------------------------------------------------------------------------------- */

static wsnet_status read_scale(envi_header *header) {
    piece found;
    header->scale = 1;
    if (find(header, "reflectance scale factor", &found)) {
        if (text_to_double(found.text, found.n, &header->scale) && header->scale > 0) return WSNET_OK;
        return context_fail(header->context, WSNET_E_FORMAT,
                            "the ENVI header's 'reflectance scale factor' is not a number above 0");
    }
    if (find(header, "z plot titles", &found) && piece_has(found, "*10000"))
        context_log(header->context, WSNET_LOG_WARNING,
                    "the library's plot titles speak of reflectance times 10000, but its header has no reflectance "
                    "scale factor: values are taken as they are");
    return WSNET_OK;
}

static wsnet_status read_layout(envi_header *header) {
    wsnet_context *context = header->context;
    piece found, rest = header->text;
    size_t bands, data_type, big_endian;
    if (!piece_is(trim(take_until(&rest, '\n')), "envi"))
        return context_fail(context, WSNET_E_FORMAT, "this is not an ENVI header: its first line is not ENVI");
    if (find(header, "file type", &found) && !piece_is(found, "envi spectral library"))
        return context_fail(context, WSNET_E_FORMAT, "the ENVI header's file type is not 'ENVI Spectral Library'");
    wsnet_status status = get_size(header, "samples", SIZE_MAX, LIBRARY_MAX_BANDS, &header->samples);
    if (!status) status = get_size(header, "lines", SIZE_MAX, LIBRARY_MAX_SPECTRA, &header->lines);
    if (!status) status = get_size(header, "bands", 1, LIBRARY_MAX_BANDS, &bands);
    if (!status) status = get_size(header, "header offset", 0, 1u << 30, &header->offset);
    if (!status) status = get_size(header, "data type", SIZE_MAX, 99, &data_type);
    if (!status) status = get_size(header, "byte order", 0, 1, &big_endian);
    if (status) return status;
    header->data_type = (unsigned)data_type;
    header->big_endian = (unsigned)big_endian;
    if (bands != 1)
        return context_fail(context, WSNET_E_FORMAT, "an ENVI spectral library has 1 band, this has %zu", bands);
    if (!number_size(header->data_type))
        return context_fail(context, WSNET_E_FORMAT, "the ENVI header's data type %zu is none of 1, 2, 3, 4, 5, 12, 13",
                            data_type);
    return read_scale(header);
}

/* Reads a list of as many numbers as there are bands; absent is fine. */
static wsnet_status read_numbers(const envi_header *header, const char *key, size_t n, double *numbers, bool *present) {
    piece list;
    *present = find(header, key, &list);
    for (size_t i = 0; *present && i < n; i++) {
        const piece item = trim(take_until(&list, ','));
        if (!text_to_double(item.text, item.n, &numbers[i]) || numbers[i] < 0)
            return context_fail(header->context, WSNET_E_FORMAT,
                                "the ENVI header's '%s' has no number >= 0 at place %zu of %zu", key, i + 1, n);
    }
    if (*present && trim(list).n)
        return context_fail(header->context, WSNET_E_FORMAT, "the ENVI header's '%s' has more than %zu numbers", key,
                            n);
    return WSNET_OK;
}

static wsnet_status read_wavelengths(const envi_header *header, wsnet_library *library) {
    bool present, has_fwhm;
    piece units = {"", 0};
    library_unit said = LIBRARY_UNIT_UNKNOWN;
    wsnet_status status = read_numbers(header, "wavelength", library->n_bands, library->wavelength_nm, &present);
    if (!status) status = read_numbers(header, "fwhm", library->n_bands, library->fwhm_nm, &has_fwhm);
    if (status) return status;
    find(header, "wavelength units", &units);
    if (piece_is(units, "micrometers") || piece_is(units, "um") || piece_is(units, "microns"))
        said = LIBRARY_UNIT_UM;
    else if (piece_is(units, "nanometers") || piece_is(units, "nm"))
        said = LIBRARY_UNIT_NM;
    else if (piece_is(units, "index") || piece_has(units, "hz") || piece_has(units, "wavenumber")) {
        if (present)
            context_log(header->context, WSNET_LOG_WARNING,
                        "the library's wavelength units are not lengths: it is used without wavelengths");
        memset(library->wavelength_nm, 0, library->n_bands * sizeof *library->wavelength_nm);
        memset(library->fwhm_nm, 0, library->n_bands * sizeof *library->fwhm_nm);
    }
    library_convert_unit(header->context, library, said);
    return WSNET_OK;
}

static wsnet_status read_names(const envi_header *header, wsnet_library *library) {
    piece list;
    const bool present = find(header, "spectra names", &list);
    for (size_t k = 0; k < library->n_spectra; k++) {
        char numbered[32];
        const piece made = {numbered, (size_t)snprintf(numbered, sizeof numbered, "spectrum %zu", k + 1)};
        const piece name = present ? trim(take_until(&list, ',')) : made;
        if (!library_set_name(library, k, name.text, name.n))
            return context_fail(
                header->context, WSNET_E_FORMAT,
                "the ENVI header's 'spectra names' have no name of 1 to %d bytes of UTF-8 text at place "
                "%zu of %zu",
                WSNET_MAX_NAME - 1, k + 1, library->n_spectra);
    }
    if (present && trim(list).n)
        return context_fail(header->context, WSNET_E_FORMAT, "the ENVI header has more than %zu spectra names",
                            library->n_spectra);
    return WSNET_OK;
}

wsnet_status wsnet_library_parse_envi(wsnet_context *context, const char *header, size_t n_header, const void *data,
                                      size_t n_data, wsnet_library **library) {
    CONTEXT_REQUIRE(context, header);
    CONTEXT_REQUIRE(context, data);
    CONTEXT_REQUIRE(context, library);
    envi_header parsed = {.context = context, .text = {header, n_header}};
    wsnet_library *made = NULL;
    wsnet_status status = read_layout(&parsed);
    if (!status) status = check_size(&parsed, n_data);
    if (!status) status = library_allocate(context, parsed.lines, parsed.samples, &made);
    if (!status) status = read_names(&parsed, made);
    if (!status) status = read_wavelengths(&parsed, made);
    if (!status) status = read_data(&parsed, data, made);
    if (status)
        wsnet_library_destroy(made);
    else
        *library = made;
    return status;
}
