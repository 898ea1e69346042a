/* rules_parse.c: reads the setting `rules` (rules.h): every problem is told, with the place of what is wrong.
 * It must not repeat a text of the setting: it may hold identity. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <cjson/cJSON.h>
#include <ctype.h>
#include <pcre2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/keywords.h"
#include "cleanup.h"
#include "rules.h"

#define SETTING "rules"
#define MAX_RULES 10000
#define MAX_TRUNCATE 10240
#define POINTER_BYTES 160
#define STEP_BYTES 80 /* no keyword is as long */

static const char *const action_names[RULE_ACTIONS] = {
    [RULE_KEEP] = "keep",   [RULE_REMOVE] = "remove",   [RULE_EMPTY] = "empty",
    [RULE_DUMMY] = "dummy", [RULE_REPLACE] = "replace", [RULE_MAP_UID] = "map-uid",
    [RULE_HASH] = "hash",   [RULE_SHIFT] = "shift",     [RULE_YEAR] = "year",
    [RULE_CLEAN] = "clean", [RULE_REGEX] = "regex",     [RULE_TRUNCATE] = "truncate"};

const char *rule_action_name(enum rule_action action)
{
    return action_names[action];
}

/* One rule being read. */
struct reading {
    dcmchain_context *context;
    size_t index;
    struct rule *rule;
    bool failed;
};

__attribute__((__format__(__printf__, 3, 4))) static void
complain(struct reading *reading, const char *pointer, const char *format, ...)
{
    char where[POINTER_BYTES];
    char text[300];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)snprintf(where, sizeof where, "/%zu%s", reading->index, pointer);
    (void)dcmchain_setting_problem(reading->context, SETTING, where, "%s", text);
    reading->failed = true;
}

static void out_of_memory(struct reading *reading)
{
    complain(reading, "", "out of memory");
}

/* ---- lists: one text, or an array of them ---- */

typedef void (*take_text)(struct reading *reading, const char *text, const char *pointer);

static void take_list(struct reading *reading, const cJSON *value, const char *pointer, take_text take)
{
    const cJSON *member = NULL;
    size_t at = 0;

    if (cJSON_IsString(value)) {
        take(reading, value->valuestring, pointer);
        return;
    }
    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) == 0) {
        complain(reading, pointer, "expected a string, or an array of at least one");
        return;
    }
    cJSON_ArrayForEach(member, value)
    {
        char inside[POINTER_BYTES];
        (void)snprintf(inside, sizeof inside, "%s/%zu", pointer, at++);
        if (cJSON_IsString(member)) {
            take(reading, member->valuestring, inside);
        } else {
            complain(reading, inside, "expected a string");
        }
    }
}

/* Makes room for one more in an array of size bytes each; NULL: out of memory, which is told. */
static void *grow(struct reading *reading, void *array, size_t count, size_t size)
{
    void *more = (count & (count - 1)) == 0 ? realloc(array, (count == 0 ? 1 : count * 2) * size) : array;

    if (more == NULL) {
        out_of_memory(reading);
    }
    return more;
}

/* ---- match ---- */

/* "60xx,3000", "(0010,0010)", "00100010": hexadecimal digits, x for any. */
static bool parse_mask(const char *text, struct rule_tag *ret_tag)
{
    const size_t length = strlen(text);
    const bool bracketed = length == 11 && text[0] == '(' && text[10] == ')';
    struct rule_tag tag = {0, 0};
    size_t digits = 0;

    for (size_t at = bracketed ? 1 : 0; at < length - (bracketed ? 1U : 0U); at++) {
        const char letter = (char)tolower((unsigned char)text[at]);
        if (letter == ',' && digits == 4) {
            continue;
        }
        if (digits == 8 || (letter != 'x' && !isxdigit((unsigned char)letter))) {
            return false;
        }
        tag.tag <<= 4;
        tag.mask <<= 4;
        digits++;
        if (letter != 'x') {
            tag.tag |= (uint32_t)(letter <= '9' ? letter - '0' : letter - 'a' + 10);
            tag.mask |= 0xFU;
        }
    }
    if (digits != 8) {
        return false;
    }
    *ret_tag = tag;
    return true;
}

static void take_attribute(struct reading *reading, const char *text, const char *pointer)
{
    struct rule_match *match = &reading->rule->match;
    struct rule_tag tag = {0, UINT32_MAX};
    const char *nearest = NULL;
    struct rule_tag *more = NULL;

    if (!parse_mask(text, &tag) && keywords_parse(text, &tag.tag, &nearest) < 0) {
        complain(reading, pointer, "no keyword, tag or mask (as 60xx,3000)%s%s%s",
                 nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                 nearest == NULL ? "" : "'?");
        return;
    }
    if (tag.tag == 0x00080005U && tag.mask == UINT32_MAX) {
        complain(reading, pointer,
                 "Specific Character Set is needed to read the text: no rule may change it");
        return;
    }
    more = grow(reading, match->tags, match->tag_count, sizeof *more);
    if (more != NULL) {
        match->tags = more;
        match->tags[match->tag_count++] = tag;
    }
}

