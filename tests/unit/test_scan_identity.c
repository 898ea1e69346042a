/* test_scan_identity.c: what the scan collects of a study's identity from its files: at every depth, in every
 * character set. Every identity here is invented. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/dataset.h"
#include "support/scan_input.h"
#include "support/suite.h"
#include "text.h"

#define NAME DCMCHAIN_IDENTITY_NAME
#define ID DCMCHAIN_IDENTITY_ID
#define ACCESSION DCMCHAIN_IDENTITY_ACCESSION
#define DATE DCMCHAIN_IDENTITY_DATE
#define UID DCMCHAIN_IDENTITY_UID
#define PERSON DCMCHAIN_IDENTITY_PERSON
#define INSTITUTION DCMCHAIN_IDENTITY_INSTITUTION

static struct input_folder folder;

static void set_up(void)
{
    input_make(&folder);
}

static void tear_down(void)
{
    input_remove(&folder);
}

static struct scan *scan_of(const struct instance *instance)
{
    input_write_instance(&folder, "file", instance);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 1);
    ck_assert_msg(scan->all[0]->problem == NULL, "%s", scan->all[0]->problem);
    return scan;
}

static bool has(const struct scan *scan, uint32_t class_id, const char *value)
{
    return scan_has_identity(&scan->studies[0], class_id, value);
}

START_TEST(test_scan_identity_of_every_depth_is_found)
{
    for (enum syntax syntax = IMPLICIT; syntax <= DEFLATED; syntax++) {
        struct dicom_bytes inner = {0};
        struct dicom_bytes middle = {0};
        struct dicom_bytes extra = {0};
        put_text(&inner, syntax, 0x00100020, DCMCHAIN_VR_LO, "DEEP-ID");
        put_text(&inner, syntax, 0x00080080, DCMCHAIN_VR_LO, "Deep Clinic");
        put_sequence(&middle, syntax, 0x00081140, &inner);
        put_text(&middle, syntax, 0x00080090, DCMCHAIN_VR_PN, "Deepdoc^A");
        put_sequence(&extra, syntax, 0x00321064, &middle);
        struct instance instance = an_instance(&extra);
        input_write_instance_in(&folder, "file", syntax, &instance);
        struct scan *scan = input_scan(&folder, 1);
        ck_assert_ptr_null(scan->all[0]->problem);
        ck_assert(has(scan, ID, "DEEP-ID"));
        ck_assert(has(scan, INSTITUTION, "Deep Clinic"));
        ck_assert(has(scan, PERSON, "Deepdoc^A"));
        scan_free(scan);
        dicom_free(&inner);
        dicom_free(&middle);
        dicom_free(&extra);
    }
}
END_TEST

START_TEST(test_scan_identity_after_pixel_data_is_found)
{
    struct dicom_bytes set = {0};
    struct dicom_bytes file = {0};
    struct instance instance = an_instance(NULL);
    put_instance(&set, EXPLICIT, &instance);
    put_text(&set, EXPLICIT, 0xFFFCFFFA, DCMCHAIN_VR_PN, "Trailer^T");
    put_file(&file, EXPLICIT, NULL, &set);
    input_write(&folder, "file", file.data, file.length);
    struct scan *scan = input_scan(&folder, 1);
    ck_assert(has(scan, PERSON, "Trailer^T"));
    scan_free(scan);
    dicom_free(&set);
    dicom_free(&file);
}
END_TEST

START_TEST(test_scan_identity_of_private_elements_goes_by_vr)
{
    struct dicom_bytes item = {0};
    struct dicom_bytes extra = {0};
    put_text(&item, EXPLICIT, 0x00100010, DCMCHAIN_VR_PN, "Hidden^H");
    put_text(&extra, EXPLICIT, 0x00290010, DCMCHAIN_VR_LO, "ACME");
    put_text(&extra, EXPLICIT, 0x00291001, DCMCHAIN_VR_PN, "Private^P");
    put_text(&extra, EXPLICIT, 0x00291002, DCMCHAIN_VR_UI, "1.9.8.7");
    put_text(&extra, EXPLICIT, 0x00291003, DCMCHAIN_VR_DA, "20200102");
    put_sequence(&extra, EXPLICIT, 0x00291004, &item);
    struct instance instance = an_instance(&extra);
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, PERSON, "Private^P"));
    ck_assert(has(scan, UID, "1.9.8.7"));
    ck_assert(has(scan, DATE, "20200102"));
    ck_assert(has(scan, NAME, "Hidden^H"));
    scan_free(scan);
    dicom_free(&item);
    dicom_free(&extra);
}
END_TEST

/* It may be the study's only file that says so. */
START_TEST(test_scan_identity_of_a_file_that_broke_off_is_every_studys)
{
    struct dicom_bytes set = {0};
    struct dicom_bytes file = {0};
    struct instance instance = an_instance(NULL);
    put_text(&set, EXPLICIT, 0x00080018, DCMCHAIN_VR_UI, "1.2.3.4.6");
    put_text(&set, EXPLICIT, 0x00100010, DCMCHAIN_VR_PN, "Broken^Off");
    put_text(&set, EXPLICIT, 0x00101040, DCMCHAIN_VR_LO, "12 Broken Road");
    put_file(&file, EXPLICIT, NULL, &set);
    input_write(&folder, "broken.dcm", file.data, file.length - 4);
    input_write_instance(&folder, "file", &instance);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 1);
    ck_assert_uint_eq(scan->failed_count, 1);
    ck_assert(has(scan, NAME, "Broken^Off"));
    ck_assert(!has(scan, DCMCHAIN_IDENTITY_ADDRESS, "12 Broken Road")); /* cut off */
    scan_free(scan);
    dicom_free(&set);
    dicom_free(&file);
}
END_TEST

