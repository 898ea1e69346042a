/* items.c: the elements of an item, the items of a sequence, and the walk over all of them. */
#include <stdlib.h>
#include <string.h>

#include "../walk.h"
#include "elements.h"

size_t dcmchain_item_count(const dcmchain_item *item)
{
    return item == NULL ? 0 : item->count - item->removed;
}

dcmchain_element *dcmchain_item_at(const dcmchain_item *item, size_t index)
{
    if (item == NULL || item->removed == 0) {
        return item != NULL && index < item->count ? item->elements[index] : NULL;
    }
    for (size_t i = 0; i < item->count; i++) {
        if (item->elements[i]->kind != ELEMENT_REMOVED && index-- == 0) {
            return item->elements[i];
        }
    }
    return NULL;
}

int dcmchain_item_get_text(const dcmchain_item *item, uint32_t tag, char **ret_text)
{
    const dcmchain_element *element = dcmchain_item_find(item, tag);
    return element == NULL ? DCMCHAIN_E_ABSENT : dcmchain_element_get_text(element, ret_text);
}

int dcmchain_item_set_text(dcmchain_item *item, uint32_t tag, const char *text)
{
    dcmchain_element *element = dcmchain_item_find(item, tag);
    if (element != NULL) {
        return dcmchain_element_set_text(element, text);
    }
    const uint16_t vr = dcmchain_tag_vr(tag);
    if (vr == 0) {
        return DCMCHAIN_E_ABSENT;
    }
    int result = dcmchain_item_insert(item, tag, vr, &element);
    if (result == DCMCHAIN_OK) {
        result = dcmchain_element_set_text(element, text);
        if (result != DCMCHAIN_OK) {
            elements_remove(element);
        }
    }
    return result;
}

/* The file meta information is group 0002, and no data set has one that belongs to commands, directories or
 * nobody (PS3.5 7.1, 7.8). */
static bool is_of_group(const dcmchain_item *item, uint32_t group)
{
    return item == &item->dataset->meta ? group == 0x0002
                                        : group == 0x0004 || (group >= 0x0008 && group < 0xFFFE);
}

/* Delimiters and group lengths are no elements of ours, nor is top-level Pixel Data (dataset.h). */
static bool may_hold(const dcmchain_item *item, uint32_t tag)
{
    const bool pixel = tag == 0x7FE00010U || tag == 0x7FE00008U || tag == 0x7FE00009U;
    return is_of_group(item, DCMCHAIN_TAG_GROUP(tag)) && DCMCHAIN_TAG_ELEMENT(tag) != 0 &&
           !(pixel && item->sequence == NULL);
}

