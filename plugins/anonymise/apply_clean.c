/* apply_clean.c: what stays: text is cleaned of the study's identity, value by value; UIDs of instances are
 * mapped. It must not rewrite what it does not change, nor keep what it cannot read. */
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "apply.h"
#include "apply_bytes.h"
#include "dates.h"
#include "formats.h"
#include "uids.h"
#include "values.h"

#define TAG_CODING_SCHEME 0x00080102U

static void map_uid(void *closure, const char *uid, size_t length, char *ret_uid)
{
    apply_map_uid(closure, uid, length, ret_uid);
}

/* A registered code: its item names a coding scheme that is not a site's own (99…, L). PS3.3 8.2, PS3.16 8.
 */
static bool is_registered_code(const struct target *target)
{
    AUTO_API char *scheme = NULL;

    if (dcmchain_item_get_text(target->position->item, TAG_CODING_SCHEME, &scheme) < 0) {
        return false;
    }
    return scheme[0] != '\0' && strncmp(scheme, "99", 2) != 0 && strcmp(scheme, "L") != 0;
}

static uint32_t mode_of(const struct target *target)
{
    switch (target->tag) {
    case 0x00080070U: /* Manufacturer */
    case 0x00081090U: /* Manufacturer's Model Name */
    case 0x00181020U: /* Software Versions */
        return CLEANER_MAKER;
    case 0x00080100U: /* Code Value */
    case TAG_CODING_SCHEME:
    case 0x00080103U: /* Coding Scheme Version */
    case 0x00080104U: /* Code Meaning */
    case 0x00080119U: /* Long Code Value */
        return is_registered_code(target) ? CLEANER_NAMED : CLEANER_TEXT;
    default:
        return target->vr == DCMCHAIN_VR_CS ? CLEANER_CODE : CLEANER_TEXT;
    }
}

/* Dates, times and numbers: no free text. */
static bool is_formatted(uint16_t vr)
{
    return vr == DCMCHAIN_VR_DA || vr == DCMCHAIN_VR_DT || vr == DCMCHAIN_VR_TM || vr == DCMCHAIN_VR_DS ||
           vr == DCMCHAIN_VR_IS || vr == DCMCHAIN_VR_AS;
}

struct value_task {
    const struct target *target;
    struct cleaner_task cleaner;
};

/* A descriptor in which only words of a list may stand; NULL: another attribute, or any word may. */
static const struct known_words *known_words_of(const struct target *target)
{
    const struct table_row *row = target->decision.row;
    const bool is_descriptor = row != NULL && row->tag == target->tag &&
                               row->options[TABLE_DESCRIPTORS] == 'C' && dcmchain_vr_uses_charset(target->vr);

    return is_descriptor ? target->work->run->known_words : NULL;
}

/* What the cleaner left of a value. *text: owned, replaced where a word goes. */
static int keep_known_words(const struct target *target, const char *value, size_t length, int cleaned,
                            char **text)
{
    const struct known_words *known = known_words_of(target);
    char *copy = NULL;
    char *kept = NULL;
    int result = 0;

    if (known == NULL || cleaned < 0) {
        return cleaned;
    }
    copy = cleaned > 0 ? strdup(*text) : strndup(value, length);
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    result = known_words_keep(known, copy, &kept);
    free(copy);
    if (result <= 0) {
        return result < 0 ? result : cleaned;
    }
    if (cleaned > 0) {
        free(*text);
    }
    *text = kept;
    return 1;
}

static int clean_value(void *closure, const char *value, size_t length, char **ret_value)
{
    const struct value_task *task = closure;
    const uint16_t vr = task->target->vr;
    int result = 0;

    if (length == 0 || formats_is_plain(vr, value, length)) {
        return 0;
    }
    result = cleaner_clean(task->target->work->study->cleaner, value, length, &task->cleaner, ret_value);
    result = keep_known_words(task->target, value, length, result, ret_value);
    if (result > 0 && is_formatted(vr)) {
        (*ret_value)[0] = '\0'; /* no word is valid there */
    }
    return result;
}

