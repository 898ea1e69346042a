/* uids.h: the UIDs of a study as a set: one of each file and more, so that membership must not cost a search.
 * What counts as a UID of the study is decided here, where it stands in a text is not. Immutable once filled,
 * any thread. */
#ifndef GUARD_UIDS_H
#define GUARD_UIDS_H

#include <stdbool.h>
#include <stddef.h>

struct uid {
    const char *at; /* borrowed; NULL: the slot is free */
    size_t length;
};

/* All zero: empty. */
struct uids {
    struct uid *slots; /* by hash */
    size_t slot_count; /* a power of two, or 0 */
    size_t count;
};

void uids_free(struct uids *uids);
/* Adds each UID that stands in a value; names of the standard itself are none. The value must live on. */
int uids_add(struct uids *uids, const char *value);
bool uids_has(const struct uids *uids, const char *uid, size_t length);

#endif
