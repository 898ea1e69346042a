/* test_walker.c: the structure of sound data sets: every VR form, sequence and kind of Pixel Data in the
 * three encodings, and the ranges that a walk gives. */
#include <stdlib.h>
#include <string.h>

#include "support/walk_case.h"

#define ENCODINGS 3
#define COMBINATIONS 12 /* encodings, times defined or undefined sequences, times the same of items */

static struct walk_case walked; /* large; each test has a process of its own */

static void check_ok(void)
{
    ck_assert_msg(walked.result == DCMCHAIN_OK, "%d: %s", walked.result, walked.problem);
}

/* ---- ranges ---- */

START_TEST(test_walker_layout_of_an_image_gives_exact_ranges)
{
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    struct dicom_bytes file = {0};
    dicom_image_set(&set, 0);
    size_t header = set.length;
    dicom_pixels(&set, 512);
    size_t pixel_head = set.length - header - 512;
    size_t pixel_end = set.length;
    dicom_element(&set, 0xFFFCFFFC, "OB", "\0\0\0\0", 4);
    dicom_file(&file, walk_case_syntax(set.encoding), &set);
    uint64_t start = file.length - set.length;
    walk_case_take(&file, &walked);
    check_ok();
    const struct walker_layout *layout = &walked.layout;
    ck_assert(layout->has_prefix && !layout->transfer_syntax_guessed && !layout->deflated);
    ck_assert_uint_eq(layout->meta_offset, 132);
    ck_assert_uint_eq(layout->meta_length, start - 132);
    ck_assert_uint_eq(layout->meta_elements, 6);
    ck_assert_str_eq(layout->transfer_syntax, walk_case_syntax(set.encoding));
    ck_assert_int_eq(layout->explicit_vr, set.encoding != DICOM_IMPLICIT);
    ck_assert_int_eq(layout->big_endian, set.encoding == DICOM_BIG);
    ck_assert_uint_eq(layout->dataset_offset, start);
    ck_assert_uint_eq(layout->header_offset, start);
    ck_assert_uint_eq(layout->header_length, header);
    ck_assert_uint_eq(layout->pixel_tag, 0x7FE00010);
    ck_assert_uint_eq(layout->pixel_vr, DCMCHAIN_VR_OW);
    ck_assert(!layout->pixel_undefined);
    ck_assert_uint_eq(layout->pixel_offset, start + header);
    ck_assert_uint_eq(layout->pixel_value_offset, start + header + pixel_head);
    ck_assert_uint_eq(layout->pixel_value_length, 512);
    ck_assert_uint_eq(layout->pixel_end, start + pixel_end);
    ck_assert_uint_eq(layout->trailer_offset, start + pixel_end);
    ck_assert_uint_eq(layout->trailer_length, set.length - pixel_end);
    ck_assert_uint_eq(layout->end, start + set.length);
    ck_assert_uint_eq(layout->padding_length, 0);
    ck_assert_uint_eq(layout->elements, 25); /* 14 at the root, 5 in each of two items, 1 behind */
    ck_assert_uint_eq(layout->depth, 2);
    ck_assert(!layout->unsorted);
    dicom_free(&set);
}
END_TEST

START_TEST(test_walker_layout_without_pixel_data_is_one_header)
{
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    dicom_text(&set, 0x00080060, "CS", "SR");
    size_t length = set.length;
    walk_case_set(&set, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.pixel_tag, 0);
    ck_assert_uint_eq(walked.layout.header_length, length);
    ck_assert_uint_eq(walked.layout.trailer_length, 0);
    ck_assert_uint_eq(walked.layout.elements, 1);
}
END_TEST

START_TEST(test_walker_layout_is_the_same_without_a_visitor)
{
    struct dicom_bytes file = {0};
    dicom_image_file(&file, (enum dicom_encoding)_i, 32);
    walk_case_bytes(file.data, file.length, &walked);
    check_ok();
    struct walker_layout layout;
    memset(&layout, 0, sizeof layout);
    char problem[256];
    struct source *source = NULL;
    ck_assert_int_eq(source_open_memory(file.data, file.length, &source), DCMCHAIN_OK);
    ck_assert_int_eq(walker_walk(source, NULL, &layout, problem, sizeof problem), DCMCHAIN_OK);
    ck_assert_mem_eq(&layout, &walked.layout, sizeof layout);
    source_free(source);
    dicom_free(&file);
}
END_TEST

