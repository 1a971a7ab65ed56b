/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file library.h  What a spectral library holds, for the files that read and change libraries. */
#ifndef WSNET_LIBRARY_H
#define WSNET_LIBRARY_H

#include "context.h"

enum { LIBRARY_MAX_SPECTRA = 16384, LIBRARY_MAX_BANDS = 65536 };

/** Arrays belong to the library; one block. */
struct wsnet_library {
    wsnet_allocator allocator;
    size_t n_spectra, n_bands;
    double *wavelength_nm; /**< [B] in the order of the file, 0 where unknown */
    double *fwhm_nm;       /**< [B] 0 where unknown */
    float *spectra;        /**< [P,B] */
    char (*names)[WSNET_MAX_NAME];
};

/** A library with cleared arrays; sizes are checked. */
wsnet_status library_allocate(wsnet_context *context, size_t n_spectra, size_t n_bands, wsnet_library **library);
/** Copies a name of n_bytes: 1 to WSNET_MAX_NAME - 1 bytes of UTF-8 without control characters. @return false if not */
bool library_set_name(wsnet_library *library, size_t index, const char *name, size_t n_bytes);
/** @return whether every band has a wavelength */
bool library_has_wavelengths(const wsnet_library *library);

typedef enum library_unit { LIBRARY_UNIT_UNKNOWN, LIBRARY_UNIT_NM, LIBRARY_UNIT_UM } library_unit;
/** Turns wavelengths (and widths) as read into nanometres. What is not said, or cannot be, is guessed from the
 *  largest wavelength (below 100: micrometres) and logged as a warning. */
void library_convert_unit(wsnet_context *context, wsnet_library *library, library_unit said);

#endif
