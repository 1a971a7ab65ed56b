/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file wavelength_unit.h  Words for units of wavelength. */
#ifndef WSNET_WAVELENGTH_UNIT_H
#define WSNET_WAVELENGTH_UNIT_H

typedef enum wavelength_unit {
    UNIT_UNKNOWN, /**< no word, or one that says nothing: guessed from the values */
    UNIT_NANOMETRE,
    UNIT_MICROMETRE,
    UNIT_MILLIMETRE,
    UNIT_METRE,
    UNIT_ANGSTROM,
    UNIT_WAVENUMBER, /**< per centimetre */
    UNIT_GIGAHERTZ,
    UNIT_MEGAHERTZ,
    UNIT_INDEX, /**< band numbers, not wavelengths */
} wavelength_unit;

wavelength_unit wavelength_unit_parse(const char *word);
/** @return 100 and above is nanometres, below is micrometres */
wavelength_unit wavelength_unit_guess(double largest_value);
/** @return the wavelength in nanometres, 0 when the unit cannot give one */
double wavelength_to_nm(double value, wavelength_unit unit);
/** @return a width (fwhm) in nanometres at a wavelength, both in the same unit */
double wavelength_width_to_nm(double width, double value, wavelength_unit unit);
const char *wavelength_unit_word(wavelength_unit unit);

#endif
