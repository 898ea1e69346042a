/* own_words.h: the words of the pipeline's description (names of stages, settings, the project), which
 * documents and paths have for reasons of dcmchain's own. It must not know any study. Immutable once open,
 * any thread. */
#ifndef GUARD_OWN_WORDS_H
#define GUARD_OWN_WORDS_H

#include <stdbool.h>
#include <stddef.h>

struct own_words;

/* description: UTF-8. */
int own_words_open(const char *description, struct own_words **ret_own);
void own_words_free(struct own_words *own);

/* A folded word (fold.h). own: NULL has none. */
bool own_words_has(const struct own_words *own, const void *bytes, size_t length);

#endif
