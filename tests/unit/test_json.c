/* test_json.c: what the strict and the lenient mode take, where they see a value, and what a harvest yields.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "json.h"
#include "limits.h"
#include "support/suite.h"

static int parse(const char *text, struct json **ret_json, struct json_problem *ret_problem)
{
    return json_parse(text, strlen(text), ret_json, ret_problem);
}

/* The value in its one spelling, owned. */
static char *spelling(const struct json *json)
{
    struct text text = TEXT_EMPTY;
    json_write(&text, json);
    return text_take(&text);
}

static const struct {
    const char *text;
    const char *spelling;
} good[] = {
    {"null", "null"},
    {" [ ] \r\n", "[]"},
    {"\xEF\xBB\xBF{}", "{}"},
    {"{\"a\": [true, false, null], \"b\": {\"a\": 1}}", "{\"a\":[true,false,null],\"b\":{\"a\":1}}"},
    {"[0, -0, 1.50, -2e+3, 3E-2, 123456789012345678901234567890]",
     "[0,-0,1.50,-2e+3,3E-2,123456789012345678901234567890]"},
    {"\"\\u00e4\\/\\ud83d\\ude00\\n\"", "\"\xC3\xA4/\xF0\x9F\x98\x80\\n\""},
    {"{\"A\": 1, \"a\": 2}", "{\"A\":1,\"a\":2}"},
    {"{\"\": 1}", "{\"\":1}"},
};

START_TEST(test_json_strict_reads_and_spells)
{
    struct json *json = NULL;
    struct json_problem problem = {0};
    ck_assert_int_eq(parse(good[_i].text, &json, &problem), DCMCHAIN_OK);
    char *text = spelling(json);
    ck_assert_str_eq(text, good[_i].spelling);
    free(text);
    json_free(json);
}
END_TEST

static const struct {
    const char *text;
    unsigned line;
    unsigned column;
    const char *says;
} bad[] = {
    {"", 1, 1, "expected a value here, but the text ends"},
    {"{} x", 1, 4, "text follows the JSON value"},
    {"{}{}", 1, 3, "text follows"},
    {"{\"a\": 1,\n \"b\": 2,\n \"a\": 3}", 3, 2, "this key is there twice"},
    {"{\"a\": 1, \"\\u0061\": 3}", 1, 10, "this key is there twice"},
    {"[{\"x\": {\"y\": 1, \"y\": 1}}]", 1, 17, "this key is there twice"},
    {"[1,]", 1, 4, "no comma stands after the last one"},
    {"{\"a\": 1,}", 1, 9, "no comma stands after the last one"},
    {"{\"a\": }", 1, 7, "expected a value here"},
    {"[1 2]", 1, 4, "expected ',' or ']' here"},
    {"{\"a\" 1}", 1, 6, "expected ':' here"},
    {"{a: 1}", 1, 2, "expected a key in double quotes here"},
    {"{'a': 1}", 1, 2, "strings stand in double quotes"},
    {"// x\n{}", 1, 1, "JSON has no comments"},
    {"[1", 1, 3, "but the text ends"},
    {"\"abc", 1, 1, "a string is not closed"},
    {"\"a\tb\"", 1, 3, "a control character"},
    {"\"\\x\"", 1, 2, "no such escape"},
    {"\"\\u12\"", 1, 2, "four hexadecimal digits"},
    {"\"\\ud800\"", 1, 2, "half of a surrogate pair"},
    {"\"\\ud800\\u0041\"", 1, 2, "half of a surrogate pair"},
    {"\"\\udc00\"", 1, 2, "half of a surrogate pair"},
    {"\"a\\u0000b\"", 1, 3, "\\u0000 must not stand"},
    {"\"\xC3\"", 1, 2, "not UTF-8"},
    {"[1,\n\"\xED\xA0\x80\"]", 2, 2, "not UTF-8"},
    {"01", 1, 1, "not a number as JSON writes it"},
    {"[-]", 1, 2, "not a number"},
    {"1.", 1, 1, "not a number"},
    {"1e", 1, 1, "not a number"},
    {"[+1]", 1, 2, "expected a value"},
    {"NaN", 1, 1, "expected a value"},
    {"True", 1, 1, "expected a value"},
    {"nul", 1, 1, "expected a value"},
    {"truex", 1, 5, "text follows"},
    {"\v1", 1, 1, "expected a value"},
};

