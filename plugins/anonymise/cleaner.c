/* cleaner.c: cleans one text value: UIDs mapped, dates and hits of the identity taken out, the seams tidied.
 * It must not rewrite a value in which nothing was found. */
#include "cleaner.h"

#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "finders.h"
#include "hits.h"
#include "uids.h"

#define UID_LIKE_BYTES 18U /* a shorter token of a UID's shape may be a version number */
#define UID_LIKE_DOTS 5U

#define MARK_HIT 1U  /* goes */
#define MARK_UID 2U  /* is mapped */
#define MARK_KEEP 4U /* a UID that stays: no pattern looks into it */

struct cleaner {
    struct patterns patterns;
};

int cleaner_open(const struct words *words, struct cleaner **ret_cleaner)
{
    struct cleaner *cleaner = calloc(1, sizeof *cleaner);
    int result = DCMCHAIN_E_MEMORY;

    if (cleaner != NULL) {
        result = patterns_open(words, &cleaner->patterns);
    }
    if (result < 0) {
        free(cleaner);
        return result;
    }
    *ret_cleaner = cleaner;
    return 0;
}

void cleaner_free(struct cleaner *cleaner)
{
    if (cleaner != NULL) {
        patterns_free(&cleaner->patterns);
        free(cleaner);
    }
}

int cleaner_add(struct cleaner *cleaner, uint32_t class_id, const char *value)
{
    return patterns_add(&cleaner->patterns, class_id, value);
}

int cleaner_finish(struct cleaner *cleaner)
{
    return patterns_finish(&cleaner->patterns);
}

static int mark_uids(const struct cleaner *cleaner, const char *text, size_t length, uint32_t keep,
                     uint8_t *marks)
{
    size_t at = 0;
    size_t from = 0;
    size_t to = 0;
    int found = 0;

    while (finders_uid(text, length, &at, &from, &to)) {
        const bool at_end = to == length && to - from >= UID_LIKE_BYTES;
        size_t dots = 0;
        uint8_t mark = 0;
        for (size_t byte = from; byte < to; byte++) {
            dots += text[byte] == '.' ? 1U : 0U;
        }
        if (keep != 0U || uids_is_registered(text + from, to - from)) {
            mark = MARK_KEEP;
        } else if (patterns_has_uid(&cleaner->patterns, text + from, to - from, at_end) ||
                   (dots >= UID_LIKE_DOTS && to - from >= UID_LIKE_BYTES)) {
            mark = MARK_UID;
            found = 1;
        }
        (void)memset(marks + from, mark, to - from);
    }
    return found;
}

static int mark_dates(const struct cleaner *cleaner, const char *text, size_t length, uint8_t *marks)
{
    struct found_date date;
    size_t at = 0;
    int found = 0;

    while (finders_date(text, length, &at, &date)) {
        bool ours = false;
        for (size_t reading = 0; reading < date.count; reading++) {
            ours = ours || patterns_has_day(&cleaner->patterns, date.days[reading]);
        }
        for (size_t byte = date.from; ours && byte < date.to; byte++) {
            ours = marks[byte] == 0 || marks[byte] == MARK_HIT;
        }
        if (ours) {
            (void)memset(marks + date.from, MARK_HIT, date.to - date.from);
            found = 1;
        }
    }
    return found;
}

static bool is_seam(char letter)
{
    return letter != '\0' && strchr(" \t\r\n_^-,;:/.=+|&", letter) != NULL;
}

/* What remains of the two sides where something was taken out: one separator, no empty brackets. */
static void close_seam(const char *text, size_t length, size_t *at, char *out, size_t *written)
{
    for (;;) {
        char left = ' ';
        char right = ' ';
        if (*written > 0) {
            left = out[*written - 1];
        }
        if (*at < length) {
            right = text[*at];
        }
        if (*at < length && is_seam(left) &&
            (is_seam(right) || (*written == 0 && strchr(")]}", right) != NULL))) {
            (*at)++;
        } else if ((left == '(' && right == ')') || (left == '[' && right == ']') ||
                   (left == '{' && right == '}')) {
            (*at)++;
            (*written)--;
        } else {
            break;
        }
    }
    while (*at >= length && *written > 0 &&
           (is_seam(out[*written - 1]) || strchr("([{", out[*written - 1]) != NULL)) {
        (*written)--;
    }
}

static bool has_content(const char *text, size_t length)
{
    for (size_t at = 0; at < length; at++) {
        const unsigned char byte = (unsigned char)text[at]; /* not isalnum(): the locale must not count */
        if ((byte >= '0' && byte <= '9') || (byte | 0x20U) - 'a' < 26U || (byte & 0x80U) != 0U) {
            return true;
        }
    }
    return false;
}

/* Writes the text without its hits. The room is enough for every UID to become 64 bytes. */
static size_t write_clean(const char *text, size_t length, const uint8_t *marks,
                          const struct cleaner_task *task, bool map_uids, char *out)
{
    size_t written = 0;

    for (size_t at = 0; at < length;) {
        const uint8_t mark = marks[at];
        size_t end = at + 1;
        while (end < length && marks[end] == mark) {
            end++;
        }
        if (mark == MARK_UID && map_uids && task->map_uid != NULL) {
            task->map_uid(task->closure, text + at, end - at, out + written);
            written += strlen(out + written);
            at = end;
        } else if (mark == MARK_HIT || mark == MARK_UID) {
            at = end;
            close_seam(text, length, &at, out, &written);
        } else {
            (void)memcpy(out + written, text + at, end - at);
            written += end - at;
            at = end;
        }
    }
    if (!has_content(out, written)) {
        (void)memcpy(out, CLEANER_PLACEHOLDER, sizeof CLEANER_PLACEHOLDER);
        return sizeof CLEANER_PLACEHOLDER - 1;
    }
    out[written] = '\0';
    return written;
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        count += (*text & 0xC0) != 0x80 ? 1U : 0U;
    }
    return count;
}

int cleaner_clean(const struct cleaner *cleaner, const char *value, const struct cleaner_task *task,
                  char **ret_text)
{
    const size_t length = strlen(value);
    AUTO_FREE uint8_t *marks = calloc(length + 1, 1);
    char *out = NULL;
    int found = 0;
    int hit = 0;

    if (marks == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    found = mark_uids(cleaner, value, length, task->keep_uids, marks);
    found |= mark_dates(cleaner, value, length, marks);
    hit = hits_mark(&cleaner->patterns, value, length, task->mode, marks);
    if (hit < 0) {
        return hit;
    }
    if (found == 0 && hit == 0) {
        return 0;
    }
    out = malloc(length * 10 + sizeof CLEANER_PLACEHOLDER + 66); /* 7 bytes of a UID and a blank: 65 */
    if (out == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)write_clean(value, length, marks, task, true, out);
    if (task->max_characters != 0 && characters(out) > task->max_characters) {
        (void)write_clean(value, length, marks, task, false, out);
    }
    *ret_text = out;
    return 1;
}
