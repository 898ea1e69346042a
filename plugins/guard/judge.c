/* judge.c: see judge.h. */
#include "judge.h"

#include <string.h>

#include "common.h"

#define LONG_WORD 8U /* characters from which a name needs no borders */
#define MIN_CUT 6U   /* of a value that is cut short */
/* What must be so long in bytes that are no text. */
#define BYTES_WORD 6U
#define BYTES_OTHER 8U
#define NAMED_DIGITS 7U

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_digits(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!is_digit(bytes[i])) {
            return false;
        }
    }
    return true;
}

/* Whether separators stand inside but at the joints; at the joints any of them may. */
static bool has_other_gaps(const struct folded *folded, const struct pattern *pattern, size_t start)
{
    for (size_t i = 1; i < pattern->length; i++) {
        if (folded->before[start + i] == FOLD_NONE) {
            continue;
        }
        bool joint = false;
        for (size_t k = 0; k < pattern->joint_count; k++) {
            joint = joint || pattern->joints[k] == i;
        }
        if (!joint) {
            return true;
        }
    }
    return false;
}

/* A genitive: "Zzyx's". */
static size_t with_genitive(const struct folded *folded, size_t end)
{
    return end < folded->length && folded->bytes[end] == 's' && fold_is_border(folded, end + 1) ? end + 1
                                                                                                : end;
}

static bool has_borders(const struct folded *folded, size_t start, size_t end)
{
    return fold_is_border(folded, start) && fold_is_border(folded, with_genitive(folded, end));
}

static bool word_counts(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
                        size_t start, size_t end)
{
    if (spot->role == ROLE_NAMED || (spot->role == ROLE_BYTES && pattern->characters < BYTES_WORD) ||
        has_other_gaps(folded, pattern, start)) {
        return false;
    }
    if (pattern->ideographs || (pattern->characters >= LONG_WORD && spot->role != ROLE_BYTES)) {
        return true;
    }
    return has_borders(folded, start, end);
}

static bool joined_counts(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
                          size_t start, size_t end)
{
    if ((spot->role == ROLE_BYTES && pattern->characters < BYTES_OTHER) ||
        has_other_gaps(folded, pattern, start)) {
        return false;
    }
    return pattern->ideographs || (pattern->characters >= LONG_WORD + 2 && spot->role == ROLE_TEXT) ||
           has_borders(folded, start, end);
}

/* "4711.5" and "1.4711" are other numbers than 4711. */
static bool continues_number(const struct folded *folded, size_t start, size_t end)
{
    bool before = start > 0 && (folded->before[start] == '.' || folded->before[start] == ',') &&
                  is_digit(folded->bytes[start - 1]);
    bool after = end < folded->length && (folded->before[end] == '.' || folded->before[end] == ',') &&
                 is_digit(folded->bytes[end]);
    return before || after;
}

static bool number_counts(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
                          size_t start, size_t end)
{
    if ((spot->role == ROLE_BYTES && pattern->length < BYTES_OTHER) ||
        (spot->role == ROLE_NAMED && pattern->digits && pattern->length < NAMED_DIGITS)) {
        return false;
    }
    for (size_t i = start + 1; i < end; i++) {
        uint8_t gap = folded->before[i];
        if (gap != FOLD_NONE &&
            (pattern->length < BYTES_OTHER && pattern->digits ? true : strchr(" -/_", gap) == NULL) &&
            (pattern->digits || strchr(".:,^#", gap) == NULL)) {
            return false;
        }
    }
    if ((start > 0 && fold_is_same_run(folded, start)) ||
        (end < folded->length && fold_is_same_run(folded, end))) {
        return false;
    }
    return !pattern->digits || !continues_number(folded, start, end);
}

/* Behind a day in one piece, and with it 12 or 14 digits: a time of that day. */
static bool is_time_after(const struct folded *folded, size_t end)
{
    size_t count = 0;
    while (end + count < folded->length && is_digit(folded->bytes[end + count]) &&
           folded->before[end + count] == FOLD_NONE) {
        count++;
    }
    const uint8_t *time = folded->bytes + end;
    return (count == 4 || count == 6) && (time[0] < '2' || (time[0] == '2' && time[1] < '4')) &&
           time[2] < '6';
}

