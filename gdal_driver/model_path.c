/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model_path.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdlib.h>
#include <string.h>

#include "scene_path.h"
#include "sentence.h"

/* Local virtual file systems; every other one may reach the network, a pipe or a plugin. */
static bool is_local(const char *path) {
    static const char *const local[] = {"/vsimem/", "/vsizip/", "/vsitar/", "/vsigzip/", "/vsi7z/", "/vsisubfile/"};
    for (const char *at = path; (at = strstr(at, "/vsi")); at += 4) {
        bool known = false;
        for (size_t i = 0; i < sizeof local / sizeof *local; i++) known |= strncmp(at, local[i], strlen(local[i])) == 0;
        if (!known) return false;
    }
    return !strstr(path, "://");
}

/* Links followed where the system can. @return to be freed with free() */
static char *real_path(const char *path) {
#ifdef _WIN32
    return _fullpath(NULL, path, 0);
#else
    return realpath(path, NULL);
#endif
}

static bool is_inside(const char *path, const char *folder) {
    char *file = strncmp(path, "/vsi", 4) == 0 ? scene_path_absolute(path) : real_path(path);
    char *parent = strncmp(folder, "/vsi", 4) == 0 ? scene_path_absolute(folder) : real_path(folder);
    bool inside = false;
    if (file && parent && !scene_path_climbs(file)) {
        size_t length = strlen(parent);
        while (length > 0 && (parent[length - 1] == '/' || parent[length - 1] == '\\')) length--;
        inside = strncmp(file, parent, length) == 0 && (file[length] == '/' || file[length] == '\\');
    }
    free(file);
    free(parent);
    return inside;
}

bool model_path_allowed(const char *path, char error[1024]) {
    if (!is_local(path) && !CPLTestBool(CPLGetConfigOption("WSNET_ALLOW_NETWORK_MODELS", "NO")))
        return sentence(error, "the model '%s' is not a local file; WSNET_ALLOW_NETWORK_MODELS=YES would allow it",
                        path);
    const char *folder = CPLGetConfigOption("WSNET_ALLOWED_MODEL_DIR", NULL);
    if (folder && folder[0] && !is_inside(path, folder))
        return sentence(error, "the model '%s' is outside WSNET_ALLOWED_MODEL_DIR or does not exist", path);
    return true;
}
