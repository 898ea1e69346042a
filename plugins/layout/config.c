/* config.c: the table of settings, and the templates that they hold. It must not touch a study. */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "component.h"

#define TEMPLATE_BYTES 1024
#define PROBLEM_BYTES 512
#define FOLDERS (TEMPLATE_IMAGES_FOLDER | TEMPLATE_DATA_FOLDER)

const struct dcmchain_setting layout_settings[LAYOUT_SETTINGS] = {
    {.key = "study_folder",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{StudyInstanceUID}\"",
     .maximum = TEMPLATE_BYTES,
     .help = "Template of the folder that holds a study. Empty only in a pipeline that says \"flat\": true.",
     .offset = offsetof(struct layout_config, study_folder)},
    {.key = "images_folder",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"anonymised-images\"",
     .maximum = COMPONENT_BYTES,
     .help = "Name of the folder of images: {images_folder} in the templates.",
     .offset = offsetof(struct layout_config, images_folder)},
    {.key = "data_folder",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"extracted-data\"",
     .maximum = COMPONENT_BYTES,
     .help = "Name of the folder of series documents: {data_folder} in the templates.",
     .offset = offsetof(struct layout_config, data_folder)},
    {.key = "series_name",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{SeriesDescription|ProtocolName|\\\"series\\\"}\"",
     .maximum = TEMPLATE_BYTES,
     .help = "Template of {series}, from the head of the series; the second series of a name gets 'name-2'.",
     .offset = offsetof(struct layout_config, series_name)},
    {.key = "image_path",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{images_folder}/{series}/{InstanceNumber:05|instance:05}\"",
     .maximum = TEMPLATE_BYTES,
     .help = "Template of an image's path below the study folder, without its extension.",
     .offset = offsetof(struct layout_config, image_path)},
    {.key = "series_data_path",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{data_folder}/{series}\"",
     .maximum = TEMPLATE_BYTES,
     .help = "Template for documents of kind series-data.",
     .offset = offsetof(struct layout_config, series_data_path)},
    {.key = "task_path",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{StudyID|StudyInstanceUID}\"",
     .maximum = TEMPLATE_BYTES,
     .help = "Template for documents of kind task.",
     .offset = offsetof(struct layout_config, task_path)},
    {.key = "other_path",
     .type = DCMCHAIN_SETTING_STRING,
     .fallback = "\"{kind}/{series|StudyID|StudyInstanceUID}\"",
     .maximum = TEMPLATE_BYTES,
     .help = "Template for documents of all kinds that have none of their own.",
     .offset = offsetof(struct layout_config, other_path)},
    {.key = "kind_paths",
     .type = DCMCHAIN_SETTING_JSON,
     .fallback = "{}",
     .help = "Templates by kind, for the kinds that other stages emit: {\"my-kind\": \"reports/{series}\"}.",
     .offset = offsetof(struct layout_config, kind_paths)},
};

/* A template of the setting `key`, or of what `pointer` leads to inside it. */
static bool take_template(dcmchain_context *context, const char *key, const char *pointer, const char *text,
                          uint32_t builtins, struct template *ret_template)
{
    char problem[PROBLEM_BYTES] = "";
    if (template_parse(text, builtins, ret_template, problem, sizeof problem) != DCMCHAIN_OK) {
        (void)dcmchain_setting_problem(context, key, pointer, "%s", problem);
        return false;
    }
    return true;
}

static bool check_folder(dcmchain_context *context, const char *key, const char *name)
{
    char made[COMPONENT_SIZE];
    AUTO_FREE char *clean = component_clean(name);
    if (clean == NULL) {
        (void)dcmchain_error(context, "out of memory");
        return false;
    }
    component_make(clean, "", "", COMPONENT_BYTES, made);
    if (name[0] == '\0' || strcmp(made, name) != 0) {
        (void)dcmchain_setting_problem(context, key, "", "it cannot be the name of a folder on every system");
        return false;
    }
    return true;
}

/* Takes a kind and its template in. */
static bool add_kind(dcmchain_context *context, struct layout_run *run, const char *key, const char *pointer,
                     const char *kind, const char *text)
{
    struct kind_path *grown = realloc(run->kinds, (run->kind_count + 1) * sizeof(struct kind_path));
    if (grown == NULL) {
        (void)dcmchain_error(context, "out of memory");
        return false;
    }
    run->kinds = grown;
    struct kind_path *path = &grown[run->kind_count];
    *path = (struct kind_path){.kind = strdup(kind)};
    run->kind_count++;
    if (path->kind == NULL) {
        (void)dcmchain_error(context, "out of memory");
        return false;
    }
    uint32_t builtins = TEMPLATE_SERIES | TEMPLATE_KIND | FOLDERS;
    if (strcmp(kind, DCMCHAIN_KIND_IMAGE) == 0) {
        builtins |= TEMPLATE_INSTANCE;
    }
    return take_template(context, key, pointer, text, builtins, &path->template);
}

static bool take_kind_path(dcmchain_context *context, struct layout_run *run, const cJSON *member)
{
    static const char key[] = "kind_paths";
    char pointer[128];
    (void)snprintf(pointer, sizeof pointer, "/%s", member->string);
    for (size_t i = 0; i < run->kind_count; i++) {
        if (strcmp(run->kinds[i].kind, member->string) == 0) {
            (void)dcmchain_setting_problem(context, key, pointer, "this kind has a template already");
            return false;
        }
    }
    if (!cJSON_IsString(member)) {
        (void)dcmchain_setting_problem(context, key, pointer, "expected a template in a string");
        return false;
    }
    return add_kind(context, run, key, pointer, member->string, member->valuestring);
}

static bool take_kind_paths(dcmchain_context *context, struct layout_run *run, const char *text)
{
    if (text == NULL) {
        return true;
    }
    cJSON *json = cJSON_Parse(text);
    bool well = cJSON_IsObject(json);
    if (!well) {
        (void)dcmchain_setting_problem(context, "kind_paths", "", "expected an object of templates");
    }
    for (const cJSON *member = well ? json->child : NULL; member != NULL; member = member->next) {
        well = take_kind_path(context, run, member) && well;
    }
    cJSON_Delete(json);
    return well;
}

static bool has_slash(const struct template *template)
{
    for (size_t i = 0; i < template->count; i++) {
        if (template->parts[i].slash) {
            return true;
        }
    }
    return false;
}

int layout_run_open(dcmchain_context *context, const struct layout_config *config,
                    struct layout_run **ret_run)
{
    struct layout_run *run = calloc(1, sizeof *run);
    if (run == NULL) {
        return dcmchain_error(context, "out of memory");
    }
    run->config = config;
    /* All that is wrong is told at once. */
    bool well = check_folder(context, "images_folder", config->images_folder);
    well = check_folder(context, "data_folder", config->data_folder) && well;
    if (config->study_folder[0] != '\0') {
        well =
            take_template(context, "study_folder", "", config->study_folder, 0, &run->study_folder) && well;
    }
    well = take_template(context, "series_name", "", config->series_name, 0, &run->series_name) && well;
    if (has_slash(&run->series_name)) {
        (void)dcmchain_setting_problem(context, "series_name", "", "it is one name, so it has no '/'");
        well = false;
    }
    well = take_template(context, "other_path", "", config->other_path,
                         TEMPLATE_SERIES | TEMPLATE_KIND | FOLDERS, &run->other_path) &&
           well;
    well = add_kind(context, run, "image_path", "", DCMCHAIN_KIND_IMAGE, config->image_path) && well;
    well =
        add_kind(context, run, "series_data_path", "", DCMCHAIN_KIND_SERIES_DATA, config->series_data_path) &&
        well;
    well = add_kind(context, run, "task_path", "", DCMCHAIN_KIND_TASK, config->task_path) && well;
    well = take_kind_paths(context, run, config->kind_paths) && well;
    if (!well) {
        layout_run_free(run);
        return DCMCHAIN_FAIL;
    }
    *ret_run = run;
    return DCMCHAIN_OK;
}

void layout_run_free(struct layout_run *run)
{
    if (run == NULL) {
        return;
    }
    template_free(&run->study_folder);
    template_free(&run->series_name);
    template_free(&run->other_path);
    for (size_t i = 0; i < run->kind_count; i++) {
        free(run->kinds[i].kind);
        template_free(&run->kinds[i].template);
    }
    free(run->kinds);
    free(run);
}

const struct template *layout_template(const struct layout_run *run, const char *kind)
{
    for (size_t i = 0; i < run->kind_count; i++) {
        if (strcmp(run->kinds[i].kind, kind) == 0) {
            return &run->kinds[i].template;
        }
    }
    return &run->other_path;
}
