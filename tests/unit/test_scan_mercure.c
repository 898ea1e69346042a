/* test_scan_mercure.c: what `.tags` and task.json add to the identity; who a patient is; single values.
 * Every identity here is invented. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "scan_parts.h"
#include "scan_value.h"
#include "support/scan_input.h"
#include "support/suite.h"
#include "text.h"

#define NAME DCMCHAIN_IDENTITY_NAME
#define ID DCMCHAIN_IDENTITY_ID
#define ACCESSION DCMCHAIN_IDENTITY_ACCESSION
#define DATE DCMCHAIN_IDENTITY_DATE
#define BIRTH_DATE DCMCHAIN_IDENTITY_BIRTH_DATE
#define UID DCMCHAIN_IDENTITY_UID
#define PERSON DCMCHAIN_IDENTITY_PERSON
#define INSTITUTION DCMCHAIN_IDENTITY_INSTITUTION
#define DEVICE DCMCHAIN_IDENTITY_DEVICE
#define SITE DCMCHAIN_IDENTITY_SITE

static struct input_folder folder;

static void set_up(void)
{
    input_make(&folder);
}

static void tear_down(void)
{
    input_remove(&folder);
}

static bool has(const struct scan *scan, uint32_t class_id, const char *value)
{
    return scan_has_identity(&scan->studies[0], class_id, value);
}

static const char tags[] = "{\n\"SpecificCharacterSet\": \"ISO_IR 100\",\n"
                           "\"SeriesInstanceUID\": \"1.2.3.4\",\n"
                           "\"PatientName\": \"First^F\",\n\"PatientName\": \"Second^S\",\n"
                           "\"PatientID\": \"MISSING\",\n\"AccessionNumber\": \"\",\n"
                           "\"OtherPatientIDs\": \"A-1\\\\B-2\",\n"
                           "\"SenderAET\": \"SENDER1\",\n\"SenderAddress\": \"10.1.2.3\",\n"
                           "\"Modality\": \"MR\",\n\"Filename\": \"MR.X.1.2.276.99.5\"\n}\n";

START_TEST(test_scan_tags_go_to_the_study_of_their_series)
{
    struct instance instance = an_instance(NULL);
    input_write_instance(&folder, "1.2.3.4#a.dcm", &instance);
    instance.study = "1.3";
    instance.series = "1.3.1";
    input_write_instance(&folder, "b.dcm", &instance);
    input_write_text(&folder, "1.2.3.4#a.tags", tags);
    input_write_text(&folder, "x.tags", "{\"StudyInstanceUID\": \"1.3\", \"PatientID\": \"BY-STUDY\"}");
    input_write_text(&folder, "y.tags", "{\"SeriesInstanceUID\": \"9.9\", \"PatientID\": \"NOBODY\"}");
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 2);
    const struct scan_study *first = &scan->studies[0];
    ck_assert(scan_has_identity(first, NAME, "First^F"));
    ck_assert(scan_has_identity(first, NAME, "Second^S"));
    ck_assert(scan_has_identity(first, ID, "A-1"));
    ck_assert(scan_has_identity(first, ID, "B-2"));
    ck_assert(scan_has_identity(first, SITE, "SENDER1"));
    ck_assert(scan_has_identity(first, SITE, "10.1.2.3"));
    ck_assert(scan_has_identity(first, UID, "1.2.276.99.5"));
    ck_assert(!scan_has_identity(first, ID, "MISSING"));
    ck_assert(!scan_has_identity(first, ID, "BY-STUDY"));
    ck_assert(!scan_has_identity(first, ID, "NOBODY"));
    ck_assert(!scan_has_identity(&scan->studies[1], NAME, "First^F"));
    ck_assert(scan_has_identity(&scan->studies[1], ID, "BY-STUDY"));
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, ".tags"), 3);
    ck_assert_uint_eq(scan->not_dicom_count, 0);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_unreadable_tags_warn_their_study)
{
    struct instance instance = an_instance(NULL);
    input_write_instance(&folder, "a.dcm", &instance);
    instance.study = "1.3";
    instance.series = "1.3.1";
    instance.sop = "1.3.1.1";
    input_write_instance(&folder, "b.dcm", &instance);
    input_write_text(&folder, "1.2.3.4#a.tags", "{\"PatientName\": \"Zzyx");
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_ptr_nonnull(scan->studies[0].warnings[0]);
    ck_assert_ptr_null(strstr(scan->studies[0].warnings[0], "Zzyx"));
    ck_assert_ptr_null(scan->studies[1].warnings[0]);
    scan_free(scan);
    input_write_text(&folder, "unknown.tags", "nothing");
    scan = input_scan(&folder, 2);
    ck_assert_ptr_nonnull(strstr(scan->studies[0].warnings[0], "2 .tags"));
    ck_assert_ptr_nonnull(strstr(scan->studies[1].warnings[0], "1 .tags"));
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_tags_that_are_dicom_are_dicom)
{
    struct instance instance = an_instance(NULL);
    input_write_instance(&folder, "a.tags", &instance);
    input_write_text(&folder, ".lock", "");
    input_write_text(&folder, "deep/.processing", "");
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->all_count, 1);
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, ".lock"), 1);
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, ".processing"), 1);
    ck_assert_uint_eq(scan->not_dicom_count, 0);
    scan_free(scan);
}
END_TEST

static const char task[] =
    "{\"info\": {\"uid\": \"1.2.3\", \"patient_name\": \"Task^Name\", \"mrn\": \"TASK-MRN\", "
    "\"acc\": \"TASK-ACC\", \"sender_address\": \"MISSING\", \"mercure_server\": \"task-server\", "
    "\"device_serial_number\": \"TASK-SN\"}, \"id\": \"0000-11f0\", \"dispatch\": {}, "
    "\"process\": {\"settings\": {\"mrn\": \"keep\", \"PatientName\": \"replace\"}, "
    "\"module_config\": {\"settings\": {\"acc\": \"remove\"}}, \"retain_input_images\": true, "
    "\"output\": {\"PatientID\": \"OUTPUT-ID\"}}, "
    "\"study\": {\"study_uid\": \"1.2.3\", \"creation_time\": \"2024-02-29 10:20:00\", "
    "\"received_series_uid\": [\"1.2.3.40\", \"1.2.3.41\"]}}";

START_TEST(test_scan_task_goes_to_every_study_but_not_its_settings)
{
    struct instance instance = an_instance(NULL);
    input_write_instance(&folder, "a.dcm", &instance);
    input_write_text(&folder, "task.json", task);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_str_eq(scan->task_json, task);
    ck_assert(scan->retain_input_images);
    ck_assert(has(scan, NAME, "Task^Name"));
    ck_assert(has(scan, ID, "TASK-MRN"));
    ck_assert(has(scan, ACCESSION, "TASK-ACC"));
    ck_assert(has(scan, ACCESSION, "0000-11f0"));
    ck_assert(has(scan, SITE, "task-server"));
    ck_assert(has(scan, DEVICE, "TASK-SN"));
    ck_assert(has(scan, DATE, "20240229"));
    ck_assert(has(scan, UID, "1.2.3.41"));
    ck_assert(has(scan, ID, "OUTPUT-ID"));
    ck_assert(!has(scan, SITE, "MISSING"));
    ck_assert(!has(scan, ID, "keep"));
    ck_assert(!has(scan, NAME, "replace"));
    ck_assert(!has(scan, ACCESSION, "remove"));
    ck_assert_str_eq(scan->all[0]->patient_key, "id 0  P1");
    ck_assert_uint_eq(scan_reason(scan->skipped, scan->skipped_count, "task.json"), 1);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_task_that_does_not_parse_fails_in_mercure_and_warns_elsewhere)
{
    struct instance instance = an_instance(NULL);
    input_write_instance(&folder, "a.dcm", &instance);
    input_write_text(&folder, "task.json", "{\"info\": {\"mrn\": \"ZZYX\", \"mrn\": \"ZZYX2\"}}");
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_ptr_null(scan->task_json);
    ck_assert_ptr_nonnull(scan->studies[0].warnings[0]);
    ck_assert(has(scan, ID, "ZZYX"));
    ck_assert(has(scan, ID, "ZZYX2"));
    scan_free(scan);
    static const char *const broken[] = {"", "{", "[]", "{\"info\": {\"mrn\": \"ZZYX\", \"mrn\": \"Y\"}}",
                                         "{\"info\": \"ZZYX"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        input_write_text(&folder, "task.json", broken[i]);
        struct scan_options options = {.input_folder = folder.path, .strict_task = true};
        char *problem = NULL;
        scan = NULL;
        ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_FAIL);
        ck_assert_ptr_nonnull(problem);
        ck_assert_ptr_null(strstr(problem, "ZZYX"));
        free(problem);
    }
}
END_TEST

START_TEST(test_scan_task_file_given_is_read_instead)
{
    struct input_folder other;
    input_make(&other);
    struct instance instance = an_instance(NULL);
    input_write_instance(&folder, "a.dcm", &instance);
    input_write_text(&other, "t", "{\"info\": {\"mrn\": \"GIVEN\"}}");
    char *path = text_format("%s/t", other.path);
    struct scan_options options = {.input_folder = folder.path, .task_file = path};
    struct scan *scan = NULL;
    char *problem = NULL;
    ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_OK);
    ck_assert(has(scan, ID, "GIVEN"));
    ck_assert(!scan->retain_input_images);
    scan_free(scan);
    path[strlen(path) - 1] = 'u';
    ck_assert_int_eq(scan_folder(&options, &scan, &problem), DCMCHAIN_E_USAGE);
    ck_assert_ptr_nonnull(problem);
    free(problem);
    free(path);
    input_remove(&other);
}
END_TEST

static void assert_key(const char *issuer, const char *id, const char *name, const char *birth_date,
                       const char *expected)
{
    char *key = scan_patient_key(issuer, id, name, birth_date, "1.2.3");
    ck_assert_ptr_nonnull(key);
    ck_assert_str_eq(key, expected);
    free(key);
}

START_TEST(test_scan_patient_is_issuer_and_id)
{
    assert_key(NULL, "P1", "Zzyx^A", "20000101", "id 0  P1");
    assert_key("  ", " P1 ", NULL, NULL, "id 0  P1");
    assert_key(" C ", "P1", NULL, NULL, "id 1 C P1");
    assert_key("A", "B C", NULL, NULL, "id 1 A B C");
    assert_key("A B", "C", NULL, NULL, "id 3 A B C"); /* apart from the one before */
}
END_TEST

