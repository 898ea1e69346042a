/* automaton.h: Aho-Corasick over bytes: all places of many patterns in one pass over a text.
 * It knows nothing of names or dates. Read-only after automaton_finish(), any thread. */
#ifndef ANONYMISE_AUTOMATON_H
#define ANONYMISE_AUTOMATON_H

#include <stddef.h>
#include <stdint.h>

#define AUTOMATON_MAX_NODES (16U << 20)

struct automaton;

int automaton_open(struct automaton **ret_automaton);
void automaton_free(struct automaton *automaton);

/* Adds a pattern, or the bits to one that is there. DCMCHAIN_E_RANGE beyond AUTOMATON_MAX_NODES. */
int automaton_add(struct automaton *automaton, const char *bytes, size_t length, uint32_t bits);
int automaton_finish(struct automaton *automaton);

/* The state after a byte; begin with 0. */
uint32_t automaton_step(const struct automaton *automaton, uint32_t state, char byte);
/* How many bytes of a pattern's beginning the state stands for. */
size_t automaton_depth(const struct automaton *automaton, uint32_t state);
/* The next shorter beginning of any pattern that the text ends with, too; 0: none. */
uint32_t automaton_suffix(const struct automaton *automaton, uint32_t state);
/* The patterns that end here, longest first: call with match = state, then with what it returned, until 0. */
uint32_t automaton_match(const struct automaton *automaton, uint32_t match);
/* Bits of the pattern that ends at a node which automaton_match() gave, or of the state itself. */
uint32_t automaton_bits(const struct automaton *automaton, uint32_t node);

#endif
