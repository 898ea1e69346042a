/* common.h: words that a header has for reasons of its own, so that a person of that name is not searched by
 * it alone. It must not know any study. Any thread. */
#ifndef GUARD_COMMON_H
#define GUARD_COMMON_H

#include <stdbool.h>
#include <stddef.h>

/* A folded word (fold.h). */
bool common_word(const void *bytes, size_t length);
/* A folded word of the language of descriptions, common or not: what a name is only a part of is not that
 * name. */
bool common_text(const void *bytes, size_t length);
/* A whole folded value that stands for none: "anonymous", "removed" … */
bool common_nobody(const void *bytes, size_t length);
/* Either of them. */
bool common_any(const void *bytes, size_t length);

#endif
