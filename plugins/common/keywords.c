/* keywords.c: see keywords.h. */
#include "keywords.h"

#include <stddef.h>
#include <string.h>

#include "dcmchain/dataset.h"

#define LONGEST 64U

static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

static unsigned least(unsigned one, unsigned other)
{
    return one < other ? one : other;
}

/* Optimal string alignment, three rows at a time. */
unsigned keywords_distance(const char *left, const char *right)
{
    size_t height = strlen(left);
    size_t width = strlen(right);
    unsigned rows[3][LONGEST + 1];
    if (height > LONGEST || width > LONGEST) {
        return LONGEST * 2;
    }
    for (size_t i = 0; i <= height; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *before = rows[(i + 2) % 3];
        const unsigned *before_that = rows[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t k = 1; k <= width; k++) {
            if (i == 0) {
                now[k] = (unsigned)k;
                continue;
            }
            unsigned cost = lower(left[i - 1]) == lower(right[k - 1]) ? 0U : 1U;
            now[k] = least(least(now[k - 1], before[k]) + 1, before[k - 1] + cost);
            if (i > 1 && k > 1 && lower(left[i - 1]) == lower(right[k - 2]) &&
                lower(left[i - 2]) == lower(right[k - 1])) {
                now[k] = least(now[k], before_that[k - 2] + 1);
            }
        }
    }
    return rows[height % 3][width];
}

/* Of several that are as near, the first of the alphabet. */
static const char *nearest_to(const char *text)
{
    size_t length = strlen(text);
    unsigned best = (length < 3 ? 1U : (unsigned)(length / 3)) + 1;
    const char *nearest = NULL;
    const char *keyword = NULL;
    if (length == 0 || length > LONGEST) {
        return NULL;
    }
    for (size_t i = 0; (keyword = dcmchain_dictionary_keyword(i)) != NULL; i++) {
        size_t other = strlen(keyword);
        if ((other > length ? other - length : length - other) > best) {
            continue; /* as many letters must be added or go */
        }
        unsigned edits = keywords_distance(text, keyword);
        if (edits < best || (edits == best && nearest != NULL && strcmp(keyword, nearest) < 0)) {
            best = edits;
            nearest = keyword;
        }
    }
    return nearest;
}

int keywords_parse(const char *text, uint32_t *ret_tag, const char **ret_nearest)
{
    if (dcmchain_tag_parse(text, ret_tag) == DCMCHAIN_OK) {
        return DCMCHAIN_OK;
    }
    *ret_nearest = nearest_to(text);
    return DCMCHAIN_E_ABSENT;
}
