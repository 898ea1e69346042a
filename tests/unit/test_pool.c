/* test_pool.c: the parallel for: every index once, in order, results and stopping.
 * It must not depend on timing. */
#include <check.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

#include "dcmchain/base.h"
#include "limits.h"
#include "pool.h"
#include "support/suite.h"

#define TASKS 2000

struct record {
    atomic_int calls[TASKS];
    atomic_size_t started;
    size_t fail_at; /* this index and all above fail, with -index */
    volatile int stop;
    size_t stop_at;
};

static int count_calls(void *closure, size_t index)
{
    struct record *record = closure;
    atomic_fetch_add(&record->calls[index], 1);
    atomic_fetch_add(&record->started, 1);
    return 0;
}

static int fail_from(void *closure, size_t index)
{
    struct record *record = closure;
    (void)count_calls(closure, index);
    return index >= record->fail_at ? -(int)index - 100 : 0;
}

static int stop_from(void *closure, size_t index)
{
    struct record *record = closure;
    (void)count_calls(closure, index);
    if (index == record->stop_at) {
        __atomic_store_n(&record->stop, 1, __ATOMIC_RELAXED);
    }
    return 0;
}

static int never(void *closure, size_t index)
{
    (void)closure;
    (void)index;
    ck_abort_msg("a task ran");
    return 0;
}

START_TEST(test_pool_every_thread_count_runs_each_index_once)
{
    static const uint32_t threads[] = {0, 1, 2, 8, 200, 100000};
    for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
        struct record *record = calloc(1, sizeof *record);
        ck_assert_ptr_nonnull(record);
        ck_assert_int_eq(pool_run(threads[t], TASKS, count_calls, record, NULL), 0);
        for (size_t i = 0; i < TASKS; i++) {
            ck_assert_int_eq(record->calls[i], 1);
        }
        free(record);
    }
}
END_TEST

START_TEST(test_pool_no_tasks_succeeds)
{
    ck_assert_int_eq(pool_run(8, 0, never, NULL, NULL), 0);
}
END_TEST

START_TEST(test_pool_failure_of_lowest_index_is_returned)
{
    for (uint32_t threads = 1; threads <= 16; threads *= 2) {
        struct record *record = calloc(1, sizeof *record);
        ck_assert_ptr_nonnull(record);
        record->fail_at = 700;
        /* All from 700 on fail: 700 is always among those started, and is the lowest. */
        ck_assert_int_eq(pool_run(threads, TASKS, fail_from, record, NULL), -800);
        for (size_t i = 0; i <= 700; i++) {
            ck_assert_int_eq(record->calls[i], 1);
        }
        ck_assert_uint_le(record->started, 700 + threads);
        free(record);
    }
}
END_TEST

START_TEST(test_pool_stop_keeps_tasks_from_starting)
{
    for (uint32_t threads = 1; threads <= 16; threads *= 2) {
        struct record *record = calloc(1, sizeof *record);
        ck_assert_ptr_nonnull(record);
        record->stop_at = 500;
        ck_assert_int_eq(pool_run(threads, TASKS, stop_from, record, &record->stop), DCMCHAIN_FAIL);
        ck_assert_uint_lt(record->started, TASKS);
        free(record);
    }
    volatile int stopped = 1;
    ck_assert_int_eq(pool_run(4, 3, never, NULL, &stopped), DCMCHAIN_FAIL);
    ck_assert_int_eq(pool_run(4, 0, never, NULL, &stopped), 0);
}
END_TEST

START_TEST(test_pool_stop_in_last_task_succeeds)
{
    struct record *record = calloc(1, sizeof *record);
    ck_assert_ptr_nonnull(record);
    record->stop_at = TASKS - 1;
    ck_assert_int_eq(pool_run(1, TASKS, stop_from, record, &record->stop), 0);
    free(record);
}
END_TEST

struct barrier_record {
    pthread_barrier_t barrier;
};

static int meet(void *closure, size_t index)
{
    (void)index;
    struct barrier_record *record = closure;
    pthread_barrier_wait(&record->barrier);
    return 0;
}

START_TEST(test_pool_tasks_overlap)
{
    struct barrier_record record;
    ck_assert_int_eq(pthread_barrier_init(&record.barrier, NULL, 4), 0);
    ck_assert_int_eq(pool_run(4, 4, meet, &record, NULL), 0); /* one at a time would never return */
    pthread_barrier_destroy(&record.barrier);
}
END_TEST

START_TEST(test_pool_default_threads_within_limits)
{
    ck_assert_uint_ge(pool_default_threads(), 1);
    ck_assert_uint_le(pool_default_threads(), LIMIT_THREADS);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *test_case = tcase_create("pool");
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_pool_every_thread_count_runs_each_index_once);
    tcase_add_test(test_case, test_pool_no_tasks_succeeds);
    tcase_add_test(test_case, test_pool_failure_of_lowest_index_is_returned);
    tcase_add_test(test_case, test_pool_stop_keeps_tasks_from_starting);
    tcase_add_test(test_case, test_pool_stop_in_last_task_succeeds);
    tcase_add_test(test_case, test_pool_tasks_overlap);
    tcase_add_test(test_case, test_pool_default_threads_within_limits);
    return run_suite(suite);
}
