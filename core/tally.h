/* tally.h: texts and how often each came, in byte order: warnings, reasons of drops, reasons of quarantine.
 * It must not know what the texts mean. One tally belongs to one thread at a time. */
#ifndef CORE_TALLY_H
#define CORE_TALLY_H

#include <stddef.h>
#include <stdint.h>

struct tally_entry {
    char *text;
    uint64_t count;
};

struct tally {
    struct tally_entry *entries; /* sorted by text */
    size_t count;
    uint64_t beyond; /* additions of new texts after LIMIT_WARNINGS, counted only */
};

/* Adds to a text's count. Without memory the addition is counted in `beyond`. */
void tally_add(struct tally *tally, const char *text, uint64_t count);
void tally_merge(struct tally *into, const struct tally *from);
void tally_free(struct tally *tally);

#endif
