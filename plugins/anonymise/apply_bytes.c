/* apply_bytes.c: see apply_bytes.h. It must not change a byte that no hit covers, nor keep what it could not
 * search.
 */
#include "apply_bytes.h"

#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "encodings.h"
#include "values.h"
#include "wide_text.h"

#define MIN_RUN 5U              /* printable bytes in a row that can be a word */
#define MIN_RUN_BY_CHANCE 12U   /* the same where chance spells short names */
#define MAX_NUMBERS_BYTES 4096U /* more are a table or samples; OB and UN of more may be: an ICC profile */
#define MAX_BINARY_BYTES (1U << 20) /* more is an image, a table or a document: the engine judges those */

struct bytes {
    char *at; /* owned, malloc() */
    size_t length;
    bool changed;
};

struct reading {
    const struct target *target;
    struct cleaner_task cleaner;
};

static void map_uid(void *closure, const char *uid, size_t length, char *ret_uid)
{
    apply_map_uid(closure, uid, length, ret_uid);
}

static int clean_value(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct reading *reading = closure;

    return length == 0 ? 0
                       : cleaner_clean(reading->target->work->study->cleaner, value, length,
                                       &reading->cleaner, ret_value);
}

/* Cleans the bytes as one encoding reads them. 1: they are text in it; 0: they are not; negative: failed. */
static int clean_as(struct reading *reading, size_t encoding, struct bytes *bytes)
{
    const bool several = dcmchain_vr_is_multi_valued(reading->target->vr);
    AUTO_FREE char *text = NULL;
    AUTO_FREE char *cleaned = NULL;
    char *back = NULL;
    int result = encodings_decode(encoding, bytes->at, bytes->length, &text);

    if (result <= 0) {
        return result;
    }
    result = values_change(text, several, clean_value, reading, &cleaned);
    if (result <= 0) {
        return result < 0 ? result : 1;
    }
    result = encodings_encode(encoding, cleaned, &back, &bytes->length);
    if (result == 0) {
        return DCMCHAIN_E_CHARSET; /* cannot be: nothing but ASCII was added */
    }
    if (result > 0) {
        free(bytes->at);
        bytes->at = back;
        bytes->changed = true;
    }
    return result;
}

/* What stands in memory for a value that no encoding shows to hold identity. */
#define KIND_SEARCHED 0x80000000U

static int clean_in_all(struct reading *reading, bool shapes, struct bytes *bytes)
{
    const struct cleaner *cleaner = reading->target->work->study->cleaner;
    const uint32_t kind = KIND_SEARCHED | reading->cleaner.mode << 8 | (shapes ? 1U : 0U) |
                          (dcmchain_vr_is_multi_valued(reading->target->vr) ? 2U : 0U);
    bool sought = !shapes; /* shapes are sought once: in UTF-8, or else as Latin-1 */

    if (cleaner_knows(cleaner, kind, bytes->at, bytes->length)) {
        return 0;
    }
    for (size_t encoding = 0; encoding < encodings_count; encoding++) {
        int result = 0;
        const bool here = !sought && (encoding == ENCODINGS_UTF_8 || encoding == ENCODINGS_LATIN_1);
        reading->cleaner.known_only = here ? 0U : 1U;
        result = clean_as(reading, encoding, bytes);
        if (result < 0) {
            return result;
        }
        sought = sought || (here && result > 0);
    }
    if (!bytes->changed) {
        cleaner_know(cleaner, kind, bytes->at, bytes->length);
    }
    return 0;
}

/* Padded to an even length (PS3.5 6.2). */
static int store(struct target *target, struct bytes *bytes)
{
    if (bytes->length % 2 != 0) {
        char *more = realloc(bytes->at, bytes->length + 2);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        bytes->at = more;
        bytes->at[bytes->length++] = ' ';
    }
    apply_report(target, "clean", NULL, NULL);
    if (dcmchain_element_set_bytes(target->element, bytes->at, bytes->length) < 0) {
        const int result = dcmchain_element_clear(target->element);
        return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
    }
    return DCMCHAIN_VISIT_NEXT;
}

static bool is_text_byte(uint8_t byte)
{
    return byte >= 0x20 ? byte != 0x7F
                        : byte == '\r' || byte == '\n' || byte == '\t' || byte == '\f' || byte == 0x1B;
}

int apply_bytes(struct target *target, uint32_t mode, bool declared)
{
    struct reading reading = {
        target,
        {.mode = mode,
         .keep_uids = (target->work->run->profile.config.retain & RETAIN_UIDS) != 0U ? 1U : 0U,
         .map_uid = map_uid,
         .closure = target->work}};
    AUTO_API void *stored = NULL;
    struct bytes bytes = {NULL, 0, false};
    bool text = dcmchain_element_get_bytes(target->element, &stored, &bytes.length) == 0;
    int result = DCMCHAIN_VISIT_NEXT;

    while (text && bytes.length > 0 && ((const char *)stored)[bytes.length - 1] == '\0') {
        bytes.length--;
    }
    for (size_t at = 0; text && at < bytes.length; at++) {
        text = is_text_byte(((const uint8_t *)stored)[at]);
    }
    if (text) {
        bytes.at = malloc(bytes.length + 1);
        if (bytes.at == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        (void)memcpy(bytes.at, stored, bytes.length);
        result = clean_in_all(&reading, !declared, &bytes);
    }
    if (!text || result < 0) {
        target->decision.why = "cannot be read in any character set";
        result = apply_text(target, "clean", declared ? NULL : "", CLEANER_PLACEHOLDER);
    } else if (bytes.changed) {
        target->decision.why = "holds identity in another character set than it says";
        result = store(target, &bytes);
    }
    free(bytes.at);
    return result;
}

/* Where the text ends that begins at a place: any, or ASCII alone. */
static size_t text_end(const char *bytes, size_t at, size_t length, bool ascii)
{
    while (at < length && is_text_byte((uint8_t)bytes[at]) && (!ascii || (bytes[at] & 0x80) == 0)) {
        at++;
    }
    return at;
}

/* In the bytes of numbers, and in many of any kind, chance spells short names: what is meant as text stands
 * between NULs or the ends of the value, or is long. */
static bool may_be_meant(const char *bytes, size_t from, size_t to, size_t length, bool by_chance)
{
    const bool apart = (from == 0 || bytes[from - 1] == '\0') && (to == length || bytes[to] == '\0');

    return to - from >= (by_chance && !apart ? MIN_RUN_BY_CHANCE : MIN_RUN);
}

/* PS3.5 7.3 */
static size_t word_size(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AT:
    case DCMCHAIN_VR_OW:
    case DCMCHAIN_VR_SS:
    case DCMCHAIN_VR_US:
        return 2;
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_UL:
        return 4;
    default:
        return 8;
    }
}

