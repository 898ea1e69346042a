/* test_dataset_write.c: what is written, byte by byte, where the input was odd: it must be what was read, and
 * the file meta what PS3.10 asks for, whatever stood there. */
#include <check.h>

#include "dcmchain/dataset.h"
#include "support/dicom_bytes.h"
#include "support/suite.h"

static dcmchain_dataset *dataset;
static void *written;
static size_t length;

static void destroy(void)
{
    dcmchain_dataset_free(dataset);
    dcmchain_free(written);
    dataset = NULL;
    written = NULL;
}

/* Reads a file and writes it again; the bytes are freed. */
static void pass(struct dicom_bytes *file)
{
    ck_assert_int_eq(dcmchain_dataset_read(file->data, file->length, &dataset), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_dataset_write(dataset, NULL, 0, &written, &length), DCMCHAIN_OK);
    dicom_free(file);
}

/* One byte too few or too many, in a VR of numbers: no word is made of the padding. */
START_TEST(test_dataset_write_keeps_the_bytes_of_an_odd_value_in_big_endian)
{
    static const uint8_t value[] = {1, 2, 3, 0};
    struct dicom_bytes set = {.encoding = DICOM_BIG};
    struct dicom_bytes file = {0};
    dicom_element(&set, 0x00280010, "US", value, 3);
    dicom_file(&file, DICOM_BIG_UID, &set);
    pass(&file);
    dicom_free(&set);
    ck_assert_mem_eq((char *)written + length - sizeof value, value, sizeof value);
}
END_TEST

static const struct {
    uint32_t tag;
    uint16_t vr;
} meta_elements[] = {{0x00020001, DCMCHAIN_VR_OB}, {0x00020002, DCMCHAIN_VR_UI},
                     {0x00020003, DCMCHAIN_VR_UI}, {0x00020012, DCMCHAIN_VR_UI},
                     {0x00020013, DCMCHAIN_VR_SH}, {0x00020010, DCMCHAIN_VR_UI}};
#define META_ELEMENTS (sizeof meta_elements / sizeof *meta_elements)

/* The core writes these whatever stands there (dataset.h): whatever VR, too. */
START_TEST(test_dataset_write_gives_the_file_meta_its_vrs)
{
    static const char *const wrong[] = {"UN", "LT", "US", "SQ"};
    struct dicom_bytes file = {.encoding = DICOM_EXPLICIT};
    dicom_preamble(&file);
    for (size_t i = 0; i + 1 < META_ELEMENTS; i++) {
        dicom_element(&file, meta_elements[i].tag, wrong[_i], "", 0);
    }
    dicom_text(&file, 0x00020010, "LT", DICOM_EXPLICIT_UID);
    dicom_text(&file, 0x00080018, "UI", "2.25.3");
    pass(&file);
    for (size_t i = 0; i < META_ELEMENTS; i++) {
        const dcmchain_element *element =
            dcmchain_item_find(dcmchain_dataset_meta(dataset), meta_elements[i].tag);
        ck_assert_ptr_nonnull(element);
        ck_assert_uint_eq(dcmchain_element_vr(element), meta_elements[i].vr);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_write");
    TCase *test_case = tcase_create("write");
    tcase_add_checked_fixture(test_case, NULL, destroy);
    tcase_add_test(test_case, test_dataset_write_keeps_the_bytes_of_an_odd_value_in_big_endian);
    tcase_add_loop_test(test_case, test_dataset_write_gives_the_file_meta_its_vrs, 0, 4);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
