/* SPDX-License-Identifier: GPL-2.0-or-later */
#define _GNU_SOURCE /* memmem */
#include "testing.h"

#include <locale.h>

#include "made_model.h"
#include "model_format.h"

enum { BANDS = 21, ENDMEMBERS = 3 };

typedef struct fixture {
    wsnet_context *context;
    wsnet_model *model;
    unsigned char *bytes;
    size_t n_bytes;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    f->context = wsnet_context_create(NULL);
    f->model = make_model(f->context, BANDS, ENDMEMBERS, 2);
    if (!f->model) return -1;
    f->model->adapted = f->model->referenced = true;
    f->model->n_directions = model_n_directions(BANDS);
    for (size_t d = 0; d < f->model->n_directions; d++) {
        for (size_t b = 0; b < BANDS; b++) f->model->direction[d * BANDS + b] = (float)(d + b) / 32;
        f->model->along[2 * d] = (float)(d + 1) / 1024;
    }
    for (size_t b = 0; b < BANDS; b++) {
        f->model->gain[b] = 1 + (float)b / 64;
        f->model->own_gain[b] = 1 - (float)b / 64;
        f->model->own_offset[b] = (float)b / 256;
        f->model->offset[b] = -(float)b / 512;
    }
    if (model_seal(f->context, f->model)) return -1;
    void *bytes = NULL;
    if (wsnet_model_save(f->context, f->model, &bytes, &f->n_bytes)) return -1;
    f->bytes = bytes;
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    fixture *f = *state;
    wsnet_release(f->context, f->bytes);
    wsnet_model_destroy(f->model);
    wsnet_context_destroy(f->context);
    free(f);
    return 0;
}

static size_t header_length(const unsigned char *bytes) {
    return bytes[0] | (size_t)bytes[1] << 8 | (size_t)bytes[2] << 16;
}

/* The container with the first `before` of its header replaced by `after`; to be freed. */
static unsigned char *edited(const fixture *f, const char *before, const char *after, size_t *n_bytes) {
    const size_t length = header_length(f->bytes), n_data = f->n_bytes - 8 - length;
    const char *header = (const char *)f->bytes + 8, *at = memmem(header, length, before, strlen(before));
    if (!at) fail_msg("the header has no %s", before);
    const size_t n_after = strlen(after), n_head = (size_t)(at - header), n_tail = length - n_head - strlen(before);
    const size_t n_header = n_head + n_after + n_tail;
    unsigned char *made = malloc(8 + n_header + n_data);
    for (size_t i = 0; i < 8; i++) made[i] = (unsigned char)((uint64_t)n_header >> (8 * i));
    memcpy(made + 8, header, n_head);
    memcpy(made + 8 + n_head, after, n_after);
    memcpy(made + 8 + n_head + n_after, at + strlen(before), n_tail);
    memcpy(made + 8 + n_header, f->bytes + 8 + length, n_data);
    *n_bytes = 8 + n_header + n_data;
    return made;
}

static void load_fails(const fixture *f, const void *bytes, size_t n_bytes, const char *words) {
    wsnet_model *untouched = f->model;
    assert_fails(f->context, wsnet_model_load(f->context, bytes, n_bytes, &untouched), WSNET_E_FORMAT, words);
    assert_ptr_equal(untouched, f->model);
}

static void edit_fails(const fixture *f, const char *before, const char *after, const char *words) {
    size_t n_bytes;
    unsigned char *made = edited(f, before, after, &n_bytes);
    load_fails(f, made, n_bytes, words);
    free(made);
}

