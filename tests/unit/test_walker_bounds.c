/* test_walker_bounds.c: delimiters that are stray, missing or wrong, and lengths that do not fit what they
 * are in: each fails with a problem that says what and where. */
#include <string.h>

#include "support/walk_case.h"

#define ENCODINGS 3
#define SEQUENCE 0x00081140U

/* ---- sequences ---- */

static void stray_item(struct dicom_bytes *set)
{
    dicom_delimiter(set, DICOM_ITEM, 0);
}

static void stray_item_end(struct dicom_bytes *set)
{
    dicom_delimiter(set, DICOM_ITEM_END, 0);
}

static void stray_sequence_end(struct dicom_bytes *set)
{
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
}

static void stray_delimiter_in_item(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", true);
    size_t item = dicom_open_item(set, true);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
    dicom_close_item(set, item, true);
    dicom_close_sequence(set, sequence, true);
}

static void item_end_in_defined_item(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", true);
    size_t item = dicom_open_item(set, false);
    dicom_delimiter(set, DICOM_ITEM_END, 0);
    dicom_close_item(set, item, false);
    dicom_close_sequence(set, sequence, true);
}

static void sequence_end_in_defined_sequence(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", false);
    dicom_close_item(set, dicom_open_item(set, true), true);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
    dicom_close_sequence(set, sequence, false);
}

static void item_end_with_length(struct dicom_bytes *set)
{
    (void)dicom_open_sequence(set, SEQUENCE, "SQ", true);
    (void)dicom_open_item(set, true);
    dicom_delimiter(set, DICOM_ITEM_END, 2);
    dicom_fill(set, 0, 2);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
}

static void sequence_end_with_length(struct dicom_bytes *set)
{
    (void)dicom_open_sequence(set, SEQUENCE, "SQ", true);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 2);
    dicom_fill(set, 0, 2);
}

static void item_without_end(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", true);
    (void)dicom_open_item(set, true);
    dicom_text(set, 0x00081155, "UI", "2.25.9");
    (void)dicom_open_item(set, true);
    dicom_close_sequence(set, sequence, true);
}

static void sequence_without_end(struct dicom_bytes *set)
{
    (void)dicom_open_sequence(set, SEQUENCE, "SQ", true);
    dicom_close_item(set, dicom_open_item(set, true), true);
}

static void sequence_without_items(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", false);
    dicom_text(set, 0x00081155, "UI", "2.25.9");
    dicom_close_sequence(set, sequence, false);
}

static void item_longer_than_sequence(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", false);
    dicom_delimiter(set, DICOM_ITEM, 2);
    dicom_close_sequence(set, sequence, false);
}

static void element_longer_than_item(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", true);
    size_t item = dicom_open_item(set, false);
    dicom_head(set, 0x00081155, "UI", 8);
    dicom_close_item(set, item, false);
    dicom_delimiter(set, DICOM_ITEM, 0); /* 8 bytes that the value would swallow */
    dicom_close_sequence(set, sequence, true);
}

static void head_longer_than_item(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", true);
    dicom_delimiter(set, DICOM_ITEM, 6);
    dicom_text(set, 0x00081155, "UI", "2.25.9");
    dicom_close_sequence(set, sequence, true);
}

static void item_head_longer_than_sequence(struct dicom_bytes *set)
{
    dicom_head(set, SEQUENCE, "SQ", 4);
    dicom_delimiter(set, DICOM_ITEM, 0);
}

static void nested_longer_than_item(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", true);
    size_t item = dicom_open_item(set, false);
    size_t inner = dicom_open_sequence(set, 0x0040A170, "SQ", true);
    dicom_close_item(set, item, false);
    dicom_close_item(set, dicom_open_item(set, true), true);
    dicom_close_sequence(set, inner, true);
    dicom_close_sequence(set, sequence, true);
}

/* The delimiter itself lies half outside. */
static void delimiter_across_an_end(struct dicom_bytes *set)
{
    size_t sequence = dicom_open_sequence(set, SEQUENCE, "SQ", false);
    size_t item = dicom_open_item(set, true);
    dicom_text(set, 0x00081155, "UI", "2.25.9");
    dicom_close_item(set, item, true);
    dicom_close_sequence(set, sequence, false);
    dicom_patch_u32(set, sequence - 4, (uint32_t)(set->length - sequence - 4));
}

