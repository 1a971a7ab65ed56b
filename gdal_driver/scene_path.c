/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scene_path.h"

#include <cpl_conv.h>
#include <cpl_vsi.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_separator(char c) { return c == '/' || c == '\\'; }

bool scene_path_climbs(const char *path) {
    for (const char *at = path; (at = strstr(at, "..")); at += 2) {
        const bool begins = at == path || is_separator(at[-1]) || at[-1] == ':' || at[-1] == '"';
        const bool ends = at[2] == '\0' || is_separator(at[2]) || at[2] == '"' || at[2] == ':';
        if (begins && ends) return true;
    }
    return false;
}

static bool is_driver_name(const char *path) {
    const char *at = path;
    while (isalnum((unsigned char)*at) || *at == '_' || *at == '-') at++;
    return *at == ':' && at - path >= 2;
}

bool scene_path_is_absolute(const char *path) {
    if (is_separator(path[0]) || is_driver_name(path) || path[0] == '<') return true;
    return isalpha((unsigned char)path[0]) && path[1] == ':' && is_separator(path[2]);
}

static size_t folder_length(const char *path) {
    size_t length = strlen(path);
    while (length > 0 && !is_separator(path[length - 1])) length--;
    return length;
}

static char *join(const char *folder, size_t n_folder, const char *name) {
    const size_t n_name = strlen(name);
    char *joined = malloc(n_folder + n_name + 2);
    if (!joined) return NULL;
    memcpy(joined, folder, n_folder);
    if (n_folder > 0 && !is_separator(folder[n_folder - 1])) joined[n_folder++] = '/';
    memcpy(joined + n_folder, name, n_name + 1);
    return joined;
}

char *scene_path_resolve(const char *scene, const char *stored) {
    if (scene_path_is_absolute(stored)) return join("", 0, stored);
    while (stored[0] == '.' && is_separator(stored[1])) stored += 2;
    return join(scene, folder_length(scene), stored);
}

/* Takes "x/.." and "." out of a plain path: no links are followed. */
static void tidy(char *path) {
    if (strncmp(path, "/vsi", 4) == 0 || path[0] != '/') return;
    char *out = path;
    for (const char *at = path; *at;) {
        const char *end = at + 1 + strcspn(at + 1, "/");
        const size_t length = (size_t)(end - at);
        if (length == 3 && strncmp(at, "/..", 3) == 0) {
            while (out > path && *--out != '/') {}
        } else if (length > 1 && !(length == 2 && at[1] == '.')) {
            memmove(out, at, length);
            out += length;
        }
        at = end;
    }
    if (out == path) *out++ = '/';
    *out = '\0';
}

char *scene_path_absolute(const char *path) {
    VSIStatBufL status;
    const bool stands =
        scene_path_is_absolute(path) && (!is_driver_name(path) || VSIStatExL(path, &status, VSI_STAT_EXISTS_FLAG) != 0);
    char *folder = stands ? NULL : CPLGetCurrentDir();
    char *absolute = folder ? join(folder, strlen(folder), path) : join("", 0, path);
    CPLFree(folder);
    if (absolute) tidy(absolute);
    return absolute;
}

char *scene_path_relate(const char *scene, const char *path) {
    char *here = scene_path_absolute(scene), *there = scene_path_absolute(path);
    if (here && there) {
        const size_t folder = folder_length(here);
        if (folder > 1 && strncmp(here, there, folder) == 0 && there[folder] && !is_separator(there[folder])) {
            const char *rest = there + folder;
            char *relative = scene_path_is_absolute(rest) ? join(".", 1, rest) : join("", 0, rest);
            free(there);
            there = relative;
        }
    }
    free(here);
    return there;
}
