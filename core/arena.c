/* arena.c: see arena.h. */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

/* The next block is half of what there is, so that at most a third lies idle, be it little or much. */
#define SMALLEST_BLOCK 512U
#define LARGEST_BLOCK 65536U

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    char bytes[];
};

static struct arena_block *add_block(struct arena *arena, size_t needed)
{
    size_t size = arena->bytes / 2;
    size = size < SMALLEST_BLOCK ? SMALLEST_BLOCK : size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
    size = size < needed ? needed : size;
    struct arena_block *block = malloc(sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    *block = (struct arena_block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    arena->bytes += size;
    return block;
}

char *arena_keep(struct arena *arena, const void *bytes, size_t length)
{
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used <= length) {
        block = add_block(arena, length + 1);
        if (block == NULL) {
            return NULL;
        }
    }
    char *kept = block->bytes + block->used;
    if (length > 0) {
        memcpy(kept, bytes, length);
    }
    kept[length] = '\0';
    block->used += length + 1;
    return kept;
}

void arena_free(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *next = arena->blocks->next;
        free(arena->blocks);
        arena->blocks = next;
    }
    *arena = (struct arena){0};
}
