/* intern.h: bytes that many hold in common, each kept once. It must not know what they are. One table belongs
 * to one thread; what it gave stays where it is, for all to read, until the table is freed. */
#ifndef CORE_INTERN_H
#define CORE_INTERN_H

#include <stddef.h>
#include <stdint.h>

#include "arena.h"

struct intern_slot;

struct intern { /* all zero: empty */
    struct intern_slot *slots;
    size_t slot_count; /* a power of two */
    size_t count;
    struct arena arena;
};

/* Those bytes, with a NUL behind them: equal ones are the same pointer. NULL without memory. */
const char *intern_keep(struct intern *intern, const void *bytes, size_t length);
const char *intern_text(struct intern *intern, const char *text);
void intern_free(struct intern *intern);

#endif
