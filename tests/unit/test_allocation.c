/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every allocation of every call is made to fail in turn: the call says WSNET_E_MEMORY with a sentence, its outputs
 * are untouched, and nothing stays allocated. */
#include "testing.h"

#include "made_model.h"

/** What the calls work on; made once, with an allocator that does not fail. */
typedef struct inputs {
    wsnet_context *context;
    wsnet_model *model;  /**< an ensemble */
    wsnet_model *single; /**< one network */
    void *bytes;         /**< of the ensemble */
    size_t n_bytes;
    wsnet_library *library;
    void *checkpoint;
    size_t n_checkpoint;
    float pixels[200 * 12], endmembers[3 * 12], abundances[200 * 3];
    char names[3][WSNET_MAX_NAME];
} inputs;

enum { N = 200, B = 12, P = 3 };

static const char csv[] = "wavelength_nm,a,b,c\n400,1,2,3\n410,4,5,6\n420,7,8,9\n";

static wsnet_trainer *make_trainer(wsnet_context *context, const inputs *in, wsnet_status *status) {
    wsnet_train_options options;
    wsnet_train_options_init(&options);
    options.n_steps = 2;
    options.batch = 32;
    options.real_batch = 16;
    wsnet_trainer *trainer = NULL;
    *status = wsnet_trainer_create(context, &options, N, B, in->pixels, P, in->endmembers, &trainer);
    return trainer;
}

static int set_up(void **state) {
    inputs *in = calloc(1, sizeof *in);
    in->context = wsnet_context_create(NULL);
    in->model = make_model(in->context, B, P, 2);
    in->single = make_model(in->context, B, P, 1);
    if (!in->model || !in->single || wsnet_model_save(in->context, in->model, &in->bytes, &in->n_bytes)) return -1;
    if (wsnet_library_parse_csv(in->context, csv, strlen(csv), &in->library)) return -1;
    wsnet_scene_options options;
    wsnet_scene_options_init(&options);
    options.width = 20;
    options.height = 10;
    options.n_bands = B;
    options.n_endmembers = P;
    double wavelength_nm[B];
    if (wsnet_scene_simulate(in->context, &options, wavelength_nm, in->endmembers, in->names, in->abundances,
                             in->pixels))
        return -1;
    wsnet_status status;
    wsnet_trainer *trainer = make_trainer(in->context, in, &status);
    if (status || wsnet_trainer_step(trainer, NULL) ||
        wsnet_trainer_checkpoint(trainer, &in->checkpoint, &in->n_checkpoint))
        return -1;
    wsnet_trainer_destroy(trainer);
    *state = in;
    return 0;
}

static int tear_down(void **state) {
    inputs *in = *state;
    wsnet_release(in->context, in->checkpoint);
    wsnet_release(in->context, in->bytes);
    wsnet_library_destroy(in->library);
    wsnet_model_destroy(in->model);
    wsnet_model_destroy(in->single);
    wsnet_context_destroy(in->context);
    free(in);
    return 0;
}

/* ---- the calls; each releases what it made -------------------------------------------------------------- */

typedef wsnet_status (*call)(wsnet_context *context, const inputs *in);

static wsnet_status make(wsnet_context *context, const inputs *in) {
    (void)in;
    wsnet_model *model = make_model(context, B, P, 1);
    wsnet_model_destroy(model);
    return model ? WSNET_OK : WSNET_E_MEMORY;
}

static wsnet_status load(wsnet_context *context, const inputs *in) {
    wsnet_model *model = in->model;
    const wsnet_status status = wsnet_model_load(context, in->bytes, in->n_bytes, &model);
    if (status) assert_ptr_equal(model, in->model);
    if (!status) wsnet_model_destroy(model);
    return status;
}

static wsnet_status save(wsnet_context *context, const inputs *in) {
    void *bytes = NULL;
    size_t n_bytes = 0;
    const wsnet_status status = wsnet_model_save(context, in->model, &bytes, &n_bytes);
    if (status) assert_true(bytes == NULL && n_bytes == 0);
    wsnet_release(context, bytes);
    return status;
}

static wsnet_status parse_csv(wsnet_context *context, const inputs *in) {
    (void)in;
    wsnet_library *library = NULL;
    const wsnet_status status = wsnet_library_parse_csv(context, csv, strlen(csv), &library);
    if (status) assert_null(library);
    wsnet_library_destroy(library);
    return status;
}

static wsnet_status parse_envi(wsnet_context *context, const inputs *in) {
    (void)in;
    const char *header = "ENVI\nsamples = 2\nlines = 1\ndata type = 1\n";
    wsnet_library *library = NULL;
    const wsnet_status status = wsnet_library_parse_envi(context, header, strlen(header), "ab", 2, &library);
    if (status) assert_null(library);
    wsnet_library_destroy(library);
    return status;
}

static wsnet_status create_library(wsnet_context *context, const inputs *in) {
    (void)in;
    const char *names[] = {"a"};
    const float values[] = {1, 2};
    wsnet_library *library = NULL;
    const wsnet_status status = wsnet_library_create(context, 1, 2, names, NULL, NULL, values, &library);
    if (status) assert_null(library);
    wsnet_library_destroy(library);
    return status;
}