static void everything_comes_back(void **state) {
    const fixture *f = *state;
    const wsnet_model *made = f->model;
    wsnet_model *loaded;
    assert_works(f->context, wsnet_model_load(f->context, f->bytes, f->n_bytes, &loaded));
    assert_int_equal(wsnet_model_n_bands(loaded), BANDS);
    assert_int_equal(wsnet_model_n_endmembers(loaded), ENDMEMBERS);
    assert_int_equal(wsnet_model_n_source_bands(loaded), BANDS + 3);
    assert_int_equal(wsnet_model_mixing(loaded), WSNET_MIXING_SCALED);
    assert_int_equal(wsnet_model_without(loaded), WSNET_WITHOUT_SSM | WSNET_WITHOUT_KL);
    assert_true(wsnet_model_coverage(loaded) == made->coverage);
    assert_memory_equal(&loaded->dims, &made->dims, sizeof made->dims);
    assert_int_equal(loaded->n_members, 2);
    model_tensor tensor;
    const model_shape shape = model_shape_of(made);
    for (size_t i = 0; model_tensor_at(&shape, i, &tensor); i++)
        assert_memory_equal(model_tensor_data(loaded, &tensor), model_tensor_data(made, &tensor),
                            tensor.count * model_number_size(tensor.number));
    for (size_t k = 0; k < ENDMEMBERS; k++) assert_string_equal(wsnet_model_name(loaded, k), wsnet_model_name(made, k));
    assert_null(wsnet_model_name(loaded, ENDMEMBERS));
    assert_memory_equal(wsnet_model_endmembers(loaded), wsnet_model_endmembers(made), ENDMEMBERS * BANDS * 4);
    assert_string_equal(wsnet_model_metadata(loaded, "seed"), "7");
    assert_string_equal(wsnet_model_metadata(loaded, "wsnet_version"), wsnet_version());
    assert_null(wsnet_model_metadata(loaded, "absent"));
    assert_int_equal(wsnet_model_n_metadata(loaded), 3);
    assert_string_equal(wsnet_model_metadata_key(loaded, 0), "seed");
    assert_null(wsnet_model_metadata_key(loaded, 3));
    wsnet_model_destroy(loaded);
}

static void same_model_same_bytes(void **state) {
    const fixture *f = *state;
    char digest[65];
    wsnet_sha256(f->bytes, f->n_bytes, digest);
    assert_string_equal(wsnet_model_sha256(f->model), digest);
    wsnet_model *loaded;
    void *again;
    size_t n_again;
    assert_works(f->context, wsnet_model_load(f->context, f->bytes, f->n_bytes, &loaded));
    assert_string_equal(wsnet_model_sha256(loaded), digest);
    assert_works(f->context, wsnet_model_save(f->context, loaded, &again, &n_again));
    assert_int_equal(n_again, f->n_bytes);
    assert_memory_equal(again, f->bytes, n_again);
    wsnet_release(f->context, again);
    wsnet_model_destroy(loaded);
}

/* What any reader of safetensors expects: padded header, the decoder under its name and shape. */
static void container_is_safetensors(void **state) {
    const fixture *f = *state;
    const size_t length = header_length(f->bytes);
    assert_int_equal((8 + length) % MODEL_ALIGNMENT, 0);
    assert_int_equal(f->bytes[8], '{');
    const char *words[] = {"\"endmembers\":{\"dtype\":\"F32\",\"shape\":[3,21],", "\"member1/endmembers\":",
                           "\"wavelength_nm\":{\"dtype\":\"F64\",\"shape\":[21],\"data_offsets\":[0,168]}",
                           "\"without\":\"ssm,kl\"", "\"mixing\":\"scaled\""};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!memmem(f->bytes + 8, length, words[i], strlen(words[i]))) fail_msg("no %s in the header", words[i]);
}

static void every_truncation_fails(void **state) {
    const fixture *f = *state;
    for (size_t n = 0; n < f->n_bytes; n += n < 4000 ? 1 : 997) {
        unsigned char *copy = malloc(n ? n : 1); /* its own block, so that a sanitizer sees a read past the end */
        memcpy(copy, f->bytes, n);
        wsnet_model *model;
        assert_int_equal(wsnet_model_load(f->context, copy, n, &model), WSNET_E_FORMAT);
        free(copy);
    }
    char words[100];
    snprintf(words, sizeof words, "the model is truncated: its header promises %zu bytes, the file has %zu", f->n_bytes,
             f->n_bytes - 1);
    load_fails(f, f->bytes, f->n_bytes - 1, words);
    load_fails(f, f->bytes, 1000, "the model is truncated: its header alone has");
}

static void other_files_are_named_so(void **state) {
    const fixture *f = *state;
    const char *text = "wavelength_nm,soil,tree,water\n400.94,0.1,0.01,0.17\n";
    load_fails(f, text, strlen(text), "this is not a WS-Net model: it does not begin with a safetensors header");
    load_fails(f, text, 3, "this is not a WS-Net model: it has 3 bytes");
    const char foreign[] = "\x13\0\0\0\0\0\0\0{\"__metadata__\":{}}";
    load_fails(f, foreign, 8 + 0x13, "does not name the format wsnet");
    edit_fails(f, "\"__metadata__\"", "\"metadata\"", "has no __metadata__");
    edit_fails(f, "\"format\":\"wsnet\"", "\"format\":\"pt\"", "does not name the format wsnet");
    edit_fails(f, "\"format_version\":\"1\"", "\"format_version\":\"2\"", "format version '2'");
    edit_fails(f, "\"__metadata__\"", "\"__metadata__\"\"", "is not JSON");
    edit_fails(f, "\"seed\":\"7\"", "\"seed\":7", "not all strings");
}

