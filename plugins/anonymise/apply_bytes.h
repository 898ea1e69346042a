/* apply_bytes.h: text whose character set is not said, or said wrongly: compared in each that it can be read
 * in. Part of apply_clean.c. */
#ifndef ANONYMISE_APPLY_BYTES_H
#define ANONYMISE_APPLY_BYTES_H

#include "state.h"

/* Cleans the stored bytes of a text element in every encoding. declared: they decode in the one that is said,
 * and were cleaned in it. Returns as apply.h says. What no encoding shows to hold identity keeps its bytes.
 */
int apply_bytes(struct target *target, uint32_t mode, bool declared);

/* Cleans what is printable in a value that is no text (OB, UN, words, numbers): a hit is blanked in place. */
int apply_binary(struct target *target);

#endif
