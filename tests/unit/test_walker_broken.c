/* test_walker_broken.c: files that are cut, flipped, nested without end, out of order or beyond a limit: each
 * ends in its result, with no read out of bounds and no value in the problem. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "support/walk_case.h"

#define ENCODINGS 3
#define KINDS 5 /* the encodings, encapsulated, deflated */
#define SEEDS 8

static struct walk_case walked; /* large; each test has a process of its own */

static void check_ok(void)
{
    ck_assert_msg(walked.result == DCMCHAIN_OK, "%d: %s", walked.result, walked.problem);
}

/* ---- cut and flipped files ---- */

static void make_file(int kind, struct dicom_bytes *file)
{
    static const size_t sizes[] = {20, 6};
    if (kind < ENCODINGS) {
        dicom_image_file(file, (enum dicom_encoding)kind, 40);
        return;
    }
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes stream = {0};
    dicom_image_set(&set, kind == ENCODINGS ? 0 : 40);
    if (kind == ENCODINGS) {
        dicom_fragments(&set, sizes, 2);
        dicom_file(file, DICOM_JPEG_UID, &set);
    } else {
        dicom_deflate(&stream, set.data, set.length, true);
        dicom_file(file, DICOM_DEFLATED_UID, &stream);
    }
    dicom_free(&stream);
    dicom_free(&set);
}

/* Where the walk of the whole file saw a root element end: a file may end there. The encodings without Pixel
 * Data's own events: its ends are the layout's. */
static bool is_root_end(const struct walk_case *whole, uint64_t offset)
{
    const struct walker_layout *layout = &whole->layout;
    if (offset == layout->pixel_offset || offset == layout->end) {
        return true;
    }
    for (size_t i = (size_t)layout->meta_elements + 1; i < whole->event_count; i++) {
        const struct walk_event *event = &whole->events[i];
        bool is_long = event->vr == DCMCHAIN_VR_SQ;
        if (event->depth == 0 && offset == event->value_offset - (layout->explicit_vr && is_long ? 12 : 8)) {
            return true;
        }
    }
    return false;
}

/* Only at the end of a root element can a cut file look whole; then what is left is told exactly. */
START_TEST(test_walker_file_that_is_cut_anywhere_gives_no_more_than_is_there)
{
    static struct walk_case whole;
    struct dicom_bytes file = {0};
    make_file(_i, &file);
    walk_case_bytes(file.data, file.length, &whole);
    ck_assert_int_eq(whole.result, DCMCHAIN_OK);
    size_t sound = 0;
    for (size_t length = 0; length < file.length; length++) {
        walk_case_bytes(file.data, length, &walked);
        /* big endian tags begin with a zero, which looks like one byte of padding */
        bool zero = _i == DICOM_BIG && length > 0 && file.data[length - 1] == 0;
        bool expected = length > whole.layout.dataset_offset && _i <= ENCODINGS &&
                        (is_root_end(&whole, length) || (zero && is_root_end(&whole, length - 1)));
        bool padded_only = _i > ENCODINGS && length == file.length - 1 && file.data[length] == 0;
        ck_assert_msg((walked.result == DCMCHAIN_OK) == (expected || padded_only), "at %zu: %d %s", length,
                      walked.result, walked.problem);
        ck_assert(walked.result == DCMCHAIN_OK || walked.result == DCMCHAIN_E_INVALID ||
                  (walked.result == DCMCHAIN_E_ABSENT && length < 132));
        if (expected) {
            ck_assert_uint_eq(walked.layout.end + walked.layout.padding_length, length);
            ck_assert_uint_le(walked.layout.elements, whole.layout.elements);
            sound++;
        }
    }
    ck_assert_uint_ge(sound, _i <= ENCODINGS ? 14 : 0);
    dicom_free(&file);
}
END_TEST