START_TEST(test_scan_identity_of_a_wrong_vr_goes_by_tag)
{
    struct dicom_bytes extra = {0};
    put(&extra, EXPLICIT, 0x00101000, DCMCHAIN_VR_UN, "OLD\\OLDER", 9);
    put(&extra, EXPLICIT, 0x00101001, DCMCHAIN_VR_OB, "Other^Name", 10);
    put(&extra, EXPLICIT, 0x00081050, DCMCHAIN_VR_UN, "Unknown^Vr", 10); /* PN in the dictionary */
    put(&extra, EXPLICIT, 0x00080050, DCMCHAIN_VR_US, "\x01\x02", 2);    /* a number is no text */
    struct instance instance = an_instance(&extra);
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, ID, "OLD"));
    ck_assert(has(scan, ID, "OLDER"));
    ck_assert(has(scan, NAME, "Other^Name"));
    ck_assert(has(scan, PERSON, "Unknown^Vr"));
    ck_assert(!has(scan, ACCESSION, "\x01\x02"));
    scan_free(scan);
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_of_codes_for_persons_is_found)
{
    struct dicom_bytes item = {0};
    struct dicom_bytes extra = {0};
    put_text(&item, EXPLICIT, 0x00080100, DCMCHAIN_VR_SH, "D-77");
    put_text(&item, EXPLICIT, 0x00080104, DCMCHAIN_VR_LO, "Dr Coded");
    put_sequence(&extra, EXPLICIT, 0x00401101, &item);
    put_sequence(&extra, EXPLICIT, 0x00082218, &item); /* Anatomic Region: no person */
    struct instance instance = an_instance(&extra);
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, PERSON, "D-77"));
    ck_assert(has(scan, PERSON, "Dr Coded"));
    scan_free(scan);
    dicom_free(&extra);
    put_sequence(&extra, EXPLICIT, 0x00082218, &item);
    scan = scan_of(&instance);
    ck_assert(!has(scan, PERSON, "Dr Coded"));
    scan_free(scan);
    dicom_free(&item);
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_of_content_items_goes_by_concept)
{
    struct dicom_bytes concept = {0};
    struct dicom_bytes other = {0};
    struct dicom_bytes observer = {0};
    struct dicom_bytes remark = {0};
    struct dicom_bytes inner = {0};
    struct dicom_bytes outer = {0};
    struct dicom_bytes extra = {0};
    put_text(&concept, EXPLICIT, 0x00080100, DCMCHAIN_VR_SH, "121009");
    put_text(&concept, EXPLICIT, 0x00080102, DCMCHAIN_VR_SH, "DCM");
    put_sequence(&observer, EXPLICIT, 0x0040A043, &concept);
    put_text(&observer, EXPLICIT, 0x0040A160, DCMCHAIN_VR_UT, "Deep Institute");
    put_text(&other, EXPLICIT, 0x00080100, DCMCHAIN_VR_SH, "121106");
    put_sequence(&remark, EXPLICIT, 0x0040A043, &other);
    put_text(&remark, EXPLICIT, 0x0040A160, DCMCHAIN_VR_UT, "plain comment");
    put_sequence(&inner, EXPLICIT, 0x0040A730, &observer);
    put_sequence(&outer, EXPLICIT, 0x0040A730, &inner);
    put_sequence(&extra, EXPLICIT, 0x00400555, &remark);
    put_sequence(&extra, EXPLICIT, 0x0040A730, &outer);
    struct instance instance = an_instance(&extra);
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, INSTITUTION, "Deep Institute"));
    for (uint32_t class_id = 1; class_id < DCMCHAIN_IDENTITY_CLASSES; class_id++) {
        ck_assert(!has(scan, class_id, "plain comment"));
    }
    scan_free(scan);
    dicom_free(&concept);
    dicom_free(&other);
    dicom_free(&observer);
    dicom_free(&remark);
    dicom_free(&inner);
    dicom_free(&outer);
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_version_of_a_context_group_is_no_date_of_the_study)
{
    struct dicom_bytes code = {0};
    struct dicom_bytes extra = {0};
    put_text(&code, EXPLICIT, 0x00080106, DCMCHAIN_VR_DT, "20020904");
    put_sequence(&extra, EXPLICIT, 0x00082218, &code);
    struct instance instance = an_instance(&extra);
    struct scan *scan = scan_of(&instance);
    ck_assert(!has(scan, DATE, "20020904"));
    scan_free(scan);
    dicom_free(&code);
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_is_decoded_with_the_set_of_its_item)
{
    struct dicom_bytes latin = {0};
    struct dicom_bytes inherited = {0};
    struct dicom_bytes extra = {0};
    put_text(&latin, EXPLICIT, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 100");
    put_text(&latin, EXPLICIT, 0x00081070, DCMCHAIN_VR_PN, "M\xFCller^Operator");
    put_text(&inherited, EXPLICIT, 0x00081050, DCMCHAIN_VR_PN, "\xB8\xD2\xD0\xDD^Doctor"); /* ISO 8859-5 */
    put_sequence(&extra, EXPLICIT, 0x00081110, &latin);
    put_sequence(&extra, EXPLICIT, 0x00081111, &inherited);
    struct instance instance = an_instance(&extra);
    instance.charset = "ISO_IR 144";
    instance.patient_name = "Zzyx^\xB8\xD2\xD0\xDD";
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, PERSON, "M\xC3\xBCller^Operator"));
    ck_assert(has(scan, PERSON, "\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD^Doctor"));
    ck_assert(has(scan, NAME, "Zzyx^\xD0\x98\xD0\xB2\xD0\xB0\xD0\xBD"));
    scan_free(scan);
    dicom_free(&latin);
    dicom_free(&inherited);
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_before_its_character_set_is_decoded_too)
{
    struct dicom_bytes item = {0};
    struct dicom_bytes extra = {0};
    put_text(&item, EXPLICIT, 0x00081070, DCMCHAIN_VR_PN, "M\xFCller^Operator");
    put_text(&item, EXPLICIT, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 100"); /* out of order */
    put_sequence(&extra, EXPLICIT, 0x00081110, &item);
    struct instance instance = an_instance(&extra);
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, PERSON, "M\xC3\xBCller^Operator"));
    scan_free(scan);
    dicom_free(&item);
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_that_does_not_decode_is_read_as_what_it_may_be)
{
    struct dicom_bytes extra = {0};
    put_text(&extra, EXPLICIT, 0x00081070, DCMCHAIN_VR_PN, "M\xFCller^Latin");
    put_text(&extra, EXPLICIT, 0x00081050, DCMCHAIN_VR_PN, "M\xC3\xBCller^Utf");
    struct instance instance = an_instance(&extra);
    static const char *const charsets[] = {NULL, "NO SUCH SET"};
    for (size_t i = 0; i < 2; i++) {
        instance.charset = charsets[i];
        struct scan *scan = scan_of(&instance);
        ck_assert(has(scan, PERSON, "M\xC3\xBCller^Latin"));
        ck_assert(has(scan, PERSON, "M\xC3\xBCller^Utf"));
        scan_free(scan);
    }
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_of_japanese_names_has_each_group)
{
    struct instance instance = an_instance(NULL);
    instance.charset = "\\ISO 2022 IR 87";
    instance.patient_name = "Yamada^Tarou=\x1B$B;3ED\x1B(B^\x1B$BB@O:\x1B(B";
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, NAME, "Yamada^Tarou"));
    ck_assert(has(scan, NAME, "\xE5\xB1\xB1\xE7\x94\xB0^\xE5\xA4\xAA\xE9\x83\x8E"));
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_identity_of_date_times_is_their_day)
{
    struct dicom_bytes extra = {0};
    put_text(&extra, EXPLICIT, 0x0008002A, DCMCHAIN_VR_DT, "20240229101500.123+0100");
    put_text(&extra, EXPLICIT, 0x00080020, DCMCHAIN_VR_DA, "20240301");
    struct instance instance = an_instance(&extra);
    struct scan *scan = scan_of(&instance);
    ck_assert(has(scan, DATE, "20240229"));
    ck_assert(has(scan, DATE, "20240301"));
    scan_free(scan);
    dicom_free(&extra);
}
END_TEST

