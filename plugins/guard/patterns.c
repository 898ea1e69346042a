/* patterns.c: see patterns.h. */
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "patterns_parts.h"

#define MIN_NUMBER 6U       /* letters and digits from which a number is searched everywhere */
#define MIN_MIXED_NUMBER 5U /* where it has both */
#define MIN_PHRASE 6U
#define MIN_UID 10U
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

/* A part of a value of the study's identity, which a study has one of for each of its files. */
struct uid {
    const char *at; /* NULL: the slot is free */
    size_t length;
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
    struct uid *uids; /* a table by hash, a power of two of slots */
    size_t uid_slots;
    size_t uid_count;
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
    free(patterns->uids);
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

bool builder_is_common(const struct builder *builder, const uint8_t *bytes, size_t length)
{
    if (common_word(bytes, length) || common_nobody(bytes, length)) {
        return true;
    }
    for (const char *own = builder->own; own != NULL && *own != '\0'; own += strlen(own) + 1) {
        if (strlen(own) == length && memcmp(own, bytes, length) == 0) {
            return true;
        }
    }
    return false;
}

void builder_too_common(struct builder *builder, uint32_t class_id)
{
    builder->patterns->common[class_id]++;
}

/* ---- by class ---- */

static bool is_mixed(const struct folded *folded)
{
    size_t digits = 0;
    for (size_t i = 0; i < folded->length; i++) {
        digits += folded->bytes[i] >= '0' && folded->bytes[i] <= '9' ? 1U : 0U;
    }
    return digits > 0 && digits < folded->length;
}

static bool is_one_byte_repeated(const uint8_t *bytes, size_t length)
{
    for (size_t i = 1; i < length; i++) {
        if (bytes[i] != bytes[0]) {
            return false;
        }
    }
    return true;
}

static int add_number(struct builder *builder, uint32_t class_id, const char *value)
{
    struct folded folded = {0};
    int result = fold_utf8(&folded, value, strlen(value), false);
    if (result == DCMCHAIN_OK && folded.length > 0 && !common_nobody(folded.bytes, folded.length)) {
        result = builder_value(builder, class_id, folded.bytes, folded.length);
        struct pattern pattern = {
            .kind = PATTERN_NUMBER, .class_id = class_id, .characters = (uint16_t)folded.length};
        bool common = folded.length < (is_mixed(&folded) ? MIN_MIXED_NUMBER : MIN_NUMBER) ||
                      is_one_byte_repeated(folded.bytes, folded.length) ||
                      builder_is_common(builder, folded.bytes, folded.length);
        size_t zeros = 0;
        while (zeros < folded.length && folded.bytes[zeros] == '0') {
            zeros++;
        }
        if (common) {
            builder_too_common(builder, class_id);
        } else if (result == DCMCHAIN_OK) {
            result = builder_add(builder, folded.bytes, folded.length, pattern);
        }
        if (result == DCMCHAIN_OK && !common && zeros > 0 && folded.length - zeros > MIN_NUMBER) {
            result = builder_add(builder, folded.bytes + zeros, folded.length - zeros, pattern);
        }
    }
    fold_free(&folded);
    return result;
}

/* Whether any of its words is not common. */
static bool tells(const struct builder *builder, const struct folded *folded)
{
    for (size_t at = 0; at < folded->length;) {
        size_t end = at + 1;
        while (end < folded->length && folded->before[end] == FOLD_NONE) {
            end++;
        }
        if (end - at > 2 && !builder_is_common(builder, folded->bytes + at, end - at)) {
            return true;
        }
        at = end;
    }
    return false;
}

static int add_phrase(struct builder *builder, uint32_t class_id, const char *value)
{
    int result = DCMCHAIN_OK;
    for (unsigned expand = 0; result == DCMCHAIN_OK && expand < 2; expand++) {
        struct folded folded = {0};
        result = fold_utf8(&folded, value, strlen(value), expand != 0);
        bool common = folded.length < MIN_PHRASE || !tells(builder, &folded) ||
                      common_nobody(folded.bytes, folded.length);
        if (result == DCMCHAIN_OK && folded.length > 0) {
            struct pattern pattern = {
                .kind = PATTERN_PHRASE, .class_id = class_id, .characters = (uint16_t)folded.length};
            result = builder_value(builder, class_id, folded.bytes, folded.length);
            if (common && expand == 0) {
                builder_too_common(builder, class_id);
            } else if (!common && result == DCMCHAIN_OK) {
                result = builder_add(builder, folded.bytes, folded.length, pattern);
            }
        }
        fold_free(&folded);
    }
    return result;
}

static int add_exact(struct builder *builder, uint32_t class_id, const char *value)
{
    struct folded folded = {0};
    int result = fold_utf8(&folded, value, strlen(value), false);
    if (result == DCMCHAIN_OK && folded.length > 0 && !common_nobody(folded.bytes, folded.length)) {
        result = builder_value(builder, class_id, folded.bytes, folded.length);
    }
    fold_free(&folded);
    return result;
}

/* ---- dates ---- */

/* Dates that systems write where they know none; a spelling of one identifies nobody. */
static bool is_dummy_day(uint32_t day)
{
    static const uint32_t dummies[] = {10101,    18000101, 18581117, 18991230, 18991231, 19000101, 19000102,
                                       19010101, 19110101, 19110111, 19111111, 19690101, 19691231, 19700101,
                                       19800101, 20000101, 11111111, 20380119, 20991231, 21001231, 99991231};
    for (size_t i = 0; i < sizeof dummies / sizeof dummies[0]; i++) {
        if (day == dummies[i]) {
            return true;
        }
    }
    return false;
}

static uint32_t day_of(const char *value)
{
    static const uint32_t lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    char digits[9] = "";
    size_t count = 0;
    for (const char *at = value; count < 8 && *at != '\0' && strchr("0123456789.-", *at) != NULL; at++) {
        if (*at >= '0' && *at <= '9') { /* "2024.02.29" is what ACR-NEMA wrote */
            digits[count++] = *at;
        }
    }
    uint32_t day = count == 8 ? (uint32_t)strtoul(digits, NULL, 10) : 0;
    uint32_t month = day / 100 % 100;
    bool valid =
        month >= 1 && month <= 12 && day % 100 >= 1 && day % 100 <= lengths[month - 1] && day >= 18000101;
    return valid ? day : 0;
}

static int add_day(struct builder *builder, uint32_t class_id, const char *value)
{
    struct patterns *patterns = builder->patterns;
    uint32_t day = day_of(value);
    if (day == 0 || is_dummy_day(day)) {
        builder_too_common(builder, class_id);
        return DCMCHAIN_OK;
    }
    int result =
        grow((void **)&patterns->days, patterns->day_count, &patterns->day_room, sizeof *patterns->days);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    patterns->days[patterns->day_count++] = (struct day){day, class_id};
    return spellings_add(builder, class_id, day);
}

/* ---- UIDs ---- */

/* Names of the standard itself, which the registry of PS3.6 gives out: short numbers below its root. An
 * instance's UID that somebody made up below that root is longer. */
static bool is_of_the_standard(const char *uid)
{
    static const char root[] = "1.2.840.10008.";
    if (strncmp(uid, root, sizeof root - 1) != 0) {
        return false;
    }
    size_t digits = 0;
    for (const char *at = uid + sizeof root - 1; *at != '\0'; at++) {
        digits = *at == '.' ? 0 : digits + 1;
        if (digits > 4) {
            return false;
        }
    }
    return strlen(uid) < 40;
}

static size_t uid_hash(const char *uid, size_t length)
{
    uint64_t sum = 14695981039346656037ULL;
    for (size_t i = 0; i < length; i++) {
        sum = (sum ^ (uint8_t)uid[i]) * 1099511628211ULL;
    }
    return (size_t)(sum ^ (sum >> 29));
}

static size_t uid_slot(const struct patterns *patterns, const char *uid, size_t length)
{
    size_t slot = uid_hash(uid, length) & (patterns->uid_slots - 1);
    while (patterns->uids[slot].at != NULL &&
           (patterns->uids[slot].length != length || memcmp(patterns->uids[slot].at, uid, length) != 0)) {
        slot = (slot + 1) & (patterns->uid_slots - 1);
    }
    return slot;
}

static int uid_grow(struct patterns *patterns)
{
    struct uid *before = patterns->uids;
    size_t slots = patterns->uid_slots;
    struct uid *after = calloc(slots == 0 ? 64 : 2 * slots, sizeof *after);
    if (after == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    patterns->uids = after;
    patterns->uid_slots = slots == 0 ? 64 : 2 * slots;
    for (size_t i = 0; i < slots; i++) {
        if (before[i].at != NULL) {
            after[uid_slot(patterns, before[i].at, before[i].length)] = before[i];
        }
    }
    free(before);
    return DCMCHAIN_OK;
}

/* The first run of digits and dots of a value: mercure's names of files hold a UID, too. */
static int add_uid(struct builder *builder, const char *value)
{
    struct patterns *patterns = builder->patterns;
    for (const char *at = value; *at != '\0';) {
        size_t length = strspn(at, "0123456789.");
        while (length > 0 && at[length - 1] == '.') {
            length--;
        }
        char *copy = length < MIN_UID ? NULL : strndup(at, length);
        if (length >= MIN_UID && copy == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        if (copy != NULL && strchr(copy, '.') != NULL && !is_of_the_standard(copy)) {
            if (4 * (patterns->uid_count + 1) > 3 * patterns->uid_slots &&
                uid_grow(patterns) != DCMCHAIN_OK) {
                free(copy);
                return DCMCHAIN_E_MEMORY;
            }
            size_t slot = uid_slot(patterns, at, length);
            if (patterns->uids[slot].at == NULL) {
                patterns->uids[slot] = (struct uid){at, length};
                patterns->uid_count++;
            }
        }
        free(copy);
        at += length > 0 ? length : 1;
    }
    return DCMCHAIN_OK;
}

/* ---- opening ---- */

static int add_identity(struct builder *builder, const struct dcmchain_identity *identity)
{
    switch (identity->class_id) {
    case DCMCHAIN_IDENTITY_NAME:
    case DCMCHAIN_IDENTITY_PERSON:
        return names_add(builder, identity->class_id, identity->value);
    case DCMCHAIN_IDENTITY_ID:
    case DCMCHAIN_IDENTITY_ACCESSION:
        return add_number(builder, identity->class_id, identity->value);
    case DCMCHAIN_IDENTITY_DATE:
    case DCMCHAIN_IDENTITY_BIRTH_DATE:
        return add_day(builder, identity->class_id, identity->value);
    case DCMCHAIN_IDENTITY_UID:
        return add_uid(builder, identity->value);
    case DCMCHAIN_IDENTITY_INSTITUTION:
    case DCMCHAIN_IDENTITY_ADDRESS:
        return add_phrase(builder, identity->class_id, identity->value);
    default:
        return add_exact(builder, identity->class_id, identity->value);
    }
}

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
            result = add_identity(builder, identity);
        }
    }
    if (result == DCMCHAIN_OK) {
        result = automaton_build(patterns->automaton);
    }
    if (result == DCMCHAIN_OK && patterns->uid_slots == 0) {
        result = uid_grow(patterns);
    }
    if (patterns->value_count > 0) {
        qsort(patterns->values, patterns->value_count, sizeof *patterns->values, compare_values);
    }
    if (patterns->day_count > 0) {
        qsort(patterns->days, patterns->day_count, sizeof *patterns->days, compare_days);
    }
    return result == DCMCHAIN_OK ? note_words(patterns) : result;
}

int patterns_open(const dcmchain_study *study, const char *own, uint64_t kept, struct patterns **ret_patterns)
{
    struct builder builder = {calloc(1, sizeof(struct patterns)), own};
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
    return length >= MIN_UID && patterns->uids[uid_slot(patterns, uid, length)].at != NULL;
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
