/* search.h: searches one value for a study's identity, and judges what is found by its borders and by where
 * it stands. It must not know where the value comes from, nor what a finding leads to. Any thread. */
#ifndef GUARD_SEARCH_H
#define GUARD_SEARCH_H

#include "own_words.h"
#include "passed.h"
#include "patterns.h"
#include "roles.h"

struct finding {
    uint32_t class_id;
    uint32_t day; /* yyyymmdd where it is a date, that another date may have been moved to; 0: it is none */
};

/* Called for each finding; what is not 0 ends the search and is returned. */
typedef int (*search_visitor)(void *closure, const struct finding *finding);

struct search {
    const struct patterns *patterns;
    const struct own_words *own; /* pass where text is dcmchain's own; NULL: there are none */
    search_visitor found;
    void *closure;
    struct passed *passed; /* values in which nothing was found; NULL: none is remembered */
    size_t findings;       /* that were told */
    struct folded folded;  /* room that is used again; fold_free() it at the end */
};

/* A value's bytes in no known character set, or UTF-8 text. */
int search_bytes(struct search *search, const struct spot *spot, const void *bytes, size_t length);
int search_text(struct search *search, const struct spot *spot, const char *text, size_t length);

#endif
