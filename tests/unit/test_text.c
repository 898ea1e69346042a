/* test_text.c: a growing text, and strings of JSON in it. */
#include <string.h>

#include "support/suite.h"
#include "text.h"

static void expect(struct text *text, const char *expected)
{
    char *taken = text_take(text);
    ck_assert_str_eq(taken, expected);
    free(taken);
}

START_TEST(test_text_of_nothing_is_empty)
{
    struct text text = TEXT_EMPTY;
    expect(&text, "");
    expect(&text, "");
}
END_TEST

START_TEST(test_text_grows_with_what_is_added)
{
    struct text text = TEXT_EMPTY;
    for (unsigned i = 0; i < 3000; i++) {
        text_printf(&text, "%04u", i);
    }
    ck_assert_uint_eq(text.length, 12000);
    text_fit(&text);
    char *taken = text_take(&text);
    ck_assert_mem_eq(taken + 4 * 1234, "1234", 4);
    free(taken);
    char *formatted = text_format("%s-%d", "a", 7);
    ck_assert_str_eq(formatted, "a-7");
    free(formatted);
}
END_TEST

START_TEST(test_text_json_member_has_a_comma_but_as_the_first)
{
    struct text text = TEXT_EMPTY;
    text_append(&text, "{");
    text_json_member(&text, "a", "{");
    text_json_member(&text, "b", NULL);
    text_append(&text, ",\"c\":{");
    text_json_member(&text, "d", "");
    text_append(&text, "}}");
    expect(&text, "{\"a\":\"{\",\"b\":null,\"c\":{\"d\":\"\"}}");
}
END_TEST

START_TEST(test_text_json_string_escapes_and_mends)
{
    struct text text = TEXT_EMPTY;
    text_json_string(&text, "\"\\\n\x01 \xC3\xA4 \xC3");
    char *taken = text_take(&text);
    ck_assert_ptr_nonnull(strstr(taken, "\\\"\\\\"));
    ck_assert_ptr_nonnull(strstr(taken, "\\u0001 \xC3\xA4 "));
    ck_assert_ptr_null(strchr(taken, '\n'));
    ck_assert_ptr_nonnull(strstr(taken, "\xEF\xBF\xBD"));
    free(taken);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *cases = tcase_create("text");
    tcase_add_test(cases, test_text_of_nothing_is_empty);
    tcase_add_test(cases, test_text_grows_with_what_is_added);
    tcase_add_test(cases, test_text_json_member_has_a_comma_but_as_the_first);
    tcase_add_test(cases, test_text_json_string_escapes_and_mends);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