static void take_vr(struct reading *reading, const char *text, const char *pointer)
{
    static const char known[] =
        " AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC "
        "UI UL UN UR US UT UV ";
    struct rule_match *match = &reading->rule->match;
    char padded[8] = "";
    uint16_t *more = NULL;

    if (strlen(text) == 2) {
        (void)snprintf(padded, sizeof padded, " %s ", text);
    }
    if (padded[0] == '\0' || strstr(known, padded) == NULL) {
        complain(reading, pointer, "no VR: expected two letters as PN or DA");
        return;
    }
    more = grow(reading, match->vrs, match->vr_count, sizeof *more);
    if (more != NULL) {
        match->vrs = more;
        match->vrs[match->vr_count++] = DCMCHAIN_VR(text[0], text[1]);
    }
}

static void take_word(struct reading *reading, const char *text, char ***words, size_t *count)
{
    char *copy = strdup(text);
    char **more = copy == NULL ? NULL : grow(reading, *words, *count, sizeof *more);

    if (more == NULL) {
        free(copy);
        reading->failed = true;
        return;
    }
    *words = more;
    more[(*count)++] = copy;
}

static void take_modality(struct reading *reading, const char *text, const char *pointer)
{
    if (text[0] == '\0' || strlen(text) > 16) {
        complain(reading, pointer, "no modality: expected a code as MR");
        return;
    }
    take_word(reading, text, &reading->rule->match.modalities, &reading->rule->match.modality_count);
}

static void take_sop_class(struct reading *reading, const char *text, const char *pointer)
{
    if (text[0] == '\0' || strlen(text) > 64 || strspn(text, "0123456789.") != strlen(text)) {
        complain(reading, pointer, "no SOP Class UID");
        return;
    }
    take_word(reading, text, &reading->rule->match.sop_classes, &reading->rule->match.sop_class_count);
}

/* "ContentSequence/" and the like: steps are parted by '/'; "" is the top level. */
static void take_path(struct reading *reading, const cJSON *value)
{
    struct rule_match *match = &reading->rule->match;
    const char *at = cJSON_GetStringValue(value);

    if (at == NULL) {
        complain(reading, "/match/path",
                 "expected a string: sequences parted by '/', * for any one, ** for any "
                 "number, \"\" for the top level");
        return;
    }
    match->has_path = true;
    while (*at != '\0') {
        const size_t length = strcspn(at, "/");
        char step[STEP_BYTES];
        const char *nearest = NULL;
        uint32_t tag = RULE_STEP_ANY;
        uint32_t *more = grow(reading, match->path, match->path_count, sizeof *more);
        if (more == NULL) {
            return;
        }
        match->path = more;
        (void)snprintf(step, sizeof step, "%.*s", length < STEP_BYTES ? (int)length : STEP_BYTES, at);
        if (strcmp(step, "**") == 0) {
            tag = RULE_STEP_ANY_DEPTH;
        } else if (strcmp(step, "*") != 0 && dcmchain_tag_parse(step, &tag) < 0 &&
                   keywords_parse(step, &tag, &nearest) < 0) {
            complain(reading, "/match/path", "a step is no keyword, tag, * or **%s%s%s",
                     nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                     nearest == NULL ? "" : "'?");
            return;
        }
        match->path[match->path_count++] = tag;
        at += length + (at[length] == '/' ? 1 : 0);
    }
}

static bool parse_hex(const cJSON *value, size_t digits, unsigned *ret_number)
{
    const char *text = cJSON_GetStringValue(value);

    if (text == NULL || strlen(text) != digits || strspn(text, "0123456789abcdefABCDEF") != digits) {
        return false;
    }
    *ret_number = (unsigned)strtoul(text, NULL, 16);
    return true;
}

static void take_private(struct reading *reading, const cJSON *value)
{
    struct rule_match *match = &reading->rule->match;
    const cJSON *member = NULL;

    cJSON_ArrayForEach(member, value)
    {
        unsigned number = 0;
        if (strcmp(member->string, "creator") == 0 && cJSON_IsString(member) &&
            member->valuestring[0] != '\0') {
            match->creator = strdup(member->valuestring);
        } else if (strcmp(member->string, "offset") == 0 && parse_hex(member, 2, &number)) {
            match->has_offset = true;
            match->offset = (uint8_t)number;
        } else if (strcmp(member->string, "group") == 0 && parse_hex(member, 4, &number) &&
                   (number & 1U) != 0) {
            match->has_group = true;
            match->group = (uint16_t)number;
        } else {
            complain(
                reading, "/match/private",
                "expected an object of creator (a string), offset (2 hex digits, in the block) and group "
                "(4 hex digits, odd)");
            return;
        }
    }
    if (match->creator == NULL) {
        complain(reading, "/match/private", "expected an object with a creator");
    }
}