START_TEST(test_scan_identity_value_that_cannot_be_shown_fails_the_instance)
{
    struct dicom_bytes extra = {0};
    char *value = malloc(LIMIT_WALKER_VALUE_BYTES + 2);
    ck_assert_ptr_nonnull(value);
    memset(value, 'x', LIMIT_WALKER_VALUE_BYTES + 2);
    put(&extra, EXPLICIT, 0x00101001, DCMCHAIN_VR_UN, value, LIMIT_WALKER_VALUE_BYTES + 2);
    struct instance instance = an_instance(&extra);
    input_write_instance(&folder, "file", &instance);
    struct scan *scan = input_scan(&folder, 1);
    ck_assert_str_eq(scan->all[0]->problem, "an identifying value is longer than the limit allows");
    scan_free(scan);
    dicom_free(&extra);
    free(value);
}
END_TEST

/* Private elements with many UIDs each. */
static void put_uids(struct dicom_bytes *extra, unsigned first, unsigned count)
{
    struct text text = TEXT_EMPTY;
    unsigned element = 0x1000;
    for (unsigned i = 0; i < count; i++) {
        text_printf(&text, "%s1.2.9.%u", text.length == 0 ? "" : "\\", first + i);
        if (text.length > 60000 || i + 1 == count) {
            put_text(extra, EXPLICIT, 0x00310000 + ++element, DCMCHAIN_VR_UI, text.bytes);
            text_free(&text);
        }
    }
}

