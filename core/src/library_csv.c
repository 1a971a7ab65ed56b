/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Spectral libraries as CSV (RFC 4180, with commas, semicolons or tabs between cells): a header with the names, then
 * one row a band. Lines that are blank or begin with # are skipped. */
#include <math.h>
#include <string.h>

#include "library.h"
#include "text.h"

/** Where reading stands. A cell's text is a view of the file, or of `unquoted` when it had doubled quotes. */
typedef struct csv_reader {
    wsnet_context *context;
    const char *text;
    size_t n_bytes, at, line;
    char separator;
    const char *cell;
    size_t n_cell;
    bool last; /**< the cell ended its row */
    char unquoted[2 * WSNET_MAX_NAME];
} csv_reader;

static int peek(const csv_reader *r) { return r->at < r->n_bytes ? (unsigned char)r->text[r->at] : -1; }

/* Steps over a line end: LF, CR LF or a lone CR. */
static void step_line(csv_reader *r) {
    if (peek(r) == '\r') r->at++;
    if (peek(r) == '\n') r->at++;
    r->line++;
}

static bool at_line_end(const csv_reader *r) { return peek(r) == -1 || peek(r) == '\n' || peek(r) == '\r'; }

/* Moves to the next line with content. Returns false at the end of the file. */
static bool next_row(csv_reader *r) {
    for (;;) {
        const size_t begin = r->at;
        if (peek(r) == '#')
            while (!at_line_end(r)) r->at++;
        while (peek(r) == ' ' || (peek(r) == '\t' && r->separator != '\t')) r->at++;
        if (peek(r) == -1) return false;
        if (!at_line_end(r)) {
            r->at = begin;
            return true;
        }
        step_line(r);
    }
}

static wsnet_status read_quoted(csv_reader *r) {
    const size_t line = r->line, begin = ++r->at;
    size_t n = 0;
    bool doubled = false;
    for (;; r->at++) {
        const int c = peek(r);
        if (c == -1) return context_fail(r->context, WSNET_E_FORMAT, "line %zu: a quoted cell does not end", line);
        if (c == '"') {
            if (r->at + 1 >= r->n_bytes || r->text[r->at + 1] != '"') break;
            doubled = true;
            r->at++;
        }
        if (c == '\n') r->line++;
        if (n < sizeof r->unquoted) r->unquoted[n] = (char)c;
        n++;
    }
    if (doubled && n > sizeof r->unquoted)
        return context_fail(r->context, WSNET_E_FORMAT, "line %zu: a quoted cell is too long", line);
    r->cell = doubled ? r->unquoted : r->text + begin;
    r->n_cell = n;
    r->at++;
    while (peek(r) == ' ') r->at++;
    if (at_line_end(r) || peek(r) == r->separator) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT, "line %zu: there is more behind a quoted cell", line);
}

/* Reads one cell, spaces around it cut off, and steps over what ends it. */
static wsnet_status read_cell(csv_reader *r) {
    while (peek(r) == ' ') r->at++;
    if (peek(r) == '"') {
        const wsnet_status status = read_quoted(r);
        if (status) return status;
    } else {
        const size_t begin = r->at;
        while (!at_line_end(r) && peek(r) != r->separator) r->at++;
        size_t end = r->at;
        while (end > begin && r->text[end - 1] == ' ') end--;
        r->cell = r->text + begin;
        r->n_cell = end - begin;
    }
    r->last = at_line_end(r);
    if (!r->last)
        r->at++;
    else if (peek(r) != -1)
        step_line(r);
    return WSNET_OK;
}

/* The separator that the header has most of, outside quotes. */
static char guess_separator(const csv_reader *header) {
    static const char candidates[] = {',', ';', '\t'};
    size_t counts[3] = {0}, best = 0;
    bool quoted = false;
    for (csv_reader r = *header; quoted ? peek(&r) != -1 : !at_line_end(&r); r.at++) {
        if (peek(&r) == '"') quoted = !quoted;
        for (size_t i = 0; i < 3; i++) counts[i] += !quoted && peek(&r) == candidates[i];
    }
    for (size_t i = 1; i < 3; i++)
        if (counts[i] > counts[best]) best = i;
    return candidates[best];
}

/* ---- header --------------------------------------------------------------------------------------------- */

/** What the columns are. */
typedef struct csv_columns {
    size_t n_spectra;
    bool has_fwhm, is_index; /**< the first column counts bands: there are no wavelengths */
    library_unit unit;
} csv_columns;

