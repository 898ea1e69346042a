/* arena.c: see arena.h. Under AddressSanitizer every piece is an allocation of its own, so that the sanitizer
 * and the fuzzers see where it ends. */
#include "arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define EACH_APART 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define EACH_APART 1
#endif
#ifndef EACH_APART
#define EACH_APART 0
#endif

/* The next block is half of what there is, so that at most a third lies idle, be it little or much. */
#define SMALLEST_BLOCK 512U
#define LARGEST_BLOCK 65536U

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t size;
    alignas(max_align_t) char bytes[];
};

static struct arena_block *add_block(struct arena *arena, size_t needed)
{
    size_t size = arena->bytes / 2;
    size = size < SMALLEST_BLOCK ? SMALLEST_BLOCK : size > LARGEST_BLOCK ? LARGEST_BLOCK : size;
    size = size < arena->expected ? arena->expected : size;
    size = EACH_APART || size < needed ? needed : size;
    if (size > SIZE_MAX - sizeof(struct arena_block)) {
        return NULL;
    }
    struct arena_block *block = malloc(sizeof *block + size);
    if (block == NULL) {
        return NULL;
    }
    *block = (struct arena_block){.next = arena->blocks, .size = size};
    arena->blocks = block;
    arena->bytes += size;
    arena->expected = 0;
    return block;
}

static char *take(struct arena *arena, size_t length, size_t alignment)
{
    struct arena_block *block = arena->blocks;
    size_t from = block == NULL ? 0 : (block->used + alignment - 1) / alignment * alignment;
    if (block == NULL || from > block->size || length > block->size - from) {
        block = add_block(arena, length);
        from = 0;
    }
    if (block == NULL) {
        return NULL;
    }
    block->used = from + length;
    return block->bytes + from;
}

void *arena_take(struct arena *arena, size_t length)
{
    return take(arena, length, alignof(max_align_t));
}

char *arena_keep(struct arena *arena, const void *bytes, size_t length)
{
    char *kept = take(arena, length + 1, 1);
    if (kept == NULL) {
        return NULL;
    }
    if (length > 0) {
        memcpy(kept, bytes, length);
    }
    kept[length] = '\0';
    return kept;
}

void arena_expect(struct arena *arena, size_t length)
{
    arena->expected = length;
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