static void sequence_longer_than_file(struct dicom_bytes *set)
{
    dicom_head(set, SEQUENCE, "SQ", 1000000);
    dicom_close_item(set, dicom_open_item(set, true), true);
}

static void value_longer_than_file(struct dicom_bytes *set)
{
    dicom_head(set, 0x00204000, "LT", 5000);
    dicom_raw(set, "phi-1", 5);
}

static void value_of_4_gigabytes(struct dicom_bytes *set)
{
    dicom_head(set, 0x00420011, "OB", 0xFFFFFFFE);
    dicom_raw(set, "phi-1", 5);
}

static const struct {
    void (*put)(struct dicom_bytes *set);
    const char *words;
} cases[] = {
    {stray_item, "an item or delimiter stands where an element should"},
    {stray_item_end, "an item or delimiter stands where an element should"},
    {stray_sequence_end, "an item or delimiter stands where an element should"},
    {stray_delimiter_in_item, "an item or delimiter stands where an element should"},
    {item_end_in_defined_item, "an item or delimiter stands where an element should"},
    {sequence_end_in_defined_sequence, "something stands where an item of a sequence should"},
    {item_end_with_length, "an item delimiter has a length"},
    {sequence_end_with_length, "a sequence delimiter has a length"},
    {item_without_end, "an item or delimiter stands where an element should"},
    {sequence_without_end, "" /* what follows is taken for an item */},
    {sequence_without_items, ""},
    {item_longer_than_sequence, "it runs past the end of what it is in"},
    {element_longer_than_item, "(0008,1155): it runs past the end of what it is in"},
    {head_longer_than_item, "it runs past the end of what it is in"},
    {item_head_longer_than_sequence, "it runs past the end of what it is in"},
    {nested_longer_than_item, "it runs past the end of what it is in"},
    {delimiter_across_an_end, "it runs past the end of what it is in"},
    {sequence_longer_than_file, ""},
    {value_longer_than_file, "(0020,4000): the file ends inside its value"},
    {value_of_4_gigabytes, "(0042,0011): the file ends inside its value"},
};

START_TEST(test_walker_bound_that_is_broken_fails)
{
    for (int last = 0; last < 2; last++) { /* more follows, or the file ends there */
        struct dicom_bytes set = {.encoding = (enum dicom_encoding)(_i % ENCODINGS)};
        dicom_text(&set, 0x00080060, "CS", "MR");
        cases[_i / ENCODINGS].put(&set);
        if (last == 0) {
            dicom_text(&set, 0x00420010, "ST", "Zzyx");
        }
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID, last == 0 ? cases[_i / ENCODINGS].words : "");
    }
}
END_TEST

/* ---- VRs ---- */

START_TEST(test_walker_vr_that_is_unknown_fails)
{
    static const char *const letters[] = {"ZZ",   "??",  "ob",  "OX", "  ",
                                          "\0\0", "\0A", "A\0", "S1", "\xFF\xFF"};
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++) {
        for (enum dicom_encoding encoding = DICOM_EXPLICIT; encoding <= DICOM_BIG; encoding++) {
            struct dicom_bytes set = {.encoding = encoding};
            dicom_text(&set, 0x00080060, "CS", "MR");
            dicom_element(&set, 0x00091010, letters[i], "phi-12", 6);
            walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "(0009,1010): it has no VR that PS3.5 knows");
        }
    }
}
END_TEST

START_TEST(test_walker_undefined_length_of_a_value_fails)
{
    static const char *const vrs[] = {"OB", "OD", "OF", "OL", "OV", "OW", "SV", "UC", "UR", "UT", "UV"};
    for (size_t i = 0; i < sizeof vrs / sizeof *vrs; i++) {
        struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
        dicom_head(&set, 0x00091010, vrs[i], DICOM_UNDEFINED);
        dicom_close_item(&set, dicom_open_item(&set, true), true);
        dicom_delimiter(&set, DICOM_SEQUENCE_END, 0);
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID,
                             "its length is undefined, which its VR does not allow");
    }
    struct dicom_bytes set = {.encoding = DICOM_IMPLICIT};
    dicom_head(&set, 0x00100010, "PN", DICOM_UNDEFINED);
    dicom_delimiter(&set, DICOM_SEQUENCE_END, 0);
    walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "its length is undefined, which its VR does not allow");
}
END_TEST

