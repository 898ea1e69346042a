/* words.h: the shipped word lists (data/words.txt): words that stand for their own sake, eponyms, titles,
 * labels, designations. Read-only after words_open(), any thread. */
#ifndef ANONYMISE_WORDS_H
#define ANONYMISE_WORDS_H

#include <stddef.h>
#include <stdint.h>

#define WORDS_COMMON 1U
#define WORDS_EPONYM 2U
#define WORDS_EPONYM_CONTEXT 4U
#define WORDS_TITLE 8U
#define WORDS_LABEL 16U
#define WORDS_DESIGNATION 32U

struct words;

int words_open(struct words **ret_words);
/* Lists of the same form; the text is borrowed. */
int words_open_text(const char *text, size_t size, struct words **ret_words);
void words_free(struct words *words);
/* The lists that a folded word stands in, 0 for none. */
uint8_t words_find(const struct words *words, const char *word, size_t length);

#endif
