/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file context.h  Errors, log, progress, memory: what every file of the core needs from its caller. */
#ifndef WSNET_CONTEXT_H
#define WSNET_CONTEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "wsnet.h"

/** Records the sentence of a failure (printf-like) and returns status, so that a function can `return context_fail(...)`. */
wsnet_status context_fail(wsnet_context *context, wsnet_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void context_log(wsnet_context *context, wsnet_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Reports progress. @return WSNET_OK, or WSNET_E_CANCELLED with its sentence set */
wsnet_status context_progress(wsnet_context *context, double fraction, const char *stage);
/** Maps the progress of what follows to [begin, end] of the whole; nests. Undo with the returned state. */
typedef struct context_span {
    double begin, scale;
} context_span;
context_span context_span_enter(wsnet_context *context, double begin, double end);
void context_span_leave(wsnet_context *context, context_span outer);

size_t context_n_threads(const wsnet_context *context);
const wsnet_allocator *context_allocator(const wsnet_context *context);

/** One aligned allocation of count * size bytes, overflow-checked, not cleared. @return NULL with the error set */
void *context_allocate(wsnet_context *context, size_t count, size_t size);
void *context_allocate_zero(wsnet_context *context, size_t count, size_t size);
void context_release(wsnet_context *context, void *memory);

/** @return false and an E_ARGUMENT sentence naming what was NULL */
#define CONTEXT_REQUIRE(context, pointer)                                                                              \
    do {                                                                                                               \
        if (!(pointer)) return context_fail((context), WSNET_E_ARGUMENT, "%s: %s is missing", __func__, #pointer);     \
    } while (0)

/** One block measured, then carved: lay out an object by calling the same function twice, first on an arena without
 *  a base to learn the size, then on one with memory. Every piece is aligned to 64 bytes. */
typedef struct arena {
    char *base; /**< NULL while measuring */
    size_t used;
    bool overflow;
} arena;
/** @return the piece, or NULL while measuring; sets overflow when the size does not fit size_t */
void *arena_take(arena *block, size_t count, size_t size);

/* ---- parallel work -------------------------------------------------------------------------------------- */

typedef void (*parallel_function)(void *work, size_t chunk, size_t worker);

/** Runs function(work, chunk, worker) for chunk = 0..n_chunks-1 on the context's threads; worker < context_n_threads()
 *  names a thread's scratch. Which worker takes which chunk is not fixed: results must be kept by chunk. The calling
 *  thread works too. BLAS and LAPACK are not called from inside (their thread pool is process-wide). */
void parallel_for(wsnet_context *context, size_t n_chunks, parallel_function function, void *work);

#endif