/* Numbers as their bytes stand in a big-endian file, where a reader of bytes would see text; and back. */
static void turn_words(char *bytes, size_t length, size_t size)
{
    for (size_t at = 0; at + size <= length; at += size) {
        for (size_t i = 0; i < size / 2; i++) {
            const char byte = bytes[at + i];
            bytes[at + i] = bytes[at + size - 1 - i];
            bytes[at + size - 1 - i] = byte;
        }
    }
}

/* Blanks a run of printable bytes if it holds identity. 1: it did. */
static int blank_run(const struct reading *reading, char *run, size_t length)
{
    AUTO_FREE char *cleaned = NULL;
    const int result =
        cleaner_clean(reading->target->work->study->cleaner, run, length, &reading->cleaner, &cleaned);

    if (result > 0) {
        (void)memset(run, ' ', length);
    }
    return result;
}

/* Blanks text in two bytes a character that holds identity. 1: there was some. */
static int blank_wide(const struct reading *reading, char *bytes, size_t length, bool big, size_t least)
{
    const struct cleaner *cleaner = reading->target->work->study->cleaner;
    int found = 0;

    for (size_t at = 0; at + 2 <= length;) {
        const size_t count = wide_text_run(bytes + at, length - at, big);
        AUTO_FREE char *text = count >= least ? malloc(2 * count + 1) : NULL;
        AUTO_FREE char *cleaned = NULL;
        int result = 0;
        if (count < least) { /* the next may begin at any byte */
            at++;
            continue;
        }
        if (text == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        wide_text_read(bytes + at, count, big, text);
        result = cleaner_clean(cleaner, text, strlen(text), &reading->cleaner, &cleaned);
        if (result < 0) {
            return result;
        }
        if (result > 0) {
            wide_text_blank(bytes + at, count, big);
            found = 1;
        }
        at += 2 * count;
    }
    return found;
}

static bool is_any_bytes(const struct target *target)
{
    return target->vr == DCMCHAIN_VR_OB || target->vr == DCMCHAIN_VR_UN;
}

/* Blanks what holds identity as text. 1: there was some. */
static int blank_all(const struct reading *reading, char *bytes, size_t length, bool by_chance)
{
    const size_t least = is_any_bytes(reading->target) ? MIN_RUN : MIN_RUN_BY_CHANCE;
    int found = 0;

    for (size_t at = 0; at < length;) {
        const size_t end = text_end(bytes, at, length, by_chance);
        if (may_be_meant(bytes, at, end, length, by_chance)) {
            const int result = blank_run(reading, bytes + at, end - at);
            if (result < 0) {
                return result;
            }
            found |= result;
        }
        at = end + 1;
    }
    for (size_t big = 0; big < 2; big++) {
        const int result = blank_wide(reading, bytes, length, big != 0, least);
        if (result < 0) {
            return result;
        }
        found |= result;
    }
    return found;
}

int apply_binary(struct target *target)
{
    const struct reading reading = {target, {.mode = CLEANER_TEXT, .known_only = 1, .keep_uids = 1}};
    AUTO_API void *stored = NULL;
    size_t length = 0;
    bool by_chance = false;
    char *bytes = NULL;
    int found = 0;

    const uint32_t length_stored = dcmchain_element_length(target->element);
    const bool any_bytes = is_any_bytes(target);
    const bool turned = !any_bytes && target->work->big_endian;

    if (length_stored < MIN_RUN || length_stored > (any_bytes ? MAX_BINARY_BYTES : MAX_NUMBERS_BYTES) ||
        dcmchain_element_get_bytes(target->element, &stored, &length) < 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    bytes = stored;
    if (turned) {
        turn_words(bytes, length, word_size(target->vr));
    }
    by_chance = !any_bytes || (length > MAX_NUMBERS_BYTES && text_end(bytes, 0, length, false) + 1 < length);
    found = blank_all(&reading, bytes, length, by_chance);
    if (found <= 0) {
        return found < 0 ? found : DCMCHAIN_VISIT_NEXT;
    }
    if (turned) {
        turn_words(bytes, length, word_size(target->vr));
    }
    target->decision.why = "bytes that hold identity as text";
    apply_report(target, "clean", NULL, NULL);
    if (dcmchain_element_set_bytes(target->element, bytes, length) < 0) {
        const int result = dcmchain_element_clear(target->element);
        return result < 0 ? result : DCMCHAIN_VISIT_NEXT;
    }
    return DCMCHAIN_VISIT_NEXT;
}
