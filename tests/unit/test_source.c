/* test_source.c: reading and seeking in files, memory and inflated streams, and what ends a stream. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "limits.h"
#include "source.h"
#include "support/dicom_bytes.h"
#include "support/suite.h"

#define LENGTH 200001U /* some windows, and a part of one */

enum kind { FILE_KIND, MEMORY_KIND, INFLATE_KIND, KINDS };

static uint8_t pattern(uint64_t offset)
{
    return (uint8_t)((offset * 2654435761U) >> 13);
}

static uint8_t *make_bytes(size_t length)
{
    uint8_t *bytes = malloc(length);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < length; i++) {
        bytes[i] = pattern(i);
    }
    return bytes;
}

static int make_file(const void *bytes, size_t length)
{
    int fd = memfd_create("source", MFD_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, bytes, length), (ssize_t)length);
    return fd;
}

/* One source of a kind over LENGTH bytes of the pattern. */
struct fixture {
    int fd;
    uint8_t *bytes;
    struct dicom_bytes deflated;
    struct source *below;
    struct source *source;
};

static void fixture_open(struct fixture *fixture, enum kind kind)
{
    *fixture = (struct fixture){.fd = -1, .bytes = make_bytes(LENGTH)};
    if (kind == FILE_KIND) {
        fixture->fd = make_file(fixture->bytes, LENGTH);
        ck_assert_int_eq(source_open_fd(fixture->fd, &fixture->source), DCMCHAIN_OK);
        return;
    }
    if (kind == MEMORY_KIND) {
        ck_assert_int_eq(source_open_memory(fixture->bytes, LENGTH, &fixture->source), DCMCHAIN_OK);
        return;
    }
    dicom_fill(&fixture->deflated, 'x', 77);
    dicom_deflate(&fixture->deflated, fixture->bytes, LENGTH, true);
    fixture->fd = make_file(fixture->deflated.data, fixture->deflated.length);
    ck_assert_int_eq(source_open_fd(fixture->fd, &fixture->below), DCMCHAIN_OK);
    ck_assert_int_eq(source_open_inflate(fixture->below, 77, &fixture->source), DCMCHAIN_OK);
}

static void fixture_close(struct fixture *fixture)
{
    source_free(fixture->source);
    source_free(fixture->below);
    dicom_free(&fixture->deflated);
    free(fixture->bytes);
    if (fixture->fd >= 0) {
        close(fixture->fd);
    }
}

static void check_read(struct source *source, uint64_t offset, size_t length, size_t expected)
{
    uint8_t *buffer = malloc(length == 0 ? 1 : length);
    ck_assert_ptr_nonnull(buffer);
    size_t got = SIZE_MAX;
    ck_assert_int_eq(source_seek(source, offset), DCMCHAIN_OK);
    ck_assert_int_eq(source_read(source, buffer, length, &got), DCMCHAIN_OK);
    ck_assert_uint_eq(got, expected);
    size_t wrong = 0; /* one check for all: each costs a system call */
    for (size_t i = 0; i < got; i++) {
        wrong += buffer[i] != pattern(offset + i);
    }
    ck_assert_uint_eq(wrong, 0);
    ck_assert_uint_eq(source_offset(source), offset + expected);
    free(buffer);
}

START_TEST(test_source_read_gives_the_bytes_at_every_place_and_length)
{
    static const size_t lengths[] = {0, 1, 4, 8, 4096, 32767, 32768, 32769, 65536, 150000, LENGTH};
    struct fixture fixture;
    fixture_open(&fixture, (enum kind)_i);
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        for (uint64_t offset = 0; offset <= LENGTH; offset += 9973) {
            size_t left = LENGTH - (size_t)offset;
            check_read(fixture.source, offset, lengths[i], lengths[i] < left ? lengths[i] : left);
        }
    }
    fixture_close(&fixture);
}
END_TEST

