/* name_patterns.h: a person's name as patterns: its parts, and its parts joined.
 * Part of patterns.h; nobody else includes it. */
#ifndef ANONYMISE_NAME_PATTERNS_H
#define ANONYMISE_NAME_PATTERNS_H

#include "patterns.h"

/* value: a PN with carets and equal signs (PS3.5 6.2.1), or a name as people write it. part: PATTERN_NAME or
 * PATTERN_STAFF. */
int name_patterns_add(struct patterns *patterns, const char *value, uint32_t part);

#endif