START_TEST(test_walker_file_with_any_byte_flipped_ends_in_a_result)
{
    struct dicom_bytes file = {0};
    make_file(_i, &file);
    for (size_t i = 0; i < file.length; i++) {
        uint8_t right = file.data[i];
        for (unsigned flip = 0; flip < 10; flip++) {
            file.data[i] = flip == 8 ? UINT8_C(0xFF) : UINT8_C(0);
            if (flip < 8) {
                file.data[i] = (uint8_t)(right ^ 1U << flip);
            }
            walk_case_bytes(file.data, file.length, &walked);
            ck_assert(walked.result == DCMCHAIN_OK || walked.result == DCMCHAIN_E_INVALID ||
                      walked.result == DCMCHAIN_E_ABSENT);
        }
        file.data[i] = right;
    }
    dicom_free(&file);
}
END_TEST

static uint32_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return (uint32_t)(*state >> 33);
}

/* Bytes overwritten, removed and put in, several at a time. */
START_TEST(test_walker_file_that_is_mangled_ends_in_a_result)
{
    uint64_t state = (uint64_t)_i * 977 + 1;
    struct dicom_bytes whole = {0};
    make_file(_i % KINDS, &whole);
    for (int round = 0; round < 2000; round++) {
        struct dicom_bytes file = {0};
        dicom_raw(&file, whole.data, whole.length);
        for (uint32_t change = next_random(&state) % 6; change < 6; change++) {
            size_t at = 132 + next_random(&state) % (file.length - 140);
            uint32_t what = next_random(&state) % 3;
            if (what == 0) {
                file.data[at] = (uint8_t)next_random(&state);
            } else if (what == 1) {
                size_t from = 132 + next_random(&state) % (file.length - 140);
                memmove(file.data + at, file.data + from, 8); /* heads in wrong places */
            } else {
                size_t gone = next_random(&state) % 8;
                memmove(file.data + at, file.data + at + gone, file.length - at - gone);
                file.length -= gone;
            }
        }
        walk_case_take(&file, &walked);
        ck_assert(walked.result == DCMCHAIN_OK || walked.result == DCMCHAIN_E_INVALID ||
                  walked.result == DCMCHAIN_E_RANGE);
    }
    dicom_free(&whole);
}
END_TEST

/* ---- nesting ---- */

static void nest(struct dicom_bytes *set, size_t levels, bool undefined, const char *vr)
{
    uint32_t left = (uint32_t)levels * 40;
    for (size_t i = 0; i < levels; i++) {
        dicom_head(set, 0x0040A730, vr, undefined ? DICOM_UNDEFINED : left);
        left -= 8;
        dicom_delimiter(set, DICOM_ITEM, undefined ? DICOM_UNDEFINED : left);
        left -= 12;
    }
}

START_TEST(test_walker_nesting_of_100000_levels_fails_at_the_limit)
{
    for (int undefined = 0; undefined < 2; undefined++) {
        struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
        nest(&set, 100000, undefined == 1, "SQ");
        dicom_fill(&set, 0, undefined == 1 ? 0 : 3000000);
        walk_case_expect_set(&set, DCMCHAIN_E_RANGE, "nested deeper than the limit");
    }
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    dicom_head(&set, 0x0040A730, "UN", DICOM_UNDEFINED);
    set.encoding = DICOM_IMPLICIT;
    dicom_delimiter(&set, DICOM_ITEM, DICOM_UNDEFINED);
    nest(&set, 100000, true, "UN");
    set.encoding = DICOM_EXPLICIT;
    walk_case_expect_set(&set, DCMCHAIN_E_RANGE, "nested deeper than the limit");
}
END_TEST

