/* dictionary_tables.h: the tables that dictionary_make.c writes and dictionary.c reads, and how their slots
 * are found. Nobody else needs them. */
#ifndef CORE_DATASET_DICTIONARY_TABLES_H
#define CORE_DATASET_DICTIONARY_TABLES_H

#include <stddef.h>
#include <stdint.h>

#define DICTIONARY_SLOT_BITS 14 /* about three times the entries of PS3.6 */
#define DICTIONARY_SLOTS (1U << DICTIONARY_SLOT_BITS)
#define DICTIONARY_MAX_ENTRIES (DICTIONARY_SLOTS / 2) /* that a probe stays short */

#define DICTIONARY_RETIRED "RETIRED_" /* how DCMTK marks a retired keyword; PS3.6 has no such mark */

/* No pointers: the tables are shared pages of the file, which nothing has to relocate. */
struct dictionary_entry {
    uint32_t tag;     /* of a range, its lowest */
    uint32_t keyword; /* where it begins in dictionary_keywords */
    uint16_t vr;      /* DCMCHAIN_VR(); 0: none */
    uint16_t us_or_ss;
};

/* PS3.6 (60xx,3000) and the like. The groups, and the elements, from low to high: of one parity, or all. */
struct dictionary_range {
    uint16_t group_low;
    uint16_t group_high;
    uint16_t element_low;
    uint16_t element_high;
    uint16_t group_step; /* 2: those of the parity of the lowest; 1: all */
    uint16_t element_step;
};

extern const struct dictionary_entry dictionary_entries[]; /* single tags in order, then one for each range */
extern const size_t dictionary_single_count;
extern const struct dictionary_range dictionary_ranges[];
extern const size_t dictionary_range_count;
extern const char dictionary_keywords[]; /* each ended by a NUL */

/* Open addressing: 0 ends a probe, else the number of an entry plus one. Ranges are not in the first. */
extern const uint16_t dictionary_by_tag[DICTIONARY_SLOTS];
extern const uint16_t dictionary_by_keyword[DICTIONARY_SLOTS];

static inline uint32_t dictionary_spread(uint32_t hash)
{
    return (hash * 2654435761U) >> (32 - DICTIONARY_SLOT_BITS);
}

static inline uint32_t dictionary_slot_after(uint32_t slot)
{
    return (slot + 1) % DICTIONARY_SLOTS;
}

/* FNV-1a; begin with DICTIONARY_HASH_EMPTY, and go on with what a part of the keyword gave. */
#define DICTIONARY_HASH_EMPTY 2166136261U
static inline uint32_t dictionary_hash(uint32_t hash, const char *keyword)
{
    for (; *keyword != '\0'; keyword++) {
        hash = (hash ^ (unsigned char)*keyword) * 16777619U;
    }
    return hash;
}

#endif
