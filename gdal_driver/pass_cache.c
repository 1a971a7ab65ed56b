/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "pass_cache.h"

#include <cpl_conv.h>
#include <cpl_multiproc.h>
#include <stdlib.h>
#include <string.h>

#include "sentence.h"

/* Bytes that are kept, but never fewer than the last KEPT_ANYWAY windows: threads ask for different ones in turns. */
enum { CACHE_BYTES = 64 << 20, KEPT_ANYWAY = 2 };

typedef enum pass_state { PASS_BUSY, PASS_READY, PASS_FAILED } pass_state;

struct pass {
    pass_key key;
    pass_state state;
    size_t n_values, n_users;
    float *values;
    char error[SENTENCE_SIZE];
    pass *next; /**< the list is in order of use, last used first */
};

static CPLMutex *mutex;
static CPLCond *changed;
static pass *passes;

/* ---- key ------------------------------------------------------------------------------------------------ */

static inline uint64_t mix(uint64_t a, uint64_t b) {
    const unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Two lanes of folded 64x64 multiplications (the construction of wyhash). */
static void add_words(pass_key *key, uint64_t first, uint64_t second) {
    const uint64_t a = mix(key->half[0] ^ first ^ 0xa0761d6478bd642fu, second ^ 0x8ebc6af09c88c6e3u);
    key->half[1] = mix(key->half[1] ^ second ^ 0x589965cc75374cc3u, first ^ 0x1d8e4e27c47d124fu) + a;
    key->half[0] = a;
}

void pass_key_add(pass_key *key, const void *bytes, size_t n_bytes) {
    const unsigned char *at = bytes;
    pass_key local = *key;
    uint64_t word[2];
    size_t left = n_bytes;
    for (; left >= sizeof word; left -= sizeof word, at += sizeof word) {
        memcpy(word, at, sizeof word);
        add_words(&local, word[0], word[1]);
    }
    word[0] = word[1] = 0;
    memcpy(word, at, left);
    add_words(&local, word[0], word[1]);
    add_words(&local, n_bytes, 0xe7037ed1a0b428dbu);
    *key = local;
}

/* ---- cache ---------------------------------------------------------------------------------------------- */

static void destroy(pass *old) {
    free(old->values);
    free(old);
}

/* Frees passes that nobody uses, beyond a number of bytes and a number of passes. Lock held. */
static void trim(size_t n_bytes, size_t n_passes) {
    size_t bytes = 0, n = 0;
    for (pass **at = &passes; *at;) {
        pass *old = *at;
        bytes += old->n_values * sizeof(float);
        n++;
        if (old->n_users || (old->state == PASS_READY && (n <= n_passes || bytes <= n_bytes))) {
            at = &old->next;
            continue;
        }
        *at = old->next;
        bytes -= old->n_values * sizeof(float);
        n--;
        destroy(old);
    }
}

/* Takes a pass with this key to the front. Lock held. */
static pass *find(pass_key key, size_t n_values) {
    for (pass **at = &passes; *at; at = &(*at)->next) {
        pass *old = *at;
        if (old->state == PASS_FAILED || old->n_values != n_values || memcmp(&old->key, &key, sizeof key) != 0)
            continue;
        *at = old->next;
        old->next = passes;
        passes = old;
        return old;
    }
    return NULL;
}

static pass *make(pass_key key, size_t n_values) {
    pass *fresh = calloc(1, sizeof *fresh);
    if (!fresh) return NULL;
    fresh->key = key;
    fresh->n_values = n_values;
    fresh->values = malloc(n_values * sizeof(float));
    if (!fresh->values) {
        free(fresh);
        return NULL;
    }
    fresh->next = passes;
    passes = fresh;
    return fresh;
}

/* The computation runs without the lock; whoever wants the same answers waits for it. */
static void compute_unlocked(pass *fresh, pass_compute compute, void *user) {
    CPLReleaseMutex(mutex);
    const bool good = compute(user, fresh->values, fresh->error);
    CPLAcquireMutex(mutex, 1e6);
    fresh->state = good ? PASS_READY : PASS_FAILED;
    CPLCondBroadcast(changed);
}

pass *pass_acquire(pass_key key, size_t n_values, pass_compute compute, void *user, char error[1024]) {
    CPLCreateOrAcquireMutex(&mutex, 1e6);
    if (!changed) changed = CPLCreateCond();
    pass *held = find(key, n_values);
    const bool fresh = !held;
    if (fresh) held = make(key, n_values);
    if (!held) {
        CPLReleaseMutex(mutex);
        sentence(error, "memory is out: %zu values", n_values);
        return NULL;
    }
    held->n_users++;
    if (fresh) compute_unlocked(held, compute, user);
    while (held->state == PASS_BUSY) CPLCondWait(changed, mutex);
    if (held->state == PASS_FAILED) {
        sentence(error, "%s", held->error);
        held->n_users--;
        held = NULL;
    }
    trim(CACHE_BYTES, KEPT_ANYWAY);
    CPLReleaseMutex(mutex);
    return held;
}

void pass_release(pass *held) {
    CPLAcquireMutex(mutex, 1e6);
    held->n_users--;
    trim(CACHE_BYTES, KEPT_ANYWAY);
    CPLReleaseMutex(mutex);
}

const float *pass_values(const pass *held) { return held->values; }

void pass_cache_clear(void) {
    if (!mutex) return;
    CPLAcquireMutex(mutex, 1e6);
    trim(0, 0);
    CPLReleaseMutex(mutex);
}
