/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include <stdatomic.h>

#include "context.h"

static void errors_are_kept(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    assert_string_equal(wsnet_context_error(context), "");
    assert_int_equal(context_fail(context, WSNET_E_SHAPE, "%d bands, not %s", 7, "eight"), WSNET_E_SHAPE);
    assert_string_equal(wsnet_context_error(context), "7 bands, not eight");
    char text[3000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_int_equal(context_fail(context, WSNET_E_IO, "%s", text), WSNET_E_IO);
    assert_int_equal(strlen(wsnet_context_error(context)), 1023);
    assert_fails(context, wsnet_context_set_threads(context, 0), WSNET_E_ARGUMENT, "0 threads");
    assert_fails(context, wsnet_context_set_threads(context, 257), WSNET_E_ARGUMENT, "257 threads");
    assert_int_equal(context_n_threads(context), 1);
    wsnet_context_destroy(context);
}

static void no_context_is_no_crash(void **state) {
    (void)state;
    assert_string_equal(wsnet_context_error(NULL), "there is no context");
    assert_int_equal(context_fail(NULL, WSNET_E_IO, "lost"), WSNET_E_ARGUMENT);
    assert_int_equal(wsnet_context_set_threads(NULL, 1), WSNET_E_ARGUMENT);
    wsnet_context_set_log(NULL, NULL, NULL);
    wsnet_context_set_progress(NULL, NULL, NULL);
    wsnet_release(NULL, NULL);
    wsnet_context_destroy(NULL);
}

static void sentences_reach_the_log(void **state) {
    (void)state;
    char kept[1024] = "";
    wsnet_context *context = wsnet_context_create(NULL);
    context_log(context, WSNET_LOG_WARNING, "nobody listens");
    wsnet_context_set_log(context, keep_warning, kept);
    context_log(context, WSNET_LOG_INFO, "not a warning");
    assert_string_equal(kept, "");
    context_log(context, WSNET_LOG_WARNING, "%zu spectra", (size_t)3);
    assert_string_equal(kept, "3 spectra");
    wsnet_context_destroy(context);
}

typedef struct progress_record {
    double fraction;
    char stage[64];
    int answer;
} progress_record;

static int record_progress(double fraction, const char *stage, void *user) {
    progress_record *record = user;
    record->fraction = fraction;
    snprintf(record->stage, sizeof record->stage, "%s", stage);
    return record->answer;
}

static void progress_nests_and_cancels(void **state) {
    (void)state;
    progress_record record = {-1, "", 1};
    wsnet_context *context = wsnet_context_create(NULL);
    assert_int_equal(context_progress(context, 0.5, "nothing"), WSNET_OK);
    wsnet_context_set_progress(context, record_progress, &record);
    const context_span whole = context_span_enter(context, 0.5, 1);
    const context_span half = context_span_enter(context, 0.5, 0.75);
    assert_int_equal(context_progress(context, 1, "inner"), WSNET_OK);
    assert_true(record.fraction == 0.5 + 0.5 * 0.75);
    context_span_leave(context, half);
    assert_int_equal(context_progress(context, 0, "outer"), WSNET_OK);
    assert_true(record.fraction == 0.5);
    context_span_leave(context, whole);
    record.answer = 0;
    assert_fails(context, context_progress(context, 0.25, "training"), WSNET_E_CANCELLED, "cancelled while training");
    assert_true(record.fraction == 0.25);
    wsnet_context_destroy(context);
}

static void allocations_are_aligned_and_checked(void **state) {
    (void)state;
    counting_allocator counts = {.fail_at = SIZE_MAX};
    const wsnet_allocator allocator = {counting_allocate, counting_release, &counts};
    wsnet_context *context = wsnet_context_create(&allocator);
    assert_int_equal(counts.n_live, 1);
    float *memory = context_allocate_zero(context, 100, sizeof *memory);
    assert_int_equal((uintptr_t)memory % 64, 0);
    for (size_t i = 0; i < 100; i++) assert_true(memory[i] == 0);
    context_release(context, memory);
    context_release(context, NULL);
    assert_null(context_allocate(context, SIZE_MAX / 2, 4));
    assert_null(context_allocate(context, SIZE_MAX, 1));
    assert_non_null(strstr(wsnet_context_error(context), "memory is out"));
    counts.fail_at = counts.n_calls;
    assert_null(context_allocate(context, 1, 1));
    wsnet_context_destroy(context);
    assert_int_equal(counts.n_live, 0);
    counts = (counting_allocator){.fail_at = 0};
    assert_null(wsnet_context_create(&allocator));
}

static void arenas_measure_and_carve(void **state) {
    (void)state;
    arena block = {NULL, 0, false};
    assert_null(arena_take(&block, 3, 10));
    assert_null(arena_take(&block, 1, 64));
    assert_int_equal(block.used, 128);
    _Alignas(64) char memory[128];
    block = (arena){memory, 0, false};
    assert_ptr_equal(arena_take(&block, 3, 10), memory);
    assert_ptr_equal(arena_take(&block, 1, 64), memory + 64);
    assert_false(block.overflow);
    arena_take(&block, SIZE_MAX / 2, 4);
    assert_true(block.overflow);
}

enum { CHUNKS = 1000 };

typedef struct counted_work {
    atomic_int visits[CHUNKS];
    atomic_size_t highest_worker;
} counted_work;

static void visit(void *work, size_t chunk, size_t worker) {
    counted_work *counted = work;
    atomic_fetch_add(&counted->visits[chunk], 1);
    size_t highest = atomic_load(&counted->highest_worker);
    while (worker > highest && !atomic_compare_exchange_weak(&counted->highest_worker, &highest, worker)) continue;
}

static void check_visits(wsnet_context *context, size_t n_threads) {
    counted_work work = {0};
    for (int round = 1; round <= 50; round++) {
        parallel_for(context, CHUNKS, visit, &work);
        for (size_t i = 0; i < CHUNKS; i++) assert_int_equal(atomic_load(&work.visits[i]), round);
    }
    assert_true(atomic_load(&work.highest_worker) < n_threads);
    parallel_for(context, 0, visit, &work);
    parallel_for(context, 1, visit, &work);
    assert_int_equal(atomic_load(&work.visits[0]), 51);
    assert_int_equal(atomic_load(&work.visits[1]), 50);
}

static void every_chunk_is_done_once(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    for (size_t n_threads = 1; n_threads <= 8; n_threads += n_threads < 3 ? 1 : 5) {
        assert_works(context, wsnet_context_set_threads(context, n_threads));
        check_visits(context, n_threads);
    }
    wsnet_context_destroy(context);
}

/* Without memory for threads, the calling one does the work. */
static void work_is_done_without_a_pool(void **state) {
    (void)state;
    counting_allocator counts = {.fail_at = SIZE_MAX};
    const wsnet_allocator allocator = {counting_allocate, counting_release, &counts};
    wsnet_context *context = wsnet_context_create(&allocator);
    assert_works(context, wsnet_context_set_threads(context, 4));
    counts.fail_at = counts.n_calls;
    counted_work work = {0};
    parallel_for(context, CHUNKS, visit, &work);
    for (size_t i = 0; i < CHUNKS; i++) assert_int_equal(atomic_load(&work.visits[i]), 1);
    wsnet_context_destroy(context);
    assert_int_equal(counts.n_live, 0);
}

static void names_go_both_ways(void **state) {
    (void)state;
    for (int value = 0; value < 2; value++)
        assert_int_equal(wsnet_mixing_from_name(wsnet_mixing_name((wsnet_mixing)value)), value);
    for (int value = 0; value < 4; value++)
        assert_int_equal(wsnet_method_from_name(wsnet_method_name((wsnet_method)value)), value);
    for (int value = 0; value < 5; value++)
        assert_int_equal(wsnet_extraction_from_name(wsnet_extraction_name((wsnet_extraction)value)), value);
    for (unsigned part = 1; part <= WSNET_WITHOUT_CLASSICAL; part <<= 1)
        assert_int_equal(wsnet_part_from_name(wsnet_part_name(part)), part);
    assert_int_equal(wsnet_mixing_from_name("linear"), WSNET_MIXING_LINEAR);
    assert_int_equal(wsnet_extraction_from_name("vca"), WSNET_EXTRACT_VCA);
    assert_int_equal(wsnet_part_from_name("ssm"), WSNET_WITHOUT_SSM);
    assert_int_equal(wsnet_mixing_from_name("Linear"), -1);
    assert_int_equal(wsnet_mixing_from_name(NULL), -1);
    assert_int_equal(wsnet_part_from_name(""), -1);
    assert_null(wsnet_method_name((wsnet_method)4));
    assert_null(wsnet_part_name(3));
    assert_int_equal(strspn(wsnet_version(), "0123456789."), strlen(wsnet_version()));
    wsnet_session_options options = {.method = WSNET_METHOD_UCLS, .weak_bias = 9};
    wsnet_session_options_init(&options);
    assert_true(options.method == WSNET_METHOD_WSNET && options.weak_bias == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_kept),
        cmocka_unit_test(no_context_is_no_crash),
        cmocka_unit_test(sentences_reach_the_log),
        cmocka_unit_test(progress_nests_and_cancels),
        cmocka_unit_test(allocations_are_aligned_and_checked),
        cmocka_unit_test(arenas_measure_and_carve),
        cmocka_unit_test(every_chunk_is_done_once),
        cmocka_unit_test(work_is_done_without_a_pool),
        cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
