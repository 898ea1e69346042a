/* test_anonymise_pixels.c: bytes inside Pixel Data that are no pixels: comments, application segments, slack.
 * Frames are written here byte by byte; a decoder's view of the result is checked by e2e/test_pixel_bytes.sh.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "pixels.h"
#include "support/suite.h"

#define JPEG "1.2.840.10008.1.2.4.50"
#define JPEG_LS "1.2.840.10008.1.2.4.80"
#define JPEG_2000 "1.2.840.10008.1.2.4.90"
#define JPEG_XL "1.2.840.10008.1.2.4.112"
#define RLE "1.2.840.10008.1.2.5"
#define MPEG4 "1.2.840.10008.1.2.4.102"

struct memory {
    uint8_t before[1 << 18];
    uint8_t after[1 << 18];
    size_t length;
    unsigned patches;
};
static struct memory memory;
static size_t item_head;
static uint64_t blanked;

static int memory_read(void *closure, uint64_t offset, void *buffer, size_t length, size_t *ret_read)
{
    const struct memory *from = closure;
    ck_assert_uint_le(offset, from->length);
    *ret_read = from->length - offset < length ? (size_t)(from->length - offset) : length;
    memcpy(buffer, from->before + offset, *ret_read);
    return 0;
}

static int memory_patch(void *closure, uint64_t offset, const void *bytes, uint64_t length)
{
    struct memory *to = closure;
    ck_assert_uint_le(offset + length, to->length);
    if (bytes == NULL) {
        memset(to->after + offset, 0, (size_t)length);
    } else {
        memcpy(to->after + offset, bytes, (size_t)length);
    }
    to->patches++;
    return 0;
}

static void add(const void *bytes, size_t length)
{
    ck_assert_uint_le(memory.length + length, sizeof memory.before);
    memcpy(memory.before + memory.length, bytes, length);
    memory.length += length;
}
#define ADD(literal) add(literal, sizeof(literal) - 1)

static void add_32(uint32_t number)
{
    const uint8_t bytes[] = {(uint8_t)number, (uint8_t)(number >> 8), (uint8_t)(number >> 16),
                             (uint8_t)(number >> 24)};
    add(bytes, sizeof bytes);
}

static void end_item(void)
{
    const size_t end = memory.length;
    memory.length = item_head + 4;
    add_32((uint32_t)(end - item_head - 8));
    memory.length = end;
}

static void begin_item(void)
{
    item_head = memory.length;
    ADD("\xFE\xFF\x00\xE0\x00\x00\x00\x00");
}

static void begin(void)
{
    memory.length = 0;
    memory.patches = 0;
    begin_item(); /* the Basic Offset Table, empty */
    begin_item();
}

static int clean(const char *transfer_syntax, uint64_t pixels)
{
    end_item();
    ADD("\xFE\xFF\xDD\xE0\x00\x00\x00\x00");
    memcpy(memory.after, memory.before, memory.length);
    const struct pixel_source source = {memory_read, memory_patch, &memory, memory.length};
    const struct pixel_shape shape = {
        .transfer_syntax = transfer_syntax, .pixels_per_frame = pixels, .encapsulated = true};
    return pixels_clean(&source, &shape, &blanked);
}

static bool has(const uint8_t *bytes, const char *text)
{
    return memmem(bytes, memory.length, text, strlen(text)) != NULL;
}

/* Every byte but those of the given texts is as it was. */
static void check_only_gone(const char *const *texts)
{
    static uint8_t expected[sizeof memory.before];
    memcpy(expected, memory.before, memory.length);
    for (size_t i = 0; texts[i] != NULL; i++) {
        uint8_t *found = memmem(expected, memory.length, texts[i], strlen(texts[i]));
        ck_assert_ptr_nonnull(found);
        memset(found, 0, strlen(texts[i]));
    }
    ck_assert_mem_eq(memory.after, expected, memory.length);
}
#define ONLY_GONE(...) check_only_gone((const char *const[]){__VA_ARGS__, NULL})

