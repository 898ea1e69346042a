/* suggest.h: "did you mean": the nearest of some words. */
#ifndef CORE_SUGGEST_H
#define CORE_SUGGEST_H

#include <stddef.h>

/* The candidate that differs from the word by the fewest edits, if that is at most a third of its length (and
 * at least one edit is allowed); NULL: none is near. The first of several. Borrowed. */
const char *suggest(const char *word, const char *const *candidates, size_t count);

#endif
