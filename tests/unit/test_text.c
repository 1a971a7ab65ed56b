/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "testing.h"

#include <locale.h>

#include "text.h"

static void clean_text_is_utf8_without_controls(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool clean;
    } cases[] = {
        {"plain", true},
        {"", true},
        {"mat\xc3\xa9riau", true},
        {"\xe9\x89\x84 \xf0\x9f\x9b\xb0", true},
        {"\xf4\x8f\xbf\xbf", true},  /* U+10FFFF */
        {"\xf4\x90\x80\x80", false}, /* U+110000 */
        {"\xed\xa0\x80", false},     /* a surrogate */
        {"\xc0\xaf", false},         /* overlong / */
        {"\xe0\x80\xaf", false},     /* overlong / */
        {"\xc3", false},             /* cut off */
        {"\xc3(", false},
        {"\x80", false},
        {"\xff", false},
        {"bell\x07", false},
        {"delete\x7f", false},
        {"\xc2\x9b", false}, /* a C1 control: CSI */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (text_is_clean(cases[i].text, strlen(cases[i].text), false) != cases[i].clean) fail_msg("case %zu", i);
    assert_false(text_is_clean("a\0b", 3, true));
    assert_false(text_is_clean("two\nlines", 9, false));
    assert_true(text_is_clean("two\r\n\tlines", 11, true));
}

static bool number(const char *text, double *value) { return text_to_double(text, strlen(text), value); }

static void check_numbers(void) {
    double value = 42;
    assert_true(number("0.125", &value) && value == 0.125);
    assert_true(number("  -1.5E+3\t", &value) && value == -1500);
    assert_true(number("+.5e-1", &value) && value == 0.05);
    assert_true(text_to_double("1.5;rest", 3, &value) && value == 1.5);
    const char *not_numbers[] = {"", " ", "1,5", "1.5x", "0x10", "nan", "inf", "1e999", "1 2", "--1", "e5", "1e"};
    for (size_t i = 0; i < sizeof not_numbers / sizeof *not_numbers; i++)
        if (number(not_numbers[i], &value)) fail_msg("'%s' became %g", not_numbers[i], value);
    assert_true(value == 1.5);
    char text[TEXT_NUMBER_SIZE];
    const size_t length = text_from_double(0.1, 17, text);
    assert_int_equal(length, strlen(text));
    assert_string_equal(text, "0.10000000000000001");
    text_from_double(-1e300 / 7, 17, text);
    assert_true(number(text, &value) && value == -1e300 / 7);
}

static void numbers(void **state) {
    (void)state;
    check_numbers();
}

static void numbers_under_a_decimal_comma(void **state) {
    (void)state;
    if (!setlocale(LC_ALL, "de_DE.UTF-8")) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    char text[8];
    snprintf(text, sizeof text, "%.1f", 0.5);
    assert_string_equal(text, "0,5");
    check_numbers();
    snprintf(text, sizeof text, "%.1f", 0.5);
    assert_string_equal(text, "0,5"); /* the process's locale is as it was */
    setlocale(LC_ALL, "C");
}

static void whole_numbers(void **state) {
    (void)state;
    size_t value = 7;
    assert_true(text_to_size("4096", 4, 4096, &value) && value == 4096);
    assert_true(text_to_size("0", 1, 4096, &value) && value == 0);
    assert_true(text_to_size("18446744073709551615", 20, SIZE_MAX, &value) && value == SIZE_MAX);
    value = 7;
    assert_false(text_to_size("4097", 4, 4096, &value));
    assert_false(text_to_size("2", 1, 1, &value));
    assert_false(text_to_size("18446744073709551616", 20, SIZE_MAX, &value));
    assert_false(text_to_size("", 0, 4096, &value));
    assert_false(text_to_size("-1", 2, 4096, &value));
    assert_false(text_to_size("1 ", 2, 4096, &value));
    assert_int_equal(value, 7);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_text_is_utf8_without_controls),
        cmocka_unit_test(numbers),
        cmocka_unit_test(numbers_under_a_decimal_comma),
        cmocka_unit_test(whole_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
