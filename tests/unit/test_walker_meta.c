/* test_walker_meta.c: what a file begins with: preamble, file meta, transfer syntax, or none of them. */
#include "support/walk_case.h"

#define ENCODINGS 3

static struct walk_case walked; /* large; each test has a process of its own */

static void check_ok(void)
{
    ck_assert_msg(walked.result == DCMCHAIN_OK, "%d: %s", walked.result, walked.problem);
}

/* ---- transfer syntaxes ---- */

enum { DEFLATED = 1, ENCAPSULATED = 2, UNKNOWN = 4 };

static const struct {
    const char *uid;
    int flags;
} syntaxes[] = {
    {"1.2.840.10008.1.2.1", 0},
    {"1.2.840.10008.1.2.1.98", ENCAPSULATED},
    {"1.2.840.10008.1.2.1.99", DEFLATED},
    {"1.2.840.10008.1.2.4.50", ENCAPSULATED},
    {"1.2.840.10008.1.2.4.91", ENCAPSULATED},
    {"1.2.840.10008.1.2.4.94", 0},
    {"1.2.840.10008.1.2.4.95", DEFLATED},
    {"1.2.840.10008.1.2.4.100", ENCAPSULATED},
    {"1.2.840.10008.1.2.4.201", ENCAPSULATED},
    {"1.2.840.10008.1.2.4.204", 0},
    {"1.2.840.10008.1.2.4.205", DEFLATED},
    {"1.2.840.10008.1.2.5", ENCAPSULATED},
    {"1.2.840.10008.1.2.8.1", ENCAPSULATED},
    {"1.2.840.10008.1.2.3", UNKNOWN},
    {"1.2.840.10008.1.2.1.1", UNKNOWN},
    {"1.2.840.10008.1.2.6.1", UNKNOWN},
    {"1.2.840.113619.5.2", UNKNOWN},
    {"?", UNKNOWN},
    {"1.2.840.10008.1.2.1.99.1.2.840.10008.1.2.1.99.1.2.840.10008.1.2.1.99", UNKNOWN},
};

START_TEST(test_walker_transfer_syntax_tells_how_the_data_set_is_stored)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes stored = {0};
    struct dicom_bytes file = {0};
    int flags = syntaxes[_i].flags;
    dicom_image_set(&set, 0);
    if ((flags & DEFLATED) != 0) {
        dicom_deflate(&stored, set.data, set.length, true);
    } else {
        dicom_raw(&stored, set.data, set.length);
    }
    dicom_file(&file, syntaxes[_i].uid, &stored);
    walk_case_bytes(file.data, file.length, &walked);
    if ((flags & UNKNOWN) != 0) {
        walk_case_expect(&file, DCMCHAIN_E_INVALID, "the transfer syntax is not one that dcmchain knows");
    } else {
        check_ok();
        ck_assert_str_eq(walked.layout.transfer_syntax, syntaxes[_i].uid);
        ck_assert_int_eq(walked.layout.deflated, (flags & DEFLATED) != 0);
        ck_assert_int_eq(walked.layout.encapsulated, (flags & ENCAPSULATED) != 0);
        ck_assert(walked.layout.explicit_vr && !walked.layout.big_endian);
    }
    dicom_free(&file);
    dicom_free(&stored);
    dicom_free(&set);
}
END_TEST

/* ---- file meta ---- */

/* A file meta that ends in a Transfer Syntax UID of exactly these bytes, before a small explicit data set. */
static void put_file_with_uid(struct dicom_bytes *file, const void *uid, size_t length)
{
    file->encoding = DICOM_EXPLICIT;
    dicom_preamble(file);
    dicom_element(file, 0x00020010, "UI", uid, length);
    dicom_text(file, 0x00080060, "CS", "MR");
}

START_TEST(test_walker_transfer_syntax_may_be_padded)
{
    static const char *const paddings[] = {"1.2.840.10008.1.2.1\0", "1.2.840.10008.1.2.1 ",
                                           "1.2.840.10008.1.2.1\0\0\0", "1.2.840.10008.1.2.1  \0"};
    static const size_t lengths[] = {20, 20, 22, 22};
    struct dicom_bytes file = {0};
    put_file_with_uid(&file, paddings[_i], lengths[_i]);
    walk_case_take(&file, &walked);
    check_ok();
    ck_assert_str_eq(walked.layout.transfer_syntax, DICOM_EXPLICIT_UID);
}
END_TEST

