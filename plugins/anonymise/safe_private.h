/* safe_private.h: the private attributes that PS3.15 table E.3.10-1 calls safe, and which of them an option
 * keeps. It changes no element. Immutable once open, any thread. */
#ifndef ANONYMISE_SAFE_PRIVATE_H
#define ANONYMISE_SAFE_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dcmchain/dataset.h"

/* How much of the list stays. */
enum safe_private_mode {
    SAFE_PRIVATE_NUMERIC, /* rows whose VR is a number or CS */
    SAFE_PRIVATE_ALL      /* every row but those without VR, and of bytes, which cannot be cleaned */
};

struct safe_private;

/* Reads the shipped list. Negative where it is wrong. Free with safe_private_free(). */
int safe_private_open(struct safe_private **ret_list);
void safe_private_free(struct safe_private *list);
const char *safe_private_edition(const struct safe_private *list);
size_t safe_private_rows(const struct safe_private *list);

/* Whether an element (gggg,bbee) of a creator's block stays, as it stands: its VR must be the row's or of
 * the same kind. creator: trimmed, NULL: none. */
bool safe_private_keeps(const struct safe_private *list, enum safe_private_mode mode, const char *creator,
                        uint32_t tag, uint16_t vr);
/* Whether a creator element (gggg,00bb) stays: it is the list's, and an element of its block stays in the
 * item that both stand in. */
bool safe_private_keeps_creator(const struct safe_private *list, enum safe_private_mode mode,
                                const char *creator, uint32_t tag, const dcmchain_item *item);
/* Whether a row of the creator and group can stay at all. */
bool safe_private_knows(const struct safe_private *list, enum safe_private_mode mode, const char *creator,
                        uint16_t group);
/* Whether every item of a Private Data Element Characteristics Sequence tells of a creator and group that can
 * stay. PS3.3 C.12.1.1.7. */
bool safe_private_describes(const struct safe_private *list, enum safe_private_mode mode,
                            const dcmchain_element *sequence);
/* The VR that the list gives an element, 0 where it has no row or the row no VR. */
uint16_t safe_private_vr(const struct safe_private *list, const char *creator, uint32_t tag);

/* The creator of a private element's block, or that a creator element names, without the padding that PS3.5
 * 6.2 calls not significant. Owned (dcmchain_free()); NULL: none, or it does not decode. */
char *safe_private_creator(const dcmchain_element *element);

#endif
