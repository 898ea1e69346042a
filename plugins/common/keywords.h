/* keywords.h: attributes that a setting names, and what was meant where it names none.
 * It must not decide which attributes a stage allows. Any thread. */
#ifndef COMMON_KEYWORDS_H
#define COMMON_KEYWORDS_H

#include <stdint.h>

/* The tag of a keyword or "(gggg,eeee)". Where it names nothing: DCMCHAIN_E_ABSENT, and *ret_nearest the
 * keyword that was probably meant, NULL if none is near (borrowed, static; untouched on success). */
int keywords_parse(const char *text, uint32_t *ret_tag, const char **ret_nearest);

/* Edits (insert, delete, replace, swap of neighbours) from one word to the other, without regard to the case
 * of ASCII letters; a number beyond all limits for words of over 64 bytes. */
unsigned keywords_distance(const char *left, const char *right);

#endif
