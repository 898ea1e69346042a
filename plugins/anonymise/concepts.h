/* concepts.h: which concept names of content items hold identity, and the attribute of the same meaning.
 * It decides nothing. Immutable once open, any thread. */
#ifndef ANONYMISE_CONCEPTS_H
#define ANONYMISE_CONCEPTS_H

#include <stdint.h>

struct concepts;

/* Reads the shipped list. Negative where it is wrong. Free with concepts_free(). */
int concepts_open(struct concepts **ret_concepts);
void concepts_free(struct concepts *concepts);

/* The tag of the attribute that a coded concept stands for, by its code, else by its meaning; 0: none. */
uint32_t concepts_find(const struct concepts *concepts, const char *scheme, const char *code,
                       const char *meaning);

#endif
