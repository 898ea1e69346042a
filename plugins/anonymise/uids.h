/* uids.h: which UI values name something of the standard or of a class, and so stay, and which name an
 * instance, and so are mapped. It maps nothing itself. Any thread. */
#ifndef ANONYMISE_UIDS_H
#define ANONYMISE_UIDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True for attributes whose values name a class, a transfer syntax, a coding scheme, a context …: a closed
 * list. */
bool uids_is_class_like(uint32_t tag);

/* True where the exact value is in the registry of PS3.6 annex A. */
bool uids_is_registered(const char *value, size_t length);

#endif
