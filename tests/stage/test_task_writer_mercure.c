/* test_task_writer_mercure.c: which fields of mercure's task come through, and as what: the allow-list, field
 * by field, against tasks that are complete, wrong in type, or about something else. */
#include <check.h>
#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

#include "support/suite.h"
#include "task_writer.h"

/* ---- a study with three series: the second was dropped, the third has lost its description ---- */

static const char *study_value(void *closure, uint32_t tag, bool final)
{
    (void)closure;
    switch (tag) {
    case TAG_STUDY_INSTANCE_UID:
        return final ? "2.25.1" : "1.2.3";
    case TAG_PATIENT_ID:
        return final ? "PSEUDONYM" : "PHI-MRN";
    case TAG_ACCESSION_NUMBER:
        return final ? NULL : "PHI-ACC";
    default:
        return NULL;
    }
}

static const char *series_value(void *closure, size_t series, uint32_t tag, bool final)
{
    static const char *const uids[][2] = {{"1.2.3.1", "2.25.11"}, {"1.2.3.2", NULL}, {"1.2.3.3 ", "2.25.13"}};
    (void)closure;
    ck_assert_uint_lt(series, 3);
    if (tag == TAG_SERIES_INSTANCE_UID) {
        return uids[series][final ? 1 : 0];
    }
    if (tag == TAG_SERIES_DESCRIPTION) {
        return !final ? "PHI description" : series == 0 ? "T1 axial" : NULL;
    }
    return NULL;
}

static const struct substitutions substitutions = {NULL, study_value, series_value, 3};
static struct task_writer_config config;

static void set_up(void)
{
    config = (struct task_writer_config){.files = 1};
}

/* What is written of a task, as one line. Owned. */
static char *written(const char *task)
{
    struct json json = {0};
    json_open(&json, NULL, '{', false);
    mercure_write(&json, task, &substitutions, &config);
    json_close(&json, '}');
    char *text = json_take(&json, false);
    cJSON *parsed = cJSON_Parse(text);
    ck_assert_msg(cJSON_IsObject(parsed), "%s", text);
    char *line = cJSON_PrintUnformatted(parsed);
    ck_assert_ptr_null(strstr(line, "PHI"));
    cJSON_Delete(parsed);
    free(text);
    return line;
}

static void check(const char *task, const char *expected)
{
    char *line = written(task);
    ck_assert_msg(strcmp(line, expected) == 0, "%s\ngives\n%s\nnot\n%s", task, line, expected);
    free(line);
}

/* ---- a whole task ---- */

static const char whole[] =
    "{\"info\": {\"action\": \"both\", \"uid\": \"1.2.3\", \"uid_type\": \"study\", \"triggered_rules\": "
    "{\"PHI-rule\": true}, \"applied_rule\": \"PHI-rule\", \"patient_name\": \"PHI^Name\", \"mrn\": "
    "\"PHI-MRN\", "
    "\"acc\": \"PHI-ACC\", \"sender_address\": \"10.9.8.7 PHI\", \"mercure_version\": \"0.4.0-beta.7\", "
    "\"mercure_appliance\": \"PHI-master\", \"mercure_server\": \"PHI-host\", \"device_serial_number\": "
    "\"PHI-7671\", \"fail_stage\": \"PHI\", \"sender_aet\": \"PHI-AET\", \"receiver_aet\": \"PHI-AET\"}, "
    "\"id\": \"6d13f6ce-c8db-11f0-93c1-7a22f82623b8\", "
    "\"dispatch\": {\"target_name\": [\"PHI-pc\"], \"status\": {\"PHI-pc\": {\"state\": \"waiting\", "
    "\"time\": "
    "\"2025-11-24 02:15:20\"}}, \"retries\": 3, \"next_retry_at\": 1764000000.0, \"series_uid\": "
    "\"1.2.3.1\"}, "
    "\"process\": {\"module_name\": \"PHI-module\", \"module_config\": {\"docker_tag\": \"PHI/tag\", "
    "\"environment\": \"{\\\"PHI\\\": 1}\"}, \"settings\": {\"dcmchain.anonymise.words\": [\"PHI\"]}, "
    "\"retain_input_images\": false, \"output\": {\"PHI\": 1}}, "
    "\"study\": {\"study_uid\": \"1.2.3\", \"complete_trigger\": \"timeout\", \"complete_required_series\": "
    "\"PHI*\", \"creation_time\": \"2025-11-24 02:15:20\", \"last_receive_time\": \"2025-11-24 02:16:21\", "
    "\"received_series\": [\"PHI one\", \"PHI two\", \"PHI three\", \"PHI four\"], \"received_series_uid\": "
    "[\"1.2.3.1\", \"1.2.3.2\", \"1.2.3.3\", \"1.2.3.4\"], \"complete_force\": false, "
    "\"complete_force_action\": \"ignore\"}, \"nomad_info\": \"PHI\", \"PHI-new\": {\"uid\": \"1.2.3\"}}";

