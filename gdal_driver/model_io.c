/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model_io.h"

#include <cpl_conv.h>
#include <cpl_multiproc.h>
#include <cpl_vsi.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "file_bytes.h"
#include "model_path.h"
#include "scene_path.h"
#include "sentence.h"

enum { MODEL_LIMIT = 256 << 20, IDLE_LIMIT = 4, FRESH_SECONDS = 3 };

struct shared_model {
    char *path;
    uint64_t size;
    int64_t modified;
    bool fresh; /**< loaded so soon after its change that a second change could have the same time */
    char digest[65];
    size_t n_users;
    unsigned long long last_use;
    wsnet_model *model;
    wsnet_context *context; /**< whose allocator the model uses */
    shared_model *next;
};

static CPLMutex *cache_mutex;
static shared_model *cache;
static unsigned long long cache_clock;

static void lock(void) { CPLCreateOrAcquireMutex(&cache_mutex, 1000.0); }
static void unlock(void) { CPLReleaseMutex(cache_mutex); }

const wsnet_model *model_get(const shared_model *shared) { return shared->model; }

static void destroy(shared_model *shared) {
    wsnet_model_destroy(shared->model);
    wsnet_context_destroy(shared->context);
    free(shared->path);
    free(shared);
}

/* Takes entries without users out of the list, oldest first, until at most n_kept are left. Lock held. */
static void drop_idle(size_t n_kept) {
    for (;;) {
        size_t n_idle = 0;
        shared_model **oldest = NULL;
        for (shared_model **at = &cache; *at; at = &(*at)->next) {
            if ((*at)->n_users) continue;
            n_idle++;
            if (!oldest || (*at)->last_use < (*oldest)->last_use) oldest = at;
        }
        if (n_idle <= n_kept || !oldest) return;
        shared_model *dropped = *oldest;
        *oldest = dropped->next;
        destroy(dropped);
    }
}

void model_cache_clear(void) {
    lock();
    drop_idle(0);
    unlock();
}

static bool load(shared_model *shared, const char *bytes, size_t n_bytes, char error[1024]) {
    shared->context = wsnet_context_create(NULL);
    if (!shared->context) return sentence(error, "memory is out");
    if (wsnet_model_load(shared->context, bytes, n_bytes, &shared->model) != WSNET_OK)
        return sentence(error, "the model '%s' cannot be used: %s", shared->path, wsnet_context_error(shared->context));
    wsnet_sha256(bytes, n_bytes, shared->digest);
    return true;
}

/* Whether a cached model is still what the file holds. Lock held. */
static bool is_current(const shared_model *shared, const char *path, uint64_t size, int64_t modified) {
    if (strcmp(shared->path, path) != 0 || shared->size != size || shared->modified != modified) return false;
    if (!shared->fresh) return true;
    char error[SENTENCE_SIZE], digest[65];
    size_t n_bytes;
    char *bytes = file_read(path, "model", MODEL_LIMIT, &n_bytes, error);
    if (!bytes) return false;
    wsnet_sha256(bytes, n_bytes, digest);
    VSIFree(bytes);
    return strcmp(digest, shared->digest) == 0;
}

static shared_model *load_new(const char *path, uint64_t size, int64_t modified, char error[1024]) {
    size_t n_bytes;
    char *bytes = file_read(path, "model", MODEL_LIMIT, &n_bytes, error);
    if (!bytes) return NULL;
    shared_model *shared = calloc(1, sizeof *shared);
    bool good = shared && (shared->path = strdup(path));
    if (!good) sentence(error, "memory is out");
    if (good) {
        shared->size = size;
        shared->modified = modified;
        shared->fresh = (int64_t)time(NULL) - modified < FRESH_SECONDS;
        good = load(shared, bytes, n_bytes, error);
    }
    VSIFree(bytes);
    if (good) return shared;
    if (shared) destroy(shared);
    return NULL;
}

static shared_model *acquire_locked(const char *path, char error[1024]) {
    uint64_t size;
    int64_t modified;
    if (!file_stat(path, &size, &modified)) {
        sentence(error, "the model '%s' does not exist or is not a file", path);
        return NULL;
    }
    shared_model *found = cache;
    while (found && !is_current(found, path, size, modified)) found = found->next;
    if (!found) {
        found = load_new(path, size, modified, error);
        if (!found) return NULL;
        found->next = cache;
        cache = found;
    }
    found->n_users++;
    found->last_use = ++cache_clock;
    drop_idle(IDLE_LIMIT);
    return found;
}

shared_model *model_acquire(const char *path, char error[1024]) {
    if (!path || !path[0]) {
        sentence(error, "no model is named");
        return NULL;
    }
    if (!model_path_allowed(path, error)) return NULL;
    char *absolute = scene_path_absolute(path);
    if (!absolute) {
        sentence(error, "memory is out");
        return NULL;
    }
    lock();
    shared_model *shared = acquire_locked(absolute, error);
    unlock();
    free(absolute);
    return shared;
}

void model_release(shared_model *shared) {
    if (!shared) return;
    lock();
    shared->n_users--;
    drop_idle(IDLE_LIMIT);
    unlock();
}
