/* pipeline_overlay.c: what lies over a description: the flat keys of mercure's process.settings, then the
 * overrides of the command line (pipeline_parts.h). Checked by the same code as the file. No value of the
 * task is repeated, nor a key that is not ours but where it looks as if it were meant to be. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cleanup.h"
#include "limits.h"
#include "pipeline_parts.h"
#include "settings.h"
#include "suggest.h"

#define WORD "dcmchain"
#define PREFIX WORD "."
#define PREFIX_LENGTH (sizeof PREFIX - 1)
#define TASK_NAME "task.json"
#define SETTINGS_POINTER "/process/settings"
#define KEYS_OF_OURS                                                                                         \
    "dcmchain.pipeline, dcmchain.expect_policy, dcmchain.result_json and dcmchain.<stage id>.<setting>"

/* ---- the task ---- */

static bool refuse_task(struct opening *opening, const struct json *at, const char *pointer, const char *text)
{
    problems_add(&opening->problems, TASK_NAME, at, pointer, "%s", text);
    return false;
}

static size_t times(const struct json *object, const char *key)
{
    size_t count = 0;
    for (size_t i = 0; i < object->count; i++) {
        count += strcmp(object->children[i].key, key) == 0 ? 1 : 0;
    }
    return count;
}

/* A member that may be missing or null, and else is one object. *ret_member stays NULL where it is missing.
 */
static bool find_object(struct opening *opening, const struct json *parent, const char *key,
                        const char *pointer, const struct json **ret_member)
{
    const struct json *member = json_member(parent, key);
    if (member == NULL || (member->type == JSON_NULL && times(parent, key) == 1)) {
        return true;
    }
    if (times(parent, key) > 1) {
        return refuse_task(opening, member, pointer, "this key is there twice");
    }
    if (member->type != JSON_OBJECT) {
        return refuse_task(opening, member, pointer, "expected an object");
    }
    *ret_member = member;
    return true;
}

/* process.settings; process may be {}, and settings null. */
static bool find_settings(struct opening *opening, const struct json **ret_settings)
{
    const struct json *process = NULL;
    if (opening->task->type != JSON_OBJECT) {
        return refuse_task(opening, opening->task, "", "expected an object");
    }
    if (!find_object(opening, opening->task, "process", "/process", &process)) {
        return false;
    }
    return process == NULL || find_object(opening, process, "settings", SETTINGS_POINTER, ret_settings);
}

bool overlay_read_task(struct opening *opening)
{
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    struct json_problem problem;
    const struct json *settings = NULL;
    if (opening->options->task_file == NULL) {
        return true;
    }
    int result = json_read_file(opening->options->task_file, &text, &length);
    if (result != DCMCHAIN_OK) {
        return refuse_task(opening, NULL, "", json_read_problem(result));
    }
    result = json_parse_lenient(text, length, &opening->task, &problem);
    if (result == DCMCHAIN_E_INVALID) {
        struct json at = {.line = problem.line, .column = problem.column};
        return refuse_task(opening, &at, "", problem.text);
    }
    if (result != DCMCHAIN_OK) {
        opening->out_of_memory = true;
        return false;
    }
    return find_settings(opening, &settings);
}

/* Of a task that overlay_read_task() found good. */
static const struct json *task_settings(const struct opening *opening)
{
    const struct json *process = opening->task == NULL ? NULL : json_member(opening->task, "process");
    const struct json *settings = process == NULL ? NULL : json_member(process, "settings");
    return settings == NULL || settings->type != JSON_OBJECT ? NULL : settings;
}

const struct json *overlay_pipeline(const struct opening *opening)
{
    const struct json *settings = task_settings(opening);
    const struct json *pipeline = settings == NULL ? NULL : json_member(settings, PREFIX "pipeline");
    return pipeline == NULL || pipeline->type != JSON_STRING ? NULL : pipeline;
}

static void blame_member(struct opening *opening, const struct json *at, const struct json *member,
                         const char *text)
{
    AUTO_FREE char *pointer = pointer_to(SETTINGS_POINTER, member->key);
    opening->out_of_memory = opening->out_of_memory || pointer == NULL;
    (void)refuse_task(opening, at, pointer == NULL ? "" : pointer, text);
}

