/* words.c: the word lists as one table over a text, found by a hash.
 * It must not fold: both sides are folded already. */
#include "words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"
#include "embedded.h"

struct word {
    const char *text; /* borrowed; NULL: nothing stands here */
    uint32_t length;
    uint8_t lists;
};

struct words {
    struct word *table; /* open addressing */
    size_t room;        /* a power of two, larger than the number of words */
};

/* Where a word stands, or would: FNV-1a, then the next free place. */
static struct word *place_of(const struct words *words, const char *text, size_t length)
{
    uint32_t hash = 2166136261U;

    for (size_t at = 0; at < length; at++) {
        hash = (hash ^ (uint8_t)text[at]) * 16777619U;
    }
    for (size_t place = hash;; place++) {
        struct word *word = &words->table[place & (words->room - 1)];
        if (word->text == NULL || (word->length == length && memcmp(word->text, text, length) == 0)) {
            return word;
        }
    }
}

static uint8_t section(const char *text, size_t length)
{
    static const struct {
        const char *name;
        uint8_t list;
    } sections[] = {
        {"[words]", WORDS_COMMON}, {"[eponyms]", WORDS_EPONYM}, {"[eponym-context]", WORDS_EPONYM_CONTEXT},
        {"[titles]", WORDS_TITLE}, {"[labels]", WORDS_LABEL},   {"[designations]", WORDS_DESIGNATION}};

    for (size_t at = 0; at < sizeof sections / sizeof sections[0]; at++) {
        if (strlen(sections[at].name) == length && memcmp(sections[at].name, text, length) == 0) {
            return sections[at].list;
        }
    }
    return 0;
}

static void read_words(struct words *words, const char *at, size_t size)
{
    const char *end = at + size;
    uint8_t list = 0;

    while (at < end) {
        const char *stop = at;
        if (isspace((unsigned char)*at)) {
            at++;
            continue;
        }
        if (*at == '#') {
            stop = memchr(at, '\n', (size_t)(end - at));
            at = stop == NULL ? end : stop;
            continue;
        }
        while (stop < end && !isspace((unsigned char)*stop)) {
            stop++;
        }
        if (*at == '[') {
            list = section(at, (size_t)(stop - at));
        } else {
            struct word *word = place_of(words, at, (size_t)(stop - at));
            *word = (struct word){at, (uint32_t)(stop - at), (uint8_t)(word->lists | list)};
        }
        at = stop;
    }
}

/* At most: what is no word is counted too. */
static size_t count_words(const char *text, size_t size)
{
    size_t count = 0;

    for (size_t at = 0; at < size; at++) {
        count += isspace((unsigned char)text[at]) ? 1U : 0U;
    }
    return count + 1;
}

int words_open(struct words **ret_words)
{
    return words_open_text((const char *)embedded_words_txt, embedded_words_txt_size, ret_words);
}

int words_open_text(const char *text, size_t size, struct words **ret_words)
{
    const size_t count = count_words(text, size);
    struct words *words = calloc(1, sizeof *words);

    if (words == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (words->room = 16; words->room * 2 < count * 3;) {
        words->room *= 2;
    }
    words->table = calloc(words->room, sizeof *words->table);
    if (words->table == NULL) {
        words_free(words);
        return DCMCHAIN_E_MEMORY;
    }
    read_words(words, text, size);
    *ret_words = words;
    return 0;
}

void words_free(struct words *words)
{
    if (words != NULL) {
        free(words->table);
        free(words);
    }
}

uint8_t words_find(const struct words *words, const char *word, size_t length)
{
    return place_of(words, word, length)->lists;
}
