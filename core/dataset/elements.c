/* elements.c: items and their elements in an arena: finding, adding, removing. It reads no values. */
#include "elements.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 8U

/* The place of the first element with a tag not below this. */
static size_t lower_bound(const struct dcmchain_item *item, uint32_t tag)
{
    size_t low = 0;
    size_t high = item->count;
    if (high > 0 && item->elements[high - 1]->tag < tag) {
        return high; /* most are added in their order */
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (item->elements[middle]->tag < tag) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

int elements_reserve(struct dcmchain_item *item, size_t count)
{
    if (count <= item->capacity) {
        return DCMCHAIN_OK;
    }
    struct dcmchain_element **elements =
        arena_take(&item->dataset->arena, count * sizeof(struct dcmchain_element *));
    if (elements == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (item->count > 0) {
        memcpy(elements, item->elements, item->count * sizeof(struct dcmchain_element *));
    }
    item->elements = elements;
    item->capacity = count;
    return DCMCHAIN_OK;
}

static int grow(struct dcmchain_item *item)
{
    return item->count < item->capacity
               ? DCMCHAIN_OK
               : elements_reserve(item, item->capacity == 0 ? FIRST_CAPACITY : 2 * item->capacity);
}

static void retype(struct dcmchain_element *element, uint16_t vr)
{
    element->vr = vr;
    element->kind = vr == DCMCHAIN_VR_SQ ? ELEMENT_SEQUENCE : ELEMENT_VALUE;
    element->of.bytes = NULL;
    element->length = 0;
    element->capacity = 0;
}

static struct dcmchain_element *new_element(struct dcmchain_item *item, uint32_t tag, uint16_t vr)
{
    struct dcmchain_element *element = arena_take(&item->dataset->arena, sizeof *element);
    if (element != NULL) {
        element->item = item;
        element->tag = tag;
        retype(element, vr);
    }
    return element;
}

int elements_append(struct dcmchain_item *item, uint32_t tag, uint16_t vr,
                    struct dcmchain_element **ret_element)
{
    struct dcmchain_element *element = new_element(item, tag, vr);
    if (element == NULL || grow(item) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    item->elements[item->count++] = element;
    *ret_element = element;
    return DCMCHAIN_OK;
}

static int by_tag(const void *left, const void *right)
{
    const uint32_t first = (*(struct dcmchain_element *const *)left)->tag;
    const uint32_t second = (*(struct dcmchain_element *const *)right)->tag;
    return (first > second) - (first < second);
}

int elements_sort(struct dcmchain_item *item)
{
    bool sorted = true;
    for (size_t i = 1; i < item->count && sorted; i++) {
        sorted = item->elements[i - 1]->tag < item->elements[i]->tag;
    }
    if (sorted) {
        return DCMCHAIN_OK;
    }
    qsort(item->elements, item->count, sizeof(struct dcmchain_element *), by_tag);
    for (size_t i = 1; i < item->count; i++) {
        if (item->elements[i - 1]->tag == item->elements[i]->tag) {
            return DCMCHAIN_E_INVALID;
        }
    }
    return DCMCHAIN_OK;
}

int elements_insert(struct dcmchain_item *item, uint32_t tag, uint16_t vr,
                    struct dcmchain_element **ret_element)
{
    size_t at = lower_bound(item, tag);
    if (at < item->count && item->elements[at]->tag == tag) {
        item->removed -= item->elements[at]->kind == ELEMENT_REMOVED ? 1 : 0;
        retype(item->elements[at], vr);
        *ret_element = item->elements[at];
        return DCMCHAIN_OK;
    }
    struct dcmchain_element *element = new_element(item, tag, vr);
    if (element == NULL || grow(item) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    memmove(item->elements + at + 1, item->elements + at,
            (item->count - at) * sizeof(struct dcmchain_element *));
    item->elements[at] = element;
    item->count++;
    *ret_element = element;
    return DCMCHAIN_OK;
}

int elements_add_item(struct dcmchain_element *sequence, struct dcmchain_item **ret_item)
{
    struct arena *arena = &sequence->item->dataset->arena;
    if (sequence->length == sequence->capacity) {
        const uint32_t capacity = sequence->capacity == 0 ? 2 : 2 * sequence->capacity;
        struct dcmchain_item **items = capacity > sequence->capacity
                                           ? arena_take(arena, capacity * sizeof(struct dcmchain_item *))
                                           : NULL;
        if (items == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        if (sequence->length > 0) {
            memcpy(items, sequence->of.items, sequence->length * sizeof(struct dcmchain_item *));
        }
        sequence->of.items = items;
        sequence->capacity = capacity;
    }
    struct dcmchain_item *item = arena_take(arena, sizeof *item);
    if (item == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *item = (struct dcmchain_item){.dataset = sequence->item->dataset, .sequence = sequence};
    sequence->of.items[sequence->length++] = item;
    *ret_item = item;
    return DCMCHAIN_OK;
}

/* Takes the removed ones out of the list once they are the half of it: a walk that removes all costs no more
 * than one that removes none. */
static void compact(struct dcmchain_item *item)
{
    size_t kept = 0;
    if (2 * item->removed <= item->count) {
        return;
    }
    for (size_t i = 0; i < item->count; i++) {
        if (item->elements[i]->kind != ELEMENT_REMOVED) {
            item->elements[kept++] = item->elements[i];
        }
    }
    item->count = kept;
    item->removed = 0;
}

void elements_remove(struct dcmchain_element *element)
{
    retype(element, element->vr);
    element->kind = ELEMENT_REMOVED;
    element->item->removed++;
    compact(element->item);
}

void elements_clear(struct dcmchain_element *element)
{
    retype(element, element->vr);
}

dcmchain_element *dcmchain_item_find(const dcmchain_item *item, uint32_t tag)
{
    size_t at = item == NULL ? 0 : lower_bound(item, tag);
    return item != NULL && at < item->count && item->elements[at]->tag == tag &&
                   item->elements[at]->kind != ELEMENT_REMOVED
               ? item->elements[at]
               : NULL;
}