void overlay_blame_pipeline(struct opening *opening, const struct json *member, const char *text)
{
    blame_member(opening, member, member, text);
}

/* ---- entries by id ---- */

/* NULL where there is none, with ret_problem. */
static struct pipeline_stage *find_entry(struct opening *opening, const char *id, char *ret_problem,
                                         size_t size)
{
    struct pipeline *pipeline = opening->pipeline;
    const char *ids[LIMIT_STAGES] = {0};
    for (size_t i = 0; i < pipeline->stage_count; i++) {
        ids[i] = pipeline->stages[i].id;
        if (strcmp(ids[i], id) == 0) {
            return &pipeline->stages[i];
        }
    }
    char list[300];
    settings_list(ids, pipeline->stage_count, list, sizeof list);
    const char *nearest = suggest(id, ids, pipeline->stage_count);
    (void)snprintf(ret_problem, size, "the pipeline has no entry of that id; it has %s%s%s%s", list,
                   nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
                   nearest == NULL ? "" : "'?");
    return NULL;
}

/* An entry that could not be taken is what to mend first, not that it is missing. */
static bool is_complete(const struct opening *opening)
{
    const struct json *stages = json_member(opening->json, "stages");
    return opening->pipeline->stage_count > 0 && opening->pipeline->stage_count == stages->count;
}

/* ---- mercure's settings ---- */

static void apply_setting(struct opening *opening, const struct json *member, const char *name)
{
    char problem[PIPELINE_PROBLEM_BYTES] = "";
    const char *dot = strchr(name, '.');
    AUTO_FREE char *id = strndup(name, (size_t)(dot - name));
    if (id == NULL) {
        opening->out_of_memory = true;
        return;
    }
    struct json place = problems_key_place(member);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees id */
    struct pipeline_stage *stage = find_entry(opening, id, problem, sizeof problem);
    if (stage == NULL) {
        if (is_complete(opening)) {
            blame_member(opening, &place, member, problem);
        }
        return;
    }
    int result = settings_set(stage->settings, dot + 1, member, opening->folder, problem, sizeof problem);
    if (result != DCMCHAIN_OK) {
        blame_member(opening, result == DCMCHAIN_E_ABSENT ? &place : member, member,
                     problem[0] == '\0' ? dcmchain_result_text(result) : problem);
    } else {
        AUTO_FREE char *pointer = pointer_to(SETTINGS_POINTER, member->key);
        opening_place(opening, stage, dot + 1, TASK_NAME, pointer, member);
    }
}

/* A key as key_open_file() takes it. */
static bool looks_like_key(const char *text)
{
    size_t length = strlen(text);
    return length == 64 && strspn(text, "0123456789abcdefABCDEF") == length;
}

static bool holds_key(const struct json *value)
{
    bool found = value->type == JSON_STRING && looks_like_key(value->string);
    for (size_t i = 0; !found && i < value->count; i++) {
        found = holds_key(&value->children[i]);
    }
    return found;
}