static void wrong_tensors_fail(void **state) {
    const fixture *f = *state;
    edit_fails(f, "\"lod\":", "\"LOD\":", "has no tensor 'lod'");
    edit_fails(f, "\"lod\":{\"dtype\":\"F32\"", "\"lod\":{\"dtype\":\"U32\"", "'lod' is not of type F32");
    edit_fails(f, "\"shape\":[3,21]", "\"shape\":[21,3]", "does not have the shape 3 x 21");
    edit_fails(f, "\"shape\":[3,21]", "\"shape\":[3,21,1]", "does not have the shape 3 x 21");
    edit_fails(f, "\"shape\":[3,21]", "\"shape\":[3,-21]", "does not have the shape 3 x 21");
    edit_fails(f, "\"data_offsets\":[0,168]", "\"data_offsets\":[0,160]", "'wavelength_nm' has wrong offsets");
    edit_fails(f, "\"data_offsets\":[0,168]", "\"data_offsets\":[-168,0]", "'wavelength_nm' has wrong offsets");
    edit_fails(f, "\"data_offsets\":[0,168]", "\"data_offsets\":[168,0]", "'wavelength_nm' has wrong offsets");
    edit_fails(f, "\"data_offsets\":[0,168]", "\"data_offsets\":[4,172]", "'wavelength_nm' has wrong offsets");
    edit_fails(f, "\"data_offsets\":[0,168]", "\"data_offsets\":[18446744073709551448,18446744073709551616]",
               "'wavelength_nm' has wrong offsets");
    edit_fails(f, "\"data_offsets\":[168,336]", "\"data_offsets\":[0,168]", "overlap");
    edit_fails(f, "\"data_offsets\":[0,168]", "\"data_offsets\":[8000000,8000168]", "leave a gap");
    edit_fails(f, "\"lod\":", "\"extra\":{},\"lod\":", "tensors where");
    unsigned char *longer = malloc(f->n_bytes + 4);
    memcpy(longer, f->bytes, f->n_bytes);
    memset(longer + f->n_bytes, 0, 4);
    load_fails(f, longer, f->n_bytes + 4, "4 bytes too many");
    free(longer);
}

static void wrong_metadata_fail(void **state) {
    const fixture *f = *state;
    edit_fails(f, "\"n_bands\":\"21\"", "\"n_bands\":\"0\"", "n_bands is 0: 1 to 4096");
    edit_fails(f, "\"n_bands\":\"21\"", "\"n_bands\":\"99999999999999999999\"", "'n_bands' is not a number");
    edit_fails(f, "\"n_bands\":\"21\"", "\"n_bands\":\"22\"", "does not have the shape 22");
    edit_fails(f, "\"n_endmembers\":\"3\"", "\"n_endmembers\":\"65\"", "n_endmembers is 65: 1 to 64");
    edit_fails(f, "\"n_channels\":\"4\"", "\"n_channels\":\"5\"", "do not divide into 2 heads");
    edit_fails(f, "\"n_members\":\"2\"", "\"n_members\":\"17\"", "17 members");
    edit_fails(f, "\"n_members\":\"2\"", "\"n_members\":\"0\"", "0 members");
    edit_fails(f, "\"mixing\":\"scaled\"", "\"mixing\":\"cubic\"", "mixing 'cubic' is unknown");
    edit_fails(f, "\"without\":\"ssm,kl\"", "\"without\":\"ssm,everything\"", "'everything'");
    edit_fails(f, "\"coverage\":\"0.9", "\"coverage\":\"x0.9", "is not a number");
    edit_fails(f, "\"coverage\":\"0.9", "\"coverage\":\"1.9", "is not in (0.5, 0.999]");
    edit_fails(f, "\"n_source_bands\":\"24\"", "\"n_source_bands\":\"5\"",
               "the model uses band 6 of a cube with 5 bands");
    edit_fails(f, "\"n_source_bands\":\"24\"", "\"n_source_bands\":\"70000\"", "n_source_bands is 70000");
    edit_fails(f, "\"endmember_names\":\"[", "\"endmember_names\":\"[7,", "not an array of 3 strings");
    edit_fails(f, "\"endmember_names\":\"[", "\"endmember_names\":\"", "not an array of 3 strings");
    edit_fails(f, "au \\\\\\\"1", "au \\\\n", "name of endmember 1");
    edit_fails(f, "au \\\\\\\"1", "au \xff", "not clean UTF-8");
    edit_fails(f, "\"seed\":\"7\"", "\"seed\":\"\\u0007\"", "not clean UTF-8");
    edit_fails(f, "\"seed\":\"7\"", "\"seed\":\"\\u0000\"", "is not JSON");
}

