/* known_words.h: keeps the words of a descriptor that are in a list, and takes out all others (PS3.15 E.3.5).
 * It knows no identity: the cleaner has been there before. Read-only once open, any thread. */
#ifndef ANONYMISE_KNOWN_WORDS_H
#define ANONYMISE_KNOWN_WORDS_H

#include "dcmchain/stage.h"
#include "words.h"

struct known_words;

/* common: the shipped lists, borrowed. extra: words of a setting. Free with known_words_free(). */
int known_words_open(const struct words *common, const struct dcmchain_strings *extra,
                     struct known_words **ret_known);
void known_words_free(struct known_words *known);

/* 0: all words are known, *ret_text untouched; 1: *ret_text is what is left, owned (free()), never empty;
 * negative: failed. */
int known_words_keep(const struct known_words *known, const char *value, char **ret_text);

#endif
