/* claims.c: claims from the settings in force: a code is listed only where nothing in force is weaker than
 * the table; what is weaker is named. It must never claim clean pixel data, nor touch Burned In Annotation.
 */
#include "claims.h"

#include <stdio.h>
#include <string.h>

#include "../common/cleanup.h"

#define TAG_REMOVED 0x00120062U
#define TAG_METHOD 0x00120063U
#define TAG_METHOD_CODES 0x00120064U
#define TAG_LONGITUDINAL 0x00280303U
#define TAG_CODE_VALUE 0x00080100U
#define TAG_CODING_SCHEME 0x00080102U
#define TAG_CODE_MEANING 0x00080104U

#define MAX_DEVIATIONS 100U   /* by rules, that are named one by one */
#define METHOD_CHARACTERS 64U /* of one value: LO */

struct claim {
    const char *code; /* PS3.16 CID 7050 */
    const char *meaning;
};

/* Clean descriptors does the same to it. */
static bool keeps_series_description(const struct anonymise_config *config)
{
    return config->series_description == SERIES_DESCRIPTION_CLEAN &&
           (config->clean & CLEAN_DESCRIPTORS) == 0U;
}

static bool is_weaker(const struct profile *profile)
{
    return rules_weaken(profile->rules) || !profile->shipped ||
           profile->config.birth_date == BIRTH_DATE_YEAR || keeps_series_description(&profile->config) ||
           profile->config.dates == DATES_EMPTY || profile->config.dates == DATES_YEAR ||
           profile->config.allow.count > 0;
}

static void report(const struct work *work, dcmchain_item *root, uint32_t tag, const char *after)
{
    const struct dcmchain_position position = {.item = root};

    if (work->wants != 0) {
        dcmchain_change(work->context, work->instance, &position, tag, "claim", "PS3.15 E.2", NULL, after);
    }
}

static int set_text(const struct work *work, dcmchain_item *root, uint32_t tag, const char *text)
{
    AUTO_API char *before = NULL;

    if (dcmchain_item_get_text(root, tag, &before) == 0 && strcmp(before, text) == 0) {
        return 0;
    }
    report(work, root, tag, text);
    return dcmchain_item_set_text(root, tag, text);
}

/* Whether a value stands among those of a text. */
static bool has_value(const char *text, const char *value)
{
    const size_t length = strlen(value);

    for (;;) {
        const size_t width = strcspn(text, "\\");
        if (width == length && memcmp(text, value, length) == 0) {
            return true;
        }
        if (text[width] == '\0') {
            return false;
        }
        text += width + 1;
    }
}

/* Appends a value, cut to what LO holds, unless it is there. */
static int add_method(char **text, const char *value)
{
    char cut[METHOD_CHARACTERS + 1];
    char *joined = NULL;

    (void)snprintf(cut, sizeof cut, "%s", value);
    for (char *at = cut; *at != '\0'; at++) { /* the edition of a table of the user's is any text */
        if (*at == '\\' || (*at & 0x80) != 0 || *at < ' ') {
            *at = '_';
        }
    }
    if (has_value(*text, cut)) {
        return 0;
    }
    if (asprintf(&joined, "%s%s%s", *text, (*text)[0] != '\0' ? "\\" : "", cut) < 0) {
        return DCMCHAIN_E_MEMORY;
    }
    free(*text);
    *text = joined;
    return 0;
}

static int write_method(const struct work *work, dcmchain_item *root)
{
    const struct profile *profile = &work->run->profile;
    AUTO_API char *source = NULL;
    AUTO_FREE char *text = NULL;
    char value[160];
    int result = 0;

    if (dcmchain_item_get_text(root, TAG_METHOD, &source) < 0) {
        source = NULL;
    }
    text = strdup(source != NULL ? source : "");
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)snprintf(value, sizeof value, "dcmchain %s anonymise %s", dcmchain_version(), ANONYMISE_VERSION);
    result = add_method(&text, value);
    if (result == 0) {
        (void)snprintf(value, sizeof value, "%s%s",
                       profile->shipped ? "" : "table: ", table_edition(profile->table));
        result = add_method(&text, value);
    }
    if (result == 0) {
        (void)snprintf(value, sizeof value, "pipeline %s", dcmchain_pipeline_name(work->context));
        result = add_method(&text, value);
    }
    if (result == 0) {
        (void)snprintf(value, sizeof value, "policy %s", dcmchain_policy(work->context));
        result = add_method(&text, value);
    }
    if (result == 0 && profile->config.birth_date == BIRTH_DATE_YEAR) {
        result = add_method(&text, "weaker than the profile: birth year kept");
    }
    if (result == 0 && keeps_series_description(&profile->config)) {
        result = add_method(&text, "weaker than the profile: Series Description kept, cleaned");
    }
    if (result == 0 && profile->config.dates == DATES_YEAR) {
        result = add_method(&text, "weaker than the profile: year of dates kept");
    }
    if (result == 0 && profile->config.dates == DATES_EMPTY) {
        result = add_method(&text, "weaker than the profile: dates emptied, not removed");
    }
    if (result == 0 && profile->config.allow.count > 0) {
        result = add_method(&text, "weaker than the profile: allowed words kept in text");
    }
    for (size_t at = 0; result == 0 && at < MAX_DEVIATIONS && profile->rules != NULL &&
                        rules_deviation(profile->rules, at, value, sizeof value);
         at++) {
        result = add_method(&text, value);
    }
    return result < 0 ? result : set_text(work, root, TAG_METHOD, text);
}

