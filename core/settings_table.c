/* settings_table.c: the table of settings as a stage brings it: its rows, and whether its author made it
 * right. Values are settings.c's. */
#include <stdio.h>
#include <string.h>

#include "settings.h"

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

static const char *row_problem(const struct dcmchain_stage *stage, const struct dcmchain_setting *row)
{
    size_t choices = 0;
    while (row->choices != NULL && row->choices[choices] != NULL) {
        choices++;
    }
    if (row->key[0] == '\0' ||
        strspn(row->key, "abcdefghijklmnopqrstuvwxyz0123456789_") != strlen(row->key)) {
        return "its key is not lower case letters, digits and underscores";
    }
    if (row->type == 0 || row->type >= TYPE_COUNT) {
        return "it has a type that this dcmchain does not know";
    }
    if ((row->type == DCMCHAIN_SETTING_CHOICE || row->type == DCMCHAIN_SETTING_SET) &&
        (choices == 0 || choices > 64)) {
        return "it needs 1 to 64 choices";
    }
    if (row->help == NULL || row->help[0] == '\0') {
        return "it has no help";
    }
    if (row->offset > stage->config_size || stage->config_size - row->offset < size_of(row->type)) {
        return "its offset lies outside the config struct";
    }
    if ((row->flags & DCMCHAIN_SETTING_PROJECT) != 0 && row->type != DCMCHAIN_SETTING_STRING) {
        return "a project must be a string";
    }
    if ((row->flags & DCMCHAIN_SETTING_REQUIRED) != 0 && row->fallback != NULL) {
        return "it is required and has a default";
    }
    return NULL;
}

static int blame(const struct dcmchain_stage *stage, const char *key, const char *text, char *ret_problem,
                 size_t size)
{
    (void)snprintf(ret_problem, size, "stage '%s', setting '%s': %s", stage->name, key, text);
    return DCMCHAIN_E_CONFIG;
}

int settings_check_table(const struct dcmchain_stage *stage, char *ret_problem, size_t problem_size)
{
    if (stage->settings_count > 0 &&
        (stage->settings == NULL ||
         stage->setting_size < offsetof(struct dcmchain_setting, offset) + sizeof(uint64_t))) {
        (void)snprintf(ret_problem, problem_size,
                       "stage '%s': its table of settings is missing or its rows are too short", stage->name);
        return DCMCHAIN_E_CONFIG;
    }
    for (size_t i = 0; i < stage->settings_count; i++) {
        struct dcmchain_setting row = settings_row(stage, i);
        if (row.key == NULL) {
            return blame(stage, "", "it has no key", ret_problem, problem_size);
        }
        const char *problem = row_problem(stage, &row);
        for (size_t k = 0; k < i && problem == NULL; k++) {
            problem = strcmp(settings_row(stage, k).key, row.key) == 0 ? "its key is there twice" : NULL;
        }
        if (problem != NULL) {
            return blame(stage, row.key, problem, ret_problem, problem_size);
        }
    }
    struct settings *settings = NULL;
    if (settings_open(stage, &settings) != DCMCHAIN_OK) {
        (void)snprintf(ret_problem, problem_size,
                       "stage '%s': a default of its settings is not what its own type allows", stage->name);
        return DCMCHAIN_E_CONFIG;
    }
    settings_free(settings);
    return DCMCHAIN_OK;
}
