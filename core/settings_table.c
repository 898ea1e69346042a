/* settings_table.c: the table of settings as a stage brings it: its rows, and whether its author made it
 * right. Values are settings.c's. */
#include <stdio.h>
#include <string.h>

#include "limits.h"
#include "settings.h"

#define MAX_CHOICES 64U /* a SET has 64 bits */
#define MAX_KEY_BYTES 64U
#define KNOWN_FLAGS (DCMCHAIN_SETTING_REQUIRED | DCMCHAIN_SETTING_SENSITIVE | DCMCHAIN_SETTING_PROJECT)

static const char *const type_names[] = {"",        "true or false",  "whole number", "string", "one of",
                                         "strings", "any JSON value", "file",         "some of"};
#define TYPE_COUNT (sizeof type_names / sizeof type_names[0])

const char *settings_type_name(uint32_t type)
{
    return type < TYPE_COUNT ? type_names[type] : "";
}

struct dcmchain_setting settings_row(const struct dcmchain_stage *stage, size_t index)
{
    struct dcmchain_setting row = {0};
    const uint8_t *rows = (const uint8_t *)stage->settings;
    size_t size = stage->setting_size < sizeof row ? stage->setting_size : sizeof row;
    memcpy(&row, rows + index * stage->setting_size, size);
    return row;
}

static size_t size_of(uint32_t type)
{
    switch (type) {
    case DCMCHAIN_SETTING_BOOL:
    case DCMCHAIN_SETTING_CHOICE:
        return sizeof(int32_t);
    case DCMCHAIN_SETTING_INTEGER:
    case DCMCHAIN_SETTING_SET:
        return sizeof(int64_t);
    case DCMCHAIN_SETTING_STRINGS:
        return sizeof(struct dcmchain_strings);
    default:
        return sizeof(const char *);
    }
}

static const char *choices_problem(const struct dcmchain_setting *row)
{
    size_t count = 0;
    for (; row->choices != NULL && row->choices[count] != NULL; count++) {
        for (size_t i = 0; i < count; i++) {
            if (strcmp(row->choices[i], row->choices[count]) == 0) {
                return "one of its choices is there twice";
            }
        }
        if (count == MAX_CHOICES) {
            break;
        }
    }
    return count == 0 || row->choices[count] != NULL ? "it needs 1 to 64 choices" : NULL;
}

static const char *limits_problem(const struct dcmchain_setting *row)
{
    if (row->minimum > row->maximum) {
        return "its minimum is above its maximum";
    }
    if (row->type != DCMCHAIN_SETTING_INTEGER && row->minimum != 0) {
        return "only a whole number has a minimum";
    }
    return NULL;
}

static const char *flags_problem(const struct dcmchain_setting *row)
{
    if ((row->flags & ~KNOWN_FLAGS) != 0) {
        return "it has a flag that this dcmchain does not know";
    }
    if ((row->flags & DCMCHAIN_SETTING_PROJECT) != 0 && row->type != DCMCHAIN_SETTING_STRING) {
        return "a project must be a string";
    }
    if ((row->flags & DCMCHAIN_SETTING_REQUIRED) != 0 && row->fallback != NULL) {
        return "it is required and has a default";
    }
    return NULL;
}

static const char *row_problem(const struct dcmchain_stage *stage, const struct dcmchain_setting *row)
{
    if (row->key[0] == '\0' || strlen(row->key) > MAX_KEY_BYTES ||
        strspn(row->key, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(row->key)) {
        return "its key is not lower case letters, digits and underscores, at most 64";
    }
    if (row->type == 0 || row->type >= TYPE_COUNT) {
        return "it has a type that this dcmchain does not know";
    }
    if (row->help == NULL || row->help[0] == '\0') {
        return "it has no help";
    }
    if (row->offset > stage->config_size || stage->config_size - row->offset < size_of(row->type)) {
        return "its offset lies outside the config struct";
    }
    if (row->type == DCMCHAIN_SETTING_FILE && row->fallback != NULL &&
        strncmp(row->fallback, "\"/", 2) != 0) {
        return "its default is no absolute path";
    }
    const char *problem = flags_problem(row);
    if (problem == NULL && (row->type == DCMCHAIN_SETTING_CHOICE || row->type == DCMCHAIN_SETTING_SET)) {
        problem = choices_problem(row);
    }
    return problem != NULL ? problem : limits_problem(row);
}

static const char *pair_problem(const struct dcmchain_setting *row, const struct dcmchain_setting *before)
{
    if (strcmp(before->key, row->key) == 0) {
        return "its key is there twice";
    }
    if (before->offset < row->offset + size_of(row->type) &&
        row->offset < before->offset + size_of(before->type)) {
        return "its place in the config struct is another setting's";
    }
    return NULL;
}

static int blame(const struct dcmchain_stage *stage, const char *key, const char *text, char *ret_problem,
                 size_t size)
{
    (void)snprintf(ret_problem, size, "stage '%s', setting '%s': %s", stage->name, key, text);
    return DCMCHAIN_E_CONFIG;
}

static bool is_table(const struct dcmchain_stage *stage)
{
    return stage->settings_count == 0 ||
           (stage->settings != NULL && stage->settings_count <= LIMIT_SETTINGS &&
            stage->setting_size % _Alignof(struct dcmchain_setting) == 0 &&
            stage->setting_size >= offsetof(struct dcmchain_setting, offset) + sizeof(uint64_t));
}

int settings_check_table(const struct dcmchain_stage *stage, char *ret_problem, size_t problem_size)
{
    if (!is_table(stage)) {
        (void)snprintf(ret_problem, problem_size,
                       "stage '%s': its table of settings is missing, has more than %u rows, or rows of "
                       "another size than setting_size says",
                       stage->name, LIMIT_SETTINGS);
        return DCMCHAIN_E_CONFIG;
    }
    for (size_t i = 0; i < stage->settings_count; i++) {
        struct dcmchain_setting row = settings_row(stage, i);
        if (row.key == NULL) {
            return blame(stage, "", "it has no key", ret_problem, problem_size);
        }
        const char *problem = row_problem(stage, &row);
        for (size_t k = 0; k < i && problem == NULL; k++) {
            struct dcmchain_setting before = settings_row(stage, k);
            problem = pair_problem(&row, &before);
        }
        if (problem != NULL) {
            return blame(stage, row.key, problem, ret_problem, problem_size);
        }
    }
    struct settings *settings = NULL;
    int result = settings_open(stage, &settings, ret_problem, problem_size);
    if (result == DCMCHAIN_E_MEMORY) {
        (void)snprintf(ret_problem, problem_size, "stage '%s': %s", stage->name,
                       dcmchain_result_text(result));
    }
    settings_free(result == DCMCHAIN_OK ? settings : NULL);
    return result == DCMCHAIN_OK ? DCMCHAIN_OK : DCMCHAIN_E_CONFIG;
}
