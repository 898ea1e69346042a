/* test_tally.c: counted texts: order, counts, and what is kept at the limit. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "limits.h"
#include "report.h"
#include "support/suite.h"
#include "tally.h"

START_TEST(test_tally_texts_come_in_byte_order_with_counts)
{
    struct tally tally = {0};
    tally_add(&tally, "b", 1);
    tally_add(&tally, "a", 2);
    tally_add(&tally, "c", 1);
    tally_add(&tally, "b", 4);
    ck_assert_uint_eq(tally.count, 3);
    ck_assert_str_eq(tally.entries[0].text, "a");
    ck_assert_uint_eq(tally.entries[0].count, 2);
    ck_assert_str_eq(tally.entries[1].text, "b");
    ck_assert_uint_eq(tally.entries[1].count, 5);
    ck_assert_str_eq(tally.entries[2].text, "c");
    tally_free(&tally);
    ck_assert_uint_eq(tally.count, 0);
}
END_TEST

static void add_number(struct tally *tally, unsigned number)
{
    char text[32];
    (void)snprintf(text, sizeof text, "warning %06u", number);
    tally_add(tally, text, 1);
}

/* Which texts are kept must not depend on the order in which threads bring them. */
START_TEST(test_tally_over_limit_keeps_the_same_texts_in_any_order)
{
    struct tally up = {0};
    struct tally down = {0};
    const unsigned total = LIMIT_WARNINGS + 500;
    for (unsigned i = 0; i < total; i++) {
        add_number(&up, i);
        add_number(&down, total - 1 - i);
    }
    ck_assert_uint_eq(up.count, LIMIT_WARNINGS);
    ck_assert_uint_eq(down.count, LIMIT_WARNINGS);
    ck_assert_uint_eq(up.beyond, 500);
    ck_assert_uint_eq(down.beyond, 500);
    for (size_t i = 0; i < up.count; i++) {
        ck_assert_str_eq(up.entries[i].text, down.entries[i].text);
    }
    tally_free(&up);
    tally_free(&down);
}
END_TEST

START_TEST(test_tally_merge_adds_counts)
{
    struct tally one = {0};
    struct tally other = {0};
    tally_add(&one, "a", 1);
    tally_add(&other, "a", 2);
    tally_add(&other, "b", 3);
    other.beyond = 7;
    tally_merge(&one, &other);
    ck_assert_uint_eq(one.count, 2);
    ck_assert_uint_eq(one.entries[0].count, 3);
    ck_assert_uint_eq(one.entries[1].count, 3);
    ck_assert_uint_eq(one.beyond, 7);
    tally_free(&one);
    tally_free(&other);
}
END_TEST

/* What did not fit is told as a number, in mercure's result too. */
START_TEST(test_tally_as_json_tells_of_what_is_beyond)
{
    struct tally tally = {0};
    struct tally merged = {0};
    struct text text = TEXT_EMPTY;
    report_append_tally(&text, "none", &tally);
    tally_add(&tally, "a \"word\"", 2);
    tally.beyond = 3;
    tally_merge(&merged, &tally);
    report_append_tally(&text, "some", &merged);
    char *json = text_take(&text);
    ck_assert_str_eq(json, ",\"none\":[],\"some\":[{\"text\":\"a \\\"word\\\"\",\"count\":2},"
                           "{\"text\":\"others\",\"count\":3}]");
    free(json);
    tally_free(&tally);
    tally_free(&merged);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("tally");
    TCase *test_case = tcase_create("tally");
    suite_add_tcase(suite, test_case);
    tcase_add_test(test_case, test_tally_texts_come_in_byte_order_with_counts);
    tcase_add_test(test_case, test_tally_over_limit_keeps_the_same_texts_in_any_order);
    tcase_add_test(test_case, test_tally_merge_adds_counts);
    tcase_add_test(test_case, test_tally_as_json_tells_of_what_is_beyond);
    return run_suite(suite);
}
