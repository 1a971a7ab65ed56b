/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The names of the library's choices, as the command line, the scene file and the model container write them. */
#include <stddef.h>
#include <string.h>

#include "wsnet.h"

typedef struct named_value {
    const char *name;
    int value;
} named_value;

static const named_value mixings[] = {{"linear", WSNET_MIXING_LINEAR}, {"scaled", WSNET_MIXING_SCALED}, {NULL, 0}};

static const named_value methods[] = {{"wsnet", WSNET_METHOD_WSNET},
                                      {"fcls", WSNET_METHOD_FCLS},
                                      {"nnls", WSNET_METHOD_NNLS},
                                      {"ucls", WSNET_METHOD_UCLS},
                                      {NULL, 0}};

static const named_value extractions[] = {{"auto", WSNET_EXTRACT_AUTO}, {"archetypes", WSNET_EXTRACT_ARCHETYPES},
                                          {"vca", WSNET_EXTRACT_VCA},   {"nfindr", WSNET_EXTRACT_NFINDR},
                                          {"atgp", WSNET_EXTRACT_ATGP}, {NULL, 0}};

static const named_value parts[] = {{"wavelet", WSNET_WITHOUT_WAVELET},
                                    {"ssm", WSNET_WITHOUT_SSM},
                                    {"wsa", WSNET_WITHOUT_WSA},
                                    {"gate", WSNET_WITHOUT_GATE},
                                    {"kl", WSNET_WITHOUT_KL},
                                    {"simulation", WSNET_WITHOUT_SIMULATION},
                                    {"classical", WSNET_WITHOUT_CLASSICAL},
                                    {NULL, 0}};

static int value_of(const named_value *table, const char *name) {
    for (; name && table->name; table++)
        if (strcmp(table->name, name) == 0) return table->value;
    return -1;
}

static const char *name_of(const named_value *table, int value) {
    for (; table->name; table++)
        if (table->value == value) return table->name;
    return NULL;
}

int wsnet_mixing_from_name(const char *name) { return value_of(mixings, name); }
int wsnet_method_from_name(const char *name) { return value_of(methods, name); }
int wsnet_extraction_from_name(const char *name) { return value_of(extractions, name); }
int wsnet_part_from_name(const char *name) { return value_of(parts, name); }

const char *wsnet_mixing_name(wsnet_mixing mixing) { return name_of(mixings, (int)mixing); }
const char *wsnet_method_name(wsnet_method method) { return name_of(methods, (int)method); }
const char *wsnet_extraction_name(wsnet_extraction extraction) { return name_of(extractions, (int)extraction); }
const char *wsnet_part_name(unsigned part) { return name_of(parts, (int)part); }

const char *wsnet_version(void) { return WSNET_VERSION; }