static bool is_letter(char c) { return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z'); }

/* Whether a word, case aside, begins anywhere in the cell and, when whole, also ends there: the um of wavelength_um,
 * not that of spectrum. */
static bool cell_has(const csv_reader *r, const char *word, bool whole) {
    const size_t n = strlen(word);
    for (size_t i = 0; i + n <= r->n_cell; i++) {
        size_t j = 0;
        while (j < n && (r->cell[i + j] | 0x20) == (word[j] | 0x20)) j++;
        const bool begins = i == 0 || !is_letter(r->cell[i - 1]);
        const bool ends = i + n == r->n_cell || !is_letter(r->cell[i + n]);
        if (j == n && begins && (ends || !whole)) return true;
    }
    return false;
}

static bool cell_is(const csv_reader *r, const char *word) {
    return r->n_cell == strlen(word) && cell_has(r, word, true);
}

static wsnet_status read_first_column(csv_reader *r, csv_columns *columns) {
    double number;
    const size_t line = r->line;
    const wsnet_status status = read_cell(r);
    if (status) return status;
    if (text_to_double(r->cell, r->n_cell, &number))
        return context_fail(r->context, WSNET_E_FORMAT,
                            "line %zu: a header as wavelength_nm,name,... is expected where a number stands", line);
    columns->is_index = cell_is(r, "band") || cell_is(r, "index") || cell_is(r, "band index");
    if (cell_has(r, "um", true) || cell_has(r, "\xc2\xb5m", true) || cell_has(r, "\xce\xbcm", true) ||
        cell_has(r, "micro", false))
        columns->unit = LIBRARY_UNIT_UM;
    else if (cell_has(r, "nm", true) || cell_has(r, "nano", false))
        columns->unit = LIBRARY_UNIT_NM;
    return WSNET_OK;
}

/* Counts the columns; with a library, also sets its names. */
static wsnet_status read_header(csv_reader *r, csv_columns *columns, wsnet_library *library) {
    const size_t line = r->line;
    wsnet_status status = read_first_column(r, columns);
    columns->n_spectra = 0;
    for (size_t column = 2; !status && !r->last; column++) {
        status = read_cell(r);
        if (status) break;
        if (column == 2 && (cell_is(r, "fwhm") || cell_is(r, "fwhm_nm") || cell_is(r, "fwhm_um"))) {
            columns->has_fwhm = true;
            continue;
        }
        if (library && !library_set_name(library, columns->n_spectra, r->cell, r->n_cell))
            status = context_fail(r->context, WSNET_E_FORMAT,
                                  "line %zu: the name in column %zu is not 1 to %d bytes of UTF-8 text", line, column,
                                  WSNET_MAX_NAME - 1);
        columns->n_spectra++;
    }
    if (!status && columns->n_spectra == 0)
        status = context_fail(r->context, WSNET_E_FORMAT, "line %zu: the header names no spectrum", line);
    return status;
}

/* ---- rows ----------------------------------------------------------------------------------------------- */

static wsnet_status read_number(csv_reader *r, size_t line, size_t column, double *value) {
    const wsnet_status status = read_cell(r);
    if (status) return status;
    if (r->n_cell == 0)
        return context_fail(r->context, WSNET_E_FORMAT, "line %zu: the value in column %zu is missing", line, column);
    const int shown = r->n_cell < 40 ? (int)r->n_cell : 40;
    if (!text_is_clean(r->cell, r->n_cell, false))
        return context_fail(r->context, WSNET_E_FORMAT, "line %zu: column %zu is not a number", line, column);
    if (!text_to_double(r->cell, r->n_cell, value) || !isfinite((float)*value))
        return context_fail(r->context, WSNET_E_FORMAT, "line %zu: '%.*s' in column %zu is not a number", line, shown,
                            r->cell, column);
    return WSNET_OK;
}

static wsnet_status read_bands(csv_reader *r, const csv_columns *columns, size_t n_columns, size_t band,
                               wsnet_library *library) {
    const size_t line = r->line, n_before = columns->has_fwhm ? 2 : 1;
    for (size_t column = 1; column <= n_columns; column++) {
        double value = 0;
        if (column > 1 && r->last)
            return context_fail(r->context, WSNET_E_FORMAT, "line %zu has %zu cells where the header has %zu", line,
                                column - 1, n_columns);
        const wsnet_status status = read_number(r, line, column, &value);
        if (status) return status;
        if (column <= n_before && !(value >= 0))
            return context_fail(r->context, WSNET_E_FORMAT, "line %zu: a wavelength or width of %g", line, value);
        if (column == 1)
            library->wavelength_nm[band] = columns->is_index ? 0 : value;
        else if (column <= n_before)
            library->fwhm_nm[band] = value;
        else
            library->spectra[(column - n_before - 1) * library->n_bands + band] = (float)value;
    }
    if (r->last) return WSNET_OK;
    return context_fail(r->context, WSNET_E_FORMAT, "line %zu has more cells than the header, which has %zu", line,
                        n_columns);
}

/* Counts rows as next_row() and read_cell() will see them. */
static wsnet_status count_rows(csv_reader r, size_t *n) {
    for (*n = 0; next_row(&r); ++*n) do {
            const wsnet_status status = read_cell(&r);
            if (status) return status;
        } while (!r.last);
    return WSNET_OK;
}

static wsnet_status parse(csv_reader *r, wsnet_library **library) {
    csv_columns columns = {0, false, false, LIBRARY_UNIT_UNKNOWN};
    size_t n_bands = 0;
    if (!next_row(r)) return context_fail(r->context, WSNET_E_FORMAT, "the library's file is empty");
    r->separator = guess_separator(r);
    csv_reader measuring = *r;
    wsnet_status status = read_header(&measuring, &columns, NULL);
    if (!status) status = count_rows(measuring, &n_bands);
    if (!status) status = library_allocate(r->context, columns.n_spectra, n_bands, library);
    if (!status) status = read_header(r, &columns, *library);
    const size_t n_columns = columns.n_spectra + (columns.has_fwhm ? 2 : 1);
    for (size_t band = 0; !status && band < n_bands; band++) {
        next_row(r);
        status = read_bands(r, &columns, n_columns, band, *library);
    }
    if (!status) library_convert_unit(r->context, *library, columns.unit);
    return status;
}

wsnet_status wsnet_library_parse_csv(wsnet_context *context, const char *text, size_t n_bytes,
                                     wsnet_library **library) {
    CONTEXT_REQUIRE(context, text);
    CONTEXT_REQUIRE(context, library);
    csv_reader r = {.context = context, .text = text, .n_bytes = n_bytes, .line = 1, .separator = ','};
    if (n_bytes >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) r.at = 3;
    wsnet_library *made = NULL;
    const wsnet_status status = parse(&r, &made);
    if (status)
        wsnet_library_destroy(made);
    else
        *library = made;
    return status;
}
