/* search.c: see search.h. */
#include "search.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "charsets.h"
#include "common.h"
#include "formats.h"
#include "judge.h"

#define MAX_DAY_DIGITS 8U
#define LONG_BINARY_BYTES 2048U
#define MAX_OWN 128U /* bytes of a word that may pass, before a hit and behind it */

static int report(struct search *search, uint32_t class_id, uint32_t day)
{
    const struct finding finding = {class_id, day};
    search->findings++;
    return search->found(search->closure, &finding);
}

/* ---- UIDs: runs of digits and dots ---- */

static bool is_uid_byte(char byte)
{
    return (byte >= '0' && byte <= '9') || byte == '.';
}

static int search_uids(struct search *search, const char *text, size_t length)
{
    const char *end = text + length;
    for (const char *dot = text; dot < end && (dot = memchr(dot, '.', (size_t)(end - dot))) != NULL;) {
        const char *first = dot;
        while (first > text && is_uid_byte(first[-1])) {
            first--;
        }
        const char *last = dot;
        while (last < end && is_uid_byte(*last)) {
            last++;
        }
        dot = last;
        while (last > first && last[-1] == '.') {
            last--;
        }
        if (patterns_has_uid(search->patterns, first, (size_t)(last - first))) {
            return report(search, DCMCHAIN_IDENTITY_UID, 0);
        }
    }
    return DCMCHAIN_OK;
}

/* ---- dates: whole values ---- */

/* The day that a DA or DT value begins with, or that ends a range. */
static int search_day(struct search *search, const struct spot *spot, const char *text, size_t length)
{
    uint32_t day = 0;
    size_t digits = 0;
    for (size_t i = 0; i < length && digits < MAX_DAY_DIGITS; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            day = day * 10 + (uint32_t)(text[i] - '0');
            digits++;
        } else if (text[i] != '.' && text[i] != '-' && text[i] != ' ') {
            break;
        }
    }
    uint32_t class_id = 0;
    if (digits < MAX_DAY_DIGITS || !patterns_has_day(search->patterns, day, &class_id)) {
        return DCMCHAIN_OK;
    }
    if (day % 10000 == 101) {
        /* The year of a day is what a day may be cut to; the first of January is its own year. A birth date
         * stands for a person in its own attribute alone. */
        bool permitted = class_id == DCMCHAIN_IDENTITY_DATE || spot->birth_date;
        return permitted ? DCMCHAIN_OK : report(search, class_id, day);
    }
    return report(search, class_id, day);
}

/* ---- whole values and words of the attribute's own class ---- */

static bool has_class_value(const struct search *search, uint32_t class_id, const uint8_t *bytes,
                            size_t length)
{
    const struct patterns *patterns = search->patterns;
    switch (class_id) {
    case DCMCHAIN_IDENTITY_NAME:
    case DCMCHAIN_IDENTITY_PERSON:
        return patterns_has_value(patterns, DCMCHAIN_IDENTITY_NAME, bytes, length) ||
               patterns_has_value(patterns, DCMCHAIN_IDENTITY_PERSON, bytes, length);
    case DCMCHAIN_IDENTITY_ID:
    case DCMCHAIN_IDENTITY_ACCESSION:
        return length >= 3 && (patterns_has_value(patterns, DCMCHAIN_IDENTITY_ID, bytes, length) ||
                               patterns_has_value(patterns, DCMCHAIN_IDENTITY_ACCESSION, bytes, length));
    default:
        return patterns_has_value(patterns, class_id, bytes, length);
    }
}

static int search_class(struct search *search, const struct spot *spot)
{
    const struct folded *folded = &search->folded;
    bool names = spot->class_id == DCMCHAIN_IDENTITY_NAME || spot->class_id == DCMCHAIN_IDENTITY_PERSON;
    for (size_t at = 0; names && at < folded->length;) {
        size_t end = at + 1;
        while (end < folded->length && folded->before[end] == FOLD_NONE) {
            end++;
        }
        if (has_class_value(search, spot->class_id, folded->bytes + at, end - at)) {
            return report(search, spot->class_id, 0);
        }
        at = end;
    }
    bool whole = !names && folded->length > 0 &&
                 has_class_value(search, spot->class_id, folded->bytes, folded->length);
    return whole ? report(search, spot->class_id, 0) : DCMCHAIN_OK;
}

/* ---- everything else: one pass of the automaton ---- */

/* The whole words that a hit from *start to *end is of. False: they go on for longer than any that may pass,
 * and to read them at each hit would not be linear. */
