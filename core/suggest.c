/* suggest.c: see suggest.h: the distance of Damerau and Levenshtein (adjacent letters may be swapped),
 * without regard to case. */
#include "suggest.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 64U

static int lower(char character)
{
    return tolower((unsigned char)character);
}

static size_t least(size_t one, size_t other)
{
    return one < other ? one : other;
}

static size_t distance(const char *left, const char *right)
{
    size_t rows[LONGEST + 1][LONGEST + 1];
    size_t height = strlen(left);
    size_t width = strlen(right);
    if (height > LONGEST || width > LONGEST) {
        return LONGEST + 1;
    }
    for (size_t i = 0; i <= height; i++) {
        for (size_t k = 0; k <= width; k++) {
            if (i == 0 || k == 0) {
                rows[i][k] = i + k;
                continue;
            }
            size_t cost = lower(left[i - 1]) == lower(right[k - 1]) ? 0 : 1;
            rows[i][k] = least(least(rows[i - 1][k] + 1, rows[i][k - 1] + 1), rows[i - 1][k - 1] + cost);
            if (i > 1 && k > 1 && lower(left[i - 1]) == lower(right[k - 2]) &&
                lower(left[i - 2]) == lower(right[k - 1])) {
                rows[i][k] = least(rows[i][k], rows[i - 2][k - 2] + 1);
            }
        }
    }
    return rows[height][width];
}

const char *suggest(const char *word, const char *const *candidates, size_t count)
{
    const char *nearest = NULL;
    size_t allowed = strlen(word) / 3;
    size_t best = (allowed == 0 ? 1 : allowed) + 1;
    for (size_t i = 0; i < count; i++) {
        size_t edits = distance(word, candidates[i]);
        if (edits < best) {
            best = edits;
            nearest = candidates[i];
        }
    }
    return nearest;
}
