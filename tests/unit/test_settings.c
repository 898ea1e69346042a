/* test_settings.c: tables of settings as their authors get them wrong, values of every type, and what reports
 * show of them. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"
#include "settings.h"
#include "support/suite.h"

struct config {
    const char *text;
    const char *rules;
    const char *file;
    const char *none;
    struct dcmchain_strings words;
    int64_t number;
    uint64_t set;
    int32_t flag;
    int32_t choice;
    unsigned char guard[8]; /* nothing is written here */
};

static const char *const choices[] = {"table", "empty", "shift", NULL};

#define AT(member) .offset = offsetof(struct config, member), .help = "It helps."

static const struct dcmchain_setting rows[] = {
    {.key = "text", .type = DCMCHAIN_SETTING_STRING, .maximum = 8, .fallback = "\"\\u00e4\"", AT(text)},
    {.key = "rules", .type = DCMCHAIN_SETTING_JSON, .flags = DCMCHAIN_SETTING_SENSITIVE, AT(rules)},
    {.key = "file", .type = DCMCHAIN_SETTING_FILE, AT(file)},
    {.key = "none", .type = DCMCHAIN_SETTING_STRING, AT(none)},
    {.key = "words",
     .type = DCMCHAIN_SETTING_STRINGS,
     .flags = DCMCHAIN_SETTING_SENSITIVE,
     .fallback = "[]",
     AT(words)},
    {.key = "number",
     .type = DCMCHAIN_SETTING_INTEGER,
     .fallback = "3",
     .minimum = -10,
     .maximum = 10,
     AT(number)},
    {.key = "set", .type = DCMCHAIN_SETTING_SET, .fallback = "[\"empty\"]", .choices = choices, AT(set)},
    {.key = "flag", .type = DCMCHAIN_SETTING_BOOL, .fallback = "true", AT(flag)},
    {.key = "choice",
     .type = DCMCHAIN_SETTING_CHOICE,
     .fallback = "\"table\"",
     .choices = choices,
     AT(choice)},
};

static struct dcmchain_stage stage_of(const struct dcmchain_setting *settings, uint32_t count)
{
    return (struct dcmchain_stage){.struct_size = sizeof(struct dcmchain_stage),
                                   .abi = DCMCHAIN_STAGE_ABI,
                                   .name = "test",
                                   .version = "1.0.0",
                                   .summary = "is tested",
                                   .settings = settings,
                                   .settings_count = count,
                                   .setting_size = sizeof(struct dcmchain_setting),
                                   .config_size = sizeof(struct config)};
}

static struct dcmchain_stage stage; /* of one test */
static struct settings *settings;
static char problem[1024];

static void setup(void)
{
    stage = stage_of(rows, sizeof rows / sizeof rows[0]);
    ck_assert_int_eq(settings_open(&stage, &settings, problem, sizeof problem), DCMCHAIN_OK);
    problem[0] = '\0';
}

static void teardown(void)
{
    settings_free(settings);
}

static const struct config *filled(void)
{
    const void *config = NULL;
    ck_assert_int_eq(settings_fill(settings, &config), DCMCHAIN_OK);
    return config;
}

static int set(const char *key, const char *value)
{
    struct json *json = NULL;
    struct json_problem at = {0};
    ck_assert_int_eq(json_parse_marked(value, strlen(value), &json, &at), DCMCHAIN_OK);
    int result = settings_set(settings, key, json, "/folder", problem, sizeof problem);
    json_free(json);
    return result;
}

static int set_text(const char *key, const char *value)
{
    return settings_set_text(settings, key, value, "/here", problem, sizeof problem);
}

/* ---- values ---- */

START_TEST(test_settings_defaults_fill_the_struct)
{
    const struct config *config = filled();
    ck_assert_str_eq(config->text, "\xC3\xA4");
    ck_assert_ptr_null(config->rules);
    ck_assert_ptr_null(config->file);
    ck_assert_ptr_null(config->none);
    ck_assert_uint_eq(config->words.count, 0);
    ck_assert_ptr_nonnull(config->words.values);
    ck_assert_int_eq(config->number, 3);
    ck_assert_uint_eq(config->set, 2);
    ck_assert_int_eq(config->flag, 1);
    ck_assert_int_eq(config->choice, 0);
    for (size_t i = 0; i < sizeof config->guard; i++) {
        ck_assert_uint_eq(config->guard[i], 0);
    }
}
END_TEST

