/* test_names.c: what a path may be, and which names count as one. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dcmchain/base.h"
#include "names.h"
#include "support/suite.h"

static const char *const good[] = {"a/b",         "1.2.3/anonymised-images/T1 SAG/00001.dcm",
                                   "a",           "\xC3\xA4/\xE6\x97\xA5\xE6\x9C\xAC",
                                   "...",         "a/.hidden",
                                   "a/task.json2"};
static const char *const bad[] = {
    "",         "/a",       "a/",       "a//b",          ".",           "a/./b",
    "..",       "a/../b",   "../a",     "a\n",           "a/\x7F",      "a/task.json",
    ".lock",    "a/.ERROR", "sent.txt", ".dcmchain-1/x", "a/.DCMCHAIN", "\xFF",
    "a/\xC3/b",
};

static struct names *names;

static void set_up(void)
{
    ck_assert_int_eq(names_open(&names), DCMCHAIN_OK);
}

static void tear_down(void)
{
    names_free(names);
}

START_TEST(test_names_check_accepts_paths)
{
    char problem[256] = "";
    ck_assert_int_eq(names_check_path(good[_i], problem, sizeof problem), DCMCHAIN_OK);
}
END_TEST

START_TEST(test_names_check_refuses_with_a_reason)
{
    char problem[256] = "";
    ck_assert_msg(names_check_path(bad[_i], problem, sizeof problem) == DCMCHAIN_E_INVALID, "%d", _i);
    ck_assert_uint_gt(strlen(problem), 5);
}
END_TEST

START_TEST(test_names_check_lengths)
{
    char problem[256] = "";
    char path[4096];
    memset(path, 'a', sizeof path);
    path[255] = '\0';
    ck_assert_int_eq(names_check_path(path, problem, sizeof problem), DCMCHAIN_OK);
    path[255] = 'a';
    path[256] = '\0';
    ck_assert_int_eq(names_check_path(path, problem, sizeof problem), DCMCHAIN_E_INVALID);
    for (size_t i = 0; i < 2049; i++) {
        path[i] = i % 2 == 0 ? 'a' : '/';
    }
    path[2047] = '\0';
    ck_assert_int_eq(names_check_path(path, problem, sizeof problem), DCMCHAIN_OK);
    path[2047] = '/';
    path[2049] = '\0';
    ck_assert_int_eq(names_check_path(path, problem, sizeof problem), DCMCHAIN_E_INVALID);
}
END_TEST

START_TEST(test_names_claimed_path_is_taken_in_any_case_and_composition)
{
    ck_assert_int_eq(names_claim_path(names, "study/Series/\xC3\xA4.dcm"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim_path(names, "study/Series/\xC3\xA4.dcm"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim_path(names, "study/Series/\xC3\x84.DCM"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim_path(names, "study/Series/a\xCC\x88.dcm"),
                     DCMCHAIN_E_TAKEN); /* a and a combining diaeresis */
    ck_assert_int_eq(names_claim_path(names, "study/Series/b.dcm"), DCMCHAIN_OK);
}
END_TEST

START_TEST(test_names_folder_spelt_otherwise_is_taken)
{
    ck_assert_int_eq(names_claim_path(names, "study/T1/a"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim_path(names, "study/T1/b"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim_path(names, "study/t1/c"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim_path(names, "STUDY/T1/c"), DCMCHAIN_E_TAKEN);
}
END_TEST

START_TEST(test_names_file_and_folder_do_not_share_a_name)
{
    ck_assert_int_eq(names_claim_path(names, "s/a"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim_path(names, "s/a/b"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim_path(names, "s/f/x"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim_path(names, "s/f"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim_path(names, "s/F"), DCMCHAIN_E_TAKEN);
}
END_TEST

/* A path that is refused leaves nothing behind. */
START_TEST(test_names_refused_path_claims_no_folder)
{
    ck_assert_int_eq(names_claim_path(names, "s/a"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim_path(names, "s/a/deep/b"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim_path(names, "s/A/deep"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim_path(names, "s/deep"), DCMCHAIN_OK);
}
END_TEST

START_TEST(test_names_claims_live_in_their_own_space)
{
    ck_assert_int_eq(names_claim_path(names, "T1"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim(names, "layout", "T1"), DCMCHAIN_OK);
    ck_assert_int_eq(names_claim(names, "layout", "t1"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(names_claim(names, "other", "T1"), DCMCHAIN_OK);
}
END_TEST

START_TEST(test_names_many_are_all_kept)
{
    char name[64];
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 20000; i++) {
            (void)snprintf(name, sizeof name, "s/series-%d/%05d.dcm", i % 7, i);
            ck_assert_int_eq(names_claim_path(names, name), round == 0 ? DCMCHAIN_OK : DCMCHAIN_E_TAKEN);
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("names");
    TCase *test_case = tcase_create("names");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    suite_add_tcase(suite, test_case);
    tcase_add_loop_test(test_case, test_names_check_accepts_paths, 0, (int)(sizeof good / sizeof good[0]));
    tcase_add_loop_test(test_case, test_names_check_refuses_with_a_reason, 0,
                        (int)(sizeof bad / sizeof bad[0]));
    tcase_add_test(test_case, test_names_check_lengths);
    tcase_add_test(test_case, test_names_claimed_path_is_taken_in_any_case_and_composition);
    tcase_add_test(test_case, test_names_folder_spelt_otherwise_is_taken);
    tcase_add_test(test_case, test_names_file_and_folder_do_not_share_a_name);
    tcase_add_test(test_case, test_names_refused_path_claims_no_folder);
    tcase_add_test(test_case, test_names_claims_live_in_their_own_space);
    tcase_add_test(test_case, test_names_many_are_all_kept);
    return run_suite(suite);
}
