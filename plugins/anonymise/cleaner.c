/* cleaner.c: cleans one text value: UIDs mapped, dates and hits of the identity taken out, the seams tidied.
 * It must not rewrite a value in which nothing was found. */
#include "cleaner.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "dcmchain/base.h"
#include "encodings.h"
#include "finders.h"
#include "hits.h"
#include "memo.h"
#include "uids.h"

#define UID_LIKE_BYTES 18U /* a shorter token of a UID's shape may be a version number */
#define UID_LIKE_DOTS 5U

#define MAX_MEANT 1000U /* values of one study that are read in every character set */

#define MARK_HIT HITS_HIT
#define MARK_AGE SHAPES_AGE /* becomes 90 */
#define MARK_ALLOWED HITS_ALLOWED
#define MARK_UID 2U  /* is mapped */
#define MARK_KEEP 4U /* a UID that stays: no pattern looks into it */

_Static_assert(SHAPES_HIT == HITS_HIT, "one mark for what goes");

struct cleaner {
    struct cleaner_rules rules;
    struct patterns patterns;
    struct memo *memo;
    size_t meant; /* values that were read in other character sets */
};

static int add_words(struct cleaner *cleaner, const struct dcmchain_strings *words, uint32_t bits)
{
    int result = 0;

    for (size_t at = 0; result == 0 && words != NULL && at < words->count; at++) {
        result = patterns_add_word(&cleaner->patterns, words->values[at], bits);
    }
    return result;
}

int cleaner_open(const struct cleaner_rules *rules, struct cleaner **ret_cleaner)
{
    struct cleaner *cleaner = calloc(1, sizeof *cleaner);
    int result = DCMCHAIN_E_MEMORY;

    if (cleaner == NULL) {
        return result;
    }
    cleaner->rules = *rules;
    result = patterns_open(rules->words, &cleaner->patterns);
    if (result == 0) {
        result = memo_open(&cleaner->memo);
    }
    if (result == 0) {
        result = add_words(cleaner, rules->extra_words, PATTERN_EXTRA);
    }
    if (result == 0) {
        result = add_words(cleaner, rules->allow, PATTERN_ALLOWED);
    }
    if (result < 0) {
        cleaner_free(cleaner);
        return result;
    }
    *ret_cleaner = cleaner;
    return 0;
}

void cleaner_free(struct cleaner *cleaner)
{
    if (cleaner != NULL) {
        patterns_free(&cleaner->patterns);
        memo_free(cleaner->memo);
        free(cleaner);
    }
}

/* A value that came without its character set was read as Latin-1: what it is in each other set. */
static int add_meant(struct cleaner *cleaner, uint32_t class_id, const char *value)
{
    AUTO_FREE char *bytes = NULL;
    size_t length = 0;
    int result = encodings_encode(ENCODINGS_LATIN_1, value, &bytes, &length);

    for (size_t at = 0; result > 0 && at < encodings_regional; at++) {
        AUTO_FREE char *meant = NULL;
        result = encodings_decode(at, bytes, length, &meant);
        if (result > 0 && strcmp(meant, value) != 0) {
            result = patterns_add(&cleaner->patterns, class_id, meant);
        }
        result = result < 0 ? result : 1;
    }
    return result < 0 ? result : 0;
}

static bool is_plain(const char *value)
{
    while (*value != '\0' && (*value & 0x80) == 0 && *value != '\x1B') {
        value++;
    }
    return *value == '\0';
}

int cleaner_add(struct cleaner *cleaner, uint32_t class_id, const char *value)
{
    const int result = patterns_add(&cleaner->patterns, class_id, value);

    if (result < 0 || is_plain(value) || cleaner->meant >= MAX_MEANT) {
        return result;
    }
    cleaner->meant++;
    return add_meant(cleaner, class_id, value);
}

