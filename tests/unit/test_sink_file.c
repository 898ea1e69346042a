/* test_sink_file.c: writing the files of a study: modes and times, names that are taken, and several threads
 * at once. What happens when a system call fails is test_sink_faults.c's. */
#include <check.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dcmchain/base.h"
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

/* ---- making ---- */

START_TEST(test_sink_file_published_has_one_mode_and_time_whatever_the_umask)
{
    const mode_t masks[] = {0, 0077, 0777};
    for (size_t i = 0; i < 3; i++) {
        char paths[2][32];
        (void)snprintf(paths[0], sizeof paths[0], "S%zu/a/b/1.dcm", i);
        (void)snprintf(paths[1], sizeof paths[1], "S%zu/task.txt", i);
        mode_t before = umask(masks[i]);
        pid_t child = fork();
        if (child == 0) {
            /* As an ordinary user: nothing is refused to root. */
            ck_assert(geteuid() != 0 || (chown(world.base, 65534, 65534) == 0 && setuid(65534) == 0));
            WORLD_RUN(&world, paths[0], paths[1], NULL);
            _exit(0);
        }
        int status = 0;
        ck_assert_int_eq(waitpid(child, &status, 0), child);
        ck_assert_int_eq(status, 0);
        (void)umask(before);
    }
    world_expect(&world, "S0/\nS0/a/\nS0/a/b/\nS0/a/b/1.dcm\nS0/task.txt\nS1/\nS1/a/\nS1/a/b/\nS1/a/b/1.dcm\n"
                         "S1/task.txt\nS2/\nS2/a/\nS2/a/b/\nS2/a/b/1.dcm\nS2/task.txt\n");
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_file_modes_are_exact_below_a_folder_that_hands_down_its_group)
{
    world_make(&world, "out/", "");
    ck_assert_int_eq(chmod(world.out, 02777), 0);
    WORLD_RUN(&world, "A/b/c", NULL);
    world_expect_fixed(&world);
}
END_TEST

static const char *const bad_paths[] = {
    "",      "/A",      "A//b",        "A/",          "../A",   "A/../../b", ".",
    "A/./b", "A/.lock", ".dcmchain-0", "A/.dcmchain", "A/\x01", "A/\xff",    "A/task.json"};

START_TEST(test_sink_file_with_a_bad_path_is_refused)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    free(world_not_created(study, bad_paths[_i], DCMCHAIN_E_INVALID));
    world_publish_well(study);
    world_expect(&world, "STAGING\n");
}
END_TEST

START_TEST(test_sink_file_is_never_written_twice)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/b", NULL);
    char *problem = world_not_created(study, "A/b", DCMCHAIN_E_TAKEN);
    ck_assert_str_eq(problem, "'A/b' was written already");
    free(problem);
    free(world_not_created(study, "A", DCMCHAIN_E_TAKEN));
    problem = world_not_created(study, "A/b/c", DCMCHAIN_E_IO);
    ck_assert_ptr_nonnull(strstr(problem, "Not a directory"));
    free(problem);
    world_publish_well(study);
    world_expect_text(&world, "out/A/b", "A/b");
}
END_TEST

/* Somebody who can write to the staging folder puts links where the next file goes. */
START_TEST(test_sink_file_follows_no_link_planted_in_the_staging_folder)
{
    char link[160];
    world_make(&world, "elsewhere/", "");
    world_make(&world, "victim", "untouched");
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/b", NULL);
    (void)snprintf(link, sizeof link, "%s/%s/%s/A/folder", world.out, world.sink->staging, study->tree);
    ck_assert_int_eq(symlink("../../../../elsewhere", link), 0);
    (void)snprintf(link, sizeof link, "%s/%s/%s/A/file", world.out, world.sink->staging, study->tree);
    ck_assert_int_eq(symlink("../../../../victim", link), 0);
    free(world_not_created(study, "A/folder/x", DCMCHAIN_E_IO));
    free(world_not_created(study, "A/file", DCMCHAIN_E_TAKEN));
    sink_study_discard(study);
    world_end(&world);
    world_expect_text(&world, "victim", "untouched");
    (void)snprintf(link, sizeof link, "%s/elsewhere", world.base);
    ck_assert_int_eq(rmdir(link), 0); /* it is empty */
}
END_TEST

START_TEST(test_sink_file_given_up_goes_with_the_folders_made_for_it)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/kept/1", NULL);
    struct sink_file *one = world_create(study, "A/kept/2");
    struct sink_file *other = world_create(study, "A/gone/deep/3");
    ck_assert_int_eq(sink_file_write(one, "x", 1), DCMCHAIN_OK);
    ck_assert_int_eq(sink_file_finish(one, false), DCMCHAIN_OK);
    ck_assert_int_eq(sink_file_finish(other, false), DCMCHAIN_OK);
    world_put(study, "A/kept/2", "again");
    world_publish_well(study);
    world_end(&world);
    world_expect(&world, "A/\nA/kept/\nA/kept/1\nA/kept/2\n");
    world_expect_fixed(&world);
}
END_TEST

