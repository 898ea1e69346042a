/* words.c: the word lists as one sorted array over a text.
 * It must not fold: both sides are folded already. */
#include "words.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"
#include "embedded.h"

struct word {
    const char *text; /* borrowed */
    size_t length;
    uint8_t lists;
};

struct words {
    struct word *sorted;
    size_t count;
};

static int compare(const char *left, size_t left_length, const char *right, size_t right_length)
{
    const int order = memcmp(left, right, left_length < right_length ? left_length : right_length);

    if (order != 0) {
        return order;
    }
    return left_length < right_length ? -1 : left_length > right_length;
}

static int by_text(const void *left, const void *right)
{
    const struct word *a = left;
    const struct word *b = right;
    return compare(a->text, a->length, b->text, b->length);
}

static uint8_t section(const char *text, size_t length)
{
    static const struct {
        const char *name;
        uint8_t list;
    } sections[] = {{"[words]", WORDS_COMMON},
                    {"[eponyms]", WORDS_EPONYM},
                    {"[eponym-context]", WORDS_EPONYM_CONTEXT},
                    {"[titles]", WORDS_TITLE},
                    {"[labels]", WORDS_LABEL}};

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
            words->sorted[words->count++] = (struct word){at, (size_t)(stop - at), list};
        }
        at = stop;
    }
}

int words_open(struct words **ret_words)
{
    return words_open_text((const char *)embedded_words_txt, embedded_words_txt_size, ret_words);
}

int words_open_text(const char *text, size_t size, struct words **ret_words)
{
    struct words *words = calloc(1, sizeof *words);
    size_t kept = 0;

    if (words == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    words->sorted = calloc(size / 2 + 1, sizeof *words->sorted);
    if (words->sorted == NULL) {
        words_free(words);
        return DCMCHAIN_E_MEMORY;
    }
    read_words(words, text, size);
    qsort(words->sorted, words->count, sizeof *words->sorted, by_text);
    for (size_t at = 0; at < words->count; at++) {
        if (kept > 0 && by_text(&words->sorted[kept - 1], &words->sorted[at]) == 0) {
            words->sorted[kept - 1].lists |= words->sorted[at].lists;
        } else {
            words->sorted[kept++] = words->sorted[at];
        }
    }
    words->count = kept;
    *ret_words = words;
    return 0;
}

void words_free(struct words *words)
{
    if (words != NULL) {
        free(words->sorted);
        free(words);
    }
}

uint8_t words_find(const struct words *words, const char *word, size_t length)
{
    const struct word key = {word, length, 0};
    const struct word *found = bsearch(&key, words->sorted, words->count, sizeof key, by_text);

    return found == NULL ? 0 : found->lists;
}