START_TEST(test_json_strict_refuses_with_a_place)
{
    struct json *json = NULL;
    struct json_problem problem = {0};
    ck_assert_msg(parse(bad[_i].text, &json, &problem) == DCMCHAIN_E_INVALID, "%d", _i);
    ck_assert_ptr_null(json);
    ck_assert_msg(problem.line == bad[_i].line && problem.column == bad[_i].column, "%d: %u:%u", _i,
                  problem.line, problem.column);
    ck_assert_msg(strstr(problem.text, bad[_i].says) != NULL, "%d: %s", _i, problem.text);
}
END_TEST

START_TEST(test_json_strict_refuses_nul_bytes)
{
    struct json *json = NULL;
    struct json_problem problem = {0};
    ck_assert_int_eq(json_parse("\"a\0b\"", 5, &json, &problem), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(json_parse("1\0", 2, &json, &problem), DCMCHAIN_E_INVALID);
}
END_TEST

START_TEST(test_json_problem_holds_nothing_of_the_text)
{
    static const char *const texts[] = {"{\"SECRET\": 1, \"SECRET\": 2}", "[SECRET]", "{\"SECRET\" 1}",
                                        "\"SECRET", "{SECRET"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct json *json = NULL;
        struct json_problem problem = {0};
        ck_assert_int_eq(parse(texts[i], &json, &problem), DCMCHAIN_E_INVALID);
        ck_assert_ptr_null(strstr(problem.text, "SECRET"));
    }
}
END_TEST

START_TEST(test_json_depth_has_a_limit)
{
    char text[4 * LIMIT_JSON_DEPTH];
    struct json *json = NULL;
    struct json_problem problem = {0};
    memset(text, '[', LIMIT_JSON_DEPTH + 1);
    memset(text + LIMIT_JSON_DEPTH + 1, ']', LIMIT_JSON_DEPTH + 1);
    ck_assert_int_eq(json_parse(text, 2 * (LIMIT_JSON_DEPTH + 1), &json, &problem), DCMCHAIN_OK);
    json_free(json);
    memset(text, '[', LIMIT_JSON_DEPTH + 2);
    ck_assert_int_eq(json_parse(text, LIMIT_JSON_DEPTH + 2, &json, &problem), DCMCHAIN_E_INVALID);
    ck_assert_ptr_nonnull(strstr(problem.text, "64"));
}
END_TEST

START_TEST(test_json_integers_are_exact)
{
    static const struct {
        const char *text;
        bool is_integer;
        int64_t integer;
    } numbers[] = {{"9007199254740993", true, 9007199254740993},
                   {"9223372036854775807", true, INT64_MAX},
                   {"-9223372036854775808", true, INT64_MIN},
                   {"9223372036854775808", false, 0},
                   {"1.0", false, 0},
                   {"1e2", false, 0}};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct json *json = NULL;
        struct json_problem problem = {0};
        ck_assert_int_eq(parse(numbers[i].text, &json, &problem), DCMCHAIN_OK);
        ck_assert_int_eq(json->type, JSON_NUMBER);
        ck_assert_msg(json->is_integer == numbers[i].is_integer, "%s", numbers[i].text);
        if (json->is_integer) {
            ck_assert_int_eq(json->integer, numbers[i].integer);
        }
        ck_assert_str_eq(json->string, numbers[i].text);
        json_free(json);
    }
}
END_TEST