START_TEST(test_walker_nesting_at_the_limit_is_walked)
{
    for (size_t levels = LIMIT_DEPTH - 1; levels <= LIMIT_DEPTH + 1; levels++) {
        struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
        nest(&set, levels, true, "SQ");
        dicom_text(&set, 0x00100020, "LO", "phi-1");
        for (size_t i = 0; i < levels; i++) {
            dicom_delimiter(&set, DICOM_ITEM_END, 0);
            dicom_delimiter(&set, DICOM_SEQUENCE_END, 0);
        }
        if (levels > LIMIT_DEPTH) {
            walk_case_expect_set(&set, DCMCHAIN_E_RANGE, "nested deeper");
            continue;
        }
        walk_case_set(&set, &walked);
        check_ok();
        ck_assert_uint_eq(walked.layout.depth, levels);
        ck_assert_uint_eq(walked.layout.elements, levels + 1);
    }
}
END_TEST

/* The place of a problem in the deep is told without end of text. */
START_TEST(test_walker_problem_in_the_deep_names_its_place)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    nest(&set, LIMIT_DEPTH, true, "SQ");
    dicom_head(&set, 0x00100020, "??", 0);
    walk_case_set(&set, &walked);
    ck_assert_int_eq(walked.result, DCMCHAIN_E_INVALID);
    ck_assert_ptr_nonnull(strstr(walked.problem, "element (0010,0020)"));
    ck_assert_ptr_nonnull(strstr(walked.problem, " in (0040,a730)[0]/"));
    ck_assert_uint_lt(strlen(walked.problem), 250);
}
END_TEST

/* ---- order and duplicates ---- */

static void put_level(struct dicom_bytes *set, const uint32_t *tags, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        dicom_text(set, tags[i], "LO", "phi-1");
    }
}

static const struct {
    uint32_t tags[6];
    size_t count;
    bool twice;
} levels[] = {
    {{0x00100010, 0x00100020, 0x00100030}, 3, false},
    {{0x00100010, 0x00100010, 0x00100030}, 3, true},
    {{0x00100030, 0x00100020, 0x00100010}, 3, false},
    {{0x00100030, 0x00100010, 0x00100030}, 3, true},
    {{0x00100020, 0x00100030, 0x00100010, 0x00100040, 0x00100020}, 5, true},
    {{0x00100020, 0x00100030, 0x00100010, 0x00100040, 0x00101000}, 5, false},
    {{0xFFFD0010, 0x00100010, 0xFFFD0011, 0xFFFD0010}, 4, true},
};

START_TEST(test_walker_level_out_of_order_is_told_and_a_duplicate_fails)
{
    size_t nth = (size_t)_i / 2;
    bool nested = _i % 2 == 1;
    bool sorted = nth == 0;
    for (enum dicom_encoding encoding = DICOM_IMPLICIT; encoding <= DICOM_BIG; encoding++) {
        struct dicom_bytes set = {.encoding = encoding};
        dicom_text(&set, 0x00080060, "CS", "MR");
        size_t sequence = nested ? dicom_open_sequence(&set, 0x00081140, "SQ", true) : 0;
        for (int item = 0; item < (nested ? 2 : 1);
             item++) { /* the same tags in two items are no duplicates */
            size_t opened = nested ? dicom_open_item(&set, false) : 0;
            put_level(&set, levels[nth].tags, levels[nth].count);
            if (nested) {
                dicom_close_item(&set, opened, false);
            }
        }
        if (nested) {
            dicom_close_sequence(&set, sequence, true);
            dicom_text(&set, 0x00200010, "SH", "1");
        }
        if (levels[nth].twice) {
            walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "it is there twice");
            continue;
        }
        walk_case_set(&set, &walked);
        check_ok();
        ck_assert_int_eq(walked.layout.unsorted, !sorted);
    }
}
END_TEST

/* A level of the outer item goes on after an inner one has closed. */
START_TEST(test_walker_duplicate_around_a_sequence_fails)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    dicom_text(&set, 0x00081030, "LO", "phi-1");
    size_t sequence = dicom_open_sequence(&set, 0x00081140, "SQ", true);
    size_t item = dicom_open_item(&set, true);
    dicom_text(&set, 0x00081030, "LO", "phi-1");
    dicom_close_item(&set, item, true);
    dicom_close_sequence(&set, sequence, true);
    dicom_text(&set, 0x00081030, "LO", "phi-2");
    walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "element (0008,1030): it is there twice");
}
END_TEST

