/* test_whole.c: reading and writing until all is done, at the ends of files and across signals. */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "dcmchain/base.h"
#include "support/suite.h"
#include "whole.h"

#define MANY ((size_t)1 << 20) /* more than a pipe takes at once */

START_TEST(test_whole_read_at_gives_less_only_at_the_end)
{
    char buffer[8] = "";
    size_t got = 99;
    FILE *file = tmpfile();
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(whole_write(fileno(file), "0123456789", 10), DCMCHAIN_OK);
    ck_assert_int_eq(whole_read_at(fileno(file), buffer, 4, 2, &got), DCMCHAIN_OK);
    ck_assert_uint_eq(got, 4);
    ck_assert_int_eq(memcmp(buffer, "2345", 4), 0);
    ck_assert_int_eq(whole_read_at(fileno(file), buffer, 4, 8, &got), DCMCHAIN_OK);
    ck_assert_uint_eq(got, 2);
    ck_assert_int_eq(whole_read_at(fileno(file), buffer, 4, UINT64_MAX, &got), DCMCHAIN_OK);
    ck_assert_uint_eq(got, 0);
    ck_assert_int_eq(fclose(file), 0);
}
END_TEST

START_TEST(test_whole_of_a_descriptor_that_is_closed_is_an_error)
{
    char buffer[1] = "";
    size_t got = 99;
    ck_assert_int_eq(whole_read_at(-1, buffer, 1, 0, &got), DCMCHAIN_E_IO);
    ck_assert_int_eq(errno, EBADF);
    ck_assert_uint_eq(got, 99);
    ck_assert_int_eq(whole_write(-1, "x", 1), DCMCHAIN_E_IO);
    ck_assert_int_eq(whole_write(-1, "", 0), DCMCHAIN_OK);
}
END_TEST

static void ignore(int number)
{
    (void)number;
}

struct reader {
    int fd;
    pthread_t writer;
    size_t seen;
};

/* Takes what comes, each time with a signal to the writer, which cuts its calls short. */
static void *read_slowly(void *closure)
{
    struct reader *reader = closure;
    static char buffer[4096];
    for (;;) {
        ssize_t got = read(reader->fd, buffer, sizeof buffer);
        if (got <= 0) {
            return NULL;
        }
        for (ssize_t i = 0; i < got; i++) {
            if (buffer[i] != (char)(reader->seen++ % 251)) {
                return closure;
            }
        }
        (void)pthread_kill(reader->writer, SIGUSR1);
    }
}

START_TEST(test_whole_write_goes_on_after_signals)
{
    int ends[2];
    pthread_t thread;
    void *wrong = NULL;
    char *bytes = malloc(MANY);
    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < MANY; i++) {
        bytes[i] = (char)(i % 251);
    }
    const struct sigaction action = {.sa_handler = ignore}; /* no SA_RESTART */
    ck_assert_int_eq(sigaction(SIGUSR1, &action, NULL), 0);
    ck_assert_int_eq(pipe(ends), 0);
    struct reader reader = {ends[0], pthread_self(), 0};
    ck_assert_int_eq(pthread_create(&thread, NULL, read_slowly, &reader), 0);
    ck_assert_int_eq(whole_write(ends[1], bytes, MANY), DCMCHAIN_OK);
    ck_assert_int_eq(close(ends[1]), 0);
    ck_assert_int_eq(pthread_join(thread, &wrong), 0);
    ck_assert_ptr_null(wrong);
    ck_assert_uint_eq(reader.seen, MANY);
    (void)close(ends[0]);
    free(bytes);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("whole");
    TCase *cases = tcase_create("whole");
    tcase_add_test(cases, test_whole_read_at_gives_less_only_at_the_end);
    tcase_add_test(cases, test_whole_of_a_descriptor_that_is_closed_is_an_error);
    tcase_add_test(cases, test_whole_write_goes_on_after_signals);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
