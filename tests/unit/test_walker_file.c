/* test_walker_file.c: what a file ends with, deflated data sets, files over 4 GiB, and what a visitor is
 * given. */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/walk_case.h"

#define ENCODINGS 3

static struct walk_case walked; /* large; each test has a process of its own */

static void check_ok(void)
{
    ck_assert_msg(walked.result == DCMCHAIN_OK, "%d: %s", walked.result, walked.problem);
}

/* ---- padding ---- */

START_TEST(test_walker_zeros_at_the_end_are_padding)
{
    static const size_t counts[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 511, 512, 5000, 100000};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        struct dicom_bytes file = {0};
        dicom_image_file(&file, (enum dicom_encoding)_i, 16);
        size_t end = file.length;
        dicom_fill(&file, 0, counts[i]);
        walk_case_bytes(file.data, file.length, &walked);
        check_ok();
        ck_assert_uint_eq(walked.layout.padding_length, counts[i]);
        ck_assert_uint_eq(walked.layout.end, end);
        ck_assert_uint_eq(walked.layout.trailer_length, 0);
        file.data[file.length - 1] = 'x'; /* one byte of something */
        walk_case_bytes(file.data, file.length, &walked);
        check_ok();
        ck_assert_uint_eq(walked.layout.stray_length, counts[i]);
        ck_assert_uint_eq(walked.layout.end, end);
        dicom_free(&file);
    }
}
END_TEST

/* It is no part of the data set, and no reader of the layout meets it. */
START_TEST(test_walker_junk_at_the_end_is_left_out)
{
    static const char junk[] = "Zzyx phi- behind the data set";
    for (size_t length = 1; length < sizeof junk; length++) {
        struct dicom_bytes file = {0};
        dicom_image_file(&file, (enum dicom_encoding)_i, 16);
        dicom_raw(&file, junk, length);
        walk_case_bytes(file.data, file.length, &walked);
        check_ok();
        ck_assert_uint_eq(walked.layout.stray_length, length);
        ck_assert_uint_eq(walked.layout.trailer_length, 0);
        dicom_free(&file);
    }
}
END_TEST

START_TEST(test_walker_padding_beyond_the_limit_fails)
{
    struct dicom_bytes file = {0};
    dicom_image_file(&file, DICOM_EXPLICIT, 16);
    dicom_fill(&file, 0, LIMIT_PADDING_BYTES + 5000);
    walk_case_expect(&file, DCMCHAIN_E_RANGE, "more padding than the limit");
}
END_TEST

/* ---- deflated data sets ---- */

START_TEST(test_walker_deflated_data_set_has_offsets_of_its_own)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes stream = {0};
    struct dicom_bytes file = {0};
    dicom_image_set(&set, 0);
    size_t header = set.length;
    dicom_pixels(&set, 100000);
    size_t pixel_end = set.length;
    dicom_element(&set, 0xFFFCFFFC, "OB", "\0\0", 2);
    size_t padding = _i == 1 ? 3 : 0;
    dicom_raw(&set, "\0\0\0", padding);
    dicom_deflate(&stream, set.data, set.length, true);
    dicom_file(&file, DICOM_DEFLATED_UID, &stream);
    size_t start = file.length - stream.length;
    walk_case_take(&file, &walked);
    check_ok();
    ck_assert(walked.layout.deflated);
    ck_assert_uint_eq(walked.layout.dataset_offset, start);
    ck_assert_uint_eq(walked.layout.header_offset, 0);
    ck_assert_uint_eq(walked.layout.header_length, header);
    ck_assert_uint_eq(walked.layout.pixel_offset, header);
    ck_assert_uint_eq(walked.layout.pixel_end, pixel_end);
    ck_assert_uint_eq(walked.layout.end, set.length - padding);
    ck_assert_uint_eq(walked.layout.padding_length, padding);
    dicom_free(&stream);
    dicom_free(&set);
}
END_TEST

START_TEST(test_walker_deflated_data_set_that_is_broken_fails)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    dicom_image_set(&set, 4000);
    struct dicom_bytes stream = {0};
    dicom_deflate(&stream, set.data, set.length, false);
    for (size_t length = 0; length < stream.length; length++) {
        struct dicom_bytes part = {0};
        struct dicom_bytes file = {0};
        dicom_raw(&part, stream.data, length);
        dicom_file(&file, DICOM_DEFLATED_UID, &part);
        walk_case_expect(&file, DCMCHAIN_E_INVALID, "ends early");
        dicom_free(&part);
    }
    struct dicom_bytes file = {0};
    dicom_file(&file, DICOM_DEFLATED_UID, &set); /* not deflated at all */
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "");
    dicom_fill(&stream, 'x', 20);
    dicom_file(&file, DICOM_DEFLATED_UID, &stream);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "bytes follow the deflated data set");
    dicom_free(&stream);
    dicom_free(&set);
}
END_TEST

