/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file pass_cache.h  Answers of the last passes of the network, so that N output bands cost one. */
#ifndef WSNET_PASS_CACHE_H
#define WSNET_PASS_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** 128 bits that say what went in: spectra, model, options. */
typedef struct pass_key {
    uint64_t half[2];
} pass_key;

/** Mixes bytes into a key that starts as {{0, 0}}. Not cryptographic: a collision needs 2^64 windows. */
void pass_key_add(pass_key *key, const void *bytes, size_t n_bytes);

/** Computes [n_values] answers. */
typedef bool (*pass_compute)(void *user, float *values, char error[1024]);

typedef struct pass pass;

/** The answers for a key: kept, being computed by another thread (waited for), or computed now.
 *  @return to be given back with pass_release(), or NULL with one sentence in error */
pass *pass_acquire(pass_key key, size_t n_values, pass_compute compute, void *user, char error[1024]);
void pass_release(pass *held);
const float *pass_values(const pass *held);
/** Frees what nobody holds. */
void pass_cache_clear(void);

#ifdef __cplusplus
}
#endif
#endif