START_TEST(test_json_places_are_of_keys_and_values)
{
    static const char text[] = "{\n  \"one\": 1,\n  \"two\":\n    [10, \"x\"]\n}";
    struct json *json = NULL;
    struct json_problem problem = {0};
    ck_assert_int_eq(parse(text, &json, &problem), DCMCHAIN_OK);
    const struct json *two = json_member(json, "two");
    ck_assert_uint_eq(two->key_line, 3);
    ck_assert_uint_eq(two->key_column, 3);
    ck_assert_uint_eq(two->line, 4);
    ck_assert_uint_eq(two->column, 5);
    ck_assert_uint_eq(two->children[1].line, 4);
    ck_assert_uint_eq(two->children[1].column, 10);
    json_free(json);
}
END_TEST

START_TEST(test_json_member_regards_case)
{
    struct json *json = NULL;
    struct json_problem problem = {0};
    ck_assert_int_eq(parse("{\"Dates\": 1, \"dates\": 2}", &json, &problem), DCMCHAIN_OK);
    ck_assert_int_eq(json_member(json, "dates")->integer, 2);
    ck_assert_int_eq(json_member(json, "Dates")->integer, 1);
    ck_assert_ptr_null(json_member(json, "DATES"));
    json_free(json);
}
END_TEST

START_TEST(test_json_marked_keeps_and_marks_duplicates)
{
    static const char text[] = "{\"a\": 1, \"b\": {\"c\": 1, \"c\": 2}, \"a\": 3, \"a\": 4}";
    struct json *json = NULL;
    struct json_problem problem = {0};
    ck_assert_int_eq(json_parse_marked(text, strlen(text), &json, &problem), DCMCHAIN_OK);
    ck_assert_uint_eq(json->count, 4);
    ck_assert(!json->children[0].duplicate && !json->children[1].duplicate);
    ck_assert(json->children[2].duplicate && json->children[3].duplicate);
    ck_assert_ptr_eq(json_duplicate(json), &json->children[1].children[1]);
    ck_assert_int_eq(json_member(json, "a")->integer, 1);
    json_free(json);
}
END_TEST

/* Keys by the ten thousand are compared in no more than n log n. */
START_TEST(test_json_many_keys_are_checked_quickly)
{
    struct text text = TEXT_EMPTY;
    struct json *json = NULL;
    struct json_problem problem = {0};
    text_append(&text, "{");
    for (unsigned i = 0; i < 300000; i++) {
        text_printf(&text, "\"key-%u\":0,", i);
    }
    text_append(&text, "\"key-7\":1}");
    ck_assert_int_eq(json_parse(text.bytes, text.length, &json, &problem), DCMCHAIN_E_INVALID);
    ck_assert_str_eq(problem.text, "this key is there twice");
    text_free(&text);
}
END_TEST

/* ---- lenient ---- */

struct found {
    char text[1024];
    int stop_after;
};

static int note(void *closure, const char *key, const char *value)
{
    struct found *found = closure;
    size_t length = strlen(found->text);
    (void)snprintf(found->text + length, sizeof found->text - length, "%s=%s;", key, value);
    return found->stop_after > 0 && --found->stop_after == 0 ? 42 : 0;
}

static int harvest(const char *text, size_t length, struct found *found)
{
    found->text[0] = '\0';
    return json_harvest(text, length, note, found);
}

START_TEST(test_json_harvest_keeps_every_duplicate)
{
    static const char text[] =
        "{\"Name\": \"A\", \"Name\": \"B\", \"Name\": \"A\", \"List\": [\"x\", [\"y\"], 7, "
        "{\"In\": \"z\"}], \"No\": null, \"Yes\": true}";
    struct found found = {0};
    ck_assert_int_eq(harvest(text, strlen(text), &found), DCMCHAIN_OK);
    ck_assert_str_eq(found.text, "Name=A;Name=B;Name=A;List=x;List=y;List=7;In=z;");
}
END_TEST

