/* pipeline_overlay.c: what lies over a description: the flat keys of mercure's process.settings, then the
 * overrides of the command line (pipeline_parts.h). Checked by the same code as the file. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "pipeline_parts.h"
#include "settings.h"
#include "suggest.h"

#define PREFIX "dcmchain."
#define PREFIX_LENGTH (sizeof PREFIX - 1)
#define TASK_NAME "task.json: process.settings"
#define PROBLEM_BYTES 640

/* ---- the task ---- */

bool overlay_read_task(struct opening *opening)
{
    size_t length = 0;
    struct json_problem problem;
    if (opening->options->task_file == NULL) {
        return true;
    }
    int result = json_read_file(opening->options->task_file, &opening->task_text, &length);
    if (result != DCMCHAIN_OK) {
        problems_add(&opening->problems, "task.json", NULL, "", "%s",
                     result == DCMCHAIN_E_IO ? strerror(errno) : dcmchain_result_text(result));
        return false;
    }
    result = json_parse_lenient(opening->task_text, length, &opening->task, &problem);
    if (result != DCMCHAIN_OK) {
        struct json at = {.line = problem.line, .column = problem.column};
        problems_add(&opening->problems, "task.json", &at, "", "%s",
                     result == DCMCHAIN_E_INVALID ? "this is not JSON (RFC 8259)" : "out of memory");
        return false;
    }
    return true;
}

/* process.settings; process may be {} and settings null. */
static const struct json *task_settings(const struct opening *opening)
{
    const struct json *process = opening->task == NULL || opening->task->type != JSON_OBJECT
                                     ? NULL
                                     : json_member(opening->task, "process");
    const struct json *settings =
        process == NULL || process->type != JSON_OBJECT ? NULL : json_member(process, "settings");
    return settings == NULL || settings->type != JSON_OBJECT ? NULL : settings;
}

const char *overlay_pipeline(const struct opening *opening)
{
    const struct json *settings = task_settings(opening);
    const struct json *pipeline = settings == NULL ? NULL : json_member(settings, PREFIX "pipeline");
    return pipeline == NULL || pipeline->type != JSON_STRING ? NULL : pipeline->string;
}

/* ---- entries by id ---- */

static struct pipeline_stage *find_entry(struct opening *opening, const char *where, const char *id,
                                         size_t length)
{
    struct pipeline *pipeline = opening->pipeline;
    const char *ids[64];
    size_t count = pipeline->stage_count < 64 ? pipeline->stage_count : 64;
    for (size_t i = 0; i < count; i++) {
        ids[i] = pipeline->stages[i].id;
        if (strlen(ids[i]) == length && memcmp(ids[i], id, length) == 0) {
            return &pipeline->stages[i];
        }
    }
    AUTO_FREE char *word = strndup(id, length);
    const char *nearest = word == NULL ? NULL : suggest(word, ids, count);
    problems_add(&opening->problems, where, NULL, "", "the pipeline has no entry of that id%s%s%s",
                 nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                 nearest == NULL ? "" : "'?");
    return NULL;
}

/* ---- mercure's settings ---- */

static void apply_task_member(struct opening *opening, const struct json *member)
{
    char problem[PROBLEM_BYTES];
    char where[200];
    (void)snprintf(where, sizeof where, "%s: %.120s", TASK_NAME, member->key);
    const char *id = member->key + PREFIX_LENGTH;
    const char *dot = strchr(id, '.');
    if (strcmp(id, "pipeline") == 0) {
        if (member->type != JSON_STRING) {
            problems_add(&opening->problems, where, NULL, "", "expected the name or path of a pipeline");
        }
        return;
    }
    if (dot == NULL) {
        problems_add(&opening->problems, where, NULL, "",
                     "expected dcmchain.pipeline or dcmchain.<stage id>.<setting>");
        return;
    }
    struct pipeline_stage *stage = find_entry(opening, where, id, (size_t)(dot - id));
    if (stage != NULL && settings_set(stage->settings, dot + 1, member, opening->task_text, opening->folder,
                                      problem, sizeof problem) != DCMCHAIN_OK) {
        problems_add(&opening->problems, where, NULL, "", "%s", problem);
    }
}

/* "dcmchain" itself, "dmcchain.x", "Dcmchain.x": meant for us, and it would be ignored. */
static bool is_near_miss(const char *key)
{
    static const char *const own[] = {"dcmchain"};
    size_t length = strcspn(key, ".:_/-");
    AUTO_FREE char *word = strndup(key, length);
    return word != NULL && length >= 6 && suggest(word, own, 1) != NULL;
}

static void apply_task(struct opening *opening)
{
    const struct json *settings = task_settings(opening);
    size_t ignored = 0;
    for (size_t i = 0; settings != NULL && i < settings->count; i++) {
        const struct json *member = &settings->children[i];
        if (strncmp(member->key, PREFIX, PREFIX_LENGTH) == 0) {
            apply_task_member(opening, member);
        } else if (is_near_miss(member->key)) {
            problems_add(&opening->problems, TASK_NAME, NULL, "",
                         "'%.60s' looks like a setting of dcmchain and is none: they are dcmchain.pipeline "
                         "and dcmchain.<stage id>.<setting>",
                         member->key);
        } else {
            ignored++;
        }
    }
    if (ignored > 0) {
        problems_warn(&opening->problems, TASK_NAME,
                      "%zu keys that do not begin with 'dcmchain.' are not for dcmchain and were ignored",
                      ignored);
    }
}

/* ---- overrides ---- */

static void apply_override(struct opening *opening, const char *override, const char *folder)
{
    char problem[PROBLEM_BYTES];
    char where[160];
    const char *equal = strchr(override, '=');
    const char *dot = strchr(override, '.');
    (void)snprintf(where, sizeof where, "--set %.*s",
                   equal == NULL            ? 100
                   : equal - override > 100 ? 100
                                            : (int)(equal - override),
                   override);
    if (equal == NULL || dot == NULL || dot > equal || dot == override) {
        problems_add(&opening->problems, where, NULL, "",
                     "expected ID.KEY=VALUE, as --set anonymise.dates=shift");
        return;
    }
    AUTO_FREE char *key = strndup(dot + 1, (size_t)(equal - dot) - 1);
    struct pipeline_stage *stage = find_entry(opening, where, override, (size_t)(dot - override));
    if (key == NULL || stage == NULL) {
        return;
    }
    if (settings_set_text(stage->settings, key, equal + 1, folder, problem, sizeof problem) != DCMCHAIN_OK) {
        problems_add(&opening->problems, where, NULL, "", "%s", problem);
    }
}

void overlay_apply(struct opening *opening)
{
    AUTO_FREE char *folder = getcwd(NULL, 0);
    apply_task(opening);
    for (const char *const *at = opening->options->overrides; at != NULL && *at != NULL; at++) {
        apply_override(opening, *at, folder == NULL ? "." : folder);
    }
}
