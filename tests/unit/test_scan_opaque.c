/* test_scan_opaque.c: identity in sequences that come as bytes, with VR UN or OB: however long they are, and
 * up to where they break. Every identity here is invented. */
#include <check.h>
#include <stdlib.h>

#include "dcmchain/dataset.h"
#include "limits.h"
#include "support/scan_input.h"
#include "support/suite.h"

#define NAME DCMCHAIN_IDENTITY_NAME
#define ACCESSION DCMCHAIN_IDENTITY_ACCESSION

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

/* What was written with explicit VR and a dictionary comes back from an archive as bytes. */
START_TEST(test_scan_opaque_sequence_is_searched_at_every_depth)
{
    for (enum syntax syntax = IMPLICIT; syntax <= DEFLATED; syntax++) {
        struct dicom_bytes inner = {0};
        struct dicom_bytes middle = {0};
        struct dicom_bytes items = {0};
        struct dicom_bytes extra = {0};
        struct dicom_bytes set = {0};
        put_text(&inner, IMPLICIT, 0x00101060, DCMCHAIN_VR_PN, "Hiddenmother^H");
        put_sequence(&middle, IMPLICIT, 0x00291004, &inner);
        put_text(&items, IMPLICIT, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
        put_text(&items, IMPLICIT, 0x00101001, DCMCHAIN_VR_PN, "H\xC3\xBClle^H");
        dicom_raw(&items, middle.data, middle.length);
        dicom_raw(&set, "\xFE\xFF\x00\xE0", 4);
        dicom_u32(&set, (uint32_t)items.length);
        dicom_raw(&set, items.data, items.length);
        put_text(&extra, syntax, 0x00290010, DCMCHAIN_VR_LO, "ACME");
        put(&extra, syntax, 0x00291001, DCMCHAIN_VR_UN, set.data, set.length);
        put(&extra, syntax, 0x00291002, DCMCHAIN_VR_OB, set.data, set.length - 2); /* no items */
        struct instance instance = an_instance(&extra);
        input_write_instance_in(&folder, "file", syntax, &instance);
        struct scan *scan = input_scan(&folder, 1);
        ck_assert_msg(scan->all[0]->problem == NULL, "%s", scan->all[0]->problem);
        ck_assert(has(scan, NAME, "H\xC3\xBClle^H"));
        ck_assert(has(scan, NAME, "Hiddenmother^H"));
        scan_free(scan);
        dicom_free(&inner);
        dicom_free(&middle);
        dicom_free(&items);
        dicom_free(&extra);
        dicom_free(&set);
    }
}
END_TEST

/* An item of implicit VR with a character set, a value of a size, and names before and behind; two deep. */
static void put_large_item(struct dicom_bytes *items, size_t size)
{
    struct dicom_bytes inner = {0};
    struct dicom_bytes middle = {0};
    struct dicom_bytes item = {0};
    char *bytes = calloc(1, size);
    ck_assert_ptr_nonnull(bytes);
    put_text(&inner, IMPLICIT, 0x00101060, DCMCHAIN_VR_PN, "Hiddenmother^H");
    put(&inner, IMPLICIT, 0x00291001, DCMCHAIN_VR_UN, bytes, size);
    put_text(&inner, IMPLICIT, 0x00402016, DCMCHAIN_VR_LO, "ORDER-77");
    dicom_raw(&middle, "\xFE\xFF\x00\xE0", 4);
    dicom_u32(&middle, (uint32_t)inner.length);
    dicom_raw(&middle, inner.data, inner.length);
    put_text(&item, IMPLICIT, 0x00080005, DCMCHAIN_VR_CS, "ISO_IR 192");
    put_text(&item, IMPLICIT, 0x00101001, DCMCHAIN_VR_PN, "H\xC3\xBClle^H");
    put(&item, IMPLICIT, 0x00291002, DCMCHAIN_VR_UN, middle.data, middle.length);
    put_text(&item, IMPLICIT, 0x00380010, DCMCHAIN_VR_LO, "VISIT-88");
    dicom_raw(items, "\xFE\xFF\x00\xE0", 4);
    dicom_u32(items, (uint32_t)item.length);
    dicom_raw(items, item.data, item.length);
    free(bytes);
    dicom_free(&inner);
    dicom_free(&middle);
    dicom_free(&item);
}

/* Of more bytes than the walker shows at once, and where it is not items to its end. */
START_TEST(test_scan_opaque_sequence_of_any_length_is_searched_up_to_where_it_breaks)
{
    static const size_t sizes[] = {10, LIMIT_WALKER_VALUE_BYTES - 100, 3 * LIMIT_WALKER_VALUE_BYTES + 2};
    for (int i = 0; i < 3 * 4 * 2; i++) {
        const enum syntax syntax = (enum syntax)(IMPLICIT + i % 4);
        const bool broken = i / 4 % 2 != 0;
        struct dicom_bytes items = {0};
        struct dicom_bytes extra = {0};
        put_large_item(&items, sizes[i / 8]);
        put_text(&extra, syntax, 0x00290010, DCMCHAIN_VR_LO, "ACME");
        put(&extra, syntax, 0x00291001, i % 3 == 0 ? DCMCHAIN_VR_OB : DCMCHAIN_VR_UN, items.data,
            items.length - (broken ? 2 : 0));
        struct instance instance = an_instance(&extra);
        input_write_instance_in(&folder, "file", syntax, &instance);
        struct scan *scan = input_scan(&folder, 1);
        ck_assert_msg(scan->all[0]->problem == NULL, "%s", scan->all[0]->problem);
        ck_assert_msg(has(scan, NAME, "H\xC3\xBClle^H"), "%d", i);
        ck_assert_msg(has(scan, NAME, "Hiddenmother^H"), "%d", i);
        ck_assert_msg(has(scan, ACCESSION, "ORDER-77"), "%d", i);
        ck_assert_msg(broken || has(scan, ACCESSION, "VISIT-88"), "%d", i);
        scan_free(scan);
        dicom_free(&items);
        dicom_free(&extra);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scan opaque");
    TCase *test_case = tcase_create("scan opaque");
    suite_add_tcase(suite, test_case);
    tcase_set_timeout(test_case, 60);
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_add_test(test_case, test_scan_opaque_sequence_is_searched_at_every_depth);
    tcase_add_test(test_case, test_scan_opaque_sequence_of_any_length_is_searched_up_to_where_it_breaks);
    return run_suite(suite);
}
