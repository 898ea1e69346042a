/* uids.c: see uids.h. */
#include "uids.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/stage.h"

#define MIN_UID 10U

void uids_free(struct uids *uids)
{
    free(uids->slots);
    *uids = (struct uids){0};
}

/* Names of the standard itself, which the registry of PS3.6 gives out: short numbers below its root. An
 * instance's UID that somebody made up below that root is longer. */
static bool is_of_the_standard(const char *uid, size_t length)
{
    static const char root[] = "1.2.840.10008.";
    const size_t root_length = sizeof root - 1;
    if (length >= 40 || length < root_length || memcmp(uid, root, root_length) != 0) {
        return false;
    }
    size_t digits = 0;
    for (size_t i = root_length; i < length; i++) {
        digits = uid[i] == '.' ? 0 : digits + 1;
        if (digits > 4) {
            return false;
        }
    }
    return true;
}

static size_t hash_of(const char *uid, size_t length)
{
    uint64_t sum = 14695981039346656037ULL;
    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ (uint8_t)uid[i]) * 1099511628211ULL;
    }
    return (size_t)(sum ^ (sum >> 29));
}

static size_t slot_of(const struct uids *uids, const char *uid, size_t length)
{
    size_t slot = hash_of(uid, length) & (uids->slot_count - 1);
    while (uids->slots[slot].at != NULL &&
           (uids->slots[slot].length != length || memcmp(uids->slots[slot].at, uid, length) != 0)) {
        slot = (slot + 1) & (uids->slot_count - 1);
    }
    return slot;
}

static int grow(struct uids *uids)
{
    struct uid *before = uids->slots;
    size_t slots = uids->slot_count;
    struct uid *after = calloc(slots == 0 ? 64 : 2 * slots, sizeof *after);
    if (after == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    uids->slots = after;
    uids->slot_count = slots == 0 ? 64 : 2 * slots;
    for (size_t i = 0; i < slots; i++) {
        if (before[i].at != NULL) {
            after[slot_of(uids, before[i].at, before[i].length)] = before[i];
        }
    }
    free(before);
    return DCMCHAIN_OK;
}

static int add(struct uids *uids, const char *uid, size_t length)
{
    if (4 * (uids->count + 1) > 3 * uids->slot_count && grow(uids) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    struct uid *slot = &uids->slots[slot_of(uids, uid, length)];
    if (slot->at == NULL) {
        *slot = (struct uid){uid, length};
        uids->count++;
    }
    return DCMCHAIN_OK;
}

/* Each run of digits and dots of a value: mercure's names of files hold a UID, too. */
int uids_add(struct uids *uids, const char *value)
{
    int result = DCMCHAIN_OK;
    for (const char *at = value; result == DCMCHAIN_OK && *at != '\0';) {
        size_t length = strspn(at, "0123456789.");
        while (length > 0 && at[length - 1] == '.') {
            length--;
        }
        if (length >= MIN_UID && memchr(at, '.', length) != NULL && !is_of_the_standard(at, length)) {
            result = add(uids, at, length);
        }
        at += length > 0 ? length : 1;
    }
    return result;
}

bool uids_has(const struct uids *uids, const char *uid, size_t length)
{
    return length >= MIN_UID && uids->slot_count > 0 && uids->slots[slot_of(uids, uid, length)].at != NULL;
}