START_TEST(test_source_read_in_small_pieces_gives_all_bytes)
{
    struct fixture fixture;
    fixture_open(&fixture, (enum kind)_i);
    uint64_t offset = 0;
    size_t wrong = 0;
    for (size_t piece = 1; offset + piece <= LENGTH; piece = piece % 37 + 1) {
        uint8_t buffer[64];
        size_t got = 0;
        wrong += source_read(fixture.source, buffer, piece, &got) != DCMCHAIN_OK;
        wrong +=
            got != piece || buffer[0] != pattern(offset) || buffer[piece - 1] != pattern(offset + piece - 1);
        offset += piece;
    }
    ck_assert_uint_eq(wrong, 0);
    fixture_close(&fixture);
}
END_TEST

START_TEST(test_source_read_backwards_gives_the_same_bytes)
{
    struct fixture fixture;
    fixture_open(&fixture, (enum kind)_i);
    for (uint64_t offset = LENGTH; offset > 40000; offset -= 40000) {
        check_read(fixture.source, offset - 7, 7, 7);
    }
    check_read(fixture.source, 0, 100, 100);
    fixture_close(&fixture);
}
END_TEST

/* Whatever is shown is what reading would give; and what is not whole in memory is not shown. */
START_TEST(test_source_view_shows_the_bytes_or_none)
{
    struct fixture fixture;
    size_t shown = 0;
    fixture_open(&fixture, (enum kind)_i);
    for (uint64_t at = 0; at < LENGTH + 10; at += 997) {
        uint8_t byte = 0;
        size_t got = 0;
        ck_assert_int_eq(source_seek(fixture.source, at), DCMCHAIN_OK);
        ck_assert_int_eq(source_read(fixture.source, &byte, 1, &got), DCMCHAIN_OK);
        for (size_t length = 0; length < 50000; length = length * 3 + 1) {
            const uint8_t *bytes = source_view(fixture.source, at, length);
            ck_assert(bytes == NULL || at + length <= LENGTH);
            ck_assert(bytes == NULL || memcmp(bytes, fixture.bytes + at, length) == 0);
            shown += bytes != NULL && length > 0;
        }
        ck_assert_ptr_null(source_view(fixture.source, at, SIZE_MAX));
        ck_assert_ptr_null(source_view(fixture.source, UINT64_MAX, 1));
    }
    ck_assert_uint_gt(shown, 200);
    fixture_close(&fixture);
}
END_TEST

START_TEST(test_source_read_past_the_end_gives_nothing)
{
    static const uint64_t offsets[] = {LENGTH,    LENGTH + 1, 1ULL << 32,     INT64_MAX - 70000,
                                       INT64_MAX, 1ULL << 63, UINT64_MAX - 1, UINT64_MAX};
    struct fixture fixture;
    fixture_open(&fixture, (enum kind)_i);
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        check_read(fixture.source, offsets[i], 1, 0);
        check_read(fixture.source, offsets[i], 100000, 0);
        check_read(fixture.source, LENGTH - 3, 5, 3);
    }
    fixture_close(&fixture);
}
END_TEST

START_TEST(test_source_size_is_known_for_files_and_memory_and_at_a_stream_end)
{
    struct fixture fixture;
    fixture_open(&fixture, (enum kind)_i);
    ck_assert_uint_eq(source_size(fixture.source), _i == INFLATE_KIND ? UINT64_MAX : LENGTH);
    check_read(fixture.source, LENGTH, 1, 0);
    ck_assert_uint_eq(source_size(fixture.source), LENGTH);
    fixture_close(&fixture);
}
END_TEST

START_TEST(test_source_open_fd_of_a_closed_file_fails)
{
    struct source *source = NULL;
    ck_assert_int_eq(source_open_fd(-1, &source), DCMCHAIN_E_IO);
    ck_assert_ptr_null(source);
}
END_TEST

START_TEST(test_source_read_of_a_pipe_fails)
{
    int pipes[2];
    ck_assert_int_eq(pipe(pipes), 0);
    struct source *source = NULL;
    ck_assert_int_eq(source_open_fd(pipes[0], &source), DCMCHAIN_OK);
    uint8_t byte = 0;
    size_t got = 0;
    ck_assert_int_eq(source_read(source, &byte, 1, &got), DCMCHAIN_E_IO); /* no pread from a pipe */
    source_free(source);
    close(pipes[0]);
    close(pipes[1]);
}
END_TEST

