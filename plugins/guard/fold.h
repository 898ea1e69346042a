/* fold.h: text squeezed to its letters and digits, folded (case, accents, widths), with what stood between
 * them. It must not know what is searched. One folded text belongs to one thread. */
#ifndef GUARD_FOLD_H
#define GUARD_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLD_NONE 0U     /* nothing stands before: it continues what is before it */
#define FOLD_START 1U    /* the text begins here */
#define FOLD_OTHER 0x80U /* a separator beyond ASCII, or a byte that is no text */

struct folded {
    uint8_t *bytes;  /* UTF-8 of folded letters and digits, nothing else */
    uint8_t *before; /* by byte: FOLD_NONE, FOLD_START, or the separator: an ASCII byte, FOLD_OTHER; of
                      * several the first that is no blank */
    size_t length;
    size_t room;
    bool ended; /* something was cut off at its end: a separator stands behind the last byte */
};

/* Fold a text into what is there already (empty at first). Bytes: those beyond ASCII separate. UTF-8: expand
 * writes ä, ö, ü, å, ø as ae, oe, ue, aa, oe; else they lose their marks. DCMCHAIN_E_MEMORY. */
int fold_bytes(struct folded *folded, const void *bytes, size_t length);
int fold_utf8(struct folded *folded, const char *text, size_t length, bool expand);
void fold_free(struct folded *folded);

/* Whether a word may begin at, or end before, a place (0 … length): a separator, or digits beside letters. */
bool fold_is_border(const struct folded *folded, size_t at);
/* Behind the word, between separators, that goes on at a place (below length). */
size_t fold_word_end(const struct folded *folded, size_t at);
/* Whether a digit follows a digit there, or a letter a letter, with nothing between. */
bool fold_is_same_run(const struct folded *folded, size_t at);

#endif
