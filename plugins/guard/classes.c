/* classes.c: how a value of each class of the identity is searched: as a number, a phrase, a day, or only as
 * a whole. Names and spellings of days have files of their own. It must not keep or search. */
#include <stdlib.h>
#include <string.h>

#include "common.h"
#include "patterns_parts.h"

#define MIN_NUMBER 6U       /* letters and digits from which a number is searched everywhere */
#define MIN_MIXED_NUMBER 5U /* where it has both */
#define MIN_PHRASE 6U

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
                      common_any(folded.bytes, folded.length);
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
static bool tells(const struct folded *folded)
{
    for (size_t at = 0; at < folded->length;) {
        size_t end = at + 1;
        while (end < folded->length && folded->before[end] == FOLD_NONE) {
            end++;
        }
        if (end - at > 2 && !common_any(folded->bytes + at, end - at)) {
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
        bool common =
            folded.length < MIN_PHRASE || !tells(&folded) || common_nobody(folded.bytes, folded.length);
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
    uint32_t day = day_of(value);
    if (day == 0 || is_dummy_day(day)) {
        builder_too_common(builder, class_id);
        return DCMCHAIN_OK;
    }
    int result = builder_day(builder, class_id, day);
    return result == DCMCHAIN_OK ? spellings_add(builder, class_id, day) : result;
}

int classes_add(struct builder *builder, uint32_t class_id, const char *value)
{
    switch (class_id) {
    case DCMCHAIN_IDENTITY_NAME:
    case DCMCHAIN_IDENTITY_PERSON:
        return names_add(builder, class_id, value);
    case DCMCHAIN_IDENTITY_ID:
    case DCMCHAIN_IDENTITY_ACCESSION:
        return add_number(builder, class_id, value);
    case DCMCHAIN_IDENTITY_DATE:
    case DCMCHAIN_IDENTITY_BIRTH_DATE:
        return add_day(builder, class_id, value);
    case DCMCHAIN_IDENTITY_INSTITUTION:
    case DCMCHAIN_IDENTITY_ADDRESS:
        return add_phrase(builder, class_id, value);
    default:
        return add_exact(builder, class_id, value);
    }
}
