/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file sentence.h  Failures as one sentence in a caller's buffer. */
#ifndef WSNET_SENTENCE_H
#define WSNET_SENTENCE_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { SENTENCE_SIZE = 1024 };

/** Writes a sentence. @return false, so that a caller can return it */
bool sentence(char error[1024], const char *format, ...) __attribute__((format(printf, 2, 3)));
/** The same, followed by what GDAL said last where that is about files and not about what is in them. */
bool sentence_gdal(char error[1024], const char *format, ...) __attribute__((format(printf, 2, 3)));
/** Silences GDAL's own messages in this thread until sentence_loud(); its last message stays readable. */
void sentence_quiet(void);
void sentence_loud(void);

#ifdef __cplusplus
}
#endif
#endif
