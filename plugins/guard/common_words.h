/* common_words.h: the lists behind common.h. Data only. */
#ifndef GUARD_COMMON_WORDS_H
#define GUARD_COMMON_WORDS_H

#include <stddef.h>

struct common_list {
    const char *const *words; /* in byte order */
    size_t count;
};

/* Anatomy, technique, calendar, colours, eponyms, vendors, hospitals' words: what stands in headers for its
 * own sake. */
extern const struct common_list common_words;
/* More words of six letters and more that stand in descriptions: a name may be a beginning or a part of one.
 */
extern const struct common_list common_more;
/* What is written where there is no name. */
extern const struct common_list common_nobodies;

#endif