START_TEST(test_walker_pixel_data_twice_fails)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    dicom_element(&set, 0x7FE00008, "OF", "abcd", 4);
    dicom_pixels(&set, 8);
    walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "more than one Pixel Data element");
    dicom_pixels(&set, 8);
    dicom_pixels(&set, 8);
    walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "it is there twice");
}
END_TEST

/* What is no element ends the data set behind Pixel Data; before it, it is damage. */
START_TEST(test_walker_bytes_behind_pixel_data_are_no_part_of_the_data_set)
{
    static const char garbage[] = "left by somebody";
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    dicom_image_set(&set, 64);
    dicom_raw(&set, garbage, sizeof garbage - 1);
    walk_case_expect_set(&set, DCMCHAIN_OK, NULL);
    set = (struct dicom_bytes){.encoding = (enum dicom_encoding)_i};
    dicom_text(&set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4");
    dicom_raw(&set, garbage, sizeof garbage - 1);
    walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "");
}
END_TEST

/* ---- limits ---- */

START_TEST(test_walker_elements_beyond_the_limit_fail)
{
    struct dicom_bytes set = {.encoding = DICOM_IMPLICIT};
    uint32_t tag = 0x00080000;
    for (uint64_t i = 0; i <= LIMIT_ELEMENTS; i++) {
        dicom_head(&set, tag++, "UN", 0);
    }
    walk_case_expect_set(&set, DCMCHAIN_E_RANGE, "more elements and items than the limit");
}
END_TEST

START_TEST(test_walker_items_beyond_the_limit_fail)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    dicom_head(&set, 0x00081140, "SQ", DICOM_UNDEFINED);
    for (uint64_t i = 0; i <= LIMIT_ELEMENTS; i++) {
        dicom_delimiter(&set, DICOM_ITEM, 0);
    }
    walk_case_expect_set(&set, DCMCHAIN_E_RANGE, "more elements and items than the limit");
}
END_TEST

START_TEST(test_walker_fragments_beyond_the_limit_fail)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    dicom_head(&set, 0x7FE00010, "OB", DICOM_UNDEFINED);
    for (uint64_t i = 0; i <= LIMIT_FRAGMENTS; i++) {
        dicom_delimiter(&set, DICOM_ITEM, 0);
    }
    dicom_file(&file, DICOM_JPEG_UID, &set);
    walk_case_expect(&file, DCMCHAIN_E_RANGE, "more fragments of Pixel Data than the limit");
    dicom_free(&set);
}
END_TEST

/* Of the data set, and of the file meta: both are read into memory. */
START_TEST(test_walker_header_beyond_the_limit_fails)
{
    static const uint32_t tags[] = {0x00420011, 0x00020102};
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes file = {0};
    dicom_head(&set, tags[_i], "OB", (uint32_t)LIMIT_HEADER_BYTES);
    dicom_file(&file, DICOM_EXPLICIT_UID, &set);
    int fd = memfd_create("large", MFD_CLOEXEC); /* sparse */
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(pwrite(fd, file.data, file.length, 0), (ssize_t)file.length);
    uint64_t size = file.length + LIMIT_HEADER_BYTES;
    ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
    struct source *source = NULL;
    ck_assert_int_eq(source_open_fd(fd, &source), DCMCHAIN_OK);
    walk_case_source(source, size, &walked);
    ck_assert_int_eq(walked.result, DCMCHAIN_E_RANGE);
    ck_assert_ptr_nonnull(strstr(walked.problem, "larger than the limit"));
    source_free(source);
    close(fd);
    dicom_free(&file);
    dicom_free(&set);
}
END_TEST

