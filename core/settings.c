/* settings.c: see settings.h: the values of one entry and its config struct. How one value is read is
 * settings_value.c's, the rows of the table settings_table.c's. */
#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "key.h"
#include "limits.h"
#include "settings_parts.h"
#include "suggest.h"
#include "text.h"

#define LIST_BYTES 400

/* ---- setting ---- */

/* How many values a value holds, for what must not show them. */
static size_t size_of(const struct json *json)
{
    switch (json->type) {
    case JSON_NULL:
        return 0;
    case JSON_ARRAY:
    case JSON_OBJECT:
        return json->count;
    case JSON_STRING:
        return json->string[0] == '\0' ? 0 : 1;
    default:
        return 1;
    }
}

static int set_row(struct settings *settings, size_t index, const struct json *json, const char *folder,
                   char *ret_problem, size_t size)
{
    struct dcmchain_setting row = settings_row(settings->stage, index);
    struct value value = {.text = NULL};
    int result = settings_value_read(&row, json, folder, &value, ret_problem, size);
    if (result == DCMCHAIN_OK) {
        struct text text = TEXT_EMPTY;
        json_write(&text, json);
        value.json = text_take(&text);
        value.size = size_of(json);
        if (row.type == DCMCHAIN_SETTING_JSON && value.json != NULL) {
            value.text = strdup(value.json);
        }
        result = value.json == NULL || (row.type == DCMCHAIN_SETTING_JSON && value.text == NULL)
                     ? DCMCHAIN_E_MEMORY
                     : DCMCHAIN_OK;
    }
    if (result != DCMCHAIN_OK) {
        settings_value_clear(&value);
        settings->values[index].refused = true;
        return result;
    }
    settings_value_clear(&settings->values[index]);
    settings->values[index] = value;
    return DCMCHAIN_OK;
}

static int set_default(struct settings *settings, size_t index, char *ret_problem, size_t size)
{
    struct dcmchain_setting row = settings_row(settings->stage, index);
    struct json_problem at = {.text = ""};
    struct json *json = NULL;
    char problem[LIST_BYTES + 100] = "";
    if (row.fallback == NULL) {
        return DCMCHAIN_OK;
    }
    int result = json_parse(row.fallback, strlen(row.fallback), &json, &at);
    if (result == DCMCHAIN_OK) {
        result = set_row(settings, index, json, "/", problem, sizeof problem);
    }
    json_free(json);
    if (result != DCMCHAIN_OK && result != DCMCHAIN_E_MEMORY) {
        return settings_complain(ret_problem, size, "its default is wrong: %s%s", at.text, problem);
    }
    return result;
}

int settings_open(const struct dcmchain_stage *stage, struct settings **ret_settings, char *ret_problem,
                  size_t problem_size)
{
    char problem[LIST_BYTES + 200] = "";
    struct settings *settings = calloc(1, sizeof *settings);
    if (settings == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    settings->stage = stage;
    settings->values =
        calloc(stage->settings_count == 0 ? 1 : stage->settings_count, sizeof *settings->values);
    int result = settings->values == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    for (size_t i = 0; i < stage->settings_count && result == DCMCHAIN_OK; i++) {
        result = set_default(settings, i, problem, sizeof problem);
        if (result == DCMCHAIN_E_CONFIG) {
            (void)settings_complain(ret_problem, problem_size, "stage '%s', setting '%s': %s", stage->name,
                                    settings_row(stage, i).key, problem);
        }
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
        settings_value_clear(&settings->values[i]);
    }
    free(settings->values);
    free(settings->config);
    free(settings);
}

static int unknown_key(const struct settings *settings, const char *key, char *ret_problem, size_t size)
{
    const char *keys[LIMIT_SETTINGS] = {0};
    char list[LIST_BYTES];
    size_t count = settings->stage->settings_count;
    for (size_t i = 0; i < count; i++) {
        keys[i] = settings_row(settings->stage, i).key;
    }
    settings_list(keys, count, list, sizeof list);
    const char *nearest = suggest(key, keys, count);
    if (nearest != NULL) {
        (void)settings_complain(ret_problem, size, "stage '%s' has no such setting; did you mean '%s'?",
                                settings->stage->name, nearest);
    } else if (count == 0) {
        (void)settings_complain(ret_problem, size, "stage '%s' has no settings", settings->stage->name);
    } else {
        (void)settings_complain(ret_problem, size, "stage '%s' has no such setting; it has %s",
                                settings->stage->name, list);
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

int settings_set(struct settings *settings, const char *key, const struct json *value, const char *folder,
                 char *ret_problem, size_t problem_size)
{
    size_t index = 0;
    if (!find_row(settings, key, &index)) {
        return unknown_key(settings, key, ret_problem, problem_size);
    }
    return set_row(settings, index, value, folder, ret_problem, problem_size);
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
            /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees part */
            AUTO_FREE char *part = comma == NULL ? strdup(at) : strndup(at, (size_t)(comma - at));
            text.failed = text.failed || part == NULL;
            text_append(&text, at == given ? "" : ",");
            text_json_string(&text, part);
            at = comma == NULL ? NULL : comma + 1;
        }
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees part */
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
    if (!json_is_utf8(value, strlen(value))) {
        return settings_complain(ret_problem, problem_size, "expected UTF-8");
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
        result = set_row(settings, index, json, folder, ret_problem, problem_size);
    } else if (result == DCMCHAIN_E_INVALID) {
        /* A word that is no JSON is of no type but JSON's: what its type expects says most. */
        struct json none = {.type = JSON_NULL};
        result =
            row.type == DCMCHAIN_SETTING_JSON
                ? settings_complain(ret_problem, problem_size, "column %u: %s", problem.column, problem.text)
                : set_row(settings, index, &none, folder, ret_problem, problem_size);
    }
    json_free(json);
    return result;
}

/* ---- reading ---- */

const char *settings_missing(const struct settings *settings, size_t *cursor)
{
    while (*cursor < settings->stage->settings_count) {
        const struct value *value = &settings->values[*cursor];
        struct dcmchain_setting row = settings_row(settings->stage, (*cursor)++);
        if ((row.flags & DCMCHAIN_SETTING_REQUIRED) != 0 && value->json == NULL && !value->refused) {
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

static void append_value(struct text *text, const struct dcmchain_setting *row, const struct value *value,
                         settings_digest digest, void *closure)
{
    if ((row->flags & DCMCHAIN_SETTING_SENSITIVE) != 0) {
        text_printf(text, "{\"count\":%zu", value->size);
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