START_TEST(test_pixels_jpeg_comments_and_application_segments_are_blanked)
{
    begin();
    ADD("\xFF\xD8\xFF\xE1\x00\x0D"
        "Exif-phi-01"
        "\xFF\xFE\x00\x0A"
        "phi-name"
        "\xFF\xC4\x00\x04\x01\x02");
    ADD("\xFF\xDA\x00\x04\x07\x07\x12\xFF\x00\x34\xFF\xD0\x56\xFF\xFE\x00\x07"
        "phi-2"
        "\xFF\xDA\x00\x02\x11\xFF\xD9"
        "phi-tail");
    ck_assert_int_eq(clean(JPEG, 0), 0);
    ONLY_GONE("Exif-phi-01", "phi-name", "phi-2", "phi-tail");
    ck_assert_uint_eq(blanked, 11 + 8 + 5 + 8);
}
END_TEST

START_TEST(test_pixels_jpeg_segments_that_code_colours_stay)
{
    begin();
    ADD("\xFF\xD8\xFF\xE0\x00\x13"
        "JFIF\0\x01\x02\x00\x00\x01\x00\x01\x01\x01"
        "phi");
    ADD("\xFF\xEE\x00\x11"
        "Adobe\0\x64\x00\x00\x00\x00\x01"
        "phi"
        "\xFF\xD9");
    ck_assert_int_eq(clean(JPEG, 0), 0);
    ck_assert(has(memory.after, "JFIF"));
    ck_assert(memmem(memory.after, memory.length, "Adobe\0\x64\x00\x00\x00\x00\x01", 12) != NULL);
    ck_assert(!has(memory.after, "phi"));
}
END_TEST

START_TEST(test_pixels_jpeg_clean_image_gets_no_patch)
{
    begin();
    ADD("\xFF\xD8\xFF\xC4\x00\x04\x01\x02\xFF\xDA\x00\x04\x07\x07\x12\xFF\x00\x34\xFF\xD9\x00");
    ck_assert_int_eq(clean(JPEG, 0), 0);
    ck_assert_uint_eq(memory.patches, 0);
    ck_assert_uint_eq(blanked, 0);
}
END_TEST

START_TEST(test_pixels_jpeg_segment_over_a_fragment_border_is_blanked)
{
    begin();
    ADD("\xFF\xD8\xFF\xFE\x00\x0C"
        "phi-o");
    end_item();
    begin_item();
    ADD("nexyz"
        "\xFF\xDA\x00\x02\x11\xFF");
    end_item();
    begin_item();
    ADD("\xD9"
        "phi-tail!");
    ck_assert_int_eq(clean(JPEG, 0), 0);
    ONLY_GONE("phi-o", "nexyz", "phi-tail!");
}
END_TEST

START_TEST(test_pixels_jpeg_every_frame_is_cleaned)
{
    begin();
    for (int frame = 0; frame < 3; frame++) {
        if (frame > 0) {
            end_item();
            begin_item();
        }
        ADD("\xFF\xD8\xFF\xFE\x00\x06"
            "phi!"
            "\xFF\xDA\x00\x02\x11\xFF\xD9\x00");
    }
    ck_assert_int_eq(clean(JPEG, 0), 0);
    ck_assert(!has(memory.after, "phi!"));
    ck_assert_uint_eq(memory.patches, 3);
}
END_TEST

START_TEST(test_pixels_jpeg_scan_longer_than_the_window_is_passed_over)
{
    static uint8_t data[200000];
    begin();
    ADD("\xFF\xD8\xFF\xDA\x00\x02");
    memset(data, 0x5A, sizeof data);
    for (size_t i = 100; i + 1 < sizeof data; i += 777) {
        data[i] = 0xFF;
        data[i + 1] = 0;
    }
    add(data, sizeof data);
    ADD("\xFF\xFE\x00\x06"
        "phi!"
        "\xFF\xD9");
    ck_assert_int_eq(clean(JPEG, 0), 0);
    ONLY_GONE("phi!");
}
END_TEST

