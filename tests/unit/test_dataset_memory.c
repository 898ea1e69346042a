/* test_dataset_memory.c: a data set that memory once ran out for is not written any more: whoever took that
 * for another answer may have decided wrongly. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "dataset/dataset_internal.h"
#include "support/suite.h"

#define LARGE ((size_t)64 << 20)
#define MANY_ITEMS ((size_t)1000000)

static const uint8_t item_head[] = {0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* it has an allocator of its own, which ends the program */
#else
#define SANITIZED 0
#endif

/* Bytes of address space that the process has. */
static rlim_t in_use(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%lu", &pages), 1); /* NOLINT(cert-err34-c): the kernel wrote it */
    (void)fclose(file);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

START_TEST(test_dataset_that_memory_ran_out_for_is_not_written)
{
    dcmchain_dataset *dataset = NULL;
    dcmchain_element *element = NULL;
    void *bytes = calloc(1, LARGE);
    void *read = NULL;
    size_t length = 0;
    struct rlimit before;
    struct dataset_bytes parts;

    ck_assert_ptr_nonnull(bytes);
    ck_assert_int_eq(dcmchain_dataset_new("1.2.840.10008.1.2.1", &dataset), DCMCHAIN_OK);
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    ck_assert_int_eq(dcmchain_item_insert(root, 0x00091001, DCMCHAIN_VR_OB, &element), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_bytes(element, bytes, LARGE), DCMCHAIN_OK);
    free(bytes);
    ck_assert(!dataset_is_starved(dataset));

    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &(struct rlimit){in_use() + LARGE / 2, before.rlim_max}), 0);
    int result = dcmchain_element_get_bytes(element, &read, &length);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    ck_assert_int_eq(result, DCMCHAIN_E_MEMORY);

    ck_assert(dataset_is_starved(dataset));
    ck_assert_int_eq(dcmchain_element_get_bytes(element, &read, &length), DCMCHAIN_OK);
    dcmchain_free(read);
    ck_assert_int_eq(dataset_serialise(dataset, &parts), DCMCHAIN_E_MEMORY);
    ck_assert_int_eq(dcmchain_dataset_write(dataset, NULL, 0, &read, &length), DCMCHAIN_E_MEMORY);
    dcmchain_dataset_free(dataset);
}
END_TEST

START_TEST(test_dataset_decode_items_without_memory_changes_nothing)
{
    dcmchain_dataset *dataset = NULL;
    dcmchain_element *element = NULL;
    uint8_t *bytes = calloc(MANY_ITEMS, sizeof item_head);
    struct rlimit before;

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < MANY_ITEMS; i++) {
        memcpy(bytes + i * sizeof item_head, item_head, sizeof item_head);
    }
    ck_assert_int_eq(dcmchain_dataset_new("1.2.840.10008.1.2.1", &dataset), DCMCHAIN_OK);
    ck_assert_int_eq(
        dcmchain_item_insert(dcmchain_dataset_root(dataset), 0x00091001, DCMCHAIN_VR_UN, &element),
        DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_bytes(element, bytes, MANY_ITEMS * sizeof item_head), DCMCHAIN_OK);
    free(bytes);

    ck_assert_int_eq(getrlimit(RLIMIT_AS, &before), 0);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &(struct rlimit){in_use() + LARGE / 4, before.rlim_max}), 0);
    int result = dcmchain_element_decode_items(element);
    ck_assert_int_eq(setrlimit(RLIMIT_AS, &before), 0);
    ck_assert_int_eq(result, DCMCHAIN_E_MEMORY);

    ck_assert(dataset_is_starved(dataset));
    ck_assert_uint_eq(dcmchain_element_vr(element), DCMCHAIN_VR_UN);
    ck_assert_uint_eq(dcmchain_element_length(element), MANY_ITEMS * sizeof item_head);
    dcmchain_dataset_free(dataset);
}
END_TEST

int main(void)
{
    if (SANITIZED) {
        (void)puts("skipped: a sanitizer ends the program where memory runs out");
        return EXIT_SUCCESS;
    }
    Suite *suite = suite_create("dataset_memory");
    TCase *test_case = tcase_create("memory");
    tcase_add_test(test_case, test_dataset_that_memory_ran_out_for_is_not_written);
    tcase_add_test(test_case, test_dataset_decode_items_without_memory_changes_nothing);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
