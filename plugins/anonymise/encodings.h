/* encodings.h: bytes that say no character set, or a wrong one, read in each that somebody may have meant.
 * It knows no element. Pure functions, any thread. */
#ifndef ANONYMISE_ENCODINGS_H
#define ANONYMISE_ENCODINGS_H

#include <stddef.h>

extern const size_t encodings_count;
/* How many of them are of regions: those behind are of old terminals, with signs where others have letters.
 */
extern const size_t encodings_regional;
#define ENCODINGS_UTF_8 0U
#define ENCODINGS_LATIN_1 8U /* the index of ISO 8859-1, in which every byte has a meaning */

/* 1: the bytes read as UTF-8 text (owned); 0: they are none in this encoding; negative: failed. */
int encodings_decode(size_t index, const char *bytes, size_t length, char **ret_utf8);
/* The way back; 0: the encoding lacks a character. */
int encodings_encode(size_t index, const char *utf8, char **ret_bytes, size_t *ret_length);

#endif
