/* json_scalars.h: the strings, numbers and words of JSON (RFC 8259). It must not take memory. Any thread. */
#ifndef GUARD_JSON_SCALARS_H
#define GUARD_JSON_SCALARS_H

#include <stdbool.h>

#include "json_pieces.h"

/* A string in its quotes: its text into text, which has as much room as the string, and may hold NUL. False:
 * an escape is malformed, or a surrogate stands alone. */
bool json_unescape(struct piece string, char *text, size_t *ret_length);

/* Whether any text holds an escape that hides a letter or a digit, or the border of a word. */
bool json_has_escape(struct piece text);
/* Any text with all of its escapes undone, and a blank for what is none: into text, which has as much room
 * and may be the same place. Its length. */
size_t json_unescape_any(struct piece from, char *text);

/* A number; its digits without sign, leading zeros, exponent and decimal point, "" where it is no whole
 * number or does not fit. False: it is no number, or one of more characters than fit. */
#define JSON_WHOLE_BYTES 320U
bool json_number(struct piece number, char ret_whole[JSON_WHOLE_BYTES]);
/* true, false, null. */
bool json_is_word(struct piece word);

#endif
