/* test_extract_documents.c: the documents of a series as the extract stage publishes them: the count of
 * instances, which attributes, the table of what varies, both formats, settings that are wrong. */
#include <cjson/cJSON.h>

#include "chain_world.h"

#define LAYOUT ", {\"stage\": \"layout\"}"
#define EXTRACT_WITH(settings) "{\"stage\": \"extract\", \"settings\": {" settings "}}"
#define DOCUMENT WORLD_STUDY "/extracted-data/T1.json"
#define TABLE WORLD_STUDY "/instance-data/T1.json"

/* Three instances of one series; the second has no Slice Location, the third a name of its own. */
static void set_up(void)
{
    world_open();
    WORLD_ADD("1", "1", {0x0008103E, "LO", "T1", 0}, {0x00100010, "PN", "Doe^J", 0},
              {0x00180050, "DS", "2.50", 0}, {0x00200013, "IS", "1", 0}, {0x00201041, "DS", "-1.5", 0},
              {0x00201209, "IS", "99", 0}, {0x00090010, "LO", "ACME", 0}, {0x00091001, "LO", "own", 0},
              {0x00091002, "OB", "bytes!", 6});
    WORLD_ADD("1", "2", {0x0008103E, "LO", "T1", 0}, {0x00100010, "PN", "Doe^J", 0},
              {0x00180050, "DS", "2.50", 0}, {0x00200013, "IS", "2", 0}, {0x00104000, "LT", "", 0});
    WORLD_ADD("1", "3", {0x0008103E, "LO", "T1", 0}, {0x00100010, "PN", "Roe^K", 0},
              {0x00180050, "DS", "2.50", 0}, {0x00200013, "IS", "3", 0}, {0x00201041, "DS", "1.5", 0});
}

static cJSON *read_json(const char *path)
{
    ck_assert_msg(world.exit_code == 0, "%s", world.problems == NULL ? world.report : world.problems);
    const char *text = world_read(path);
    const char *end = NULL;
    cJSON *json = cJSON_ParseWithOpts(text, &end, 0);
    ck_assert_msg(json != NULL, "%s", text);
    ck_assert_str_eq(end, "\n"); /* one document, one line end */
    return json;
}

START_TEST(test_extract_document_is_of_the_head_and_counts_what_is_published)
{
    world_run("", "{\"stage\": \"extract\"}" LAYOUT);
    const char *text = world_read(DOCUMENT);
    HAS(text, "\"NumberOfSeriesRelatedInstances\": 3");
    HAS_NOT(text, ": 99");
    HAS(text, "\"SliceThickness\": 2.50");
    HAS(text, "\"SliceLocation\": -1.5");
    HAS(text, "\"PatientName\": \"Doe^J\"");
    HAS(text, "\"(0009,1001)\": \"own\"");
    HAS_NOT(text, "1002");
    HAS_NOT(text, "Roe^K");
    cJSON_Delete(read_json(DOCUMENT));
}
END_TEST

START_TEST(test_extract_instance_that_is_dropped_is_not_counted)
{
    world_run("",
              "{\"stage\": \"filter\", \"settings\": {\"drop\": [\"none\"], \"rules\": [{\"name\": \"roe\", "
              "\"action\": \"drop\", \"when\": {\"attribute\": \"InstanceNumber\", \"equals\": \"1\"}}]}}, "
              "{\"stage\": \"extract\"}" LAYOUT);
    const char *text = world_read(DOCUMENT);
    HAS(text, "\"NumberOfSeriesRelatedInstances\": 2");
    HAS(text, "\"InstanceNumber\": 2"); /* the next is the head */
}
END_TEST

START_TEST(test_extract_attributes_of_the_list_come_alone)
{
    world_run("", EXTRACT_WITH("\"attributes\": [\"Rows\", \"SliceThickness\", \"(0009,1001)\"]") LAYOUT);
    cJSON *json = read_json(DOCUMENT);
    ck_assert_int_eq(cJSON_GetArraySize(json), 3);
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(json, "(0009,1001)")), "own");
    ck_assert_double_eq(cJSON_GetObjectItem(json, "SliceThickness")->valuedouble, 2.5);
    ck_assert_ptr_nonnull(cJSON_GetObjectItem(json, "NumberOfSeriesRelatedInstances"));
    cJSON_Delete(json);
}
END_TEST

START_TEST(test_extract_varying_table_has_a_row_for_each_instance)
{
    world_run("", EXTRACT_WITH("\"varying\": true, \"attributes\": [\"PatientName\", \"PatientComments\", "
                               "\"SliceThickness\", \"InstanceNumber\", \"SliceLocation\"]") LAYOUT);
    cJSON *json = read_json(DOCUMENT);
    const cJSON *varying = cJSON_GetObjectItem(json, "varying");
    char *text = cJSON_PrintUnformatted(varying);
    /* Patient Comments are empty or absent, which is alike; the thickness is one. */
    ck_assert_str_eq(text, "{\"columns\":[\"PatientName\",\"InstanceNumber\",\"SliceLocation\"],\"rows\":["
                           "[\"Doe^J\",1,-1.5],[\"Doe^J\",2,null],[\"Roe^K\",3,1.5]],\"not_shown\":[]}");
    free(text);
    cJSON_Delete(json);
}
END_TEST

