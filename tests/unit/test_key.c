/* test_key.c: key files that are taken and refused, and the HMAC against fixed values of another
 * implementation. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "key.h"
#include "support/suite.h"

#define DIGITS "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static char path[64];

static void make_file(void)
{
    (void)snprintf(path, sizeof path, "/tmp/dcmchain-key-XXXXXX");
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    close(fd);
}

static void remove_file(void)
{
    ck_assert_int_eq(unlink(path), 0);
}

static void write_file(const char *text, mode_t mode)
{
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
}

static struct key *open_good(const char *text)
{
    struct key *key = NULL;
    char *problem = NULL;
    write_file(text, 0600);
    ck_assert_int_eq(key_open_file(path, &key, &problem), DCMCHAIN_OK);
    ck_assert_ptr_null(problem);
    return key;
}

/* Computed with Python's hmac and hashlib over the same length-prefixed fields. */
START_TEST(test_key_hmac_equals_another_implementation)
{
    struct key *key = open_good(DIGITS "\n");
    uint8_t digest[32];
    char hex[65];
    key_hmac(key, "project", "domain", "value", 5, digest);
    digest_hex(digest, sizeof digest, hex);
    ck_assert_str_eq(hex, "b0aad5021df75e11f3ec3fdce9a92e02d2a2249080b63d07d089f1e1022c7705");
    key_hmac(key, "", "dcmchain key id", "", 0, digest);
    digest_hex(digest, 8, hex);
    ck_assert_str_eq(key_id(key), hex);
    ck_assert(key_is_lasting(key));
    key_free(key);
}
END_TEST

/* The prefixes keep fields apart: what moves from one to the next changes the value. */
START_TEST(test_key_hmac_fields_do_not_run_together)
{
    struct key *key = open_good(DIGITS);
    uint8_t one[32];
    uint8_t other[32];
    key_hmac(key, "ab", "c", "d", 1, one);
    key_hmac(key, "a", "bc", "d", 1, other);
    ck_assert_mem_ne(one, other, 32);
    key_hmac(key, "ab", "", "cd", 2, other);
    ck_assert_mem_ne(one, other, 32);
    key_free(key);
}
END_TEST

START_TEST(test_key_file_forms_give_one_key)
{
    struct key *lower = open_good(DIGITS);
    struct key *upper = open_good("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\r\n");
    ck_assert_str_eq(key_id(lower), key_id(upper));
    ck_assert_uint_eq(strlen(key_id(lower)), 16);
    key_free(lower);
    key_free(upper);
}
END_TEST

static const char *const bad[] = {
    "",
    "0001",
    (DIGITS "0"),
    (DIGITS " x"),
    "g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    (" " DIGITS),
    "0000000000000000000000000000000000000000000000000000000000000000",
};

START_TEST(test_key_file_content_is_refused_with_what_to_do)
{
    struct key *key = NULL;
    char *problem = NULL;
    write_file(bad[_i], 0600);
    ck_assert_int_eq(key_open_file(path, &key, &problem), DCMCHAIN_E_USAGE);
    ck_assert_ptr_nonnull(strstr(problem, "dcmchain key new --key-file FILE"));
    ck_assert_ptr_null(strstr(problem, "0102"));
    free(problem);
}
END_TEST

START_TEST(test_key_file_that_others_can_read_is_refused)
{
    struct key *key = NULL;
    char *problem = NULL;
    write_file(DIGITS, 0640);
    ck_assert_int_eq(key_open_file(path, &key, &problem), DCMCHAIN_E_USAGE);
    ck_assert_ptr_nonnull(strstr(problem, "chmod 600"));
    free(problem);
    problem = NULL;
    ck_assert_int_eq(key_open_file("/nonexistent/key", &key, &problem), DCMCHAIN_E_USAGE);
    free(problem);
    problem = NULL;
    ck_assert_int_eq(key_open_file("/dev/null", &key, &problem), DCMCHAIN_E_USAGE);
    free(problem);
}
END_TEST

START_TEST(test_key_random_ones_differ_and_do_not_last)
{
    struct key *one = NULL;
    struct key *other = NULL;
    ck_assert_int_eq(key_open_random(NULL, &one), DCMCHAIN_OK);
    ck_assert_int_eq(key_open_random(NULL, &other), DCMCHAIN_OK);
    ck_assert_str_ne(key_id(one), key_id(other));
    ck_assert(!key_is_lasting(one));
    key_free(one);
    key_free(other);
}
END_TEST

START_TEST(test_key_digest_in_pieces_is_sha256)
{
    struct digest *digest = NULL;
    uint8_t sha256[32];
    char hex[65];
    ck_assert_int_eq(digest_open(&digest), DCMCHAIN_OK);
    digest_add(digest, "a", 1);
    digest_add(digest, "bc", 2);
    digest_close(digest, sha256);
    digest_hex(sha256, sizeof sha256, hex);
    ck_assert_str_eq(hex,
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); /* FIPS 180-4 */
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("key");
    TCase *test_case = tcase_create("key");
    tcase_add_checked_fixture(test_case, make_file, remove_file);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_key_hmac_equals_another_implementation);
    tcase_add_test(test_case, test_key_hmac_fields_do_not_run_together);
    tcase_add_test(test_case, test_key_file_forms_give_one_key);
    tcase_add_loop_test(test_case, test_key_file_content_is_refused_with_what_to_do, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(test_case, test_key_file_that_others_can_read_is_refused);
    tcase_add_test(test_case, test_key_random_ones_differ_and_do_not_last);
    tcase_add_test(test_case, test_key_digest_in_pieces_is_sha256);
    return run_suite(suite);
}
