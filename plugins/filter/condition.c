/* condition.c: see condition.h. A tree, read from JSON once, walked for each instance. */
#include "condition.h"

#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/keywords.h"
#include "attribute.h"
#include "groups.h"
#include "pattern.h"

#define MAX_DEPTH 16U
#define MAX_MEMBERS 256

enum kind { ALL, ANY, NOT, SOP_CLASS, EQUALS, MATCHES, BELOW, ABOVE, AT_MOST, AT_LEAST, PRESENT };

struct condition {
    enum kind kind;
    struct condition **parts; /* ALL, ANY, NOT */
    size_t part_count;
    char **words;               /* EQUALS; SOP_CLASS: UIDs, or names of groups */
    const char *const **groups; /* SOP_CLASS: what a word names; NULL: it is a UID */
    size_t word_count;
    struct attribute attribute;
    struct pattern *pattern;
    double number;
    bool present;
};

static const struct {
    const char *key;
    enum kind kind;
} operators[] = {{"equals", EQUALS},   {"matches", MATCHES},   {"below", BELOW},    {"above", ABOVE},
                 {"at_most", AT_MOST}, {"at_least", AT_LEAST}, {"present", PRESENT}};

void condition_free(struct condition *condition)
{
    if (condition == NULL) {
        return;
    }
    for (size_t i = 0; i < condition->part_count; i++) {
        condition_free(condition->parts[i]);
    }
    for (size_t i = 0; i < condition->word_count; i++) {
        free(condition->words[i]);
    }
    free(condition->parts);
    free(condition->words);
    free(condition->groups);
    pattern_free(condition->pattern);
    free(condition);
}

/* ---- reading ---- */

struct reader {
    char *problem;
    size_t size;
    unsigned depth;
};

__attribute__((__format__(__printf__, 2, 3))) static int complain(const struct reader *reader,
                                                                  const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reader->problem, reader->size, format, arguments);
    va_end(arguments);
    return DCMCHAIN_E_CONFIG;
}

static int read_condition(struct reader *reader, const cJSON *json, struct condition **ret_condition);

static int read_parts(struct reader *reader, const cJSON *json, struct condition *condition)
{
    int count = condition->kind == NOT ? 1 : cJSON_GetArraySize(json);
    if ((condition->kind != NOT && !cJSON_IsArray(json)) || count == 0 || count > MAX_MEMBERS) {
        return complain(reader, "\"%s\" takes an array of 1 to %d conditions",
                        condition->kind == ALL ? "all" : "any", MAX_MEMBERS);
    }
    condition->parts = calloc((size_t)count, sizeof(struct condition *));
    int result = condition->parts == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (int i = 0; result == DCMCHAIN_OK && i < count; i++) {
        const cJSON *member = condition->kind == NOT ? json : cJSON_GetArrayItem(json, i);
        result = read_condition(reader, member, &condition->parts[i]);
        condition->part_count += result == DCMCHAIN_OK ? 1 : 0;
    }
    return result;
}

static int check_class(const struct reader *reader, const char *word)
{
    if (group_find(word) != NULL || (word[0] >= '0' && word[0] <= '9')) {
        return DCMCHAIN_OK;
    }
    const char *nearest = NULL;
    unsigned least = 4;
    for (size_t i = 0; group_names[i] != NULL; i++) {
        unsigned distance = keywords_distance(word, group_names[i]);
        if (distance < least) {
            least = distance;
            nearest = group_names[i];
        }
    }
    return complain(reader, "\"sop_class\": '%s' is neither a UID nor a group%s%s%s", word,
                    nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                    nearest == NULL ? "" : "'?");
}

