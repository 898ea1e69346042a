/* arena.h: bytes that are kept for as long as all the others of their owner, in blocks that grow with them.
 * It must not know what they are. One arena belongs to one thread. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *blocks; /* the newest first; NULL: none yet */
    size_t bytes;               /* of all blocks */
};

/* Copies bytes there, with a NUL behind them; aligned to nothing. NULL without memory. */
char *arena_keep(struct arena *arena, const void *bytes, size_t length);
/* Lets go of all of it; it is as new. */
void arena_free(struct arena *arena);

#endif
