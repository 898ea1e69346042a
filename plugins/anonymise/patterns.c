/* patterns.c: makes patterns of identity values: name parts and their spellings, numbers, phrases.
 * It must not drop a value silently that it could search for. */
#include "patterns.h"

#include <stdlib.h>
#include <string.h>

#include "dates.h"
#include "dcmchain/stage.h"
#include "finders.h"
#include "fold.h"
#include "name_patterns.h"

#define MIN_ID 4U
#define MIN_ID_NUMBER 6U /* digits of an ID without its letters */
#define MIN_PHRASE 5U
#define MIN_PHONE 6U
#define MIN_SERIAL 5U
#define MIN_PROPER 6U /* letters of what an institution is called besides its kind */

int patterns_open(const struct words *words, struct patterns *ret_patterns)
{
    struct patterns patterns = {.words = words};
    const int result = automaton_open(&patterns.automaton);

    if (result == 0) {
        *ret_patterns = patterns;
    }
    return result;
}

void patterns_free(struct patterns *patterns)
{
    automaton_free(patterns->automaton);
    free(patterns->days);
    for (size_t at = 0; at < patterns->uid_count; at++) {
        free(patterns->uids[at]);
    }
    free(patterns->uids);
    *patterns = (struct patterns){.words = NULL};
}

static bool all_digits(const struct folded *folded)
{
    return folded->length > 0 && strspn(folded->bytes, "0123456789") == folded->length;
}

/* "0098431" of "MRN-0098431": as people write it who leave the letters out. */
static int add_number_of_id(struct patterns *patterns, const struct folded *folded, uint32_t bits)
{
    size_t start = folded->length;

    while (start > 0 && folded->bytes[start - 1] >= '0' && folded->bytes[start - 1] <= '9') {
        start--;
    }
    if (start == 0 || folded->length - start < MIN_ID_NUMBER) {
        return 0;
    }
    const size_t zeros = strspn(folded->bytes + start, "0");
    int result = automaton_add(patterns->automaton, folded->bytes + start, folded->length - start, bits);
    if (result == 0 && zeros > 0 && folded->length - start - zeros > MIN_ID) {
        result = automaton_add(patterns->automaton, folded->bytes + start + zeros,
                               folded->length - start - zeros, bits);
    }
    return result;
}

/* where: PATTERN_ANYWHERE or 0 */
static int add_id(struct patterns *patterns, const char *value, uint32_t where)
{
    struct folded folded = {NULL, NULL, 0};
    uint32_t bits = PATTERN_ID | where;
    size_t zeros = 0;
    int result = fold_text(value, strlen(value), &folded);

    if (result < 0 || folded.length == 0) {
        folded_free(&folded);
        return result;
    }
    if (folded.length < MIN_ID) {
        bits = PATTERN_SHORT_ID | where;
    }
    if (words_find(patterns->words, folded.bytes, folded.length) != 0) {
        bits |= PATTERN_COMMON;
    }
    result = automaton_add(patterns->automaton, folded.bytes, folded.length, bits);
    zeros = all_digits(&folded) ? strspn(folded.bytes, "0") : 0;
    if (result == 0 && zeros > 0 && folded.length - zeros > MIN_ID) {
        result = automaton_add(patterns->automaton, folded.bytes + zeros, folded.length - zeros, bits);
    }
    if (result == 0) {
        result = add_number_of_id(patterns, &folded, PATTERN_ID | where);
    }
    folded_free(&folded);
    return result;
}

/* Whether a phrase holds a word that is in no list: "Radiology" alone identifies nobody. */
static bool is_telling(const struct patterns *patterns, const struct folded *folded)
{
    for (size_t at = 0; at < folded->length;) {
        const size_t end = fold_token_end(folded, at);
        if (words_find(patterns->words, folded->bytes + at, end - at) == 0 &&
            strspn(folded->bytes + at, "0123456789") < end - at) {
            return true;
        }
        at = end;
    }
    return false;
}

/* Folded. What says what an institution is, not which; and words that join those. */
static const char *const houses[] = {"associates",
                                     "center",
                                     "centre",
                                     "centro",
                                     "centrum",
                                     "clinic",
                                     "clinica",
                                     "clinique",
                                     "college",
                                     "department",
                                     "foundation",
                                     "group",
                                     "health",
                                     "healthcare",
                                     "hopital",
                                     "hospice",
                                     "hospital",
                                     "hospitals",
                                     "infirmary",
                                     "institut",
                                     "institute",
                                     "klinik",
                                     "klinikum",
                                     "krankenhaus",
                                     "lasarett",
                                     "medical",
                                     "ospedale",
                                     "partners",
                                     "practice",
                                     "praxis",
                                     "school",
                                     "services",
                                     "trust",
                                     "unit",
                                     "universitaetsklinikum",
                                     "universitatsklinikum",
                                     "university"};