#define WHOLE_INFO                                                                                           \
    "{\"info\":{\"action\":\"both\",\"uid\":\"2.25.1\",\"uid_type\":\"study\",\"mrn\":\"PSEUDONYM\","        \
    "\"mercure_version\":\"0.4.0-beta.7\"},"
#define WHOLE_MIDDLE                                                                                         \
    "\"dispatch\":{\"series_uid\":\"2.25.11\"},\"process\":{\"retain_input_images\":false},"                 \
    "\"study\":{\"study_uid\":\"2.25.1\",\"complete_trigger\":\"timeout\","
#define WHOLE_END                                                                                            \
    "\"received_series\":[\"T1 axial\",\"\"],\"received_series_uid\":[\"2.25.11\",\"2.25.13\"],"             \
    "\"complete_force\":false,\"complete_force_action\":\"ignore\"}}"

START_TEST(test_task_writer_whole_task_comes_through_by_the_list_alone)
{
    check(whole, WHOLE_INFO WHOLE_MIDDLE WHOLE_END);
}
END_TEST

START_TEST(test_task_writer_id_and_times_come_where_a_setting_asks)
{
    config.task_id = 1;
    check(whole, WHOLE_INFO "\"id\":\"6d13f6ce-c8db-11f0-93c1-7a22f82623b8\"," WHOLE_MIDDLE WHOLE_END);
    config.task_id = 0;
    config.times = 1;
    check(whole, WHOLE_INFO WHOLE_MIDDLE "\"creation_time\":\"2025-11-24 02:15:20\",\"last_receive_time\":"
                                         "\"2025-11-24 02:16:21\"," WHOLE_END);
}
END_TEST

/* ---- one member at a time ---- */

#define REST ",\"dispatch\":{},\"process\":{},\"study\":{\"study_uid\":\"2.25.1\"}}"
#define STUDY "\"study\": {\"study_uid\": \"1.2.3\"}"
#define INFO(members) "{\"info\": {" members "}, " STUDY "}"
#define INFO_IS(members) "{\"info\":{" members "}" REST
#define PROCESS(members) "{\"process\": {" members "}, " STUDY "}"
#define OF_STUDY(members) "{\"study\": {\"study_uid\": \"1.2.3\", " members "}}"
#define OF_STUDY_IS(members)                                                                                 \
    "{\"info\":{},\"dispatch\":{},\"process\":{},\"study\":{\"study_uid\":\"2.25.1\"" members "}}"

