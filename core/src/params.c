/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "params.h"

#include <math.h>

#include "random.h"

typedef struct weight_row {
    const char *name;
    size_t rows, columns;
    weight_start start;
    double number;
} weight_row;

#define COUNT_ROW(name, rows, columns, start, number) +1
enum { N_WEIGHTS = 0 WEIGHT_TABLE(COUNT_ROW) };
#undef COUNT_ROW

typedef struct weight_table {
    weight_row rows[N_WEIGHTS];
} weight_table;

static weight_table make_table(const network_dims *d) {
#define TABLE_ROW(name, rows, columns, start, number) {#name, rows, columns, start, (double)(number)},
    const weight_table table = {{WEIGHT_TABLE(TABLE_ROW)}};
#undef TABLE_ROW
    return table;
}

bool weights_info(const network_dims *dims, size_t index, weight_info *info) {
    if (index >= N_WEIGHTS) return false;
    const weight_table table = make_table(dims);
    size_t offset = 0;
    for (size_t i = 0; i < index; i++) offset += table.rows[i].rows * table.rows[i].columns;
    const weight_row row = table.rows[index];
    const bool spectra = row.start == START_SPECTRA;
    *info = (weight_info){row.name, row.rows, row.columns, !spectra, spectra, offset};
    return true;
}

size_t weights_count(const network_dims *dims) {
    weight_info last;
    weights_info(dims, N_WEIGHTS - 1, &last);
    return last.offset + last.rows * last.columns;
}

static float start_value(weight_start start, double number, random_state *random) {
    switch (start) {
    case START_UNIFORM:
        return (float)((2 * random_uniform(random) - 1) / sqrt(number));
    case START_NORMAL:
        return (float)(number * random_normal(random));
    default:
        return (float)number;
    }
}

void weights_initialise(const network_dims *dims, unsigned long long seed, const float *endmembers, float *weights) {
    const weight_table table = make_table(dims);
    for (size_t index = 0; index < N_WEIGHTS; index++) {
        const weight_row row = table.rows[index];
        random_state random = random_create(seed, index); /* one stream a weight: their sizes do not shift the others */
        for (size_t i = 0; i < row.rows * row.columns; i++)
            *weights++ = row.start == START_SPECTRA ? endmembers[i] : start_value(row.start, row.number, &random);
    }
}
