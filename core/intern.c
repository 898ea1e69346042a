/* intern.c: see intern.h: a hash table over an arena. */
#include "intern.h"

#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"
#include "hash.h"

#define FIRST_SLOTS 16U

struct intern_slot {
    const char *bytes; /* NULL: free */
    uint32_t length;
    uint32_t hash;
};

/* The slot that holds the bytes, or the free one where they belong. */
static struct intern_slot *find(const struct intern *intern, const void *bytes, size_t length, uint32_t sum)
{
    size_t at = sum & (intern->slot_count - 1);
    while (intern->slots[at].bytes != NULL) {
        const struct intern_slot *slot = &intern->slots[at];
        if (slot->hash == sum && slot->length == length &&
            (length == 0 || memcmp(slot->bytes, bytes, length) == 0)) {
            break;
        }
        at = (at + 1) & (intern->slot_count - 1);
    }
    return &intern->slots[at];
}

static int grow(struct intern *intern)
{
    struct intern grown = *intern;
    grown.slot_count = intern->slot_count == 0 ? FIRST_SLOTS : intern->slot_count * 2;
    grown.slots = calloc(grown.slot_count, sizeof *grown.slots);
    if (grown.slots == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < intern->slot_count; i++) {
        const struct intern_slot *slot = &intern->slots[i];
        if (slot->bytes != NULL) {
            *find(&grown, slot->bytes, slot->length, slot->hash) = *slot;
        }
    }
    free(intern->slots);
    *intern = grown;
    return DCMCHAIN_OK;
}

const char *intern_keep(struct intern *intern, const void *bytes, size_t length)
{
    const uint32_t sum = (uint32_t)hash_fold(hash_bytes(HASH_EMPTY, bytes, length));
    if (length > UINT32_MAX) {
        return NULL;
    }
    if ((intern->count + 1) * 4 > intern->slot_count * 3 && grow(intern) != DCMCHAIN_OK) {
        return NULL;
    }
    struct intern_slot *slot = find(intern, bytes, length, sum);
    if (slot->bytes == NULL) {
        const char *kept = arena_keep(&intern->arena, bytes, length);
        if (kept == NULL) {
            return NULL;
        }
        *slot = (struct intern_slot){.bytes = kept, .length = (uint32_t)length, .hash = sum};
        intern->count++;
    }
    return slot->bytes;
}

const char *intern_text(struct intern *intern, const char *text)
{
    return intern_keep(intern, text, strlen(text));
}

void intern_free(struct intern *intern)
{
    free(intern->slots);
    arena_free(&intern->arena);
    *intern = (struct intern){0};
}
