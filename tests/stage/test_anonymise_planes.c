/* test_anonymise_planes.c: which bits of Pixel Data overlay planes are embedded in. What a run makes of it is
 * checked by e2e/test_pixel_bytes.sh. */
#include "anonymise_harness.h"
#include "pixel_planes.h"

#define BIG_ENDIAN_SYNTAX "1.2.840.10008.1.2.2"
#define OVERLAY(group, element) (0x60000000U + ((group) << 16) + (element))

static struct pixel_planes planes;

/* An image of so many bits, of which so many are stored below a high bit. */
static void image(const char *transfer_syntax, const char *allocated, const char *stored, const char *high)
{
    begin(transfer_syntax);
    put(root, 0x00280100U, DCMCHAIN_VR_US, allocated);
    put(root, 0x00280101U, DCMCHAIN_VR_US, stored);
    put(root, 0x00280102U, DCMCHAIN_VR_US, high);
}

static int find_in(uint32_t pixel_tag, uint16_t encapsulated)
{
    const struct dcmchain_pixel_info info = {.tag = pixel_tag, .encapsulated = encapsulated};
    return pixel_planes_find(dataset, &info, &planes);
}

static int find(void)
{
    return find_in(0x7FE00010U, 0);
}

START_TEST(test_planes_bits_beside_the_pixels_are_taken)
{
    image(EXPLICIT, "16", "12", "11");
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "12");
    put(root, OVERLAY(0x1E, 0x0102), DCMCHAIN_VR_US, "15");
    ck_assert_int_eq(find(), 0);
    ck_assert_uint_eq(planes.word_bytes, 2);
    ck_assert_uint_eq(planes.keep[0], 0xFF);
    ck_assert_uint_eq(planes.keep[1], 0x6F);

    image(BIG_ENDIAN_SYNTAX, "16", "12", "11");
    put(root, OVERLAY(2, 0x0102), DCMCHAIN_VR_US, "12");
    ck_assert_int_eq(find(), 0);
    ck_assert_uint_eq(planes.keep[0], 0xEF);
    ck_assert_uint_eq(planes.keep[1], 0xFF);

    image(IMPLICIT, "16", "12", "15"); /* below the pixels, the lowest bit among them */
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "0");
    put(root, OVERLAY(2, 0x0102), DCMCHAIN_VR_US, "3");
    ck_assert_int_eq(find(), 0);
    ck_assert_uint_eq(planes.keep[0], 0xF6);
    ck_assert_uint_eq(planes.keep[1], 0xFF);

    image(EXPLICIT, "8", "7", "6");
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "7");
    ck_assert_int_eq(find(), 0);
    ck_assert_uint_eq(planes.word_bytes, 1);
    ck_assert_uint_eq(planes.keep[0], 0x7F);
}
END_TEST

START_TEST(test_planes_that_are_not_embedded_change_nothing)
{
    static const uint8_t plane[] = {1, 2};

    image(EXPLICIT, "16", "12", "11");
    ck_assert_int_eq(find(), 0);
    ck_assert_uint_eq(planes.word_bytes, 0);
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "0"); /* what is written beside data of their own */
    put(root, OVERLAY(2, 0x0102), DCMCHAIN_VR_US, "16");
    put(root, OVERLAY(4, 0x0102), DCMCHAIN_VR_US, NULL);
    put(root, OVERLAY(6, 0x0102), DCMCHAIN_VR_US, "12");
    ck_assert_int_eq(
        dcmchain_element_set_bytes(put(root, OVERLAY(6, 0x3000), DCMCHAIN_VR_OW, NULL), plane, 2), 0);
    ck_assert_int_eq(find(), 0);
    ck_assert_uint_eq(planes.word_bytes, 0);
    put(root, OVERLAY(8, 0x0102), DCMCHAIN_VR_US, "12");
    ck_assert_int_eq(find_in(0, 0), 0); /* no pixels, or floating point ones */
    ck_assert_uint_eq(planes.word_bytes, 0);
    ck_assert_int_eq(find_in(0x7FE00008U, 0), 0);
    ck_assert_uint_eq(planes.word_bytes, 0);
}
END_TEST

START_TEST(test_planes_that_cannot_be_taken_out_fail)
{
    image(EXPLICIT, "16", "12", "11");
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "11"); /* of the pixels */
    ck_assert_int_eq(find(), DCMCHAIN_E_RANGE);

    image(EXPLICIT, "16", "12", "11");
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "12");
    ck_assert_int_eq(find_in(0x7FE00010U, 1), DCMCHAIN_E_RANGE); /* compressed */

    image(EXPLICIT, "12", "10", "9"); /* no word of whole bytes */
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "10");
    ck_assert_int_eq(find(), DCMCHAIN_E_RANGE);

    image(EXPLICIT, "64", "32", "31");
    put(root, OVERLAY(0, 0x0102), DCMCHAIN_VR_US, "40");
    ck_assert_int_eq(find(), DCMCHAIN_E_RANGE);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("anonymise_planes");
    TCase *tests = tcase_create("planes");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_planes_bits_beside_the_pixels_are_taken);
    tcase_add_test(tests, test_planes_that_are_not_embedded_change_nothing);
    tcase_add_test(tests, test_planes_that_cannot_be_taken_out_fail);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
