/* test_sink_publish.c: what publication does to OUT: all or nothing, never over somebody else's, in every
 * mode, with a rename that fails at each step. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "dcmchain/chain.h"
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

static void expect_problem(struct sink_study *study, int expected, const char *part)
{
    char *problem = world_publish(study, expected);
    ck_assert_msg(strstr(problem, part) != NULL, "%s", problem);
    free(problem);
}

static bool publish_skips(struct sink_study *study)
{
    bool skipped = false;
    char *problem = NULL;
    int result = sink_study_publish(study, &skipped, &problem);
    ck_assert_msg(result == DCMCHAIN_OK, "%s", problem == NULL ? "" : problem);
    return skipped;
}

static void link_in_out(const char *target, const char *name)
{
    char full[192];
    (void)mkdir(world.out, 0755);
    (void)snprintf(full, sizeof full, "%s/%s", world.out, name);
    ck_assert_int_eq(symlink(target, full), 0);
}

/* ---- one folder holds the study ---- */

START_TEST(test_sink_publish_shows_the_whole_study_and_nothing_else)
{
    world_sink(&world);
    struct sink_study *study =
        world_study(&world, "1.2/images/a b/00001.dcm", "1.2/images/a b/00002.dcm", "1.2/data.json", NULL);
    world_expect(&world, "STAGING\n");
    world_publish_well(study);
    world_expect(&world, "1.2/\n1.2/data.json\n1.2/images/\n1.2/images/a b/\n1.2/images/a b/00001.dcm\n"
                         "1.2/images/a b/00002.dcm\nSTAGING\n");
    world_expect_text(&world, "out/1.2/data.json", "1.2/data.json");
    world_end(&world);
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_publish_of_nothing_is_well)
{
    world_sink(&world);
    world_publish_well(world_study(&world, NULL));
    world_end(&world);
    world_expect(&world, "");
}
END_TEST

START_TEST(test_sink_publish_of_a_file_without_a_folder_moves_the_file)
{
    WORLD_RUN(&world, "one", "two", NULL);
    world_expect(&world, "one\ntwo\n");
}
END_TEST