/* Finds a tensor's bytes through the table and damages its first number. */
static void damage_fails(const fixture *f, const char *name, const void *number, size_t size, const char *words) {
    const model_shape shape = model_shape_of(f->model);
    model_tensor tensor;
    size_t offset = 8 + header_length(f->bytes);
    for (size_t i = 0; model_tensor_at(&shape, i, &tensor) && strcmp(tensor.name, name) != 0; i++)
        offset += tensor.count * model_number_size(tensor.number);
    unsigned char *copy = malloc(f->n_bytes);
    memcpy(copy, f->bytes, f->n_bytes);
    memcpy(copy + offset, number, size);
    load_fails(f, copy, f->n_bytes, words);
    free(copy);
}

static void wrong_numbers_fail(void **state) {
    const fixture *f = *state;
    const float not_finite[] = {0.0f / 0.0f, 1.0f / 0.0f};
    const double negative = -1, infinite = 1.0 / 0.0;
    const float small = 0.001f;
    const uint32_t band[] = {24, 1};
    damage_fails(f, "lod", &not_finite[0], 4, "'lod' holds a value that is not finite");
    damage_fails(f, "member1/endmembers", &not_finite[1], 4, "'member1/endmembers' holds a value");
    const float no_gain = 0, wild_gain = 101;
    damage_fails(f, "gain", &no_gain, 4, "gain of band 1 is 0: 0.01 to 100 are possible");
    damage_fails(f, "own_gain", &no_gain, 4, "gain of band 1 is 0");
    damage_fails(f, "own_offset", &not_finite[0], 4, "'own_offset' holds a value");
    damage_fails(f, "gain", &wild_gain, 4, "gain of band 1 is 101");
    damage_fails(f, "gain", &not_finite[0], 4, "'gain' holds a value that is not finite");
    damage_fails(f, "offset", &not_finite[1], 4, "'offset' holds a value that is not finite");
    damage_fails(f, "misfit_direction", &not_finite[0], 4, "'misfit_direction' holds a value");
    damage_fails(f, "misfit_along", &no_gain, 4, "misfits along direction 1 are not positive");
    damage_fails(f, "fwhm_nm", &infinite, 8, "'fwhm_nm' holds a value");
    damage_fails(f, "wavelength_nm", &negative, 8, "band 1 has a negative wavelength");
    damage_fails(f, "fit", &small, 4, "misfits do not fall at 2 of 256");
    damage_fails(f, "band_index", &band[0], 4, "uses band 25 of a cube with 24 bands");
    damage_fails(f, "band_index", &band[1], 4, "uses band 2 twice");
}

/* What not all models have, in any combination. */
static void optional_tensors_come_and_go(void **state) {
    const fixture *f = *state;
    for (unsigned has = 0; has < 8; has++) {
        wsnet_model *model = NULL, *loaded = NULL;
        void *bytes = NULL;
        size_t n_bytes = 0;
        assert_works(f->context, model_copy(f->context, f->model, &model));
        model->referenced = has & 1;
        model->adapted = has & 2;
        model->n_directions = has & 4 ? model_n_directions(BANDS) : 0;
        assert_works(f->context, wsnet_model_save(f->context, model, &bytes, &n_bytes));
        assert_works(f->context, wsnet_model_load(f->context, bytes, n_bytes, &loaded));
        assert_int_equal(loaded->n_directions, model->n_directions);
        assert_true(loaded->own_offset[1] == (has & 1 ? f->model->own_offset[1] : 0));
        assert_true(loaded->gain[1] == (has & 2 ? f->model->gain[1] : 1));
        const size_t size = loaded->n_directions * BANDS * sizeof(float);
        assert_memory_equal(loaded->direction, f->model->direction, size);
        assert_memory_equal(loaded->along, f->model->along, loaded->n_directions * 2 * sizeof(float));
        wsnet_release(f->context, bytes);
        wsnet_model_destroy(loaded);
        wsnet_model_destroy(model);
    }
}

