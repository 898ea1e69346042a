/* test_dataset_numbers.c: numbers as text and back, of each VR, at the ends of their ranges. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/dataset.h"
#include "support/dicom_bytes.h"
#include "support/suite.h"

static dcmchain_dataset *dataset;
static dcmchain_element *element;

static void make_in(const char *transfer_syntax)
{
    ck_assert_int_eq(dcmchain_dataset_new(transfer_syntax, &dataset), DCMCHAIN_OK);
}

static void destroy(void)
{
    dcmchain_dataset_free(dataset);
    dataset = NULL;
}

static void make(void)
{
    make_in(DICOM_EXPLICIT_UID);
}

/* Sets the text, and reads this back. */
static void becomes(uint16_t vr, const char *text, const char *expected)
{
    char *again = NULL;
    ck_assert_int_eq(dcmchain_item_insert(dcmchain_dataset_root(dataset), 0x00091001, vr, &element),
                     DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_text(element, text), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_get_text(element, &again), DCMCHAIN_OK);
    ck_assert_str_eq(again, expected);
    dcmchain_free(again);
}

static void refuses(uint16_t vr, const char *text)
{
    becomes(vr, "1", "1");
    ck_assert_int_eq(dcmchain_element_set_text(element, text), DCMCHAIN_E_INVALID);
    ck_assert_uint_eq(dcmchain_element_value_count(element), 1); /* what stood there */
}

START_TEST(test_dataset_numbers_keep_the_ends_of_their_ranges)
{
    becomes(DCMCHAIN_VR_US, "0\\65535", "0\\65535");
    becomes(DCMCHAIN_VR_SS, "-32768\\32767", "-32768\\32767");
    becomes(DCMCHAIN_VR_UL, "4294967295", "4294967295");
    becomes(DCMCHAIN_VR_SL, "-2147483648\\2147483647", "-2147483648\\2147483647");
    becomes(DCMCHAIN_VR_UV, "18446744073709551615", "18446744073709551615");
    becomes(DCMCHAIN_VR_SV, "-9223372036854775808", "-9223372036854775808");
    becomes(DCMCHAIN_VR_AT, "(0010,0020)\\00280010\\PatientName", "(0010,0020)\\(0028,0010)\\(0010,0010)");
    refuses(DCMCHAIN_VR_US, "65536");
    refuses(DCMCHAIN_VR_US, "-1");
    refuses(DCMCHAIN_VR_SS, "32768");
    refuses(DCMCHAIN_VR_UL, "4294967296");
    refuses(DCMCHAIN_VR_SL, "-2147483649");
    refuses(DCMCHAIN_VR_UV, "18446744073709551616");
    refuses(DCMCHAIN_VR_UV, "-1");
    refuses(DCMCHAIN_VR_US, "1\\");
    refuses(DCMCHAIN_VR_US, "1.5");
}
END_TEST

START_TEST(test_dataset_decimals_read_back_as_the_same_number)
{
    static const char *const kept[] = {"0.1", "-0.25", "1e+300", "5e-324", "123456789.123", "inf", "nan"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        double number = 0;
        char *text = NULL;
        becomes(DCMCHAIN_VR_FD, kept[i], i == 3 ? "4.94065645841247e-324" : kept[i]);
        ck_assert_int_eq(dcmchain_element_get_value(element, 0, &text), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_element_get_double(element, 0, &number), DCMCHAIN_OK);
        const double expected = strtod(kept[i], NULL);
        ck_assert_mem_eq(&number, &expected, sizeof number);
        dcmchain_free(text);
    }
    becomes(DCMCHAIN_VR_FL, "0.1\\3.4028235e+38\\16777217", "0.1\\3.4028235e+38\\16777216");
    becomes(DCMCHAIN_VR_FL, "+2", "2");
    refuses(DCMCHAIN_VR_FL, "1e39");
    refuses(DCMCHAIN_VR_FD, "0x10");
    refuses(DCMCHAIN_VR_FD, " 1");
    refuses(DCMCHAIN_VR_FD, "1,5");
}
END_TEST