/* ---- VRs ---- */

static const char *const vrs[] = {"AE", "AS", "AT", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO",
                                  "LT", "OB", "OD", "OF", "OL", "OV", "OW", "PN", "SH", "SL", "SS",
                                  "ST", "SV", "TM", "UC", "UI", "UL", "UN", "UR", "US", "UT", "UV"};
static const size_t value_lengths[] = {0, 2, 8, 65534, 65536, 65538};

START_TEST(test_walker_element_of_every_vr_and_length_is_seen)
{
    enum dicom_encoding encoding = (enum dicom_encoding)(_i % ENCODINGS);
    const char *vr = vrs[_i / ENCODINGS];
    uint8_t *value = calloc(1, 65538);
    for (size_t i = 0; i < sizeof value_lengths / sizeof *value_lengths; i++) {
        size_t length = value_lengths[i];
        if (length > 65534 && encoding != DICOM_IMPLICIT && !dicom_vr_is_long(vr)) {
            continue;
        }
        struct dicom_bytes set = {.encoding = encoding};
        dicom_text(&set, 0x00090010, "LO", "TEST");
        dicom_element(&set, 0x00091001, vr, value, length);
        dicom_text(&set, 0x00100020, "LO", "phi-1");
        walk_case_set(&set, &walked);
        check_ok();
        ck_assert_uint_eq(walked.layout.elements, 3);
        const struct walk_event *event = walk_case_event(&walked, 1);
        ck_assert_uint_eq(event->tag, 0x00091001);
        uint16_t shown = DCMCHAIN_VR((unsigned char)vr[0], (unsigned char)vr[1]);
        if (encoding == DICOM_IMPLICIT) {
            shown = DCMCHAIN_VR_UN;
        }
        ck_assert_uint_eq(event->vr, shown);
        ck_assert_uint_eq(event->length, length);
        ck_assert_int_eq(event->has_value, length <= LIMIT_WALKER_VALUE_BYTES);
        bool is_long = encoding != DICOM_IMPLICIT && dicom_vr_is_long(vr);
        ck_assert_uint_eq(event->value_offset, walked.layout.dataset_offset + 8 + 4 + (is_long ? 12 : 8));
    }
    free(value);
}
END_TEST

START_TEST(test_walker_vr_of_implicit_elements_comes_from_the_dictionary)
{
    struct dicom_bytes set = {.encoding = DICOM_IMPLICIT};
    dicom_element(&set, 0x00080000, "UL", "\4\0\0\0", 4);
    dicom_text(&set, 0x00080005, "CS", "ISO_IR 100");
    dicom_text(&set, 0x00090010, "LO", "TEST");
    dicom_text(&set, 0x00091010, "UN", "x");
    dicom_text(&set, 0x00100010, "PN", "Zzyx^Test");
    dicom_text(&set, 0x00101FFE, "UN", "a tag that nobody knows");
    dicom_element(&set, 0x00280010, "US", "\4\0", 2);
    static const uint16_t expected[] = {DCMCHAIN_VR_UL, DCMCHAIN_VR_CS, DCMCHAIN_VR_LO, DCMCHAIN_VR_UN,
                                        DCMCHAIN_VR_PN, DCMCHAIN_VR_UN, DCMCHAIN_VR_US};
    walk_case_set(&set, &walked);
    check_ok();
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        ck_assert_uint_eq(walk_case_event(&walked, i)->vr, expected[i]);
    }
}
END_TEST

START_TEST(test_walker_element_of_odd_length_is_seen)
{
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    dicom_element(&set, 0x00080060, "CS", "MRI", 3);
    dicom_element(&set, 0x00100020, "LO", "phi-1", 5);
    walk_case_set(&set, &walked);
    check_ok();
    ck_assert_uint_eq(walk_case_event(&walked, 0)->length, 3);
    ck_assert_uint_eq(walk_case_event(&walked, 1)->length, 5);
}
END_TEST

/* ---- sequences ---- */

