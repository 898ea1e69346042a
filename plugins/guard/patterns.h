/* patterns.h: the identity of a study as what is searched: folded strings in one automaton, dates, UIDs, and
 * whole values by class. It must not search. Immutable once open, any thread. */
#ifndef GUARD_PATTERNS_H
#define GUARD_PATTERNS_H

#include <stdbool.h>

#include "automaton.h"
#include "dcmchain/stage.h"
#include "fold.h"

enum pattern_kind {
    PATTERN_WORD,   /* one word of a name */
    PATTERN_NUMBER, /* an ID or accession number */
    PATTERN_PHRASE, /* an institution, an address */
    PATTERN_JOINED, /* several words of a name, in one order; they join at `joints` */
    PATTERN_DATE    /* one spelling of a day; parts join at `joints` */
};
#define PATTERN_CUT_KINDS 3U /* the first of them may stand cut short */

#define PATTERN_JOINTS 7U

struct pattern {
    uint32_t next; /* the next one of the same bytes, AUTOMATON_NONE: no more */
    uint32_t kind;
    uint32_t class_id;
    uint32_t day;        /* DATE: yyyymmdd */
    uint16_t length;     /* bytes */
    uint16_t characters; /* of the text that was folded, letters and digits */
    uint8_t joint_count;
    bool common; /* only in the elements of its class, or beside others of its kind */
    bool digits; /* nothing but digits */
    bool ideographs;
    bool apart; /* DATE: its parts must stand apart, by '.', '-', '/' or blanks */
    uint8_t joints[PATTERN_JOINTS];
};

struct patterns;

/* kept: bit n: the class n + 1 is not searched. The study must live on: its UIDs are
 * borrowed. */
int patterns_open(const dcmchain_study *study, uint64_t kept, struct patterns **ret_patterns);
void patterns_free(struct patterns *patterns);

const struct automaton *patterns_automaton(const struct patterns *patterns);
/* The first pattern that ends at a place of the automaton; more by their `next`. AUTOMATON_NONE: none. */
uint32_t patterns_at(const struct patterns *patterns, uint32_t place);
const struct pattern *patterns_get(const struct patterns *patterns, uint32_t index);
/* A pattern of a kind below PATTERN_CUT_KINDS that begins with what the automaton has read at a place; NULL
 * if none. */
const struct pattern *patterns_beginning(const struct patterns *patterns, uint32_t place, uint32_t kind);

/* Whether a UID, a day (yyyymmdd; *ret_class: DATE or BIRTH_DATE), or a whole value (folded) of a class is
 * the study's. */
bool patterns_has_uid(const struct patterns *patterns, const char *uid, size_t length);
bool patterns_has_day(const struct patterns *patterns, uint32_t day, uint32_t *ret_class);
bool patterns_has_value(const struct patterns *patterns, uint32_t class_id, const void *bytes, size_t length);

/* Values of a class that are too short or common to be searched anywhere but in the elements of their class.
 */
uint32_t patterns_common_count(const struct patterns *patterns, uint32_t class_id);

#endif
