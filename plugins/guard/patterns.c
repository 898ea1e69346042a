/* patterns.c: see patterns.h. */
#include <stdlib.h>
#include <string.h>

#include "patterns_parts.h"
#include "uids.h"

#define MAX_PATTERN_BYTES 1024U
#define MAX_BEGINNING 64U /* bytes of a pattern's beginning that are known by their place */

struct value {
    uint32_t class_id;
    uint32_t length;
    uint8_t *bytes;
};

struct day {
    uint32_t day;
    uint32_t class_id;
};

struct patterns {
    struct automaton *automaton;
    struct pattern *patterns;
    size_t count;
    size_t room;
    uint32_t *first; /* by place of the automaton: its first pattern */
    size_t first_room;
    uint32_t *beginning; /* by place and kind: a pattern that goes through it */
    size_t beginning_room;
    struct value *values; /* sorted once open */
    size_t value_count;
    size_t value_room;
    struct day *days; /* sorted once open */
    size_t day_count;
    size_t day_room;
    struct uids uids;
    uint32_t common[DCMCHAIN_IDENTITY_CLASSES];
};

void patterns_free(struct patterns *patterns)
{
    if (patterns == NULL) {
        return;
    }
    automaton_free(patterns->automaton);
    for (size_t i = 0; i < patterns->value_count; i++) {
        free(patterns->values[i].bytes);
    }
    free(patterns->patterns);
    free(patterns->first);
    free(patterns->beginning);
    free(patterns->values);
    free(patterns->days);
    uids_free(&patterns->uids);
    free(patterns);
}

/* Room for one more of size bytes. */
static int grow(void **array, size_t count, size_t *room, size_t size)
{
    if (count < *room) {
        return DCMCHAIN_OK;
    }
    size_t wanted = *room == 0 ? 32 : 2 * *room;
    void *grown = realloc(*array, wanted * size);
    if (grown == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *array = grown;
    *room = wanted;
    return DCMCHAIN_OK;
}

/* ---- building ---- */

/* Sets what a place of the automaton stands for, where nothing does yet. */
static int set_place(uint32_t **array, size_t *room, uint32_t place, uint32_t index)
{
    if (place >= *room) {
        size_t wanted = 2 * (size_t)place + 64;
        uint32_t *grown = realloc(*array, wanted * sizeof *grown);
        if (grown == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        memset(grown + *room, 0xFF, (wanted - *room) * sizeof *grown); /* AUTOMATON_NONE */
        *array = grown;
        *room = wanted;
    }
    if ((*array)[place] == AUTOMATON_NONE) {
        (*array)[place] = index;
    }
    return DCMCHAIN_OK;
}

int builder_add(struct builder *builder, const uint8_t *bytes, size_t length, struct pattern pattern)
{
    struct patterns *patterns = builder->patterns;
    uint32_t place = 0;
    if (length == 0 || length > MAX_PATTERN_BYTES) {
        return DCMCHAIN_OK;
    }
    int result = automaton_add(patterns->automaton, bytes, length, &place);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    uint32_t before = patterns_at(patterns, place);
    for (uint32_t at = before; at != AUTOMATON_NONE; at = patterns->patterns[at].next) {
        const struct pattern *same = &patterns->patterns[at];
        if (same->kind == pattern.kind && same->class_id == pattern.class_id && same->day == pattern.day &&
            same->apart == pattern.apart && same->joints[0] == pattern.joints[0]) {
            return DCMCHAIN_OK;
        }
    }
    result = grow((void **)&patterns->patterns, patterns->count, &patterns->room, sizeof *patterns->patterns);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    uint32_t index = (uint32_t)patterns->count++;
    pattern.length = (uint16_t)length;
    pattern.next = before;
    pattern.digits = strspn((const char *)bytes, "0123456789") >= length;
    patterns->patterns[index] = pattern;
    result = set_place(&patterns->first, &patterns->first_room, place, index);
    if (result == DCMCHAIN_OK) {
        patterns->first[place] = index;
    }
    return result;
}

int builder_value(struct builder *builder, uint32_t class_id, const uint8_t *bytes, size_t length)
{
    struct patterns *patterns = builder->patterns;
    int result = grow((void **)&patterns->values, patterns->value_count, &patterns->value_room,
                      sizeof *patterns->values);
    uint8_t *copy = result == DCMCHAIN_OK ? malloc(length + 1) : NULL;
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    memcpy(copy, bytes, length);
    copy[length] = 0;
    patterns->values[patterns->value_count++] = (struct value){class_id, (uint32_t)length, copy};
    return DCMCHAIN_OK;
}

int builder_day(struct builder *builder, uint32_t class_id, uint32_t day)
{
    struct patterns *patterns = builder->patterns;
    int result =
        grow((void **)&patterns->days, patterns->day_count, &patterns->day_room, sizeof *patterns->days);
    if (result == DCMCHAIN_OK) {
        patterns->days[patterns->day_count++] = (struct day){day, class_id};
    }
    return result;
}

void builder_too_common(struct builder *builder, uint32_t class_id)
{
    builder->patterns->common[class_id]++;
}

/* ---- opening ---- */

/* Values are in order of class, length and bytes. */
static int order_of(const struct value *value, uint32_t class_id, const void *bytes, size_t length)
{
    if (value->class_id != class_id) {
        return value->class_id < class_id ? -1 : 1;
    }
    if (value->length != length) {
        return value->length < length ? -1 : 1;
    }
    return memcmp(value->bytes, bytes, length);
}

static int compare_values(const void *left, const void *right)
{
    const struct value *other = right;
    return order_of(left, other->class_id, other->bytes, other->length);
}

static int compare_days(const void *left, const void *right)
{
    const struct day *a = left;
    const struct day *b = right;
    return a->day < b->day ? -1 : a->day > b->day;
}

/* For values that are cut short: which pattern of each kind a beginning belongs to, since each is judged in
 * its own way. */
static int note_beginnings(struct patterns *patterns, const struct pattern *pattern, const uint8_t *bytes,
                           uint32_t index)
{
    uint32_t place = 0;
    int result = DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i + 1U < pattern->length && i < MAX_BEGINNING; i++) {
        place = automaton_step(patterns->automaton, place, bytes[i]);
        result = set_place(&patterns->beginning, &patterns->beginning_room,
                           place * PATTERN_CUT_KINDS + pattern->kind, index);
    }
    return result;
}

static int note_words(struct patterns *patterns)
{
    int result = DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i < patterns->value_count; i++) {
        const struct value *value = &patterns->values[i];
        uint32_t place = 0;
        for (size_t k = 0; k < value->length; k++) {
            place = automaton_step(patterns->automaton, place, value->bytes[k]);
        }
        for (uint32_t at = patterns_at(patterns, place); result == DCMCHAIN_OK && at != AUTOMATON_NONE;
             at = patterns->patterns[at].next) {
            const struct pattern *pattern = &patterns->patterns[at];
            if (pattern->length == value->length && pattern->kind < PATTERN_CUT_KINDS) {
                result = note_beginnings(patterns, pattern, value->bytes, at);
            }
        }
    }
    return result;
}