START_TEST(test_pixels_jpeg_cut_short_is_passed)
{
    begin();
    ADD("\xFF\xD8\xFF\xFE\x00\x06"
        "phi!"
        "\xFF\xDA\x00\x02\x11\x22");
    ck_assert_int_eq(clean(JPEG, 0), 0);
    ONLY_GONE("phi!");
}
END_TEST

START_TEST(test_pixels_jpeg_that_is_none_fails)
{
    begin();
    ADD("no image at all");
    ck_assert_int_eq(clean(JPEG, 0), DCMCHAIN_E_INVALID);
    begin();
    ADD("\xFF\xD8"
        "text");
    ck_assert_int_eq(clean(JPEG, 0), DCMCHAIN_E_INVALID);
}
END_TEST

START_TEST(test_pixels_jpeg_ls_stuffed_bits_are_data)
{
    begin();
    ADD("\xFF\xD8\xFF\xF7\x00\x04\x01\x02\xFF\xE8\x00\x0A"
        "mrfx\x01"
        "phi"
        "\xFF\xDA\x00\x02\xFF\x7E\xFF\x64\x10\xFF\xD9"
        "phi2");
    ck_assert_int_eq(clean(JPEG_LS, 0), 0);
    ck_assert(has(memory.after, "mrfx\x01"));
    ONLY_GONE("phi", "phi2");
}
END_TEST

/* A codestream with one tile-part of 4 bytes of packets; length: Psot, 0: to the end. */
static void add_codestream(uint8_t length)
{
    ADD("\xFF\x4F\xFF\x51\x00\x04\x00\x00\xFF\x64\x00\x0C\x00\x01"
        "phi-main");
    const uint8_t tile[] = {0xFF, 0x90, 0, 10, 0, 0, 0, 0, 0, length, 0, 1};
    add(tile, sizeof tile);
    ADD("\xFF\x64\x00\x0C\x00\x01"
        "phi-tile"
        "\xFF\x93"
        "\x01\xFF\x64\x02"
        "\xFF\xD9");
}

START_TEST(test_pixels_jpeg2000_comments_are_blanked)
{
    static const uint8_t lengths[] = {12 + 14 + 2 + 4, 0};
    begin();
    add_codestream(lengths[_i]);
    ADD("phi-tail");
    ck_assert_int_eq(clean(JPEG_2000, 0), 0);
    ONLY_GONE("phi-main", "phi-tile", "phi-tail");
}
END_TEST

START_TEST(test_pixels_jpeg2000_boxes_that_no_decoder_needs_become_free)
{
    begin();
    ADD("\x00\x00\x00\x0CjP  \x0D\x0A\x87\x0A"
        "\x00\x00\x00\x10"
        "xml phi-xml!");
    ADD("\x00\x00\x00\x00jp2c");
    add_codestream(0);
    ck_assert_int_eq(clean(JPEG_2000, 0), 0);
    ck_assert(!has(memory.after, "phi"));
    ck_assert(has(memory.after, "free"));
    ck_assert(!has(memory.after, "xml "));
    ck_assert(has(memory.after, "jP  "));
}
END_TEST

START_TEST(test_pixels_jpeg2000_that_is_none_fails)
{
    begin();
    ADD("\xFF\xD8\xFF\xD9");
    ck_assert_int_eq(clean(JPEG_2000, 0), DCMCHAIN_E_INVALID);
}
END_TEST

START_TEST(test_pixels_jpegxl_container_boxes_are_blanked)
{
    begin();
    ADD("\x00\x00\x00\x0CJXL \x0D\x0A\x87\x0A"
        "\x00\x00\x00\x10"
        "Exifphi-exif"
        "\x00\x00\x00\x0Cjxlc\xFF\x0A\x01\x02");
    ck_assert_int_eq(clean(JPEG_XL, 0), 0);
    ck_assert(!has(memory.after, "phi-exif"));
    ck_assert(has(memory.after, "jxlc"));
    begin();
    ADD("\xFF\x0A naked");
    ck_assert_int_eq(clean(JPEG_XL, 0), 0);
    ck_assert_uint_eq(memory.patches, 0);
}
END_TEST

