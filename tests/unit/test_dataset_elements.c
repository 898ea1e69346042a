/* test_dataset_elements.c: the elements of an item while they are added, removed and walked. */
#include <check.h>

#include "dcmchain/dataset.h"
#include "support/suite.h"

#define EXPLICIT "1.2.840.10008.1.2.1"
#define MANY 3000U

static dcmchain_dataset *dataset;
static dcmchain_item *root;

static void make(void)
{
    ck_assert_int_eq(dcmchain_dataset_new(EXPLICIT, &dataset), DCMCHAIN_OK);
    root = dcmchain_dataset_root(dataset);
}

static void destroy(void)
{
    dcmchain_dataset_free(dataset);
}

static dcmchain_element *insert(dcmchain_item *item, uint32_t tag, uint16_t vr)
{
    dcmchain_element *element = NULL;
    ck_assert_int_eq(dcmchain_item_insert(item, tag, vr, &element), DCMCHAIN_OK);
    ck_assert_uint_eq(dcmchain_element_tag(element), tag);
    ck_assert_uint_eq(dcmchain_element_vr(element), vr);
    ck_assert_uint_eq(dcmchain_element_length(element), 0);
    return element;
}

/* The tag of the i-th of MANY, in no order. */
static uint32_t mixed(uint32_t i)
{
    return 0x00110000U + 0x10U + i * 7919U % MANY;
}

/* Of those with a number below MANY that are there, each is found, at its place, in order. */
static void holds(bool (*there)(uint32_t number))
{
    size_t count = 0;
    for (uint32_t number = 0; number < MANY; number++) {
        const uint32_t tag = 0x00110000U + 0x10U + number;
        const dcmchain_element *found = dcmchain_item_find(root, tag);
        ck_assert_int_eq(found != NULL, there(number));
        if (found != NULL) {
            ck_assert_ptr_eq(dcmchain_item_at(root, count), found);
            count++;
        }
    }
    ck_assert_uint_eq(dcmchain_item_count(root), count);
    ck_assert_ptr_null(dcmchain_item_at(root, count));
}

static bool all(uint32_t number)
{
    (void)number;
    return true;
}

static bool odd(uint32_t number)
{
    return number % 2 == 1;
}

static bool none(uint32_t number)
{
    (void)number;
    return false;
}

START_TEST(test_dataset_elements_added_in_any_order_stand_in_tag_order)
{
    for (uint32_t i = 0; i < MANY; i++) {
        (void)insert(root, mixed(i), DCMCHAIN_VR_LO);
    }
    holds(all);
}
END_TEST

START_TEST(test_dataset_elements_removed_are_gone_and_can_come_again)
{
    for (uint32_t i = 0; i < MANY; i++) {
        (void)insert(root, mixed(i), DCMCHAIN_VR_LO);
    }
    for (uint32_t number = 0; number < MANY; number += 2) {
        const uint32_t tag = 0x00110000U + 0x10U + number;
        ck_assert_int_eq(dcmchain_item_remove(root, tag), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_item_remove(root, tag), DCMCHAIN_E_ABSENT);
    }
    holds(odd);
    for (uint32_t number = 0; number < MANY; number += 2) {
        (void)insert(root, 0x00110000U + 0x10U + number, DCMCHAIN_VR_UI);
    }
    holds(all);
}
END_TEST

START_TEST(test_dataset_elements_inserted_again_are_empty_and_of_the_new_vr)
{
    char *text = NULL;
    dcmchain_item *item = NULL;
    dcmchain_element *element = insert(root, 0x00100020, DCMCHAIN_VR_LO);
    ck_assert_int_eq(dcmchain_element_set_text(element, "phi-1"), DCMCHAIN_OK);
    element = insert(root, 0x00100020, DCMCHAIN_VR_SQ);
    ck_assert_int_eq(dcmchain_element_get_text(element, &text), DCMCHAIN_E_TYPE);
    ck_assert_int_eq(dcmchain_element_add_item(element, &item), DCMCHAIN_OK);
    element = insert(root, 0x00100020, DCMCHAIN_VR_US);
    ck_assert_ptr_null(dcmchain_element_item(element, 0));
    ck_assert_uint_eq(dcmchain_item_count(root), 1);
}
END_TEST

