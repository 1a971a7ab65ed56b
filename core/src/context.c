/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "context.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_THREADS = 256, ALIGNMENT = 64 };

/** Threads that wait for work; the caller of parallel_for() is worker 0. */
typedef struct thread_pool {
    pthread_t threads[MAX_THREADS];
    size_t n_started;
    pthread_mutex_t mutex;
    pthread_cond_t work_ready, work_done;
    size_t generation, n_running;
    bool stop;
    parallel_function function;
    void *work;
    size_t n_chunks;
    atomic_size_t next_chunk;
} thread_pool;

struct wsnet_context {
    wsnet_allocator allocator;
    char error[1024];
    wsnet_log_function log;
    void *log_user;
    wsnet_progress_function progress;
    void *progress_user;
    context_span span;
    size_t n_threads;
    thread_pool *pool;
};

static void *default_allocate(size_t size, void *user) {
    (void)user;
    void *memory = NULL;
    return posix_memalign(&memory, ALIGNMENT, size ? size : 1) == 0 ? memory : NULL;
}

static void default_release(void *memory, void *user) {
    (void)user;
    free(memory);
}

wsnet_context *wsnet_context_create(const wsnet_allocator *allocator) {
    const wsnet_allocator standard = {default_allocate, default_release, NULL};
    if (!allocator) allocator = &standard;
    wsnet_context *context = allocator->allocate(sizeof *context, allocator->user);
    if (!context) return NULL;
    memset(context, 0, sizeof *context);
    context->allocator = *allocator;
    context->span.scale = 1;
    context->n_threads = 1;
    return context;
}

/* Stops and joins the pool's threads; the next parallel_for() starts new ones. */
static void pool_destroy(wsnet_context *context) {
    thread_pool *pool = context->pool;
    if (!pool) return;
    pthread_mutex_lock(&pool->mutex);
    pool->stop = true;
    pthread_cond_broadcast(&pool->work_ready);
    pthread_mutex_unlock(&pool->mutex);
    for (size_t i = 0; i < pool->n_started; i++) pthread_join(pool->threads[i], NULL);
    pthread_cond_destroy(&pool->work_ready);
    pthread_cond_destroy(&pool->work_done);
    pthread_mutex_destroy(&pool->mutex);
    context_release(context, pool);
    context->pool = NULL;
}

void wsnet_context_destroy(wsnet_context *context) {
    if (!context) return;
    pool_destroy(context);
    const wsnet_allocator allocator = context->allocator;
    allocator.release(context, allocator.user);
}

const char *wsnet_context_error(const wsnet_context *context) {
    return context ? context->error : "there is no context";
}

void wsnet_context_set_log(wsnet_context *context, wsnet_log_function log, void *user) {
    if (!context) return;
    context->log = log;
    context->log_user = user;
}

void wsnet_context_set_progress(wsnet_context *context, wsnet_progress_function progress, void *user) {
    if (!context) return;
    context->progress = progress;
    context->progress_user = user;
}

wsnet_status wsnet_context_set_threads(wsnet_context *context, size_t n_threads) {
    if (!context) return WSNET_E_ARGUMENT;
    if (n_threads < 1 || n_threads > MAX_THREADS)
        return context_fail(context, WSNET_E_ARGUMENT, "%zu threads: 1 to %d are possible", n_threads, MAX_THREADS);
    if (n_threads != context->n_threads) pool_destroy(context);
    context->n_threads = n_threads;
    return WSNET_OK;
}

void wsnet_release(wsnet_context *context, void *memory) {
    if (context) context_release(context, memory);
}

wsnet_status context_fail(wsnet_context *context, wsnet_status status, const char *format, ...) {
    if (!context) return WSNET_E_ARGUMENT;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context->error, sizeof context->error, format, arguments);
    va_end(arguments);
    return status;
}

