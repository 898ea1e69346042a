/* common.c: see common.h. */
#include "common.h"

#include <string.h>

#include "common_words.h"

static bool has(const struct common_list *list, const void *bytes, size_t length)
{
    size_t low = 0;
    size_t high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strncmp(list->words[middle], bytes, length);
        if (order == 0 && list->words[middle][length] == '\0') {
            return true;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return false;
}

bool common_word(const void *bytes, size_t length)
{
    return has(&common_words, bytes, length);
}

bool common_text(const void *bytes, size_t length)
{
    return common_word(bytes, length) || has(&common_more, bytes, length);
}

bool common_nobody(const void *bytes, size_t length)
{
    return has(&common_nobodies, bytes, length);
}

bool common_any(const void *bytes, size_t length)
{
    return common_word(bytes, length) || common_nobody(bytes, length);
}
