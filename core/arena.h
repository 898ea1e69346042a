/* arena.h: memory that is kept for as long as all the rest of its owner's, in blocks that grow with it. It
 * must not know what is in it. One arena belongs to one thread at a time. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {                  /* zeroed: empty */
    struct arena_block *blocks; /* the newest first; NULL: none yet */
    size_t bytes;               /* of all blocks */
    size_t expected;            /* of the next block, at least */
};

/* Uninitialised memory, aligned for any type. NULL without memory. */
void *arena_take(struct arena *arena, size_t length);
/* Copies bytes there, with a NUL behind them; aligned to nothing. NULL without memory. */
char *arena_keep(struct arena *arena, const void *bytes, size_t length);
/* How much the next calls will need together, so that it comes from one block. A hint. */
void arena_expect(struct arena *arena, size_t length);
/* Lets go of all of it; it is as new. */
void arena_free(struct arena *arena);

#endif
