/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file knobs.h  What can be turned without training anew: one table for scenes, open options and VRT arguments. */
#ifndef WSNET_KNOBS_H
#define WSNET_KNOBS_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** As in wsnet_session_options. */
typedef struct knobs {
    double weak_bias, detection_level, least_confidence;
} knobs;

typedef struct knob {
    const char *name;   /**< "weak_bias"; in capitals as an open option */
    size_t offset;      /**< in knobs */
    double least, most; /**< its range; 0 leaves it alone */
} knob;

enum { N_KNOBS = 3 };
extern const knob knob_table[N_KNOBS];

/** @return the row of a name, whatever its case, or NULL */
const knob *knob_find(const char *name);
double knob_get(const knob *row, const knobs *from);
/** Takes a number. @return false with one sentence that begins with what, "the argument" or "the scene's" or "",
 *  where it is out of its range */
bool knob_set(const knob *row, const char *what, double value, knobs *into, char error[1024]);
/** The same of a text. */
bool knob_parse(const knob *row, const char *what, const char *text, knobs *into, char error[1024]);

#ifdef __cplusplus
}
#endif

#endif
