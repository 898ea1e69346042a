/* names.h: what a study's names were turned into: a hash map from text to text and number.
 * It must not decide any name. One map belongs to one thread at a time. */
#ifndef LAYOUT_NAMES_H
#define LAYOUT_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct names_entry {
    char *key;
    char *value;     /* NULL: none */
    uint32_t number; /* 0: none */
};

struct names {
    struct names_entry *slots; /* key NULL: free */
    size_t slot_count;         /* 0, or a power of two */
    size_t count;
};

/* The entry of a key, NULL where there is none. Borrowed until the next names_put(). */
struct names_entry *names_find(const struct names *names, const char *key);
/* The entry of a key, made with neither value nor number if there is none. NULL without memory. */
struct names_entry *names_put(struct names *names, const char *key);
void names_clear(struct names *names);

#endif