/* It is no view any more (dataset.h), but a stage that errs must not bring back what another one removed. */
START_TEST(test_dataset_element_removed_does_not_come_back_by_a_value)
{
    dcmchain_element *element = insert(root, 0x00100020, DCMCHAIN_VR_LO);
    (void)insert(root, 0x00100030, DCMCHAIN_VR_DA);
    (void)insert(root, 0x00100040, DCMCHAIN_VR_CS);
    ck_assert_int_eq(dcmchain_item_remove(root, 0x00100020), DCMCHAIN_OK);
    ck_assert_int_eq(dcmchain_element_set_text(element, "phi-1"), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_set_bytes(element, "phi-1", 5), DCMCHAIN_E_ABSENT);
    ck_assert_int_eq(dcmchain_element_clear(element), DCMCHAIN_E_ABSENT);
    ck_assert_ptr_null(dcmchain_item_find(root, 0x00100020));
    ck_assert_uint_eq(dcmchain_item_count(root), 2);
}
END_TEST

/* ---- the walk ---- */

static int remove_even(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    (*(unsigned *)closure)++;
    ck_assert_ptr_eq(position->item, root);
    return (dcmchain_element_tag(element) - 0x10U) % 2 == 0 ? DCMCHAIN_VISIT_REMOVE : DCMCHAIN_VISIT_NEXT;
}

static int remove_all(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    (void)position;
    (void)element;
    (*(unsigned *)closure)++;
    return DCMCHAIN_VISIT_REMOVE;
}

START_TEST(test_dataset_walk_removes_what_the_visitor_says_and_visits_each_once)
{
    unsigned visited = 0;
    for (uint32_t i = 0; i < MANY; i++) {
        (void)insert(root, mixed(i), DCMCHAIN_VR_LO);
    }
    ck_assert_int_eq(dcmchain_item_walk(root, 0, remove_even, &visited), DCMCHAIN_OK);
    ck_assert_uint_eq(visited, MANY);
    holds(odd);
    visited = 0;
    ck_assert_int_eq(dcmchain_item_walk(root, 0, remove_all, &visited), DCMCHAIN_OK);
    ck_assert_uint_eq(visited, MANY / 2);
    holds(none);
}
END_TEST

#define SEQUENCE 0x00081140U
#define INNER 0x0040A168U

/* At each element of an item, does to the levels above what a visitor should not, and must not be harmed by.
 */
static int meddle(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    (*(unsigned *)closure)++;
    if (position->depth == 1 && dcmchain_element_tag(element) == 0x00080050) {
        dcmchain_element *sequence = dcmchain_item_find(root, SEQUENCE);
        dcmchain_item *added = NULL;
        ck_assert_int_eq(dcmchain_element_add_item(sequence, &added), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_element_remove_item(sequence, 0), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_item_set_text(root, 0x00100020 + position->steps[0].item_index, "x"),
                         DCMCHAIN_OK);
        if (position->steps[0].item_index == 2) {
            ck_assert_int_eq(dcmchain_item_remove(root, SEQUENCE), DCMCHAIN_OK);
        }
    }
    return DCMCHAIN_VISIT_NEXT;
}

START_TEST(test_dataset_walk_goes_over_what_was_there_when_it_came)
{
    unsigned visited = 0;
    dcmchain_element *sequence = insert(root, SEQUENCE, DCMCHAIN_VR_SQ);
    for (int i = 0; i < 3; i++) {
        dcmchain_item *item = NULL;
        ck_assert_int_eq(dcmchain_element_add_item(sequence, &item), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_item_set_text(item, 0x00080050, "a"), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_item_set_text(item, 0x00080060, "MR"), DCMCHAIN_OK);
    }
    (void)insert(root, 0x00200010, DCMCHAIN_VR_SH);
    ck_assert_int_eq(dcmchain_item_walk(root, 0, meddle, &visited), DCMCHAIN_OK);
    ck_assert_uint_eq(visited, 1 + 3 * 2 + 1);
    ck_assert_ptr_null(dcmchain_item_find(root, SEQUENCE));
}
END_TEST

