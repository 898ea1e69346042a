/* stages.c: describes stages as JSON, for `dcmchain stages` and `dcmchain help` (chain.h). */
#include <string.h>

#include "cleanup.h"
#include "dcmchain/chain.h"
#include "loader.h"
#include "settings.h"
#include "text.h"

static void append_setting(struct text *text, const struct dcmchain_setting *row)
{
    text_append(text, "{");
    text_json_member(text, "key", row->key);
    text_json_member(text, "type", settings_type_name(row->type));
    text_printf(text, ",\"required\":%s,\"sensitive\":%s,\"project\":%s,\"default\":%s",
                (row->flags & DCMCHAIN_SETTING_REQUIRED) != 0 ? "true" : "false",
                (row->flags & DCMCHAIN_SETTING_SENSITIVE) != 0 ? "true" : "false",
                (row->flags & DCMCHAIN_SETTING_PROJECT) != 0 ? "true" : "false",
                row->fallback == NULL ? "null" : row->fallback);
    if (row->type == DCMCHAIN_SETTING_INTEGER && (row->minimum != 0 || row->maximum != 0)) {
        text_printf(text, ",\"minimum\":%lld,\"maximum\":%lld", (long long)row->minimum,
                    (long long)row->maximum);
    } else if (row->type == DCMCHAIN_SETTING_STRING && row->maximum > 0) {
        text_printf(text, ",\"maximum_bytes\":%lld", (long long)row->maximum);
    }
    if (row->choices != NULL) {
        text_append(text, ",\"choices\":[");
        for (size_t i = 0; row->choices[i] != NULL; i++) {
            text_append(text, i == 0 ? "" : ",");
            text_json_string(text, row->choices[i]);
        }
        text_append(text, "]");
    }
    text_json_member(text, "help", row->help);
    text_append(text, "}");
}

static void append_stage(struct text *text, const char *file, const struct dcmchain_stage *stage)
{
    text_append(text, "{");
    text_json_member(text, "name", stage->name);
    text_json_member(text, "version", stage->version);
    text_json_member(text, "summary", stage->summary);
    text_json_member(text, "file", file);
    text_json_member(text, "concurrency", stage->concurrency == DCMCHAIN_PARALLEL ? "parallel" : "serial");
    text_printf(text, ",\"places\":%s,\"command\":%s,\"settings\":[", stage->place != NULL ? "true" : "false",
                stage->command != NULL ? "true" : "false");
    for (size_t i = 0; i < stage->settings_count; i++) {
        struct dcmchain_setting row = settings_row(stage, i);
        text_append(text, i == 0 ? "" : ",");
        append_setting(text, &row);
    }
    text_append(text, "]}");
}

/* Loads a stage that is found by name. */
static int open_named(const char *file, struct dcmchain_stage *ret_stage, char *ret_problem, size_t size)
{
    int result = loader_open(file, ret_stage, ret_problem, size);
    return result == DCMCHAIN_OK ? loader_check_name(file, ret_stage, ret_problem, size) : result;
}

static void append_file(struct text *text, const char *file)
{
    struct dcmchain_stage stage;
    char problem[LOADER_PROBLEM_BYTES];
    if (open_named(file, &stage, problem, sizeof problem) == DCMCHAIN_OK) {
        append_stage(text, file, &stage);
        return;
    }
    text_append(text, "{");
    text_json_member(text, "file", file);
    text_json_member(text, "error", problem);
    text_append(text, "}");
}

static int give(struct text *text, char **ret_json)
{
    char *json = text_take(text);
    if (json == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_json = json;
    return DCMCHAIN_OK;
}

int dcmchain_list_stages(const char *const *stage_folders, char **ret_json)
{
    char **folders = NULL;
    int result = loader_folders(stage_folders, &folders);
    struct text text = TEXT_EMPTY;
    bool first = true;
    text_append(&text, "[");
    for (size_t i = 0; result == DCMCHAIN_OK && folders[i] != NULL; i++) {
        char **files = NULL;
        result = loader_list(folders[i], &files);
        for (size_t k = 0; result == DCMCHAIN_OK && files[k] != NULL; k++) {
            text_append(&text, first ? "" : ",");
            first = false;
            AUTO_FREE char *absolute = NULL;
            result = loader_absolute(files[k], &absolute);
            append_file(&text, absolute == NULL ? files[k] : absolute);
        }
        loader_folders_free(files);
    }
    loader_folders_free(folders);
    text_append(&text, "]\n");
    if (result != DCMCHAIN_OK) {
        text_free(&text);
        return result;
    }
    return give(&text, ret_json);
}

int dcmchain_describe_stage(const char *const *stage_folders, const char *stage, char **ret_json,
                            char **ret_problems)
{
    char problem[LOADER_PROBLEM_BYTES] = "";
    AUTO_FREE char *file = NULL;
    struct dcmchain_stage loaded;
    int result = DCMCHAIN_OK;
    if (loader_is_path(stage)) {
        result = loader_absolute(stage, &file);
        result = result == DCMCHAIN_OK ? loader_open(file, &loaded, problem, sizeof problem) : result;
    } else {
        result = loader_find(stage, stage_folders, &file, problem, sizeof problem);
        result = result == DCMCHAIN_OK ? open_named(file, &loaded, problem, sizeof problem) : result;
    }
    if (result != DCMCHAIN_OK) {
        *ret_problems = strdup(problem);
        return result == DCMCHAIN_E_MEMORY ? result : DCMCHAIN_E_ABSENT;
    }
    struct text text = TEXT_EMPTY;
    append_stage(&text, file, &loaded);
    text_append(&text, "\n");
    return give(&text, ret_json);
}
