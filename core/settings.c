/* settings.c: see settings.h: values, checked one by one against their row, and the config struct. Rows of
 * the table itself are settings_table.c's. */
#include "settings.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "key.h"
#include "suggest.h"
#include "text.h"

#define PROBLEM_LIST_BYTES 400

struct value {
    bool given;     /* by the file or an override, not by default */
    char *json;     /* the value as JSON text; NULL: not set */
    char *text;     /* STRING, FILE: the text; JSON: its text */
    int64_t number; /* BOOL, INTEGER, CHOICE */
    uint64_t set;   /* SET */
    char **strings; /* STRINGS */
    size_t count;
};

struct settings {
    const struct dcmchain_stage *stage;
    struct value *values; /* stage->settings_count */
    void *config;
};

/* ---- values ---- */

static void value_clear(struct value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        free(value->strings[i]);
    }
    free(value->strings);
    free(value->json);
    free(value->text);
    *value = (struct value){0};
}

static size_t choice_count(const struct dcmchain_setting *row)
{
    size_t count = 0;
    while (row->choices != NULL && row->choices[count] != NULL) {
        count++;
    }
    return count;
}

static int complain(char *ret_problem, size_t size, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));
static int complain(char *ret_problem, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(ret_problem, size, format, arguments);
    va_end(arguments);
    return DCMCHAIN_E_CONFIG;
}

static int complain_choice(const struct dcmchain_setting *row, const char *given, char *ret_problem,
                           size_t size)
{
    char list[PROBLEM_LIST_BYTES] = "";
    size_t used = 0;
    size_t count = choice_count(row);
    for (size_t i = 0; i < count && used < sizeof list; i++) {
        int written =
            snprintf(list + used, sizeof list - used, "%s'%s'", i == 0 ? "" : ", ", row->choices[i]);
        used += written > 0 ? (size_t)written : 0;
    }
    const char *nearest = suggest(given, row->choices, count);
    return complain(ret_problem, size, "expected one of %s%s%s%s", list,
                    nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                    nearest == NULL ? "" : "'?");
}

static int find_choice(const struct dcmchain_setting *row, const char *given, char *ret_problem, size_t size,
                       size_t *ret_index)
{
    for (size_t i = 0; i < choice_count(row); i++) {
        if (strcmp(row->choices[i], given) == 0) {
            *ret_index = i;
            return DCMCHAIN_OK;
        }
    }
    return complain_choice(row, given, ret_problem, size);
}

static int take_integer(const struct dcmchain_setting *row, const struct json *json, struct value *value,
                        char *ret_problem, size_t size)
{
    bool bounded = row->minimum != 0 || row->maximum != 0;
    if (json->type != JSON_NUMBER || !json->is_integer ||
        (bounded && (json->integer < row->minimum || json->integer > row->maximum))) {
        if (bounded) {
            return complain(ret_problem, size, "expected a whole number from %lld to %lld",
                            (long long)row->minimum, (long long)row->maximum);
        }
        return complain(ret_problem, size, "expected a whole number");
    }
    value->number = json->integer;
    return DCMCHAIN_OK;
}

