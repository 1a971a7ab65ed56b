/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sentence.h"

#include <cpl_error.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool sentence(char error[1024], const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, SENTENCE_SIZE, format, arguments);
    va_end(arguments);
    return false;
}

bool sentence_gdal(char error[1024], const char *format, ...) {
    char detail[512];
    snprintf(detail, sizeof detail, "%s", CPLGetLastErrorMsg());
    const int number = CPLGetLastErrorNo();
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error, SENTENCE_SIZE, format, arguments);
    va_end(arguments);
    const size_t used = strlen(error);
    const bool about_files = number == CPLE_OpenFailed || number == CPLE_FileIO || number == CPLE_OutOfMemory;
    if (about_files && detail[0] && !strchr(detail, '\n')) snprintf(error + used, SENTENCE_SIZE - used, ": %s", detail);
    return false;
}

void sentence_quiet(void) {
    CPLErrorReset();
    CPLPushErrorHandler(CPLQuietErrorHandler);
}

void sentence_loud(void) { CPLPopErrorHandler(); }
