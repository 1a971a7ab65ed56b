/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any bytes as a sidecar. What is accepted has paths without "..", and is the same after it was written and read. */
#include <cpl_vsi.h>
#include <string.h>

#include "fuzz.h"
#include "scene.h"
#include "scene_path.h"

static void put(const char *path, const void *bytes, size_t n_bytes) {
    VSILFILE *file = VSIFOpenL(path, "wb");
    MUST(file && VSIFWriteL(bytes, 1, n_bytes, file) == n_bytes && VSIFCloseL(file) == 0);
}

static void round_trip(const scene *first) {
    char error[1024] = "";
    MUST(scene_write("/vsimem/fuzz/again.wsnet", first, error));
    scene *second = scene_read("/vsimem/fuzz/again.wsnet", error);
    MUST(second);
    char *path = scene_path_absolute(first->cube);
    MUST(strcmp(path, second->cube) == 0 || strcmp(first->cube, second->cube) == 0);
    MUST(first->method == second->method && first->bands == second->bands &&
         memcmp(&first->knobs, &second->knobs, sizeof first->knobs) == 0);
    free(path);
    scene_destroy(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n_bytes) {
    char error[1024] = "";
    put("/vsimem/fuzz/s.wsnet", bytes, n_bytes);
    scene *described = scene_read("/vsimem/fuzz/s.wsnet", error);
    if (described) {
        MUST(described->model[0] && described->cube[0] && described->bands);
        MUST(!scene_path_climbs(described->model) && !scene_path_climbs(described->cube));
        round_trip(described);
        scene_destroy(described);
    } else {
        MUST(error[0] && !strchr(error, '\n'));
    }
    return 0;
}