static bool widen_to_words(const struct folded *folded, size_t *start, size_t *end)
{
    for (unsigned i = 0; *start > 0 && folded->before[*start] == FOLD_NONE; i++) {
        if (i == MAX_OWN) {
            return false;
        }
        --*start;
    }
    for (unsigned i = 0; *end < folded->length && folded->before[*end] == FOLD_NONE; i++) {
        if (i == MAX_OWN) {
            return false;
        }
        ++*end;
    }
    return true;
}

/* Whether a hit from start to end is no one's: a part of a longer common word, or of dcmchain's own words
 * where they may stand. */
static bool is_of_words(const struct search *search, const struct spot *spot, const struct pattern *pattern,
                        size_t start, size_t end)
{
    const struct folded *folded = &search->folded;
    if (!widen_to_words(folded, &start, &end)) {
        return false;
    }
    if (pattern->kind == PATTERN_WORD && end - start > pattern->length &&
        common_text(folded->bytes + start, end - start)) {
        return true;
    }
    bool own = spot->ours;
    for (size_t at = start; own && at < end;) {
        const size_t word_end = fold_word_end(folded, at);
        own = own_words_has(search->own, folded->bytes + at, word_end - at);
        at = word_end;
    }
    return own;
}

static int report_hits(struct search *search, const struct spot *spot, uint32_t place, size_t end)
{
    const struct automaton *automaton = patterns_automaton(search->patterns);
    int result = DCMCHAIN_OK;
    for (uint32_t at = automaton_longest(automaton, place); result == DCMCHAIN_OK && at != AUTOMATON_NONE;
         at = automaton_shorter(automaton, at)) {
        for (uint32_t index = patterns_at(search->patterns, at);
             result == DCMCHAIN_OK && index != AUTOMATON_NONE;) {
            const struct pattern *pattern = patterns_get(search->patterns, index);
            if (judge_hit(spot, &search->folded, pattern, end) &&
                !is_of_words(search, spot, pattern, end - pattern->length, end)) {
                result = report(search, pattern->class_id, pattern->day);
            }
            index = pattern->next;
        }
    }
    return result;
}

/* What the end of the text cuts short. */
static int report_cut(struct search *search, const struct spot *spot, uint32_t place, size_t characters)
{
    const struct automaton *automaton = patterns_automaton(search->patterns);
    for (; place != 0; place = automaton_suffix(automaton, place)) {
        for (uint32_t kind = 0; kind < PATTERN_CUT_KINDS; kind++) {
            const struct pattern *pattern = patterns_beginning(search->patterns, place, kind);
            const size_t depth = automaton_depth(automaton, place);
            if (pattern != NULL && judge_cut(spot, &search->folded, pattern, depth, characters) &&
                !is_of_words(search, spot, pattern, search->folded.length - depth, search->folded.length)) {
                return report(search, pattern->class_id, 0);
            }
        }
    }
    return DCMCHAIN_OK;
}

static int search_folded(struct search *search, const struct spot *spot, size_t characters)
{
    const struct automaton *automaton = patterns_automaton(search->patterns);
    const struct folded *folded = &search->folded;
    uint32_t place = 0;
    int result = DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i < folded->length; i++) {
        place = automaton_step(automaton, place, folded->bytes[i]);
        if (automaton_longest(automaton, place) != AUTOMATON_NONE) {
            result = report_hits(search, spot, place, i + 1);
        }
    }
    if (result == DCMCHAIN_OK) {
        result = report_cut(search, spot, place, characters);
    }
    return result == DCMCHAIN_OK && spot->class_id != 0 ? search_class(search, spot) : result;
}

/* ---- one value ---- */

static bool is_formatted(const struct spot *spot)
{
    return spot->role == ROLE_NUMBER || spot->role == ROLE_DATE || spot->role == ROLE_UID ||
           spot->role == ROLE_DIGEST;
}

static bool is_digest(const struct spot *spot, const char *text, size_t length)
{
    size_t digits = 0;
    while (digits < length &&
           ((text[digits] >= '0' && text[digits] <= '9') || (text[digits] >= 'a' && text[digits] <= 'f'))) {
        digits++;
    }
    return digits == length && length == spot->max_characters;
}

static int search_formatted(struct search *search, const struct spot *spot, const char *text, size_t length)
{
    switch (spot->role) {
    case ROLE_DATE:
        return search_day(search, spot, text, length);
    case ROLE_UID:
        return search_uids(search, text, length);
    default:
        return DCMCHAIN_OK;
    }
}

