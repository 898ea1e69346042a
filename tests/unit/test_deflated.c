/* test_deflated.c: the deflate stream that is made as it is read: whole, in pieces, backwards, padded. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "dcmchain/base.h"
#include "deflated.h"
#include "support/suite.h"

struct input {
    const uint8_t *bytes;
    size_t length;
    size_t fail_after; /* offset from which reading fails */
};

static int read_input(void *closure, uint64_t offset, void *buffer, size_t length, size_t *ret_read)
{
    const struct input *input = closure;
    if (offset >= input->fail_after) {
        return DCMCHAIN_E_IO;
    }
    size_t left = offset >= input->length ? 0 : input->length - (size_t)offset;
    *ret_read = left < length ? left : length;
    memcpy(buffer, input->bytes + (left == 0 ? 0 : offset), *ret_read);
    return DCMCHAIN_OK;
}

/* Bytes that compress a little, so that the stream is longer than one piece. */
static uint8_t *make_bytes(size_t length)
{
    uint8_t *bytes = malloc(length == 0 ? 1 : length);
    uint32_t state = 1;
    for (size_t i = 0; i < length; i++) {
        state = state * 1664525U + 1013904223U;
        bytes[i] = (uint8_t)((state >> 24) & 0x3FU);
    }
    return bytes;
}

static size_t inflate_all(const uint8_t *stream, size_t length, uint8_t *ret_bytes, size_t size)
{
    z_stream zlib = {.next_in = (uint8_t *)(uintptr_t)stream,
                     .avail_in = (uInt)length,
                     .next_out = ret_bytes,
                     .avail_out = (uInt)size};
    ck_assert_int_eq(inflateInit2(&zlib, -15), Z_OK);
    ck_assert_int_eq(inflate(&zlib, Z_FINISH), Z_STREAM_END);
    size_t made = size - zlib.avail_out;
    ck_assert_uint_le(zlib.avail_in, 1); /* the padding byte */
    inflateEnd(&zlib);
    return made;
}

static const size_t lengths[] = {0, 1, 2, 100, 65535, 65536, 65537, 1000000};

START_TEST(test_deflated_stream_inflates_to_the_input_and_is_even)
{
    size_t length = lengths[_i];
    uint8_t *bytes = make_bytes(length);
    struct input input = {bytes, length, SIZE_MAX};
    struct deflated *deflated = NULL;
    ck_assert_int_eq(deflated_open(read_input, &input, &deflated), DCMCHAIN_OK);
    uint64_t size = 0;
    ck_assert_int_eq(deflated_measure(deflated, &size), DCMCHAIN_OK);
    ck_assert_uint_eq(size % 2, 0);
    uint8_t *stream = malloc(size + 1);
    size_t got = 0;
    ck_assert_int_eq(deflated_read(deflated, 0, stream, size + 1, &got), DCMCHAIN_OK);
    ck_assert_uint_eq(got, size);
    uint8_t *back = malloc(length + 1);
    ck_assert_uint_eq(inflate_all(stream, size, back, length + 1), length);
    ck_assert_mem_eq(back, bytes, length);

    /* The same bytes in pieces, and backwards. */
    uint8_t *pieces = malloc(size);
    for (uint64_t offset = 0; offset < size; offset += got) {
        ck_assert_int_eq(deflated_read(deflated, offset, pieces + offset, 777, &got), DCMCHAIN_OK);
        ck_assert_uint_gt(got, 0);
        if (size - offset < 777) {
            break;
        }
    }
    ck_assert_mem_eq(pieces, stream, size);
    ck_assert_int_eq(deflated_read(deflated, size / 2, pieces, 1, &got), DCMCHAIN_OK);
    ck_assert_uint_eq(got, 1);
    ck_assert_uint_eq(pieces[0], stream[size / 2]);
    ck_assert_int_eq(deflated_read(deflated, size + 10, pieces, 1, &got), DCMCHAIN_OK);
    ck_assert_uint_eq(got, 0);
    deflated_free(deflated);
    free(bytes);
    free(stream);
    free(back);
    free(pieces);
}
END_TEST

START_TEST(test_deflated_reader_failure_is_returned)
{
    uint8_t *bytes = make_bytes(200000);
    struct input input = {bytes, 200000, 100000};
    struct deflated *deflated = NULL;
    ck_assert_int_eq(deflated_open(read_input, &input, &deflated), DCMCHAIN_OK);
    uint64_t size = 7;
    ck_assert_int_eq(deflated_measure(deflated, &size), DCMCHAIN_E_IO);
    ck_assert_uint_eq(size, 7);
    deflated_free(deflated);
    free(bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("deflated");
    TCase *test_case = tcase_create("deflated");
    suite_add_tcase(suite, test_case);
    tcase_add_loop_test(test_case, test_deflated_stream_inflates_to_the_input_and_is_even, 0,
                        (int)(sizeof lengths / sizeof lengths[0]));
    tcase_add_test(test_case, test_deflated_reader_failure_is_returned);
    return run_suite(suite);
}
