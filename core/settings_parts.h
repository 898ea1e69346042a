/* settings_parts.h: what the files of settings share: the values (settings.c) and how one is read
 * (settings_value.c). Nobody else includes it. */
#ifndef CORE_SETTINGS_PARTS_H
#define CORE_SETTINGS_PARTS_H

#include "json.h"
#include "settings.h"

struct value {
    bool refused;   /* it was given, and is wrong */
    char *json;     /* the value in one spelling; NULL: not set */
    char *text;     /* STRING, FILE: the text; JSON: as json */
    int64_t number; /* BOOL, INTEGER, CHOICE */
    uint64_t set;   /* SET */
    char **strings; /* STRINGS */
    size_t count;
    size_t size; /* values that it holds, for reports that do not show them */
    char *where; /* the file or option that gave it; NULL: its default */
    char *pointer;
    const struct json *tree; /* as it stands in `where`, NULL: no file. Borrowed from the pipeline */
};

struct settings {
    const struct dcmchain_stage *stage;
    struct value *values; /* stage->settings_count */
    void *config;
};

/* Reads a value by its row's type. folder: what relative paths start at. DCMCHAIN_E_CONFIG with ret_problem;
 * a value that was begun is cleared by the caller. */
int settings_value_read(const struct dcmchain_setting *row, const struct json *json, const char *folder,
                        struct value *value, char *ret_problem, size_t size);
void settings_value_clear(struct value *value);

/* Writes a problem; always DCMCHAIN_E_CONFIG. */
int settings_complain(char *ret_problem, size_t size, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));
#endif
