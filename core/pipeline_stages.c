/* pipeline_stages.c: the stage entries of a description: loading, ids, settings, and what the chain as a
 * whole must have (pipeline_parts.h). It knows no stage by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "limits.h"
#include "loader.h"
#include "pipeline_parts.h"
#include "settings.h"
#include "suggest.h"

#define MAX_ID_BYTES 64U

static const char *const entry_keys[] = {"stage", "id", "settings"};
#define ENTRY_KEY_COUNT (sizeof entry_keys / sizeof entry_keys[0])

/* ---- one entry ---- */

static void check_entry_key(struct opening *opening, const struct json *member, const char *entry)
{
    struct json place = problems_key_place(member);
    AUTO_FREE char *pointer = pointer_to(entry, member->key);
    if (member->duplicate) {
        complain(opening, &place, pointer, "this key is there twice");
        return;
    }
    for (size_t k = 0; k < ENTRY_KEY_COUNT; k++) {
        if (strcmp(entry_keys[k], member->key) == 0) {
            return;
        }
    }
    const char *nearest = suggest(member->key, entry_keys, ENTRY_KEY_COUNT);
    complain(opening, &place, pointer, "no such key; there are stage, id, settings%s%s%s",
             nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
             nearest == NULL ? "" : "'?");
}

/* By name, or by the path of its file, relative to the description. */
static int find_stage(struct opening *opening, const char *name, char **ret_file, char *ret_problem,
                      size_t size)
{
    if (!loader_is_path(name)) {
        return loader_find(name, opening->options->stage_folders, ret_file, ret_problem, size);
    }
    char *file = name[0] == '/' ? strdup(name) : text_format("%s/%s", opening->folder, name);
    if (file == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_file = file;
    return DCMCHAIN_OK;
}

static bool load_stage(struct opening *opening, const struct json *name, const char *entry,
                       struct pipeline_stage *ret_stage)
{
    AUTO_FREE char *pointer = pointer_to(entry, "stage");
    char problem[LOADER_PROBLEM_BYTES] = "";
    if (name->type != JSON_STRING || name->string[0] == '\0') {
        complain(opening, name, pointer, "expected the name of a stage or the path of its .so");
        return false;
    }
    int result = find_stage(opening, name->string, &ret_stage->file, problem, sizeof problem);
    if (result == DCMCHAIN_OK) {
        result = loader_open(ret_stage->file, &ret_stage->stage, problem, sizeof problem);
    }
    if (result == DCMCHAIN_OK && !loader_is_path(name->string)) {
        result = loader_check_name(ret_stage->file, &ret_stage->stage, problem, sizeof problem);
    }
    if (result != DCMCHAIN_OK) {
        complain(opening, name, pointer, "%s", problem[0] == '\0' ? dcmchain_result_text(result) : problem);
    }
    return result == DCMCHAIN_OK;
}

static bool is_id(const char *id)
{
    return id[0] != '\0' && strlen(id) <= MAX_ID_BYTES &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
}

static bool take_id(struct opening *opening, const struct json *entry, const char *entry_pointer,
                    struct pipeline_stage *stage)
{
    const struct json *id = json_member(entry, "id");
    AUTO_FREE char *pointer = pointer_to(entry_pointer, "id");
    if (id != NULL && (id->type != JSON_STRING || !is_id(id->string))) {
        complain(opening, id, pointer, "expected lower case letters, digits and dashes, at most %u",
                 MAX_ID_BYTES);
        return false;
    }
    stage->id = opening_copy(opening, id != NULL ? id->string : stage->stage.name);
    for (size_t i = 0; i < opening->pipeline->stage_count && stage->id != NULL; i++) {
        if (strcmp(opening->pipeline->stages[i].id, stage->id) == 0) {
            complain(opening, id != NULL ? id : entry, pointer,
                     "'%s' is the id of an entry before: give each its own", stage->id);
            return false;
        }
    }
    return stage->id != NULL;
}

static void take_setting(struct opening *opening, const struct json *member, const char *parent,
                         struct pipeline_stage *stage)
{
    char problem[PIPELINE_PROBLEM_BYTES] = "";
    AUTO_FREE char *pointer = pointer_to(parent, member->key);
    struct json place = problems_key_place(member);
    if (member->duplicate) {
        complain(opening, &place, pointer, "this key is there twice");
        return;
    }
    int result = settings_set(stage->settings, member->key, member, opening->folder, problem, sizeof problem);
    if (result == DCMCHAIN_E_ABSENT) {
        complain(opening, &place, pointer, "%s", problem);
    } else if (result != DCMCHAIN_OK) {
        const struct json *inside = json_duplicate(member);
        place = inside == NULL ? *member : problems_key_place(inside);
        complain(opening, &place, pointer, "%s", problem[0] == '\0' ? dcmchain_result_text(result) : problem);
    } else {
        opening_place(opening, stage, member->key, opening->pipeline->file, pointer, member);
    }
}

static void take_settings(struct opening *opening, const struct json *settings, const char *entry,
                          struct pipeline_stage *stage)
{
    AUTO_FREE char *pointer = pointer_to(entry, "settings");
    if (settings->type != JSON_OBJECT || pointer == NULL) {
        complain(opening, settings, pointer, "expected an object of settings");
        return;
    }
    for (size_t i = 0; i < settings->count; i++) {
        take_setting(opening, &settings->children[i], pointer, stage);
    }
}

/* Loads it and gives it its id and its defaults. What fails without a word is told here: an entry that is
 * left out in silence would be a step of the de-identification left out. */
static bool open_entry(struct opening *opening, const struct json *entry, const char *pointer,
                       struct pipeline_stage *stage)
{
    char problem[PIPELINE_PROBLEM_BYTES] = "";
    if (!load_stage(opening, json_member(entry, "stage"), pointer, stage) ||
        !take_id(opening, entry, pointer, stage)) {
        return false;
    }
    int result = settings_open(&stage->stage, &stage->settings, problem, sizeof problem);
    if (result != DCMCHAIN_OK) {
        complain(opening, entry, pointer, "%s", problem[0] == '\0' ? dcmchain_result_text(result) : problem);
    }
    return result == DCMCHAIN_OK;
}

static void take_entry(struct opening *opening, const struct json *entry, size_t index)
{
    AUTO_FREE char *pointer = pointer_to_index("/stages", index);
    opening->out_of_memory = opening->out_of_memory || pointer == NULL;
    if (pointer == NULL) {
        return;
    }
    if (entry->type != JSON_OBJECT) {
        complain(opening, entry, pointer, "expected an object: {\"stage\": …, \"settings\": {…}}");
        return;
    }
    for (size_t i = 0; i < entry->count; i++) {
        check_entry_key(opening, &entry->children[i], pointer);
    }
    if (json_member(entry, "stage") == NULL) {
        complain(opening, entry, pointer, "the key 'stage' is missing");
        return;
    }
    struct pipeline *pipeline = opening->pipeline;
    struct pipeline_stage *stage = &pipeline->stages[pipeline->stage_count];
    if (!open_entry(opening, entry, pointer, stage)) {
        free(stage->id);
        free(stage->file);
        *stage = (struct pipeline_stage){0};
        return;
    }
    opening->entries[pipeline->stage_count++] = index;
    const struct json *settings = json_member(entry, "settings");
    if (settings != NULL) {
        take_settings(opening, settings, pointer, stage);
    }
}

void stages_take(struct opening *opening, const struct json *stages)
{
    struct pipeline *pipeline = opening->pipeline;
    if (stages->type != JSON_ARRAY || stages->count == 0) {
        complain(opening, stages, "/stages", "expected an array of at least one stage");
        return;
    }
    if (stages->count > LIMIT_STAGES) {
        complain(opening, stages, "/stages", "more than the limit of %u stages", LIMIT_STAGES);
        return;
    }
    pipeline->stages = calloc(stages->count, sizeof *pipeline->stages);
    opening->entries = calloc(stages->count, sizeof *opening->entries);
    if (pipeline->stages == NULL || opening->entries == NULL) {
        opening->out_of_memory = true;
        return;
    }
    for (size_t i = 0; i < stages->count; i++) {
        take_entry(opening, &stages->children[i], i);
    }
}

/* ---- the chain as a whole ---- */

static void check_placing(struct opening *opening, const struct json *stages)
{
    struct pipeline *pipeline = opening->pipeline;
    struct text ids = TEXT_EMPTY;
    size_t placing = 0;
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        if (pipeline->stages[i].stage.place != NULL) {
            text_printf(&ids, "%s'%s'", placing == 0 ? "" : ", ", pipeline->stages[i].id);
            pipeline->placing = placing == 0 ? i : pipeline->placing;
            placing++;
        }
    }
    /* Where an entry could not be taken, that is what to mend first. */
    if (placing == 0 && pipeline->stage_count == stages->count && stages->count > 0) {
        complain(opening, stages, "/stages",
                 "no stage places the files: add one that does, as 'layout' of the shipped ones");
    } else if (placing > 1) {
        complain(opening, stages, "/stages", "%s all place files, and only one may",
                 ids.bytes == NULL ? "" : ids.bytes);
    }
    text_free(&ids);
}