START_TEST(test_source_of_a_file_that_shrinks_gives_what_is_left)
{
    uint8_t *bytes = make_bytes(LENGTH);
    int fd = make_file(bytes, LENGTH);
    struct source *source = NULL;
    ck_assert_int_eq(source_open_fd(fd, &source), DCMCHAIN_OK);
    ck_assert_int_eq(ftruncate(fd, 1000), 0);
    check_read(source, 900, 200, 100);
    check_read(source, 5000, 1, 0);
    source_free(source);
    close(fd);
    free(bytes);
}
END_TEST

/* ---- inflated streams ---- */

/* Reads a deflate stream to its end: the result, and the size where it is whole. */
static int read_stream(const void *bytes, size_t length, uint64_t *ret_size, char problem[128])
{
    struct source *below = NULL;
    struct source *source = NULL;
    ck_assert_int_eq(source_open_memory(bytes, length, &below), DCMCHAIN_OK);
    ck_assert_int_eq(source_open_inflate(below, 0, &source), DCMCHAIN_OK);
    uint8_t buffer[5000];
    size_t got = 1;
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && got > 0) {
        result = source_read(source, buffer, sizeof buffer, &got);
    }
    for (int i = 0; i < 2 && result != DCMCHAIN_OK; i++) { /* it stays so */
        ck_assert_int_eq(source_read(source, buffer, 1, &got), result);
        ck_assert_int_eq(source_seek(source, 0), DCMCHAIN_OK);
    }
    *ret_size = source_size(source);
    (void)strcpy(problem, source_problem(source));
    source_free(source);
    source_free(below);
    return result;
}

static void expect_stream(const struct dicom_bytes *stream, int result, const char *words)
{
    uint64_t size = 0;
    char problem[128];
    ck_assert_int_eq(read_stream(stream->data, stream->length, &size, problem), result);
    ck_assert_msg(strstr(problem, words) != NULL, "%s", problem);
}

START_TEST(test_source_inflate_of_every_truncation_fails)
{
    uint8_t *bytes = make_bytes(700);
    struct dicom_bytes stream = {0};
    dicom_deflate(&stream, bytes, 700, false);
    for (size_t length = 0; length < stream.length; length++) {
        struct dicom_bytes part = {0};
        dicom_raw(&part, stream.data, length);
        expect_stream(&part, DCMCHAIN_E_INVALID, "ends early");
        dicom_free(&part);
    }
    expect_stream(&stream, DCMCHAIN_OK, "");
    dicom_free(&stream);
    free(bytes);
}
END_TEST

START_TEST(test_source_inflate_of_flipped_bytes_ends_in_a_result)
{
    struct dicom_bytes set = {.encoding = DICOM_EXPLICIT};
    struct dicom_bytes stream = {0};
    dicom_image_set(&set, 512);
    dicom_deflate(&stream, set.data, set.length, true);
    for (size_t i = 0; i < stream.length; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            uint64_t size = 0;
            char problem[128];
            stream.data[i] = (uint8_t)(stream.data[i] ^ 1U << bit);
            int result = read_stream(stream.data, stream.length, &size, problem);
            ck_assert(result == DCMCHAIN_OK || result == DCMCHAIN_E_INVALID);
            stream.data[i] = (uint8_t)(stream.data[i] ^ 1U << bit);
        }
    }
    dicom_free(&stream);
    dicom_free(&set);
}
END_TEST

START_TEST(test_source_inflate_lets_zeros_follow_and_nothing_else)
{
    static const size_t zeros[] = {0, 1, 2, 100, 40000};
    for (size_t i = 0; i < sizeof zeros / sizeof *zeros; i++) {
        struct dicom_bytes stream = {0};
        dicom_deflate(&stream, "abc", 3, false);
        dicom_fill(&stream, 0, zeros[i]);
        expect_stream(&stream, DCMCHAIN_OK, "");
        dicom_fill(&stream, 1, 1);
        expect_stream(&stream, DCMCHAIN_E_INVALID, "bytes follow");
        dicom_free(&stream);
    }
}
END_TEST

