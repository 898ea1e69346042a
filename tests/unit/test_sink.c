/* test_sink.c: opening and closing the sink, its staging folder, and the sink of a dry run. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
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

static char *refused(int (*rename)(int, const char *, int, const char *, unsigned))
{
    struct sink *sink = NULL;
    char *problem = NULL;
    int result = rename == NULL ? sink_open(&world.options, &sink, &problem)
                                : sink_open_with(&world.options, rename, &sink, &problem);
    ck_assert_int_ne(result, DCMCHAIN_OK);
    ck_assert_ptr_null(sink);
    ck_assert_ptr_nonnull(problem);
    return problem;
}

static void expect_refused(const char *part)
{
    char *problem = refused(NULL);
    ck_assert_msg(strstr(problem, part) != NULL, "%s", problem);
    ck_assert_ptr_null(strstr(problem, world.base));
    free(problem);
}

/* ---- opening ---- */

START_TEST(test_sink_open_makes_the_output_folder_whatever_the_umask)
{
    struct stat status;
    (void)umask(0077);
    world_sink(&world);
    ck_assert_int_eq(stat(world.out, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0755);
    world_expect(&world, "STAGING\n");
    world_end(&world);
    world_expect(&world, "");
}
END_TEST

START_TEST(test_sink_open_staging_is_for_its_owner_alone)
{
    struct stat status;
    (void)umask(0);
    world_sink(&world);
    ck_assert_int_eq(fstat(world.sink->staging_fd, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0700);
    ck_assert_int_eq(fstat(world.sink->lock_fd, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0600);
    ck_assert_int_eq(strncmp(world.sink->staging, ".dcmchain-", 10), 0);
}
END_TEST

START_TEST(test_sink_open_keeps_the_mode_and_content_of_an_output_folder)
{
    struct stat status;
    world_make(&world, "out/kept", "x");
    ck_assert_int_eq(chmod(world.out, 0750), 0);
    world_sink(&world);
    world_end(&world);
    ck_assert_int_eq(stat(world.out, &status), 0);
    ck_assert_uint_eq(status.st_mode & 07777, 0750);
    world_expect(&world, "kept\n");
}
END_TEST

START_TEST(test_sink_open_without_a_parent_is_refused)
{
    char deep[128];
    (void)snprintf(deep, sizeof deep, "%s/no/out", world.base);
    world.options.output_folder = deep;
    expect_refused("No such file");
    world.options.dry_run = true;
    expect_refused("No such file");
    ck_assert_int_ne(access(world.out, F_OK), 0);
}
END_TEST

START_TEST(test_sink_open_on_a_file_is_refused)
{
    world_make(&world, "out", "a file");
    expect_refused("Not a directory");
    world.options.dry_run = true;
    expect_refused("Not a directory");
    world_expect_text(&world, "out", "a file");
}
END_TEST

START_TEST(test_sink_open_without_an_output_folder_is_refused)
{
    world.options.output_folder = NULL;
    expect_refused("none was given");
    world.options.output_folder = "";
    expect_refused("none was given");
}
END_TEST

START_TEST(test_sink_open_follows_a_link_that_is_the_output_folder_itself)
{
    char link[128];
    world_make(&world, "out/", "");
    (void)snprintf(link, sizeof link, "%s/link", world.base);
    ck_assert_int_eq(symlink("out", link), 0);
    world.options.output_folder = link;
    WORLD_RUN(&world, "A/b", NULL);
    world_expect(&world, "A/\nA/b\n");
}
END_TEST

START_TEST(test_sink_identity_is_that_of_the_output_folder)
{
    struct stat status;
    dev_t device = 0;
    ino_t inode = 0;
    world_sink(&world);
    sink_identity(world.sink, &device, &inode);
    ck_assert_int_eq(stat(world.out, &status), 0);
    ck_assert(device == status.st_dev && inode == status.st_ino);
}
END_TEST

/* A folder that an ordinary user cannot write to; root is made one. */
START_TEST(test_sink_open_on_a_folder_that_cannot_be_written_is_refused)
{
    world_make(&world, "out/", "");
    ck_assert_int_eq(chmod(world.out, 0555), 0);
    ck_assert_int_eq(chmod(world.base, 0755), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct sink *sink = NULL;
        char *problem = NULL;
        if (geteuid() == 0 && setuid(65534) != 0) {
            _exit(2);
        }
        int result = sink_open(&world.options, &sink, &problem);
        _exit(result == DCMCHAIN_E_IO && strstr(problem, "cannot be written") != NULL ? 0 : 1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    world_expect(&world, "");
}
END_TEST

START_TEST(test_sink_discard_and_close_remove_what_was_not_published)
{
    char left[160];
    struct stat status;
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/b/c", "A/d", NULL);
    ck_assert_int_eq(fstatat(world.sink->staging_fd, study->tree, &status, 0), 0);
    sink_study_discard(study);
    ck_assert_int_ne(fstatat(world.sink->staging_fd, "s0", &status, 0), 0);
    (void)snprintf(left, sizeof left, "out/%s/left/over", world.sink->staging);
    world_make(&world, left, "x");
    world_end(&world);
    world_expect(&world, "");
}
END_TEST

START_TEST(test_sink_close_and_discard_of_nothing_are_fine)
{
    sink_close(NULL);
    sink_study_discard(NULL);
}
END_TEST

/* ---- a file system that cannot ---- */

static int cannot_error;

static int cannot_rename(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    (void)from_fd, (void)from, (void)to_fd, (void)to, (void)flags;
    errno = cannot_error;
    return -1;
}

static int cannot_exchange(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    if ((flags & RENAME_EXCHANGE) != 0) {
        errno = EINVAL;
        return -1;
    }
    return renameat2(from_fd, from, to_fd, to, flags);
}

START_TEST(test_sink_open_where_rename_always_replaces_is_refused_with_what_to_do)
{
    const int errors[] = {EINVAL, ENOSYS, EOPNOTSUPP};
    for (size_t i = 0; i < 3; i++) {
        cannot_error = errors[i];
        char *problem = refused(cannot_rename);
        ck_assert_ptr_nonnull(strstr(problem, "rename without replacing"));
        ck_assert_ptr_nonnull(strstr(problem, "ext4"));
        free(problem);
        world_expect(&world, "");
    }
}
END_TEST

START_TEST(test_sink_open_where_exchange_is_lacking_is_refused_for_replace_alone)
{
    world_sink_with(&world, cannot_exchange);
    world_end(&world);
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    char *problem = refused(cannot_exchange);
    ck_assert_ptr_nonnull(strstr(problem, "exchange"));
    free(problem);
    world_expect(&world, "");
}
END_TEST

/* ---- the dry run ---- */

static struct timespec changed(const char *path)
{
    struct stat status;
    ck_assert_int_eq(stat(path, &status), 0);
    return status.st_ctim;
}

static void dry_study(struct world *dry)
{
    char *problem = NULL;
    struct sink_file *file = NULL;
    dry->options.dry_run = true;
    world_sink(dry);
    struct sink_study *study = world_study(dry, "A/b/c", "A/d", NULL);
    ck_assert_int_eq(sink_file_create(study, "A/gone", &file, &problem), DCMCHAIN_OK);
    ck_assert_int_eq(sink_file_finish(file, false), DCMCHAIN_OK);
    world_publish_well(study);
    world_end(dry);
}

START_TEST(test_sink_dry_run_creates_nothing_where_out_is_not_there)
{
    struct timespec before = changed(world.base);
    dry_study(&world);
    struct timespec after = changed(world.base);
    ck_assert(before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec);
    ck_assert_int_ne(access(world.out, F_OK), 0);
    world.options.output_folder = NULL;
    dry_study(&world);
}
END_TEST

START_TEST(test_sink_dry_run_touches_nothing_in_out_and_sweeps_nothing)
{
    world_make(&world, "out/.dcmchain-0123456789abcdef/", "");
    struct timespec before = changed(world.out);
    dry_study(&world);
    struct timespec after = changed(world.out);
    ck_assert(before.tv_sec == after.tv_sec && before.tv_nsec == after.tv_nsec);
    world_expect(&world, "STAGING\n");
}
END_TEST

START_TEST(test_sink_dry_run_works_where_nothing_can_be_written)
{
    world_make(&world, "out/A/x", "");
    ck_assert_int_eq(chmod(world.out, 0555), 0);
    ck_assert_int_eq(chmod(world.base, 0555), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (geteuid() == 0 && setuid(65534) != 0) {
            _exit(2);
        }
        world.options.dry_run = true;
        world_sink(&world);
        struct sink_study *study = world_study(&world, "B/c", NULL);
        bool well =
            sink_study_exists(study, "A") == DCMCHAIN_E_TAKEN && sink_study_exists(study, "B") == DCMCHAIN_OK;
        world_publish_well(study);
        world_end(&world);
        _exit(well ? 0 : 1);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_sink_dry_run_splice_tells_of_a_source_that_ends_early)
{
    char *problem = NULL;
    struct sink_file *file = NULL;
    world_make(&world, "source", "0123456789");
    char path[128];
    (void)snprintf(path, sizeof path, "%s/source", world.base);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    world.options.dry_run = true;
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    ck_assert_int_eq(sink_file_create(study, "A/b", &file, &problem), DCMCHAIN_OK);
    ck_assert_int_eq(sink_file_splice(file, fd, 4, 6), DCMCHAIN_OK);
    ck_assert_int_eq(sink_file_splice(file, fd, 4, 7), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(sink_file_splice(file, fd, 11, 0), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(sink_file_finish(file, false), DCMCHAIN_OK);
    sink_study_discard(study);
    (void)close(fd);
}
END_TEST

/* The same files over the same OUT, in a real and a dry run: the same answers, word for word. */
START_TEST(test_sink_dry_run_answers_as_a_real_one)
{
    static const char *const files[][3] = {
        {"A/x", "B/y", NULL}, {"B/y", NULL}, {"A/x", NULL}, {"link/z", NULL}};
    for (uint32_t existing = 0; existing < 3; existing++) {
        for (int flat = 0; flat < 2; flat++) {
            for (size_t i = 0; i < 4; i++) {
                int results[2];
                bool skips[2] = {false, false};
                char *problems[2] = {NULL, NULL};
                for (int dry = 1; dry >= 0; dry--) {
                    world_make(&world, "out/A/x", "old");
                    char link[128];
                    (void)snprintf(link, sizeof link, "%s/link", world.out);
                    ck_assert(symlink("A", link) == 0 || errno == EEXIST);
                    world.options.existing = existing;
                    world.options.flat = flat != 0;
                    world.options.dry_run = dry != 0;
                    world_sink(&world);
                    struct sink_study *study = world_study(&world, files[i][0], files[i][1], NULL);
                    results[dry] = sink_study_publish(study, &skips[dry], &problems[dry]);
                    world_end(&world);
                }
                ck_assert_int_eq(results[0], results[1]);
                ck_assert(skips[0] == skips[1]);
                ck_assert_pstr_eq(problems[0], problems[1]);
                free(problems[0]);
                free(problems[1]);
                char command[128];
                (void)snprintf(command, sizeof command, "rm -rf '%s'", world.out);
                ck_assert_int_eq(system(command), 0);
            }
        }
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sink");
    TCase *test_case = tcase_create("sink");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 60);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_sink_open_makes_the_output_folder_whatever_the_umask);
    tcase_add_test(test_case, test_sink_open_staging_is_for_its_owner_alone);
    tcase_add_test(test_case, test_sink_open_keeps_the_mode_and_content_of_an_output_folder);
    tcase_add_test(test_case, test_sink_open_without_a_parent_is_refused);
    tcase_add_test(test_case, test_sink_open_on_a_file_is_refused);
    tcase_add_test(test_case, test_sink_open_without_an_output_folder_is_refused);
    tcase_add_test(test_case, test_sink_open_follows_a_link_that_is_the_output_folder_itself);
    tcase_add_test(test_case, test_sink_identity_is_that_of_the_output_folder);
    tcase_add_test(test_case, test_sink_open_on_a_folder_that_cannot_be_written_is_refused);
    tcase_add_test(test_case, test_sink_discard_and_close_remove_what_was_not_published);
    tcase_add_test(test_case, test_sink_close_and_discard_of_nothing_are_fine);
    tcase_add_test(test_case, test_sink_open_where_rename_always_replaces_is_refused_with_what_to_do);
    tcase_add_test(test_case, test_sink_open_where_exchange_is_lacking_is_refused_for_replace_alone);
    tcase_add_test(test_case, test_sink_dry_run_creates_nothing_where_out_is_not_there);
    tcase_add_test(test_case, test_sink_dry_run_touches_nothing_in_out_and_sweeps_nothing);
    tcase_add_test(test_case, test_sink_dry_run_works_where_nothing_can_be_written);
    tcase_add_test(test_case, test_sink_dry_run_splice_tells_of_a_source_that_ends_early);
    tcase_add_test(test_case, test_sink_dry_run_answers_as_a_real_one);
    return run_suite(suite);
}
