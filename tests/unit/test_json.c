/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include <stdio.h>

#include "json.h"

static wsnet_status read_text(wsnet_context *context, const char *text, json_value **root) {
    size_t error_at = 0;
    return json_read(context, text, strlen(text), root, &error_at);
}

static void values_are_found(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    json_value *root;
    size_t number = 7;
    assert_int_equal(read_text(context, " {\"a\": [1, 20,{} ], \"b\":{\"c\":\"x\\\"y\"},\"d\":null}\n", &root),
                     WSNET_OK);
    assert_int_equal(root->n_children, 3);
    const json_value *a = json_find(root, "a");
    assert_true(a->kind == JSON_ARRAY && a->n_children == 3);
    assert_true(json_size(json_next(json_first(a)), 20, &number) && number == 20);
    assert_false(json_size(json_next(json_first(a)), 19, &number));
    assert_string_equal(json_string(json_find(json_find(root, "b"), "c")), "x\"y");
    assert_true(json_find(root, "d")->kind == JSON_WORD && !json_string(json_find(root, "d")));
    assert_null(json_find(root, "e"));
    assert_null(json_find(a, "e"));
    assert_null(json_find(NULL, "e"));
    assert_null(json_first(json_next(json_next(json_first(a)))));
    context_release(context, root);
    wsnet_context_destroy(context);
}

static void strings_are_decoded(void **state) {
    (void)state;
    wsnet_context *context = wsnet_context_create(NULL);
    json_value *root;
    assert_int_equal(read_text(context, "\"\\u00e9\\u20ac\\ud83d\\ude00 \\/\\\\\\b\\f\\n\\r\\t\"", &root), WSNET_OK);
    assert_string_equal(json_string(root), "\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80 /\\\b\f\n\r\t");
    context_release(context, root);
    wsnet_context_destroy(context);
}

static void what_is_not_json_is_refused(void **state) {
    (void)state;
    static const char *const bad[] = {
        "",
        " ",
        "{",
        "[",
        "[1",
        "[1,",
        "[1,]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{a:1}",
        "[1 2]",
        "1 2",
        "01",
        ".5",
        "-",
        "1e",
        "+1",
        "nul",
        "nulll",
        "True",
        "\"",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u0000\"",
#ifdef WSNET_MINIMAL /* json-c reads 1. as 1, U+FFFD for half a surrogate pair, and line ends inside strings */
        "1.",
        "\"a\nb\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\u0041\"",
#endif
        "{\"a\":1}}",
        "[[[[[[[[[1]]]]]]]]]",
        "'a'",
        "/**/1",
    };
    wsnet_context *context = wsnet_context_create(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        json_value *root = NULL;
        if (read_text(context, bad[i], &root) != WSNET_E_FORMAT || root) fail_msg("this was read: %s", bad[i]);
    }
    size_t error_at = 0;
    json_value *root = NULL;
    assert_int_equal(json_read(context, "\"a\0b\"", 5, &root, &error_at), WSNET_E_FORMAT);
    assert_in_range(error_at, 2, 3);
    static const char *const good[] = {"-0.5e+3", "[[[[[[[1]]]]]]]", "true", "[]", "{}", "\"\""};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (read_text(context, good[i], &root) != WSNET_OK) fail_msg("this was refused: %s", good[i]);
        context_release(context, root);
    }
    wsnet_context_destroy(context);
}

static void only_whole_numbers_are_sizes(void **state) {
    (void)state;
    static const char *const others[] = {"-1", "1.0", "1e2", "99999999999999999999999", "\"1\"", "null"};
    wsnet_context *context = wsnet_context_create(NULL);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        json_value *root;
        size_t number;
        assert_int_equal(read_text(context, others[i], &root), WSNET_OK);
        if (json_size(root, INT64_MAX / 2, &number)) fail_msg("this is no size: %s", others[i]);
        context_release(context, root);
    }
    wsnet_context_destroy(context);
}

#ifndef WSNET_MINIMAL /* which writes nothing */
static void written_strings_read_the_same(void **state) {
    (void)state;
    static const char text[] = "quote \" slash / back \\ line \n tab \t bell \x07 \xc3\xa9";
    char made[200] = "";
    json_writer measured = {0}, writer = {.to = made};
    json_put_string(&measured, text);
    json_put_string(&writer, text);
    assert_int_equal(measured.used, writer.used);
    assert_non_null(strstr(made, "quote \\\" slash / back \\\\ line \\n tab \\t bell \\u0007"));
    wsnet_context *context = wsnet_context_create(NULL);
    json_value *root;
    assert_int_equal(read_text(context, made, &root), WSNET_OK);
    assert_string_equal(json_string(root), text);
    context_release(context, root);
    wsnet_context_destroy(context);
}

#endif

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_found),
        cmocka_unit_test(strings_are_decoded),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(only_whole_numbers_are_sizes),
#ifndef WSNET_MINIMAL
        cmocka_unit_test(written_strings_read_the_same),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