/* Sorted, they would be read as a command, or as more of the file meta. In an item they are only odd. */
START_TEST(test_walker_command_and_meta_elements_in_a_data_set_fail)
{
    static const uint32_t tags[] = {0x00000002, 0x00000000, 0x00020010, 0x00020100};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
        dicom_text(&set, 0x00080016, "UI", "1.2.840.10008.5.1.4.1.1.4");
        dicom_text(&set, tags[i], "UI", DICOM_BIG_UID);
        walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "a data set has no elements of this group");
    }
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    size_t sequence = dicom_open_sequence(&set, 0x00081140, "SQ", false);
    size_t item = dicom_open_item(&set, false);
    dicom_text(&set, 0x00020010, "UI", DICOM_BIG_UID);
    dicom_close_item(&set, item, false);
    dicom_close_sequence(&set, sequence, false);
    walk_case_expect_set(&set, DCMCHAIN_OK, NULL);
}
END_TEST

/* Group lengths are not written again: of a data set that holds nothing else nothing would be left. */
START_TEST(test_walker_data_set_of_group_lengths_alone_is_empty)
{
    static const uint8_t zero[4];
    struct dicom_bytes set = {.encoding = (enum dicom_encoding)_i};
    dicom_element(&set, 0x00080000, "UL", zero, sizeof zero);
    dicom_element(&set, 0x00AB0000, "UL", zero, sizeof zero);
    walk_case_expect_set(&set, DCMCHAIN_E_INVALID, "the data set is empty");
}
END_TEST

START_TEST(test_walker_group_length_that_holds_items_fails)
{
    for (int undefined = 0; undefined < 2; undefined++) {
        for (int explicit_un = 0; explicit_un < 2; explicit_un++) {
            struct dicom_bytes set = {.encoding = explicit_un ? DICOM_EXPLICIT : (enum dicom_encoding)_i};
            dicom_text(&set, 0x00081030, "LO", "text");
            size_t sequence =
                dicom_open_sequence(&set, 0x00290000, explicit_un ? "UN" : "SQ", undefined != 0);
            size_t item = dicom_open_item(&set, false);
            dicom_close_item(&set, item, false);
            dicom_close_sequence(&set, sequence, undefined != 0);
            /* Of defined length it is a sequence by its VR alone. */
            bool looks_like_items = undefined != 0 || (!explicit_un && _i != DICOM_IMPLICIT);
            walk_case_expect_set(&set, looks_like_items ? DCMCHAIN_E_INVALID : DCMCHAIN_OK,
                                 looks_like_items ? "a group length holds items" : NULL);
        }
    }
}
END_TEST

int main(void)
{
    const struct walk_test tests[] = {
        {test_walker_file_that_is_cut_anywhere_gives_no_more_than_is_there, KINDS},
        {test_walker_file_with_any_byte_flipped_ends_in_a_result, KINDS},
        {test_walker_file_that_is_mangled_ends_in_a_result, SEEDS},
        {test_walker_nesting_of_100000_levels_fails_at_the_limit, ENCODINGS},
        {test_walker_nesting_at_the_limit_is_walked, ENCODINGS},
        {test_walker_problem_in_the_deep_names_its_place, 1},
        {test_walker_level_out_of_order_is_told_and_a_duplicate_fails,
         2 * (int)(sizeof levels / sizeof *levels)},
        {test_walker_duplicate_around_a_sequence_fails, 1},
        {test_walker_pixel_data_twice_fails, 1},
        {test_walker_bytes_behind_pixel_data_are_no_part_of_the_data_set, ENCODINGS},
        {test_walker_elements_beyond_the_limit_fail, 1},
        {test_walker_items_beyond_the_limit_fail, 1},
        {test_walker_fragments_beyond_the_limit_fail, 1},
        {test_walker_header_beyond_the_limit_fails, 2},
        {test_walker_command_and_meta_elements_in_a_data_set_fail, ENCODINGS},
        {test_walker_data_set_of_group_lengths_alone_is_empty, ENCODINGS},
        {test_walker_group_length_that_holds_items_fails, ENCODINGS},
    };
    return walk_case_run("walker_broken", tests, sizeof tests / sizeof *tests);
}