START_TEST(test_settings_set_fills_every_type)
{
    ck_assert_int_eq(set("text", "\"eight by\""), DCMCHAIN_OK);
    ck_assert_int_eq(set("rules", "{\"a\": [1, {\"b\" : 9007199254740993}]}"), DCMCHAIN_OK);
    ck_assert_int_eq(set("file", "\"data/t.csv\""), DCMCHAIN_OK);
    ck_assert_int_eq(set("none", "\"\""), DCMCHAIN_OK);
    ck_assert_int_eq(set("words", "[\"one\", \"\", \"three\"]"), DCMCHAIN_OK);
    ck_assert_int_eq(set("number", "-10"), DCMCHAIN_OK);
    ck_assert_int_eq(set("set", "[\"shift\", \"table\", \"shift\"]"), DCMCHAIN_OK);
    ck_assert_int_eq(set("flag", "false"), DCMCHAIN_OK);
    ck_assert_int_eq(set("choice", "\"shift\""), DCMCHAIN_OK);
    const struct config *config = filled();
    ck_assert_str_eq(config->text, "eight by");
    ck_assert_str_eq(config->rules, "{\"a\":[1,{\"b\":9007199254740993}]}");
    ck_assert_str_eq(config->file, "/folder/data/t.csv");
    ck_assert_str_eq(config->none, "");
    ck_assert_uint_eq(config->words.count, 3);
    ck_assert_str_eq(config->words.values[0], "one");
    ck_assert_str_eq(config->words.values[1], "");
    ck_assert_str_eq(config->words.values[2], "three");
    ck_assert_int_eq(config->number, -10);
    ck_assert_uint_eq(config->set, 5);
    ck_assert_int_eq(config->flag, 0);
    ck_assert_int_eq(config->choice, 2);
}
END_TEST

START_TEST(test_settings_set_text_reads_by_type)
{
    ck_assert_int_eq(set_text("text", "12"), DCMCHAIN_OK); /* a string, not a number */
    ck_assert_int_eq(set_text("rules", "[{\"tag\": \"x\"}]"), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("file", "t.csv"), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("none", "a=b,\"c\"\\"), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("words", "one,two words"), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("number", "7"), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("set", ""), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("flag", "false"), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("choice", "empty"), DCMCHAIN_OK);
    const struct config *config = filled();
    ck_assert_str_eq(config->text, "12");
    ck_assert_str_eq(config->rules, "[{\"tag\":\"x\"}]");
    ck_assert_str_eq(config->file, "/here/t.csv");
    ck_assert_str_eq(config->none, "a=b,\"c\"\\");
    ck_assert_uint_eq(config->words.count, 2);
    ck_assert_str_eq(config->words.values[1], "two words");
    ck_assert_int_eq(config->number, 7);
    ck_assert_uint_eq(config->set, 0);
    ck_assert_int_eq(config->flag, 0);
    ck_assert_int_eq(config->choice, 1);
}
END_TEST

START_TEST(test_settings_set_text_takes_lists_as_json_too)
{
    ck_assert_int_eq(set_text("words", "[\"a,b\"]"), DCMCHAIN_OK);
    ck_assert_int_eq(set_text("set", "[\"shift\"]"), DCMCHAIN_OK);
    ck_assert_uint_eq(filled()->words.count, 1);
    ck_assert_str_eq(filled()->words.values[0], "a,b");
    ck_assert_uint_eq(filled()->set, 4);
}
END_TEST

START_TEST(test_settings_absolute_path_stays)
{
    ck_assert_int_eq(set("file", "\"/etc/t.csv\""), DCMCHAIN_OK);
    ck_assert_str_eq(filled()->file, "/etc/t.csv");
}
END_TEST

static const struct {
    const char *key;
    const char *value;
    const char *says;
} wrong[] = {
    {"text", "3", "expected a string of at most 8 bytes"},
    {"text", "\"nine byte\"", "at most 8 bytes"},
    {"none", "[\"x\"]", "expected a string"},
    {"none", "null", "expected a string"},
    {"file", "\"\"", "expected the path of a file"},
    {"file", "true", "expected the path of a file"},
    {"words", "\"one\"", "expected an array of strings"},
    {"words", "[\"one\", 2]", "member 1 is none"},
    {"number", "11", "expected a whole number from -10 to 10"},
    {"number", "-11", "from -10 to 10"},
    {"number", "1.0", "expected a whole number"},
    {"number", "\"3\"", "expected a whole number"},
    {"number", "99999999999999999999", "expected a whole number"},
    {"set", "\"empty\"", "expected an array of strings"},
    {"set", "[\"empty\", \"shift \"]",
     "member 1: expected one of 'table', 'empty', 'shift'; did you mean 'shift'?"},
    {"flag", "1", "expected true or false"},
    {"flag", "\"true\"", "expected true or false"},
    {"choice", "\"Table\"", "did you mean 'table'?"},
    {"choice", "\"\"", "expected one of 'table', 'empty', 'shift'"},
    {"choice", "2", "expected one of"},
    {"rules", "{\"a\": [{\"b\": 1, \"b\": 2}]}", "an object in it has one key twice"},
};

