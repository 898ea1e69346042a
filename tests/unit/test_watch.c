/* test_watch.c: a crash and the publications of other threads. What a run makes of crashes is checked by
 * e2e/test_crash.sh. */
#include <check.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/suite.h"
#include "watch.h"

static dcmchain_watch *watch;
static atomic_int passed;

static void set_up(void)
{
    ck_assert_int_eq(dcmchain_watch_new(&watch), DCMCHAIN_OK);
    passed = 0;
}

static void tear_down(void)
{
    dcmchain_watch_free(watch);
}

static void wait_a_moment(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL);
}

static void *crash(void *closure)
{
    dcmchain_watch_crashed(watch);
    passed = 1;
    return closure;
}

START_TEST(test_watch_crash_waits_until_a_publication_is_noted)
{
    pthread_t thread = 0;
    watch_publishing(watch);
    ck_assert_int_eq(pthread_create(&thread, NULL, crash, NULL), 0);
    wait_a_moment();
    ck_assert_int_eq(passed, 0);
    watch_was_published(watch);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_int_eq(passed, 1);
}
END_TEST

START_TEST(test_watch_crash_in_a_publication_does_not_wait_for_itself)
{
    watch_publishing(watch);
    dcmchain_watch_crashed(watch);
    watch_was_published(watch);
}
END_TEST

/* As a process of its own: its thread would never end. */
static pid_t publish_in_a_child(void)
{
    const pid_t child = fork();
    if (child == 0) {
        watch_publishing(watch);
        _exit(0);
    }
    ck_assert_int_gt(child, 0);
    return child;
}

START_TEST(test_watch_publication_does_not_begin_while_a_worker_crashes)
{
    int status = 0;
    dcmchain_watch_crashed(watch);
    pid_t child = publish_in_a_child();
    wait_a_moment();
    ck_assert_int_eq(waitpid(child, &status, WNOHANG), 0);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);

    char *text = NULL; /* the next worker begins anew */
    ck_assert_int_eq(dcmchain_watch_blame(watch, SIGSEGV, &text), DCMCHAIN_E_ABSENT);
    child = publish_in_a_child();
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("watch");
    TCase *tests = tcase_create("watch");
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_test(tests, test_watch_crash_waits_until_a_publication_is_noted);
    tcase_add_test(tests, test_watch_crash_in_a_publication_does_not_wait_for_itself);
    tcase_add_test(tests, test_watch_publication_does_not_begin_while_a_worker_crashes);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
