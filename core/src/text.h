/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file text.h  Text from outside, and numbers as text that do not change with the process's locale. */
#ifndef WSNET_TEXT_H
#define WSNET_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/** @return whether the bytes are valid UTF-8 (no overlong forms, no surrogates) without control characters, DEL and
 *  C1 included; tabs and line ends pass where allow_lines is set. */
bool text_is_clean(const char *text, size_t n_bytes, bool allow_lines);

enum { TEXT_NUMBER_SIZE = 40 };

/** Parses a decimal number that fills the whole range [text, text + n_bytes), spaces around it aside.
 *  @return false when it is not one; "nan" and "inf" are not */
bool text_to_double(const char *text, size_t n_bytes, double *value);
/** The same for an unsigned decimal integer up to limit; digits only. */
bool text_to_size(const char *text, size_t n_bytes, size_t limit, size_t *value);
/** Writes a finite number with the given significant digits (17 keep every bit). @return length */
size_t text_from_double(double value, int digits, char text[TEXT_NUMBER_SIZE]);

#endif