START_TEST(test_dataset_one_of_many_numbers_is_read_by_its_place)
{
    int64_t integer = 0;
    double number = 0;
    char *text = NULL;
    becomes(DCMCHAIN_VR_SS, "1\\-2\\3", "1\\-2\\3");
    ck_assert_uint_eq(dcmchain_element_value_count(element), 3);
    ck_assert_int_eq(dcmchain_element_get_integer(element, 1, &integer), DCMCHAIN_OK);
    ck_assert_int_eq(integer, -2);
    ck_assert_int_eq(dcmchain_element_get_double(element, 2, &number), DCMCHAIN_OK);
    ck_assert_double_eq(number, 3);
    ck_assert_int_eq(dcmchain_element_get_value(element, 3, &text), DCMCHAIN_E_RANGE);
    ck_assert_int_eq(dcmchain_element_get_double(element, 3, &number), DCMCHAIN_E_RANGE);
    ck_assert_int_eq(dcmchain_element_get_integer(element, 3, &integer), DCMCHAIN_E_RANGE);
}
END_TEST

/* ---- "US or SS" where no VR is stored ---- */

static int64_t smallest_read_from(const char *representation, bool nested)
{
    struct dicom_bytes set = {.encoding = DICOM_IMPLICIT};
    struct dicom_bytes file = {.encoding = DICOM_IMPLICIT};
    int64_t number = 0;
    dicom_text(&set, 0x00080060, "CS", "MR");
    if (representation != NULL) {
        dicom_element(&set, 0x00280103, "US", representation, 2);
    }
    size_t sequence = nested ? dicom_open_sequence(&set, 0x00289145, "SQ", false) : 0;
    size_t item = nested ? dicom_open_item(&set, false) : 0;
    dicom_element(&set, 0x00280106, "SS", "\xFB\xFF", 2);
    if (nested) {
        dicom_close_item(&set, item, false);
        dicom_close_sequence(&set, sequence, false);
    }
    dicom_file(&file, DICOM_IMPLICIT_UID, &set);
    ck_assert_int_eq(dcmchain_dataset_read(file.data, file.length, &dataset), DCMCHAIN_OK);
    const dcmchain_item *level = dcmchain_dataset_root(dataset);
    if (nested) {
        level = dcmchain_element_item(dcmchain_item_find(level, 0x00289145), 0);
    }
    ck_assert_int_eq(dcmchain_element_get_integer(dcmchain_item_find(level, 0x00280106), 0, &number),
                     DCMCHAIN_OK);
    destroy();
    dicom_free(&set);
    dicom_free(&file);
    return number;
}

START_TEST(test_dataset_us_or_ss_follows_pixel_representation)
{
    ck_assert_int_eq(smallest_read_from("\1\0", false), -5);
    ck_assert_int_eq(smallest_read_from("\1\0", true), -5);
    ck_assert_int_eq(smallest_read_from("\0\0", false), 65531);
    ck_assert_int_eq(smallest_read_from("\0\0", true), 65531);
    ck_assert_int_eq(smallest_read_from(NULL, false), 65531);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_numbers");
    TCase *with = tcase_create("numbers");
    TCase *without = tcase_create("files");
    tcase_add_checked_fixture(with, make, destroy);
    tcase_add_test(with, test_dataset_numbers_keep_the_ends_of_their_ranges);
    tcase_add_test(with, test_dataset_decimals_read_back_as_the_same_number);
    tcase_add_test(with, test_dataset_one_of_many_numbers_is_read_by_its_place);
    tcase_add_test(without, test_dataset_us_or_ss_follows_pixel_representation);
    suite_add_tcase(suite, with);
    suite_add_tcase(suite, without);
    return run_suite(suite);
}
