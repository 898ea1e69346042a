/* walk_tags.c: order and duplicates of the elements of a level (PS3.5 7.1: ascending, each at most once). One
 * array holds the tags of all open levels, since levels open and close like a stack. */
#include <stdio.h>
#include <stdlib.h>

#include "walk.h"

#define FIRST_CAPACITY 256U
#define TAGS_MAX (LIMIT_ELEMENTS + 16U) /* the limit speaks first; Pixel Data does not count for it */

static int grow(struct walk *walk)
{
    if (walk->tag_capacity >= TAGS_MAX) {
        return walk_beyond(walk, "more elements than the limit of one file");
    }
    size_t capacity = walk->tag_capacity == 0 ? FIRST_CAPACITY : walk->tag_capacity * 2;
    uint32_t *tags = realloc(walk->tags, capacity * sizeof *tags);
    if (tags == NULL) {
        (void)snprintf(walk->problem, walk->problem_size, "out of memory");
        return DCMCHAIN_E_MEMORY;
    }
    walk->tags = tags;
    walk->tag_capacity = capacity;
    return DCMCHAIN_OK;
}

int walk_tags_add(struct walk *walk, struct walk_frame *item, const struct walk_head *head)
{
    if (walk->tag_count > item->first_tag) {
        uint32_t last = walk->tags[walk->tag_count - 1];
        if (head->tag == last) {
            return walk_invalid_at(walk, head, "it is there twice");
        }
        if (head->tag < last) {
            item->unsorted = true;
            walk->layout->unsorted = true;
        }
    }
    if (walk->tag_count == walk->tag_capacity) {
        int result = grow(walk);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    walk->tags[walk->tag_count++] = head->tag;
    return DCMCHAIN_OK;
}

static int compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

int walk_tags_close(struct walk *walk, const struct walk_frame *item)
{
    size_t count = walk->tag_count - item->first_tag;
    if (item->unsorted) {
        uint32_t *tags = walk->tags + item->first_tag;
        qsort(tags, count, sizeof *tags, compare);
        for (size_t i = 1; i < count; i++) {
            if (tags[i] == tags[i - 1]) {
                struct walk_head head = {.tag = tags[i], .offset = walk->offset};
                return walk_invalid_at(walk, &head, "it is there twice in the level that ends");
            }
        }
    }
    walk->tag_count = item->first_tag;
    return DCMCHAIN_OK;
}