static int search_value(struct search *search, const struct spot *spot, const char *text, size_t length,
                        bool plain)
{
    struct spot as_text = *spot;
    if (is_formatted(spot)) {
        if (spot->role == ROLE_DIGEST ? is_digest(spot, text, length)
                                      : formats_match(spot->vr, text, length)) {
            return search_formatted(search, spot, text, length);
        }
        as_text.role = ROLE_TEXT; /* a number, date, UID or digest that is none */
        as_text.max_characters = spot->role == ROLE_DIGEST ? 0 : spot->max_characters;
        spot = &as_text;
    }
    int result = search_uids(search, text, length);
    for (unsigned expand = 0; result == DCMCHAIN_OK && expand < (plain ? 1U : 2U); expand++) {
        search->folded.length = 0;
        result = plain ? fold_bytes(&search->folded, text, length)
                       : fold_utf8(&search->folded, text, length, expand != 0);
        if (result == DCMCHAIN_OK) {
            result = search_folded(search, spot, length);
        }
    }
    return result;
}

/* Values apart. */
static int search_values(struct search *search, const struct spot *spot, const char *text, size_t length,
                         bool plain)
{
    const char *end = text + length;
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && text < end) {
        const char *stop =
            spot->one_value || spot->role == ROLE_BYTES ? NULL : memchr(text, '\\', (size_t)(end - text));
        stop = stop == NULL ? end : stop;
        const char *last = stop;
        while (last > text && (last[-1] == ' ' || last[-1] == '\0')) {
            last--; /* padding is no separator: a value may be cut short before it */
        }
        result = search_value(search, spot, text, (size_t)(last - text), plain);
        text = stop + 1;
    }
    return result;
}

struct decoded {
    struct search *search;
    const struct spot *spot;
};

static int search_decoded(void *closure, const char *text, size_t length)
{
    const struct decoded *decoded = closure;
    return search_values(decoded->search, decoded->spot, text, length, false);
}

/* Text of two bytes a character (UTF-16), of either byte order, as far as it is ASCII. */
static int search_wide(struct search *search, const struct spot *spot, const char *bytes, size_t length)
{
    AUTO_FREE char *narrow = malloc(length);
    size_t count = 0;
    if (narrow == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != '\0') {
            narrow[count++] = bytes[i];
        }
    }
    return search_values(search, spot, narrow, count, true);
}

/* Long ones are tables, profiles, waveforms: they are not decoded, only read as bytes. */
static int search_binary(struct search *search, const struct spot *spot, const char *bytes, size_t length)
{
    int result = search_values(search, spot, bytes, length, true);
    if (result == DCMCHAIN_OK && memchr(bytes, '\0', length) != NULL) {
        result = search_wide(search, spot, bytes, length);
    }
    return result;
}

/* All of a spot that a search depends on. */
static uint64_t how_of(const struct spot *spot)
{
    return (uint64_t)spot->max_characters << 32U | (uint64_t)(spot->class_id & 0xFFFFU) << 16U |
           (uint64_t)spot->role << 8U | (uint64_t)spot->vr << 48U | (spot->birth_date ? 1U : 0U) |
           (spot->one_value ? 2U : 0U) | (spot->ours ? 4U : 0U) | (spot->coded ? 8U : 0U);
}

static int search_anew(struct search *search, const struct spot *spot, const void *bytes, size_t length)
{
    bool plain = charsets_is_plain(bytes, length);
    if (spot->role == ROLE_BYTES) {
        int result = search_binary(search, spot, bytes, length);
        if (result != DCMCHAIN_OK || plain || length > LONG_BINARY_BYTES) {
            return result;
        }
    } else if (plain) {
        return search_values(search, spot, bytes, length, true);
    }
    struct decoded decoded = {search, spot};
    return charsets_each(bytes, length, search_decoded, &decoded);
}

int search_bytes(struct search *search, const struct spot *spot, const void *bytes, size_t length)
{
    if (spot->role == ROLE_SKIP || length == 0) {
        return DCMCHAIN_OK;
    }
    const uint64_t how = how_of(spot);
    const size_t before = search->findings;
    if (is_formatted(spot) && charsets_is_plain(bytes, length)) { /* as fast as to remember it */
        return search_values(search, spot, bytes, length, true);
    }
    if (passed_has(search->passed, how, bytes, length)) {
        return DCMCHAIN_OK;
    }
    int result = search_anew(search, spot, bytes, length);
    if (result == DCMCHAIN_OK && search->findings == before) {
        passed_add(search->passed, how, bytes, length);
    }
    return result;
}

int search_text(struct search *search, const struct spot *spot, const char *text, size_t length)
{
    if (spot->role == ROLE_SKIP || length == 0) {
        return DCMCHAIN_OK;
    }
    return search_values(search, spot, text, length, charsets_is_plain(text, length));
}
