/* test_extract_values.c: what one attribute becomes in a document of the extract stage: spellings of numbers,
 * several values, names, sequences, what is left out. From data sets in memory, without the stage. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/chain.h"
#include "document.h"
#include "support/suite.h"
#include "value.h"

/* ---- spellings of numbers ---- */

static const struct {
    const char *text;
    const char *number; /* NULL: none */
} numbers[] = {
    {"0", "0"},
    {"-0", "-0"},
    {"+1", "1"},
    {"007", "7"},
    {"-007.50", "-7.50"},
    {"00", "0"},
    {".5", "0.5"},
    {"-.5", "-0.5"},
    {"+.5E3", "0.5E3"},
    {"1.", "1"},
    {"1.E5", "1E5"},
    {"001.40E+02", "1.40E+02"},
    {"1e-3", "1E-3"},
    {"1e-400", "1E-400"}, /* zero for readers, but a number */
    {"1E307", "1E307"},
    {"1E308", NULL}, /* nobody can hold it safely */
    {"0.1E308", "0.1E308"},
    {"1E+309", NULL},
    {"1E9999999", NULL},
    {"18446744073709551615", "18446744073709551615"},
    {"-9223372036854775808", "-9223372036854775808"},
    {"3.14159265358979323846264338327950288", "3.14159265358979323846264338327950288"},
    {"", NULL},
    {"+", NULL},
    {"-", NULL},
    {".", NULL},
    {"E5", NULL},
    {"1E", NULL},
    {"1E+", NULL},
    {"1E5.0", NULL},
    {"--1", NULL},
    {"+-1", NULL},
    {"1 2", NULL},
    {"1,5", NULL},
    {"0x10", NULL},
    {"1.2.3", NULL},
    {"nan", NULL},
    {"inf", NULL},
    {"-inf", NULL},
    {"12Y", NULL},
};

START_TEST(test_extract_number_is_spelt_as_json_has_it_or_is_none)
{
    char number[64] = "";
    const bool is_number = value_number(numbers[_i].text, number, sizeof number);
    ck_assert_msg(is_number == (numbers[_i].number != NULL), "'%s' gave '%s'", numbers[_i].text, number);
    if (is_number) {
        ck_assert_str_eq(number, numbers[_i].number);
        /* The same number, digit by digit. */
        ck_assert(strtod(number, NULL) == strtod(numbers[_i].text, NULL));
    }
}
END_TEST

START_TEST(test_extract_number_longer_than_its_room_is_none)
{
    char number[8];
    ck_assert(value_number("1234567", number, sizeof number));
    ck_assert(!value_number("12345678", number, sizeof number));
    ck_assert(!value_number("1.234567", number, sizeof number));
}
END_TEST

/* ---- elements ---- */

static dcmchain_dataset *dataset;
static dcmchain_item *root;
static struct selection selection;

static void set_up(void)
{
    ck_assert_int_eq(dcmchain_dataset_new("1.2.840.10008.1.2.1", &dataset), DCMCHAIN_OK);
    root = dcmchain_dataset_root(dataset);
    selection = (struct selection){.longest_value = 65536};
}

static void tear_down(void)
{
    dcmchain_dataset_free(dataset);
    dataset = NULL;
}

static dcmchain_element *insert(dcmchain_item *item, uint32_t tag, uint16_t vr)
{
    dcmchain_element *element = NULL;
    ck_assert_int_eq(dcmchain_item_insert(item, tag, vr, &element), DCMCHAIN_OK);
    return element;
}

static void put(dcmchain_item *item, uint32_t tag, uint16_t vr, const char *text)
{
    ck_assert_int_eq(dcmchain_element_set_text(insert(item, tag, vr), text), DCMCHAIN_OK);
}

static void put_bytes(dcmchain_item *item, uint32_t tag, uint16_t vr, const void *bytes, size_t length)
{
    ck_assert_int_eq(dcmchain_element_set_bytes(insert(item, tag, vr), bytes, length), DCMCHAIN_OK);
}

static dcmchain_item *put_item(dcmchain_item *item, uint32_t tag)
{
    dcmchain_element *element = dcmchain_item_find(item, tag);
    dcmchain_item *inner = NULL;
    ck_assert_int_eq(
        dcmchain_element_add_item(element == NULL ? insert(item, tag, DCMCHAIN_VR_SQ) : element, &inner),
        DCMCHAIN_OK);
    return inner;
}