static const struct {
    const char *task;
    const char *expected;
} fields[] = {
    {"{" STUDY "}", INFO_IS("")},
    {INFO("\"action\": \"route\""), INFO_IS("\"action\":\"route\"")},
    {INFO("\"action\": \"process\""), INFO_IS("\"action\":\"process\"")},
    {INFO("\"action\": \"discard\""), INFO_IS("\"action\":\"discard\"")},
    {INFO("\"action\": \"notification\""), INFO_IS("\"action\":\"notification\"")},
    {INFO("\"action\": \"PHI\""), INFO_IS("")},
    {INFO("\"action\": \"both PHI\""), INFO_IS("")},
    {INFO("\"action\": [\"both\"]"), INFO_IS("")},
    {INFO("\"Action\": \"both\""), INFO_IS("")}, /* keys have one case */
    {INFO("\"uid_type\": \"series\""), INFO_IS("\"uid_type\":\"series\"")},
    {INFO("\"uid_type\": \"PHI\""), INFO_IS("")},
    {INFO("\"uid\": \"1.2.3.1\""), INFO_IS("\"uid\":\"2.25.11\"")},
    {INFO("\"uid\": \"1.2.3.3\""), INFO_IS("\"uid\":\"2.25.13\"")}, /* its source is padded */
    {INFO("\"uid\": \"1.2.3.2\""), INFO_IS("")},                    /* dropped */
    {INFO("\"uid\": \"1.2.3.99\""), INFO_IS("")},
    {INFO("\"uid\": \"1.2.3 \""), INFO_IS("")},
    {INFO("\"uid\": \"\""), INFO_IS("")},
    {INFO("\"uid\": 123"), INFO_IS("")},
    {INFO("\"uid\": null"), INFO_IS("")},
    {INFO("\"mrn\": \"MISSING\""), INFO_IS("\"mrn\":\"PSEUDONYM\"")}, /* by meaning, not by value */
    {INFO("\"mrn\": 7"), INFO_IS("\"mrn\":\"PSEUDONYM\"")},
    {INFO("\"acc\": \"PHI-ACC\""), INFO_IS("")}, /* no final value: no field */
    {INFO("\"mercure_version\": \"0.4.1\""), INFO_IS("\"mercure_version\":\"0.4.1\"")},
    {INFO("\"mercure_version\": \"1.0.0-rc.12\""), INFO_IS("\"mercure_version\":\"1.0.0-rc.12\"")},
    {INFO("\"mercure_version\": \"0.4.1-PHI\""), INFO_IS("")},
    {INFO("\"mercure_version\": \"0.4.1-rc.\""), INFO_IS("")},
    {INFO("\"mercure_version\": \"0.4.1-rc.1PHI\""), INFO_IS("")},
    {INFO("\"mercure_version\": \"0.4\""), INFO_IS("")},
    {INFO("\"mercure_version\": \"0.4.1.2\""), INFO_IS("")},
    {INFO("\"mercure_version\": \"20240229123456.1.19700101\""), INFO_IS("")}, /* too long for a version */
    {INFO("\"mercure_version\": 4"), INFO_IS("")},
    {"{\"info\": [\"PHI\"], " STUDY "}", INFO_IS("")},
    {"{\"info\": \"PHI\", " STUDY "}", INFO_IS("")},
    {"{\"info\": null, \"dispatch\": null, \"process\": null, " STUDY "}", INFO_IS("")},
    {PROCESS("\"retain_input_images\": true"),
     "{\"info\":{},\"dispatch\":{},\"process\":{\"retain_input_images\":true},\"study\":{\"study_uid\":"
     "\"2.25.1\"}}"},
    {PROCESS("\"retain_input_images\": \"PHI\""), INFO_IS("")},
    {PROCESS("\"retain_input_images\": 1"), INFO_IS("")},
    {"{\"process\": [{\"retain_input_images\": true, \"module_name\": \"PHI\"}], " STUDY "}", INFO_IS("")},
    {"{\"dispatch\": {\"series_uid\": \"1.2.3\"}, " STUDY "}",
     "{\"info\":{},\"dispatch\":{\"series_uid\":\"2.25.1\"},\"process\":{},\"study\":{\"study_uid\":"
     "\"2.25.1\"}}"},
    {"{\"dispatch\": {\"series_uid\": [\"1.2.3.1\"], \"target_name\": \"PHI\"}, " STUDY "}", INFO_IS("")},
    {OF_STUDY("\"complete_trigger\": \"received_series\""),
     OF_STUDY_IS(",\"complete_trigger\":\"received_series\"")},
    {OF_STUDY("\"complete_trigger\": \"received_modalities\""),
     OF_STUDY_IS(",\"complete_trigger\":\"received_modalities\"")},
    {OF_STUDY("\"complete_trigger\": \"PHI\""), OF_STUDY_IS("")},
    {OF_STUDY("\"complete_force\": true"), OF_STUDY_IS(",\"complete_force\":true")},
    {OF_STUDY("\"complete_force\": \"true\""), OF_STUDY_IS("")},
    {OF_STUDY("\"complete_force_action\": \"proceed\""),
     OF_STUDY_IS(",\"complete_force_action\":\"proceed\"")},
    {OF_STUDY("\"complete_force_action\": {\"PHI\": 1}"), OF_STUDY_IS("")},
    /* A description belongs to the UID beside it: without UIDs it is whose? */
    {OF_STUDY("\"received_series\": [\"PHI\"]"), OF_STUDY_IS("")},
    {OF_STUDY("\"received_series\": [\"PHI\"], \"received_series_uid\": \"1.2.3.1\""), OF_STUDY_IS("")},
    {OF_STUDY("\"received_series_uid\": [\"1.2.3.3\", \"1.2.3.1\"]"),
     OF_STUDY_IS(",\"received_series_uid\":[\"2.25.13\",\"2.25.11\"]")},
    {OF_STUDY("\"received_series\": \"PHI\", \"received_series_uid\": [\"1.2.3.1\"]"),
     OF_STUDY_IS(",\"received_series_uid\":[\"2.25.11\"]")},
    {OF_STUDY("\"received_series\": [], \"received_series_uid\": [\"1.2.3.1\", 7, null, \"PHI\"]"),
     OF_STUDY_IS(",\"received_series\":[\"T1 axial\"],\"received_series_uid\":[\"2.25.11\"]")},
};