int dcmchain_item_insert(dcmchain_item *item, uint32_t tag, uint16_t vr, dcmchain_element **ret_element)
{
    if (item == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    return walk_vr_is_known(vr) && may_hold(item, tag)
               ? elements_told(item, elements_insert(item, tag, vr, ret_element))
               : DCMCHAIN_E_INVALID;
}

int dcmchain_item_remove(dcmchain_item *item, uint32_t tag)
{
    dcmchain_element *element = dcmchain_item_find(item, tag);
    if (element == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    elements_remove(element);
    return DCMCHAIN_OK;
}

uint32_t dcmchain_element_tag(const dcmchain_element *element)
{
    return element == NULL ? 0 : element->tag;
}

uint16_t dcmchain_element_vr(const dcmchain_element *element)
{
    return element == NULL ? 0 : element->vr;
}

int dcmchain_element_clear(dcmchain_element *element)
{
    if (element == NULL || element->kind == ELEMENT_REMOVED) {
        return DCMCHAIN_E_ABSENT;
    }
    elements_clear(element);
    return DCMCHAIN_OK;
}

int dcmchain_element_private_creator(const dcmchain_element *element, char **ret_creator)
{
    const uint32_t block = element == NULL ? 0 : DCMCHAIN_TAG_ELEMENT(element->tag) >> 8;
    if (element == NULL || !DCMCHAIN_TAG_IS_PRIVATE(element->tag) || block < 0x10) {
        return DCMCHAIN_E_ABSENT;
    }
    char *creator = NULL;
    int result = dcmchain_item_get_text(element->item, DCMCHAIN_TAG(DCMCHAIN_TAG_GROUP(element->tag), block),
                                        &creator);
    if (result == DCMCHAIN_OK && creator[0] == '\0') {
        free(creator);
        return DCMCHAIN_E_ABSENT;
    }
    if (result == DCMCHAIN_OK) {
        *ret_creator = creator;
    }
    return result == DCMCHAIN_E_TYPE ? DCMCHAIN_E_ABSENT : result;
}

/* ---- items of a sequence ---- */

dcmchain_item *dcmchain_element_item(const dcmchain_element *element, size_t index)
{
    return element != NULL && element->kind == ELEMENT_SEQUENCE && index < element->length
               ? element->of.items[index]
               : NULL;
}

int dcmchain_element_add_item(dcmchain_element *element, dcmchain_item **ret_item)
{
    if (element == NULL) {
        return DCMCHAIN_E_ABSENT;
    }
    return element->kind == ELEMENT_SEQUENCE
               ? elements_told(element->item, elements_add_item(element, ret_item))
               : DCMCHAIN_E_TYPE;
}

int dcmchain_element_remove_item(dcmchain_element *element, size_t index)
{
    if (element == NULL || element->kind != ELEMENT_SEQUENCE) {
        return element == NULL ? DCMCHAIN_E_ABSENT : DCMCHAIN_E_TYPE;
    }
    if (index >= element->length) {
        return DCMCHAIN_E_RANGE;
    }
    struct dcmchain_item **at = element->of.items + index;
    element->length--;
    memmove(at, at + 1, (element->length - index) * sizeof(struct dcmchain_item *));
    return DCMCHAIN_OK;
}

/* ---- the walk ---- */

struct walker {
    dcmchain_visitor visitor;
    void *closure;
    uint32_t in_meta;
    struct dcmchain_step steps[DCMCHAIN_MAX_DEPTH];
    /* What the open levels held when they were entered, outermost first: a visitor may change them. */
    void **entered;
    size_t count;
    size_t capacity;
};

static int walk_item(struct walker *walker, struct dcmchain_item *item, uint32_t depth);

static int enter(struct walker *walker, const void *members, size_t count)
{
    if (count > walker->capacity - walker->count) {
        const size_t capacity = 2 * walker->capacity + count + 256;
        void **entered = realloc(walker->entered, capacity * sizeof(void *));
        if (entered == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        walker->entered = entered;
        walker->capacity = capacity;
    }
    if (count > 0) {
        memcpy(walker->entered + walker->count, members, count * sizeof(void *));
    }
    walker->count += count;
    return DCMCHAIN_OK;
}

static int walk_sequence(struct walker *walker, struct dcmchain_element *sequence, uint32_t depth)
{
    if (depth >= DCMCHAIN_MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    const size_t first = walker->count;
    const uint32_t tag = sequence->tag;
    int result = enter(walker, sequence->of.items, sequence->length);
    const size_t end = walker->count;
    for (size_t i = first; i < end && result == DCMCHAIN_VISIT_NEXT; i++) {
        walker->steps[depth] = (struct dcmchain_step){tag, (uint32_t)(i - first)};
        result = walk_item(walker, walker->entered[i], depth + 1);
    }
    walker->count = first;
    return result;
}

static int visit(struct walker *walker, const struct dcmchain_position *position,
                 struct dcmchain_element *element)
{
    int result = element->kind == ELEMENT_REMOVED ? DCMCHAIN_VISIT_SKIP
                                                  : walker->visitor(walker->closure, position, element);
    if (result == DCMCHAIN_VISIT_REMOVE && element->kind != ELEMENT_REMOVED) {
        elements_remove(element);
    }
    return result == DCMCHAIN_VISIT_NEXT && element->kind == ELEMENT_SEQUENCE
               ? walk_sequence(walker, element, position->depth)
           : result < 0 || result == DCMCHAIN_VISIT_STOP ? result
                                                         : DCMCHAIN_VISIT_NEXT;
}

/* DCMCHAIN_VISIT_NEXT, DCMCHAIN_VISIT_STOP, or what is negative. */
static int walk_item(struct walker *walker, struct dcmchain_item *item, uint32_t depth)
{
    const struct dcmchain_position position = {item, walker->steps, depth, walker->in_meta};
    const size_t first = walker->count;
    int result = enter(walker, item->elements, item->count);
    const size_t end = walker->count;
    for (size_t i = first; i < end && result == DCMCHAIN_VISIT_NEXT; i++) {
        result = visit(walker, &position, walker->entered[i]);
    }
    walker->count = first;
    return result;
}

int dcmchain_item_walk(dcmchain_item *item, uint32_t in_meta, dcmchain_visitor visitor, void *closure)
{
    if (item == NULL || visitor == NULL) {
        return item == NULL ? DCMCHAIN_E_ABSENT : DCMCHAIN_E_INVALID;
    }
    struct walker walker = {.visitor = visitor, .closure = closure, .in_meta = in_meta};
    int result = walk_item(&walker, item, 0);
    free(walker.entered);
    return result == DCMCHAIN_VISIT_STOP ? DCMCHAIN_OK : elements_told(item, result);
}