START_TEST(test_scan_patient_without_id_is_name_and_birth_date)
{
    static const char *const names[] = {"O'Brien^Zo\xC3\xAB^^^",    "OBRIEN^ZOE",
                                        "O.Brien, Zoe\xCC\x88",     " obrien  zoe ",
                                        "O'BRIEN^ZOE=\xE5\xB1\xB1", "=O'Brien^Zoe"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_key("C", " ", names[i], i % 2 == 0 ? "19700102" : "1970.01.02", "name 19700102 obrien zoe");
    }
    assert_key(NULL, NULL, "\xE5\xB1\xB1\xE7\x94\xB0^\xE5\xA4\xAA\xE9\x83\x8E", "19700102",
               "name 19700102 \xE5\xB1\xB1\xE7\x94\xB0 \xE5\xA4\xAA\xE9\x83\x8E");
}
END_TEST

START_TEST(test_scan_patient_without_name_or_date_is_the_study)
{
    assert_key(NULL, NULL, NULL, NULL, "study 1.2.3");
    assert_key("C", "", "^^", "19700102", "study 1.2.3");
    assert_key(NULL, "", "Zzyx^A", NULL, "study 1.2.3");
    assert_key(NULL, "", "Zzyx^A", "", "study 1.2.3");
    assert_key(NULL, "", "Zzyx^A", "1970", "study 1.2.3");
    assert_key(NULL, "", NULL, "19700102", "study 1.2.3");
}
END_TEST

