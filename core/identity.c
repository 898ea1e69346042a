/* identity.c: see identity.h: a set of (class, value), kept in blocks and found by hash. What identifies is
 * said in identity_classes.c. It must not change a value but for cutting and trimming. */
#include "identity.h"

#include <stdlib.h>
#include <string.h>

#include "arena.h"
#include "hash.h"
#include "limits.h"

#define FIRST_SLOTS 32U

struct identity {
    struct dcmchain_identity *values;
    size_t count;
    size_t capacity;
    uint32_t *slots; /* index + 1 into values, 0: free; a power of two of them; NULL once closed */
    size_t slot_count;
    size_t first_slots;
    struct arena texts;
    size_t allowed; /* values beyond LIMIT_IDENTITY_VALUES */
    bool closed;
};

int identity_open(size_t expected, struct identity **ret_identity)
{
    struct identity *identity = calloc(1, sizeof *identity);
    if (identity == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (identity->first_slots = FIRST_SLOTS; identity->first_slots / 2 < expected;) {
        identity->first_slots *= 2;
    }
    *ret_identity = identity;
    return DCMCHAIN_OK;
}

void identity_free(struct identity *identity)
{
    if (identity == NULL) {
        return;
    }
    arena_free(&identity->texts);
    free(identity->values);
    free(identity->slots);
    free(identity);
}

/* The slot that holds the value, or the free one where it belongs. */
static size_t find_slot(const struct identity *identity, uint32_t class_id, const char *value, size_t length)
{
    size_t slot = hash_fold(hash_bytes(HASH_EMPTY ^ class_id, value, length)) & (identity->slot_count - 1);
    while (identity->slots[slot] != 0) {
        const struct dcmchain_identity *other = &identity->values[identity->slots[slot] - 1];
        if (other->class_id == class_id && strncmp(other->value, value, length) == 0 &&
            other->value[length] == '\0') {
            break;
        }
        slot = (slot + 1) & (identity->slot_count - 1);
    }
    return slot;
}

static int grow_slots(struct identity *identity)
{
    size_t count = identity->slot_count == 0 ? identity->first_slots : identity->slot_count * 2;
    uint32_t *slots = calloc(count, sizeof *slots);
    if (slots == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    free(identity->slots);
    identity->slots = slots;
    identity->slot_count = count;
    for (size_t i = 0; i < identity->count; i++) {
        const struct dcmchain_identity *value = &identity->values[i];
        slots[find_slot(identity, value->class_id, value->value, strlen(value->value))] = (uint32_t)i + 1;
    }
    return DCMCHAIN_OK;
}

static int grow_values(struct identity *identity)
{
    size_t capacity = identity->capacity == 0 ? identity->first_slots / 2 : identity->capacity * 2;
    struct dcmchain_identity *values = realloc(identity->values, capacity * sizeof *values);
    if (values == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    identity->values = values;
    identity->capacity = capacity;
    return DCMCHAIN_OK;
}

static bool is_space(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* Trims, and cuts what is too long at a character. */
static const char *tidy(const char *value, size_t *ret_length)
{
    while (is_space(*value)) {
        value++;
    }
    size_t length = strnlen(value, LIMIT_IDENTITY_VALUE_BYTES + 1);
    if (length > LIMIT_IDENTITY_VALUE_BYTES) {
        length = LIMIT_IDENTITY_VALUE_BYTES;
        while (length > 0 && ((uint8_t)value[length] & 0xC0U) == 0x80U) {
            length--;
        }
    }
    while (length > 0 && is_space(value[length - 1])) {
        length--;
    }
    *ret_length = length;
    return value;
}

/* UIDs that the standard itself gives out (PS3.6 annex A) name nobody, save where a file uses one as its own.
 */
static bool is_well_known(uint32_t class_id, uint32_t tag, const char *value)
{
    static const char root[] = "1.2.840.10008.";
    return class_id == DCMCHAIN_IDENTITY_UID && strncmp(value, root, sizeof root - 1) == 0 &&
           tag != 0x0020000D && tag != 0x0020000E && tag != 0x00080018 && tag != 0x00020003;
}

/* Tag 0 says the least: any other is told instead. */
static bool tells_more(uint32_t tag, uint32_t than)
{
    return tag - 1 < than - 1;
}

int identity_add(struct identity *identity, uint32_t class_id, uint32_t tag, const char *value)
{
    size_t length = 0;
    value = tidy(value, &length);
    if (class_id == 0 || length == 0 || (length == 7 && strncmp(value, "MISSING", 7) == 0) ||
        is_well_known(class_id, tag, value)) {
        return DCMCHAIN_OK;
    }
    if (identity->closed || class_id >= DCMCHAIN_IDENTITY_CLASSES) {
        return DCMCHAIN_E_INVALID;
    }
    if ((identity->count + 1) * 2 > identity->slot_count && grow_slots(identity) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    size_t slot = find_slot(identity, class_id, value, length);
    if (identity->slots[slot] != 0) {
        struct dcmchain_identity *known = &identity->values[identity->slots[slot] - 1];
        known->tag = tells_more(tag, known->tag) ? tag : known->tag;
        return DCMCHAIN_OK;
    }
    if (identity->count >= LIMIT_IDENTITY_VALUES + identity->allowed) {
        return DCMCHAIN_E_RANGE;
    }
    if (identity->count == identity->capacity && grow_values(identity) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    const char *kept = arena_keep(&identity->texts, value, length);
    if (kept == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    identity->values[identity->count] =
        (struct dcmchain_identity){.class_id = class_id, .tag = tag, .value = kept};
    identity->slots[slot] = (uint32_t)++identity->count;
    return DCMCHAIN_OK;
}

void identity_allow_instance(struct identity *identity)
{
    identity->allowed += LIMIT_IDENTITY_INSTANCE;
}

int identity_merge(struct identity *into, const struct identity *from)
{
    into->allowed += from->allowed;
    for (size_t i = 0; i < from->count; i++) {
        const struct dcmchain_identity *value = &from->values[i];
        int result = identity_add(into, value->class_id, value->tag, value->value);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

/* (class, value) is unique in the set: the tag needs no comparing. */
static int compare(const void *left, const void *right)
{
    const struct dcmchain_identity *a = left;
    const struct dcmchain_identity *b = right;
    if (a->class_id != b->class_id) {
        return a->class_id < b->class_id ? -1 : 1;
    }
    return strcmp(a->value, b->value);
}

int identity_close(struct identity *identity)
{
    if (!identity->closed && identity->count > 1) {
        qsort(identity->values, identity->count, sizeof *identity->values, compare);
    }
    struct dcmchain_identity *fitting =
        identity->count == 0 ? NULL : realloc(identity->values, identity->count * sizeof *identity->values);
    if (fitting != NULL) { /* what a study keeps to its end */
        identity->values = fitting;
        identity->capacity = identity->count;
    }
    identity->closed = true;
    free(identity->slots);
    identity->slots = NULL;
    identity->slot_count = 0;
    return DCMCHAIN_OK;
}

size_t identity_count(const struct identity *identity)
{
    return identity->count;
}

const struct dcmchain_identity *identity_at(const struct identity *identity, size_t index)
{
    return index < identity->count ? &identity->values[index] : NULL;
}
