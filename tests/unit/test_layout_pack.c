/* test_layout_pack.c: a layout that was packed is the same again, whatever stands in it. */
#include <check.h>
#include <string.h>

#include "layout_pack.h"
#include "support/suite.h"

#define EVERY_NUMBER(DO)                                                                                     \
    DO(has_prefix)                                                                                           \
    DO(meta_offset)                                                                                          \
    DO(meta_length)                                                                                          \
    DO(dataset_offset)                                                                                       \
    DO(transfer_syntax_guessed)                                                                              \
    DO(explicit_vr)                                                                                          \
    DO(big_endian)                                                                                           \
    DO(deflated)                                                                                             \
    DO(encapsulated)                                                                                         \
    DO(header_offset)                                                                                        \
    DO(header_length)                                                                                        \
    DO(pixel_tag)                                                                                            \
    DO(pixel_vr)                                                                                             \
    DO(pixel_undefined)                                                                                      \
    DO(pixel_offset)                                                                                         \
    DO(pixel_value_offset)                                                                                   \
    DO(pixel_value_length)                                                                                   \
    DO(pixel_end)                                                                                            \
    DO(trailer_offset)                                                                                       \
    DO(trailer_length)                                                                                       \
    DO(padding_length)                                                                                       \
    DO(stray_length)                                                                                         \
    DO(end)                                                                                                  \
    DO(meta_elements)                                                                                        \
    DO(elements)                                                                                             \
    DO(depth)                                                                                                \
    DO(unsorted)

/* A member that is new belongs to the list above, and to that of layout_pack.c. */
START_TEST(test_layout_pack_members_are_those_that_are_listed)
{
    ck_assert_uint_eq(sizeof(struct walker_layout), 224);
}
END_TEST

/* Numbers about the places where one byte more is needed, and the largest. */
START_TEST(test_layout_pack_keeps_every_member)
{
    static const uint64_t numbers[] = {0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, 0xFFFFFFFF, 0x100000000, UINT64_MAX};
    struct walker_layout layout = {0};
    struct walker_layout again;
    char packed[LAYOUT_PACK_BYTES];
    unsigned kind = (unsigned)_i;
#define FILL(name)                                                                                           \
    layout.name = (__typeof__(layout.name))numbers[kind++ % (sizeof numbers / sizeof numbers[0])];
    EVERY_NUMBER(FILL)
    memset(layout.transfer_syntax, '1', _i % 2 == 0 ? sizeof layout.transfer_syntax - 1 : 0);
    ck_assert_uint_le(layout_pack(&layout, packed), sizeof packed);
    layout_unpack(packed, &again);
#define COMPARE(name) ck_assert_uint_eq(again.name, layout.name);
    EVERY_NUMBER(COMPARE)
    ck_assert_str_eq(again.transfer_syntax, layout.transfer_syntax);
}
END_TEST

START_TEST(test_layout_pack_of_an_ordinary_file_is_small)
{
    struct walker_layout layout = {.has_prefix = true,
                                   .meta_offset = 132,
                                   .meta_length = 192,
                                   .dataset_offset = 324,
                                   .transfer_syntax = "1.2.840.10008.1.2.1",
                                   .explicit_vr = true,
                                   .header_offset = 324,
                                   .header_length = 5420,
                                   .pixel_tag = 0x7FE00010,
                                   .pixel_vr = DCMCHAIN_VR_OW,
                                   .pixel_offset = 5744,
                                   .pixel_value_offset = 5756,
                                   .pixel_value_length = 524288,
                                   .pixel_end = 530044,
                                   .trailer_offset = 530044,
                                   .end = 530044,
                                   .meta_elements = 8,
                                   .elements = 245,
                                   .depth = 3};
    char packed[LAYOUT_PACK_BYTES];
    struct walker_layout again;
    ck_assert_uint_le(layout_pack(&layout, packed), 80);
    layout_unpack(packed, &again);
    ck_assert_uint_eq(again.pixel_value_length, 524288);
    ck_assert_uint_eq(again.pixel_tag, 0x7FE00010);
    ck_assert(again.explicit_vr && !again.deflated && !again.unsorted);
    ck_assert_str_eq(again.transfer_syntax, layout.transfer_syntax);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("layout_pack");
    TCase *test_case = tcase_create("layout_pack");
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_layout_pack_members_are_those_that_are_listed);
    tcase_add_loop_test(test_case, test_layout_pack_keeps_every_member, 0, 9);
    tcase_add_test(test_case, test_layout_pack_of_an_ordinary_file_is_small);
    return run_suite(suite);
}
