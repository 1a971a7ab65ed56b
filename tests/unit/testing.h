/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file testing.h  What the unit tests share: a counting, failing allocator and a few shorthands. */
#ifndef WSNET_TESTING_H
#define WSNET_TESTING_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "wsnet.h"

/** Counts what is live, and makes one allocation fail. */
typedef struct counting_allocator {
    size_t n_calls, n_live;
    size_t fail_at; /**< index of the call that fails; SIZE_MAX: none */
} counting_allocator;

static inline void *counting_allocate(size_t size, void *user) {
    counting_allocator *counts = user;
    void *memory = NULL;
    if (counts->n_calls++ == counts->fail_at) return NULL;
    if (posix_memalign(&memory, 64, size ? size : 1) != 0) return NULL;
    counts->n_live++;
    return memory;
}

static inline void counting_release(void *memory, void *user) {
    counting_allocator *counts = user;
    counts->n_live--;
    free(memory);
}

/** Checks that a call failed with this status and that its sentence contains the words. */
#define assert_fails(context, call, expected, words)                                                                   \
    do {                                                                                                               \
        assert_int_equal((call), (expected));                                                                          \
        if (!strstr(wsnet_context_error(context), (words)))                                                            \
            fail_msg("'%s' is not in: %s", (words), wsnet_context_error(context));                                     \
    } while (0)

/** Checks a call and shows its sentence when it failed. */
#define assert_works(context, call)                                                                                    \
    do {                                                                                                               \
        if ((call) != WSNET_OK) fail_msg("%s", wsnet_context_error(context));                                          \
    } while (0)

/** Keeps the last warning that was logged. */
static inline void keep_warning(wsnet_log_level level, const char *message, void *user) {
    if (level == WSNET_LOG_WARNING) snprintf(user, 1024, "%s", message);
}

#endif