START_TEST(test_settings_wrong_value_says_what_is_expected)
{
    struct config before = *filled();
    ck_assert_int_eq(set(wrong[_i].key, wrong[_i].value), DCMCHAIN_E_CONFIG);
    ck_assert_msg(strstr(problem, wrong[_i].says) != NULL, "%d: %s", _i, problem);
    const struct config *after = filled();
    ck_assert_int_eq(before.number, after->number);
    ck_assert_uint_eq(before.set, after->set);
    ck_assert_int_eq(before.choice, after->choice);
}
END_TEST

static const struct {
    const char *key;
    const char *value;
    const char *says;
} wrong_text[] = {
    {"number", "many", "expected a whole number from -10 to 10"},
    {"number", "", "expected a whole number"},
    {"number", "1 2", "expected a whole number"},
    {"flag", "yes", "expected true or false"},
    {"set", "empty,shft", "did you mean 'shift'?"},
    {"words", "[\"a\"", "expected an array of strings"},
    {"rules", "{\"a\"", "column 5: expected ':' here"},
    {"file", "", "expected the path"},
    {"text", "\xFF", "expected UTF-8"},
};

START_TEST(test_settings_wrong_text_says_what_is_expected)
{
    ck_assert_int_eq(set_text(wrong_text[_i].key, wrong_text[_i].value), DCMCHAIN_E_CONFIG);
    ck_assert_msg(strstr(problem, wrong_text[_i].says) != NULL, "%d: %s", _i, problem);
}
END_TEST