START_TEST(test_task_writer_field_comes_through_as_its_final_value_or_not_at_all)
{
    check(fields[_i].task, fields[_i].expected);
}
END_TEST

/* Free text hides in what looks like an id or a time. */
START_TEST(test_task_writer_id_and_times_have_one_shape)
{
    static const char *const tasks[] = {
        "{\"id\": \"PHI\", " STUDY "}",
        "{\"id\": \"6d13f6ce-c8db-11f0-93c1-7a22f82623b\", " STUDY "}",
        "{\"id\": \"6d13f6ce-c8db-11f0-93c1-7a22f82623bPHI\", " STUDY "}",
        "{\"id\": \"6d13f6cexc8dbx11f0x93c1x7a22f82623b8\", " STUDY "}",
        "{\"id\": 6, " STUDY "}",
        "{\"study\": {\"study_uid\": \"1.2.3\", \"creation_time\": \"PHI\", \"last_receive_time\": 5}}",
        "{\"study\": {\"study_uid\": \"1.2.3\", \"creation_time\": \"2025-11-24T02:15:20\"}}",
        "{\"study\": {\"study_uid\": \"1.2.3\", \"creation_time\": \"2025-11-24 02:15:20 PHI\"}}",
    };
    config.task_id = 1;
    config.times = 1;
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        check(tasks[i], INFO_IS(""));
    }
}
END_TEST

/* ---- tasks that are not about this study, or are none ---- */

START_TEST(test_task_writer_task_of_something_else_gives_nothing)
{
    static const char *const tasks[] = {
        "{}",
        "[]",
        "\"1.2.3\"",
        "{\"study\": {\"study_uid\": \"1.2.33\"}, \"info\": {\"mrn\": \"PHI\", \"action\": \"both\"}}",
        "{\"study\": {}, \"info\": {\"uid\": \"PHI\", \"uid_type\": \"series\"}}",
        "{\"study_uid\": \"1.2.3\", \"uid\": \"1.2.3\"}",
        "{\"study\": {\"study_uid\": \"\"}, \"info\": {\"uid\": \"\"}, \"dispatch\": {\"series_uid\": \"\"}}",
    };
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        check(tasks[i], "{}");
    }
    check(NULL, "{}");
}
END_TEST

/* The core hands over what it has parsed before, so that this is what no memory looks like. */
START_TEST(test_task_writer_task_that_does_not_parse_gives_no_document)
{
    static const char *const tasks[] = {"{\"study\":", ""};
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        struct json json = {0};
        json_open(&json, NULL, '{', false);
        mercure_write(&json, tasks[i], &substitutions, &config);
        json_close(&json, '}');
        ck_assert_ptr_null(json_take(&json, false));
    }
}
END_TEST

START_TEST(test_task_writer_task_is_known_by_any_uid_of_the_study)
{
    check("{\"info\": {\"uid\": \"1.2.3.1\"}}",
          "{\"info\":{\"uid\":\"2.25.11\"},\"dispatch\":{},\"process\":{},\"study\":{}}");
    check("{\"info\": {\"uid\": \"1.2.3.2\"}}", "{\"info\":{},\"dispatch\":{},\"process\":{},\"study\":{}}");
    check("{\"dispatch\": {\"series_uid\": \"1.2.3.3\"}}",
          "{\"info\":{},\"dispatch\":{\"series_uid\":\"2.25.13\"},\"process\":{},\"study\":{}}");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("task_writer_mercure");
    TCase *tests = tcase_create("mercure");
    tcase_add_checked_fixture(tests, set_up, NULL);
    tcase_add_test(tests, test_task_writer_whole_task_comes_through_by_the_list_alone);
    tcase_add_test(tests, test_task_writer_id_and_times_come_where_a_setting_asks);
    tcase_add_loop_test(tests, test_task_writer_field_comes_through_as_its_final_value_or_not_at_all, 0,
                        (int)(sizeof fields / sizeof fields[0]));
    tcase_add_test(tests, test_task_writer_id_and_times_have_one_shape);
    tcase_add_test(tests, test_task_writer_task_of_something_else_gives_nothing);
    tcase_add_test(tests, test_task_writer_task_that_does_not_parse_gives_no_document);
    tcase_add_test(tests, test_task_writer_task_is_known_by_any_uid_of_the_study);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