/* A bomb within Pixel Data, which a walk passes without keeping. */
START_TEST(test_walker_deflated_bomb_fails)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes stream = {0};
    struct dicom_bytes file = {0};
    dicom_image_set(&set, 0);
    dicom_head(&set, 0x7FE00010, "OW", 200U << 20);
    dicom_fill(&set, 0, 200U << 20);
    dicom_deflate(&stream, set.data, set.length, true);
    dicom_free(&set);
    dicom_file(&file, DICOM_DEFLATED_UID, &stream);
    dicom_free(&stream);
    walk_case_expect(&file, DCMCHAIN_E_INVALID, "inflates beyond the limit");
}
END_TEST

/* ---- large files ---- */

START_TEST(test_walker_pixel_data_of_4_gigabytes_is_passed_without_reading)
{
    struct dicom_bytes head = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes tail = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    dicom_image_set(&set, 0);
    dicom_head(&set, 0x7FE00010, "OW", 0xFFFFFFFE);
    dicom_file(&head, DICOM_EXPLICIT_UID, &set);
    dicom_element(&tail, 0xFFFCFFFC, "OB", "\0\0", 2);
    uint64_t pixel_end = head.length + 0xFFFFFFFEULL;
    int fd = memfd_create("large", MFD_CLOEXEC); /* sparse */
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, head.data, head.length, 0), (ssize_t)head.length);
    ck_assert_int_eq(pwrite(fd, tail.data, tail.length, (off_t)pixel_end), (ssize_t)tail.length);
    struct source *source = NULL;
    ck_assert_int_eq(source_open_fd(fd, &source), DCMCHAIN_OK);
    walk_case_source(source, pixel_end + tail.length, &walked);
    check_ok();
    ck_assert_uint_eq(walked.layout.pixel_end, pixel_end);
    ck_assert_uint_eq(walked.layout.trailer_length, tail.length);
    ck_assert_int_eq(ftruncate(fd, (off_t)(pixel_end - 1)), 0);
    source_free(source);
    ck_assert_int_eq(source_open_fd(fd, &source), DCMCHAIN_OK);
    walk_case_source(source, pixel_end - 1, &walked);
    ck_assert_int_eq(walked.result, DCMCHAIN_E_INVALID);
    ck_assert_ptr_nonnull(strstr(walked.problem, "the file ends inside its value"));
    source_free(source);
    close(fd);
    dicom_free(&head);
    dicom_free(&tail);
    dicom_free(&set);
}
END_TEST

/* ---- visitors ---- */

struct stop {
    size_t at; /* event, from 1 */
    size_t events;
    int result;
};

static int count_event(struct stop *stop)
{
    return ++stop->events == stop->at ? stop->result : DCMCHAIN_OK;
}

static int stop_element(void *closure, const struct walker_element *element)
{
    (void)element;
    return count_event(closure);
}

static int stop_item(void *closure, uint32_t depth)
{
    (void)depth;
    return count_event(closure);
}

START_TEST(test_walker_visitor_ends_the_walk_with_its_result)
{
    struct dicom_bytes file = {0};
    dicom_image_file(&file, DICOM_EXPLICIT, 16);
    struct source *source = NULL;
    ck_assert_int_eq(source_open_memory(file.data, file.length, &source), DCMCHAIN_OK);
    struct stop stop = {.at = SIZE_MAX};
    struct walker_visitor visitor = {
        .closure = &stop, .element = stop_element, .item_start = stop_item, .item_end = stop_item};
    struct walker_layout layout;
    char problem[256];
    ck_assert_int_eq(walker_walk(source, &visitor, &layout, problem, sizeof problem), DCMCHAIN_OK);
    size_t all = stop.events;
    ck_assert_uint_eq(all, 6 + 24 + 8); /* file meta, elements, items */
    for (size_t at = 1; at <= all; at++) {
        stop = (struct stop){.at = at, .result = -1000 - (int)at};
        int result = walker_walk(source, &visitor, &layout, problem, sizeof problem);
        ck_assert_int_eq(result, -1000 - (int)at);
        ck_assert_uint_eq(stop.events, at);
        ck_assert_str_eq(problem, "");
    }
    source_free(source);
    dicom_free(&file);
}
END_TEST

