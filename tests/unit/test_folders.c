/* test_folders.c: which folder lies in which, through links, dots and folders that are not there yet. */
#include <check.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "folders.h"
#include "support/suite.h"

static char base[64];

static const char *at(const char *below)
{
    static char paths[4][256];
    static int next;
    next = (next + 1) % 4;
    (void)snprintf(paths[next], sizeof paths[next], "%s/%s", base, below);
    return paths[next];
}

static void make_folders(void)
{
    (void)snprintf(base, sizeof base, "/tmp/dcmchain-folders-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(base));
    ck_assert_int_eq(mkdir(at("in"), 0700), 0);
    ck_assert_int_eq(mkdir(at("in/deep"), 0700), 0);
    ck_assert_int_eq(mkdir(at("input"), 0700), 0);
    ck_assert_int_eq(symlink(at("in/deep"), at("link")), 0);
}

static void remove_folders(void)
{
    ck_assert_int_eq(unlink(at("link")), 0);
    ck_assert_int_eq(rmdir(at("in/deep")), 0);
    ck_assert_int_eq(rmdir(at("in")), 0);
    ck_assert_int_eq(rmdir(at("input")), 0);
    ck_assert_int_eq(rmdir(base), 0);
}

START_TEST(test_folders_inside_is_found)
{
    ck_assert(folder_is_inside(at("in"), at("in")));
    ck_assert(folder_is_inside(at("in/deep"), at("in")));
    ck_assert(folder_is_inside(at("link"), at("in")));
    ck_assert(folder_is_inside(at("in/./deep/../deep//"), at("in")));
    ck_assert(folder_is_inside(at("in/not/there/yet"), at("in")));
    ck_assert(folder_is_inside(at("link/new"), at("in")));
}
END_TEST

START_TEST(test_folders_outside_is_told)
{
    ck_assert(!folder_is_inside(at("input"), at("in"))); /* a name's beginning is no folder */
    ck_assert(!folder_is_inside(at("in"), at("in/deep")));
    ck_assert(!folder_is_inside(at("new"), at("in")));
    ck_assert(!folder_is_inside(at("in/../new"), at("in")));
    ck_assert(!folder_is_inside(at("in"), at("not-there")));
}
END_TEST

/* A quarantine in an output folder that this run makes would publish what it set aside. */
START_TEST(test_folders_below_one_that_is_not_there_yet)
{
    ck_assert(folder_is_inside(at("new"), at("new")));
    ck_assert(folder_is_inside(at("new/aside"), at("new/")));
    ck_assert(folder_is_inside(at("./new//aside"), at("in/../new")));
    ck_assert(folder_is_inside(at("link/new/aside/"), at("in/deep/new")));
    ck_assert(folder_is_inside(at("new/./aside/x"), at("new/aside")));
    ck_assert(folder_is_inside(at("NEW/aside"), at("new")));    /* one folder where case does not count */
    ck_assert(folder_is_inside(at("new/../other"), at("new"))); /* nobody knows yet where ".." leads */
    ck_assert(!folder_is_inside(at("newer"), at("new")));
    ck_assert(!folder_is_inside(at("new"), at("new/aside")));
    ck_assert(!folder_is_inside(at("in/new"), at("new")));
    ck_assert(!folder_is_inside(at("other"), at("new")));
    ck_assert(!folder_is_inside(at("in"), at("in/new")));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("folders");
    TCase *test_case = tcase_create("folders");
    tcase_add_checked_fixture(test_case, make_folders, remove_folders);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_folders_inside_is_found);
    tcase_add_test(test_case, test_folders_outside_is_told);
    tcase_add_test(test_case, test_folders_below_one_that_is_not_there_yet);
    return run_suite(suite);
}