static void take_match(struct reading *reading, const cJSON *match)
{
    const cJSON *member = NULL;
    bool narrow = false;

    if (!cJSON_IsObject(match)) {
        complain(reading, "/match", "expected an object: what the rule is for");
        return;
    }
    cJSON_ArrayForEach(member, match)
    {
        const char *key = member->string;
        narrow = narrow || (strcmp(key, "modality") != 0 && strcmp(key, "sop_class") != 0);
        if (strcmp(key, "attribute") == 0) {
            take_list(reading, member, "/match/attribute", take_attribute);
        } else if (strcmp(key, "private") == 0) {
            take_private(reading, member);
        } else if (strcmp(key, "vr") == 0) {
            take_list(reading, member, "/match/vr", take_vr);
        } else if (strcmp(key, "path") == 0) {
            take_path(reading, member);
        } else if (strcmp(key, "modality") == 0) {
            take_list(reading, member, "/match/modality", take_modality);
        } else if (strcmp(key, "sop_class") == 0) {
            take_list(reading, member, "/match/sop_class", take_sop_class);
        } else {
            complain(reading, "/match",
                     "it has a key that is none of attribute, private, vr, path, modality, "
                     "sop_class");
        }
    }
    if (!narrow && !reading->failed) {
        complain(reading, "/match",
                 "it would match every element: name an attribute, private block, VR or path");
    }
}

/* ---- action ---- */

static void take_action(struct reading *reading, const cJSON *value)
{
    const char *name = cJSON_GetStringValue(value);

    for (size_t at = 0; name != NULL && at < RULE_ACTIONS; at++) {
        if (strcmp(name, action_names[at]) == 0) {
            reading->rule->action = (enum rule_action)at;
            return;
        }
    }
    complain(reading, "/action",
             "expected one of keep, remove, empty, dummy, replace, map-uid, hash, shift, year, "
             "clean, regex, truncate");
}

static void take_with(struct reading *reading, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);

    if (text == NULL) {
        complain(reading, "/with", "expected a string");
        return;
    }
    reading->rule->with = strdup(text);
    if (reading->rule->with == NULL) {
        out_of_memory(reading);
    }
}

static void take_pattern(struct reading *reading, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);
    PCRE2_SIZE offset = 0;
    int error = 0;

    if (text == NULL || text[0] == '\0') {
        complain(reading, "/pattern", "expected a regular expression (PCRE2)");
        return;
    }
    reading->rule->regex =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &error, &offset, NULL);
    if (reading->rule->regex == NULL) {
        PCRE2_UCHAR why[120] = "";
        (void)pcre2_get_error_message(error, why, sizeof why);
        complain(reading, "/pattern", "no regular expression: at character %zu: %s", offset + 1, (char *)why);
    }
}

static void take_length(struct reading *reading, const cJSON *value)
{
    if (!cJSON_IsNumber(value) || value->valuedouble < 1 || value->valuedouble > MAX_TRUNCATE ||
        value->valuedouble != (double)(int)value->valuedouble) {
        complain(reading, "/length", "expected a whole number of characters, 1 to %d", MAX_TRUNCATE);
        return;
    }
    reading->rule->length = (size_t)value->valuedouble;
}

/* Each key that an action needs, and that no other may have. */
static void check_keys(struct reading *reading, const cJSON *json)
{
    const enum rule_action action = reading->rule->action;
    const struct {
        const char *key;
        bool needed;
    } keys[] = {{"with", action == RULE_REPLACE || action == RULE_REGEX},
                {"pattern", action == RULE_REGEX},
                {"length", action == RULE_TRUNCATE}};

    for (size_t at = 0; at < sizeof keys / sizeof keys[0]; at++) {
        const bool there = cJSON_HasObjectItem(json, keys[at].key) != 0;
        if (keys[at].needed && !there) {
            complain(reading, "", "the action '%s' needs the key '%s'", action_names[action], keys[at].key);
        } else if (!keys[at].needed && there) {
            complain(reading, "", "the action '%s' has no key '%s'", action_names[action], keys[at].key);
        }
    }
}

/* Substitution is tried once, so that a group that is not there is told now and not with the first patient.
 */
