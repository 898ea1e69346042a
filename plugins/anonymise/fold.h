/* fold.h: text to the form in which it is compared: letters and digits alone, without case and accents, each
 * byte with the place in the source that it came from. It knows no identity. Any thread. */
#ifndef ANONYMISE_FOLD_H
#define ANONYMISE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FOLD_DIGIT 1U
#define FOLD_UPPER 2U
#define FOLD_FIRST 4U /* first byte of what one source character became */
#define FOLD_IDEO 8U  /* of a script that writes words without blanks */

struct fold_place {
    uint32_t from; /* bytes of the source, the marks behind included */
    uint32_t to;
    uint8_t flags;
};

struct folded {
    char *bytes; /* NUL-terminated */
    struct fold_place *places;
    size_t length;
};

/* Folds UTF-8 text; bytes that are no UTF-8 count as separators. Free with folded_free(). */
int fold_text(const char *text, size_t length, struct folded *ret_folded);
void folded_free(struct folded *folded);

/* Is there something between byte at-1 and byte at in the source (a blank, a caret, an underscore …), or an
 * end? */
bool fold_is_apart(const struct folded *folded, size_t at);
/* Also a change between letter and digit, or from small to capital letter ("T1Name", "Scan2"). */
bool fold_is_border(const struct folded *folded, size_t at);
/* Where the token (letters and digits between separators) that begins at a place ends. */
size_t fold_token_end(const struct folded *folded, size_t start);
/* The token that ends at, or begins at, a place, for whoever asks at each hit: one of FOLD_NEAR bytes, which
 * no word of a list has, is cut. */
#define FOLD_NEAR 64U
size_t fold_near_start(const struct folded *folded, size_t end);
size_t fold_near_end(const struct folded *folded, size_t start);

#endif
