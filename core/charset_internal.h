/* charset_internal.h: what charset.c and charset_encode.c share. */
#ifndef CORE_CHARSET_INTERNAL_H
#define CORE_CHARSET_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "charset_sets.h"
#include "text.h"

#define CHARSET_MAX_TERMS 8U

struct charset {
    const struct charset_set *sets[CHARSET_MAX_TERMS]; /* the first is in force at the beginning of a value */
    size_t count;                                      /* at least 1 */
};

/* Converts by iconv(3) and appends. DCMCHAIN_E_CHARSET where a character has no counterpart. */
int charset_convert(const char *to, const char *from, const char *bytes, size_t length, struct text *text);
/* True where a character puts the initial sets in force again (PS3.5 6.1.2.5.3). */
bool charset_is_delimiter(uint16_t vr, char character);

#endif
