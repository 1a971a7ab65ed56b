/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "file_bytes.h"

#include <cpl_error.h>
#include <cpl_vsi.h>
#include <string.h>

#include "sentence.h"

bool file_stat(const char *path, uint64_t *size, int64_t *modified) {
    VSIStatBufL status;
    memset(&status, 0, sizeof status);
    sentence_quiet();
    const int answer = VSIStatExL(path, &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG | VSI_STAT_SIZE_FLAG);
    sentence_loud();
    if (answer != 0 || !VSI_ISREG(status.st_mode)) return false;
    *size = (uint64_t)status.st_size;
    *modified = (int64_t)status.st_mtime;
    return true;
}

static char *read_open_file(VSILFILE *file, const char *path, const char *what, size_t size, char error[1024]) {
    char *bytes = VSIMalloc(size + 1);
    if (!bytes) {
        sentence(error, "memory is out: the %s '%s' has %zu bytes", what, path, size);
        return NULL;
    }
    if (VSIFReadL(bytes, 1, size, file) != size) {
        VSIFree(bytes);
        sentence(error, "the %s '%s' cannot be read to its end", what, path);
        return NULL;
    }
    bytes[size] = '\0';
    return bytes;
}

char *file_read(const char *path, const char *what, size_t limit, size_t *n_bytes, char error[1024]) {
    uint64_t size;
    int64_t modified;
    if (!file_stat(path, &size, &modified)) {
        sentence(error, "the %s '%s' does not exist or is not a file", what, path);
        return NULL;
    }
    if (size > limit) {
        sentence(error, "the %s '%s' has %llu bytes; at most %zu are read", what, path, (unsigned long long)size,
                 limit);
        return NULL;
    }
    sentence_quiet();
    VSILFILE *file = VSIFOpenL(path, "rb");
    sentence_loud();
    if (!file) {
        sentence(error, "the %s '%s' cannot be opened for reading", what, path);
        return NULL;
    }
    char *bytes = read_open_file(file, path, what, (size_t)size, error);
    VSIFCloseL(file);
    if (bytes) *n_bytes = (size_t)size;
    return bytes;
}
