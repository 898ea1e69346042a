/* names.c: remembers the names of an object's parts, and numbers those that became equal.
 * It must not touch a name that the walk left alone. */
#include "names.h"

#include <search.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"

#define NUMBERED_BYTES 65U /* a name with its number: LO has at most 64 characters */
#define BASE_BYTES 52U     /* what is kept of the name before its number */

/* The sequence at top level, and the name in its items. */
static const struct {
    uint32_t sequence;
    uint32_t name;
} parts[] = {
    {0x30060020, 0x30060026}, /* Structure Set ROI Sequence, ROI Name */
    {0x00620002, 0x00620005}, /* Segment Sequence, Segment Label */
    {0x300A00B0, 0x300A00C2}, /* Beam Sequence, Beam Name */
    {0x300A03A2, 0x300A00C2}, /* Ion Beam Sequence, Beam Name */
};

#define PARTS (sizeof parts / sizeof parts[0])

struct list {
    char **texts; /* of dcmchain; "" where an item has none */
    size_t count;
};

struct names {
    struct list lists[PARTS];
};

static void list_free(struct list *list)
{
    for (size_t at = 0; at < list->count; at++) {
        free(list->texts[at]);
    }
    free(list->texts);
    *list = (struct list){NULL, 0};
}

/* A name that does not decode counts as none: the walk replaces it. */
static char *name_of(const dcmchain_item *item, uint32_t tag)
{
    AUTO_API char *text = NULL;

    return strdup(dcmchain_item_get_text(item, tag, &text) < 0 ? "" : text);
}

static int read_list(const dcmchain_element *sequence, uint32_t name, struct list *ret_list)
{
    const size_t count = dcmchain_element_value_count(sequence);
    struct list list = {calloc(count + 1, sizeof *list.texts), 0};
    const dcmchain_item *item = NULL;

    if (list.texts == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    while (list.count < count && (item = dcmchain_element_item(sequence, list.count)) != NULL) {
        char *text = name_of(item, name);
        if (text == NULL) {
            list_free(&list);
            return DCMCHAIN_E_MEMORY;
        }
        list.texts[list.count++] = text;
    }
    *ret_list = list;
    return 0;
}

int names_remember(dcmchain_item *root, struct names **ret_names)
{
    struct names *names = NULL;
    int result = 0;

    for (size_t at = 0; at < PARTS && result == 0; at++) {
        const dcmchain_element *sequence = dcmchain_item_find(root, parts[at].sequence);
        if (sequence == NULL || dcmchain_element_value_count(sequence) < 2) {
            continue;
        }
        names = names != NULL ? names : calloc(1, sizeof *names);
        result = names == NULL ? DCMCHAIN_E_MEMORY : read_list(sequence, parts[at].name, &names->lists[at]);
    }
    if (result < 0) {
        names_free(names);
        return result;
    }
    *ret_names = names;
    return 0;
}

void names_free(struct names *names)
{
    for (size_t at = 0; names != NULL && at < PARTS; at++) {
        list_free(&names->lists[at]);
    }
    free(names);
}

static int by_text(const void *left, const void *right)
{
    return strcmp(left, right);
}

static void free_nothing(void *text)
{
    (void)text; /* the lists own it */
}

/* A name with a number behind it, cut between characters where it is long. */
static char *numbered(const char *name, size_t number)
{
    size_t length = strlen(name);
    char *text = malloc(NUMBERED_BYTES);

    if (length > BASE_BYTES) {
        length = BASE_BYTES;
        while (length > 0 && ((uint8_t)name[length] & 0xC0U) == 0x80U) {
            length--;
        }
    }
    if (text != NULL) {
        (void)snprintf(text, NUMBERED_BYTES, "%.*s %zu", (int)length, name, number);
    }
    return text;
}

/* Gives a changed name a number that no other has. taken: the names so far. */
static int settle(char **name, void **taken, size_t *number)
{
    const char *base = *name;
    char *text = *name;

    while (tfind(text, taken, by_text) != NULL) {
        char *next = numbered(base, ++*number);
        if (text != base) {
            free(text);
        }
        if (next == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        text = next;
    }
    if (tsearch(text, taken, by_text) == NULL) {
        if (text != base) {
            free(text);
        }
        return DCMCHAIN_E_MEMORY;
    }
    if (text != base) {
        free(*name);
        *name = text;
        return 1;
    }
    return 0;
}

static int write_name(const struct work *work, dcmchain_element *sequence, size_t part, size_t index,
                      const char *name)
{
    const struct dcmchain_step step = {parts[part].sequence, (uint32_t)index};
    const struct dcmchain_position position = {dcmchain_element_item(sequence, index), &step, 1, 0};

    if (work->wants != 0) {
        dcmchain_change(work->context, work->instance, &position, parts[part].name, "number",
                        "names stay unique within their object", NULL, name);
    }
    return dcmchain_item_set_text(position.item, parts[part].name, name);
}

static int settle_part(const struct work *work, dcmchain_element *sequence, size_t part,
                       const struct list *source)
{
    struct list final = {NULL, 0};
    void *taken = NULL;
    size_t number = 1;
    int result = read_list(sequence, parts[part].name, &final);

    for (size_t at = 0; result >= 0 && at < final.count && at < source->count; at++) {
        if (strcmp(final.texts[at], source->texts[at]) == 0 &&
            tsearch(final.texts[at], &taken, by_text) == NULL) {
            result = DCMCHAIN_E_MEMORY;
        }
    }
    for (size_t at = 0; result >= 0 && at < final.count && at < source->count; at++) {
        if (final.texts[at][0] == '\0' || strcmp(final.texts[at], source->texts[at]) == 0) {
            continue;
        }
        result = settle(&final.texts[at], &taken, &number);
        if (result > 0) {
            result = write_name(work, sequence, part, at, final.texts[at]);
        }
    }
    tdestroy(taken, free_nothing);
    list_free(&final);
    return result < 0 ? result : 0;
}

int names_settle(const struct work *work, dcmchain_item *root, const struct names *names)
{
    int result = 0;

    for (size_t at = 0; names != NULL && result == 0 && at < PARTS; at++) {
        dcmchain_element *sequence = dcmchain_item_find(root, parts[at].sequence);
        if (sequence != NULL && names->lists[at].count > 0) {
            result = settle_part(work, sequence, at, &names->lists[at]);
        }
    }
    return result;
}