static void check_replacement(struct reading *reading)
{
    const struct rule *rule = reading->rule;
    PCRE2_UCHAR out[64];
    PCRE2_SIZE length = sizeof out;
    int result = 0;

    if (rule->action != RULE_REGEX || rule->regex == NULL || rule->with == NULL) {
        return;
    }
    uint32_t groups = 0;
    (void)pcre2_pattern_info(rule->regex, PCRE2_INFO_CAPTURECOUNT, &groups);
    for (const char *at = strchr(rule->with, '$'); at != NULL; at = strchr(at + 1, '$')) {
        const char *digits = at[1] == '{' ? at + 2 : at + 1;
        if (*digits == '$') {
            at = digits;
        } else if (isdigit((unsigned char)*digits) && strtoul(digits, NULL, 10) > groups) {
            complain(reading, "/with", "it names a group that the pattern does not have");
            return;
        }
    }
    result = pcre2_substitute(rule->regex, (PCRE2_SPTR) "", 0, 0, PCRE2_SUBSTITUTE_UNSET_EMPTY, NULL, NULL,
                              (PCRE2_SPTR)rule->with, PCRE2_ZERO_TERMINATED, out, &length);
    if (result < 0 && result != PCRE2_ERROR_NOMEMORY) {
        complain(reading, "/with", "no replacement: groups are $1 or ${name}, a dollar sign is $$");
    }
}

static void take_rule(struct reading *reading, const cJSON *json)
{
    const cJSON *member = NULL;

    if (!cJSON_IsObject(json)) {
        complain(reading, "", "expected an object: {\"match\": {…}, \"action\": …}");
        return;
    }
    cJSON_ArrayForEach(member, json)
    {
        const char *key = member->string;
        if (strcmp(key, "match") == 0) {
            take_match(reading, member);
        } else if (strcmp(key, "action") == 0) {
            take_action(reading, member);
        } else if (strcmp(key, "with") == 0) {
            take_with(reading, member);
        } else if (strcmp(key, "pattern") == 0) {
            take_pattern(reading, member);
        } else if (strcmp(key, "length") == 0) {
            take_length(reading, member);
        } else if (strcmp(key, "why") != 0) { /* a word for the reader */
            complain(reading, "", "it has a key that is none of match, action, with, pattern, length, why");
        }
    }
    if (!cJSON_HasObjectItem(json, "match") || !cJSON_HasObjectItem(json, "action")) {
        complain(reading, "", "a rule has the keys match and action");
        return;
    }
    check_keys(reading, json);
    check_replacement(reading);
}

static void name_rule(struct reading *reading)
{
    struct rule *rule = reading->rule;
    char pointer[32];
    uint32_t line = 0;

    (void)snprintf(pointer, sizeof pointer, "/%zu", reading->index);
    line = dcmchain_setting_line(reading->context, SETTING, pointer);
    if (line > 0) {
        (void)snprintf(rule->text, sizeof rule->text, "rules[%zu], line %u: %s", reading->index,
                       (unsigned)line, action_names[rule->action]);
    } else {
        (void)snprintf(rule->text, sizeof rule->text, "rules[%zu]: %s", reading->index,
                       action_names[rule->action]);
    }
}

static int take_rules(dcmchain_context *context, const cJSON *json, struct rules *rules)
{
    const cJSON *member = NULL;
    bool failed = false;

    rules->rules = calloc((size_t)cJSON_GetArraySize(json) + 1, sizeof *rules->rules);
    if (rules->rules == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    cJSON_ArrayForEach(member, json)
    {
        struct reading reading = {context, rules->count, &rules->rules[rules->count], false};
        rules->count++;
        take_rule(&reading, member);
        name_rule(&reading);
        failed = failed || reading.failed;
    }
    return failed ? DCMCHAIN_FAIL : DCMCHAIN_OK;
}

int rules_open(dcmchain_context *context, const char *text, struct rules *ret_rules)
{
    cJSON *json = NULL;
    int result = DCMCHAIN_OK;

    *ret_rules = (struct rules){NULL, 0};
    if (text == NULL || text[0] == '\0') {
        return DCMCHAIN_OK;
    }
    json = cJSON_Parse(text);
    if (!cJSON_IsArray(json) || cJSON_GetArraySize(json) > MAX_RULES) {
        result = dcmchain_setting_problem(context, SETTING, "", "expected an array of at most %d rules",
                                          MAX_RULES);
    } else {
        result = take_rules(context, json, ret_rules);
    }
    cJSON_Delete(json);
    return result;
}

static void free_words(char **words, size_t count)
{
    for (size_t at = 0; at < count; at++) {
        free(words[at]);
    }
    free(words);
}

void rules_close(struct rules *rules)
{
    for (size_t at = 0; at < rules->count; at++) {
        struct rule *rule = &rules->rules[at];
        free(rule->match.tags);
        free(rule->match.creator);
        free(rule->match.vrs);
        free(rule->match.path);
        free_words(rule->match.modalities, rule->match.modality_count);
        free_words(rule->match.sop_classes, rule->match.sop_class_count);
        free(rule->with);
        pcre2_code_free(rule->regex);
    }
    free(rules->rules);
    *rules = (struct rules){NULL, 0};
}
