/* numbers.h: what a number in a text says by what stands beside it: it is measured, or counts a part of the
 * study. It must not judge whose number it is. Any thread. */
#ifndef ANONYMISE_NUMBERS_H
#define ANONYMISE_NUMBERS_H

#include <stdbool.h>
#include <stddef.h>

#include "fold.h"
#include "words.h"

/* "1.120", "120.1": the digits from start to end (folded places) are of a number with decimals. */
bool numbers_has_decimals(const char *text, const struct folded *folded, size_t start, size_t end);
/* "120 ms", "120%": behind the digits that end there stands a unit. */
bool numbers_has_unit(const char *text, const struct folded *folded, size_t end);

/* "slice 1234", "Series no. 1234", "images 1200-1234", "TR1234", "1234 slices". */
bool numbers_is_designated(const char *text, const struct folded *folded, const struct words *words,
                           size_t start, size_t end);

#endif