START_TEST(test_json_harvest_takes_what_strict_refuses)
{
    static const char text[] =
        "{\"Nul\": \"Doe\\u0000John\", \"Raw\": \"a\0b\", \"Tab\": \"a\tb\", "
        "\"Half\": \"x\\udce4y\", \"Bytes\": \"\xE4\xF6\", \"Slash\": \"a\\\\u0000b\"}";
    struct found found = {0};
    ck_assert_int_eq(harvest(text, sizeof text - 1, &found), DCMCHAIN_OK);
    ck_assert_str_eq(found.text, "Nul=Doe John;Raw=a b;Tab=a\tb;Half=x\xEF\xBF\xBDy;Bytes=\xE4\xF6;"
                                 "Slash=a\\u0000b;");
}
END_TEST

START_TEST(test_json_harvest_refuses_what_is_no_json)
{
    struct found found = {0};
    ck_assert_int_eq(harvest("{\"a\": ", 6, &found), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(harvest("", 0, &found), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(harvest("{} {}", 5, &found), DCMCHAIN_E_INVALID);
    ck_assert_str_eq(found.text, "");
}
END_TEST

START_TEST(test_json_harvest_ends_when_the_visitor_says)
{
    struct found found = {.stop_after = 2};
    ck_assert_int_eq(harvest("[1, 2, 3]", 9, &found), 42);
    ck_assert_str_eq(found.text, "=1;=2;");
}
END_TEST

/* ---- files ---- */

START_TEST(test_json_read_file_tells_what_is_wrong)
{
    char folder[] = "/tmp/dcmchain-json-XXXXXX";
    char path[64];
    char *text = NULL;
    size_t length = 0;
    ck_assert_ptr_nonnull(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/x", folder);
    ck_assert_int_eq(json_read_file(path, &text, &length), DCMCHAIN_E_IO);
    ck_assert_str_eq(json_read_problem(DCMCHAIN_E_IO), "No such file or directory");
    ck_assert_int_eq(json_read_file(folder, &text, &length), DCMCHAIN_E_TYPE);
    ck_assert_int_eq(mkfifo(path, 0600), 0); /* nobody writes to it: opening must not wait */
    ck_assert_int_eq(json_read_file(path, &text, &length), DCMCHAIN_E_TYPE);
    ck_assert_int_eq(unlink(path), 0);
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fputs("{}", file) >= 0, 1);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(json_read_file(path, &text, &length), DCMCHAIN_OK);
    ck_assert_str_eq(text, "{}");
    ck_assert_uint_eq(length, 2);
    free(text);
    ck_assert_int_eq(truncate(path, (off_t)LIMIT_JSON_BYTES + 1), 0);
    ck_assert_int_eq(json_read_file(path, &text, &length), DCMCHAIN_E_RANGE);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(folder), 0);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("json");
    TCase *cases = tcase_create("json");
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, test_json_strict_reads_and_spells, 0, sizeof good / sizeof good[0]);
    tcase_add_loop_test(cases, test_json_strict_refuses_with_a_place, 0, sizeof bad / sizeof bad[0]);
    tcase_add_test(cases, test_json_strict_refuses_nul_bytes);
    tcase_add_test(cases, test_json_problem_holds_nothing_of_the_text);
    tcase_add_test(cases, test_json_depth_has_a_limit);
    tcase_add_test(cases, test_json_integers_are_exact);
    tcase_add_test(cases, test_json_places_are_of_keys_and_values);
    tcase_add_test(cases, test_json_member_regards_case);
    tcase_add_test(cases, test_json_marked_keeps_and_marks_duplicates);
    tcase_add_test(cases, test_json_many_keys_are_checked_quickly);
    tcase_add_test(cases, test_json_harvest_keeps_every_duplicate);
    tcase_add_test(cases, test_json_harvest_takes_what_strict_refuses);
    tcase_add_test(cases, test_json_harvest_refuses_what_is_no_json);
    tcase_add_test(cases, test_json_harvest_ends_when_the_visitor_says);
    tcase_add_test(cases, test_json_read_file_tells_what_is_wrong);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