START_TEST(test_walker_sequence_of_every_length_form_is_walked)
{
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)(_i % ENCODINGS)};
    bool undefined = (_i / ENCODINGS) % 2 == 1;
    bool undefined_items = _i / ENCODINGS / 2 == 1;
    size_t sequence = dicom_open_sequence(&set, 0x00081140, "SQ", undefined);
    for (int i = 0; i < 3; i++) {
        size_t item = dicom_open_item(&set, undefined_items);
        dicom_text(&set, 0x00081155, "UI", "2.25.9");
        size_t inner = dicom_open_sequence(&set, 0x0040A170, "SQ", undefined);
        dicom_close_item(&set, dicom_open_item(&set, undefined_items), undefined_items);
        dicom_close_sequence(&set, inner, undefined);
        dicom_close_item(&set, item, undefined_items);
    }
    dicom_close_sequence(&set, sequence, undefined);
    sequence = dicom_open_sequence(&set, 0x00082112, "SQ", undefined);
    dicom_close_sequence(&set, sequence, undefined);
    dicom_text(&set, 0x00100020, "LO", "phi-1");
    walk_case_set(&set, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.elements, 9); /* 3 at the root, 2 in each item */
    ck_assert_uint_eq(walked.item_count, 6);
    ck_assert_uint_eq(walked.layout.depth, 2);
    ck_assert_uint_eq(walk_case_event(&walked, 0)->vr, DCMCHAIN_VR_SQ);
    ck_assert_int_eq(walk_case_event(&walked, 0)->length == WALKER_UNDEFINED, undefined);
    ck_assert(!walk_case_event(&walked, 0)->has_value);
    ck_assert_uint_eq(walk_case_event(&walked, 1)->depth, 1);
    ck_assert_uint_eq(walk_case_event(&walked, 8)->tag, 0x00100020);
    ck_assert_uint_eq(walk_case_event(&walked, 8)->depth, 0);
}
END_TEST

/* PS3.5 6.2.2 note 4, CP-246: what is inside UN of undefined length is implicit VR little endian. */
static void put_unknown_sequence(struct dicom_bytes *set)
{
    dicom_text(set, 0x00090010, "LO", "TEST");
    dicom_head(set, 0x00091010, "UN", DICOM_UNDEFINED);
    enum dicom_encoding encoding = set->encoding;
    set->encoding = DICOM_IMPLICIT;
    size_t item = dicom_open_item(set, true);
    dicom_text(set, 0x00081155, "UI", "2.25.9");
    size_t inner = dicom_open_sequence(set, 0x0040A170, "SQ", true);
    size_t inner_item = dicom_open_item(set, false);
    dicom_text(set, 0x00080100, "SH", "121311");
    dicom_close_item(set, inner_item, false);
    dicom_close_sequence(set, inner, true);
    dicom_close_item(set, item, true);
    dicom_delimiter(set, DICOM_SEQUENCE_END, 0);
    set->encoding = encoding;
    dicom_text(set, 0x00100020, "LO", "phi-1");
}

START_TEST(test_walker_unknown_of_undefined_length_is_an_implicit_sequence)
{
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    put_unknown_sequence(&set);
    walk_case_set(&set, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.elements, 6);
    ck_assert_uint_eq(walked.layout.depth, 2);
    ck_assert_uint_eq(walk_case_event(&walked, 1)->vr, DCMCHAIN_VR_UN);
    ck_assert_uint_eq(walk_case_event(&walked, 2)->vr, DCMCHAIN_VR_UI);
    ck_assert_uint_eq(walk_case_event(&walked, 4)->vr, DCMCHAIN_VR_SH);
    ck_assert_uint_eq(walk_case_event(&walked, 4)->depth, 2);
}
END_TEST

START_TEST(test_walker_unknown_of_defined_length_stays_opaque)
{
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    dicom_text(&set, 0x00090010, "LO", "TEST");
    dicom_element(&set, 0x00091010, "UN", "\xFE\xFF\0\xE0\xFF\xFF\xFF\xFF", 8);
    walk_case_set(&set, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.depth, 0);
    ck_assert_uint_eq(walk_case_event(&walked, 1)->length, 8);
}
END_TEST

/* ---- Pixel Data ---- */

static const struct {
    uint32_t tag;
    const char *vr;
} pixels[] = {{0x7FE00010, "OB"}, {0x7FE00010, "OW"}, {0x7FE00008, "OF"}, {0x7FE00009, "OD"}};

START_TEST(test_walker_pixel_data_of_every_kind_is_found)
{
    for (enum dicom_encoding encoding = DICOM_IMPLICIT; encoding <= DICOM_BIG; encoding++) {
        struct dicom_bytes set = {.encoding = encoding};
        dicom_text(&set, 0x00080060, "CS", "MR");
        dicom_element(&set, pixels[_i].tag, pixels[_i].vr, "abcdefghijklmnop", 16);
        walk_case_set(&set, &walked);
        check_ok();
        ck_assert_uint_eq(walked.layout.pixel_tag, pixels[_i].tag);
        ck_assert_uint_eq(walked.layout.pixel_value_length, 16);
        ck_assert_uint_eq(walked.layout.elements, 1);
    }
}
END_TEST

