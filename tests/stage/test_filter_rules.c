/* test_filter_rules.c: what the filter drops, holds and passes, by its shipped drops and by rules of one's
 * own. The core is in memory; its functions stand before those of the library. */
#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "dcmchain/chain.h"
#include "dcmchain/stage.h"
#include "support/suite.h"

struct dcmchain_context {
    char text[300];
    char warnings[600];
};

struct dcmchain_instance {
    dcmchain_dataset *dataset;
    const char *sop_class;
};

__attribute__((__format__(__printf__, 2, 0))) static void say(dcmchain_context *context, const char *format,
                                                              va_list arguments)
{
    (void)vsnprintf(context->text, sizeof context->text, format, arguments);
}

int dcmchain_error(dcmchain_context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(context, format, arguments);
    va_end(arguments);
    return DCMCHAIN_FAIL;
}

int dcmchain_drop(dcmchain_context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    say(context, format, arguments);
    va_end(arguments);
    return DCMCHAIN_DROP;
}

void dcmchain_warn(dcmchain_context *context, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(context->warnings, sizeof context->warnings, format, arguments);
    va_end(arguments);
}

dcmchain_dataset *dcmchain_instance_dataset(dcmchain_instance *instance)
{
    return instance->dataset;
}

const char *dcmchain_instance_sop_class_uid(const dcmchain_instance *instance)
{
    return instance->sop_class;
}

#define STORAGE "1.2.840.10008.5.1.4.1.1."
#define MR STORAGE "4"
#define ALL_DROPS 0xFFEU
#define NO_DROP 1U

static dcmchain_context context;

/* Runs one instance with one attribute through the stage. */
static int pass(uint64_t drop, const char *rules, const char *sop_class, uint32_t tag, uint16_t vr,
                const char *value)
{
    const struct dcmchain_stage *stage = dcmchain_stage_entry();
    struct filter_config config = {.drop = drop, .rules = rules};
    struct dcmchain_scope scope = {0};
    dcmchain_instance instance = {NULL, sop_class};
    dcmchain_element *element = NULL;
    memset(&context, 0, sizeof context);
    int result = stage->run_open(&context, &config, &scope.run);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    ck_assert_int_eq(dcmchain_dataset_new("1.2.840.10008.1.2.1", &instance.dataset), DCMCHAIN_OK);
    if (tag != 0) {
        ck_assert_int_eq(dcmchain_item_insert(dcmchain_dataset_root(instance.dataset), tag, vr, &element),
                         DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_element_set_text(element, value), DCMCHAIN_OK);
    }
    result = stage->instance(&context, &scope, &instance);
    stage->run_close(&context, scope.run, DCMCHAIN_OUTCOME_DONE);
    dcmchain_dataset_free(instance.dataset);
    return result;
}

static const struct {
    const char *sop_class;
    uint32_t tag;
    uint16_t vr;
    const char *value;
    const char *drop; /* NULL: it passes */
} cases[] = {
    {MR, 0, 0, NULL, NULL},
    {MR, 0x00280301, DCMCHAIN_VR_CS, "YES", "burned-in"},
    {MR, 0x00280301, DCMCHAIN_VR_CS, "NO", NULL},
    {STORAGE "7", 0, 0, NULL, "secondary-capture"},
    {STORAGE "7.4", 0, 0, NULL, "secondary-capture"},
    {MR, 0x00080064, DCMCHAIN_VR_CS, "SD", "secondary-capture"},
    {STORAGE "104.1", 0, 0, NULL, "encapsulated"},
    {STORAGE "104.3", 0, 0, NULL, "encapsulated"},
    {MR, 0x00080008, DCMCHAIN_VR_CS, "DERIVED\\SECONDARY\\SCREEN SAVE", "screen-capture"},
    {MR, 0x0008103E, DCMCHAIN_VR_LO, "Dose Report", "screen-capture"},
    {STORAGE "88.67", 0x0008103E, DCMCHAIN_VR_LO, "Dose Report", NULL}, /* an RDSR */
    {STORAGE "77.1.6", 0x00080008, DCMCHAIN_VR_CS, "ORIGINAL\\PRIMARY\\LABEL\\NONE", "slide-label"},
    {STORAGE "77.1.6", 0x00080008, DCMCHAIN_VR_CS, "ORIGINAL\\PRIMARY\\VOLUME\\NONE", NULL},
    {STORAGE "66", 0, 0, NULL, "raw-data"},
    {STORAGE "66.4", 0, 0, NULL, NULL}, /* a segmentation */
    {"1.2.276.0.7230010.3.1.0.1", 0, 0, NULL, "private-class"},
    {STORAGE "9.4.1", 0, 0, NULL, "audio"},
    {STORAGE "9.1.1", 0, 0, NULL, NULL}, /* an ECG */
    {STORAGE "77.1.1.1", 0, 0, NULL, "video"},
    {STORAGE "77.1.4", 0, 0, NULL, "photograph"},
    {MR, 0x60020102, DCMCHAIN_VR_US, "12", "overlay-in-pixels"},
    {MR, 0x60020102, DCMCHAIN_VR_US, "0", NULL},
    {STORAGE "88.59", 0, 0, NULL, NULL},
    {STORAGE "11.1", 0, 0, NULL, NULL},
    {STORAGE "481.2", 0, 0, NULL, NULL},
    {STORAGE "481.3", 0, 0, NULL, NULL},
    {STORAGE "481.5", 0, 0, NULL, NULL},
};