static int build(struct builder *builder, const dcmchain_study *study, uint64_t kept)
{
    struct patterns *patterns = builder->patterns;
    size_t count = dcmchain_study_identity_count(study);
    int result = automaton_new(&patterns->automaton);
    for (size_t i = 0; result == DCMCHAIN_OK && i < count; i++) {
        const struct dcmchain_identity *identity = dcmchain_study_identity(study, i);
        if ((kept >> (identity->class_id - 1) & 1U) == 0) {
            result = identity->class_id == DCMCHAIN_IDENTITY_UID
                         ? uids_add(&patterns->uids, identity->value)
                         : classes_add(builder, identity->class_id, identity->value);
        }
    }
    if (result == DCMCHAIN_OK) {
        result = automaton_build(patterns->automaton);
    }
    if (patterns->value_count > 0) {
        qsort(patterns->values, patterns->value_count, sizeof *patterns->values, compare_values);
    }
    if (patterns->day_count > 0) {
        qsort(patterns->days, patterns->day_count, sizeof *patterns->days, compare_days);
    }
    return result == DCMCHAIN_OK ? note_words(patterns) : result;
}

int patterns_open(const dcmchain_study *study, uint64_t kept, struct patterns **ret_patterns)
{
    struct builder builder = {calloc(1, sizeof(struct patterns))};
    if (builder.patterns == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = build(&builder, study, kept);
    if (result != DCMCHAIN_OK) {
        patterns_free(builder.patterns);
        return result;
    }
    *ret_patterns = builder.patterns;
    return DCMCHAIN_OK;
}

/* ---- asking ---- */

const struct automaton *patterns_automaton(const struct patterns *patterns)
{
    return patterns->automaton;
}

uint32_t patterns_at(const struct patterns *patterns, uint32_t place)
{
    return place < patterns->first_room ? patterns->first[place] : AUTOMATON_NONE;
}

const struct pattern *patterns_get(const struct patterns *patterns, uint32_t index)
{
    return &patterns->patterns[index];
}

const struct pattern *patterns_beginning(const struct patterns *patterns, uint32_t place, uint32_t kind)
{
    size_t at = (size_t)place * PATTERN_CUT_KINDS + kind;
    uint32_t index = at < patterns->beginning_room ? patterns->beginning[at] : AUTOMATON_NONE;
    return index == AUTOMATON_NONE ? NULL : &patterns->patterns[index];
}

bool patterns_has_uid(const struct patterns *patterns, const char *uid, size_t length)
{
    return uids_has(&patterns->uids, uid, length);
}

bool patterns_has_day(const struct patterns *patterns, uint32_t day, uint32_t *ret_class)
{
    const struct day key = {day, 0};
    const struct day *found = patterns->day_count == 0 ? NULL
                                                       : bsearch(&key, patterns->days, patterns->day_count,
                                                                 sizeof *patterns->days, compare_days);
    if (found == NULL) {
        return false;
    }
    *ret_class = found->class_id;
    return true;
}

bool patterns_has_value(const struct patterns *patterns, uint32_t class_id, const void *bytes, size_t length)
{
    size_t low = 0;
    size_t high = patterns->value_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = order_of(&patterns->values[middle], class_id, bytes, length);
        if (order == 0) {
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

uint32_t patterns_common_count(const struct patterns *patterns, uint32_t class_id)
{
    return patterns->common[class_id];
}