/* "dcmchain.key", "dcmchain.anonymise.key_file", "dcmchain.password" … */
static bool names_secret(const char *name)
{
    static const char *const words[] = {"key",    "key_file",   "keyfile", "secret", "password",
                                        "passwd", "passphrase", "token",   "salt"};
    const char *last = strrchr(name, '.');
    last = last == NULL ? name : last + 1;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcasecmp(last, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void apply_member(struct opening *opening, const struct json *member)
{
    const char *name = member->key + PREFIX_LENGTH;
    const char *problem = NULL;
    struct json place = problems_key_place(member);
    if (member->duplicate) {
        blame_member(opening, &place, member, "this key is there twice");
    } else if (names_secret(name) || holds_key(member)) {
        blame_member(
            opening, &place, member,
            "a secret is never a setting, since mercure writes settings into task.json: the key is made "
            "in the module's persistent folder by the first run");
    } else if (keys_take_overlay(opening, name, member, &problem)) {
        if (problem != NULL) {
            blame_member(opening, member, member, problem);
        }
    } else if (strcmp(name, "pipeline") == 0) {
        if (member->type != JSON_STRING) {
            blame_member(opening, member, member, "expected the name or path of a pipeline");
        }
    } else if (strcmp(name, "expect_policy") == 0) {
        if (member->type != JSON_STRING || !opening_expect(opening, member->string)) {
            blame_member(opening, member, member, EXPECT_POLICY);
        }
    } else if (strchr(name, '.') == NULL) {
        blame_member(opening, &place, member, "there are " KEYS_OF_OURS);
    } else {
        apply_setting(opening, member, name);
    }
}

/* "dcmchain" itself, "dcm-chain.x", "dmcchain.x", "Dcmchain.x": meant for us, and it would be ignored. */
static bool is_near_miss(const char *key)
{
    static const char *const own[] = {WORD};
    char letters[sizeof WORD + 1] = ""; /* one more than the word has */
    size_t count = 0;
    for (; *key != '\0' && count < sizeof letters - 1; key++) {
        if (isalnum((unsigned char)*key)) {
            letters[count++] = *key;
            letters[count] = '\0';
        }
        if (count >= sizeof WORD - 2 && suggest(letters, own, 1) != NULL) {
            return true;
        }
    }
    return false;
}

static void apply_task(struct opening *opening)
{
    const struct json *settings = task_settings(opening);
    size_t ignored = 0;
    for (size_t i = 0; settings != NULL && i < settings->count; i++) {
        const struct json *member = &settings->children[i];
        if (strncmp(member->key, PREFIX, PREFIX_LENGTH) == 0) {
            apply_member(opening, member);
        } else if (is_near_miss(member->key)) {
            struct json place = problems_key_place(member);
            blame_member(opening, &place, member,
                         "this looks as if it were meant for dcmchain, whose keys are " KEYS_OF_OURS);
        } else {
            ignored++;
        }
    }
    if (ignored > 0) {
        problems_warn(&opening->problems, TASK_NAME,
                      SETTINGS_POINTER ": %zu keys do not begin with '" PREFIX "' and were ignored", ignored);
    }
}

/* ---- overrides ---- */

/* What is shown of an override: never its value, nor what could be one where the '=' was forgotten. */
static size_t shown_length(const char *override)
{
    size_t length = strspn(override, "abcdefghijklmnopqrstuvwxyz0123456789-_.");
    return length < 140 ? length : 140;
}

static void apply_override(struct opening *opening, const char *override, const char *folder)
{
    char problem[PIPELINE_PROBLEM_BYTES] = "";
    char where[160];
    const char *equal = strchr(override, '=');
    const char *dot = strchr(override, '.');
    (void)snprintf(where, sizeof where, "--set %.*s", (int)shown_length(override), override);
    if (equal == NULL || dot == NULL || dot > equal || dot == override || dot + 1 == equal) {
        problems_add(&opening->problems, where, NULL, "", "expected ID.KEY=VALUE, as anonymise.dates=shift");
        return;
    }
    AUTO_FREE char *id = strndup(override, (size_t)(dot - override));
    AUTO_FREE char *key = strndup(dot + 1, (size_t)(equal - dot) - 1);
    if (id == NULL || key == NULL) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees id and key */
        opening->out_of_memory = true;
        return;
    }
    struct pipeline_stage *stage = find_entry(opening, id, problem, sizeof problem);
    if (stage == NULL) {
        if (is_complete(opening)) {
            problems_add(&opening->problems, where, NULL, "", "%s", problem);
        }
        return;
    }
    int result = settings_set_text(stage->settings, key, equal + 1, folder, problem, sizeof problem);
    if (result != DCMCHAIN_OK) {
        problems_add(&opening->problems, where, NULL, "", "%s",
                     problem[0] == '\0' ? dcmchain_result_text(result) : problem);
    } else {
        opening_place(opening, stage, key, where, "", NULL);
    }
}

void overlay_apply(struct opening *opening)
{
    AUTO_FREE char *folder = getcwd(NULL, 0);
    apply_task(opening);
    const char *expected = opening->options->expect_policy;
    if (expected != NULL && !opening_expect(opening, expected)) {
        problems_add(&opening->problems, "--expect-policy", NULL, "", EXPECT_POLICY);
    }
    for (const char *const *at = opening->options->overrides; at != NULL && *at != NULL; at++) {
        apply_override(opening, *at, folder == NULL ? "." : folder);
    }
}
