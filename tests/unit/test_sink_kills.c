/* test_sink_kills.c: runs that are killed, at every rename and at random moments, or sweep while others
 * begin, and what the next one finds. What a sweep does to what lies there is test_sink_sweep.c's. */
#include <check.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
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

/* ---- killed at every rename ---- */

static int kill_at;
static bool kill_after;
static int renames;

static int killing_rename(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    renames++;
    if (renames == kill_at && !kill_after) {
        (void)raise(SIGKILL);
    }
    int result = renameat2(from_fd, from, to_fd, to, flags);
    if (renames == kill_at && kill_after) {
        (void)raise(SIGKILL);
    }
    return result;
}

/* True where it was killed. */
static bool run_killed(void)
{
    pid_t child = fork();
    if (child == 0) {
        world_sink_with(&world, killing_rename);
        struct sink_study *study = world_study(&world, "A/new", "B/new", "C/sub/new", "D/new", NULL);
        renames = 0;
        world_publish_well(study);
        world_end(&world);
        _exit(0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFSIGNALED(status) || status == 0);
    return WIFSIGNALED(status);
}

/* A and C are there already. */
START_TEST(test_sink_sweep_takes_back_a_publication_killed_at_any_rename)
{
    world.options.flat = (_i & 1) != 0;
    kill_after = (_i & 2) != 0;
    WORLD_RUN(&world, "A/new", "C/old", NULL);
    uint64_t old = world_inode(&world, "A/new");
    world.options.existing = DCMCHAIN_EXISTING_REPLACE;
    for (kill_at = 1;; kill_at++) {
        if (!run_killed()) {
            break;
        }
        char *tree = world_tree(&world);
        ck_assert_ptr_nonnull(strstr(tree, "STAGING\n"));
        free(tree);
        if (kill_at % 2 == 0) {
            world_sweep(&world);
        } else {
            world_sink(&world); /* the next run sweeps, too */
            world_end(&world);
        }
        world_expect(&world, "A/\nA/new\nC/\nC/old\n");
        ck_assert_uint_eq(world_inode(&world, "A/new"), old);
        world_expect_fixed(&world);
    }
    ck_assert_int_ge(kill_at, 5);
    ck_assert(world_inode(&world, "A/new") != old);
}
END_TEST

/* ---- killed at random ---- */

enum mode { MODE_FOLDER, MODE_FLAT, MODE_RUN, MODE_REPLACE, MODE_COUNT };
#define KILLS 25
#define GROUP_FILES 12U

static void put_group(enum mode mode, struct sink_study *study, unsigned group)
{
    for (unsigned i = 0; i < GROUP_FILES; i++) {
        char path[64];
        char text[32];
        if (mode == MODE_REPLACE) {
            (void)snprintf(path, sizeof path, "S/%u", i);
        } else {
            (void)snprintf(path, sizeof path,
                           mode == MODE_FOLDER ? "S%u/f/%u"
                           : mode == MODE_FLAT ? "x/S%u-%u"
                                               : "S%u-%u/0",
                           group, i);
        }
        (void)snprintf(text, sizeof text, "%u", group);
        world_put(study, path, text);
    }
}

/* Counts the files of each group that OUT shows; each must be there whole, or not at all. */
static unsigned whole_groups(enum mode mode)
{
    static unsigned counts[100000];
    unsigned whole = 0;
    memset(counts, 0, sizeof counts);
    char *tree = world_tree(&world);
    char *rest = NULL;
    for (char *line = strtok_r(tree, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
        unsigned group = 0;
        char path[128];
        if (line[strlen(line) - 1] == '/' || strcmp(line, "STAGING") == 0) {
            continue;
        }
        (void)snprintf(path, sizeof path, "out/%s", line);
        char *text = world_text(&world, path);
        ck_assert_int_eq(sscanf(text, "%u", &group), 1);
        free(text);
        ck_assert_uint_lt(group, 100000);
        counts[group]++;
    }
    free(tree);
    for (unsigned group = 0; group < 100000; group++) {
        if (counts[group] != 0 && counts[group] != GROUP_FILES) { /* an assertion each would cost seconds */
            ck_abort_msg("%u of group %u, mode %d", counts[group], group, (int)mode);
        }
        whole += counts[group] != 0 ? 1U : 0U;
    }
    return whole;
}

static void publish_one(enum mode mode, unsigned group)
{
    struct sink_study *study = NULL;
    ck_assert_int_eq(sink_study_begin(world.sink, &study), DCMCHAIN_OK);
    put_group(mode, study, group);
    world_publish_well(study);
}

/* What Check tells its runner goes to a file that a child shares with the test; of a child that is killed at
 * any moment half a message may be left there, which ends the suite. Assertions end the child all the same.
 */
static void leave_messages(void)
{
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    unsigned found = 0;
    for (int fd = 3; fd < 256; fd++) {
        char link[32];
        char target[256] = "";
        (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        if (readlink(link, target, sizeof target - 1) > 0 && strstr(target, "/check_") != NULL) {
            ck_assert_int_eq(dup2(nowhere, fd), fd);
            found++;
        }
    }
    ck_assert_msg(found > 0, "where are Check's messages?");
}

/* Tells of each that it has published. */
static void publish_for_ever(enum mode mode, unsigned group, int told_fd)
{
    world_sink(&world);
    for (;; group++) {
        publish_one(mode, group);
        ck_assert_int_eq(write(told_fd, "p", 1), 1);
    }
}

/* Lets a run publish none, one or two studies and a random time more. */
static void kill_at_random(enum mode mode, unsigned kills, unsigned random)
{
    int told[2];
    char byte = 0;
    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    if (child == 0) {
        leave_messages();
        publish_for_ever(mode, kills * 1000, told[1]);
    }
    for (unsigned i = 0; i < kills % 3; i++) {
        ck_assert_int_eq(read(told[0], &byte, 1), 1);
    }
    const struct timespec wait = {0, (long)(random % 12000000)};
    (void)nanosleep(&wait, NULL);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "%d", status);
    (void)close(told[0]);
    (void)close(told[1]);
}

START_TEST(test_sink_sweep_after_a_kill_at_a_random_moment_leaves_whole_studies)
{
    enum mode mode = (enum mode)_i;
    unsigned state = (unsigned)_i + 1;
    world_make(&world, "out/", "");
    world.options.flat = mode == MODE_FLAT;
    world.options.existing = mode == MODE_REPLACE ? DCMCHAIN_EXISTING_REPLACE : DCMCHAIN_EXISTING_FAIL;
    for (unsigned kills = 0; kills < KILLS; kills++) {
        state = state * 1664525U + 1013904223U;
        kill_at_random(mode, kills, state >> 8);
        if (mode == MODE_FOLDER || mode == MODE_REPLACE) {
            (void)whole_groups(mode); /* before the sweep, too: never a part */
        }
        world_sweep(&world);
        (void)whole_groups(mode);
        world_expect_fixed(&world);
    }
    unsigned before = whole_groups(mode);
    ck_assert_uint_ge(before, 1);
    world_sink(&world);
    publish_one(mode, KILLS * 1000);
    world_end(&world);
    ck_assert_uint_eq(whole_groups(mode), mode == MODE_REPLACE ? 1 : before + 1);
}
END_TEST

/* ---- runs that begin while others sweep ---- */

static _Atomic bool done;

static void *sweep_for_long(void *closure)
{
    while (!done) {
        if (sink_sweep(world.out) != DCMCHAIN_OK) {
            return closure;
        }
    }
    return NULL;
}

static void *open_and_publish(void *closure)
{
    const unsigned *number = closure;
    for (unsigned i = 0; i < 40; i++) {
        struct sink *sink = NULL;
        struct sink_study *study = NULL;
        struct sink_file *file = NULL;
        char *problem = NULL;
        bool skipped = false;
        char path[32];
        (void)snprintf(path, sizeof path, "S%u-%u/x", *number, i);
        if (sink_open(&world.options, &sink, &problem) != DCMCHAIN_OK ||
            sink_study_begin(sink, &study) != DCMCHAIN_OK ||
            sink_file_create(study, path, &file, &problem) != DCMCHAIN_OK ||
            sink_file_finish(file, true) != DCMCHAIN_OK ||
            sink_study_publish(study, &skipped, &problem) != DCMCHAIN_OK) {
            (void)fprintf(stderr, "%s\n", problem == NULL ? "" : problem);
            return closure;
        }
        sink_close(sink);
    }
    return NULL;
}

START_TEST(test_sink_sweep_never_takes_a_run_that_is_just_beginning)
{
    pthread_t sweepers[2];
    pthread_t openers[4];
    unsigned numbers[4] = {0, 1, 2, 3};
    void *problem = NULL;
    world_make(&world, "out/", "");
    done = false;
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_create(&sweepers[i], NULL, sweep_for_long, &world), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_create(&openers[i], NULL, open_and_publish, &numbers[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        ck_assert_int_eq(pthread_join(openers[i], &problem), 0);
        ck_assert_ptr_null(problem);
    }
    done = true;
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(pthread_join(sweepers[i], &problem), 0);
    }
    world_sweep(&world);
    char *tree = world_tree(&world);
    size_t lines = 0;
    for (const char *at = strchr(tree, '\n'); at != NULL; at = strchr(at + 1, '\n')) {
        lines++;
    }
    ck_assert_uint_eq(lines, 4 * 40 * 2);
    free(tree);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sink_kills");
    TCase *test_case = tcase_create("sink_kills");
    tcase_add_checked_fixture(test_case, set_up, tear_down);
    tcase_set_timeout(test_case, 120);
    suite_add_tcase(suite, test_case);
    tcase_add_loop_test(test_case, test_sink_sweep_takes_back_a_publication_killed_at_any_rename, 0, 4);
    tcase_add_loop_test(test_case, test_sink_sweep_after_a_kill_at_a_random_moment_leaves_whole_studies, 0,
                        MODE_COUNT);
    tcase_add_test(test_case, test_sink_sweep_never_takes_a_run_that_is_just_beginning);
    return run_suite(suite);
}