static wsnet_status select_spectra(wsnet_context *context, const inputs *in) {
    const char *names[] = {"c", "a"};
    wsnet_library *library = NULL;
    const wsnet_status status = wsnet_library_select(context, in->library, 2, names, &library);
    if (status) assert_null(library);
    wsnet_library_destroy(library);
    return status;
}

static wsnet_status resample(wsnet_context *context, const inputs *in) {
    const double wavelength_nm[] = {402, 411};
    wsnet_library *library = NULL;
    const wsnet_status status = wsnet_library_resample(context, in->library, 2, wavelength_nm, NULL, &library);
    if (status) assert_null(library);
    wsnet_library_destroy(library);
    return status;
}

static wsnet_status merge(wsnet_context *context, const inputs *in) {
    wsnet_library *library = NULL;
    const wsnet_status status = wsnet_library_merge(context, in->library, in->library, &library);
    if (status) assert_null(library);
    wsnet_library_destroy(library);
    return status;
}

static wsnet_status format_csv(wsnet_context *context, const inputs *in) {
    char *text = NULL;
    size_t n_bytes = 0;
    const wsnet_status status = wsnet_library_format_csv(context, in->library, &text, &n_bytes);
    if (status) assert_true(text == NULL && n_bytes == 0);
    wsnet_release(context, text);
    return status;
}

static wsnet_status score(wsnet_context *context, const inputs *in) {
    wsnet_scores scores = {.n_pixels = 42};
    const wsnet_status status =
        wsnet_scores_compute(context, N, P, in->abundances, in->abundances, NULL, NULL, 0, &scores, NULL);
    if (status) assert_int_equal(scores.n_pixels, 42);
    return status;
}

static wsnet_status match(wsnet_context *context, const inputs *in) {
    size_t matched[P] = {42, 42, 42};
    const wsnet_status status = wsnet_endmembers_match(context, B, P, in->endmembers, P, in->endmembers, matched, NULL);
    if (status) assert_true(matched[0] == 42 && matched[1] == 42 && matched[2] == 42);
    return status;
}

static wsnet_status simulate(wsnet_context *context, const inputs *in) {
    (void)in;
    wsnet_scene_options options;
    wsnet_scene_options_init(&options);
    options.width = options.height = 5;
    options.n_bands = B;
    options.n_endmembers = P;
    double wavelength_nm[B] = {42};
    float endmembers[P * B], abundances[25 * P], pixels[25 * B];
    char names[P][WSNET_MAX_NAME];
    const wsnet_status status =
        wsnet_scene_simulate(context, &options, wavelength_nm, endmembers, names, abundances, pixels);
    if (status) assert_true(wavelength_nm[0] == 42);
    return status;
}

static wsnet_status least_squares(wsnet_context *context, const inputs *in) {
    float abundances[N * P] = {42};
    const wsnet_status status =
        wsnet_least_squares(context, WSNET_METHOD_FCLS, N, B, P, in->endmembers, in->pixels, abundances);
    if (status) assert_true(abundances[0] == 42);
    return status;
}

static wsnet_status extract(wsnet_context *context, const inputs *in) {
    wsnet_extract_options options;
    wsnet_extract_options_init(&options);
    float endmembers[P * B] = {42};
    const wsnet_status status = wsnet_endmembers_extract(context, &options, N, B, in->pixels, P, endmembers);
    if (status) assert_true(endmembers[0] == 42);
    return status;
}

static wsnet_status count_endmembers(wsnet_context *context, const inputs *in) {
    size_t hysime = 42, nwhfc = 42;
    float noise_sd[B] = {42};
    const wsnet_status status = wsnet_endmembers_count(context, N, B, in->pixels, 1e-4, &hysime, &nwhfc, noise_sd);
    if (status) assert_true(hysime == 42 && nwhfc == 42 && noise_sd[0] == 42);
    return status;
}

static wsnet_status suggest_count(wsnet_context *context, const inputs *in) {
    size_t growth = 42, count = 42;
    const wsnet_status status = wsnet_endmembers_suggest(context, N, B, in->pixels, 3, &growth, &count);
    if (status) assert_true(growth == 42 && count == 42);
    return status;
}

static wsnet_status check_endmembers(wsnet_context *context, const inputs *in) {
    wsnet_endmember_check check = {.shade = 42};
    const wsnet_status status = wsnet_endmembers_check(context, N, B, in->pixels, P, in->endmembers, NULL, &check);
    if (status) assert_int_equal(check.shade, 42);
    return status;
}

static wsnet_status train(wsnet_context *context, const inputs *in) {
    wsnet_status status;
    wsnet_trainer *trainer = make_trainer(context, in, &status);
    wsnet_model *model = NULL;
    if (!status) status = wsnet_trainer_run(trainer);
    if (!status) status = wsnet_trainer_finish(trainer, NULL, &model);
    if (status) assert_null(model);
    if (!status) assert_int_equal(strlen(wsnet_model_sha256(model)), 64);
    wsnet_model_destroy(model);
    wsnet_trainer_destroy(trainer);
    return status;
}