START_TEST(test_source_inflate_lets_a_right_gzip_trailer_follow)
{
    struct dicom_bytes stream = {.encoding = DICOM_EXPLICIT};
    dicom_deflate(&stream, "abc", 3, false);
    dicom_u32(&stream, (uint32_t)crc32(0, (const uint8_t *)"abc", 3));
    dicom_u32(&stream, 3);
    expect_stream(&stream, DCMCHAIN_OK, "");
    stream.data[stream.length - 8] = (uint8_t)(stream.data[stream.length - 8] + 1);
    expect_stream(&stream, DCMCHAIN_E_INVALID, "bytes follow");
    dicom_free(&stream);
}
END_TEST

START_TEST(test_source_inflate_beyond_the_padding_limit_fails)
{
    struct dicom_bytes stream = {0};
    dicom_deflate(&stream, "abc", 3, false);
    dicom_fill(&stream, 0, LIMIT_PADDING_BYTES + 1);
    expect_stream(&stream, DCMCHAIN_E_INVALID, "more padding than the limit");
    dicom_free(&stream);
}
END_TEST

/* zlib reaches 1030:1, so that zeros are enough to pass the limit. */
START_TEST(test_source_inflate_beyond_the_ratio_limit_fails)
{
    size_t length = 200U << 20;
    uint8_t *zeros = calloc(1, length);
    ck_assert_ptr_nonnull(zeros);
    struct dicom_bytes stream = {0};
    dicom_deflate(&stream, zeros, length, true);
    ck_assert_uint_gt(length / stream.length, LIMIT_INFLATE_RATIO);
    expect_stream(&stream, DCMCHAIN_E_INVALID, "inflates beyond the limit");
    dicom_free(&stream);
    dicom_deflate(&stream, zeros, LIMIT_INFLATE_FREE, true); /* below it no ratio counts */
    expect_stream(&stream, DCMCHAIN_OK, "");
    dicom_free(&stream);
    free(zeros);
}
END_TEST

START_TEST(test_source_inflate_of_no_stream_fails)
{
    struct dicom_bytes stream = {0};
    dicom_fill(&stream, 0xFF, 100);
    expect_stream(&stream, DCMCHAIN_E_INVALID, "is corrupt");
    dicom_free(&stream);
    expect_stream(&stream, DCMCHAIN_E_INVALID, "ends early");
}
END_TEST

START_TEST(test_source_inflate_of_an_empty_stream_is_empty)
{
    struct dicom_bytes stream = {0};
    dicom_deflate(&stream, "", 0, true);
    uint64_t size = 1;
    char problem[128];
    ck_assert_int_eq(read_stream(stream.data, stream.length, &size, problem), DCMCHAIN_OK);
    ck_assert_uint_eq(size, 0);
    dicom_free(&stream);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("source");
    TCase *tests = tcase_create("source");
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, test_source_read_gives_the_bytes_at_every_place_and_length, 0, KINDS);
    tcase_add_loop_test(tests, test_source_read_in_small_pieces_gives_all_bytes, 0, KINDS);
    tcase_add_loop_test(tests, test_source_read_backwards_gives_the_same_bytes, 0, KINDS);
    tcase_add_loop_test(tests, test_source_view_shows_the_bytes_or_none, 0, KINDS);
    tcase_add_loop_test(tests, test_source_read_past_the_end_gives_nothing, 0, KINDS);
    tcase_add_loop_test(tests, test_source_size_is_known_for_files_and_memory_and_at_a_stream_end, 0, KINDS);
    tcase_add_test(tests, test_source_open_fd_of_a_closed_file_fails);
    tcase_add_test(tests, test_source_read_of_a_pipe_fails);
    tcase_add_test(tests, test_source_of_a_file_that_shrinks_gives_what_is_left);
    tcase_add_test(tests, test_source_inflate_of_every_truncation_fails);
    tcase_add_test(tests, test_source_inflate_of_flipped_bytes_ends_in_a_result);
    tcase_add_test(tests, test_source_inflate_lets_zeros_follow_and_nothing_else);
    tcase_add_test(tests, test_source_inflate_lets_a_right_gzip_trailer_follow);
    tcase_add_test(tests, test_source_inflate_beyond_the_padding_limit_fails);
    tcase_add_test(tests, test_source_inflate_beyond_the_ratio_limit_fails);
    tcase_add_test(tests, test_source_inflate_of_no_stream_fails);
    tcase_add_test(tests, test_source_inflate_of_an_empty_stream_is_empty);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
