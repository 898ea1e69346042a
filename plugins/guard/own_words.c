/* own_words.c: see own_words.h. */
#include "own_words.h"

#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"
#include "fold.h"

struct own_words {
    struct folded folded; /* all of them, in the order in which they stand */
};

/* What the task writer picks from for the members of a task document, and extensions of paths. */
static const char other_words[] = "both discard ignore notification proceed process received_modalities "
                                  "received_series route series study timeout dcm json";

int own_words_open(const char *description, struct own_words **ret_own)
{
    struct own_words *own = calloc(1, sizeof *own);
    int result = own == NULL ? DCMCHAIN_E_MEMORY : fold_bytes(&own->folded, other_words, strlen(other_words));
    if (result == DCMCHAIN_OK) {
        result = fold_utf8(&own->folded, description, strlen(description), false);
    }
    if (result != DCMCHAIN_OK) {
        own_words_free(own);
        return result;
    }
    *ret_own = own;
    return DCMCHAIN_OK;
}

void own_words_free(struct own_words *own)
{
    if (own != NULL) {
        fold_free(&own->folded);
        free(own);
    }
}

/* Asked only where something was found: no order is worth its code. */
bool own_words_has(const struct own_words *own, const void *bytes, size_t length)
{
    for (size_t at = 0; own != NULL && at < own->folded.length;) {
        const size_t end = fold_word_end(&own->folded, at);
        if (end - at == length && memcmp(own->folded.bytes + at, bytes, length) == 0) {
            return true;
        }
        at = end;
    }
    return false;
}