START_TEST(test_walker_transfer_syntax_with_bytes_behind_its_nul_is_unknown)
{
    struct dicom_bytes file = {0};
    put_file_with_uid(&file, "1.2.840.10008.1.2.1\0phi-12", 26);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "the transfer syntax is not one");
}
END_TEST

START_TEST(test_walker_transfer_syntax_that_is_absent_or_empty_fails)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    dicom_image_set(&set, 0);
    dicom_file(&file, NULL, &set);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "no Transfer Syntax UID");
    put_file_with_uid(&file, "", 0);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "no Transfer Syntax UID");
    dicom_free(&set);
}
END_TEST

/* PS3.10 7.1 wants a right group length; what counts is where group 0002 ends. */
START_TEST(test_walker_meta_ends_with_its_group_whatever_its_length_says)
{
    static const uint32_t wrong[] = {0, 1, 70, 10000, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct dicom_bytes file = {0};
        dicom_image_file(&file, (enum dicom_encoding)_i, 16);
        walk_case_bytes(file.data, file.length, &walked);
        check_ok();
        struct walker_layout right = walked.layout;
        struct dicom_bytes little = file;
        little.encoding = DICOM_EXPLICIT;
        dicom_patch_u32(&little, 132 + 8, wrong[i]);
        walk_case_take(&file, &walked);
        check_ok();
        ck_assert_mem_eq(&right, &walked.layout, sizeof right);
    }
}
END_TEST

START_TEST(test_walker_meta_without_group_length_is_walked)
{
    struct dicom_bytes file = {0};
    put_file_with_uid(&file, DICOM_EXPLICIT_UID "\0", 20);
    walk_case_take(&file, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.meta_elements, 1);
    ck_assert(walked.events[0].in_meta);
    ck_assert(!walked.events[1].in_meta);
}
END_TEST

START_TEST(test_walker_meta_without_preamble_is_walked)
{
    struct dicom_bytes file = {.encoding = DICOM_EXPLICIT};
    dicom_meta(&file, "1.2.840.10008.5.1.4.1.1.4", "2.25.2", DICOM_EXPLICIT_UID);
    dicom_image_set(&file, 0);
    walk_case_take(&file, &walked);
    check_ok();
    ck_assert(!walked.layout.has_prefix && !walked.layout.transfer_syntax_guessed);
    ck_assert_uint_eq(walked.layout.meta_offset, 0);
}
END_TEST

START_TEST(test_walker_meta_in_implicit_vr_fails)
{
    struct dicom_bytes file = {.encoding = DICOM_IMPLICIT};
    dicom_preamble(&file);
    dicom_text(&file, 0x00020010, "UI", DICOM_IMPLICIT_UID);
    dicom_image_set(&file, 0);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "not in explicit VR");
}
END_TEST

START_TEST(test_walker_meta_alone_fails)
{
    struct dicom_bytes set = {0};
    struct dicom_bytes file = {0};
    dicom_file(&file, DICOM_EXPLICIT_UID, &set);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "the data set is empty");
    dicom_preamble(&file);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "no data set follow");
}
END_TEST

START_TEST(test_walker_meta_with_an_element_twice_fails)
{
    struct dicom_bytes file = {.encoding = DICOM_EXPLICIT};
    dicom_preamble(&file);
    dicom_text(&file, 0x00020010, "UI", DICOM_EXPLICIT_UID);
    dicom_text(&file, 0x00020012, "UI", "2.25.1");
    dicom_text(&file, 0x00020010, "UI", DICOM_IMPLICIT_UID);
    dicom_image_set(&file, 0);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "(0002,0010): it is there twice");
}
END_TEST

START_TEST(test_walker_meta_takes_no_transfer_syntax_from_a_nested_item)
{
    struct dicom_bytes file = {.encoding = DICOM_EXPLICIT};
    dicom_preamble(&file);
    dicom_text(&file, 0x00020010, "UI", DICOM_EXPLICIT_UID);
    size_t sequence = dicom_open_sequence(&file, 0x00020102, "SQ", true);
    size_t item = dicom_open_item(&file, true);
    dicom_text(&file, 0x00020010, "UI", DICOM_IMPLICIT_UID);
    dicom_close_item(&file, item, true);
    dicom_close_sequence(&file, sequence, true);
    dicom_image_set(&file, 0);
    walk_case_take(&file, &walked);
    check_ok();
    ck_assert_str_eq(walked.layout.transfer_syntax, DICOM_EXPLICIT_UID);
    ck_assert_uint_eq(walked.layout.meta_elements, 3);
}
END_TEST

