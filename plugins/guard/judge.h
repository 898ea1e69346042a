/* judge.h: whether a hit counts, by its borders, its parts and where it stands: what stops a study that holds
 * nothing of its patient costs as much trust as what lets one pass. It must not search. */
#ifndef GUARD_JUDGE_H
#define GUARD_JUDGE_H

#include "patterns.h"
#include "roles.h"

/* A pattern that ends before `end` of a folded text. */
bool judge_hit(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
               size_t end);

/* A pattern whose first `depth` bytes end the text. characters: of the text as it stands. */
bool judge_cut(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
               size_t depth, size_t characters);

#endif