START_TEST(test_filter_shipped_drop_gives_its_reason)
{
    int result = pass(ALL_DROPS, "[]", cases[_i].sop_class, cases[_i].tag, cases[_i].vr, cases[_i].value);
    if (cases[_i].drop == NULL) {
        ck_assert_msg(result == DCMCHAIN_OK, "%s", context.text);
        return;
    }
    ck_assert_int_eq(result, DCMCHAIN_DROP);
    ck_assert_msg(strncmp(context.text, cases[_i].drop, strlen(cases[_i].drop)) == 0, "%s", context.text);
    ck_assert_int_eq(pass(NO_DROP, "[]", cases[_i].sop_class, cases[_i].tag, cases[_i].vr, cases[_i].value),
                     DCMCHAIN_OK);
}
END_TEST

#define RULE(when, action) "[{\"name\": \"mine\", \"action\": \"" action "\", \"when\": " when "}]"

static const struct {
    const char *when;
    bool holds; /* for an MR whose Series Number is 12 */
} conditions[] = {
    {"{\"attribute\": \"SeriesNumber\", \"equals\": [\"11\", \"12\"]}", true},
    {"{\"attribute\": \"SeriesNumber\", \"equals\": \"1\"}", false},
    {"{\"attribute\": \"(0020,0011)\", \"above\": 11.5}", true},
    {"{\"attribute\": \"SeriesNumber\", \"above\": 12}", false},
    {"{\"attribute\": \"SeriesNumber\", \"at_least\": 12}", true},
    {"{\"attribute\": \"SeriesNumber\", \"below\": 12}", false},
    {"{\"attribute\": \"SeriesNumber\", \"at_most\": 12}", true},
    {"{\"attribute\": \"SeriesNumber\", \"matches\": \"^1.$\"}", true},
    {"{\"attribute\": \"SeriesNumber\", \"present\": true}", true},
    {"{\"attribute\": \"PatientID\", \"present\": false}", true},
    {"{\"attribute\": \"PatientID\", \"present\": true}", false},
    {"{\"not\": {\"sop_class\": \"mr\"}}", false},
    {"{\"all\": [{\"sop_class\": \"mr\"}, {\"not\": {\"sop_class\": [\"ct\", \"pet\"]}}]}", true},
    {"{\"any\": [{\"sop_class\": \"ct\"}, {\"attribute\": \"SeriesNumber\", \"equals\": \"12\"}]}", true},
    {"{\"any\": [{\"sop_class\": \"ct\"}, {\"sop_class\": \"" STORAGE "5\"}]}", false},
};

START_TEST(test_filter_condition_holds_or_not)
{
    char rules[400];
    (void)snprintf(rules, sizeof rules, RULE("%s", "drop"), conditions[_i].when);
    int result = pass(NO_DROP, rules, MR, 0x00200011, DCMCHAIN_VR_IS, "12");
    ck_assert_msg(result == (conditions[_i].holds ? DCMCHAIN_DROP : DCMCHAIN_OK), "%s: %s", rules,
                  context.text);
    if (conditions[_i].holds) {
        ck_assert_str_eq(context.text, "mine");
    }
}
END_TEST

START_TEST(test_filter_quarantine_fails_the_instance)
{
    ck_assert_int_eq(pass(NO_DROP, RULE("{\"sop_class\": \"mr\"}", "quarantine"), MR, 0, 0, NULL),
                     DCMCHAIN_FAIL);
    ck_assert_str_eq(context.text, "mine");
}
END_TEST

static const struct {
    const char *rules;
    const char *says;
} mistakes[] = {
    {"{}", "expected an array"},
    {"[{}]", "rule 1: expected an object with a \"name\""},
    {RULE("{\"sop_class\": \"ct\"}", "delete"), "\"action\" is one of"},
    {RULE("{\"sop_class\": \"secondary-captur\"}", "drop"), "did you mean 'secondary-capture'?"},
    {RULE("{\"attribute\": \"PatientNam\", \"present\": true}", "drop"), "did you mean 'PatientName'?"},
    {RULE("{\"attribute\": \"PatientName\", \"matches\": \"(\"}", "drop"),
     "the pattern is wrong at character"},
    {RULE("{\"attribute\": \"PatientName\"}", "drop"), "goes with one of"},
    {RULE("{\"all\": []}", "drop"), "takes an array of 1"},
    {RULE("{\"attribute\": \"SeriesNumber\", \"above\": \"3\"}", "drop"), "takes a number"},
};