static bool has_code(const dcmchain_element *sequence, const char *code)
{
    const dcmchain_item *item = NULL;

    for (size_t at = 0; (item = dcmchain_element_item(sequence, at)) != NULL; at++) {
        AUTO_API char *value = NULL;
        if (dcmchain_item_get_text(item, TAG_CODE_VALUE, &value) == 0 && strcmp(value, code) == 0) {
            return true;
        }
    }
    return false;
}

static int add_code(const struct work *work, dcmchain_item *root, const struct claim *claim)
{
    dcmchain_element *sequence = dcmchain_item_find(root, TAG_METHOD_CODES);
    dcmchain_item *item = NULL;
    int result = 0;

    if (sequence == NULL || dcmchain_element_vr(sequence) != DCMCHAIN_VR_SQ) {
        result = dcmchain_item_insert(root, TAG_METHOD_CODES, DCMCHAIN_VR_SQ, &sequence);
    }
    if (result < 0 || has_code(sequence, claim->code)) {
        return result;
    }
    result = dcmchain_element_add_item(sequence, &item);
    if (result == 0) {
        result = dcmchain_item_set_text(item, TAG_CODE_VALUE, claim->code);
    }
    if (result == 0) {
        result = dcmchain_item_set_text(item, TAG_CODING_SCHEME, "DCM");
    }
    if (result == 0) {
        result = dcmchain_item_set_text(item, TAG_CODE_MEANING, claim->meaning);
    }
    if (result == 0) {
        report(work, root, TAG_METHOD_CODES, claim->code);
    }
    return result;
}

static int write_codes(const struct work *work, dcmchain_item *root)
{
    const struct anonymise_config *config = &work->run->profile.config;
    const struct {
        bool listed;
        struct claim claim;
    } claims[] = {
        {!is_weaker(&work->run->profile), {"113100", "Basic Application Confidentiality Profile"}},
        {config->dates == DATES_KEEP,
         {"113106", "Retain Longitudinal Temporal Information Full Dates Option"}},
        {config->dates == DATES_SHIFT || config->dates == DATES_REBASE,
         {"113107", "Retain Longitudinal Temporal Information Modified Dates Option"}},
        {(config->clean & CLEAN_GRAPHICS) != 0U, {"113103", "Clean Graphics Option"}},
        {(config->clean & CLEAN_STRUCTURED) != 0U, {"113104", "Clean Structured Content Option"}},
        {(config->clean & CLEAN_DESCRIPTORS) != 0U, {"113105", "Clean Descriptors Option"}},
        {(config->retain & RETAIN_PATIENT) != 0U, {"113108", "Retain Patient Characteristics Option"}},
        {(config->retain & RETAIN_DEVICE) != 0U, {"113109", "Retain Device Identity Option"}},
        {(config->retain & RETAIN_UIDS) != 0U, {"113110", "Retain UIDs Option"}},
        {(config->retain & RETAIN_SAFE_PRIVATE) != 0U, {"113111", "Retain Safe Private Option"}},
        {(config->retain & RETAIN_INSTITUTION) != 0U, {"113112", "Retain Institution Identity Option"}},
    };
    int result = 0;

    for (size_t at = 0; result == 0 && at < sizeof claims / sizeof claims[0]; at++) {
        if (claims[at].listed) {
            result = add_code(work, root, &claims[at].claim);
        }
    }
    return result;
}

static int write_longitudinal(const struct work *work, dcmchain_item *root)
{
    const int32_t dates = work->run->profile.config.dates;
    AUTO_API char *before = NULL;

    if (dates == DATES_KEEP) {
        if (dcmchain_item_get_text(root, TAG_LONGITUDINAL, &before) == 0 &&
            (strcmp(before, "MODIFIED") == 0 || strcmp(before, "REMOVED") == 0)) {
            return 0; /* by somebody before us */
        }
        return set_text(work, root, TAG_LONGITUDINAL, "UNMODIFIED");
    }
    return set_text(work, root, TAG_LONGITUDINAL,
                    dates == DATES_SHIFT || dates == DATES_YEAR || dates == DATES_REBASE ? "MODIFIED"
                                                                                         : "REMOVED");
}

int claims_write(const struct work *work, dcmchain_item *root)
{
    int result = set_text(work, root, TAG_REMOVED, "YES");

    if (result == 0) {
        result = write_method(work, root);
    }
    if (result == 0) {
        result = write_codes(work, root);
    }
    return result < 0 ? result : write_longitudinal(work, root);
}