START_TEST(test_scan_identity_beyond_the_limit_fails_the_whole_study)
{
    for (unsigned file = 0; file < 2; file++) {
        struct dicom_bytes extra = {0};
        put_uids(&extra, file * 130000, 130000);
        struct instance instance = an_instance(&extra);
        instance.sop = file == 0 ? "1.2.3.4.1" : "1.2.3.4.2";
        input_write_instance(&folder, instance.sop, &instance);
        dicom_free(&extra);
    }
    struct instance other = an_instance(NULL);
    for (unsigned i = 0; i < 100; i++) { /* the two are read in different chunks */
        char name[16];
        (void)snprintf(name, sizeof name, "1.2.3.4.1-%u", i);
        input_write_text(&folder, name, "words");
    }
    other.study = "1.9";
    other.sop = "1.9.1";
    input_write_instance(&folder, "other", &other);
    struct scan *scan = input_scan(&folder, 2);
    ck_assert_uint_eq(scan->study_count, 2);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_str_eq(scan->studies[0].series[0].instances[i]->problem,
                         "its study has more than 200000 identifying values, and 2 for each file");
    }
    ck_assert_ptr_null(scan->studies[1].series[0].instances[0]->problem);
    scan_free(scan);
}
END_TEST

START_TEST(test_scan_attributes_are_first_values_in_utf8)
{
    struct dicom_bytes extra = {0};
    put_text(&extra, EXPLICIT, 0x0008103E, DCMCHAIN_VR_LO,
             "Sch\xE4"
             "del");
    put_text(&extra, EXPLICIT, 0x00080060, DCMCHAIN_VR_CS, "MR\\CT");
    put_text(&extra, EXPLICIT, 0x00200010, DCMCHAIN_VR_SH, "");
    struct instance instance = an_instance(&extra);
    instance.charset = "ISO_IR 100";
    struct scan *scan = scan_of(&instance);
    const char *values[SCAN_ATTRIBUTES];
    scan_values(scan->all[0], values);
    for (size_t i = 0; i < SCAN_ATTRIBUTES; i++) {
        const char *value = values[i];
        switch (scan_attributes[i]) {
        case 0x0008103E:
            ck_assert_str_eq(value, "Sch\xC3\xA4"
                                    "del");
            break;
        case 0x00080060:
            ck_assert_str_eq(value, "MR");
            break;
        case 0x00200010:
            ck_assert_str_eq(value, "");
            break;
        case 0x00080050:
            ck_assert_ptr_null(value);
            break;
        default:
            break;
        }
    }
    scan_forget_values(scan);
    ck_assert_ptr_null(scan->all[0]->attributes);
    scan_values(scan->all[0], values);
    ck_assert_ptr_null(values[0]);
    scan_free(scan);
    dicom_free(&extra);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan identity");
    TCase *test_case = tcase_create("scan identity");
    suite_add_tcase(suite, test_case);
    tcase_set_timeout(test_case, 60);
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_add_test(test_case, test_scan_identity_of_every_depth_is_found);
    tcase_add_test(test_case, test_scan_identity_after_pixel_data_is_found);
    tcase_add_test(test_case, test_scan_identity_of_private_elements_goes_by_vr);
    tcase_add_test(test_case, test_scan_identity_of_a_file_that_broke_off_is_every_studys);
    tcase_add_test(test_case, test_scan_identity_of_a_wrong_vr_goes_by_tag);
    tcase_add_test(test_case, test_scan_identity_of_codes_for_persons_is_found);
    tcase_add_test(test_case, test_scan_identity_of_content_items_goes_by_concept);
    tcase_add_test(test_case, test_scan_identity_version_of_a_context_group_is_no_date_of_the_study);
    tcase_add_test(test_case, test_scan_identity_is_decoded_with_the_set_of_its_item);
    tcase_add_test(test_case, test_scan_identity_before_its_character_set_is_decoded_too);
    tcase_add_test(test_case, test_scan_identity_that_does_not_decode_is_read_as_what_it_may_be);
    tcase_add_test(test_case, test_scan_identity_of_japanese_names_has_each_group);
    tcase_add_test(test_case, test_scan_identity_of_date_times_is_their_day);
    tcase_add_test(test_case, test_scan_identity_value_that_cannot_be_shown_fails_the_instance);
    tcase_add_test(test_case, test_scan_identity_beyond_the_limit_fails_the_whole_study);
    tcase_add_test(test_case, test_scan_attributes_are_first_values_in_utf8);
    return run_suite(suite);
}