START_TEST(test_settings_unknown_key_suggests)
{
    ck_assert_int_eq(set("chioce", "\"table\""), DCMCHAIN_E_ABSENT);
    ck_assert_str_eq(problem, "stage 'test' has no such setting; did you mean 'choice'?");
    ck_assert_int_eq(set("Choice", "\"table\""), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(set_text("zzzzzz", "1"), DCMCHAIN_E_ABSENT);
    ck_assert_ptr_nonnull(strstr(problem, "it has 'text', 'rules', 'file', 'none', 'words'"));
}
END_TEST

START_TEST(test_settings_sensitive_value_is_in_no_problem)
{
    static const char *const values[] = {"{\"SECRET\": 1, \"SECRET\": 2}", "[{\"x\": \"SECRET\", \"x\": 1}]"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        ck_assert_int_eq(set("rules", values[i]), DCMCHAIN_E_CONFIG);
        ck_assert_ptr_null(strstr(problem, "SECRET"));
    }
    ck_assert_int_eq(set_text("rules", "{SECRET"), DCMCHAIN_E_CONFIG);
    ck_assert_ptr_null(strstr(problem, "SECRET"));
    ck_assert_int_eq(set("words", "[\"SECRET\", 3]"), DCMCHAIN_E_CONFIG);
    ck_assert_ptr_null(strstr(problem, "SECRET"));
    ck_assert_int_eq(set("words", "\"SECRET\""), DCMCHAIN_E_CONFIG);
    ck_assert_ptr_null(strstr(problem, "SECRET"));
}
END_TEST

START_TEST(test_settings_missing_lists_all_that_are_required)
{
    struct dcmchain_setting own[3] = {rows[0], rows[1], rows[3]};
    for (size_t i = 0; i < 3; i++) {
        own[i].flags = DCMCHAIN_SETTING_REQUIRED;
        own[i].fallback = NULL;
    }
    struct dcmchain_stage strict = stage_of(own, 3);
    struct settings *needed = NULL;
    struct json *json = NULL;
    struct json_problem at = {0};
    size_t cursor = 0;
    ck_assert_int_eq(settings_check_table(&strict, problem, sizeof problem), DCMCHAIN_OK);
    ck_assert_int_eq(settings_open(&strict, &needed, problem, sizeof problem), DCMCHAIN_OK);
    ck_assert_int_eq(json_parse("1", 1, &json, &at), DCMCHAIN_OK);
    ck_assert_int_eq(settings_set(needed, "rules", json, "/", problem, sizeof problem), DCMCHAIN_OK);
    ck_assert_str_eq(settings_missing(needed, &cursor), "text");
    ck_assert_str_eq(settings_missing(needed, &cursor), "none");
    ck_assert_ptr_null(settings_missing(needed, &cursor));
    /* One that was given and is wrong is not told again. */
    ck_assert_int_eq(settings_set(needed, "text", json, "/", problem, sizeof problem), DCMCHAIN_E_CONFIG);
    cursor = 0;
    ck_assert_str_eq(settings_missing(needed, &cursor), "none");
    json_free(json);
    settings_free(needed);
}
END_TEST

/* ---- reports ---- */

static void digest(void *closure, const char *json_text, char ret_hex[65])
{
    size_t *length = closure;
    *length = strlen(json_text);
    memset(ret_hex, 'a', 64);
    ret_hex[64] = '\0';
}

START_TEST(test_settings_json_hides_what_is_sensitive)
{
    size_t length = 0;
    ck_assert_int_eq(set("words", "[\"SECRET\", \"OTHER\"]"), DCMCHAIN_OK);
    ck_assert_int_eq(set("file", "\"/home/SITE/table.csv\""), DCMCHAIN_OK);
    ck_assert_int_eq(set("text", "\"q\\\"\""), DCMCHAIN_OK);
    char *text = settings_json(settings, digest, &length);
    ck_assert_str_eq(text, "{\"text\":\"q\\\"\",\"rules\":{\"count\":0},\"file\":\"table.csv\",\"none\":null,"
                           "\"words\":{\"count\":2,\"hmac\":"
                           "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},"
                           "\"number\":3,\"set\":[\"empty\"],\"flag\":true,\"choice\":\"table\"}");
    ck_assert_uint_eq(length, strlen("[\"SECRET\",\"OTHER\"]"));
    free(text);
    text = settings_json(settings, NULL, NULL);
    ck_assert_ptr_null(strstr(text, "hmac"));
    ck_assert_ptr_null(strstr(text, "SECRET"));
    free(text);
}
END_TEST

/* The same value has the same hash, however it was written. */
START_TEST(test_settings_json_has_one_spelling)
{
    ck_assert_int_eq(set("none", "\"\\u00e4\\/\""), DCMCHAIN_OK);
    char *from_file = settings_json(settings, NULL, NULL);
    ck_assert_int_eq(set_text("none", "\xC3\xA4/"), DCMCHAIN_OK);
    char *from_text = settings_json(settings, NULL, NULL);
    ck_assert_str_eq(from_file, from_text);
    free(from_file);
    free(from_text);
}
END_TEST

/* ---- tables ---- */

static const char *const twice[] = {"a", "b", "a", NULL};
static const char *const nothing[] = {NULL};

#define ROW(...)                                                                                             \
    {                                                                                                        \
        .help = "It helps.", __VA_ARGS__                                                                     \
    }
static const struct {
    struct dcmchain_setting row;
    const char *says;
} broken[] = {
    {ROW(.key = NULL, .type = DCMCHAIN_SETTING_BOOL), "it has no key"},
    {ROW(.key = "", .type = DCMCHAIN_SETTING_BOOL), "lower case"},
    {ROW(.key = "Days", .type = DCMCHAIN_SETTING_BOOL), "lower case"},
    {ROW(.key = "a.b", .type = DCMCHAIN_SETTING_BOOL), "lower case"},
    {ROW(.key = "x"), "a type that this dcmchain does not know"},
    {ROW(.key = "x", .type = 9), "a type that this dcmchain does not know"},
    {{.key = "x", .type = DCMCHAIN_SETTING_BOOL}, "it has no help"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .flags = 8), "a flag that this dcmchain does not know"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .flags = DCMCHAIN_SETTING_PROJECT), "must be a string"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .flags = DCMCHAIN_SETTING_REQUIRED, .fallback = "true"),
     "required and has a default"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .offset = sizeof(struct config)), "outside the config"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_INTEGER, .offset = sizeof(struct config) - 4),
     "outside the config"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .offset = UINT64_MAX - 1), "outside the config"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_CHOICE), "1 to 64 choices"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_SET, .choices = nothing), "1 to 64 choices"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_SET, .choices = twice), "there twice"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_INTEGER, .minimum = 2, .maximum = 1), "above its maximum"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_STRING, .minimum = -1), "only a whole number"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_FILE, .fallback = "\"t.csv\""), "no absolute path"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .fallback = "1"), "expected true or false"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .fallback = "tru"), "its default is wrong"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_STRING, .fallback = "table"), "its default is wrong"},
    {ROW(.key = "number", .type = DCMCHAIN_SETTING_BOOL), "its key is there twice"},
    {ROW(.key = "x", .type = DCMCHAIN_SETTING_BOOL, .offset = offsetof(struct config, number) + 4),
     "another setting's"},
};

