/* test_dataset_unknown.c: elements with VR UN that the dictionary knows: which become what it says, and that
 * what is made of them can be written and read again. */
#include <check.h>

#include "dcmchain/dataset.h"
#include "support/dicom_bytes.h"
#include "support/suite.h"

#define REFERENCES 0x00081140U /* a sequence */
#define ICON 0x00880200U       /* a sequence, too */
#define OVERLAY 0x60003000U    /* words */

static dcmchain_dataset *dataset;

static void destroy(void)
{
    dcmchain_dataset_free(dataset);
    dataset = NULL;
}

static void read_bytes(const void *bytes, size_t length)
{
    destroy();
    ck_assert_int_eq(dcmchain_dataset_read(bytes, length, &dataset), DCMCHAIN_OK);
}

/* Reads a file whose data set is this one element with VR UN; the value is freed. */
static void read_unknown(const char *syntax, enum dicom_encoding encoding, uint32_t tag,
                         struct dicom_bytes *value)
{
    struct dicom_bytes set = {.encoding = encoding};
    struct dicom_bytes file = {0};
    dicom_element(&set, tag, "UN", value->data, value->length);
    dicom_file(&file, syntax, &set);
    read_bytes(file.data, file.length);
    dicom_free(&file);
    dicom_free(&set);
    dicom_free(value);
}

static void is(uint32_t tag, uint16_t vr)
{
    const dcmchain_element *element = dcmchain_item_find(dcmchain_dataset_root(dataset), tag);
    ck_assert_ptr_nonnull(element);
    ck_assert_uint_eq(dcmchain_element_vr(element), vr);
}

/* The element is of this VR, now and after the data set was written and read again. */
static void is_and_stays(uint32_t tag, uint16_t vr)
{
    void *bytes = NULL;
    size_t length = 0;
    is(tag, vr);
    ck_assert_int_eq(dcmchain_dataset_write(dataset, NULL, 0, &bytes, &length), DCMCHAIN_OK);
    read_bytes(bytes, length);
    dcmchain_free(bytes);
    is(tag, vr);
}

START_TEST(test_dataset_unknown_sequence_becomes_its_items)
{
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    size_t item = dicom_open_item(&value, _i == 1);
    dicom_text(&value, 0x00100010, "PN", "Doe^Jane");
    dicom_close_item(&value, item, _i == 1);
    read_unknown(DICOM_BIG_UID, DICOM_BIG, REFERENCES, &value);
    is_and_stays(REFERENCES, DCMCHAIN_VR_SQ);
    const dcmchain_element *sequence = dcmchain_item_find(dcmchain_dataset_root(dataset), REFERENCES);
    char *name = NULL;
    ck_assert_int_eq(dcmchain_item_get_text(dcmchain_element_item(sequence, 0), 0x00100010, &name),
                     DCMCHAIN_OK);
    ck_assert_str_eq(name, "Doe^Jane");
    dcmchain_free(name);
}
END_TEST

/* A delimiter that an item of a defined length holds as if it were an element: other readers would end the
 * item there, and see other elements than we do. */
START_TEST(test_dataset_unknown_sequence_with_a_delimiter_for_an_element_stays_unknown)
{
    static const uint32_t delimiters[] = {DICOM_ITEM, DICOM_ITEM_END, DICOM_SEQUENCE_END};
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    size_t item = dicom_open_item(&value, false);
    dicom_text(&value, 0x00080060, "CS", "MR");
    dicom_delimiter(&value, delimiters[_i], 4);
    dicom_raw(&value, "1234", 4);
    dicom_close_item(&value, item, false);
    read_unknown(DICOM_EXPLICIT_UID, DICOM_EXPLICIT, REFERENCES, &value);
    is_and_stays(REFERENCES, DCMCHAIN_VR_UN);
}
END_TEST

/* Its bytes are implicit VR little endian, and no transfer syntax has both that and fragments. */
START_TEST(test_dataset_unknown_icon_with_fragments_stays_unknown)
{
    static const char *const syntaxes[] = {DICOM_JPEG_UID, DICOM_EXPLICIT_UID, DICOM_BIG_UID};
    static const size_t sizes[] = {4, 6};
    struct dicom_bytes value = {.encoding = DICOM_IMPLICIT};
    size_t item = dicom_open_item(&value, false);
    dicom_us(&value, 0x00280010, 2);
    dicom_fragments(&value, sizes, 2);
    dicom_close_item(&value, item, false);
    read_unknown(syntaxes[_i], _i == 2 ? DICOM_BIG : DICOM_EXPLICIT, ICON, &value);
    is_and_stays(ICON, DCMCHAIN_VR_UN);
}
END_TEST

/* Words that are no whole number of words would be turned around into other bytes. */
START_TEST(test_dataset_unknown_value_that_its_words_do_not_fill_stays_unknown)
{
    struct dicom_bytes value = {.encoding = DICOM_EXPLICIT};
    dicom_raw(&value, "123", 3);
    read_unknown(DICOM_BIG_UID, DICOM_BIG, OVERLAY, &value);
    is(OVERLAY, DCMCHAIN_VR_UN);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_unknown");
    TCase *test_case = tcase_create("unknown");
    tcase_add_checked_fixture(test_case, NULL, destroy);
    tcase_add_loop_test(test_case, test_dataset_unknown_sequence_becomes_its_items, 0, 2);
    tcase_add_loop_test(test_case,
                        test_dataset_unknown_sequence_with_a_delimiter_for_an_element_stays_unknown, 0, 3);
    tcase_add_loop_test(test_case, test_dataset_unknown_icon_with_fragments_stays_unknown, 0, 3);
    tcase_add_test(test_case, test_dataset_unknown_value_that_its_words_do_not_fill_stays_unknown);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