START_TEST(test_sink_exists_tells_what_publish_would_meet)
{
    WORLD_RUN(&world, "A/x", NULL);
    link_in_out("nowhere", "B");
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    ck_assert_int_eq(sink_study_exists(study, "A"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(sink_study_exists(study, "B"), DCMCHAIN_E_TAKEN);
    ck_assert_int_eq(sink_study_exists(study, "C"), DCMCHAIN_OK);
    sink_study_discard(study);
}
END_TEST

/* ---- what is there already ---- */

START_TEST(test_sink_publish_existing_fail_leaves_what_is_there)
{
    WORLD_RUN(&world, "A/old", NULL);
    world_sink(&world);
    expect_problem(world_study(&world, "A/new", NULL), DCMCHAIN_E_TAKEN,
                   "'A' is in the output folder already");
    world_end(&world);
    world_expect(&world, "A/\nA/old\n");
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_publish_existing_skip_leaves_what_is_there)
{
    WORLD_RUN(&world, "A/old", NULL);
    world.options.existing = DCMCHAIN_EXISTING_SKIP;
    world_sink(&world);
    ck_assert(publish_skips(world_study(&world, "A/new", NULL)));
    ck_assert(!publish_skips(world_study(&world, "B/new", NULL)));
    world_end(&world);
    world_expect(&world, "A/\nA/old\nB/\nB/new\n");
}
END_TEST

START_TEST(test_sink_publish_existing_skip_of_a_part_is_no_skip)
{
    WORLD_RUN(&world, "B/old", NULL);
    world.options.existing = DCMCHAIN_EXISTING_SKIP;
    world_sink(&world);
    expect_problem(world_study(&world, "A/new", "B/new", NULL), DCMCHAIN_E_TAKEN,
                   "'B' is in the output folder already, but other parts");
    ck_assert(publish_skips(world_study(&world, "B/new", "B/other", NULL)));
    world_end(&world);
    world_expect(&world, "B/\nB/old\n");
}
END_TEST

START_TEST(test_sink_publish_existing_replace_exchanges_the_study)
{
    WORLD_RUN(&world, "A/old", "A/deep/er/old", NULL);
    uint64_t old = world_inode(&world, "A");
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    world_sink(&world);
    world_publish_well(world_study(&world, "A/new", "B/new", NULL));
    world_expect(&world, "A/\nA/new\nB/\nB/new\nSTAGING\n");
    ck_assert(world_inode(&world, "A") != old);
    world_end(&world);
    world_expect(&world, "A/\nA/new\nB/\nB/new\n");
    world_expect_fixed(&world);
}
END_TEST

/* As an ordinary user: nothing is refused to root. */
START_TEST(test_sink_publish_replace_takes_write_protected_folders_away)
{
    pid_t child = fork();
    if (child == 0) {
        char command[192];
        ck_assert(geteuid() != 0 || (chown(world.base, 65534, 65534) == 0 && setuid(65534) == 0));
        WORLD_RUN(&world, "A/b/c/d/e", "A/b/f", NULL);
        (void)snprintf(command, sizeof command, "find '%s/A/b' -depth -exec chmod a-wx {} +", world.out);
        ck_assert_int_eq(system(command), 0);
        world.options.existing = DCMCHAIN_EXISTING_REPLACE;
        WORLD_RUN(&world, "A/new", NULL);
        world_expect(&world, "A/\nA/new\n");
        _exit(0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

/* What is not a folder was not published by us: it is not taken away. */
START_TEST(test_sink_publish_replace_takes_no_file_or_link_for_a_study)
{
    world_make(&world, "elsewhere/kept", "kept");
    world_make(&world, "out/A", "a file");
    link_in_out("../elsewhere", "B");
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    world_sink(&world);
    expect_problem(world_study(&world, "A/new", NULL), DCMCHAIN_E_TAKEN, "is not what dcmchain publishes");
    expect_problem(world_study(&world, "B/new", NULL), DCMCHAIN_E_TAKEN, "is not what dcmchain publishes");
    world_end(&world);
    world_expect(&world, "A\nB@\n");
    world_expect_text(&world, "elsewhere/kept", "kept");
}
END_TEST

START_TEST(test_sink_publish_does_not_write_through_a_link_planted_in_out)
{
    world_make(&world, "elsewhere/", "");
    link_in_out("../elsewhere", "A");
    for (int flat = 0; flat < 2; flat++) {
        world.options.flat = flat != 0;
        world_sink(&world);
        expect_problem(world_study(&world, "A/x", NULL), DCMCHAIN_E_TAKEN, "'A' is in the output folder");
        world_end(&world);
    }
    world_expect(&world, "A@\n");
    char folder[128];
    (void)snprintf(folder, sizeof folder, "%s/elsewhere", world.base);
    ck_assert_int_eq(rmdir(folder), 0); /* it is empty */
}
END_TEST

/* ---- leave to publish ---- */

static int asked;
static int renames;

static int forbid(void *closure)
{
    asked++;
    ck_assert_ptr_eq(closure, &world);
    ck_assert_int_eq(renames, 0);
    return 0;
}

static int allow(void *closure)
{
    (void)closure;
    asked++;
    ck_assert_int_eq(renames, 0);
    return 1;
}

static int counted_rename(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    renames++;
    return renameat2(from_fd, from, to_fd, to, flags);
}

START_TEST(test_sink_publish_asks_once_before_the_first_rename)
{
    world.options.flat = _i == 1;
    world.options.may_publish = allow;
    world_sink_with(&world, counted_rename);
    struct sink_study *study = world_study(&world, "A/x", "B/y", "C/z", NULL);
    ck_assert_int_eq(asked, 0);
    renames = 0;
    world_publish_well(study);
    ck_assert_int_eq(asked, 1);
    ck_assert_int_ge(renames, 3);
}
END_TEST

START_TEST(test_sink_publish_that_is_forbidden_publishes_nothing)
{
    world.options.flat = _i == 1;
    world.options.may_publish = forbid;
    world.options.may_publish_closure = &world;
    world_sink_with(&world, counted_rename);
    struct sink_study *study = world_study(&world, "A/x", "B/y", NULL);
    renames = 0;
    expect_problem(study, DCMCHAIN_FAIL, "forbidden");
    ck_assert_int_eq(asked, 1);
    ck_assert_int_eq(renames, 0);
    world_expect(&world, "STAGING\n");
    world_end(&world);
    world_expect(&world, "");
}
END_TEST

/* ---- several at once: all or none ---- */

START_TEST(test_sink_publish_of_a_run_publishes_all_its_studies)
{
    WORLD_RUN(&world, "A/1", "A-b/1", "A/2/3", "B/1", NULL);
    world_expect(&world, "A-b/\nA-b/1\nA/\nA/1\nA/2/\nA/2/3\nB/\nB/1\n");
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_publish_of_a_run_takes_back_all_where_the_last_is_taken)
{
    WORLD_RUN(&world, "C/old", NULL);
    world_sink(&world);
    expect_problem(world_study(&world, "A/x", "B/y", "C/z", NULL), DCMCHAIN_E_TAKEN, "'C'");
    world_end(&world);
    world_expect(&world, "C/\nC/old\n");
}
END_TEST

static int fail_at; /* the rename that fails; 0: none */
static int fail_error;
static bool fail_lasts;

static int failing_rename(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    renames++;
    if (fail_at != 0 && (renames == fail_at || (fail_lasts && renames > fail_at))) {
        errno = fail_error;
        return -1;
    }
    return renameat2(from_fd, from, to_fd, to, flags);
}

/* Somebody else's name appears between the plan and the rename. */
static int raced_rename(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    if (strcmp(to, "C") == 0 && (flags & RENAME_NOREPLACE) != 0) {
        (void)mkdirat(to_fd, to, 0755);
    }
    return renameat2(from_fd, from, to_fd, to, flags);
}

START_TEST(test_sink_publish_of_a_run_that_is_raced_for_a_name_is_taken_back)
{
    world_sink_with(&world, raced_rename);
    expect_problem(world_study(&world, "A/x", "B/y", "C/z", NULL), DCMCHAIN_E_TAKEN, "'C'");
    world_end(&world);
    world_expect(&world, "C/\n");
}
END_TEST

static struct sink_study *third_fails(int at, bool lasts)
{
    fail_at = 0;
    world_sink_with(&world, failing_rename);
    struct sink_study *study = world_study(&world, "A/new", "B/new", "C/sub/new", "D/new", NULL);
    renames = 0;
    fail_error = EIO;
    fail_lasts = lasts;
    fail_at = at;
    return study;
}

/* A and C are there already in the replacing modes; every rename fails once. */
START_TEST(test_sink_publish_is_taken_back_from_every_step)
{
    static const char before[] = "A/\nA/new\nC/\nC/old\n";
    world.options.flat = _i == 1;
    WORLD_RUN(&world, "A/new", "C/old", NULL);
    uint64_t old = world_inode(&world, "A/new");
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    int at = 1;
    for (;; at++) {
        struct sink_study *study = third_fails(at, false);
        bool skipped = false;
        char *problem = NULL;
        int result = sink_study_publish(study, &skipped, &problem);
        if (result == DCMCHAIN_OK) {
            break;
        }
        ck_assert_int_eq(result, DCMCHAIN_E_IO);
        ck_assert_ptr_nonnull(strstr(problem, "Input/output error"));
        free(problem);
        fail_at = 0;
        world_end(&world);
        world_expect(&world, before);
        ck_assert(world_inode(&world, "A/new") == old);
        world_expect_fixed(&world);
    }
    ck_assert_int_eq(at, _i == 1 ? 4 + 3 + 1 : 4 + 1); /* flat makes B, C/sub, D */
    fail_at = 0;
    world_end(&world);
    world_expect(&world, _i == 1 ? "A/\nA/new\nB/\nB/new\nC/\nC/old\nC/sub/\nC/sub/new\nD/\nD/new\n"
                                 : "A/\nA/new\nB/\nB/new\nC/\nC/sub/\nC/sub/new\nD/\nD/new\n");
    world_expect_fixed(&world);
}
END_TEST

/* When not even the way back works, the journal stays, and the next run walks it. */
START_TEST(test_sink_publish_that_cannot_be_taken_back_is_left_to_the_next_run)
{
    world.options.flat = _i == 1;
    WORLD_RUN(&world, "A/new", "C/old", NULL);
    uint64_t old = world_inode(&world, "A/new");
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    expect_problem(third_fails(3, true), DCMCHAIN_E_IO, "could not be taken back");
    world_end(&world);
    char *tree = world_tree(&world);
    ck_assert_ptr_nonnull(strstr(tree, "STAGING\n"));
    free(tree);
    ck_assert(world_inode(&world, "A/new") != old);
    /* Still not: a run that opens now says so, rather than work beside half a study. */
    struct sink *sink = NULL;
    char *problem = NULL;
    renames = 0;
    fail_at = 1;
    ck_assert_int_eq(sink_open_with(&world.options, failing_rename, &sink, &problem), DCMCHAIN_E_IO);
    ck_assert_ptr_nonnull(strstr(problem, "half done"));
    free(problem);
    fail_at = 0;
    world_sink(&world);
    world_end(&world);
    world_expect(&world, "A/\nA/new\nC/\nC/old\n");
    ck_assert(world_inode(&world, "A/new") == old);
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_publish_rename_problems_say_what_to_do)
{
    const int errors[] = {EINVAL, EXDEV, EACCES};
    const char *const parts[] = {"renameat2", "'A' in the output folder is a mount point",
                                 "publishing 'A': Permission denied"};
    for (size_t i = 0; i < 3; i++) {
        fail_at = 0;
        world_sink_with(&world, failing_rename);
        struct sink_study *study = world_study(&world, "A/x", NULL);
        renames = 0;
        fail_lasts = false;
        fail_at = 1;
        fail_error = errors[i];
        expect_problem(study, DCMCHAIN_E_IO, parts[i]);
        world_end(&world);
        world_expect(&world, "");
    }
}
END_TEST

/* ---- flat ---- */

START_TEST(test_sink_publish_flat_adds_to_folders_that_are_there)
{
    world.options.flat = true;
    WORLD_RUN(&world, "a/1", "top", NULL);
    WORLD_RUN(&world, "a/2", "a/b/3", "other", NULL);
    world_expect(&world, "a/\na/1\na/2\na/b/\na/b/3\nother\ntop\n");
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_publish_flat_never_replaces_a_file_unasked)
{
    world.options.flat = true;
    WORLD_RUN(&world, "a/1", NULL);
    world_sink(&world);
    expect_problem(world_study(&world, "a/0", "a/1", "b/2", NULL), DCMCHAIN_E_TAKEN, "'a/1'");
    world_end(&world);
    world_expect(&world, "a/\na/1\n");
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_publish_flat_keeps_files_and_folders_apart)
{
    world.options.flat = true;
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    world_make(&world, "out/a", "a file");
    world_make(&world, "out/b/kept", "kept");
    world_sink(&world);
    expect_problem(world_study(&world, "a/1", NULL), DCMCHAIN_E_TAKEN, "'a' is in the output folder already");
    expect_problem(world_study(&world, "b", NULL), DCMCHAIN_E_TAKEN, "'b' is in the output folder already");
    world_end(&world);
    world_expect(&world, "a\nb/\nb/kept\n");
}
END_TEST

START_TEST(test_sink_publish_flat_replaces_file_by_file)
{
    world.options.flat = true;
    WORLD_RUN(&world, "a/1", "a/2", NULL);
    uint64_t kept = world_inode(&world, "a/2");
    uint64_t old = world_inode(&world, "a/1");
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    WORLD_RUN(&world, "a/1", "a/3", NULL);
    world_expect(&world, "a/\na/1\na/2\na/3\n");
    ck_assert(world_inode(&world, "a/2") == kept && world_inode(&world, "a/1") != old);
    world_expect_fixed(&world);
}
END_TEST

/* The time of a folder that is not ours is nobody's business of ours. */
START_TEST(test_sink_publish_flat_sets_no_time_on_a_folder_of_somebody_else)
{
    struct stat status;
    char folder[128];
    world_make(&world, "out/theirs/", "");
    world.options.flat = true;
    WORLD_RUN(&world, "theirs/1", NULL);
    (void)snprintf(folder, sizeof folder, "%s/theirs", world.out);
    ck_assert_int_eq(stat(folder, &status), 0);
    ck_assert(status.st_mtim.tv_sec != SINK_MTIME_S);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sink_publish");
    TCase *test_case = tcase_create("sink_publish");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 120);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_sink_publish_shows_the_whole_study_and_nothing_else);
    tcase_add_test(test_case, test_sink_publish_of_nothing_is_well);
    tcase_add_test(test_case, test_sink_publish_of_a_file_without_a_folder_moves_the_file);
    tcase_add_test(test_case, test_sink_exists_tells_what_publish_would_meet);
    tcase_add_test(test_case, test_sink_publish_existing_fail_leaves_what_is_there);
    tcase_add_test(test_case, test_sink_publish_existing_skip_leaves_what_is_there);
    tcase_add_test(test_case, test_sink_publish_existing_skip_of_a_part_is_no_skip);
    tcase_add_test(test_case, test_sink_publish_existing_replace_exchanges_the_study);
    tcase_add_test(test_case, test_sink_publish_replace_takes_write_protected_folders_away);
    tcase_add_test(test_case, test_sink_publish_replace_takes_no_file_or_link_for_a_study);
    tcase_add_test(test_case, test_sink_publish_does_not_write_through_a_link_planted_in_out);
    tcase_add_loop_test(test_case, test_sink_publish_asks_once_before_the_first_rename, 0, 2);
    tcase_add_loop_test(test_case, test_sink_publish_that_is_forbidden_publishes_nothing, 0, 2);
    tcase_add_test(test_case, test_sink_publish_of_a_run_publishes_all_its_studies);
    tcase_add_test(test_case, test_sink_publish_of_a_run_takes_back_all_where_the_last_is_taken);
    tcase_add_test(test_case, test_sink_publish_of_a_run_that_is_raced_for_a_name_is_taken_back);
    tcase_add_loop_test(test_case, test_sink_publish_is_taken_back_from_every_step, 0, 2);
    tcase_add_loop_test(test_case, test_sink_publish_that_cannot_be_taken_back_is_left_to_the_next_run, 0, 2);
    tcase_add_test(test_case, test_sink_publish_rename_problems_say_what_to_do);
    tcase_add_test(test_case, test_sink_publish_flat_adds_to_folders_that_are_there);
    tcase_add_test(test_case, test_sink_publish_flat_never_replaces_a_file_unasked);
    tcase_add_test(test_case, test_sink_publish_flat_keeps_files_and_folders_apart);
    tcase_add_test(test_case, test_sink_publish_flat_replaces_file_by_file);
    tcase_add_test(test_case, test_sink_publish_flat_sets_no_time_on_a_folder_of_somebody_else);
    return run_suite(suite);
}