static int count_to(void *closure, const struct dcmchain_position *position, dcmchain_element *element)
{
    (void)element;
    unsigned *left = closure;
    ck_assert_uint_le(position->depth, DCMCHAIN_MAX_DEPTH);
    return --*left == 0 ? DCMCHAIN_VISIT_STOP : DCMCHAIN_VISIT_NEXT;
}

START_TEST(test_dataset_walk_stops_where_told_and_below_the_deepest_level)
{
    unsigned left = 2;
    dcmchain_item *item = root;
    for (unsigned i = 0; i <= DCMCHAIN_MAX_DEPTH; i++) {
        dcmchain_element *sequence = insert(item, INNER, DCMCHAIN_VR_SQ);
        ck_assert_int_eq(dcmchain_element_add_item(sequence, &item), DCMCHAIN_OK);
    }
    ck_assert_int_eq(dcmchain_item_walk(root, 0, count_to, &left), DCMCHAIN_OK);
    left = 1000;
    ck_assert_int_eq(dcmchain_item_walk(root, 0, count_to, &left), DCMCHAIN_E_RANGE);
    void *bytes = NULL;
    size_t length = 0;
    ck_assert_int_eq(dcmchain_dataset_write(dataset, NULL, 0, &bytes, &length), DCMCHAIN_E_RANGE);
}
END_TEST

/* ---- values in place ---- */

START_TEST(test_dataset_value_is_even_whatever_is_set)
{
    static const struct {
        uint16_t vr;
        char padding;
    } vrs[] = {{DCMCHAIN_VR_LO, ' '}, {DCMCHAIN_VR_UI, '\0'}, {DCMCHAIN_VR_OB, '\0'}, {DCMCHAIN_VR_UN, '\0'}};
    for (size_t i = 0; i < sizeof vrs / sizeof *vrs; i++) {
        void *bytes = NULL;
        size_t length = 0;
        dcmchain_element *element = insert(root, 0x00091001, vrs[i].vr);
        ck_assert_int_eq(dcmchain_element_set_bytes(element, "12345678", 8), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_element_set_bytes(element, "1.3", 3), DCMCHAIN_OK);
        ck_assert_int_eq(dcmchain_element_get_bytes(element, &bytes, &length), DCMCHAIN_OK);
        ck_assert_uint_eq(length, 4);
        ck_assert_mem_eq(bytes, "1.3", 3);
        ck_assert_int_eq(((char *)bytes)[3], vrs[i].padding);
        dcmchain_free(bytes);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_elements");
    TCase *test_case = tcase_create("elements");
    tcase_add_checked_fixture(test_case, make, destroy);
    tcase_add_test(test_case, test_dataset_elements_added_in_any_order_stand_in_tag_order);
    tcase_add_test(test_case, test_dataset_elements_removed_are_gone_and_can_come_again);
    tcase_add_test(test_case, test_dataset_elements_inserted_again_are_empty_and_of_the_new_vr);
    tcase_add_test(test_case, test_dataset_element_removed_does_not_come_back_by_a_value);
    tcase_add_test(test_case, test_dataset_walk_removes_what_the_visitor_says_and_visits_each_once);
    tcase_add_test(test_case, test_dataset_walk_goes_over_what_was_there_when_it_came);
    tcase_add_test(test_case, test_dataset_walk_stops_where_told_and_below_the_deepest_level);
    tcase_add_test(test_case, test_dataset_value_is_even_whatever_is_set);
    suite_add_tcase(suite, test_case);
    return run_suite(suite);
}