START_TEST(test_settings_table_refuses_with_a_text_for_its_author)
{
    struct dcmchain_setting own[2] = {rows[5], broken[_i].row};
    struct dcmchain_stage wrong_stage = stage_of(own, 2);
    ck_assert_int_eq(settings_check_table(&wrong_stage, problem, sizeof problem), DCMCHAIN_E_CONFIG);
    ck_assert_msg(strstr(problem, broken[_i].says) != NULL, "%d: %s", _i, problem);
    ck_assert_ptr_nonnull(strstr(problem, "stage 'test'"));
}
END_TEST

START_TEST(test_settings_table_refuses_broken_frames)
{
    struct dcmchain_stage frame = stage_of(NULL, 1);
    ck_assert_int_eq(settings_check_table(&frame, problem, sizeof problem), DCMCHAIN_E_CONFIG);
    frame = stage_of(rows, LIMIT_SETTINGS + 1);
    ck_assert_int_eq(settings_check_table(&frame, problem, sizeof problem), DCMCHAIN_E_CONFIG);
    frame = stage_of(rows, 2);
    frame.setting_size = sizeof rows[0] - 8;
    ck_assert_int_eq(settings_check_table(&frame, problem, sizeof problem), DCMCHAIN_E_CONFIG);
    frame.setting_size = sizeof rows[0] + 4;
    ck_assert_int_eq(settings_check_table(&frame, problem, sizeof problem), DCMCHAIN_E_CONFIG);
    frame.setting_size = sizeof rows[0];
    ck_assert_int_eq(settings_check_table(&frame, problem, sizeof problem), DCMCHAIN_OK);
    frame = stage_of(NULL, 0);
    ck_assert_int_eq(settings_check_table(&frame, problem, sizeof problem), DCMCHAIN_OK);
}
END_TEST

START_TEST(test_settings_row_has_the_stride_of_its_table)
{
    struct wide {
        struct dcmchain_setting row;
        uint64_t more[3];
    } wide[2] = {{rows[5], {1, 2, 3}}, {rows[7], {4, 5, 6}}};
    struct dcmchain_stage newer = stage_of(&wide[0].row, 2);
    newer.setting_size = sizeof wide[0];
    ck_assert_int_eq(settings_check_table(&newer, problem, sizeof problem), DCMCHAIN_OK);
    ck_assert_str_eq(settings_row(&newer, 1).key, "flag");
    ck_assert_uint_eq(settings_row(&newer, 1).offset, offsetof(struct config, flag));
}
END_TEST

START_TEST(test_settings_list_is_cut_between_words)
{
    static const char *const words[] = {"alpha", "beta", "gamma"};
    char list[24];
    settings_list(words, 3, list, sizeof list);
    ck_assert_str_eq(list, "'alpha', 'beta' …");
    settings_list(words, 2, list, sizeof list);
    ck_assert_str_eq(list, "'alpha', 'beta'");
    settings_list(words, 0, list, sizeof list);
    ck_assert_str_eq(list, "");
}
END_TEST

static TCase *cases_of_values(void)
{
    TCase *cases = tcase_create("values");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, test_settings_defaults_fill_the_struct);
    tcase_add_test(cases, test_settings_set_fills_every_type);
    tcase_add_test(cases, test_settings_set_text_reads_by_type);
    tcase_add_test(cases, test_settings_set_text_takes_lists_as_json_too);
    tcase_add_test(cases, test_settings_absolute_path_stays);
    tcase_add_loop_test(cases, test_settings_wrong_value_says_what_is_expected, 0,
                        sizeof wrong / sizeof wrong[0]);
    tcase_add_loop_test(cases, test_settings_wrong_text_says_what_is_expected, 0,
                        sizeof wrong_text / sizeof wrong_text[0]);
    tcase_add_test(cases, test_settings_unknown_key_suggests);
    tcase_add_test(cases, test_settings_sensitive_value_is_in_no_problem);
    tcase_add_test(cases, test_settings_missing_lists_all_that_are_required);
    tcase_add_test(cases, test_settings_json_hides_what_is_sensitive);
    tcase_add_test(cases, test_settings_json_has_one_spelling);
    return cases;
}

int main(void)
{
    Suite *suite = suite_create("settings");
    TCase *cases = tcase_create("tables");
    tcase_add_loop_test(cases, test_settings_table_refuses_with_a_text_for_its_author, 0,
                        sizeof broken / sizeof broken[0]);
    tcase_add_test(cases, test_settings_table_refuses_broken_frames);
    tcase_add_test(cases, test_settings_row_has_the_stride_of_its_table);
    tcase_add_test(cases, test_settings_list_is_cut_between_words);
    suite_add_tcase(suite, cases_of_values());
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
