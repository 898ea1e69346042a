/* test_sink_sweep.c: what a sweep takes away, what it leaves, and which journals it walks back.
 * Runs that are killed are test_sink_kills.c's. */
#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "sink_parts.h"
#include "support/sink_world.h"
#include "support/suite.h"

static struct world world;

static void set_up(void)
{
    world_open(&world);
}

static void tear_down(void)
{
    world_close(&world);
}

/* ---- what is swept, what is not ---- */

/* A run that ends without closing its sink. */
static void die_after_staging(void)
{
    pid_t child = fork();
    if (child == 0) {
        world_sink(&world);
        (void)world_study(&world, "A/b/c", "A/d", NULL);
        _exit(0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}

START_TEST(test_sink_sweep_takes_away_what_a_dead_run_left)
{
    die_after_staging();
    die_after_staging(); /* sweeps the first */
    world_expect(&world, "STAGING\n");
    world_sweep(&world);
    world_expect(&world, "");
}
END_TEST

/* Another run may take its own away while this one looks. */
START_TEST(test_sink_list_of_a_folder_that_is_removed_meanwhile_ends_well)
{
    struct tree_listing listing;
    world_make(&world, "out/", "");
    const int fd = open(world.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(tree_list(fd, &listing), 0);
    ck_assert_int_eq(rmdir(world.out), 0);
    ck_assert_ptr_null(tree_list_next(&listing));
    ck_assert_int_eq(listing.error, 0);
    tree_list_close(&listing);
    (void)close(fd);
}
END_TEST

START_TEST(test_sink_sweep_of_no_folder_is_well_and_of_a_file_is_not)
{
    ck_assert_int_eq(sink_sweep("/nonexistent/dcmchain"), DCMCHAIN_OK);
    world_make(&world, "out", "a file");
    ck_assert_int_eq(sink_sweep(world.out), DCMCHAIN_E_IO);
}
END_TEST

START_TEST(test_sink_sweep_leaves_a_live_run_alone)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/b", NULL);
    pid_t child = fork();
    if (child == 0) {
        /* What fork() hands down is the same lock; a sweep opens its own. */
        world_sweep(&world);
        _exit(0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    world_sweep(&world);
    world_expect(&world, "STAGING\n");
    world_publish_well(study);
    world_expect(&world, "A/\nA/b\nSTAGING\n");
}
END_TEST

#define NAME ".dcmchain-0123456789abcdef"

START_TEST(test_sink_sweep_takes_a_folder_that_never_got_its_lock)
{
    world_make(&world, "out/" NAME "/", "");
    world_sweep(&world);
    world_expect(&world, "");
    world_make(&world, "out/" NAME "/lock", "");
    world_make(&world, "out/" NAME "/s0/A/b", "x");
    world_sweep(&world);
    world_expect(&world, "");
}
END_TEST

START_TEST(test_sink_sweep_leaves_what_is_not_ours)
{
    char link[128];
    static const char left[] = "out/.dcmchain-0123456789abcdeX/lock\0out/.dcmchain-0123456789abcde/lock\0"
                               "out/.dcmchain-0123456789abcdef0/lock\0out/.dcmchain/lock\0"
                               "out/" NAME "/without/a-lock\0out/.dcmchain-0000000000000000\0";
    for (const char *path = left; *path != '\0'; path += strlen(path) + 1) {
        world_make(&world, path, "kept");
    }
    world_make(&world, "out/.dcmchain-2222222222222222/lock/folder", "kept");
    world_make(&world, "elsewhere/lock", "");
    world_make(&world, "elsewhere/kept", "kept");
    (void)snprintf(link, sizeof link, "%s/.dcmchain-1111111111111111", world.out);
    ck_assert_int_eq(symlink("../elsewhere", link), 0);
    world_sweep(&world);
    for (const char *path = left; *path != '\0'; path += strlen(path) + 1) {
        world_expect_text(&world, path, "kept");
    }
    world_expect_text(&world, "out/.dcmchain-2222222222222222/lock/folder", "kept");
    world_expect_text(&world, "out/.dcmchain-1111111111111111/kept", "kept");
}
END_TEST

START_TEST(test_sink_sweep_leaves_the_folder_of_another_user)
{
    if (geteuid() != 0) {
        return; /* only root can make one */
    }
    char path[128];
    world_make(&world, "out/" NAME "/lock", "");
    (void)snprintf(path, sizeof path, "%s/" NAME, world.out);
    ck_assert_int_eq(chown(path, 65534, 65534), 0);
    world_sweep(&world);
    world_expect(&world, "STAGING\n");
}
END_TEST

START_TEST(test_sink_sweep_follows_no_link_out_of_a_staging_folder)
{
    char link[128];
    world_make(&world, "elsewhere/deep/kept", "kept");
    world_make(&world, "out/" NAME "/lock", "");
    (void)snprintf(link, sizeof link, "%s/" NAME "/s0", world.out);
    ck_assert_int_eq(symlink("../../elsewhere", link), 0);
    (void)snprintf(link, sizeof link, "%s/" NAME "/j0", world.out);
    ck_assert_int_eq(symlink("../../elsewhere/deep/kept", link), 0);
    /* A journal that is a link is none that we wrote: fail closed. */
    ck_assert_int_eq(sink_sweep(world.out), DCMCHAIN_E_IO);
    ck_assert_int_eq(unlink(link), 0);
    world_sweep(&world);
    world_expect(&world, "");
    world_expect_text(&world, "elsewhere/deep/kept", "kept");
}
END_TEST

/* Deeper than a process may have descriptors, wider at each level than one name. */
START_TEST(test_sink_sweep_takes_a_very_deep_tree_away)
{
    world_make(&world, "out/" NAME "/lock", "");
    world_make(&world, "out/" NAME "/c-1/c-0/x", "names of its own");
    int fd = open(world.out, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int at = openat(fd, NAME, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int i = 0; i < 3000; i++) {
        ck_assert_int_eq(mkdirat(at, "d", 0755), 0);
        ck_assert_int_eq(mkdirat(at, "e", 0755), 0);
        int next = openat(at, "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_ge(next, 0);
        (void)close(at);
        at = next;
    }
    (void)close(at);
    (void)close(fd);
    world_sweep(&world);
    world_expect(&world, "");
}
END_TEST

/* ---- journals ---- */

/* A dead run that had moved A and B of A, B, C, with a journal that ends as told. */
static void dead_journal(const char *head, const char *end)
{
    char journal[512];
    world_make(&world, "out/" NAME "/lock", "");
    world_make(&world, "out/" NAME "/s7/C/x", "C");
    world_make(&world, "out/A/x", "A");
    world_make(&world, "out/B/x", "B");
    (void)snprintf(journal, sizeof journal, "%sn %llu 0 A\nn %llu 0 B\nn %llu 0 C\n%s", head,
                   (unsigned long long)world_inode(&world, "A"), (unsigned long long)world_inode(&world, "B"),
                   (unsigned long long)world_inode(&world, NAME "/s7/C"), end);
    world_make(&world, "out/" NAME "/j7", journal);
}

START_TEST(test_sink_sweep_walks_a_whole_journal_back)
{
    dead_journal("dcmchain journal 1\n", "end\n");
    world_sweep(&world);
    world_expect(&world, "");
}
END_TEST

/* No step is taken before the journal is whole: what stands there is somebody else's. */
START_TEST(test_sink_sweep_ignores_a_journal_without_its_end)
{
    static const char *const heads[] = {"dcmchain journal 1\n",          "dcmchain journal 1\n",
                                        "dcmchain journal 2\n",          "",
                                        "dcmchain journal 1\nx 1 0 A\n", "dcmchain journal 1\nn 1 0 ../A\n"};
    static const char *const ends[] = {"", "en", "end\n", "end\n", "end\n", "end\n"};
    for (size_t i = 0; i < 6; i++) {
        dead_journal(heads[i], ends[i]);
        world_sweep(&world);
        world_expect(&world, "A/\nA/x\nB/\nB/x\n");
    }
}
END_TEST

START_TEST(test_sink_sweep_does_not_take_back_what_somebody_else_put_there)
{
    char path[160];
    char aside[160];
    dead_journal("dcmchain journal 1\n", "end\n");
    /* B was moved away by its reader, and a new B made, while the old inode lives. */
    (void)snprintf(path, sizeof path, "%s/B", world.out);
    (void)snprintf(aside, sizeof aside, "%s/aside", world.base);
    ck_assert_int_eq(rename(path, aside), 0);
    world_make(&world, "out/B/theirs", "kept");
    world_sweep(&world);
    world_expect(&world, "B/\nB/theirs\n");
}
END_TEST

/* An exchange is walked back only where both sides are what they were. */
START_TEST(test_sink_sweep_does_not_exchange_for_what_was_not_there_before)
{
    char journal[160];
    world_make(&world, "out/" NAME "/lock", "");
    world_make(&world, "out/" NAME "/s7/A/other", "x");
    world_make(&world, "out/A/new", "A");
    (void)snprintf(journal, sizeof journal, "dcmchain journal 1\ns %llu 1 A\nend\n",
                   (unsigned long long)world_inode(&world, "A"));
    world_make(&world, "out/" NAME "/j7", journal);
    world_sweep(&world);
    world_expect(&world, "A/\nA/new\n");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sink_sweep");
    TCase *test_case = tcase_create("sink_sweep");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 120);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_sink_sweep_takes_away_what_a_dead_run_left);
    tcase_add_test(test_case, test_sink_list_of_a_folder_that_is_removed_meanwhile_ends_well);
    tcase_add_test(test_case, test_sink_sweep_of_no_folder_is_well_and_of_a_file_is_not);
    tcase_add_test(test_case, test_sink_sweep_leaves_a_live_run_alone);
    tcase_add_test(test_case, test_sink_sweep_takes_a_folder_that_never_got_its_lock);
    tcase_add_test(test_case, test_sink_sweep_leaves_what_is_not_ours);
    tcase_add_test(test_case, test_sink_sweep_leaves_the_folder_of_another_user);
    tcase_add_test(test_case, test_sink_sweep_follows_no_link_out_of_a_staging_folder);
    tcase_add_test(test_case, test_sink_sweep_takes_a_very_deep_tree_away);
    tcase_add_test(test_case, test_sink_sweep_walks_a_whole_journal_back);
    tcase_add_test(test_case, test_sink_sweep_ignores_a_journal_without_its_end);
    tcase_add_test(test_case, test_sink_sweep_does_not_take_back_what_somebody_else_put_there);
    tcase_add_test(test_case, test_sink_sweep_does_not_exchange_for_what_was_not_there_before);
    return run_suite(suite);
}
