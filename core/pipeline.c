/* pipeline.c: see pipeline.h: finds, reads and checks a description. */
#include "pipeline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "loader.h"
#include "pipeline_parts.h"
#include "settings.h"
#include "suggest.h"

#define FORMAT_VERSION 1
#define DEFAULT_PIPELINE "mercure"
#define DEFAULT_QUARANTINE_EXIT 3

/* ---- top-level keys ---- */

static const char *text_of(struct opening *opening, const struct json *value, const char *pointer)
{
    if (value->type != JSON_STRING) {
        problems_add(&opening->problems, opening->pipeline->file, value, pointer, "expected a string");
        return NULL;
    }
    return value->string;
}

static int choice_of(struct opening *opening, const struct json *value, const char *pointer,
                     const char *const choices[2])
{
    for (int i = 0; i < 2; i++) {
        if (value->type == JSON_STRING && strcmp(value->string, choices[i]) == 0) {
            return i;
        }
    }
    const char *nearest = value->type == JSON_STRING ? suggest(value->string, choices, 2) : NULL;
    problems_add(&opening->problems, opening->pipeline->file, value, pointer,
                 "expected one of '%s', '%s'%s%s%s", choices[0], choices[1],
                 nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                 nearest == NULL ? "" : "'?");
    return -1;
}

static void take_text(struct opening *opening, const struct json *value, const char *pointer, char **ret_text)
{
    const char *text = text_of(opening, value, pointer);
    char *copy = text == NULL ? NULL : strdup(text);
    if (copy != NULL) {
        free(*ret_text);
        *ret_text = copy;
    }
}

static void take_version(struct opening *opening, const struct json *value)
{
    if (value->type != JSON_NUMBER || !value->is_integer || value->integer != FORMAT_VERSION) {
        problems_add(&opening->problems, opening->pipeline->file, value, "/dcmchain",
                     "expected 1, the version of this format that this dcmchain knows");
    }
}

static void take_on_error(struct opening *opening, const struct json *value)
{
    static const char *const choices[] = {"stop", "quarantine"};
    opening->pipeline->quarantine = choice_of(opening, value, "/on_error", choices) == 1;
}

static void take_quarantine_folder(struct opening *opening, const struct json *value)
{
    const char *text = text_of(opening, value, "/quarantine_folder");
    if (text != NULL) {
        free(opening->pipeline->quarantine_folder);
        opening->pipeline->quarantine_folder =
            text[0] == '/' ? strdup(text) : text_format("%s/%s", opening->folder, text);
    }
}

static void take_quarantine_exit(struct opening *opening, const struct json *value)
{
    if (value->type != JSON_NUMBER || !value->is_integer ||
        (value->integer != 0 && value->integer != DEFAULT_QUARANTINE_EXIT)) {
        problems_add(&opening->problems, opening->pipeline->file, value, "/quarantine_exit",
                     "expected 0 or 3");
        return;
    }
    opening->pipeline->quarantine_exit = (int)value->integer;
}

static void take_publish(struct opening *opening, const struct json *value)
{
    static const char *const choices[] = {"study", "run"};
    opening->pipeline->publish =
        choice_of(opening, value, "/publish", choices) == 1 ? PIPELINE_PUBLISH_RUN : PIPELINE_PUBLISH_STUDY;
}

static void take_mixed(struct opening *opening, const struct json *value)
{
    static const char *const choices[] = {"fail", "warn"};
    opening->pipeline->mixed_patients = choice_of(opening, value, "/mixed_patients", choices) == 1
                                            ? PIPELINE_MIXED_WARN
                                            : PIPELINE_MIXED_FAIL;
}

static void take_flat(struct opening *opening, const struct json *value)
{
    if (value->type != JSON_TRUE && value->type != JSON_FALSE) {
        problems_add(&opening->problems, opening->pipeline->file, value, "/flat", "expected true or false");
    }
    opening->pipeline->flat = value->type == JSON_TRUE;
}

static void take_name(struct opening *opening, const struct json *value)
{
    take_text(opening, value, "/name", &opening->pipeline->name);
}

static void take_description(struct opening *opening, const struct json *value)
{
    take_text(opening, value, "/description", &opening->pipeline->description);
}

static const struct {
    const char *key;
    void (*take)(struct opening *opening, const struct json *value);
} keys[] = {
    {"dcmchain", take_version},
    {"name", take_name},
    {"description", take_description},
    {"on_error", take_on_error},
    {"quarantine_folder", take_quarantine_folder},
    {"quarantine_exit", take_quarantine_exit},
    {"publish", take_publish},
    {"mixed_patients", take_mixed},
    {"flat", take_flat},
    {"stages", stages_take},
};
#define KEY_COUNT (sizeof keys / sizeof keys[0])

static void unknown_key(struct opening *opening, const struct json *member)
{
    const char *names[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++) {
        names[i] = keys[i].key;
    }
    AUTO_FREE char *pointer = text_format("/%s", member->key);
    const char *nearest = suggest(member->key, names, KEY_COUNT);
    if (nearest != NULL) {
        problems_add(&opening->problems, opening->pipeline->file, member, pointer,
                     "no such key; did you mean '%s'?", nearest);
    } else {
        problems_add(&opening->problems, opening->pipeline->file, member, pointer,
                     "no such key; there are dcmchain, name, description, on_error, quarantine_folder, "
                     "quarantine_exit, publish, "
                     "mixed_patients, flat, stages");
    }
}

