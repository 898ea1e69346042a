/* test_dataset_items.c: the items of a sequence by their numbers, while they are added, removed and cleared.
 */
#include <check.h>

#include "dcmchain/dataset.h"
#include "support/suite.h"

#define SEQUENCE 0x00081140U
#define INNER 0x0040A168U
#define NUMBER 0x00080050U

static dcmchain_dataset *dataset;
static dcmchain_element *sequence;

static dcmchain_element *add_sequence(dcmchain_item *item, uint32_t tag)
{
    dcmchain_element *element = NULL;
    ck_assert_int_eq(dcmchain_item_insert(item, tag, DCMCHAIN_VR_SQ, &element), DCMCHAIN_OK);
    return element;
}

static void add(dcmchain_element *to, const char *number)
{
    dcmchain_item *item = NULL;
    ck_assert_int_eq(dcmchain_element_add_item(to, &item), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_item_set_text(item, NUMBER, number), DCMCHAIN_OK);
}

/* The numbers of all items, asked for one by one, are these letters. */
static void holds(const dcmchain_element *element, const char *letters)
{
    size_t count = 0;
    for (; letters[count] != '\0'; count++) {
        char *text = NULL;
        const dcmchain_item *item = dcmchain_element_item(element, count);
        ck_assert_ptr_nonnull(item);
        ck_assert_int_eq(dcmchain_item_get_text(item, NUMBER, &text), DCMCHAIN_OK);
        ck_assert_int_eq(text[0], letters[count]);
        dcmchain_free(text);
    }
    ck_assert_ptr_null(dcmchain_element_item(element, count));
}

static void make(void)
{
    ck_assert_int_eq(dcmchain_dataset_new("1.2.840.10008.1.2.1", &dataset), DCMCHAIN_OK);
    sequence = add_sequence(dcmchain_dataset_root(dataset), SEQUENCE);
    add(sequence, "a");
    add(sequence, "b");
    add(sequence, "c");
    holds(sequence, "abc");
}

static void destroy(void)
{
    dcmchain_dataset_free(dataset);
}

START_TEST(test_dataset_items_follow_what_is_added_and_removed)
{
    add(sequence, "d");
    holds(sequence, "abcd");
    ck_assert_int_eq(dcmchain_element_remove_item(sequence, 0), DCMCHAIN_OK);
    holds(sequence, "bcd");
    ck_assert_int_eq(dcmchain_element_remove_item(sequence, 1), DCMCHAIN_OK);
    holds(sequence, "bd");
    ck_assert_int_eq(dcmchain_element_clear(sequence), DCMCHAIN_OK);
    holds(sequence, "");
}
END_TEST

START_TEST(test_dataset_items_of_two_sequences_are_not_mixed)
{
    dcmchain_element *inner = add_sequence(dcmchain_element_item(sequence, 1), INNER);
    add(inner, "x");
    add(inner, "y");
    holds(sequence, "abc");
    holds(inner, "xy");
    holds(sequence, "abc");
    ck_assert_int_eq(dcmchain_element_remove_item(inner, 0), DCMCHAIN_OK);
    holds(inner, "y");
    holds(sequence, "abc");
}
END_TEST

/* What was allocated last is likely to be given again: a list that outlives its sequence would be found. */
START_TEST(test_dataset_items_of_a_removed_sequence_are_forgotten)
{
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    for (int i = 0; i < 100; i++) {
        holds(sequence, i == 0 ? "abc" : "z");
        ck_assert_int_eq(dcmchain_item_remove(root, SEQUENCE), DCMCHAIN_OK);
        sequence = add_sequence(root, SEQUENCE);
        add(sequence, "z");
        holds(sequence, "z");
        dcmchain_element *inner = add_sequence(dcmchain_element_item(sequence, 0), INNER);
        add(inner, "y");
        holds(inner, "y");
        ck_assert_int_eq(dcmchain_item_remove(dcmchain_element_item(sequence, 0), INNER), DCMCHAIN_OK);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_items");
    TCase *test_case = tcase_create("items");
    tcase_add_checked_fixture(test_case, make, destroy);
    tcase_add_test(test_case, test_dataset_items_follow_what_is_added_and_removed);
    tcase_add_test(test_case, test_dataset_items_of_two_sequences_are_not_mixed);
    tcase_add_test(test_case, test_dataset_items_of_a_removed_sequence_are_forgotten);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
