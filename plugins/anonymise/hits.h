/* hits.h: the places of one text at which patterns of the identity hit, and which of them count.
 * Part of the cleaner; it changes no text. */
#ifndef ANONYMISE_HITS_H
#define ANONYMISE_HITS_H

#include "fold.h"
#include "patterns.h"

/* In marks. */
#define HITS_HIT 1U
#define HITS_ALLOWED 16U

/* Marks the bytes of the source text that belong to a hit, and those of allowed words (length bytes; what is
 * marked already is not looked at). mode: CLEANER_TEXT … Returns 1 where a hit was marked, 0 or negative.
 * Linear in the text, whatever the patterns. */
int hits_mark(const struct patterns *patterns, const char *text, size_t length, uint32_t mode,
              uint8_t *marks);

#endif