/* ---- no file meta ---- */

START_TEST(test_walker_data_set_without_meta_has_its_transfer_syntax_guessed)
{
    struct dicom_bytes file = {.encoding = (enum dicom_encoding)(_i % ENCODINGS)};
    if (_i >= ENCODINGS) {
        dicom_preamble(&file);
    }
    size_t start = file.length;
    dicom_image_set(&file, 64);
    size_t end = file.length;
    const char *expected = walk_case_syntax(file.encoding);
    walk_case_take(&file, &walked);
    check_ok();
    ck_assert(walked.layout.transfer_syntax_guessed);
    ck_assert_str_eq(walked.layout.transfer_syntax, expected);
    ck_assert_uint_eq(walked.layout.meta_length, 0);
    ck_assert_uint_eq(walked.layout.dataset_offset, start);
    ck_assert_uint_eq(walked.layout.end, end);
}
END_TEST

static const struct {
    const char *bytes;
    size_t length;
} others[] = {
    {"", 0},
    {"\x08", 1},
    {"\x08\0\x05\0CS", 6},
    {"This is a text file of some length, and no data set.", 52},
    {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR", 16},
    {"%PDF-1.7\n%abcd", 14},
    {"PK\3\4\x14\0\0\0\x08\0", 10},
    {"{\"id\": \"phi-1\"}", 15},
    {"\x08\0\x05\0\xFF\xFF\xFF\x7F ISO", 12}, /* a length beyond the end */
    {"\x08\0\xFF\xEE\2\0\0\0ab", 10},         /* a tag that nobody knows */
    {"\x10\0\x10\0PN\2\0ab", 10},             /* no data set begins with group 0010 */
    {"\0\0\0\0\0\0\0\0\0\0\0\0", 12},
};

START_TEST(test_walker_file_that_is_no_dicom_is_absent)
{
    walk_case_bytes(others[_i].bytes, others[_i].length, &walked);
    ck_assert_int_eq(walked.result, DCMCHAIN_E_ABSENT);
    ck_assert_str_eq(walked.problem, "it is not DICOM");
}
END_TEST

START_TEST(test_walker_prefix_without_data_set_fails)
{
    struct dicom_bytes file = {0};
    dicom_preamble(&file);
    dicom_raw(&file, "this is no data set at all", 26);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "no file meta information and no data set follow");
}
END_TEST

START_TEST(test_walker_encoding_that_is_declared_wrongly_fails)
{
    enum dicom_encoding encoding = (enum dicom_encoding)(_i % ENCODINGS);
    enum dicom_encoding declared = (enum dicom_encoding)(_i / ENCODINGS);
    if (encoding == declared) {
        return;
    }
    struct dicom_bytes set = {.encoding = encoding};
    struct dicom_bytes file = {0};
    dicom_image_set(&set, 64);
    dicom_file(&file, walk_case_syntax(declared), &set);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "element (");
    dicom_free(&set);
}
END_TEST

int main(void)
{
    const struct walk_test tests[] = {
        {test_walker_transfer_syntax_tells_how_the_data_set_is_stored, sizeof syntaxes / sizeof *syntaxes},
        {test_walker_transfer_syntax_may_be_padded, 4},
        {test_walker_transfer_syntax_with_bytes_behind_its_nul_is_unknown, 1},
        {test_walker_transfer_syntax_that_is_absent_or_empty_fails, 1},
        {test_walker_meta_ends_with_its_group_whatever_its_length_says, ENCODINGS},
        {test_walker_meta_without_group_length_is_walked, 1},
        {test_walker_meta_without_preamble_is_walked, 1},
        {test_walker_meta_in_implicit_vr_fails, 1},
        {test_walker_meta_alone_fails, 1},
        {test_walker_meta_with_an_element_twice_fails, 1},
        {test_walker_meta_takes_no_transfer_syntax_from_a_nested_item, 1},
        {test_walker_data_set_without_meta_has_its_transfer_syntax_guessed, 2 * ENCODINGS},
        {test_walker_file_that_is_no_dicom_is_absent, sizeof others / sizeof *others},
        {test_walker_prefix_without_data_set_fails, 1},
        {test_walker_encoding_that_is_declared_wrongly_fails, ENCODINGS * ENCODINGS},
    };
    return walk_case_run("walker_meta", tests, sizeof tests / sizeof *tests);
}
