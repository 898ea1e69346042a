/* test_dataset_values.c: values one by one and as DICOM JSON, where they are padding, do not decode, or are
 * so many that asking for each anew would not end. */
#include <check.h>
#include <string.h>

#include "dcmchain/dataset.h"
#include "support/dicom_bytes.h"
#include "support/suite.h"

#define MANY 1000000U

static dcmchain_dataset *dataset;
static dcmchain_item *root;

static void make(void)
{
    ck_assert_int_eq(dcmchain_dataset_new(DICOM_IMPLICIT_UID, &dataset), DCMCHAIN_OK);
    root = dcmchain_dataset_root(dataset);
}

static void destroy(void)
{
    dcmchain_dataset_free(dataset);
}

static dcmchain_element *put(uint32_t tag, uint16_t vr, const char *bytes, size_t length)
{
    dcmchain_element *element = NULL;
    ck_assert_int_eq(dcmchain_item_insert(root, tag, vr, &element), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_bytes(element, bytes, length), DCMCHAIN_OK);
    return element;
}

/* As many values as the count says, and these. */
static void has(const dcmchain_element *element, size_t count, const char *const *values)
{
    char *text = NULL;
    ck_assert_uint_eq(dcmchain_element_value_count(element), count);
    for (size_t i = 0; i < count; i++) {
        ck_assert_int_eq(dcmchain_element_get_value(element, i, &text), DCMCHAIN_OK);
        ck_assert_str_eq(text, values[i]);
        dcmchain_free(text);
    }
    ck_assert_int_eq(dcmchain_element_get_value(element, count, &text), DCMCHAIN_E_RANGE);
}

START_TEST(test_dataset_values_are_as_many_as_their_count)
{
    has(put(0x00080008, DCMCHAIN_VR_CS, "A\\ B \\\\", 7), 4, (const char *[]){"A", "B", "", ""});
    has(put(0x00080008, DCMCHAIN_VR_CS, "A\\  ", 4), 2, (const char *[]){"A", ""});
    has(put(0x00104000, DCMCHAIN_VR_LT, " a\\b", 4), 1, (const char *[]){" a\\b"});
    has(put(0x00080008, DCMCHAIN_VR_CS, "", 0), 0, NULL);
}
END_TEST

/* dataset.h: a value is empty where its length is 0. */
START_TEST(test_dataset_value_of_nothing_but_padding_is_one_empty_value)
{
    has(put(0x00080008, DCMCHAIN_VR_CS, "  ", 2), 1, (const char *[]){""});
    has(put(0x00104000, DCMCHAIN_VR_LT, "  ", 2), 1, (const char *[]){""});
    has(put(0x0020000D, DCMCHAIN_VR_UI, "\0\0", 2), 1, (const char *[]){""});
}
END_TEST

static void json_is(const char *expected)
{
    char *json = NULL;
    ck_assert_int_eq(dcmchain_item_to_json(root, &json), DCMCHAIN_OK);
    ck_assert_str_eq(json, expected);
    dcmchain_free(json);
}

START_TEST(test_dataset_json_has_each_value_in_its_place)
{
    dcmchain_item *item = NULL;
    (void)put(0x00080008, DCMCHAIN_VR_CS, "A\\\\ B", 5);
    (void)put(0x00080060, DCMCHAIN_VR_CS, "  ", 2);
    (void)put(0x00080070, DCMCHAIN_VR_LO, "", 0);
    (void)put(0x00081030, DCMCHAIN_VR_LO, "\xFC\xFC", 2);
    (void)put(0x00280010, DCMCHAIN_VR_US, "\1\0\2\0", 4);
    dcmchain_element *sequence = put(0x00081140, DCMCHAIN_VR_LO, "", 0);
    ck_assert_int_eq(dcmchain_item_insert(root, 0x00081140, DCMCHAIN_VR_SQ, &sequence), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_add_item(sequence, &item), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_add_item(sequence, &item), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_item_set_text(item, 0x00080060, "MR"), DCMCHAIN_OK);
    json_is("{\"00080008\":{\"vr\":\"CS\",\"Value\":[\"A\",null,\"B\"]},"
            "\"00080060\":{\"vr\":\"CS\",\"Value\":[null]},"
            "\"00080070\":{\"vr\":\"LO\"},"
            "\"00081030\":{\"vr\":\"LO\",\"Value\":[null]},"
            "\"00081140\":{\"vr\":\"SQ\",\"Value\":[{},{\"00080060\":{\"vr\":\"CS\",\"Value\":[\"MR\"]}}]},"
            "\"00280010\":{\"vr\":\"US\",\"Value\":[1,2]}}");
}
END_TEST

/* Decoding the whole for each of them would take hours. */
START_TEST(test_dataset_json_of_a_million_values_ends)
{
    struct dicom_bytes bytes = {0};
    char *json = NULL;
    for (size_t i = 0; i < MANY; i++) {
        dicom_raw(&bytes, "A\\", 2);
    }
    (void)put(0x00080008, DCMCHAIN_VR_CS, (const char *)bytes.data, bytes.length);
    dicom_free(&bytes);
    ck_assert_int_eq(dcmchain_item_to_json(root, &json), DCMCHAIN_OK);
    ck_assert_uint_gt(strlen(json), MANY * strlen("\"A\","));
    dcmchain_free(json);
}
END_TEST

/* Every text copies and reads the Specific Character Set: one that is longer than any can be is none. */
START_TEST(test_dataset_text_in_a_character_set_beyond_all_length_does_not_decode)
{
    static const char name[] = "ISO_IR 100";
    char terms[4096];
    char *text = NULL;
    const dcmchain_element *element = put(0x00100010, DCMCHAIN_VR_PN, "J\xF6rg", 4);
    memset(terms, ' ', sizeof terms);
    memcpy(terms, name, sizeof name - 1);
    (void)put(0x00080005, DCMCHAIN_VR_CS, terms, 64);
    ck_assert_int_eq(dcmchain_element_get_text(element, &text), DCMCHAIN_OK);
    ck_assert_str_eq(text, "J\xC3\xB6rg");
    dcmchain_free(text);
    (void)put(0x00080005, DCMCHAIN_VR_CS, terms, sizeof terms);
    ck_assert_int_eq(dcmchain_element_get_text(element, &text), DCMCHAIN_E_CHARSET);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_values");
    TCase *test_case = tcase_create("values");
    tcase_add_checked_fixture(test_case, make, destroy);
    tcase_add_test(test_case, test_dataset_values_are_as_many_as_their_count);
    tcase_add_test(test_case, test_dataset_value_of_nothing_but_padding_is_one_empty_value);
    tcase_add_test(test_case, test_dataset_json_has_each_value_in_its_place);
    tcase_add_test(test_case, test_dataset_json_of_a_million_values_ends);
    tcase_add_test(test_case, test_dataset_text_in_a_character_set_beyond_all_length_does_not_decode);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