static wsnet_status extend(wsnet_context *context, const inputs *in) {
    wsnet_train_options options;
    wsnet_extend_options_init(&options);
    options.batch = 32;
    options.real_batch = 16;
    wsnet_trainer *trainer = NULL;
    const wsnet_status status =
        wsnet_trainer_extend(context, in->single, &options, N, B, in->pixels, P, in->endmembers, &trainer);
    if (status) assert_null(trainer);
    wsnet_trainer_destroy(trainer);
    return status;
}

static wsnet_status interrupt(wsnet_context *context, const inputs *in) {
    wsnet_status status;
    wsnet_trainer *trainer = make_trainer(context, in, &status);
    void *bytes = NULL;
    size_t n_bytes;
    if (!status) status = wsnet_trainer_resume(trainer, in->checkpoint, in->n_checkpoint);
    if (!status) status = wsnet_trainer_checkpoint(trainer, &bytes, &n_bytes);
    wsnet_release(context, bytes);
    wsnet_trainer_destroy(trainer);
    return status;
}

static wsnet_status unmix(wsnet_context *context, const inputs *in) {
    wsnet_session_options options;
    wsnet_session_options_init(&options);
    wsnet_session *session = NULL;
    float abundances[N * P] = {42}, fit[N];
    wsnet_outputs outputs = {.abundance = abundances, .fit = fit};
    wsnet_status status = wsnet_session_create(context, in->model, &options, &session);
    if (!status) status = wsnet_session_unmix(session, N, in->pixels, NULL, &outputs);
    if (status) assert_true(abundances[0] == 42);
    wsnet_session_destroy(session);
    return status;
}

/* ---- the loop ------------------------------------------------------------------------------------------- */

static void fail_each(const inputs *in, const char *name, call function) {
    for (size_t nth = 0;; nth++) {
        counting_allocator counts = {.fail_at = SIZE_MAX};
        const wsnet_allocator allocator = {counting_allocate, counting_release, &counts};
        wsnet_context *context = wsnet_context_create(&allocator);
        counts.fail_at = counts.n_calls + nth;
        const wsnet_status status = function(context, in);
        const bool failed = counts.n_calls > counts.fail_at;
        if (failed && status != WSNET_E_MEMORY)
            fail_msg("%s, allocation %zu: status %d, '%s'", name, nth, (int)status, wsnet_context_error(context));
        if (failed && !strstr(wsnet_context_error(context), "memory"))
            fail_msg("%s, allocation %zu: '%s'", name, nth, wsnet_context_error(context));
        if (!failed && status) fail_msg("%s: %s", name, wsnet_context_error(context));
        if (counts.n_live != 1) fail_msg("%s, allocation %zu: %zu pieces are lost", name, nth, counts.n_live - 1);
        wsnet_context_destroy(context);
        assert_int_equal(counts.n_live, 0);
        if (failed) continue;
        if (nth == 0) fail_msg("%s allocates nothing", name);
        return;
    }
}

#define EVERY(name)                                                                                                    \
    static void every_allocation_of_##name(void **state) { fail_each(*state, #name, name); }
EVERY(make)
EVERY(load)
EVERY(save)
EVERY(parse_csv)
EVERY(parse_envi)
EVERY(create_library)
EVERY(select_spectra)
EVERY(resample)
EVERY(merge)
EVERY(format_csv)
EVERY(score)
EVERY(match)
EVERY(simulate)
EVERY(least_squares)
EVERY(extract)
EVERY(count_endmembers)
EVERY(suggest_count)
EVERY(check_endmembers)
EVERY(train)
EVERY(extend)
EVERY(interrupt)
EVERY(unmix)

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_of_make),           cmocka_unit_test(every_allocation_of_load),
        cmocka_unit_test(every_allocation_of_save),           cmocka_unit_test(every_allocation_of_parse_csv),
        cmocka_unit_test(every_allocation_of_parse_envi),     cmocka_unit_test(every_allocation_of_create_library),
        cmocka_unit_test(every_allocation_of_select_spectra), cmocka_unit_test(every_allocation_of_resample),
        cmocka_unit_test(every_allocation_of_merge),          cmocka_unit_test(every_allocation_of_format_csv),
        cmocka_unit_test(every_allocation_of_score),          cmocka_unit_test(every_allocation_of_match),
        cmocka_unit_test(every_allocation_of_simulate),       cmocka_unit_test(every_allocation_of_least_squares),
        cmocka_unit_test(every_allocation_of_train),          cmocka_unit_test(every_allocation_of_extend),
        cmocka_unit_test(every_allocation_of_interrupt),      cmocka_unit_test(every_allocation_of_unmix),
        cmocka_unit_test(every_allocation_of_extract),        cmocka_unit_test(every_allocation_of_count_endmembers),
        cmocka_unit_test(every_allocation_of_suggest_count),  cmocka_unit_test(every_allocation_of_check_endmembers),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
