/* tally.c: see tally.h. */
#include "tally.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "limits.h"

static size_t tally_find(const struct tally *tally, const char *text, bool *ret_found)
{
    size_t low = 0;
    size_t high = tally->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(tally->entries[middle].text, text);
        if (order == 0) {
            *ret_found = true;
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    *ret_found = false;
    return low;
}

void tally_add(struct tally *tally, const char *text, uint64_t count)
{
    bool found = false;
    size_t at = tally_find(tally, text, &found);
    if (found) {
        tally->entries[at].count += count;
        return;
    }
    if (tally->count == LIMIT_WARNINGS) {
        if (at == tally->count) {
            tally->beyond += count;
            return;
        }
        /* The texts that are kept are the first in byte order, whatever order they came in. */
        struct tally_entry *last = &tally->entries[--tally->count];
        tally->beyond += last->count;
        free(last->text);
    }
    char *copy = strdup(text);
    struct tally_entry *entries =
        copy == NULL ? NULL : realloc(tally->entries, (tally->count + 1) * sizeof *entries);
    if (entries == NULL) {
        free(copy);
        tally->beyond += count;
        return;
    }
    memmove(entries + at + 1, entries + at, (tally->count - at) * sizeof *entries);
    entries[at] = (struct tally_entry){copy, count};
    tally->entries = entries;
    tally->count++;
}

void tally_merge(struct tally *into, const struct tally *from)
{
    for (size_t i = 0; i < from->count; i++) {
        tally_add(into, from->entries[i].text, from->entries[i].count);
    }
    into->beyond += from->beyond;
}

void tally_free(struct tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        free(tally->entries[i].text);
    }
    free(tally->entries);
    *tally = (struct tally){0};
}
