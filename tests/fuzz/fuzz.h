/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file fuzz.h  A target of fuzzing, called by libFuzzer or by replay.c. It must survive any bytes; what a parser
 *  accepts must also hold together, or the target stops the process. */
#ifndef WSNET_FUZZ_H
#define WSNET_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes);

/** Stops where something that must hold does not. */
#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition);                              \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#endif
