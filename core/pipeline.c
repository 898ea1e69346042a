/* pipeline.c: see pipeline.h: finds and reads a description. What is in it is checked by pipeline_keys.c and
 * pipeline_stages.c. */
#include "pipeline.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "loader.h"
#include "pipeline_parts.h"
#include "policy.h"
#include "settings.h"

#define DEFAULT_PIPELINE "mercure"
#define DEFAULT_QUARANTINE_EXIT 3
#define ENDING ".json"
#define ENDING_LENGTH (sizeof ENDING - 1)

char *opening_copy(struct opening *opening, const char *text)
{
    char *copy = strdup(text);
    opening->out_of_memory = opening->out_of_memory || copy == NULL;
    return copy;
}

bool opening_expect(struct opening *opening, const char *policy)
{
    char *expected = opening->pipeline->expect_policy;
    if (!policy_is_hash(policy)) {
        return false;
    }
    for (size_t i = 0; i < POLICY_SIZE; i++) {
        expected[i] = (char)tolower((unsigned char)policy[i]);
    }
    return true;
}

void opening_place(struct opening *opening, struct pipeline_stage *stage, const char *key, const char *where,
                   const char *pointer, const struct json *tree)
{
    opening->out_of_memory =
        opening->out_of_memory || pointer == NULL ||
        settings_set_place(stage->settings, key, where, pointer, tree) == DCMCHAIN_E_MEMORY;
}

/* ---- which file ---- */

static bool has_ending(const char *name)
{
    size_t length = strlen(name);
    return length > ENDING_LENGTH && strcmp(name + length - ENDING_LENGTH, ENDING) == 0;
}

/* A name is looked for among the shipped pipelines, a path is taken as it is. */
static int find_file(const char *wanted, char **ret_file, char *ret_problem, size_t size)
{
    AUTO_FREE char *found = NULL;
    if (strchr(wanted, '/') == NULL && !has_ending(wanted)) {
        int result = loader_find_pipeline(wanted, &found, ret_problem, size);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        wanted = found;
    }
    char *file = realpath(wanted, NULL);
    if (file == NULL) {
        (void)snprintf(ret_problem, size, "%.300s: %s", wanted, strerror(errno));
        return errno == ENOMEM ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_ABSENT;
    }
    *ret_file = file;
    return DCMCHAIN_OK;
}

static int choose_file(struct opening *opening)
{
    char problem[LOADER_PROBLEM_BYTES] = "";
    const struct json *member = overlay_pipeline(opening);
    const char *asked = opening->options->pipeline;
    const char *wanted = asked != NULL ? asked : member != NULL ? member->string : DEFAULT_PIPELINE;
    int result = find_file(wanted, &opening->pipeline->file, problem, sizeof problem);
    if (result == DCMCHAIN_OK || result == DCMCHAIN_E_MEMORY) {
        return result;
    }
    if (asked == NULL && member != NULL) {
        overlay_blame_pipeline(opening, member, problem);
    } else {
        problems_add(&opening->problems, "pipeline", NULL, "", "%s", problem);
    }
    return DCMCHAIN_E_CONFIG;
}

/* What the file's place says: its folder, and a name where it gives none. */
static int take_place(struct opening *opening)
{
    struct pipeline *pipeline = opening->pipeline;
    const char *slash = strrchr(pipeline->file, '/');
    size_t length = strlen(slash + 1) - (has_ending(slash + 1) ? ENDING_LENGTH : 0);
    opening->folder =
        slash == pipeline->file ? strdup("/") : strndup(pipeline->file, (size_t)(slash - pipeline->file));
    pipeline->name = strndup(slash + 1, length);
    pipeline->description = strdup("");
    return opening->folder == NULL || pipeline->name == NULL || pipeline->description == NULL
               ? DCMCHAIN_E_MEMORY
               : DCMCHAIN_OK;
}

/* ---- reading ---- */

static int read_file(struct opening *opening)
{
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    struct json_problem problem;
    int result = json_read_file(opening->pipeline->file, &text, &length);
    if (result != DCMCHAIN_OK) {
        complain(opening, NULL, "", "%s", json_read_problem(result));
        return result == DCMCHAIN_E_MEMORY ? result : DCMCHAIN_E_CONFIG;
    }
    result = json_parse_marked(text, length, &opening->json, &problem);
    if (result == DCMCHAIN_E_INVALID) {
        struct json at = {.line = problem.line, .column = problem.column};
        complain(opening, &at, "", "%s", problem.text);
        return DCMCHAIN_E_CONFIG;
    }
    return result;
}

static int open_all(struct opening *opening)
{
    opening->pipeline->result_json = true;
    opening->pipeline->quarantine_exit = DEFAULT_QUARANTINE_EXIT;
    opening->pipeline->project = "";
    if (!overlay_read_task(opening)) {
        return opening->out_of_memory ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_CONFIG;
    }
    int result = choose_file(opening);
    if (result == DCMCHAIN_OK) {
        result = take_place(opening);
    }
    if (result == DCMCHAIN_OK) {
        result = read_file(opening);
    }
    if (result == DCMCHAIN_OK) {
        keys_take(opening);
        result = opening->problems.count > 0 ? DCMCHAIN_E_CONFIG : DCMCHAIN_OK;
    }
    return opening->out_of_memory ? DCMCHAIN_E_MEMORY : result;
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
    opening.pipeline->json = opening.json;
    opening.pipeline->task = opening.task;
    free(opening.folder);
    free(opening.entries);
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
    json_free(pipeline->json);
    json_free(pipeline->task);
    free(pipeline->name);
    free(pipeline->description);
    free(pipeline->file);
    free(pipeline->quarantine_folder);
    free(pipeline);
}
