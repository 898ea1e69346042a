/* test_seal.c: values that are sealed open again, under their key and purpose alone, and not when a bit of
 * them changed; persistence folders: one key, and logs that are only appended to. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "persistence.h"
#include "seal.h"
#include "support/suite.h"

static struct key *one;
static struct key *other;
static char folder[64];

static void set_up(void)
{
    (void)snprintf(folder, sizeof folder, "/tmp/dcmchain-seal-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    ck_assert_int_eq(key_open_random(NULL, &one), DCMCHAIN_OK);
    ck_assert_int_eq(key_open_random(NULL, &other), DCMCHAIN_OK);
}

static void tear_down(void)
{
    char command[128];
    key_free(one);
    key_free(other);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0); /* NOLINT(cert-env33-c) */
}

START_TEST(test_seal_opens_under_any_key_of_the_ring)
{
    struct key *ring[] = {other, one};
    uint8_t *sealed = NULL;
    char *opened = NULL;
    size_t length = 0;
    ck_assert_int_eq(seal_bytes(one, "test", "value", 5, &sealed, &length), DCMCHAIN_OK);
    ck_assert_uint_eq(length, 5 + SEAL_EXTRA_BYTES);
    ck_assert_ptr_null(memmem(sealed, length, "value", 5));
    ck_assert_int_eq(seal_open(ring, 2, "test", sealed, length, &opened, &length), DCMCHAIN_OK);
    ck_assert_str_eq(opened, "value");
    free(opened);
    free(sealed);
}
END_TEST

START_TEST(test_seal_of_nothing_opens)
{
    uint8_t *sealed = NULL;
    char *opened = NULL;
    size_t length = 0;
    ck_assert_int_eq(seal_bytes(one, "test", "", 0, &sealed, &length), DCMCHAIN_OK);
    ck_assert_int_eq(seal_open(&one, 1, "test", sealed, length, &opened, &length), DCMCHAIN_OK);
    ck_assert_uint_eq(length, 0);
    free(opened);
    free(sealed);
}
END_TEST

START_TEST(test_seal_never_gives_the_same_bytes_twice)
{
    uint8_t *first = NULL;
    uint8_t *second = NULL;
    size_t length = 0;
    ck_assert_int_eq(seal_bytes(one, "test", "value", 5, &first, &length), DCMCHAIN_OK);
    ck_assert_int_eq(seal_bytes(one, "test", "value", 5, &second, &length), DCMCHAIN_OK);
    ck_assert_mem_ne(first, second, length);
    free(first);
    free(second);
}
END_TEST