int cleaner_add_study_id(struct cleaner *cleaner, const char *value)
{
    return patterns_add_study_id(&cleaner->patterns, value);
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

static int mark_range(uint8_t *marks, size_t from, size_t to, uint8_t with)
{
    for (size_t byte = from; byte < to; byte++) {
        if (marks[byte] != 0 && marks[byte] != MARK_HIT) {
            return 0;
        }
    }
    (void)memset(marks + from, with, to - from);
    return 1;
}

#define DATES_OURS 0U /* dates of the study go */
#define DATES_GO 1U   /* so does what is a date whoever reads it */
#define DATES_STAY 2U /* the same stays, as a setting wants it */

static int mark_dates(const struct cleaner *cleaner, const char *text, size_t length, uint32_t others,
                      uint8_t *marks)
{
    struct found_date date;
    size_t at = 0;
    size_t from = 0;
    size_t to = 0;
    int found = 0;

    while (finders_date(text, length, &at, &date)) {
        bool ours = false;
        for (size_t reading = 0; reading < date.count; reading++) {
            ours = ours || patterns_has_day(&cleaner->patterns, date.days[reading]);
        }
        if (ours || (date.certain && others == DATES_GO)) {
            found |= mark_range(marks, date.from, date.to, MARK_HIT);
        } else if (date.certain && others == DATES_STAY) {
            (void)mark_range(marks, date.from, date.to, MARK_ALLOWED);
        }
    }
    for (at = 0; others == DATES_GO && finders_month(text, length, &at, &from, &to);) {
        found |= mark_range(marks, from, to, MARK_HIT);
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

struct writing {
    const char *text;
    size_t length;
    const uint8_t *marks;
    const struct cleaner_task *task;
    const char *hit_text; /* NULL or "": none */
    bool map_uids;
};

/* The text without its hits, to a buffer of room_for() bytes. */
static void write_clean(const struct writing *writing, char *out)
{
    const char *hit_text = writing->hit_text == NULL ? "" : writing->hit_text;
    size_t written = 0;

    for (size_t at = 0; at < writing->length;) {
        const uint8_t mark = writing->marks[at];
        size_t end = at + 1;
        while (end < writing->length && writing->marks[end] == mark) {
            end++;
        }
        if (mark == MARK_UID && writing->map_uids && writing->task->map_uid != NULL) {
            writing->task->map_uid(writing->task->closure, writing->text + at, end - at, out + written);
            written += strlen(out + written);
            at = end;
        } else if (mark == MARK_AGE) {
            out[written++] = '9';
            out[written++] = '0';
            at = end;
        } else if (mark == MARK_HIT || mark == MARK_UID) {
            at = end;
            if (hit_text[0] == '\0') {
                close_seam(writing->text, writing->length, &at, out, &written);
            }
            (void)memcpy(out + written, hit_text, strlen(hit_text));
            written += strlen(hit_text);
        } else {
            (void)memcpy(out + written, writing->text + at, end - at);
            written += end - at;
            at = end;
        }
    }
    if (!has_content(out, written)) {
        (void)memcpy(out, CLEANER_PLACEHOLDER, sizeof CLEANER_PLACEHOLDER);
        return;
    }
    out[written] = '\0';
}

/* Every UID may become 64 bytes (7 bytes of a UID and a blank: 65), every other byte a hit's text. */
static size_t room_for(size_t length, const char *hit_text)
{
    const size_t each = hit_text == NULL ? 0 : strlen(hit_text);

    return length * (10 + each) + each + sizeof CLEANER_PLACEHOLDER + 66;
}

static size_t characters(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++) {
        count += (*text & 0xC0) != 0x80 ? 1U : 0U;
    }
    return count;
}

/* 1: something is marked; 0: nothing; negative: the search gave up. */
static int mark_all(const struct cleaner *cleaner, const char *value, size_t length,
                    const struct cleaner_task *task, uint8_t *marks)
{
    const bool shapes = cleaner->rules.shapes != NULL;
    const bool others = shapes && task->known_only == 0 && task->mode == CLEANER_TEXT;
    const uint32_t go_or_stay = cleaner->rules.keep_dates != 0 ? DATES_STAY : DATES_GO;
    int found = mark_uids(cleaner, value, length, task->keep_uids, marks);
    int result = hits_mark(&cleaner->patterns, value, length, task->mode, marks);

    if (result < 0) {
        return result;
    }
    found |= result;
    found |= mark_dates(cleaner, value, length, others ? go_or_stay : DATES_OURS, marks);
    if (shapes) {
        result = shapes_mark(cleaner->rules.shapes, value, length, task->mode, task->known_only != 0, marks);
        found = result < 0 ? result : found | result;
    }
    return found;
}

static int clean(const struct cleaner *cleaner, const char *value, size_t length,
                 const struct cleaner_task *task, char **ret_text)
{
    AUTO_FREE uint8_t *marks = calloc(length + 1, 1);
    struct writing writing = {value, length, marks, task, cleaner->rules.hit_text, true};
    char *out = NULL;
    int found = 0;

    if (marks == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    found = mark_all(cleaner, value, length, task, marks);
    if (found <= 0) {
        return found;
    }
    out = malloc(room_for(length, writing.hit_text));
    if (out == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    write_clean(&writing, out);
    if (task->max_characters != 0 && characters(out) > task->max_characters) {
        writing.map_uids = false;
        writing.hit_text = NULL;
        write_clean(&writing, out);
    }
    *ret_text = out;
    return 1;
}

#define MOST_SEAMS 8U /* that are looked at again */

/* Where a hit was taken out, what stood around it may have come together to another: what is known is sought
 * again, until nothing is found. Dates and UIDs that were put in stay. */
static int clean_seams(const struct cleaner *cleaner, const struct cleaner_task *task, char **text)
{
    const struct cleaner_task again = {
        .mode = task->mode, .keep_uids = 1, .max_characters = task->max_characters, .known_only = 1};

    for (unsigned seams = 0; seams < MOST_SEAMS; seams++) {
        char *cleaned = NULL;
        const int result = clean(cleaner, *text, strlen(*text), &again, &cleaned);
        if (result <= 0) {
            return result;
        }
        free(*text);
        *text = cleaned;
    }
    free(*text);
    *text = strdup(CLEANER_PLACEHOLDER);
    return *text == NULL ? DCMCHAIN_E_MEMORY : 0;
}

static int clean_whole(const struct cleaner *cleaner, const char *value, size_t length,
                       const struct cleaner_task *task, char **ret_text)
{
    char *text = NULL;
    int result = clean(cleaner, value, length, task, &text);

    if (result <= 0) {
        return result;
    }
    result = clean_seams(cleaner, task, &text);
    if (result < 0) {
        free(text);
        return result;
    }
    *ret_text = text;
    return 1;
}

int cleaner_clean(const struct cleaner *cleaner, const char *value, size_t length,
                  const struct cleaner_task *task, char **ret_text)
{
    const uint32_t kind = task->mode | task->keep_uids << 2 | task->known_only << 3 |
                          (task->map_uid != NULL ? 1U << 4 : 0U) | task->max_characters << 5;
    int result = memo_find(cleaner->memo, kind, value, length, ret_text);

    if (result == MEMO_UNKNOWN) {
        char *copy = strndup(value, length); /* with a NUL behind it */
        result = copy == NULL ? DCMCHAIN_E_MEMORY : clean_whole(cleaner, copy, length, task, ret_text);
        free(copy);
        if (result >= 0) {
            memo_keep(cleaner->memo, kind, value, length, result > 0 ? *ret_text : NULL);
        }
    }
    return result;
}

struct memo *cleaner_memo(const struct cleaner *cleaner)
{
    return cleaner->memo;
}

bool cleaner_knows(const struct cleaner *cleaner, uint32_t kind, const char *bytes, size_t length)
{
    char *none = NULL;

    return memo_find(cleaner->memo, kind, bytes, length, &none) == 0;
}

void cleaner_know(const struct cleaner *cleaner, uint32_t kind, const char *bytes, size_t length)
{
    memo_keep(cleaner->memo, kind, bytes, length, NULL);
}