START_TEST(test_pixels_rle_slack_is_blanked)
{
    begin();
    add_32(2);
    add_32(64 + 4);
    add_32(64 + 4 + 3 + 5);
    ADD("phi-offsets-unused!!");
    for (size_t i = 32; i < 64; i += 4) {
        add_32(0);
    }
    ADD("phi0");
    ADD("\xFD\x07"
        "\x80"
        "phi-1"); /* four bytes of 7, nothing, slack */
    ADD("\x01\x08\x09\x01\x0A\x0B"
        "phi-2");
    ck_assert_int_eq(clean(RLE, 4), 0);
    ck_assert(!has(memory.after, "phi"));
    ck_assert(memmem(memory.after, memory.length, "\x01\x08\x09\x01\x0A\x0B", 6) != NULL);
    ck_assert(memmem(memory.after, memory.length, "\xFD\x07", 2) != NULL);
}
END_TEST

START_TEST(test_pixels_rle_header_that_is_none_fails)
{
    begin();
    ADD("too short");
    ck_assert_int_eq(clean(RLE, 4), DCMCHAIN_E_INVALID);
    begin();
    add_32(16);
    for (size_t i = 4; i < 64; i += 4) {
        add_32(64);
    }
    ck_assert_int_eq(clean(RLE, 4), DCMCHAIN_E_INVALID);
}
END_TEST

START_TEST(test_pixels_fragment_longer_than_the_value_fails)
{
    begin();
    ADD("\xFF\xD8\xFF\xD9");
    end_item();
    begin_item();
    memory.before[item_head + 4] = 0xF0;
    memcpy(memory.after, memory.before, memory.length);
    const struct pixel_source source = {memory_read, memory_patch, &memory, memory.length};
    const struct pixel_shape shape = {.transfer_syntax = JPEG, .encapsulated = true};
    ck_assert_int_eq(pixels_clean(&source, &shape, &blanked), DCMCHAIN_E_INVALID);
}
END_TEST

START_TEST(test_pixels_video_is_passed)
{
    begin();
    ADD("no image at all");
    ck_assert_int_eq(clean(MPEG4, 0), 0);
    ck_assert_uint_eq(memory.patches, 0);
}
END_TEST

START_TEST(test_pixels_native_slack_is_blanked)
{
    memory.length = 0;
    memory.patches = 0;
    ADD("pixelsphi-behind");
    memcpy(memory.after, memory.before, memory.length);
    const struct pixel_source source = {memory_read, memory_patch, &memory, memory.length};
    struct pixel_shape shape = {.transfer_syntax = "1.2.840.10008.1.2.1", .native_bytes = 6};
    ck_assert_int_eq(pixels_clean(&source, &shape, &blanked), 0);
    ck_assert_mem_eq(memory.after, "pixels\0\0\0\0\0\0\0\0\0\0", 16);
    shape.native_bytes = 0; /* not known */
    memory.patches = 0;
    ck_assert_int_eq(pixels_clean(&source, &shape, &blanked), 0);
    ck_assert_uint_eq(memory.patches, 0);
}
END_TEST

static int clean_native(const char *bytes, size_t length, uint64_t native_bytes, uint64_t frame_bytes)
{
    memory.length = 0;
    memory.patches = 0;
    add(bytes, length);
    memcpy(memory.after, memory.before, memory.length);
    const struct pixel_source source = {memory_read, memory_patch, &memory, memory.length};
    const struct pixel_shape shape = {
        .transfer_syntax = "1.2.840.10008.1.2.1", .native_bytes = native_bytes, .frame_bytes = frame_bytes};
    return pixels_clean(&source, &shape, &blanked);
}

