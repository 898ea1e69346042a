/* hits_judge.h: which hits of patterns in a text count, by their borders and neighbours.
 * Part of hits.c; it marks nothing. */
#ifndef ANONYMISE_HITS_JUDGE_H
#define ANONYMISE_HITS_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fold.h"
#include "patterns.h"

#define ANY_NAME (PATTERN_NAME | PATTERN_STAFF)

struct hit {
    size_t start;
    size_t end;
    uint32_t bits;
};

/* Arrays by folded place, each one longer than the text. */
struct search {
    const struct patterns *patterns;
    const char *text;
    const uint8_t *marks; /* bytes that are not looked at */
    uint32_t mode;
    struct folded folded;
    uint8_t *begins; /* a name part begins, or ends, here */
    uint8_t *ends;
    int32_t *covered; /* what counts: +1 where a hit starts, -1 behind its end; then their sum */
    int32_t *allowed; /* the same for allowed words; then how many bytes before a place are allowed */
};

bool hits_count(const struct search *search, const struct hit *hit);

/* Whether the letter at a place is an initial of the patient. */
bool hits_is_initial(const struct search *search, size_t at);
/* Whether the mode is one of text in which labels and initials mean something. */
bool hits_is_free_text(const struct search *search);
/* A genitive ("Zzyxs", "Zzyx's") ends where its s ends. */
size_t hits_with_genitive(const struct search *search, size_t end);
/* Whether a piece of the text tells whose it is: a word of it is in no list, or it is a number. */
bool hits_tell(const struct search *search, size_t start, size_t to);

#endif
