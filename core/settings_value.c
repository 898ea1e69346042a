/* settings_value.c: one value, read and checked by the type of its row (settings_parts.h). It repeats no
 * value in what it says, since a setting may be sensitive. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "settings_parts.h"
#include "suggest.h"
#include "text.h"

#define LIST_BYTES 400

void settings_value_clear(struct value *value)
{
    for (size_t i = 0; i < value->count; i++) {
        free(value->strings[i]);
    }
    free(value->strings);
    free(value->json);
    free(value->text);
    free(value->where);
    free(value->pointer);
    *value = (struct value){0};
}

int settings_complain(char *ret_problem, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(ret_problem, size, format, arguments);
    va_end(arguments);
    return DCMCHAIN_E_CONFIG;
}

void settings_list(const char *const *words, size_t count, char *ret_list, size_t size)
{
    static const char more[] = " …";
    size_t used = 0;
    ret_list[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        const char *separator = i == 0 ? "" : ", ";
        size_t needed = strlen(separator) + strlen(words[i]) + 2;
        if (used + needed + sizeof more > size) {
            (void)snprintf(ret_list + used, size - used, "%s", more);
            return;
        }
        (void)snprintf(ret_list + used, size - used, "%s'%s'", separator, words[i]);
        used += needed;
    }
}

/* ---- by type ---- */

static int complain_choice(const struct dcmchain_setting *row, size_t count, const char *given,
                           char *ret_problem, size_t size)
{
    char list[LIST_BYTES];
    settings_list(row->choices, count, list, sizeof list);
    const char *nearest = suggest(given, row->choices, count);
    return settings_complain(ret_problem, size, "expected one of %s%s%s%s", list,
                             nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                             nearest == NULL ? "" : "'?");
}

static int find_choice(const struct dcmchain_setting *row, const char *given, char *ret_problem, size_t size,
                       size_t *ret_index)
{
    size_t count = 0;
    for (; row->choices[count] != NULL; count++) {
        if (strcmp(row->choices[count], given) == 0) {
            *ret_index = count;
            return DCMCHAIN_OK;
        }
    }
    return complain_choice(row, count, given, ret_problem, size);
}

static int read_choice(const struct dcmchain_setting *row, const struct json *json, struct value *value,
                       char *ret_problem, size_t size)
{
    size_t choice = 0;
    int result = find_choice(row, json->type == JSON_STRING ? json->string : "", ret_problem, size, &choice);
    value->number = (int64_t)choice;
    return result;
}

static int read_integer(const struct dcmchain_setting *row, const struct json *json, struct value *value,
                        char *ret_problem, size_t size)
{
    bool bounded = row->minimum != 0 || row->maximum != 0;
    if (json->type != JSON_NUMBER || !json->is_integer ||
        (bounded && (json->integer < row->minimum || json->integer > row->maximum))) {
        if (bounded) {
            return settings_complain(ret_problem, size, "expected a whole number from %lld to %lld",
                                     (long long)row->minimum, (long long)row->maximum);
        }
        return settings_complain(ret_problem, size, "expected a whole number");
    }
    value->number = json->integer;
    return DCMCHAIN_OK;
}

static int read_string(const struct dcmchain_setting *row, const struct json *json, struct value *value,
                       char *ret_problem, size_t size)
{
    if (row->maximum > 0 && (json->type != JSON_STRING || strlen(json->string) > (size_t)row->maximum)) {
        return settings_complain(ret_problem, size, "expected a string of at most %lld bytes",
                                 (long long)row->maximum);
    }
    if (json->type != JSON_STRING) {
        return settings_complain(ret_problem, size, "expected a string");
    }
    value->text = strdup(json->string);
    return value->text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int read_file(const struct json *json, const char *folder, struct value *value, char *ret_problem,
                     size_t size)
{
    if (json->type != JSON_STRING || json->string[0] == '\0') {
        return settings_complain(ret_problem, size, "expected the path of a file");
    }
    value->text = json->string[0] == '/' ? strdup(json->string) : text_format("%s/%s", folder, json->string);
    return value->text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int check_strings(const struct json *json, char *ret_problem, size_t size)
{
    if (json->type != JSON_ARRAY) {
        return settings_complain(ret_problem, size, "expected an array of strings");
    }
    for (size_t i = 0; i < json->count; i++) {
        if (json->children[i].type != JSON_STRING) {
            return settings_complain(ret_problem, size, "expected an array of strings: member %zu is none",
                                     i);
        }
    }
    return DCMCHAIN_OK;
}

static int read_strings(const struct json *json, struct value *value, char *ret_problem, size_t size)
{
    int result = check_strings(json, ret_problem, size);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    value->strings = calloc(json->count == 0 ? 1 : json->count, sizeof *value->strings);
    for (size_t i = 0; value->strings != NULL && i < json->count; i++) {
        value->strings[i] = strdup(json->children[i].string);
        if (value->strings[i] == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        value->count = i + 1;
    }
    return value->strings == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int read_set(const struct dcmchain_setting *row, const struct json *json, struct value *value,
                    char *ret_problem, size_t size)
{
    int result = check_strings(json, ret_problem, size);
    for (size_t i = 0; i < json->count && result == DCMCHAIN_OK; i++) {
        size_t choice = 0;
        char problem[LIST_BYTES + 100];
        result = find_choice(row, json->children[i].string, problem, sizeof problem, &choice);
        if (result != DCMCHAIN_OK) {
            return settings_complain(ret_problem, size, "member %zu: %s", i, problem);
        }
        value->set |= 1ULL << choice;
    }
    return result;
}

/* A value that a stage will read is as strict as the rest, also where it came from a lenient text. */
static int read_json(const struct json *json, char *ret_problem, size_t size)
{
    return json_duplicate(json) == NULL
               ? DCMCHAIN_OK
               : settings_complain(ret_problem, size, "an object in it has one key twice");
}

int settings_value_read(const struct dcmchain_setting *row, const struct json *json, const char *folder,
                        struct value *value, char *ret_problem, size_t size)
{
    switch (row->type) {
    case DCMCHAIN_SETTING_BOOL:
        value->number = json->type == JSON_TRUE ? 1 : 0;
        return json->type == JSON_TRUE || json->type == JSON_FALSE
                   ? DCMCHAIN_OK
                   : settings_complain(ret_problem, size, "expected true or false");
    case DCMCHAIN_SETTING_INTEGER:
        return read_integer(row, json, value, ret_problem, size);
    case DCMCHAIN_SETTING_STRING:
        return read_string(row, json, value, ret_problem, size);
    case DCMCHAIN_SETTING_CHOICE:
        return read_choice(row, json, value, ret_problem, size);
    case DCMCHAIN_SETTING_STRINGS:
        return read_strings(json, value, ret_problem, size);
    case DCMCHAIN_SETTING_FILE:
        return read_file(json, folder, value, ret_problem, size);
    case DCMCHAIN_SETTING_SET:
        return read_set(row, json, value, ret_problem, size);
    default:
        return read_json(json, ret_problem, size);
    }
}
