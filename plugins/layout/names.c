/* names.c: see names.h. */
#include "names.h"

#include <stdlib.h>
#include <string.h>

static uint64_t hash(const char *key)
{
    uint64_t value = 14695981039346656037ULL;
    for (; *key != '\0'; key++) {
        value = (value ^ (unsigned char)*key) * 1099511628211ULL; /* FNV-1a */
    }
    return value;
}

static struct names_entry *slot_of(struct names_entry *slots, size_t slot_count, const char *key)
{
    size_t at = (size_t)hash(key) & (slot_count - 1);
    while (slots[at].key != NULL && strcmp(slots[at].key, key) != 0) {
        at = (at + 1) & (slot_count - 1);
    }
    return &slots[at];
}

struct names_entry *names_find(const struct names *names, const char *key)
{
    if (names->slot_count == 0) {
        return NULL;
    }
    struct names_entry *slot = slot_of(names->slots, names->slot_count, key);
    return slot->key == NULL ? NULL : slot;
}

static int grow(struct names *names)
{
    size_t slot_count = names->slot_count == 0 ? 16 : names->slot_count * 2;
    struct names_entry *slots = calloc(slot_count, sizeof *slots);
    if (slots == NULL) {
        return -1;
    }
    for (size_t i = 0; i < names->slot_count; i++) {
        if (names->slots[i].key != NULL) {
            *slot_of(slots, slot_count, names->slots[i].key) = names->slots[i];
        }
    }
    free(names->slots);
    names->slots = slots;
    names->slot_count = slot_count;
    return 0;
}

struct names_entry *names_put(struct names *names, const char *key)
{
    if ((names->count + 1) * 2 > names->slot_count && grow(names) != 0) {
        return NULL;
    }
    struct names_entry *slot = slot_of(names->slots, names->slot_count, key);
    if (slot->key == NULL) {
        slot->key = strdup(key);
        if (slot->key == NULL) {
            return NULL;
        }
        names->count++;
    }
    return slot;
}

void names_clear(struct names *names)
{
    for (size_t i = 0; i < names->slot_count; i++) {
        free(names->slots[i].key);
        free(names->slots[i].value);
    }
    free(names->slots);
    *names = (struct names){0};
}
