/* hits.h: the places of one text at which patterns of the identity hit, and which of them count.
 * Part of the cleaner; it changes no text. */
#ifndef ANONYMISE_HITS_H
#define ANONYMISE_HITS_H

#include "fold.h"
#include "patterns.h"

/* Marks every byte of the source text that belongs to a hit with 1 in marks (length bytes, zeroed; bytes that
 * are marked already are not looked at). mode: CLEANER_TEXT … Returns 1 where something was marked, 0 or
 * negative. */
int hits_mark(const struct patterns *patterns, const char *text, size_t length, uint32_t mode,
              uint8_t *marks);

#endif