void context_log(wsnet_context *context, wsnet_log_level level, const char *format, ...) {
    if (!context->log) return;
    char message[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    context->log(level, message, context->log_user);
}

wsnet_status context_progress(wsnet_context *context, double fraction, const char *stage) {
    if (!context->progress) return WSNET_OK;
    const double whole = context->span.begin + context->span.scale * fraction;
    if (context->progress(whole, stage, context->progress_user)) return WSNET_OK;
    return context_fail(context, WSNET_E_CANCELLED, "cancelled while %s", stage);
}

context_span context_span_enter(wsnet_context *context, double begin, double end) {
    const context_span outer = context->span;
    context->span.begin = outer.begin + outer.scale * begin;
    context->span.scale = outer.scale * (end - begin);
    return outer;
}

void context_span_leave(wsnet_context *context, context_span outer) { context->span = outer; }

size_t context_n_threads(const wsnet_context *context) { return context->n_threads; }

const wsnet_allocator *context_allocator(const wsnet_context *context) { return &context->allocator; }

void *context_allocate(wsnet_context *context, size_t count, size_t size) {
    size_t bytes;
    void *memory = NULL;
    if (!__builtin_mul_overflow(count, size, &bytes) && bytes <= SIZE_MAX / 2)
        memory = context->allocator.allocate(bytes, context->allocator.user);
    if (!memory)
        context_fail(context, WSNET_E_MEMORY, "memory is out: %zu times %zu bytes were asked for", count, size);
    return memory;
}

void *context_allocate_zero(wsnet_context *context, size_t count, size_t size) {
    void *memory = context_allocate(context, count, size);
    if (memory) memset(memory, 0, count * size);
    return memory;
}

void context_release(wsnet_context *context, void *memory) {
    if (memory) context->allocator.release(memory, context->allocator.user);
}

void *arena_take(arena *block, size_t count, size_t size) {
    size_t bytes, end;
    if (__builtin_mul_overflow(count, size, &bytes) || __builtin_add_overflow(bytes, ALIGNMENT - 1, &bytes) ||
        __builtin_add_overflow(block->used, bytes & ~(size_t)(ALIGNMENT - 1), &end)) {
        block->overflow = true;
        return NULL;
    }
    void *piece = block->base ? block->base + block->used : NULL;
    block->used = end;
    return piece;
}

/* ---- parallel work -------------------------------------------------------------------------------------- */

static void take_chunks(thread_pool *pool, size_t worker) {
    for (;;) {
        const size_t chunk = atomic_fetch_add(&pool->next_chunk, 1);
        if (chunk >= pool->n_chunks) return;
        pool->function(pool->work, chunk, worker);
    }
}

typedef struct worker_start {
    thread_pool *pool;
    size_t worker;
} worker_start;

static void *worker_main(void *argument) {
    const worker_start start = *(worker_start *)argument;
    thread_pool *pool = start.pool;
    pthread_mutex_lock(&pool->mutex);
    /* The starter waits for this: its argument lives on its stack. */
    size_t seen = pool->generation;
    pool->n_running--;
    pthread_cond_signal(&pool->work_done);
    for (;;) {
        while (!pool->stop && pool->generation == seen) pthread_cond_wait(&pool->work_ready, &pool->mutex);
        if (pool->stop) break;
        seen = pool->generation;
        pthread_mutex_unlock(&pool->mutex);
        take_chunks(pool, start.worker);
        pthread_mutex_lock(&pool->mutex);
        if (--pool->n_running == 0) pthread_cond_signal(&pool->work_done);
    }
    pthread_mutex_unlock(&pool->mutex);
    return NULL;
}

/* Starts n_threads - 1 threads; fewer when the system gives no more, which costs time but changes no answer. */
static thread_pool *pool_create(wsnet_context *context) {
    const wsnet_allocator *allocator = &context->allocator;
    thread_pool *pool = allocator->allocate(sizeof *pool, allocator->user);
    if (!pool) return NULL;
    memset(pool, 0, sizeof *pool);
    pthread_mutex_init(&pool->mutex, NULL);
    pthread_cond_init(&pool->work_ready, NULL);
    pthread_cond_init(&pool->work_done, NULL);
    for (size_t i = 0; i + 1 < context->n_threads; i++) {
        worker_start start = {pool, i + 1};
        pool->n_running = 1;
        if (pthread_create(&pool->threads[i], NULL, worker_main, &start) != 0) break;
        pool->n_started++;
        pthread_mutex_lock(&pool->mutex);
        while (pool->n_running) pthread_cond_wait(&pool->work_done, &pool->mutex);
        pthread_mutex_unlock(&pool->mutex);
    }
    return pool;
}

void parallel_for(wsnet_context *context, size_t n_chunks, parallel_function function, void *work) {
    if (context->n_threads > 1 && n_chunks > 1 && !context->pool) context->pool = pool_create(context);
    thread_pool *pool = context->pool;
    if (!pool || n_chunks < 2 || pool->n_started == 0) {
        for (size_t chunk = 0; chunk < n_chunks; chunk++) function(work, chunk, 0);
        return;
    }
    pthread_mutex_lock(&pool->mutex);
    pool->function = function;
    pool->work = work;
    pool->n_chunks = n_chunks;
    atomic_store(&pool->next_chunk, 0);
    pool->n_running = pool->n_started;
    pool->generation++;
    pthread_cond_broadcast(&pool->work_ready);
    pthread_mutex_unlock(&pool->mutex);
    take_chunks(pool, 0);
    pthread_mutex_lock(&pool->mutex);
    while (pool->n_running) pthread_cond_wait(&pool->work_done, &pool->mutex);
    pthread_mutex_unlock(&pool->mutex);
}
