/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "knobs.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <string.h>

#include "sentence.h"

const knob knob_table[N_KNOBS] = {
    {"weak_bias", offsetof(knobs, weak_bias), -20, 20},
    {"detection_level", offsetof(knobs, detection_level), 0, 1},
    {"least_confidence", offsetof(knobs, least_confidence), 0, 1},
};

const knob *knob_find(const char *name) {
    for (size_t i = 0; i < N_KNOBS; i++)
        if (EQUAL(name, knob_table[i].name)) return &knob_table[i];
    return NULL;
}

double knob_get(const knob *row, const knobs *from) {
    double value;
    memcpy(&value, (const char *)from + row->offset, sizeof value);
    return value;
}

bool knob_set(const knob *row, const char *what, double value, knobs *into, char error[1024]) {
    if (!(value >= row->least && value <= row->most))
        return sentence(error, "%s%s is not a number within [%g, %g]", what, row->name, row->least, row->most);
    memcpy((char *)into + row->offset, &value, sizeof value);
    return true;
}

bool knob_parse(const knob *row, const char *what, const char *text, knobs *into, char error[1024]) {
    char *end;
    const double value = CPLStrtod(text, &end);
    return knob_set(row, what, end == text || *end ? NAN : value, into, error);
}
