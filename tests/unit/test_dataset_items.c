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

static int visit_nothing(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    (void)closure;
    (void)position;
    (void)element;
    return DCMCHAIN_VISIT_NEXT;
}

/* What dcmchain_item_find() did not find may be handed on. */
START_TEST(test_dataset_items_what_is_not_there_is_told_as_absent)
{
    dcmchain_element *none = dcmchain_item_find(dcmchain_dataset_root(dataset), 0x00100010);
    dcmchain_item *no_item = dcmchain_element_item(sequence, 9);
    dcmchain_element *element = NULL;
    dcmchain_item *item = NULL;
    char *text = NULL;
    void *bytes = NULL;
    size_t length = 0;
    double number = 0;
    int64_t whole = 0;
    ck_assert_ptr_null(none);
    ck_assert_ptr_null(no_item);
    ck_assert_int_eq(dcmchain_element_get_text(none, &text), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_get_value(none, 0, &text), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_get_double(none, 0, &number), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_get_integer(none, 0, &whole), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_get_bytes(none, &bytes, &length), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_set_text(none, "x"), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_set_bytes(none, "x", 1), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_clear(none), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_private_creator(none, &text), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_add_item(none, &item), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_remove_item(none, 0), DCMCHAIN_E_ABSENT);
    ck_assert_ptr_null(dcmchain_element_item(none, 0));
    ck_assert_uint_eq(dcmchain_element_tag(none), 0);
    ck_assert_uint_eq(dcmchain_element_vr(none), 0);
    ck_assert_uint_eq(dcmchain_element_length(none), 0);
    ck_assert_uint_eq(dcmchain_element_value_count(none), 0);
    ck_assert_ptr_null(dcmchain_item_find(no_item, 0x00100010));
    ck_assert_ptr_null(dcmchain_item_at(no_item, 0));
    ck_assert_uint_eq(dcmchain_item_count(no_item), 0);
    ck_assert_int_eq(dcmchain_item_get_text(no_item, 0x00100010, &text), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_item_set_text(no_item, 0x00100010, "x"), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_item_insert(no_item, 0x00100010, DCMCHAIN_VR_PN, &element), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_item_remove(no_item, 0x00100010), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_item_walk(no_item, 0, visit_nothing, NULL), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_item_to_json(no_item, &text), DCMCHAIN_E_ABSENT);
    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(test_dataset_items_an_argument_that_is_none_is_invalid)
{
    dcmchain_item *root = dcmchain_dataset_root(dataset);
    ck_assert_int_eq(dcmchain_item_set_text(root, 0x00100010, NULL), DCMCHAIN_E_INVALID);
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00100010));
    ck_assert_int_eq(dcmchain_item_set_text(root, 0x00100010, "A^B"), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_text(dcmchain_item_find(root, 0x00100010), NULL),
                     DCMCHAIN_E_INVALID);
    ck_assert_int_eq(dcmchain_element_set_bytes(dcmchain_item_find(root, 0x00100010), NULL, 2),
                     DCMCHAIN_E_INVALID);
    ck_assert_int_eq(dcmchain_item_walk(root, 0, NULL, NULL), DCMCHAIN_E_INVALID);
}
END_TEST

/* PS3.5 7.1 and 7.8: a reader would take them for the end of the file meta information, or refuse the file.
 */
START_TEST(test_dataset_items_groups_of_no_data_set_are_refused)
{
    static const uint32_t never[] = {0x00000002, 0x00010010, 0x00020010, 0x00030010, 0x00050010,
                                     0x00060010, 0x00070010, 0xFFFEE000, 0xFFFF0010};
    dcmchain_item *items[] = {dcmchain_dataset_root(dataset), dcmchain_element_item(sequence, 0)};
    dcmchain_element *element = NULL;
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        for (size_t j = 0; j < 2; j++) {
            ck_assert_int_eq(dcmchain_item_insert(items[j], never[i], DCMCHAIN_VR_LO, &element),
                             DCMCHAIN_E_INVALID);
        }
    }
    ck_assert_int_eq(dcmchain_item_set_text(items[0], 0x00020010, "1.2.840.10008.1.2"), DCMCHAIN_E_INVALID);
    dcmchain_item *meta = dcmchain_dataset_meta(dataset);
    ck_assert_int_eq(dcmchain_item_insert(meta, 0x00080018, DCMCHAIN_VR_UI, &element), DCMCHAIN_E_INVALID);
    ck_assert_int_eq(dcmchain_item_set_text(meta, 0x00020013, "X"), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_item_insert(items[0], 0x00041130, DCMCHAIN_VR_CS, &element), DCMCHAIN_OK);
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
    tcase_add_test(test_case, test_dataset_items_what_is_not_there_is_told_as_absent);
    tcase_add_test(test_case, test_dataset_items_an_argument_that_is_none_is_invalid);
    tcase_add_test(test_case, test_dataset_items_groups_of_no_data_set_are_refused);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