static void take_keys(struct opening *opening)
{
    const struct json *json = opening->json;
    const char *file = opening->pipeline->file;
    if (json->type != JSON_OBJECT) {
        problems_add(&opening->problems, file, json, "",
                     "expected an object, {\"dcmchain\": 1, \"stages\": […]}");
        return;
    }
    for (size_t i = 0; i < json->count; i++) {
        size_t k = 0;
        while (k < KEY_COUNT && strcmp(keys[k].key, json->children[i].key) != 0) {
            k++;
        }
        if (k == KEY_COUNT) {
            unknown_key(opening, &json->children[i]);
        } else {
            keys[k].take(opening, &json->children[i]);
        }
    }
    if (json_member(json, "dcmchain") == NULL) {
        problems_add(&opening->problems, file, json, "", "the key 'dcmchain' is missing: \"dcmchain\": 1");
    }
    const struct json *stages = json_member(json, "stages");
    if (stages == NULL) {
        problems_add(&opening->problems, file, json, "",
                     "the key 'stages' is missing: a pipeline needs at least one stage");
    } else {
        overlay_apply(opening);
        stages_finish(opening, stages);
    }
}

/* ---- the file ---- */

static bool is_path(const char *pipeline)
{
    size_t length = strlen(pipeline);
    return strchr(pipeline, '/') != NULL || (length > 5 && strcmp(pipeline + length - 5, ".json") == 0);
}

static int find_file(struct opening *opening)
{
    const char *wanted =
        opening->options->pipeline != NULL ? opening->options->pipeline : overlay_pipeline(opening);
    wanted = wanted == NULL ? DEFAULT_PIPELINE : wanted;
    char problem[LOADER_PROBLEM_BYTES] = "";
    AUTO_FREE char *found = NULL;
    if (!is_path(wanted)) {
        int result = loader_find_pipeline(wanted, &found, problem, sizeof problem);
        if (result != DCMCHAIN_OK) {
            problems_add(&opening->problems, "pipeline", NULL, "", "%s", problem);
            return result == DCMCHAIN_E_MEMORY ? result : DCMCHAIN_E_CONFIG;
        }
        wanted = found;
    }
    opening->pipeline->file = realpath(wanted, NULL);
    if (opening->pipeline->file == NULL) {
        problems_add(&opening->problems, wanted, NULL, "", "%s", strerror(errno));
        return DCMCHAIN_E_CONFIG;
    }
    const char *slash = strrchr(opening->pipeline->file, '/');
    opening->folder = slash == opening->pipeline->file
                          ? strdup("/")
                          : strndup(opening->pipeline->file, (size_t)(slash - opening->pipeline->file));
    size_t length = strlen(slash + 1);
    length -= length > 5 && strcmp(slash + 1 + length - 5, ".json") == 0 ? 5 : 0;
    opening->pipeline->name = strndup(slash + 1, length);
    opening->pipeline->description = strdup("");
    return opening->folder == NULL || opening->pipeline->name == NULL ||
                   opening->pipeline->description == NULL
               ? DCMCHAIN_E_MEMORY
               : DCMCHAIN_OK;
}

static int read_file(struct opening *opening)
{
    size_t length = 0;
    struct json_problem problem;
    const char *file = opening->pipeline->file;
    int result = json_read_file(file, &opening->text, &length);
    if (result != DCMCHAIN_OK) {
        problems_add(&opening->problems, file, NULL, "", "%s",
                     result == DCMCHAIN_E_IO ? strerror(errno) : dcmchain_result_text(result));
        return DCMCHAIN_E_CONFIG;
    }
    result = json_parse(opening->text, length, &opening->json, &problem);
    if (result == DCMCHAIN_E_INVALID) {
        struct json at = {.line = problem.line, .column = problem.column};
        problems_add(&opening->problems, file, &at, "", "%s", problem.text);
        return DCMCHAIN_E_CONFIG;
    }
    return result;
}

static int open_all(struct opening *opening)
{
    opening->pipeline->quarantine_exit = DEFAULT_QUARANTINE_EXIT;
    opening->pipeline->project = "";
    if (!overlay_read_task(opening)) {
        return DCMCHAIN_E_CONFIG;
    }
    int result = find_file(opening);
    if (result == DCMCHAIN_OK) {
        result = read_file(opening);
    }
    if (result == DCMCHAIN_OK) {
        take_keys(opening);
        result = opening->problems.count > 0 ? DCMCHAIN_E_CONFIG : DCMCHAIN_OK;
    }
    return result;
}

int pipeline_open(const struct dcmchain_chain_options *options, struct pipeline **ret_pipeline,
                  char **ret_problems)
{
    struct opening opening = {.options = options};
    opening.pipeline = calloc(1, sizeof *opening.pipeline);
    if (opening.pipeline == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = open_all(&opening);
    char *problems = problems_take(&opening.problems);
    if (problems != NULL) {
        *ret_problems = problems;
    }
    json_free(opening.json);
    json_free(opening.task);
    free(opening.text);
    free(opening.task_text);
    free(opening.folder);
    if (result != DCMCHAIN_OK) {
        pipeline_free(opening.pipeline);
        return result;
    }
    *ret_pipeline = opening.pipeline;
    return DCMCHAIN_OK;
}

void pipeline_free(struct pipeline *pipeline)
{
    if (pipeline == NULL) {
        return;
    }
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        settings_free(pipeline->stages[i].settings);
        free(pipeline->stages[i].id);
        free(pipeline->stages[i].file);
    }
    free(pipeline->stages);
    free(pipeline->name);
    free(pipeline->description);
    free(pipeline->file);
    free(pipeline->quarantine_folder);
    free(pipeline);
}