START_TEST(test_scan_value_integer_forgives_spelling_not_overflow)
{
    static const struct {
        const char *text;
        bool good;
        int64_t number;
    } cases[] = {{"5", true, 5},
                 {" +5 ", true, 5},
                 {"-0", true, 0},
                 {"5\\6", true, 5},
                 {"007", true, 7},
                 {"9223372036854775807", true, INT64_MAX},
                 {"-9223372036854775808", true, INT64_MIN},
                 {"9223372036854775808", false, 0},
                 {"-9223372036854775809", false, 0},
                 {"", false, 0},
                 {"+", false, 0},
                 {"\\5", false, 0},
                 {"5.0", false, 0},
                 {"0x5", false, 0},
                 {"1 2", false, 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t number = 77;
        ck_assert_int_eq(scan_read_integer(cases[i].text, strlen(cases[i].text), &number), cases[i].good);
        ck_assert_int_eq(number, cases[i].good ? cases[i].number : 77);
    }
}
END_TEST

START_TEST(test_scan_value_uid_is_trimmed_of_padding)
{
    char uid[SCAN_UID_SIZE];
    ck_assert(scan_read_uid("1.2\0\0 ", 6, uid));
    ck_assert_str_eq(uid, "1.2");
    ck_assert(!scan_read_uid("1.2\0x", 5, uid));
    ck_assert_str_eq(uid, "");
    ck_assert(!scan_read_uid("  ", 2, uid));
    ck_assert(!scan_read_uid("", 0, uid));
}
END_TEST

START_TEST(test_scan_kind_tells_text_from_bytes)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *kind;
    } cases[] = {{"", 0, "empty"},
                 {"words", 5, "text"},
                 {"BM is text", 10, "text"},
                 {"BM\x02\x00\x00\x00", 6, "image"},
                 {"\xEF\xBB\xBF [1]", 7, "json"},
                 {"\n<a/>", 5, "xml"},
                 {"%PDF-1.4", 8, "pdf"},
                 {"PK\x03\x04rest", 8, "archive"},
                 {"\x7F"
                  "ELF\x02",
                  5, "program"},
                 {"M\xFCller", 6, "text"},
                 {"\x00\x01", 2, "binary"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        ck_assert_str_eq(scan_kind((const uint8_t *)cases[i].bytes, cases[i].length), cases[i].kind);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan mercure");
    TCase *test_case = tcase_create("scan mercure");
    suite_add_tcase(suite, test_case);
    tcase_set_timeout(test_case, 60);
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_add_test(test_case, test_scan_tags_go_to_the_study_of_their_series);
    tcase_add_test(test_case, test_scan_unreadable_tags_warn_their_study);
    tcase_add_test(test_case, test_scan_tags_that_are_dicom_are_dicom);
    tcase_add_test(test_case, test_scan_task_goes_to_every_study_but_not_its_settings);
    tcase_add_test(test_case, test_scan_task_that_does_not_parse_fails_in_mercure_and_warns_elsewhere);
    tcase_add_test(test_case, test_scan_task_file_given_is_read_instead);
    tcase_add_test(test_case, test_scan_patient_is_issuer_and_id);
    tcase_add_test(test_case, test_scan_patient_without_id_is_name_and_birth_date);
    tcase_add_test(test_case, test_scan_patient_without_name_or_date_is_the_study);
    tcase_add_test(test_case, test_scan_value_integer_forgives_spelling_not_overflow);
    tcase_add_test(test_case, test_scan_value_uid_is_trimmed_of_padding);
    tcase_add_test(test_case, test_scan_kind_tells_text_from_bytes);
    return run_suite(suite);
}
