/* memo.c: a table of fixed size in parts with a lock each; a place that is taken goes to the newer value.
 * It must not grow with the study. */
#include "memo.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"

#define PARTS 16U
#define PLACES 512U     /* of a part */
#define MAX_BYTES 1024U /* of a value and of what it becomes: longer ones are rare */

struct entry {
    char *value; /* its bytes, a NUL, then those of the text */
    size_t length;
    uint64_t hash;
    uint32_t kind;
    uint32_t changes; /* 1: the text follows the value */
};

struct part {
    pthread_mutex_t lock;
    struct entry entries[PLACES];
};

struct memo {
    struct part parts[PARTS];
    size_t ready; /* parts whose lock is there */
};

int memo_open(struct memo **ret_memo)
{
    struct memo *memo = calloc(1, sizeof *memo);

    if (memo == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (; memo->ready < PARTS; memo->ready++) {
        if (pthread_mutex_init(&memo->parts[memo->ready].lock, NULL) != 0) {
            memo_free(memo);
            return DCMCHAIN_E_MEMORY;
        }
    }
    *ret_memo = memo;
    return 0;
}

void memo_free(struct memo *memo)
{
    if (memo == NULL) {
        return;
    }
    for (size_t part = 0; part < memo->ready; part++) {
        (void)pthread_mutex_destroy(&memo->parts[part].lock);
        for (size_t at = 0; at < PLACES; at++) {
            free(memo->parts[part].entries[at].value);
        }
    }
    free(memo);
}

/* FNV-1a. */
static uint64_t hash_of(uint32_t kind, const char *value, size_t length)
{
    uint64_t sum = 14695981039346656037ULL ^ kind;

    for (size_t at = 0; at < length; at++) {
        sum = (sum ^ (uint8_t)value[at]) * 1099511628211ULL;
    }
    return sum ^ (sum >> 29);
}

static struct entry *place_of(struct memo *memo, uint64_t hash, struct part **ret_part)
{
    *ret_part = &memo->parts[hash % PARTS];
    return &(*ret_part)->entries[hash / PARTS % PLACES];
}

int memo_find(struct memo *memo, uint32_t kind, const char *value, size_t length, char **ret_text)
{
    const uint64_t hash = length > MAX_BYTES ? 0 : hash_of(kind, value, length);
    struct part *part = NULL;
    const struct entry *entry = place_of(memo, hash, &part);
    int result = MEMO_UNKNOWN;

    if (length > MAX_BYTES) {
        return MEMO_UNKNOWN;
    }
    (void)pthread_mutex_lock(&part->lock);
    if (entry->value != NULL && entry->hash == hash && entry->kind == kind && entry->length == length &&
        memcmp(entry->value, value, length) == 0) {
        result = entry->changes != 0 ? 1 : 0;
        if (result > 0) {
            *ret_text = strdup(entry->value + length + 1);
            result = *ret_text == NULL ? DCMCHAIN_E_MEMORY : 1;
        }
    }
    (void)pthread_mutex_unlock(&part->lock);
    return result;
}

void memo_keep(struct memo *memo, uint32_t kind, const char *value, size_t length, const char *text)
{
    const size_t text_bytes = text == NULL ? 0 : strlen(text) + 1;
    const uint64_t hash = length > MAX_BYTES ? 0 : hash_of(kind, value, length);
    struct part *part = NULL;
    struct entry *entry = place_of(memo, hash, &part);
    struct entry made = {NULL, length, hash, kind, text == NULL ? 0U : 1U};
    char *old = NULL;

    if (length > MAX_BYTES || text_bytes > MAX_BYTES) {
        return;
    }
    made.value = malloc(length + 1 + text_bytes);
    if (made.value == NULL) {
        return;
    }
    (void)memcpy(made.value, value, length);
    made.value[length] = '\0';
    if (text_bytes > 0) {
        (void)memcpy(made.value + length + 1, text, text_bytes);
    }
    (void)pthread_mutex_lock(&part->lock);
    old = entry->value;
    *entry = made;
    (void)pthread_mutex_unlock(&part->lock);
    free(old);
}