static bool date_counts(const struct folded *folded, const struct pattern *pattern, size_t start, size_t end)
{
    static const char gaps[] = ".-/_, ";
    uint8_t first = folded->before[start + pattern->joints[0]];
    uint8_t second = folded->before[start + pattern->joints[1]];
    bool apart = first != FOLD_NONE && second != FOLD_NONE && strchr(gaps, first) != NULL &&
                 strchr(gaps, second) != NULL;
    bool in_one = first == FOLD_NONE && second == FOLD_NONE;
    if (has_other_gaps(folded, pattern, start) || !(apart || (in_one && !pattern->apart)) ||
        (pattern->digits && apart && first != second)) {
        return false;
    }
    if (start > 0 && is_digit(folded->bytes[start]) && fold_is_same_run(folded, start)) {
        return false;
    }
    if (end < folded->length && is_digit(folded->bytes[end - 1]) && fold_is_same_run(folded, end)) {
        bool year_first = pattern->joints[0] == 4 && pattern->digits;
        return in_one && year_first && is_time_after(folded, end);
    }
    return !continues_number(folded, start, end);
}

static bool has_gaps(const struct folded *folded, size_t start, size_t end)
{
    for (size_t i = start + 1; i < end; i++) {
        if (folded->before[i] != FOLD_NONE) {
            return true;
        }
    }
    return false;
}

/* A vendor may be the institution; a coded string of several words of its name is no defined term. */
static bool phrase_counts(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
                          size_t start, size_t end)
{
    if (spot->role == ROLE_NAMED && !(spot->coded && has_gaps(folded, start, end))) {
        return false;
    }
    return (spot->role != ROLE_BYTES || pattern->characters >= BYTES_OTHER) &&
           fold_is_border(folded, start) && fold_is_border(folded, end) &&
           !(pattern->digits && continues_number(folded, start, end));
}

bool judge_hit(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
               size_t end)
{
    size_t start = end - pattern->length;
    switch (pattern->kind) {
    case PATTERN_WORD:
        return word_counts(spot, folded, pattern, start, end);
    case PATTERN_JOINED:
        return joined_counts(spot, folded, pattern, start, end);
    case PATTERN_NUMBER:
        return number_counts(spot, folded, pattern, start, end);
    case PATTERN_PHRASE:
        return phrase_counts(spot, folded, pattern, start, end);
    default:
        return date_counts(folded, pattern, start, end);
    }
}

/* The last word of the text, which is what is cut, is a word of the language. */
static bool ends_common(const struct folded *folded, size_t start)
{
    size_t word = folded->length - 1; /* there is one: a beginning ends the text */
    while (word > start && folded->before[word] == FOLD_NONE) {
        word--;
    }
    return common_text(folded->bytes + word, folded->length - word);
}

bool judge_cut(const struct spot *spot, const struct folded *folded, const struct pattern *pattern,
               size_t depth, size_t characters)
{
    size_t start = folded->length - depth;
    bool full = spot->max_characters > 0 && characters >= spot->max_characters;
    if ((spot->role != ROLE_TEXT && !(spot->role == ROLE_NAMED && full)) || folded->ended ||
        depth >= pattern->length || depth < MIN_CUT || pattern->ideographs || ends_common(folded, start)) {
        return false;
    }
    switch (pattern->kind) {
    case PATTERN_WORD:
        return fold_is_border(folded, start) &&
               !has_other_gaps(folded, &(struct pattern){.length = (uint16_t)depth}, start);
    case PATTERN_PHRASE:
        return full && fold_is_border(folded, start);
    case PATTERN_NUMBER:
        return full && !(start > 0 && fold_is_same_run(folded, start)) &&
               depth >= (is_digits(folded->bytes + start, depth) ? BYTES_OTHER : MIN_CUT);
    default:
        return false;
    }
}
