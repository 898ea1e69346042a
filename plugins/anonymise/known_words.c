/* known_words.c: judges a descriptor word by word. A word is what stands between blanks and marks; letters
 * and digits of one word ("B30f") each must pass. It must not keep a part of a word that it does not know. */
#include "known_words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "cleaner.h"
#include "embedded.h"
#include "fold.h"

#define MAX_DIGITS 4U /* of a number in a word ("b1000"); a number on its own has one less: it is no year */

struct known_words {
    const struct words *common;
    struct words *descriptors;
    char **extra; /* folded */
    size_t extra_count;
};

static int add_extra(struct known_words *known, const char *text)
{
    struct folded folded = {NULL, NULL, 0};
    const int result = fold_text(text, strlen(text), &folded);

    if (result < 0) {
        return result;
    }
    known->extra[known->extra_count] = strdup(folded.bytes);
    folded_free(&folded);
    if (known->extra[known->extra_count] == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    known->extra_count++;
    return 0;
}

int known_words_open(const struct words *common, const struct dcmchain_strings *extra,
                     struct known_words **ret_known)
{
    struct known_words *known = calloc(1, sizeof *known);
    int result = DCMCHAIN_E_MEMORY;

    if (known == NULL) {
        return result;
    }
    known->common = common;
    known->extra = calloc(extra->count + 1, sizeof *known->extra);
    if (known->extra != NULL) {
        result = words_open_text((const char *)embedded_descriptor_words_txt,
                                 embedded_descriptor_words_txt_size, &known->descriptors);
    }
    for (size_t at = 0; result == 0 && at < extra->count; at++) {
        result = add_extra(known, extra->values[at]);
    }
    if (result < 0) {
        known_words_free(known);
        return result;
    }
    *ret_known = known;
    return 0;
}

void known_words_free(struct known_words *known)
{
    if (known == NULL) {
        return;
    }
    for (size_t at = 0; at < known->extra_count; at++) {
        free(known->extra[at]);
    }
    free(known->extra);
    words_free(known->descriptors);
    free(known);
}

static bool is_listed(const struct known_words *known, const char *word, size_t length)
{
    if ((words_find(known->common, word, length) & (WORDS_COMMON | WORDS_EPONYM_CONTEXT)) != 0U ||
        words_find(known->descriptors, word, length) != 0U) {
        return true;
    }
    for (size_t at = 0; at < known->extra_count; at++) {
        if (strlen(known->extra[at]) == length && memcmp(known->extra[at], word, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Letters, or digits, of one word. alone: nothing else is in it. */
static bool is_piece(const struct known_words *known, const char *piece, size_t length, bool alone)
{
    if (isdigit((unsigned char)piece[0])) {
        return length <= (alone ? MAX_DIGITS - 1 : MAX_DIGITS);
    }
    return (length == 1 && !alone) || is_listed(known, piece, length);
}

static bool is_known(const struct known_words *known, const struct folded *folded, size_t start, size_t end)
{
    bool digits = false;
    size_t from = start;

    if (is_listed(known, folded->bytes + start, end - start)) {
        return true;
    }
    for (size_t at = start; at < end; at++) {
        digits = digits || isdigit((unsigned char)folded->bytes[at]);
    }
    for (size_t at = start + 1; at <= end; at++) {
        if (at < end && !fold_is_border(folded, at)) {
            continue;
        }
        /* a lone letter counts only beside digits */
        if (!is_piece(known, folded->bytes + from, at - from, !digits || (from == start && at == end))) {
            return false;
        }
        from = at;
    }
    return true;
}

/* Blanks that stood around a word fall together, and go at both ends. */
static void tidy(char *text)
{
    char *to = text;

    for (const char *at = text; *at != '\0'; at++) {
        if (*at != ' ' || (to > text && to[-1] != ' ')) {
            *to++ = *at;
        }
    }
    while (to > text && to[-1] == ' ') {
        to--;
    }
    *to = '\0';
}

/* Copies what is known; *ret_kept: how many words. */
static void copy_known(const struct known_words *known, const struct folded *folded, const char *value,
                       char *text, size_t *ret_kept, size_t *ret_dropped)
{
    size_t read = 0; /* in value */
    size_t start = 0;

    *ret_kept = *ret_dropped = 0;
    while (start < folded->length) {
        const size_t end = fold_token_end(folded, start);
        const size_t from = folded->places[start].from;
        const size_t to = folded->places[end - 1].to;
        (void)memcpy(text, value + read, from - read);
        text += from - read;
        if (is_known(known, folded, start, end)) {
            (void)memcpy(text, value + from, to - from);
            text += to - from;
            (*ret_kept)++;
        } else {
            (*ret_dropped)++;
        }
        read = to;
        start = end;
    }
    (void)memcpy(text, value + read, strlen(value + read) + 1);
}

int known_words_keep(const struct known_words *known, const char *value, char **ret_text)
{
    struct folded folded = {NULL, NULL, 0};
    char *text = malloc(strlen(value) + sizeof CLEANER_PLACEHOLDER);
    size_t kept = 0;
    size_t dropped = 0;

    if (text == NULL || fold_text(value, strlen(value), &folded) < 0) {
        free(text);
        return DCMCHAIN_E_MEMORY;
    }
    copy_known(known, &folded, value, text, &kept, &dropped);
    folded_free(&folded);
    if (dropped == 0) {
        free(text);
        return 0;
    }
    if (kept == 0) {
        (void)memcpy(text, CLEANER_PLACEHOLDER, sizeof CLEANER_PLACEHOLDER);
    }
    tidy(text);
    *ret_text = text;
    return 1;
}