static const char *const joining[] = {"am",       "and",      "at",      "de",     "der", "des",
                                      "du",       "for",      "general", "im",     "in",  "la",
                                      "medicine", "memorial", "of",      "system", "the", "und"};

static bool is_one_of(const char *const *words, size_t count, const char *word, size_t length)
{
    for (size_t at = 0; at < count; at++) {
        if (strlen(words[at]) == length && memcmp(words[at], word, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_house(const char *word, size_t length)
{
    return is_one_of(houses, sizeof houses / sizeof houses[0], word, length);
}

/* Several words, one of which says that it is an institution: "Community General Hospital" is one of a few,
 * though each of its words is in a list. */
static bool is_named_house(const struct folded *folded)
{
    bool found = false;
    size_t words = 0;

    for (size_t at = 0; at < folded->length; words++) {
        const size_t end = fold_token_end(folded, at);
        found = found || is_house(folded->bytes + at, end - at);
        at = end;
    }
    return found && words > 1;
}

/* A telephone number, also without its country code ("+49 221 …": two or three digits, written 0221 … at
 * home). */
static int add_phone(struct patterns *patterns, const char *value, const char *digits)
{
    const char *number = digits + strspn(digits, "0");
    const bool abroad = value[strspn(value, " (")] == '+' || strncmp(digits, "00", 2) == 0;
    int result = 0;

    for (size_t code = 0; result == 0 && code <= (abroad ? 3U : 0U); code += code == 0 ? 2 : 1) {
        if (strlen(number) >= code + MIN_PHONE) {
            result = automaton_add(patterns->automaton, number + code, strlen(number + code), PATTERN_PHONE);
        }
    }
    return result;
}

static int add_phrase(struct patterns *patterns, const char *value, size_t length)
{
    struct folded folded = {NULL, NULL, 0};
    int result = fold_text(value, length, &folded);
    size_t start = 0;
    size_t end = 0;

    if (result == 0 && all_digits(&folded)) {
        result = add_phone(patterns, value, folded.bytes);
    } else if (result == 0 && folded.length >= MIN_PHRASE &&
               (is_telling(patterns, &folded) || is_named_house(&folded))) {
        result = automaton_add(patterns->automaton, folded.bytes, folded.length, PATTERN_PHRASE);
        /* "12 High Street", "50667 Köln": without its number too */
        start = strspn(folded.bytes, "0123456789");
        end = folded.length;
        while (end > start && folded.bytes[end - 1] >= '0' && folded.bytes[end - 1] <= '9') {
            end--;
        }
        if (result == 0 && end - start < folded.length && end - start >= MIN_PHRASE &&
            words_find(patterns->words, folded.bytes + start, end - start) == 0) {
            result = automaton_add(patterns->automaton, folded.bytes + start, end - start, PATTERN_PHRASE);
        }
    }
    folded_free(&folded);
    return result;
}

/* The value as a whole, and each line or part between commas of it. */
static int add_phrases(struct patterns *patterns, const char *value)
{
    int result = add_phrase(patterns, value, strlen(value));

    for (const char *at = value; result == 0 && *at != '\0';) {
        const size_t length = strcspn(at, "\r\n,;^");
        result = add_phrase(patterns, at, length);
        at += length + (at[length] != '\0' ? 1 : 0);
    }
    return result;
}

/* "Mercy West" of "Mercy West Medical Center": what it is called besides its kind, as people write it. */
static int add_proper_names(struct patterns *patterns, const char *value)
{
    struct folded folded = {NULL, NULL, 0};
    int result = fold_text(value, strlen(value), &folded);
    size_t start = 0;

    for (size_t at = 0; result == 0 && at <= folded.length;) {
        const size_t end = at < folded.length ? fold_token_end(&folded, at) : at + 1;
        if (at == folded.length || is_house(folded.bytes + at, end - at) ||
            is_one_of(joining, sizeof joining / sizeof joining[0], folded.bytes + at, end - at)) {
            struct folded run = {folded.bytes + start, folded.places + start, at - start};
            if (run.length >= MIN_PROPER && is_telling(patterns, &run)) {
                result = automaton_add(patterns->automaton, run.bytes, run.length, PATTERN_PHRASE);
            }
            start = end;
        }
        at = end;
    }
    folded_free(&folded);
    return result;
}

static int add_institution(struct patterns *patterns, const char *value)
{
    const int result = add_phrases(patterns, value);

    return result < 0 ? result : add_proper_names(patterns, value);
}

static int add_day(struct patterns *patterns, int32_t days)
{
    if (patterns->day_count == patterns->day_room) {
        const size_t room = patterns->day_room == 0 ? 64 : patterns->day_room * 2;
        int32_t *more = realloc(patterns->days, room * sizeof *more);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        patterns->days = more;
        patterns->day_room = room;
    }
    patterns->days[patterns->day_count++] = days;
    return 0;
}

/* A DA or DT; what is written otherwise ("2024-02-29 10:20:00") by its readings. */
static int add_date(struct patterns *patterns, const char *value)
{
    struct found_date date;
    size_t at = 0;
    int32_t days = 0;
    int result = 0;

    if (dates_read(value, &days)) {
        return add_day(patterns, days);
    }
    while (result == 0 && finders_date(value, strlen(value), &at, &date)) {
        for (size_t reading = 0; result == 0 && reading < date.count; reading++) {
            if (dates_is_real(date.days[reading])) {
                result = add_day(patterns, date.days[reading]);
            }
        }
    }
    return result;
}

static int add_uid(struct patterns *patterns, const char *value)
{
    char *copy = NULL;

    if (patterns->uid_count == patterns->uid_room) {
        const size_t room = patterns->uid_room == 0 ? 64 : patterns->uid_room * 2;
        char **more = realloc(patterns->uids, room * sizeof *more);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        patterns->uids = more;
        patterns->uid_room = room;
    }
    copy = strdup(value);
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    patterns->uids[patterns->uid_count++] = copy;
    return 0;
}

int patterns_add_study_id(struct patterns *patterns, const char *value)
{
    return add_id(patterns, value, 0);
}

int patterns_add(struct patterns *patterns, uint32_t class_id, const char *value)
{
    switch (class_id) {
    case DCMCHAIN_IDENTITY_NAME:
        return name_patterns_add(patterns, value, PATTERN_NAME);
    case DCMCHAIN_IDENTITY_PERSON:
        patterns->staff++;
        return name_patterns_add(patterns, value, PATTERN_STAFF);
    case DCMCHAIN_IDENTITY_ID:
    case DCMCHAIN_IDENTITY_ACCESSION:
        return add_id(patterns, value, PATTERN_ANYWHERE);
    case DCMCHAIN_IDENTITY_DATE:
    case DCMCHAIN_IDENTITY_BIRTH_DATE:
        return add_date(patterns, value);
    case DCMCHAIN_IDENTITY_UID:
        return strspn(value, "0123456789.") == strlen(value) ? add_uid(patterns, value)
                                                             : add_id(patterns, value, PATTERN_ANYWHERE);
    case DCMCHAIN_IDENTITY_DEVICE: /* serial numbers; a shorter number of digits alone says nothing */
        if (strspn(value, "0123456789") == strlen(value)) {
            return strlen(value) < MIN_SERIAL ? 0 : add_id(patterns, value, PATTERN_ANYWHERE);
        }
        return add_phrases(patterns, value);
    case DCMCHAIN_IDENTITY_INSTITUTION:
        return add_institution(patterns, value);
    default: /* addresses, devices, sites, and classes of a newer core */
        return add_phrases(patterns, value);
    }
}

int patterns_add_word(struct patterns *patterns, const char *word, uint32_t bits)
{
    struct folded folded = {NULL, NULL, 0};
    int result = fold_text(word, strlen(word), &folded);

    if (result == 0 && folded.length > 0) {
        result = automaton_add(patterns->automaton, folded.bytes, folded.length, bits);
    }
    folded_free(&folded);
    return result;
}

static int by_number(const void *left, const void *right)
{
    const int32_t a = *(const int32_t *)left;
    const int32_t b = *(const int32_t *)right;
    return a < b ? -1 : a > b;
}

static int by_text(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

int patterns_finish(struct patterns *patterns)
{
    if (patterns->day_count > 0) {
        qsort(patterns->days, patterns->day_count, sizeof *patterns->days, by_number);
    }
    if (patterns->uid_count > 0) {
        qsort(patterns->uids, patterns->uid_count, sizeof *patterns->uids, by_text);
    }
    return automaton_finish(patterns->automaton);
}

bool patterns_has_day(const struct patterns *patterns, int32_t days)
{
    return patterns->day_count > 0 &&
           bsearch(&days, patterns->days, patterns->day_count, sizeof days, by_number) != NULL;
}

bool patterns_has_uid(const struct patterns *patterns, const char *value, size_t length, bool begins_too)
{
    size_t first = 0;
    size_t last = patterns->uid_count;

    while (first < last) { /* the first that is not before the value */
        const size_t middle = first + (last - first) / 2;
        if (strncmp(patterns->uids[middle], value, length) < 0) {
            first = middle + 1;
        } else {
            last = middle;
        }
    }
    if (first == patterns->uid_count || strncmp(patterns->uids[first], value, length) != 0) {
        return false;
    }
    return begins_too || patterns->uids[first][length] == '\0';
}