START_TEST(test_seal_refuses_other_key_other_purpose_and_any_changed_bit)
{
    uint8_t *sealed = NULL;
    char *opened = NULL;
    size_t length = 0;
    size_t ignored = 0;
    ck_assert_int_eq(seal_bytes(one, "test", "value", 5, &sealed, &length), DCMCHAIN_OK);
    ck_assert_int_eq(seal_open(&other, 1, "test", sealed, length, &opened, &ignored), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(seal_open(&one, 1, "else", sealed, length, &opened, &ignored), DCMCHAIN_E_INVALID);
    for (size_t i = 0; i < length * 8; i++) {
        sealed[i / 8] ^= (uint8_t)(1U << (i % 8));
        ck_assert_int_ne(seal_open(&one, 1, "test", sealed, length, &opened, &ignored), DCMCHAIN_OK);
        sealed[i / 8] ^= (uint8_t)(1U << (i % 8));
    }
    for (size_t i = 0; i < length; i++) {
        ck_assert_int_ne(seal_open(&one, 1, "test", sealed, i, &opened, &ignored), DCMCHAIN_OK);
    }
    ck_assert_ptr_null(opened);
    free(sealed);
}
END_TEST

static struct persistence *open_persistence(void)
{
    struct persistence *persistence = NULL;
    char *problem = NULL;
    ck_assert_int_eq(persistence_open(folder, true, &persistence, &problem), DCMCHAIN_OK);
    return persistence;
}

START_TEST(test_persistence_makes_one_key_and_keeps_it)
{
    struct persistence *persistence = open_persistence();
    struct key *first = NULL;
    struct key *second = NULL;
    char *problem = NULL;
    ck_assert_int_eq(persistence_key(persistence, false, &first, &problem), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(persistence_key(persistence, true, &first, &problem), DCMCHAIN_OK);
    ck_assert_int_eq(persistence_key(persistence, true, &second, &problem), DCMCHAIN_OK);
    ck_assert_str_eq(key_id(first), key_id(second));
    ck_assert(key_is_lasting(first));
    key_free(first);
    key_free(second);
    persistence_close(persistence);
}
END_TEST

START_TEST(test_persistence_rotation_keeps_the_old_key_in_the_ring)
{
    struct persistence *persistence = open_persistence();
    struct keyring ring = {0};
    struct key *key = NULL;
    char *problem = NULL;
    char old_id[17];
    char new_id[17];
    ck_assert_int_eq(persistence_key(persistence, true, &key, &problem), DCMCHAIN_OK);
    key_free(key);
    ck_assert_int_eq(persistence_rotate(persistence, old_id, new_id, &problem), DCMCHAIN_OK);
    ck_assert_str_ne(old_id, new_id);
    ck_assert_int_eq(persistence_key(persistence, false, &key, &problem), DCMCHAIN_OK);
    ck_assert_int_eq(keyring_open(key, persistence, &ring, &problem), DCMCHAIN_OK);
    ck_assert_uint_eq(ring.count, 2);
    ck_assert_str_eq(key_id(ring.keys[0]), new_id);
    ck_assert_str_eq(key_id(ring.keys[1]), old_id);
    keyring_free(&ring);
    persistence_close(persistence);
}
END_TEST

START_TEST(test_persistence_append_begins_a_line_of_its_own_after_half_a_line)
{
    struct persistence *persistence = open_persistence();
    char path[128];
    char text[64] = "";
    (void)snprintf(path, sizeof path, "%s/log", persistence_path(persistence));
    ck_assert_int_eq(persistence_append(persistence, "log", "first"), DCMCHAIN_OK);
    FILE *file = fopen(path, "a");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs("hal", file), 0); /* a run was killed here */
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(persistence_append(persistence, "log", "second"), DCMCHAIN_OK);
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_gt(fread(text, 1, sizeof text - 1, file), 0);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_str_eq(text, "first\nhal\nsecond\n");
    persistence_close(persistence);
}
END_TEST

START_TEST(test_persistence_refuses_links_and_folders_that_are_open_to_others)
{
    struct persistence *persistence = open_persistence();
    char path[128];
    char *problem = NULL;
    (void)snprintf(path, sizeof path, "%s", persistence_path(persistence));
    persistence_close(persistence);
    ck_assert_int_eq(chmod(path, 0750), 0);
    ck_assert_int_eq(persistence_open(folder, true, &persistence, &problem), DCMCHAIN_E_USAGE);
    ck_assert_ptr_nonnull(strstr(problem, "chmod 700"));
    free(problem);
    problem = NULL;
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(symlink("/tmp", path), 0);
    ck_assert_int_eq(persistence_open(folder, true, &persistence, &problem), DCMCHAIN_E_USAGE);
    free(problem);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("seal");
    TCase *tests = tcase_create("seal");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_seal_opens_under_any_key_of_the_ring);
    tcase_add_test(tests, test_seal_of_nothing_opens);
    tcase_add_test(tests, test_seal_never_gives_the_same_bytes_twice);
    tcase_add_test(tests, test_seal_refuses_other_key_other_purpose_and_any_changed_bit);
    tcase_add_test(tests, test_persistence_makes_one_key_and_keeps_it);
    tcase_add_test(tests, test_persistence_rotation_keeps_the_old_key_in_the_ring);
    tcase_add_test(tests, test_persistence_append_begins_a_line_of_its_own_after_half_a_line);
    tcase_add_test(tests, test_persistence_refuses_links_and_folders_that_are_open_to_others);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