/* One string, or an array of them. */
static int read_words(const struct reader *reader, const char *key, const cJSON *json,
                      struct condition *condition)
{
    int count = cJSON_IsArray(json) ? cJSON_GetArraySize(json) : 1;
    if (count == 0 || count > MAX_MEMBERS) {
        return complain(reader, "\"%s\" takes a string, or an array of 1 to %d", key, MAX_MEMBERS);
    }
    condition->words = calloc((size_t)count, sizeof *condition->words);
    condition->groups = calloc((size_t)count, sizeof *condition->groups);
    if (condition->words == NULL || condition->groups == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (int i = 0; i < count; i++) {
        const cJSON *member = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, i) : json;
        if (!cJSON_IsString(member)) {
            return complain(reader, "\"%s\" takes a string, or an array of them", key);
        }
        int result = condition->kind == SOP_CLASS ? check_class(reader, member->valuestring) : DCMCHAIN_OK;
        if (result != DCMCHAIN_OK) {
            return result;
        }
        condition->words[i] = strdup(member->valuestring);
        if (condition->words[i] == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        condition->groups[i] = group_find(condition->words[i]); /* EQUALS does not ask */
        condition->word_count++;
    }
    return DCMCHAIN_OK;
}

static int read_operand(const struct reader *reader, const cJSON *json, struct condition *condition)
{
    switch (condition->kind) {
    case EQUALS:
        return read_words(reader, "equals", json, condition);
    case MATCHES:
        return cJSON_IsString(json)
                   ? pattern_compile(json->valuestring, &condition->pattern, reader->problem, reader->size)
                   : complain(reader, "\"matches\" takes a pattern in a string");
    case PRESENT:
        condition->present = cJSON_IsTrue(json) != 0;
        return cJSON_IsBool(json) ? DCMCHAIN_OK : complain(reader, "\"present\" takes true or false");
    default:
        condition->number = json->valuedouble;
        return cJSON_IsNumber(json) && isfinite(json->valuedouble)
                   ? DCMCHAIN_OK
                   : complain(reader, "\"%s\" takes a number", json->string);
    }
}

static int read_comparison(const struct reader *reader, const cJSON *name, const cJSON *json,
                           struct condition *condition)
{
    if (!cJSON_IsString(name)) {
        return complain(reader, "\"attribute\" takes a keyword, a tag or a path in a string");
    }
    int result = attribute_parse(name->valuestring, &condition->attribute, reader->problem, reader->size);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    for (size_t i = 0; json != NULL && i < sizeof operators / sizeof operators[0]; i++) {
        if (strcmp(json->string, operators[i].key) == 0) {
            condition->kind = operators[i].kind;
            return read_operand(reader, json, condition);
        }
    }
    return complain(
        reader, "\"attribute\" goes with one of \"equals\", \"matches\", \"below\", \"above\", \"at_most\", "
                "\"at_least\", \"present\"");
}

static int read_by_key(struct reader *reader, const cJSON *json, struct condition *condition)
{
    const cJSON *first = json->child;
    const cJSON *attribute = cJSON_GetObjectItemCaseSensitive(json, "attribute");
    if (attribute != NULL && cJSON_GetArraySize(json) == 2) {
        return read_comparison(reader, attribute, attribute == first ? first->next : first, condition);
    }
    if (attribute != NULL) {
        return read_comparison(reader, attribute, NULL, condition);
    }
    if (cJSON_GetArraySize(json) == 1) {
        if (strcmp(first->string, "sop_class") == 0) {
            condition->kind = SOP_CLASS;
            return read_words(reader, "sop_class", first, condition);
        }
        static const char *const keys[] = {"all", "any", "not"};
        for (size_t i = 0; i < 3; i++) {
            if (strcmp(first->string, keys[i]) == 0) {
                condition->kind = (enum kind)i;
                return read_parts(reader, first, condition);
            }
        }
    }
    return complain(reader,
                    "a condition is an object with one of \"all\", \"any\", \"not\", \"sop_class\", or with "
                    "\"attribute\" and one operator");
}

static int read_condition(struct reader *reader, const cJSON *json, struct condition **ret_condition)
{
    if (reader->depth == MAX_DEPTH) {
        return complain(reader, "conditions nest at most %u deep", MAX_DEPTH);
    }
    struct condition *condition = calloc(1, sizeof *condition);
    if (condition == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    reader->depth++;
    int result = cJSON_IsObject(json) ? read_by_key(reader, json, condition)
                                      : complain(reader, "a condition is an object");
    reader->depth--;
    if (result != DCMCHAIN_OK) {
        condition_free(condition);
        return result;
    }
    *ret_condition = condition;
    return DCMCHAIN_OK;
}

int condition_parse(const cJSON *json, struct condition **ret_condition, char *ret_problem, size_t size)
{
    struct reader reader = {ret_problem, size, 0};
    return read_condition(&reader, json, ret_condition);
}

/* ---- asking ---- */

#define FOUND 1 /* ends attribute_values() */

static int compare_number(const struct condition *condition, const char *value)
{
    char *end = NULL;
    locale_t locale =
        newlocale(LC_ALL_MASK, "C", (locale_t)0); /* DICOM has a point, whatever the host's has */
    if (locale == (locale_t)0) {
        return DCMCHAIN_E_MEMORY;
    }
    double number = strtod_l(value, &end, locale);
    freelocale(locale);
    if (end == value || *end != '\0' || !isfinite(number)) {
        return DCMCHAIN_OK; /* what is no number is neither below nor above one */
    }
    bool holds = condition->kind == BELOW     ? number < condition->number
                 : condition->kind == ABOVE   ? number > condition->number
                 : condition->kind == AT_MOST ? number <= condition->number
                                              : number >= condition->number;
    return holds ? FOUND : DCMCHAIN_OK;
}

static int compare(void *closure, const char *value)
{
    const struct condition *condition = closure;
    bool matches = false;
    switch (condition->kind) {
    case PRESENT:
        return value[0] != '\0' ? FOUND : DCMCHAIN_OK;
    case MATCHES: {
        int result = pattern_matches(condition->pattern, value, &matches);
        return result != DCMCHAIN_OK ? result : matches ? FOUND : DCMCHAIN_OK;
    }
    case EQUALS:
        for (size_t i = 0; i < condition->word_count; i++) {
            if (strcmp(condition->words[i], value) == 0) {
                return FOUND;
            }
        }
        return DCMCHAIN_OK;
    default:
        return compare_number(condition, value);
    }
}

static bool has_class(const struct condition *condition, const char *uid)
{
    for (size_t i = 0; i < condition->word_count; i++) {
        const char *const *group = condition->groups[i];
        if (group != NULL ? group_has(group, uid) : strcmp(condition->words[i], uid) == 0) {
            return true;
        }
    }
    return false;
}

int condition_holds(const struct condition *condition, dcmchain_instance *instance, bool *ret_holds)
{
    int result = DCMCHAIN_OK;
    bool holds = condition->kind == ALL;
    switch (condition->kind) {
    case ALL:
    case ANY:
        for (size_t i = 0;
             result == DCMCHAIN_OK && holds == (condition->kind == ALL) && i < condition->part_count; i++) {
            result = condition_holds(condition->parts[i], instance, &holds);
        }
        break;
    case NOT:
        result = condition_holds(condition->parts[0], instance, &holds);
        holds = !holds;
        break;
    case SOP_CLASS:
        holds = has_class(condition, dcmchain_instance_sop_class_uid(instance));
        break;
    default: {
        struct condition asked = *condition; /* a visitor takes no const */
        result = attribute_values(&condition->attribute, instance, compare, &asked);
        holds = result == FOUND;
        result = result == FOUND ? DCMCHAIN_OK : result;
        if (condition->kind == PRESENT) {
            holds = holds == condition->present;
        }
    }
    }
    if (result == DCMCHAIN_OK) {
        *ret_holds = holds;
    }
    return result;
}
