/* automaton.h: finds all of many byte strings in one pass (Aho and Corasick, 1975), as a table.
 * It must not know what they mean. Immutable once built, any thread. */
#ifndef GUARD_AUTOMATON_H
#define GUARD_AUTOMATON_H

#include <stddef.h>
#include <stdint.h>

struct automaton;

#define AUTOMATON_NONE UINT32_MAX

int automaton_new(struct automaton **ret_automaton);
void automaton_free(struct automaton *automaton);

/* Adds a string that is not empty; *ret_place is the place that it ends at, the same for the same string. */
int automaton_add(struct automaton *automaton, const void *bytes, size_t length, uint32_t *ret_place);
/* No adding after. */
int automaton_build(struct automaton *automaton);

/* The place after one more byte; 0 is where a text begins. */
uint32_t automaton_step(const struct automaton *automaton, uint32_t place, uint8_t byte);
/* The longest string that ends here (the place that it was given), then the next shorter ones by
 * automaton_shorter(); AUTOMATON_NONE: no more. */
uint32_t automaton_longest(const struct automaton *automaton, uint32_t place);
uint32_t automaton_shorter(const struct automaton *automaton, uint32_t end);
/* The place of the next shorter beginning that a text ends with, too; 0: none. */
uint32_t automaton_suffix(const struct automaton *automaton, uint32_t place);
/* Bytes of the longest beginning of any string that a text ends with here. */
uint32_t automaton_depth(const struct automaton *automaton, uint32_t place);

#endif
