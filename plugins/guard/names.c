/* names.c: a person name (PS3.5 6.2.1) as what it may be written as: its words, and its words joined in both
 * orders, with and without umlauts written out. It must not decide where a hit counts. */
#include <string.h>

#include "common.h"
#include "patterns_parts.h"

#define MAX_WORDS 8U
#define MIN_WORD 4U   /* characters from which a word is searched by itself */
#define MIN_JOINED 5U /* of words joined */
#define MIN_IDEOGRAPHS 2U
#define WORD_BYTES 200U

struct word {
    const uint8_t *bytes;
    size_t length;
    size_t characters;
};

static size_t characters(const uint8_t *bytes, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        count += (bytes[i] & 0xC0U) != 0x80U ? 1U : 0U;
    }
    return count;
}

/* CJK ideographs, kana and Hangul are written without blanks; what is folded of them begins with 0xE1 to
 * 0xED. */
static bool is_ideographic(const uint8_t *bytes)
{
    return bytes[0] >= 0xE3U && bytes[0] <= 0xEDU ? true : bytes[0] == 0xE1U && (bytes[1] & 0xFCU) == 0x84U;
}

static int add_word(struct builder *builder, uint32_t class_id, const struct word *word)
{
    bool ideographs = is_ideographic(word->bytes);
    bool short_word = word->characters < (ideographs ? MIN_IDEOGRAPHS : MIN_WORD);
    if (word->characters < 2 && !ideographs) {
        return DCMCHAIN_OK; /* an initial */
    }
    struct pattern pattern = {.kind = PATTERN_WORD,
                              .class_id = class_id,
                              .characters = (uint16_t)word->characters,
                              .ideographs = ideographs,
                              .common = short_word || common_any(word->bytes, word->length)};
    if (pattern.common) {
        builder_too_common(builder, class_id);
    }
    int result = builder_value(builder, class_id, word->bytes, word->length);
    return result != DCMCHAIN_OK || pattern.common ? result
                                                   : builder_add(builder, word->bytes, word->length, pattern);
}

static int add_joined(struct builder *builder, uint32_t class_id, const struct word *left,
                      const struct word *right)
{
    uint8_t joined[2 * WORD_BYTES];
    bool ideographs = is_ideographic(left->bytes);
    if (left->characters + right->characters < (ideographs ? MIN_IDEOGRAPHS + 1U : MIN_JOINED) ||
        (left->characters < 2 && !ideographs) || (right->characters < 2 && !ideographs) ||
        left->length > 255) {
        return DCMCHAIN_OK;
    }
    memcpy(joined, left->bytes, left->length);
    memcpy(joined + left->length, right->bytes, right->length);
    struct pattern pattern = {.kind = PATTERN_JOINED,
                              .class_id = class_id,
                              .characters = (uint16_t)(left->characters + right->characters),
                              .ideographs = ideographs,
                              .joint_count = 1,
                              .joints = {(uint8_t)left->length}};
    return builder_add(builder, joined, left->length + right->length, pattern);
}

/* Words of one group: "Family^Given^Middle^Prefix^Suffix", or "Given Family". */
static int add_words(struct builder *builder, uint32_t class_id, const struct folded *folded)
{
    struct word words[MAX_WORDS];
    size_t count = 0;
    size_t at = 0;
    while (at < folded->length && count < MAX_WORDS) {
        size_t end = at + 1;
        while (end < folded->length && folded->before[end] == FOLD_NONE) {
            end++;
        }
        if (end - at <= WORD_BYTES) {
            words[count++] =
                (struct word){folded->bytes + at, end - at, characters(folded->bytes + at, end - at)};
        }
        at = end;
    }
    int result = DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i < count; i++) {
        result = add_word(builder, class_id, &words[i]);
        for (size_t k = 0; result == DCMCHAIN_OK && k < count; k++) {
            if (k != i) {
                result = add_joined(builder, class_id, &words[i], &words[k]);
            }
        }
    }
    return result;
}

/* The part of a group that names: family, given and middle name; prefix and suffix are titles. */
static size_t naming_length(const char *group, size_t length)
{
    size_t carets = 0;
    for (size_t i = 0; i < length; i++) {
        carets += group[i] == '^' ? 1U : 0U;
        if (carets == 3) {
            return i;
        }
    }
    return length;
}

int names_add(struct builder *builder, uint32_t class_id, const char *value)
{
    int result = DCMCHAIN_OK;
    for (const char *group = value; result == DCMCHAIN_OK && *group != '\0';) {
        size_t length = strcspn(group, "=");
        for (unsigned expand = 0; result == DCMCHAIN_OK && expand < 2; expand++) {
            struct folded folded = {0};
            result = fold_utf8(&folded, group, naming_length(group, length), expand != 0);
            if (result == DCMCHAIN_OK && !common_nobody(folded.bytes, folded.length)) {
                result = add_words(builder, class_id, &folded);
            }
            fold_free(&folded);
        }
        group += length;
        group += *group == '=' ? 1 : 0;
    }
    return result;
}