/* The members of the data set, one a line: key, space, text. Overwritten by the next call. */
static const char *members_of(uint32_t *ret_undecodable)
{
    static char text[1 << 16];
    struct members members = {0};
    size_t length = 0;
    text[0] = '\0';
    ck_assert_int_eq(members_read(root, &selection, &members), DCMCHAIN_OK);
    for (size_t i = 0; i < members.count; i++) {
        char key[VALUE_KEY_SIZE];
        member_key(members.list[i].tag, selection.format, key);
        length += (size_t)snprintf(text + length, sizeof text - length, "%s %s\n", key, members.list[i].text);
        ck_assert_uint_lt(length, sizeof text);
    }
    if (ret_undecodable != NULL) {
        *ret_undecodable = members.undecodable;
    }
    members_free(&members);
    return text;
}

static const struct {
    uint32_t tag;
    uint16_t vr;
    const char *text;
    const char *line;
} elements[] = {
    {0x00180050, DCMCHAIN_VR_DS, " 001.40E+02", "SliceThickness 1.40E+02\n"},
    {0x00180050, DCMCHAIN_VR_DS, "thick", "SliceThickness \"thick\"\n"},
    {0x00280030, DCMCHAIN_VR_DS, ".5\\+0.5 ", "PixelSpacing [0.5, 0.5]\n"},
    {0x00280030, DCMCHAIN_VR_DS, "0.5\\\\x", "PixelSpacing [0.5, null, \"x\"]\n"},
    {0x00200013, DCMCHAIN_VR_IS, "+0012", "InstanceNumber 12\n"},
    {0x00200013, DCMCHAIN_VR_IS, "", "InstanceNumber null\n"},
    {0x00280010, DCMCHAIN_VR_US, "65535", "Rows 65535\n"},
    {0x00280106, DCMCHAIN_VR_SS, "-32768", "SmallestImagePixelValue -32768\n"},
    {0x00080001, DCMCHAIN_VR_UL, "4294967295", "LengthToEnd 4294967295\n"},
    {0x00091001, DCMCHAIN_VR_UV, "18446744073709551615", "(0009,1001) 18446744073709551615\n"},
    {0x00091001, DCMCHAIN_VR_SV, "-9223372036854775808\\9007199254740993",
     "(0009,1001) [-9223372036854775808, 9007199254740993]\n"},
    {0x00080060, DCMCHAIN_VR_CS, "MR", "Modality \"MR\"\n"},
    {0x00080008, DCMCHAIN_VR_CS, "ORIGINAL\\PRIMARY", "ImageType [\"ORIGINAL\", \"PRIMARY\"]\n"},
    {0x00080008, DCMCHAIN_VR_CS, "ORIGINAL\\\\AXIAL", "ImageType [\"ORIGINAL\", null, \"AXIAL\"]\n"},
    {0x00100010, DCMCHAIN_VR_PN, "Yamada^Tarou=\xE5\xB1\xB1\xE7\x94\xB0^\xE5\xA4\xAA=",
     "PatientName \"Yamada^Tarou=\xE5\xB1\xB1\xE7\x94\xB0^\xE5\xA4\xAA=\"\n"},
    {0x00081050, DCMCHAIN_VR_PN, "A^B\\C^D", "PerformingPhysicianName [\"A^B\", \"C^D\"]\n"},
    {0x00104000, DCMCHAIN_VR_LT, " two\\parts\r\n\"q\" ",
     "PatientComments \" two\\\\parts\\u000d\\u000a\\\"q\\\"\"\n"},
    {0x0020000D, DCMCHAIN_VR_UI, "2.25.1", "StudyInstanceUID \"2.25.1\"\n"},
    {0x00080020, DCMCHAIN_VR_DA, "20240229", "StudyDate \"20240229\"\n"}, /* no number */
    {0x00101010, DCMCHAIN_VR_AS, "042Y", "PatientAge \"042Y\"\n"},
    {0x00280009, DCMCHAIN_VR_AT, "00181063", "FrameIncrementPointer \"(0018,1063)\"\n"},
    {0x00280009, DCMCHAIN_VR_AT, "00181063\\00181065",
     "FrameIncrementPointer [\"(0018,1063)\", \"(0018,1065)\"]\n"},
    {0x00090010, DCMCHAIN_VR_LO, "ACME 1.1", "(0009,0010) \"ACME 1.1\"\n"},
    {0x00080003, DCMCHAIN_VR_LO, "unknown", "(0008,0003) \"unknown\"\n"},
    {0x60000010, DCMCHAIN_VR_US, "5", "OverlayRows 5\n"},
    {0x60020010, DCMCHAIN_VR_US, "5", "(6002,0010) 5\n"}, /* the keyword is the first plane's */
};