/* ---- fragments ---- */

static void fragment_that_is_none(struct dicom_bytes *set)
{
    dicom_text(set, 0x00081155, "UI", "2.25.9");
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
}

static void fragment_of_undefined_length(struct dicom_bytes *set)
{
    dicom_close_item(set, dicom_open_item(set, true), true);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
}

static void fragment_longer_than_file(struct dicom_bytes *set)
{
    dicom_delimiter(set, DICOM_ITEM, 100000);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
}

static void fragments_without_end(struct dicom_bytes *set)
{
    dicom_delimiter(set, DICOM_ITEM, 4);
    dicom_fill(set, 1, 4);
}

static void fragments_with_long_end(struct dicom_bytes *set)
{
    dicom_delimiter(set, DICOM_ITEM, 0);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 4);
    dicom_fill(set, 0, 4);
}

static const struct {
    void (*put)(struct dicom_bytes *set);
    const char *words;
} fragments[] = {
    {fragment_that_is_none, "a fragment of it does not begin as one"},
    {fragment_of_undefined_length, "a fragment of it does not begin as one"},
    {fragment_longer_than_file, "the file ends inside its value"},
    {fragments_without_end, "the file ends inside an element"},
    {fragments_with_long_end, "its delimiter has a length"},
};

START_TEST(test_walker_fragment_that_is_broken_fails)
{
    for (int icon = 0; icon < 2; icon++) {
        struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
        struct dicom_bytes file = {0};
        dicom_text(&set, 0x00080060, "CS", "MR");
        size_t sequence = 0;
        size_t item = 0;
        if (icon == 1) {
            sequence = dicom_open_sequence(&set, 0x00880200, "SQ", false);
            item = dicom_open_item(&set, false);
        }
        dicom_head(&set, 0x7FE00010, "OB", DICOM_UNDEFINED);
        fragments[_i].put(&set);
        if (icon == 1) {
            dicom_close_item(&set, item, false);
            dicom_close_sequence(&set, sequence, false);
        }
        dicom_file(&file, DICOM_JPEG_UID, &set);
        walk_case_expect(&file, DCMCHAIN_E_INVALID, icon == 0 ? fragments[_i].words : "");
        dicom_free(&set);
    }
}
END_TEST

START_TEST(test_walker_fragments_in_a_native_transfer_syntax_fail)
{
    static const size_t sizes[] = {10};
    for (enum dicom_encoding encoding = DICOM_IMPLICIT; encoding <= DICOM_BIG; encoding++) {
        struct dicom_bytes set = {.encoding = encoding};
        dicom_fragments(&set, sizes, 1);
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID,
                             "Pixel Data is encapsulated, its transfer syntax is not");
    }
}
END_TEST

START_TEST(test_walker_pixel_data_of_a_wrong_vr_fails)
{
    static const char *const vrs[] = {"UN", "US", "LO", "SQ", "UT"};
    for (size_t i = 0; i < sizeof vrs / sizeof *vrs; i++) {
        struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
        dicom_element(&set, 0x7FE00010, vrs[i], "abcd", 4);
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "Pixel Data has a VR that it cannot have");
    }
}
END_TEST

int main(void)
{
    const struct walk_test tests[] = {
        {test_walker_bound_that_is_broken_fails, ENCODINGS * (int)(sizeof cases / sizeof *cases)},
        {test_walker_vr_that_is_unknown_fails, 1},
        {test_walker_undefined_length_of_a_value_fails, 1},
        {test_walker_fragment_that_is_broken_fails, sizeof fragments / sizeof *fragments},
        {test_walker_fragments_in_a_native_transfer_syntax_fail, 1},
        {test_walker_pixel_data_of_a_wrong_vr_fails, 1},
    };
    return walk_case_run("walker_bounds", tests, sizeof tests / sizeof *tests);
}
