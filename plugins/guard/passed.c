/* passed.c: see passed.h. A table of fixed size with few places for each value, so that no input can make it
 * grow or slow; bytes are compared, not hashes. */
#include "passed.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"

#define SLOTS 512U /* a power of two */
#define WAYS 4U    /* places that a value may stand in */

struct slot {
    uint64_t how;
    uint16_t length;
    bool used;
    uint8_t bytes[PASSED_MAX_BYTES];
};

struct passed {
    struct passed *next; /* of those that nobody has borrowed */
    uint32_t turn;       /* whose place is taken next, where all are */
    struct slot slots[SLOTS];
};

struct passed_pool {
    pthread_mutex_t lock;
    struct passed *free;
};

int passed_pool_open(struct passed_pool **ret_pool)
{
    struct passed_pool *pool = calloc(1, sizeof *pool);
    if (pool == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)pthread_mutex_init(&pool->lock, NULL);
    *ret_pool = pool;
    return DCMCHAIN_OK;
}

void passed_pool_free(struct passed_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    while (pool->free != NULL) {
        struct passed *next = pool->free->next;
        free(pool->free);
        pool->free = next;
    }
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct passed *passed_borrow(struct passed_pool *pool)
{
    if (pool == NULL) {
        return NULL;
    }
    (void)pthread_mutex_lock(&pool->lock);
    struct passed *passed = pool->free;
    if (passed != NULL) {
        pool->free = passed->next;
    }
    (void)pthread_mutex_unlock(&pool->lock);
    return passed != NULL ? passed : calloc(1, sizeof *passed);
}

void passed_return(struct passed_pool *pool, struct passed *passed)
{
    if (passed != NULL) {
        (void)pthread_mutex_lock(&pool->lock);
        passed->next = pool->free;
        pool->free = passed;
        (void)pthread_mutex_unlock(&pool->lock);
    }
}

/* Any hash serves: one that is bad, or that somebody aims at, costs searches, no more. */
static size_t first_slot(uint64_t how, const uint8_t *bytes, size_t length)
{
    const uint64_t odd = 0x9E3779B97F4A7C15U;
    uint64_t hash = (how + length) * odd;
    for (size_t at = 0; at < length; at += sizeof(uint64_t)) {
        uint64_t piece = 0;
        size_t left = length - at;
        memcpy(&piece, bytes + at, left < sizeof piece ? left : sizeof piece);
        hash = (hash ^ piece) * odd;
        hash ^= hash >> 32U;
    }
    return (size_t)(hash & (SLOTS - 1U)) & ~(size_t)(WAYS - 1U);
}

bool passed_has(const struct passed *passed, uint64_t how, const void *bytes, size_t length)
{
    if (passed == NULL || length > PASSED_MAX_BYTES) {
        return false;
    }
    const struct slot *slot = &passed->slots[first_slot(how, bytes, length)];
    for (size_t way = 0; way < WAYS; way++, slot++) {
        if (slot->used && slot->how == how && slot->length == length &&
            memcmp(slot->bytes, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}

void passed_add(struct passed *passed, uint64_t how, const void *bytes, size_t length)
{
    if (passed == NULL || length > PASSED_MAX_BYTES) {
        return;
    }
    struct slot *slots = &passed->slots[first_slot(how, bytes, length)];
    size_t way = 0;
    while (way < WAYS && slots[way].used) {
        way++;
    }
    struct slot *slot = &slots[way < WAYS ? way : passed->turn++ % WAYS];
    slot->how = how;
    slot->length = (uint16_t)length;
    slot->used = true;
    memcpy(slot->bytes, bytes, length);
}