START_TEST(test_walker_pixel_data_in_fragments_ends_after_its_delimiter)
{
    static const size_t sizes[] = {100, 0, 40000, 2};
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    dicom_text(&set, 0x00080060, "CS", "MR");
    size_t header = set.length;
    dicom_fragments(&set, sizes, 4);
    size_t end = set.length;
    dicom_element(&set, 0xFFFCFFFC, "OB", "\0\0", 2);
    dicom_file(&file, DICOM_JPEG_UID, &set);
    walk_case_take(&file, &walked);
    check_ok();
    const struct walker_layout *layout = &walked.layout;
    ck_assert(layout->encapsulated && layout->pixel_undefined);
    ck_assert_uint_eq(layout->header_length, header);
    ck_assert_uint_eq(layout->pixel_value_offset, layout->pixel_offset + 12);
    ck_assert_uint_eq(layout->pixel_end, layout->dataset_offset + end);
    ck_assert_uint_eq(layout->trailer_length, set.length - end);
    ck_assert_uint_eq(layout->depth, 0);
    ck_assert_uint_eq(walked.item_count, 0);
    dicom_free(&set);
}
END_TEST

START_TEST(test_walker_pixel_data_of_an_icon_in_fragments_is_an_element)
{
    static const size_t sizes[] = {10, 20};
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    size_t sequence = dicom_open_sequence(&set, 0x00880200, "SQ", _i == 1);
    size_t item = dicom_open_item(&set, _i == 1);
    dicom_us(&set, 0x00280010, 4);
    dicom_fragments(&set, sizes, 2);
    dicom_close_item(&set, item, _i == 1);
    dicom_close_sequence(&set, sequence, _i == 1);
    dicom_fragments(&set, sizes, 2);
    dicom_file(&file, DICOM_JPEG_UID, &set);
    walk_case_take(&file, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.elements, 3);
    ck_assert_uint_eq(walk_case_event(&walked, 2)->tag, 0x7FE00010);
    ck_assert(!walk_case_event(&walked, 2)->has_value);
    ck_assert_uint_eq(walked.layout.pixel_tag, 0x7FE00010);
    dicom_free(&set);
}
END_TEST

START_TEST(test_walker_pixel_data_of_an_icon_is_an_element)
{
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    size_t sequence = dicom_open_sequence(&set, 0x00880200, "SQ", true);
    size_t item = dicom_open_item(&set, true);
    dicom_pixels(&set, 64);
    dicom_close_item(&set, item, true);
    dicom_close_sequence(&set, sequence, true);
    walk_case_set(&set, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.pixel_tag, 0);
    ck_assert_uint_eq(walked.layout.elements, 2);
}
END_TEST

int main(void)
{
    const struct walk_test tests[] = {
        {test_walker_layout_of_an_image_gives_exact_ranges, ENCODINGS},
        {test_walker_layout_without_pixel_data_is_one_header, ENCODINGS},
        {test_walker_layout_is_the_same_without_a_visitor, ENCODINGS},
        {test_walker_element_of_every_vr_and_length_is_seen, ENCODINGS * (int)(sizeof vrs / sizeof *vrs)},
        {test_walker_vr_of_implicit_elements_comes_from_the_dictionary, 1},
        {test_walker_element_of_odd_length_is_seen, ENCODINGS},
        {test_walker_sequence_of_every_length_form_is_walked, COMBINATIONS},
        {test_walker_unknown_of_undefined_length_is_an_implicit_sequence, ENCODINGS},
        {test_walker_unknown_of_defined_length_stays_opaque, ENCODINGS},
        {test_walker_pixel_data_of_every_kind_is_found, sizeof pixels / sizeof *pixels},
        {test_walker_pixel_data_in_fragments_ends_after_its_delimiter, 1},
        {test_walker_pixel_data_of_an_icon_in_fragments_is_an_element, 2},
        {test_walker_pixel_data_of_an_icon_is_an_element, ENCODINGS},
    };
    return walk_case_run("walker", tests, sizeof tests / sizeof *tests);
}
