/* hash.h: FNV-1a, for tables of hashes. It is fast and no secret: nothing may be ordered by it or hidden
 * behind it. */
#ifndef CORE_HASH_H
#define CORE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define HASH_EMPTY 14695981039346656037ULL

static inline uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ at[i]) * 1099511628211ULL;
    }
    return hash;
}

/* Lets the low bits, which choose a slot, depend on all. */
static inline uint64_t hash_fold(uint64_t hash)
{
    return hash ^ (hash >> 32);
}

#endif