START_TEST(test_extract_element_becomes_its_member)
{
    put(root, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    put(root, elements[_i].tag, elements[_i].vr, elements[_i].text);
    const char *lines = members_of(NULL);
    const char *line = strchr(lines, '\n') + 1; /* behind the character set, or before it by tag */
    if (elements[_i].tag < 0x00080005) {
        ck_assert_mem_eq(lines, elements[_i].line, strlen(elements[_i].line));
    } else {
        ck_assert_str_eq(line, elements[_i].line);
    }
}
END_TEST

START_TEST(test_extract_binary_numbers_without_json_form_are_words)
{
    const double doubles[] = {(double)NAN, (double)INFINITY, -(double)INFINITY, -0.5, 1e-310};
    const float floats[] = {NAN, 0.1F};
    put_bytes(root, 0x00180091, DCMCHAIN_VR_FD, doubles, sizeof doubles);
    put_bytes(root, 0x00189087, DCMCHAIN_VR_FL, floats, sizeof floats);
    const char *lines = members_of(NULL);
    ck_assert_msg(strstr(lines, "[\"NaN\", \"inf\", \"-inf\", -0.5, ") != NULL, "%s", lines);
    ck_assert_msg(strstr(lines, "[\"NaN\", 0.1") != NULL, "%s", lines);
}
END_TEST

START_TEST(test_extract_bytes_are_left_out_at_every_depth)
{
    static const char bytes[] = "PHI in bytes";
    static const uint16_t vrs[] = {DCMCHAIN_VR_OB, DCMCHAIN_VR_OW, DCMCHAIN_VR_UN,
                                   DCMCHAIN_VR_OF, DCMCHAIN_VR_OL, DCMCHAIN_VR_OV};
    dcmchain_item *inner = put_item(root, 0x00081140);
    for (size_t i = 0; i < sizeof vrs / sizeof vrs[0]; i++) {
        put_bytes(root, 0x00091001 + (uint32_t)i, vrs[i], bytes, 8);
        put_bytes(inner, 0x00091001 + (uint32_t)i, vrs[i], bytes, 8);
    }
    put(inner, 0x00081155, DCMCHAIN_VR_UI, "2.25.7");
    ck_assert_str_eq(members_of(NULL),
                     "ReferencedImageSequence [{\"ReferencedSOPInstanceUID\": \"2.25.7\"}]\n");
}
END_TEST

START_TEST(test_extract_sequence_is_an_array_of_objects)
{
    (void)put_item(root, 0x00081140); /* an empty item */
    dcmchain_item *inner = put_item(root, 0x00081140);
    put(put_item(inner, 0x0040A170), 0x00080100, DCMCHAIN_VR_SH, "121324");
    (void)insert(root, 0x00400275, DCMCHAIN_VR_SQ); /* no item */
    ck_assert_str_eq(members_of(NULL),
                     "ReferencedImageSequence [{}, {\"PurposeOfReferenceCodeSequence\": [{\"CodeValue\": "
                     "\"121324\"}]}]\nRequestAttributesSequence []\n");
}
END_TEST

START_TEST(test_extract_longest_value_counts_bytes_and_spares_sequences)
{
    dcmchain_item *inner = put_item(root, 0x00081140);
    put(inner, 0x00104000, DCMCHAIN_VR_LT, "12345678901");
    put(root, 0x00104000, DCMCHAIN_VR_LT, "12345678901");
    put(root, 0x00102110, DCMCHAIN_VR_LO, "1234567890");
    selection.longest_value = 10;
    ck_assert_str_eq(members_of(NULL), "ReferencedImageSequence [{}]\nAllergies \"1234567890\"\n");
    selection.longest_value = 0; /* no limit */
    ck_assert_ptr_nonnull(strstr(members_of(NULL), "PatientComments"));
    const uint32_t named[] = {0x00104000};
    selection = (struct selection){.tags = named, .tag_count = 1, .longest_value = 10};
    ck_assert_str_eq(members_of(NULL), "PatientComments \"12345678901\"\n");
}
END_TEST

START_TEST(test_extract_named_attributes_come_alone_in_tag_order)
{
    const uint32_t named[] = {0x00280010, 0x00080060, 0x00091001, 0x7FE00010};
    put(root, 0x00080060, DCMCHAIN_VR_CS, "MR");
    put(root, 0x00080070, DCMCHAIN_VR_LO, "ACME");
    put(root, 0x00091001, DCMCHAIN_VR_LO, "own");
    put(root, 0x00280010, DCMCHAIN_VR_US, "64");
    selection.tags = named;
    selection.tag_count = 4;
    ck_assert_str_eq(members_of(NULL), "Modality \"MR\"\n(0009,1001) \"own\"\nRows 64\n");
}
END_TEST

/* A Latin-1 byte where the data set says UTF-8: nothing is guessed. */
START_TEST(test_extract_value_that_does_not_decode_is_null_and_counted)
{
    uint32_t undecodable = 0;
    put(root, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    put_bytes(root, 0x0008103E, DCMCHAIN_VR_LO, "M\xFCller", 6);
    put_bytes(put_item(root, 0x00081140), 0x00081030, DCMCHAIN_VR_LO, "M\xFCller", 6);
    const char *lines = members_of(&undecodable);
    ck_assert_msg(strstr(lines, "SeriesDescription null\n") != NULL, "%s", lines);
    ck_assert_msg(strstr(lines, "{\"StudyDescription\": null}") != NULL, "%s", lines);
    ck_assert_uint_eq(undecodable, 2);
}
END_TEST

START_TEST(test_extract_text_of_another_character_set_is_utf8)
{
    put_bytes(root, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 100", 10);
    put_bytes(root, 0x0008103E, DCMCHAIN_VR_LO, "M\xFCller", 6);
    ck_assert_ptr_nonnull(strstr(members_of(NULL), "SeriesDescription \"M\xC3\xBCller\"\n"));
    selection.format = EXTRACT_DICOM_JSON;
    const char *lines = members_of(NULL);
    ck_assert_msg(strstr(lines, "0008103E {\"vr\":\"LO\",\"Value\":[\"M\xC3\xBCller\"]}") != NULL, "%s",
                  lines);
    ck_assert_msg(strstr(lines, "00080005 {\"vr\":\"CS\",\"Value\":[\"ISO_IR 192\"]}") != NULL, "%s", lines);
}
END_TEST

START_TEST(test_extract_dicom_json_has_the_model_of_ps318)
{
    selection.format = EXTRACT_DICOM_JSON;
    put(root, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    put(root, 0x00100010, DCMCHAIN_VR_PN, "Yamada^Tarou=\xE5\xB1\xB1\xE7\x94\xB0");
    put(root, 0x00280010, DCMCHAIN_VR_US, "64");
    put(root, 0x00280009, DCMCHAIN_VR_AT, "00181063");
    put(root, 0x00102110, DCMCHAIN_VR_LO, "");
    put_bytes(root, 0x00091001, DCMCHAIN_VR_OB, "bytes!", 6);
    put(put_item(root, 0x00081140), 0x00081155, DCMCHAIN_VR_UI, "2.25.7");
    const char *lines = members_of(NULL);
    ck_assert_msg(strstr(lines, "00100010 {\"vr\":\"PN\",\"Value\":[{\"Alphabetic\":\"Yamada^Tarou\","
                                "\"Ideographic\":\"\xE5\xB1\xB1\xE7\x94\xB0\"}]}") != NULL,
                  "%s", lines);
    ck_assert_msg(strstr(lines, "00280010 {\"vr\":\"US\",\"Value\":[64]}") != NULL, "%s", lines);
    ck_assert_msg(strstr(lines, "00280009 {\"vr\":\"AT\",\"Value\":[\"00181063\"]}") != NULL, "%s", lines);
    ck_assert_msg(strstr(lines, "00102110 {\"vr\":\"LO\"}") != NULL, "%s", lines);
    ck_assert_msg(strstr(lines, "00081140 {\"vr\":\"SQ\",\"Value\":[{\"00081155\":{\"vr\":\"UI\",\"Value\":"
                                "[\"2.25.7\"]}}]}") != NULL,
                  "%s", lines);
    ck_assert_ptr_null(strstr(lines, "00091001"));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("extract_values");
    TCase *tests = tcase_create("values");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_extract_number_is_spelt_as_json_has_it_or_is_none, 0,
                        (int)(sizeof numbers / sizeof numbers[0]));
    tcase_add_test(tests, test_extract_number_longer_than_its_room_is_none);
    tcase_add_loop_test(tests, test_extract_element_becomes_its_member, 0,
                        (int)(sizeof elements / sizeof elements[0]));
    tcase_add_test(tests, test_extract_binary_numbers_without_json_form_are_words);
    tcase_add_test(tests, test_extract_bytes_are_left_out_at_every_depth);
    tcase_add_test(tests, test_extract_sequence_is_an_array_of_objects);
    tcase_add_test(tests, test_extract_longest_value_counts_bytes_and_spares_sequences);
    tcase_add_test(tests, test_extract_named_attributes_come_alone_in_tag_order);
    tcase_add_test(tests, test_extract_value_that_does_not_decode_is_null_and_counted);
    tcase_add_test(tests, test_extract_text_of_another_character_set_is_utf8);
    tcase_add_test(tests, test_extract_dicom_json_has_the_model_of_ps318);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