/* Any single byte may be anything: the loader answers, and what it accepts it can save. */
static void any_byte_may_be_wrong(void **state) {
    const fixture *f = *state;
    const size_t n_header = 8 + header_length(f->bytes);
    unsigned char *copy = malloc(f->n_bytes);
    memcpy(copy, f->bytes, f->n_bytes);
    for (size_t i = 0; i < n_header; i++) {
        copy[i] ^= (unsigned char)(1u << (i % 8));
        wsnet_model *model = NULL;
        if (wsnet_model_load(f->context, copy, f->n_bytes, &model) == WSNET_OK) {
            void *bytes;
            size_t n_bytes;
            assert_works(f->context, wsnet_model_save(f->context, model, &bytes, &n_bytes));
            wsnet_release(f->context, bytes);
        }
        wsnet_model_destroy(model);
        copy[i] = f->bytes[i];
    }
    free(copy);
}

/* Files do not change with the decimal comma of the process, nor does reading them. */
static void locale_does_not_matter(void **state) {
    const fixture *f = *state;
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8")) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    void *bytes = NULL;
    size_t n_bytes = 0;
    wsnet_model *model = NULL;
    const wsnet_status saved = wsnet_model_save(f->context, f->model, &bytes, &n_bytes);
    const wsnet_status loaded = wsnet_model_load(f->context, f->bytes, f->n_bytes, &model);
    setlocale(LC_ALL, "C");
    assert_int_equal(saved, WSNET_OK);
    assert_int_equal(loaded, WSNET_OK);
    assert_memory_equal(bytes, f->bytes, f->n_bytes);
    assert_true(wsnet_model_coverage(model) == 0.9);
    wsnet_release(f->context, bytes);
    wsnet_model_destroy(model);
}

static void what_cannot_be_saved_is_refused(void **state) {
    const fixture *f = *state;
    wsnet_model *model = f->model;
    assert_fails(f->context, model_set_metadata(f->context, model, "n_bands", "5"), WSNET_E_ARGUMENT,
                 "by the model itself");
    assert_fails(f->context, model_set_metadata(f->context, model, "", "5"), WSNET_E_ARGUMENT, "empty");
    assert_fails(f->context, model_set_metadata(f->context, model, "note", "\x01"), WSNET_E_ARGUMENT, "UTF-8");
    assert_fails(f->context, model_set_name(f->context, model, 0, "two\nlines"), WSNET_E_ARGUMENT, "endmember 1");
    char long_name[WSNET_MAX_NAME + 1];
    memset(long_name, 'x', sizeof long_name);
    long_name[WSNET_MAX_NAME] = '\0';
    assert_fails(f->context, model_set_name(f->context, model, 0, long_name), WSNET_E_ARGUMENT, "1 to 255 bytes");
    const size_t size = MODEL_MAX_HEADER;
    char *text = malloc(size + 1);
    memset(text, 'x', size);
    text[size] = '\0';
    assert_works(f->context, model_set_metadata(f->context, model, "note", text));
    assert_string_equal(wsnet_model_sha256(model), "");
    free(text);
    void *bytes;
    size_t n_bytes;
    assert_fails(f->context, wsnet_model_save(f->context, model, &bytes, &n_bytes), WSNET_E_FORMAT, "too long");
    model->lod[1] = 1.0f / 0.0f;
    assert_fails(f->context, model_seal(f->context, model), WSNET_E_FORMAT, "'lod'");
}

static void sizes_are_checked(void **state) {
    const fixture *f = *state;
    network_dims dims = network_dims_default(10, 2);
    wsnet_model *model;
    dims.B = WSNET_MAX_BANDS + 1;
    assert_fails(f->context, model_create(f->context, &dims, 1, &model), WSNET_E_FORMAT, "n_bands is 4097");
    dims.B = 10;
    assert_fails(f->context, model_create(f->context, &dims, 0, &model), WSNET_E_FORMAT, "0 members");
}

#define WITH_MODEL(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_MODEL(everything_comes_back),
        WITH_MODEL(same_model_same_bytes),
        WITH_MODEL(container_is_safetensors),
        WITH_MODEL(every_truncation_fails),
        WITH_MODEL(other_files_are_named_so),
        WITH_MODEL(wrong_tensors_fail),
        WITH_MODEL(wrong_metadata_fail),
        WITH_MODEL(wrong_numbers_fail),
        WITH_MODEL(optional_tensors_come_and_go),
        WITH_MODEL(any_byte_may_be_wrong),
        WITH_MODEL(locale_does_not_matter),
        WITH_MODEL(what_cannot_be_saved_is_refused),
        WITH_MODEL(sizes_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