START_TEST(test_pixels_native_frame_behind_the_last_fails)
{
    ck_assert_int_eq(clean_native("onetwothr4", 10, 6, 3), DCMCHAIN_E_RANGE);
    ck_assert_int_eq(clean_native("onetwothr", 9, 6, 3), DCMCHAIN_E_RANGE); /* exactly one */
    ck_assert_uint_eq(memory.patches, 0);
    ck_assert_uint_eq(blanked, 0);
    ck_assert_int_eq(clean_native("onetwoth", 8, 6, 3), 0); /* less than one: slack */
    ck_assert_mem_eq(memory.after, "onetwo\0\0", 8);
    ck_assert_int_eq(clean_native("onetwo\0\0\0\0\0\0", 12, 6, 3), 0); /* zeros lose nothing */
    ck_assert_uint_eq(memory.patches, 0);
    ck_assert_int_eq(clean_native("1x", 2, 1, 1), 0); /* the byte that makes it even is no frame */
    ck_assert_mem_eq(memory.after, "1\0", 2);
}
END_TEST

/* Whatever bytes a frame holds: no read or patch beyond it (memory_read and memory_patch check), and an end.
 */
START_TEST(test_pixels_frame_of_random_bytes_ends_in_a_result)
{
    static const char *const syntaxes[] = {JPEG, JPEG_LS, JPEG_2000, JPEG_XL, RLE};
    static const char *const begins[] = {"\xFF\xD8", "\xFF\xD8", "\xFF\x4F", "\x00\x00\x00\x0CJXL ",
                                         "\x01\x00\x00\x00\x40\x00\x00\x00"};
    static const size_t begin_lengths[] = {2, 2, 2, 8, 8};
    unsigned seed = 7;
    for (int round = 0; round < 20000; round++) {
        const int at = round % 5;
        uint8_t bytes[96];
        for (size_t i = 0; i < sizeof bytes; i++) {
            seed = seed * 1103515245U + 12345U;
            const uint8_t byte = (uint8_t)(seed >> 16);
            bytes[i] = byte % 3 == 0 ? 0xFF : byte % 3 == 1 ? (uint8_t)(byte & 15) : byte;
        }
        begin();
        add(begins[at], begin_lengths[at]);
        add(bytes, 1 + seed % sizeof bytes);
        if (round % 2 == 0) {
            end_item();
            begin_item();
            add(bytes, 7);
        }
        const int result = clean(syntaxes[at], 16);
        ck_assert(result == 0 || result == DCMCHAIN_E_INVALID);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise_pixels");
    TCase *tests = tcase_create("pixels");
    tcase_add_test(tests, test_pixels_jpeg_comments_and_application_segments_are_blanked);
    tcase_add_test(tests, test_pixels_jpeg_segments_that_code_colours_stay);
    tcase_add_test(tests, test_pixels_jpeg_clean_image_gets_no_patch);
    tcase_add_test(tests, test_pixels_jpeg_segment_over_a_fragment_border_is_blanked);
    tcase_add_test(tests, test_pixels_jpeg_every_frame_is_cleaned);
    tcase_add_test(tests, test_pixels_jpeg_scan_longer_than_the_window_is_passed_over);
    tcase_add_test(tests, test_pixels_jpeg_cut_short_is_passed);
    tcase_add_test(tests, test_pixels_jpeg_that_is_none_fails);
    tcase_add_test(tests, test_pixels_jpeg_ls_stuffed_bits_are_data);
    tcase_add_loop_test(tests, test_pixels_jpeg2000_comments_are_blanked, 0, 2);
    tcase_add_test(tests, test_pixels_jpeg2000_boxes_that_no_decoder_needs_become_free);
    tcase_add_test(tests, test_pixels_jpeg2000_that_is_none_fails);
    tcase_add_test(tests, test_pixels_jpegxl_container_boxes_are_blanked);
    tcase_add_test(tests, test_pixels_rle_slack_is_blanked);
    tcase_add_test(tests, test_pixels_rle_header_that_is_none_fails);
    tcase_add_test(tests, test_pixels_fragment_longer_than_the_value_fails);
    tcase_add_test(tests, test_pixels_video_is_passed);
    tcase_add_test(tests, test_pixels_native_slack_is_blanked);
    tcase_add_test(tests, test_pixels_native_frame_behind_the_last_fails);
    tcase_add_test(tests, test_pixels_frame_of_random_bytes_ends_in_a_result);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
