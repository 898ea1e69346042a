/* test_guard_passed.c: what the guard remembers of values that passed: them, and nothing that is like them.
 */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "dcmchain/base.h"
#include "passed.h"
#include "support/suite.h"

static struct passed_pool *pool;

static void set_up(void)
{
    ck_assert_int_eq(passed_pool_open(&pool), DCMCHAIN_OK);
}

static void tear_down(void)
{
    passed_pool_free(pool);
}

START_TEST(test_passed_value_is_known_to_the_next_borrower)
{
    struct passed *passed = passed_borrow(pool);
    ck_assert(!passed_has(passed, 7, "HEAD", 4));
    passed_add(passed, 7, "HEAD", 4);
    ck_assert(passed_has(passed, 7, "HEAD", 4));
    passed_return(pool, passed);

    passed = passed_borrow(pool);
    ck_assert(passed_has(passed, 7, "HEAD", 4));
    passed_return(pool, passed);
}
END_TEST

START_TEST(test_passed_two_borrowers_share_nothing)
{
    struct passed *one = passed_borrow(pool);
    struct passed *other = passed_borrow(pool);
    passed_add(one, 7, "HEAD", 4);
    ck_assert(!passed_has(other, 7, "HEAD", 4));
    passed_return(pool, one);
    passed_return(pool, other);
}
END_TEST

START_TEST(test_passed_other_value_or_other_search_is_unknown)
{
    struct passed *passed = passed_borrow(pool);
    passed_add(passed, 7, "HEAD", 4);
    passed_add(passed, 7, "12345678x", 9);
    ck_assert(!passed_has(passed, 8, "HEAD", 4));
    ck_assert(!passed_has(passed, 7, "HEAR", 4));
    ck_assert(!passed_has(passed, 7, "HEA", 3));
    ck_assert(!passed_has(passed, 7, "HEAD\0", 5));
    ck_assert(!passed_has(passed, 7, "12345678y", 9));
    passed_return(pool, passed);
}
END_TEST

START_TEST(test_passed_long_value_is_never_remembered)
{
    char value[PASSED_MAX_BYTES + 1];
    memset(value, 'A', sizeof value);
    struct passed *passed = passed_borrow(pool);
    passed_add(passed, 7, value, PASSED_MAX_BYTES);
    passed_add(passed, 7, value, PASSED_MAX_BYTES + 1);
    ck_assert(passed_has(passed, 7, value, PASSED_MAX_BYTES));
    ck_assert(!passed_has(passed, 7, value, PASSED_MAX_BYTES + 1));
    passed_return(pool, passed);
}
END_TEST

/* Far more than there is room for: each is known right after it was put in, and none is known that was not.
 */
START_TEST(test_passed_full_forgets_and_never_confuses)
{
    struct passed *passed = passed_borrow(pool);
    size_t known = 0;
    for (unsigned number = 0; number < 20000; number++) {
        char value[16];
        int length = snprintf(value, sizeof value, "v%u", number);
        ck_assert(!passed_has(passed, 7, value, (size_t)length));
        passed_add(passed, 7, value, (size_t)length);
        ck_assert(passed_has(passed, 7, value, (size_t)length));
    }
    for (unsigned number = 0; number < 20000; number++) {
        char value[16];
        int length = snprintf(value, sizeof value, "v%u", number);
        known += passed_has(passed, 7, value, (size_t)length) ? 1 : 0;
    }
    ck_assert_uint_gt(known, 0);
    ck_assert_uint_lt(known, 1000);
    passed_return(pool, passed);
}
END_TEST

START_TEST(test_passed_nothing_borrowed_remembers_nothing)
{
    passed_add(NULL, 7, "HEAD", 4);
    ck_assert(!passed_has(NULL, 7, "HEAD", 4));
    passed_return(pool, NULL);
    ck_assert_ptr_null(passed_borrow(NULL));
    passed_pool_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("guard passed");
    TCase *cases = tcase_create("passed");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, test_passed_value_is_known_to_the_next_borrower);
    tcase_add_test(cases, test_passed_two_borrowers_share_nothing);
    tcase_add_test(cases, test_passed_other_value_or_other_search_is_unknown);
    tcase_add_test(cases, test_passed_long_value_is_never_remembered);
    tcase_add_test(cases, test_passed_full_forgets_and_never_confuses);
    tcase_add_test(cases, test_passed_nothing_borrowed_remembers_nothing);
    suite_add_tcase(suite, cases);
    return run_suite(suite);
}
