/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "atomic_file.h"

#include <cpl_conv.h>
#include <cpl_multiproc.h>
#include <cpl_string.h>
#include <cpl_vsi.h>
#include <stdio.h>
#include <string.h>

#include "sentence.h"

/* The part of a file name that all files of one raster share, as GDAL sees it: up to the last dot. */
static size_t stem_length(const char *name) {
    const char *extension = strrchr(name, '.');
    return extension ? (size_t)(extension - name) : strlen(name);
}

/* A name without an extension gets none, and no dot that could be taken for one. */
char *atomic_temporary(const char *path) {
    static volatile int counter = 0;
    const char *name = CPLGetFilename(path);
    const size_t folder = (size_t)(name - path), stem = stem_length(name);
    const char *format = name[stem] ? "%.*s.%.*s.%llx-%d%s" : "%.*s%.*s~%llx-%d%s";
    const size_t size = strlen(path) + 64;
    char *temporary = CPLMalloc(size);
    VSIStatBufL status;
    do {
        snprintf(temporary, size, format, (int)folder, path, (int)stem, name,
                 (unsigned long long)CPLGetCurrentProcessID(), __atomic_add_fetch(&counter, 1, __ATOMIC_RELAXED),
                 name + stem);
    } while (VSIStatExL(temporary, &status, VSI_STAT_EXISTS_FLAG) == 0);
    return temporary;
}

/* Files do not replace one another by rename on every system. */
static bool replace(const char *from, const char *to) {
    if (VSIRename(from, to) == 0) return true;
    VSIStatBufL status;
    if (VSIStatExL(to, &status, VSI_STAT_EXISTS_FLAG | VSI_STAT_NATURE_FLAG) != 0 || VSI_ISDIR(status.st_mode))
        return false;
    return VSIUnlink(to) == 0 && VSIRename(from, to) == 0;
}

static bool write_bytes(const char *path, const void *bytes, size_t n_bytes) {
    VSILFILE *file = VSIFOpenL(path, "wb");
    if (!file) return false;
    const bool written = n_bytes == 0 || VSIFWriteL(bytes, 1, n_bytes, file) == n_bytes;
    const bool flushed = VSIFFlushL(file) == 0;
    return (VSIFCloseL(file) == 0) & written & flushed;
}

bool atomic_write(const char *path, const void *bytes, size_t n_bytes, char error[1024]) {
    char *temporary = atomic_temporary(path);
    sentence_quiet();
    const bool done = write_bytes(temporary, bytes, n_bytes) && replace(temporary, path);
    if (!done) VSIUnlink(temporary);
    sentence_loud();
    CPLFree(temporary);
    if (!done)
        return sentence(error, "'%s' cannot be written: the folder is missing, not writable, or the disk is full",
                        path);
    return true;
}

/* Calls each on every file beside temporary whose name starts with its stem; stops at the first failure. */
static bool for_each_file(const char *temporary, bool (*each)(const char *file, const char *rest, const void *user),
                          const void *user) {
    char *folder = CPLStrdup(CPLGetPath(temporary));
    const char *name = CPLGetFilename(temporary);
    const size_t stem = stem_length(name);
    char **files = VSIReadDir(folder[0] ? folder : ".");
    bool good = true;
    for (int i = 0; files && files[i] && good; i++) {
        if (strncmp(files[i], name, stem) != 0 || (files[i][stem] != '.' && files[i][stem] != '\0')) continue;
        char *file = CPLStrdup(CPLFormFilename(folder, files[i], NULL));
        good = each(file, files[i] + stem, user);
        CPLFree(file);
    }
    CSLDestroy(files);
    CPLFree(folder);
    return good;
}

static bool move_one(const char *file, const char *rest, const void *user) {
    const char *path = user;
    const size_t folder = (size_t)(CPLGetFilename(path) - path);
    const size_t stem = folder + stem_length(path + folder);
    const size_t size = stem + strlen(rest) + 1;
    char *target = CPLMalloc(size);
    snprintf(target, size, "%.*s%s", (int)stem, path, rest);
    const bool moved = replace(file, target);
    CPLFree(target);
    return moved;
}

static bool remove_one(const char *file, const char *rest, const void *user) {
    (void)rest;
    (void)user;
    VSIUnlink(file);
    return true;
}

static void remove_old_sidecars(const char *path) {
    static const char *const endings[] = {".aux.xml", ".ovr", ".msk"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char *sidecar = CPLStrdup(CPLSPrintf("%s%s", path, endings[i]));
        VSIUnlink(sidecar);
        CPLFree(sidecar);
    }
}

bool atomic_commit(const char *temporary, const char *path, char error[1024]) {
    sentence_quiet();
    remove_old_sidecars(path);
    const bool moved = for_each_file(temporary, move_one, path);
    sentence_loud();
    if (moved) return true;
    atomic_discard(temporary);
    return sentence(error, "'%s' cannot be written: renaming to it failed", path);
}

void atomic_discard(const char *temporary) {
    sentence_quiet();
    for_each_file(temporary, remove_one, NULL);
    sentence_loud();
}