/* Printable ASCII and the controls of text: no escape sequence. */
static bool is_ascii(const char *text)
{
    while ((*text >= ' ' && *text <= '~') || *text == '\t' || *text == '\n' || *text == '\f' ||
           *text == '\r') {
        text++;
    }
    return *text == '\0';
}

/* Whether the stored bytes are ASCII or UTF-8: then no other set can have been meant. */
static bool is_unmistakable(const struct target *target, const char *text)
{
    AUTO_API void *bytes = NULL;
    const size_t width = strlen(text);
    size_t length = 0;

    if (is_ascii(text)) {
        return true;
    }
    return dcmchain_element_get_bytes(target->element, &bytes, &length) == 0 && length >= width &&
           memcmp(bytes, text, width) == 0;
}

static int clean_text(struct target *target)
{
    const struct profile *profile = &target->work->run->profile;
    struct value_task task = {target,
                              {.mode = mode_of(target),
                               .known_only = is_formatted(target->vr) ? 1U : 0U,
                               .keep_uids = (profile->config.retain & RETAIN_UIDS) != 0U ? 1U : 0U,
                               .max_characters = dcmchain_vr_max_characters(target->vr),
                               .map_uid = map_uid,
                               .closure = target->work}};
    AUTO_API char *text = NULL;
    AUTO_FREE char *cleaned = NULL;
    int result = dcmchain_element_get_text(target->element, &text);

    if (result < 0 && known_words_of(target) != NULL) {
        target->work->undecoded++;
        return apply_text(target, "clean", "", CLEANER_PLACEHOLDER);
    }
    if (result < 0) {
        target->work->undecoded++;
        return apply_bytes(target, mode_of(target), false);
    }
    result = values_change(text, dcmchain_vr_is_multi_valued(target->vr), clean_value, &task, &cleaned);
    if (result > 0) {
        result = apply_text(target, "clean", text, cleaned);
    }
    if (result < 0 || is_unmistakable(target, cleaned != NULL ? cleaned : text)) {
        return result;
    }
    return apply_bytes(target, mode_of(target), true);
}

static int cap_age(void *closure, const char *value, size_t length, char **ret_value)
{
    char age[8] = "";
    char capped[5] = "";

    (void)closure;
    if (length >= sizeof age) {
        return 0;
    }
    (void)memcpy(age, value, length);
    if (!dates_cap_age(age, capped)) {
        return 0;
    }
    *ret_value = strdup(capped);
    return *ret_value == NULL ? DCMCHAIN_E_MEMORY : 1;
}

static int clean_age(struct target *target)
{
    AUTO_API char *text = NULL;
    AUTO_FREE char *capped = NULL;

    if (dcmchain_element_get_text(target->element, &text) < 0 ||
        values_change(text, true, cap_age, NULL, &capped) <= 0) {
        return clean_text(target);
    }
    target->decision.why = "ages over 89 are one";
    return apply_text(target, "cap-age", text, capped);
}

/* A class is named by a UID (PS3.5 9.1); what is none could be anything, and is mapped like an instance's. */
static bool is_uids(const struct target *target)
{
    AUTO_API char *text = NULL;

    return dcmchain_element_get_text(target->element, &text) == 0 &&
           strspn(text, "0123456789.\\") == strlen(text);
}

int apply_clean(struct target *target)
{
    const struct profile *profile = &target->work->run->profile;

    if (target->vr == DCMCHAIN_VR_SQ || dcmchain_element_length(target->element) == 0) {
        return DCMCHAIN_VISIT_NEXT;
    }
    if (!dcmchain_vr_is_text(target->vr)) {
        return apply_binary(target);
    }
    if (target->vr == DCMCHAIN_VR_UI || profile_vr(profile, target->tag) == DCMCHAIN_VR_UI) {
        return uids_is_class_like(target->tag) && is_uids(target) ? DCMCHAIN_VISIT_NEXT : apply_uid(target);
    }
    return target->vr == DCMCHAIN_VR_AS ? clean_age(target) : clean_text(target);
}