/* Of many files in few folders the sink must not remember each, but where each is published by itself. */
START_TEST(test_sink_file_stands_for_all_of_its_folder_unless_flat)
{
    world.options.flat = _i == 1;
    world_sink(&world);
    struct sink_study *study = world_study(&world, "A/a/1", "A/a/2", "A/a/3", "A/1", "A/2", "A/a/4", NULL);
    ck_assert_uint_eq(study->file_count, _i == 1 ? 6 : 3);
    world_publish_well(study);
    world_end(&world);
    world_expect(&world, "A/\nA/1\nA/2\nA/a/\nA/a/1\nA/a/2\nA/a/3\nA/a/4\n");
    world_expect_fixed(&world);
}
END_TEST

START_TEST(test_sink_file_empty_is_published)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    world_put(study, "A/empty", "");
    world_publish_well(study);
    world_expect_text(&world, "out/A/empty", "");
}
END_TEST

/* ---- several threads ---- */

#define THREADS 8
#define FILES_EACH 60

struct writer {
    struct sink_study *study;
    unsigned number;
};

/* Every other file of some is given up, in folders that all share. */
static void *write_files(void *closure)
{
    const struct writer *writer = closure;
    for (unsigned i = 0; i < FILES_EACH; i++) {
        char path[64];
        char *problem = NULL;
        struct sink_file *file = NULL;
        (void)snprintf(path, sizeof path, "A/%u/shared/%u-%u", i % 7, writer->number, i);
        if (sink_file_create(writer->study, path, &file, &problem) != DCMCHAIN_OK ||
            sink_file_write(file, path, strlen(path)) != DCMCHAIN_OK ||
            sink_file_finish(file, i % 3 != 0) != DCMCHAIN_OK) {
            return closure;
        }
    }
    return NULL;
}

START_TEST(test_sink_file_several_threads_write_one_study)
{
    world_sink(&world);
    struct sink_study *study = world_study(&world, NULL);
    pthread_t threads[THREADS];
    struct writer writers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){study, i};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_files, &writers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        void *problem = NULL;
        ck_assert_int_eq(pthread_join(threads[i], &problem), 0);
        ck_assert_ptr_null(problem);
    }
    ck_assert_uint_ge(study->file_count, 7); /* of each folder one or more */
    ck_assert_uint_le(study->file_count, THREADS * FILES_EACH * 2 / 3);
    world_publish_well(study);
    world_end(&world);
    char path[64];
    for (unsigned i = 0; i < THREADS * FILES_EACH; i++) {
        unsigned number = i % FILES_EACH;
        (void)snprintf(path, sizeof path, "out/A/%u/shared/%u-%u", number % 7, i / FILES_EACH, number);
        if (number % 3 != 0) {
            world_expect_text(&world, path, path + 4);
        }
    }
    world_expect_fixed(&world);
}
END_TEST

static void *publish_studies(void *closure)
{
    struct writer *writer = closure;
    struct sink *sink = writer->study->sink;
    for (unsigned i = 0; i < 10; i++) {
        char path[64];
        char *problem = NULL;
        bool skipped = false;
        struct sink_file *file = NULL;
        struct sink_study *study = NULL;
        int result = sink_study_begin(sink, &study);
        for (unsigned j = 0; result == DCMCHAIN_OK && j < 3; j++) {
            (void)snprintf(path, sizeof path, "shared/%u-%u-%u", writer->number, i, j);
            result = sink_file_create(study, path, &file, &problem);
            result = result == DCMCHAIN_OK ? sink_file_finish(file, true) : result;
        }
        if (i % 2 == 1) {
            sink_study_discard(study);
        } else {
            result = result == DCMCHAIN_OK ? sink_study_publish(study, &skipped, &problem) : result;
        }
        if (result != DCMCHAIN_OK) {
            return closure;
        }
    }
    return NULL;
}

START_TEST(test_sink_publish_several_threads_publish_into_one_folder)
{
    world.options.flat = true;
    world_sink(&world);
    struct sink_study *any = world_study(&world, NULL);
    pthread_t threads[THREADS];
    struct writer writers[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        writers[i] = (struct writer){any, i};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, publish_studies, &writers[i]), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        void *problem = NULL;
        ck_assert_int_eq(pthread_join(threads[i], &problem), 0);
        ck_assert_ptr_null(problem);
    }
    sink_study_discard(any);
    world_end(&world);
    char *tree = world_tree(&world);
    size_t lines = 0;
    for (const char *at = strchr(tree, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
        lines++;
    }
    ck_assert_uint_eq(lines, 1 + THREADS * 5 * 3);
    free(tree);
    world_expect_fixed(&world);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sink_file");
    TCase *test_case = tcase_create("sink_file");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 120);
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_sink_file_published_has_one_mode_and_time_whatever_the_umask);
    tcase_add_test(test_case, test_sink_file_modes_are_exact_below_a_folder_that_hands_down_its_group);
    tcase_add_loop_test(test_case, test_sink_file_with_a_bad_path_is_refused, 0,
                        (int)(sizeof bad_paths / sizeof bad_paths[0]));
    tcase_add_test(test_case, test_sink_file_is_never_written_twice);
    tcase_add_test(test_case, test_sink_file_follows_no_link_planted_in_the_staging_folder);
    tcase_add_test(test_case, test_sink_file_given_up_goes_with_the_folders_made_for_it);
    tcase_add_test(test_case, test_sink_file_empty_is_published);
    tcase_add_loop_test(test_case, test_sink_file_stands_for_all_of_its_folder_unless_flat, 0, 2);
    tcase_add_test(test_case, test_sink_file_several_threads_write_one_study);
    tcase_add_test(test_case, test_sink_publish_several_threads_publish_into_one_folder);
    return run_suite(suite);
}