static int compare_value(void *closure, const struct walker_element *element)
{
    const uint8_t *file = closure;
    if (element->tag == 0x00080100) {
        ck_assert_uint_eq(element->depth, 2);
        ck_assert_uint_eq(element->steps[0].tag, 0x00081140);
        ck_assert_uint_le(element->steps[0].item_index, 1);
        ck_assert_uint_eq(element->steps[1].tag, 0x0040A170);
        ck_assert_uint_eq(element->steps[1].item_index, 0);
    }
    if (element->vr == DCMCHAIN_VR_SQ) {
        ck_assert_ptr_null(element->value);
    } else {
        ck_assert_mem_eq(element->value, file + element->value_offset, element->length);
    }
    ck_assert_int_eq(element->big_endian, !element->in_meta && file[0] == DICOM_BIG);
    return DCMCHAIN_OK;
}

START_TEST(test_walker_visitor_sees_the_stored_bytes_and_the_path)
{
    struct dicom_bytes file = {0};
    dicom_image_file(&file, (enum dicom_encoding)_i, 16);
    file.data[0] = (uint8_t)_i; /* the preamble is anybody's */
    struct source *source = NULL;
    ck_assert_int_eq(source_open_memory(file.data, file.length, &source), DCMCHAIN_OK);
    struct walker_visitor visitor = {.closure = file.data, .element = compare_value};
    struct walker_layout layout;
    char problem[256];
    ck_assert_int_eq(walker_walk(source, &visitor, &layout, problem, sizeof problem), DCMCHAIN_OK);
    source_free(source);
    dicom_free(&file);
}
END_TEST

static int count_piece(void *closure, const struct walker_element *element, uint64_t offset,
                       const uint8_t *bytes, size_t length)
{
    (void)element;
    (void)offset;
    (void)bytes;
    *(uint64_t *)closure += length;
    return DCMCHAIN_OK;
}

/* Else a visitor keeps of a file that is refused as much as it likes to hold. */
START_TEST(test_walker_header_beyond_the_limit_is_not_shown_in_pieces)
{
    const uint32_t large = LIMIT_WALKER_VALUE_BYTES + 2;
    const uint32_t length = (uint32_t)LIMIT_HEADER_BYTES - (_i == 0 ? 4 * large : 0);
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    struct walker_layout layout;
    char problem[256] = "";
    uint64_t shown = 0;
    char *bytes = calloc(1, large);
    ck_assert_ptr_nonnull(bytes);
    dicom_element(&set, 0x00290010, "LO", "ACME", 4);
    dicom_element(&set, 0x00291001, "UN", bytes, large);
    dicom_head(&set, 0x00420011, "OB", length);
    dicom_file(&file, DICOM_EXPLICIT_UID, &set);
    int fd = memfd_create("large", MFD_CLOEXEC); /* sparse */
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, file.data, file.length, 0), (ssize_t)file.length);
    ck_assert_int_eq(ftruncate(fd, (off_t)(file.length + length)), 0);
    struct source *source = NULL;
    ck_assert_int_eq(source_open_fd(fd, &source), DCMCHAIN_OK);
    const struct walker_visitor visitor = {.closure = &shown, .piece = count_piece};
    const int result = walker_walk(source, &visitor, &layout, problem, sizeof problem);
    ck_assert_int_eq(result, _i == 0 ? DCMCHAIN_OK : DCMCHAIN_E_RANGE);
    ck_assert_uint_eq(shown, large + (_i == 0 ? length : 0));
    source_free(source);
    close(fd);
    free(bytes);
    dicom_free(&file);
    dicom_free(&set);
}
END_TEST

int main(void)
{
    const struct walk_test tests[] = {
        {test_walker_zeros_at_the_end_are_padding, ENCODINGS},
        {test_walker_junk_at_the_end_is_left_out, ENCODINGS},
        {test_walker_padding_beyond_the_limit_fails, 1},
        {test_walker_deflated_data_set_has_offsets_of_its_own, 2},
        {test_walker_deflated_data_set_that_is_broken_fails, 1},
        {test_walker_deflated_bomb_fails, 1},
        {test_walker_pixel_data_of_4_gigabytes_is_passed_without_reading, 1},
        {test_walker_visitor_ends_the_walk_with_its_result, 1},
        {test_walker_visitor_sees_the_stored_bytes_and_the_path, ENCODINGS},
        {test_walker_header_beyond_the_limit_is_not_shown_in_pieces, 2},
    };
    return walk_case_run("walker_file", tests, sizeof tests / sizeof *tests);
}