static int take_string(const struct dcmchain_setting *row, const struct json *json, struct value *value,
                       char *ret_problem, size_t size)
{
    if (json->type != JSON_STRING) {
        return complain(ret_problem, size, "expected a string");
    }
    if (row->maximum > 0 && strlen(json->string) > (size_t)row->maximum) {
        return complain(ret_problem, size, "expected a string of at most %lld bytes",
                        (long long)row->maximum);
    }
    value->text = strdup(json->string);
    return value->text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int take_file(const struct json *json, const char *folder, struct value *value, char *ret_problem,
                     size_t size)
{
    if (json->type != JSON_STRING || json->string[0] == '\0') {
        return complain(ret_problem, size, "expected the path of a file");
    }
    AUTO_FREE char *joined =
        json->string[0] == '/' ? strdup(json->string) : text_format("%s/%s", folder, json->string);
    if (joined == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    value->text = joined;
    joined = NULL;
    return DCMCHAIN_OK;
}

static int take_strings(const struct json *json, struct value *value, char *ret_problem, size_t size)
{
    if (json->type != JSON_ARRAY) {
        return complain(ret_problem, size, "expected an array of strings");
    }
    value->strings = calloc(json->count == 0 ? 1 : json->count, sizeof *value->strings);
    if (value->strings == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < json->count; i++) {
        if (json->children[i].type != JSON_STRING) {
            return complain(ret_problem, size, "expected an array of strings: member %zu is none", i + 1);
        }
        value->strings[i] = strdup(json->children[i].string);
        if (value->strings[i] == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        value->count = i + 1;
    }
    return DCMCHAIN_OK;
}

static int take_set(const struct dcmchain_setting *row, const struct json *json, struct value *value,
                    char *ret_problem, size_t size)
{
    if (json->type != JSON_ARRAY) {
        return complain(ret_problem, size, "expected an array of strings");
    }
    for (size_t i = 0; i < json->count; i++) {
        size_t choice = 0;
        if (json->children[i].type != JSON_STRING) {
            return complain(ret_problem, size, "expected an array of strings: member %zu is none", i + 1);
        }
        int result = find_choice(row, json->children[i].string, ret_problem, size, &choice);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        value->set |= 1ULL << choice;
    }
    return DCMCHAIN_OK;
}

static int take(const struct dcmchain_setting *row, const struct json *json, const char *folder,
                struct value *value, char *ret_problem, size_t size)
{
    size_t choice = 0;
    int result = DCMCHAIN_OK;
    switch (row->type) {
    case DCMCHAIN_SETTING_BOOL:
        value->number = json->type == JSON_TRUE ? 1 : 0;
        return json->type == JSON_TRUE || json->type == JSON_FALSE
                   ? DCMCHAIN_OK
                   : complain(ret_problem, size, "expected true or false");
    case DCMCHAIN_SETTING_INTEGER:
        return take_integer(row, json, value, ret_problem, size);
    case DCMCHAIN_SETTING_STRING:
        return take_string(row, json, value, ret_problem, size);
    case DCMCHAIN_SETTING_CHOICE:
        result = json->type == JSON_STRING ? find_choice(row, json->string, ret_problem, size, &choice)
                                           : complain_choice(row, "", ret_problem, size);
        value->number = (int64_t)choice;
        return result;
    case DCMCHAIN_SETTING_STRINGS:
        return take_strings(json, value, ret_problem, size);
    case DCMCHAIN_SETTING_FILE:
        return take_file(json, folder, value, ret_problem, size);
    case DCMCHAIN_SETTING_SET:
        return take_set(row, json, value, ret_problem, size);
    default:
        return DCMCHAIN_OK; /* JSON: whatever it is */
    }
}

static int set_row(struct settings *settings, size_t index, const struct json *json, const char *text,
                   const char *folder, char *ret_problem, size_t size)
{
    struct dcmchain_setting row = settings_row(settings->stage, index);
    struct value value = {.given = true};
    int result = take(&row, json, folder, &value, ret_problem, size);
    if (result == DCMCHAIN_OK) {
        value.json = strndup(text + json->begin, json->end - json->begin);
        if (row.type == DCMCHAIN_SETTING_JSON) {
            value.text = value.json == NULL ? NULL : strdup(value.json);
        }
        result = value.json == NULL || (row.type == DCMCHAIN_SETTING_JSON && value.text == NULL)
                     ? DCMCHAIN_E_MEMORY
                     : DCMCHAIN_OK;
    }
    if (result != DCMCHAIN_OK) {
        value_clear(&value);
        return result;
    }
    value_clear(&settings->values[index]);
    settings->values[index] = value;
    return DCMCHAIN_OK;
}

/* ---- opening, setting ---- */

int settings_open(const struct dcmchain_stage *stage, struct settings **ret_settings)
{
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    settings->stage = stage;
    settings->values =
        calloc(stage->settings_count == 0 ? 1 : stage->settings_count, sizeof *settings->values);
    int result = settings->values == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (size_t i = 0; i < stage->settings_count && result == DCMCHAIN_OK; i++) {
        struct dcmchain_setting row = settings_row(stage, i);
        struct json_problem problem;
        struct json *json = NULL;
        char unused[PROBLEM_LIST_BYTES + 100];
        if (row.fallback == NULL) {
            continue;
        }
        result = json_parse(row.fallback, strlen(row.fallback), &json, &problem);
        if (result == DCMCHAIN_OK) {
            result = set_row(settings, i, json, row.fallback, ".", unused, sizeof unused);
            settings->values[i].given = false;
        }
        json_free(json);
    }
    if (result != DCMCHAIN_OK) {
        settings_free(settings);
        return result;
    }
    *ret_settings = settings;
    return DCMCHAIN_OK;
}

void settings_free(struct settings *settings)
{
    if (settings == NULL) {
        return;
    }
    for (size_t i = 0; settings->values != NULL && i < settings->stage->settings_count; i++) {
        value_clear(&settings->values[i]);
    }
    free(settings->values);
    free(settings->config);
    free(settings);
}

static int unknown_key(const struct settings *settings, const char *key, char *ret_problem, size_t size)
{
    const char *keys[64];
    char list[PROBLEM_LIST_BYTES] = "";
    size_t count = settings->stage->settings_count < 64 ? settings->stage->settings_count : 64;
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        keys[i] = settings_row(settings->stage, i).key;
        int written = used < sizeof list
                          ? snprintf(list + used, sizeof list - used, "%s'%s'", i == 0 ? "" : ", ", keys[i])
                          : 0;
        used += written > 0 ? (size_t)written : 0;
    }
    const char *nearest = suggest(key, keys, count);
    if (nearest != NULL) {
        (void)complain(ret_problem, size, "stage '%s' has no such setting; did you mean '%s'?",
                       settings->stage->name, nearest);
    } else if (count == 0) {
        (void)complain(ret_problem, size, "stage '%s' has no settings", settings->stage->name);
    } else {
        (void)complain(ret_problem, size, "stage '%s' has no such setting; it has %s", settings->stage->name,
                       list);
    }
    return DCMCHAIN_E_ABSENT;
}

static bool find_row(const struct settings *settings, const char *key, size_t *ret_index)
{
    for (size_t i = 0; i < settings->stage->settings_count; i++) {
        if (strcmp(settings_row(settings->stage, i).key, key) == 0) {
            *ret_index = i;
            return true;
        }
    }
    return false;
}

int settings_set(struct settings *settings, const char *key, const struct json *value, const char *text,
                 const char *folder, char *ret_problem, size_t problem_size)
{
    size_t index = 0;
    if (!find_row(settings, key, &index)) {
        return unknown_key(settings, key, ret_problem, problem_size);
    }
    return set_row(settings, index, value, text, folder, ret_problem, problem_size);
}

/* What an override says, as JSON: strings need no quotes, lists no brackets. */
static char *as_json(uint32_t type, const char *given)
{
    struct text text = TEXT_EMPTY;
    bool list = type == DCMCHAIN_SETTING_STRINGS || type == DCMCHAIN_SETTING_SET;
    if (type == DCMCHAIN_SETTING_STRING || type == DCMCHAIN_SETTING_CHOICE || type == DCMCHAIN_SETTING_FILE) {
        text_json_string(&text, given);
    } else if (list && given[0] != '[') {
        text_append(&text, "[");
        for (const char *at = given; given[0] != '\0' && at != NULL;) {
            const char *comma = strchr(at, ',');
            AUTO_FREE char *part = comma == NULL ? strdup(at) : strndup(at, (size_t)(comma - at));
            text.failed = text.failed || part == NULL;
            text_append(&text, at == given ? "" : ",");
            text_json_string(&text, part);
            at = comma == NULL ? NULL : comma + 1;
        }
        text_append(&text, "]");
    } else {
        text_append(&text, given);
    }
    return text_take(&text);
}

int settings_set_text(struct settings *settings, const char *key, const char *value, const char *folder,
                      char *ret_problem, size_t problem_size)
{
    size_t index = 0;
    if (!find_row(settings, key, &index)) {
        return unknown_key(settings, key, ret_problem, problem_size);
    }
    struct dcmchain_setting row = settings_row(settings->stage, index);
    AUTO_FREE char *text = as_json(row.type, value);
    struct json_problem problem;
    struct json *json = NULL;
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = json_parse(text, strlen(text), &json, &problem);
    if (result == DCMCHAIN_OK) {
        result = set_row(settings, index, json, text, folder, ret_problem, problem_size);
    } else if (result == DCMCHAIN_E_INVALID) {
        struct json none = {.type = JSON_NULL};
        struct value unused = {0};
        result = row.type == DCMCHAIN_SETTING_JSON
                     ? complain(ret_problem, problem_size, "%s", problem.text)
                     : take(&row, &none, folder, &unused, ret_problem, problem_size);
        value_clear(&unused);
    }
    json_free(json);
    return result;
}

/* ---- reading ---- */

const char *settings_missing(const struct settings *settings)
{
    for (size_t i = 0; i < settings->stage->settings_count; i++) {
        struct dcmchain_setting row = settings_row(settings->stage, i);
        if ((row.flags & DCMCHAIN_SETTING_REQUIRED) != 0 && settings->values[i].json == NULL) {
            return row.key;
        }
    }
    return NULL;
}

static void fill_row(const struct dcmchain_setting *row, const struct value *value, uint8_t *config)
{
    const char *text = value->text;
    int32_t small = (int32_t)value->number;
    struct dcmchain_strings strings = {(const char *const *)value->strings, value->count};
    uint8_t *at = config + row->offset;
    switch (row->type) {
    case DCMCHAIN_SETTING_BOOL:
    case DCMCHAIN_SETTING_CHOICE:
        memcpy(at, &small, sizeof small);
        break;
    case DCMCHAIN_SETTING_INTEGER:
        memcpy(at, &value->number, sizeof value->number);
        break;
    case DCMCHAIN_SETTING_STRINGS:
        memcpy(at, &strings, sizeof strings);
        break;
    case DCMCHAIN_SETTING_SET:
        memcpy(at, &value->set, sizeof value->set);
        break;
    default:
        memcpy(at, &text, sizeof text);
        break;
    }
}

int settings_fill(struct settings *settings, const void **ret_config)
{
    if (settings->stage->config_size == 0) {
        *ret_config = NULL;
        return DCMCHAIN_OK;
    }
    if (settings->config == NULL) {
        settings->config = calloc(1, settings->stage->config_size);
    }
    if (settings->config == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < settings->stage->settings_count; i++) {
        struct dcmchain_setting row = settings_row(settings->stage, i);
        fill_row(&row, &settings->values[i], settings->config);
    }
    *ret_config = settings->config;
    return DCMCHAIN_OK;
}

const char *settings_project(const struct settings *settings)
{
    for (size_t i = 0; i < settings->stage->settings_count; i++) {
        struct dcmchain_setting row = settings_row(settings->stage, i);
        const char *text = settings->values[i].text;
        if ((row.flags & DCMCHAIN_SETTING_PROJECT) != 0 && text != NULL && text[0] != '\0') {
            return text;
        }
    }
    return NULL;
}

/* ---- for reports ---- */

/* How many values a sensitive setting holds; their text stays here. */
static size_t sensitive_count(const struct dcmchain_setting *row, const struct value *value)
{
    if (row->type == DCMCHAIN_SETTING_STRINGS) {
        return value->count;
    }
    return value->json == NULL || strcmp(value->json, "\"\"") == 0 || strcmp(value->json, "null") == 0 ? 0
                                                                                                       : 1;
}

static void append_value(struct text *text, const struct dcmchain_setting *row, const struct value *value,
                         settings_digest digest, void *closure)
{
    if ((row->flags & DCMCHAIN_SETTING_SENSITIVE) != 0) {
        text_printf(text, "{\"count\":%zu", sensitive_count(row, value));
        if (digest != NULL && value->json != NULL) {
            char hex[65];
            digest(closure, value->json, hex);
            text_printf(text, ",\"hmac\":\"%s\"", hex);
        }
        text_append(text, "}");
    } else if (row->type == DCMCHAIN_SETTING_FILE && value->text != NULL) {
        const char *slash = strrchr(value->text, '/');
        text_json_string(text, slash == NULL ? value->text
                                             : slash + 1); /* where it lies says something of the site */
    } else {
        text_append(text, value->json == NULL ? "null" : value->json);
    }
}

char *settings_json(const struct settings *settings, settings_digest digest, void *closure)
{
    struct text text = TEXT_EMPTY;
    text_append(&text, "{");
    for (size_t i = 0; i < settings->stage->settings_count; i++) {
        struct dcmchain_setting row = settings_row(settings->stage, i);
        text_append(&text, i == 0 ? "" : ",");
        text_json_string(&text, row.key);
        text_append(&text, ":");
        append_value(&text, &row, &settings->values[i], digest, closure);
    }
    text_append(&text, "}");
    return text_take(&text);
}