static void check_project(struct opening *opening, const struct json *stages)
{
    struct pipeline *pipeline = opening->pipeline;
    const char *id = "";
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        const char *project = settings_project(pipeline->stages[i].settings);
        if (project == NULL) {
            continue;
        }
        if (pipeline->project[0] != '\0' && strcmp(project, pipeline->project) != 0) {
            complain(opening, stages, "/stages", "'%s' and '%s' name different projects, and a run has one",
                     id, pipeline->stages[i].id);
        }
        pipeline->project = project;
        id = pipeline->stages[i].id;
    }
}

/* All required settings that are missing, and the config struct. */
static void finish_entry(struct opening *opening, size_t index, const struct json *entry)
{
    struct pipeline_stage *stage = &opening->pipeline->stages[index];
    char pointer[64];
    size_t cursor = 0;
    const char *missing = NULL;
    (void)snprintf(pointer, sizeof pointer, "/stages/%zu/settings", opening->entries[index]);
    while ((missing = settings_missing(stage->settings, &cursor)) != NULL) {
        complain(opening, entry, pointer, "the setting '%s' is missing, and must be given", missing);
    }
    if (settings_fill(stage->settings, &stage->config) != DCMCHAIN_OK) {
        opening->out_of_memory = true;
    }
}

void stages_finish(struct opening *opening, const struct json *stages)
{
    for (size_t i = 0; i < opening->pipeline->stage_count; i++) {
        finish_entry(opening, i, &stages->children[opening->entries[i]]);
    }
    check_placing(opening, stages);
    check_project(opening, stages);
}