START_TEST(test_extract_varying_long_value_is_compared_but_not_shown)
{
    char text[1200];
    memset(text, 'a', sizeof text);
    text[sizeof text - 1] = '\0';
    WORLD_ADD("1", "4", {0x0008103E, "LO", "T1", 0}, {0x00200013, "IS", "4", 0}, {0x00104000, "LT", text, 0});
    world_run("", EXTRACT_WITH("\"varying\": true, \"attributes\": [\"PatientComments\"]") LAYOUT);
    cJSON *json = read_json(DOCUMENT);
    char *table = cJSON_PrintUnformatted(cJSON_GetObjectItem(json, "varying"));
    ck_assert_str_eq(table, "{\"columns\":[],\"rows\":[[],[],[],[]],\"not_shown\":[\"PatientComments\"]}");
    free(table);
    cJSON_Delete(json);
}
END_TEST

START_TEST(test_extract_dicom_json_is_one_object_by_tag)
{
    world_run("", EXTRACT_WITH("\"format\": \"dicom-json\"") LAYOUT);
    cJSON *json = read_json(DOCUMENT);
    const cJSON *count = cJSON_GetObjectItem(json, "00201209");
    ck_assert_str_eq(cJSON_GetStringValue(cJSON_GetObjectItem(count, "vr")), "IS");
    ck_assert_int_eq(cJSON_GetArrayItem(cJSON_GetObjectItem(count, "Value"), 0)->valueint, 3);
    const char *last = "";
    for (const cJSON *member = json->child; member != NULL; member = member->next) {
        ck_assert_uint_eq(strlen(member->string), 8);
        ck_assert_uint_eq(strspn(member->string, "0123456789ABCDEF"), 8);
        ck_assert_int_lt(strcmp(last, member->string), 0); /* in tag order, each once */
        ck_assert(cJSON_IsString(cJSON_GetObjectItem(member, "vr")));
        last = member->string;
    }
    ck_assert_ptr_null(cJSON_GetObjectItem(json, "00091002"));
    cJSON_Delete(json);
    ck_assert(!world_has(TABLE));
}
END_TEST

START_TEST(test_extract_varying_dicom_json_is_a_document_of_its_own)
{
    world_run("", EXTRACT_WITH("\"format\": \"dicom-json\", \"varying\": true, \"attributes\": "
                               "[\"SliceThickness\", \"SliceLocation\"]") LAYOUT);
    cJSON *json = read_json(TABLE);
    char *text = cJSON_PrintUnformatted(json);
    ck_assert_str_eq(text, "[{\"00201041\":{\"vr\":\"DS\",\"Value\":[-1.5]}},{},"
                           "{\"00201041\":{\"vr\":\"DS\",\"Value\":[1.5]}}]");
    free(text);
    cJSON_Delete(json);
}
END_TEST

static const struct {
    const char *settings;
    const char *pointer;
    const char *says;
} mistakes[] = {
    {"\"attributes\": [\"Rows\", \"PatientNam\"]", "/attributes/1", "did you mean 'PatientName'?"},
    {"\"attributes\": [\"Zzzzzzzzzzzz\"]", "/attributes/0", "unknown keyword 'Zzzzzzzzzzzz'"},
    {"\"attributes\": [\"Rows\", \"Columns\", \"PixelData\"]", "/attributes/2", "is binary data"},
    {"\"attributes\": \"Rows\"", "/attributes", "array"},
    {"\"format\": \"xml\"", "/format", "dicom-json"},
    {"\"varying\": 1", "/varying", "true"},
    {"\"longest_value\": -1", "/longest_value", "0"},
    {"\"attribute\": []", "/attribute", "did you mean 'attributes'"},
};

START_TEST(test_extract_wrong_setting_is_told_with_its_place)
{
    char stage[256];
    char pointer[64];
    (void)snprintf(stage, sizeof stage, "{\"stage\": \"extract\", \"settings\": {%s}}" LAYOUT,
                   mistakes[_i].settings);
    world_run("", stage);
    ck_assert_int_eq(world.exit_code, -1);
    (void)snprintf(pointer, sizeof pointer, "/stages/0/settings%s: ", mistakes[_i].pointer);
    HAS(world.problems, pointer);
    HAS(world.problems, mistakes[_i].says);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extract_documents");
    TCase *tests = tcase_create("documents");
    tcase_add_checked_fixture(tests, set_up, world_close);
    tcase_add_test(tests, test_extract_document_is_of_the_head_and_counts_what_is_published);
    tcase_add_test(tests, test_extract_instance_that_is_dropped_is_not_counted);
    tcase_add_test(tests, test_extract_attributes_of_the_list_come_alone);
    tcase_add_test(tests, test_extract_varying_table_has_a_row_for_each_instance);
    tcase_add_test(tests, test_extract_varying_long_value_is_compared_but_not_shown);
    tcase_add_test(tests, test_extract_dicom_json_is_one_object_by_tag);
    tcase_add_test(tests, test_extract_varying_dicom_json_is_a_document_of_its_own);
    tcase_add_loop_test(tests, test_extract_wrong_setting_is_told_with_its_place, 0,
                        (int)(sizeof mistakes / sizeof mistakes[0]));
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
