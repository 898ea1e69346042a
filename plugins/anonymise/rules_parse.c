/* rules_parse.c: reads the setting `rules` (rules.h): every problem is told, with the place of what is wrong.
 * It must not repeat a text of the setting: it may hold identity. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <ctype.h>
#include <pcre2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules_parse.h"

#define SETTING "rules"
#define MAX_RULES 10000
#define MAX_TRUNCATE 10240
#define POINTER_BYTES 160

static const char *const action_names[RULE_ACTIONS] = {
    [RULE_KEEP] = "keep",   [RULE_REMOVE] = "remove",   [RULE_EMPTY] = "empty",
    [RULE_DUMMY] = "dummy", [RULE_REPLACE] = "replace", [RULE_MAP_UID] = "map-uid",
    [RULE_HASH] = "hash",   [RULE_SHIFT] = "shift",     [RULE_YEAR] = "year",
    [RULE_CLEAN] = "clean", [RULE_REGEX] = "regex",     [RULE_TRUNCATE] = "truncate"};

const char *rule_action_name(enum rule_action action)
{
    return action_names[action];
}

void rules_complain(struct reading *reading, const char *pointer, const char *format, ...)
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
    rules_complain(reading, "", "out of memory");
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
    rules_complain(reading, "/action",
                   "expected one of keep, remove, empty, dummy, replace, map-uid, hash, shift, year, "
                   "clean, regex, truncate");
}

static void take_with(struct reading *reading, const cJSON *value)
{
    const char *text = cJSON_GetStringValue(value);

    if (text == NULL) {
        rules_complain(reading, "/with", "expected a string");
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
        rules_complain(reading, "/pattern", "expected a regular expression (PCRE2)");
        return;
    }
    reading->rule->regex =
        pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_UCP, &error, &offset, NULL);
    if (reading->rule->regex == NULL) {
        PCRE2_UCHAR why[120] = "";
        (void)pcre2_get_error_message(error, why, sizeof why);
        rules_complain(reading, "/pattern", "no regular expression: at character %zu: %s", offset + 1,
                       (char *)why);
    }
}

static void take_length(struct reading *reading, const cJSON *value)
{
    if (!cJSON_IsNumber(value) || value->valuedouble < 1 || value->valuedouble > MAX_TRUNCATE ||
        value->valuedouble != (double)(int)value->valuedouble) {
        rules_complain(reading, "/length", "expected a whole number of characters, 1 to %d", MAX_TRUNCATE);
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
            rules_complain(reading, "", "the action '%s' needs the key '%s'", action_names[action],
                           keys[at].key);
        } else if (!keys[at].needed && there) {
            rules_complain(reading, "", "the action '%s' has no key '%s'", action_names[action],
                           keys[at].key);
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
            rules_complain(reading, "/with", "it names a group that the pattern does not have");
            return;
        }
    }
    result = pcre2_substitute(rule->regex, (PCRE2_SPTR) "", 0, 0, PCRE2_SUBSTITUTE_UNSET_EMPTY, NULL, NULL,
                              (PCRE2_SPTR)rule->with, PCRE2_ZERO_TERMINATED, out, &length);
    if (result < 0 && result != PCRE2_ERROR_NOMEMORY) {
        rules_complain(reading, "/with", "no replacement: groups are $1 or ${name}, a dollar sign is $$");
    }
}

static void take_rule(struct reading *reading, const cJSON *json)
{
    const cJSON *member = NULL;

    if (!cJSON_IsObject(json)) {
        rules_complain(reading, "", "expected an object: {\"match\": {…}, \"action\": …}");
        return;
    }
    cJSON_ArrayForEach(member, json)
    {
        const char *key = member->string;
        if (strcmp(key, "match") == 0) {
            rules_take_match(reading, member);
        } else if (strcmp(key, "action") == 0) {
            take_action(reading, member);
        } else if (strcmp(key, "with") == 0) {
            take_with(reading, member);
        } else if (strcmp(key, "pattern") == 0) {
            take_pattern(reading, member);
        } else if (strcmp(key, "length") == 0) {
            take_length(reading, member);
        } else if (strcmp(key, "why") != 0) { /* a word for the reader */
            rules_complain(reading, "",
                           "it has a key that is none of match, action, with, pattern, length, why");
        }
    }
    if (!cJSON_HasObjectItem(json, "match") || !cJSON_HasObjectItem(json, "action")) {
        rules_complain(reading, "", "a rule has the keys match and action");
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