START_TEST(test_filter_wrong_rule_is_refused_with_its_reason)
{
    ck_assert_int_eq(pass(NO_DROP, mistakes[_i].rules, MR, 0, 0, NULL), DCMCHAIN_FAIL);
    ck_assert_msg(strstr(context.text, mistakes[_i].says) != NULL, "%s", context.text);
}
END_TEST

START_TEST(test_filter_none_goes_alone)
{
    ck_assert_int_eq(pass(NO_DROP | 2U, "[]", MR, 0, 0, NULL), DCMCHAIN_FAIL);
}
END_TEST

START_TEST(test_filter_pattern_without_end_fails_the_instance)
{
    char value[60];
    memset(value, 'a', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    ck_assert_int_eq(
        pass(NO_DROP, RULE("{\"attribute\": \"SeriesDescription\", \"matches\": \"^(a+)+[bc]$\"}", "drop"),
             MR, 0x0008103E, DCMCHAIN_VR_LO, value),
        DCMCHAIN_FAIL);
}
END_TEST

/* More alternatives than machine code has room to remember. */
START_TEST(test_filter_pattern_over_a_long_value_is_decided)
{
    char value[9001];
    memset(value, 'a', sizeof value - 1);
    value[sizeof value - 1] = '\0';
    ck_assert_int_eq(pass(NO_DROP,
                          RULE("{\"attribute\": \"ImageComments\", \"matches\": \"^(?:a|ab)+$\"}", "drop"),
                          MR, 0x00204000, DCMCHAIN_VR_LT, value),
                     DCMCHAIN_DROP);
}
END_TEST

/* To ask for each of them anew, in all of them, would take hours. */
START_TEST(test_filter_last_of_a_million_values_is_found)
{
    const size_t length = 2000000;
    char *value = malloc(length + 1);
    ck_assert_ptr_nonnull(value);
    for (size_t i = 0; i < length; i += 2) {
        memcpy(value + i, i + 2 < length ? "A\\" : " B", 2);
    }
    value[length] = '\0';
    ck_assert_int_eq(pass(NO_DROP, RULE("{\"attribute\": \"ImageType\", \"equals\": \"B\"}", "drop"), MR,
                          0x00080008, DCMCHAIN_VR_CS, value),
                     DCMCHAIN_DROP);
    free(value);
}
END_TEST

START_TEST(test_filter_value_of_nothing_but_padding_is_no_reason_to_fail)
{
    ck_assert_int_eq(pass(NO_DROP, RULE("{\"attribute\": \"ImageType\", \"equals\": \"B\"}", "drop"), MR,
                          0x00080008, DCMCHAIN_VR_CS, "  "),
                     DCMCHAIN_OK);
}
END_TEST

START_TEST(test_filter_risk_is_told_and_published)
{
    ck_assert_int_eq(pass(ALL_DROPS, "[]", STORAGE "6.1", 0, 0, NULL), DCMCHAIN_OK);
    ck_assert_ptr_nonnull(strstr(context.warnings, "ultrasound"));
    ck_assert_int_eq(pass(ALL_DROPS, "[]", STORAGE "6.1", 0x00280301, DCMCHAIN_VR_CS, "NO"), DCMCHAIN_OK);
    ck_assert_str_eq(context.warnings, "");
    ck_assert_int_eq(pass(ALL_DROPS, "[]", MR, 0x00180015, DCMCHAIN_VR_CS, "HEAD"), DCMCHAIN_OK);
    ck_assert_ptr_nonnull(strstr(context.warnings, "face"));
    ck_assert_int_eq(pass(ALL_DROPS, "[]", MR, 0x00180015, DCMCHAIN_VR_CS, "KNEE"), DCMCHAIN_OK);
    ck_assert_str_eq(context.warnings, "");
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof(array)[0]))

int main(void)
{
    Suite *suite = suite_create("filter rules");
    TCase *tests = tcase_create("rules");
    tcase_add_loop_test(tests, test_filter_shipped_drop_gives_its_reason, 0, COUNT(cases));
    tcase_add_loop_test(tests, test_filter_condition_holds_or_not, 0, COUNT(conditions));
    tcase_add_test(tests, test_filter_quarantine_fails_the_instance);
    tcase_add_loop_test(tests, test_filter_wrong_rule_is_refused_with_its_reason, 0, COUNT(mistakes));
    tcase_add_test(tests, test_filter_none_goes_alone);
    tcase_add_test(tests, test_filter_pattern_without_end_fails_the_instance);
    tcase_add_test(tests, test_filter_pattern_over_a_long_value_is_decided);
    tcase_add_test(tests, test_filter_last_of_a_million_values_is_found);
    tcase_add_test(tests, test_filter_value_of_nothing_but_padding_is_no_reason_to_fail);
    tcase_add_test(tests, test_filter_risk_is_told_and_published);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
