/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wavelength_unit.h"

#include <cpl_port.h>
#include <math.h>
#include <stddef.h>

static const struct {
    const char *word;
    wavelength_unit unit;
} words[] = {
    {"nm", UNIT_NANOMETRE},
    {"nanometers", UNIT_NANOMETRE},
    {"nanometer", UNIT_NANOMETRE},
    {"nanometres", UNIT_NANOMETRE},
    {"nanometre", UNIT_NANOMETRE},
    {"um", UNIT_MICROMETRE},
    {"\xc2\xb5m", UNIT_MICROMETRE},
    {"\xce\xbcm", UNIT_MICROMETRE},
    {"\xb5m", UNIT_MICROMETRE},
    {"microns", UNIT_MICROMETRE},
    {"micron", UNIT_MICROMETRE},
    {"micrometers", UNIT_MICROMETRE},
    {"micrometer", UNIT_MICROMETRE},
    {"micrometres", UNIT_MICROMETRE},
    {"micrometre", UNIT_MICROMETRE},
    {"mm", UNIT_MILLIMETRE},
    {"millimeters", UNIT_MILLIMETRE},
    {"millimetres", UNIT_MILLIMETRE},
    {"m", UNIT_METRE},
    {"meters", UNIT_METRE},
    {"metres", UNIT_METRE},
    {"angstrom", UNIT_ANGSTROM},
    {"angstroms", UNIT_ANGSTROM},
    {"wavenumber", UNIT_WAVENUMBER},
    {"cm-1", UNIT_WAVENUMBER},
    {"1/cm", UNIT_WAVENUMBER},
    {"ghz", UNIT_GIGAHERTZ},
    {"mhz", UNIT_MEGAHERTZ},
    {"index", UNIT_INDEX},
};

wavelength_unit wavelength_unit_parse(const char *word) {
    if (!word) return UNIT_UNKNOWN;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (EQUAL(word, words[i].word)) return words[i].unit;
    return UNIT_UNKNOWN;
}

wavelength_unit wavelength_unit_guess(double largest_value) {
    return largest_value < 100 ? UNIT_MICROMETRE : UNIT_NANOMETRE;
}

/* nanometres a unit, for the units that are lengths */
static double length_nm(wavelength_unit unit) {
    switch (unit) {
    case UNIT_NANOMETRE:
        return 1;
    case UNIT_MICROMETRE:
        return 1e3;
    case UNIT_MILLIMETRE:
        return 1e6;
    case UNIT_METRE:
        return 1e9;
    case UNIT_ANGSTROM:
        return 0.1;
    default:
        return 0;
    }
}

/* wavelength times value, for the units that count waves: 10^7 nm a cm; c = 299792458 m/s */
static double wave_product(wavelength_unit unit) {
    switch (unit) {
    case UNIT_WAVENUMBER:
        return 1e7;
    case UNIT_GIGAHERTZ:
        return 299792458.0;
    case UNIT_MEGAHERTZ:
        return 299792458e3;
    default:
        return 0;
    }
}

double wavelength_to_nm(double value, wavelength_unit unit) {
    if (!(value > 0) || !isfinite(value)) return 0;
    const double nm = length_nm(unit) > 0 ? value * length_nm(unit) : wave_product(unit) / value;
    return isfinite(nm) ? nm : 0;
}

double wavelength_width_to_nm(double width, double value, wavelength_unit unit) {
    if (!(width > 0) || !isfinite(width)) return 0;
    if (length_nm(unit) > 0) return wavelength_to_nm(width, unit);
    /* |d(k / v)| = k / v^2 dv */
    return value > 0 ? wave_product(unit) / (value * value) * width : 0;
}

const char *wavelength_unit_word(wavelength_unit unit) {
    switch (unit) {
    case UNIT_NANOMETRE:
        return "nanometres";
    case UNIT_MICROMETRE:
        return "micrometres";
    default:
        return "unknown";
    }
}
