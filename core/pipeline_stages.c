/* pipeline_stages.c: the stage entries of a description: loading, ids, settings, and what the chain as a
 * whole must have (pipeline_parts.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "limits.h"
#include "loader.h"
#include "pipeline_parts.h"
#include "settings.h"
#include "suggest.h"

#define POINTER_BYTES 256
#define PROBLEM_BYTES 640

static const char *const entry_keys[] = {"stage", "id", "settings"};

/* ---- one entry ---- */

static void check_entry_keys(struct opening *opening, const struct json *entry, size_t index)
{
    for (size_t i = 0; i < entry->count; i++) {
        const struct json *member = &entry->children[i];
        bool known = false;
        for (size_t k = 0; k < 3; k++) {
            known = known || strcmp(entry_keys[k], member->key) == 0;
        }
        if (!known) {
            char pointer[POINTER_BYTES];
            (void)snprintf(pointer, sizeof pointer, "/stages/%zu/%.100s", index, member->key);
            const char *nearest = suggest(member->key, entry_keys, 3);
            problems_add(&opening->problems, opening->pipeline->file, member, pointer,
                         "no such key; there are stage, id, settings%s%s%s",
                         nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                         nearest == NULL ? "" : "'?");
        }
    }
}

static int find_stage(struct opening *opening, const char *stage, char **ret_file, char *ret_problem,
                      size_t size)
{
    size_t length = strlen(stage);
    bool path = strchr(stage, '/') != NULL || (length > 3 && strcmp(stage + length - 3, ".so") == 0);
    if (!path) {
        return loader_find(stage, opening->options->stage_folders, ret_file, ret_problem, size);
    }
    *ret_file = stage[0] == '/' ? strdup(stage) : text_format("%s/%s", opening->folder, stage);
    return *ret_file == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static bool load_stage(struct opening *opening, const struct json *name, size_t index,
                       struct pipeline_stage *ret_stage)
{
    char pointer[POINTER_BYTES];
    char problem[LOADER_PROBLEM_BYTES] = "";
    (void)snprintf(pointer, sizeof pointer, "/stages/%zu/stage", index);
    if (name->type != JSON_STRING || name->string[0] == '\0') {
        problems_add(&opening->problems, opening->pipeline->file, name, pointer,
                     "expected the name of a stage or the path of its .so");
        return false;
    }
    int result = find_stage(opening, name->string, &ret_stage->file, problem, sizeof problem);
    if (result == DCMCHAIN_OK) {
        result = loader_open(ret_stage->file, &ret_stage->stage, problem, sizeof problem);
    }
    if (result != DCMCHAIN_OK) {
        problems_add(&opening->problems, opening->pipeline->file, name, pointer, "%s",
                     problem[0] == '\0' ? dcmchain_result_text(result) : problem);
        return false;
    }
    return true;
}

static bool is_id(const char *id)
{
    return id[0] != '\0' && strlen(id) <= 64 &&
           strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(id);
}

static bool take_id(struct opening *opening, const struct json *entry, size_t index,
                    struct pipeline_stage *stage)
{
    const struct json *id = json_member(entry, "id");
    char pointer[POINTER_BYTES];
    (void)snprintf(pointer, sizeof pointer, "/stages/%zu/id", index);
    if (id != NULL && (id->type != JSON_STRING || !is_id(id->string))) {
        problems_add(&opening->problems, opening->pipeline->file, id, pointer,
                     "expected lower case letters, digits and dashes, at most 64");
        return false;
    }
    stage->id = strdup(id != NULL ? id->string : stage->stage.name);
    for (size_t i = 0; i < opening->pipeline->stage_count; i++) {
        if (stage->id != NULL && strcmp(opening->pipeline->stages[i].id, stage->id) == 0) {
            problems_add(&opening->problems, opening->pipeline->file, id != NULL ? id : entry, pointer,
                         "'%s' is the id of an entry before: give each its own", stage->id);
            return false;
        }
    }
    return stage->id != NULL;
}

static void take_settings(struct opening *opening, const struct json *settings, size_t index,
                          struct pipeline_stage *stage)
{
    char pointer[POINTER_BYTES];
    char problem[PROBLEM_BYTES];
    if (settings->type != JSON_OBJECT) {
        (void)snprintf(pointer, sizeof pointer, "/stages/%zu/settings", index);
        problems_add(&opening->problems, opening->pipeline->file, settings, pointer,
                     "expected an object of settings");
        return;
    }
    for (size_t i = 0; i < settings->count; i++) {
        const struct json *value = &settings->children[i];
        if (settings_set(stage->settings, value->key, value, opening->text, opening->folder, problem,
                         sizeof problem) != DCMCHAIN_OK) {
            (void)snprintf(pointer, sizeof pointer, "/stages/%zu/settings/%.150s", index, value->key);
            problems_add(&opening->problems, opening->pipeline->file, value, pointer, "%s", problem);
        }
    }
}

static void free_entry(struct pipeline_stage *stage)
{
    settings_free(stage->settings);
    free(stage->id);
    free(stage->file);
}

static void take_entry(struct opening *opening, const struct json *entry, size_t index)
{
    char pointer[POINTER_BYTES];
    (void)snprintf(pointer, sizeof pointer, "/stages/%zu", index);
    const struct json *name = entry->type == JSON_OBJECT ? json_member(entry, "stage") : NULL;
    if (name == NULL) {
        problems_add(&opening->problems, opening->pipeline->file, entry, pointer,
                     "expected an object with the key 'stage'");
        return;
    }
    check_entry_keys(opening, entry, index);
    struct pipeline *pipeline = opening->pipeline;
    struct pipeline_stage *stage = &pipeline->stages[pipeline->stage_count];
    if (!load_stage(opening, name, index, stage) || !take_id(opening, entry, index, stage) ||
        settings_open(&stage->stage, &stage->settings) != DCMCHAIN_OK) {
        free_entry(stage);
        *stage = (struct pipeline_stage){0};
        return;
    }
    pipeline->stage_count++;
    const struct json *settings = json_member(entry, "settings");
    if (settings != NULL) {
        take_settings(opening, settings, index, stage);
    }
}

void stages_take(struct opening *opening, const struct json *stages)
{
    const char *file = opening->pipeline->file;
    if (stages->type != JSON_ARRAY || stages->count == 0) {
        problems_add(&opening->problems, file, stages, "/stages", "expected an array of at least one stage");
        return;
    }
    if (stages->count > LIMIT_STAGES) {
        problems_add(&opening->problems, file, stages, "/stages", "more than the limit of %u stages",
                     LIMIT_STAGES);
        return;
    }
    opening->pipeline->stages = calloc(stages->count, sizeof *opening->pipeline->stages);
    for (size_t i = 0; opening->pipeline->stages != NULL && i < stages->count; i++) {
        take_entry(opening, &stages->children[i], i);
    }
}

/* ---- the chain as a whole ---- */

static void check_placing(struct opening *opening, const struct json *stages)
{
    struct pipeline *pipeline = opening->pipeline;
    size_t placing = 0;
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        if (pipeline->stages[i].stage.place != NULL) {
            pipeline->placing = placing == 0 ? i : pipeline->placing;
            placing++;
        }
    }
    /* Where a stage failed to load, that is what to mend first. */
    if (placing == 0 && pipeline->stage_count == stages->count && stages->count > 0) {
        problems_add(&opening->problems, pipeline->file, stages, "/stages",
                     "no stage places the files: add the stage 'layout'");
    } else if (placing > 1) {
        problems_add(&opening->problems, pipeline->file, stages, "/stages",
                     "%zu stages place files, only one may", placing);
    }
}

static void check_project(struct opening *opening, const struct json *stages)
{
    struct pipeline *pipeline = opening->pipeline;
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        const char *project = settings_project(pipeline->stages[i].settings);
        if (project != NULL && pipeline->project[0] != '\0' && strcmp(project, pipeline->project) != 0) {
            problems_add(&opening->problems, pipeline->file, stages, "/stages",
                         "two entries name different projects: a run has one");
        }
        pipeline->project = project != NULL ? project : pipeline->project;
    }
}

void stages_finish(struct opening *opening, const struct json *stages)
{
    struct pipeline *pipeline = opening->pipeline;
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        const char *missing = settings_missing(pipeline->stages[i].settings);
        if (missing != NULL) {
            problems_add(&opening->problems, pipeline->file, stages, "/stages",
                         "entry '%s' needs the setting '%s'", pipeline->stages[i].id, missing);
        } else if (settings_fill(pipeline->stages[i].settings, &pipeline->stages[i].config) != DCMCHAIN_OK) {
            problems_add(&opening->problems, pipeline->file, stages, "/stages", "out of memory");
        }
    }
    check_placing(opening, stages);
    check_project(opening, stages);
}
