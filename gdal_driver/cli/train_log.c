/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "train_log.h"

#include <json-c/json.h>
#include <string.h>
#include <sys/resource.h>

#include "../atomic_file.h"

static double seconds(const struct timeval *time) { return (double)time->tv_sec + 1e-6 * (double)time->tv_usec; }

static double wall_seconds(const progress *since) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - since->start.tv_sec) + 1e-9 * (double)(now.tv_nsec - since->start.tv_nsec);
}

bool train_log_write(cli *run, const wsnet_model *model, const char *path) {
    char error[CLI_SENTENCE];
    struct rusage usage;
    struct json_object *root = json_object_new_object();
    if (getrusage(RUSAGE_SELF, &usage) == 0)
        json_object_object_add(root, "cpu_seconds",
                               json_object_new_double(seconds(&usage.ru_utime) + seconds(&usage.ru_stime)));
    json_object_object_add(root, "wall_seconds", json_object_new_double(wall_seconds(&run->progress)));
    json_object_object_add(root, "n_threads", json_object_new_int(run->n_threads));
    json_object_object_add(root, "model_sha256", json_object_new_string(wsnet_model_sha256(model)));
    const char *text = json_object_to_json_string_ext(root, JSON_C_TO_STRING_PRETTY);
    const bool written = atomic_write(path, text, strlen(text), error);
    if (!written) cli_fail(run, "%s", error);
    json_object_put(root);
    return written;
}
