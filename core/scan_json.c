/* scan_json.c: harvests the identity in mercure's `.tags` and task.json. It must not take a module's settings
 * for identity, nor repeat a value in what it says. */
#include <stdio.h>
#include <string.h>

#include "cleanup.h"
#include "json.h"
#include "scan_parts.h"
#include "scan_value.h"
#include "text.h"

#define SHORTEST_UID 6U /* a number is no UID */

static void json_cleanup(struct json **json)
{
    json_free(*json);
}

/* "2024-02-29 10:20:00", as mercure writes times, is the day 20240229. */
static bool day_of_time(const char *value, char ret_day[9])
{
    static const char shape[] = "dddd-dd-dd";
    size_t at = 0;
    for (size_t i = 0; shape[i] != '\0'; i++) {
        bool digit = value[i] >= '0' && value[i] <= '9';
        if (shape[i] == 'd' ? !digit : value[i] != shape[i]) {
            return false;
        }
        if (digit) {
            ret_day[at++] = value[i];
        }
    }
    ret_day[at] = '\0';
    return true;
}

/* The UID that a received file's name ends with ("MR.X.1.2.3"). */
static const char *uid_in_name(const char *name)
{
    const char *uid = name;
    for (const char *at = name; *at != '\0'; at++) {
        if ((*at < '0' || *at > '9') && *at != '.') {
            uid = at + 1;
        }
    }
    return uid + strspn(uid, ".");
}

static int add(struct identity *identity, const char *key, const char *value)
{
    uint32_t tag = 0;
    uint32_t class_id = identity_class_of_key(key, &tag);
    char day[9];
    if (class_id == 0) {
        return DCMCHAIN_OK;
    }
    if (tag == 0 && class_id == DCMCHAIN_IDENTITY_DATE && day_of_time(value, day)) {
        value = day;
    } else if (strcmp(key, "Filename") == 0) {
        value = uid_in_name(value);
    }
    if (class_id == DCMCHAIN_IDENTITY_UID && strlen(value) < SHORTEST_UID) {
        return DCMCHAIN_OK;
    }
    uint16_t vr = tag == 0 ? DCMCHAIN_VR_LO : dcmchain_tag_vr(tag);
    /* UTF-8, unless what wrote it did not decode what it read. */
    AUTO_FREE char *text = scan_read_text(NULL, DCMCHAIN_VR_LO, value, strlen(value));
    return text == NULL ? DCMCHAIN_E_MEMORY
                        : scan_add_values(identity, class_id, tag, vr, text, strlen(text));
}

struct tags {
    struct identity *identity;
    char *study_uid;
    char *series_uid;
};

static int take_tag(void *closure, const char *key, const char *value)
{
    const struct tags *tags = closure;
    if (strcmp(key, "StudyInstanceUID") == 0) {
        (void)scan_read_uid(value, strlen(value), tags->study_uid);
    } else if (strcmp(key, "SeriesInstanceUID") == 0) {
        (void)scan_read_uid(value, strlen(value), tags->series_uid);
    }
    return add(tags->identity, key, value);
}

int scan_harvest_tags(const char *text, size_t length, struct identity *identity, char *ret_study_uid,
                      char *ret_series_uid)
{
    struct tags tags = {.identity = identity, .study_uid = ret_study_uid, .series_uid = ret_series_uid};
    ret_study_uid[0] = '\0';
    ret_series_uid[0] = '\0';
    return json_harvest(text, length, take_tag, &tags);
}

static int take_any(void *closure, const char *key, const char *value)
{
    return add(closure, key, value);
}

/* What an installation wrote for its modules, not what came with the images. */
static bool is_settings(const char *key)
{
    return strcmp(key, "settings") == 0 || strcmp(key, "module_config") == 0;
}

/* The JSON parser keeps to LIMIT_JSON_DEPTH, and so does this. */
static int take_task(const struct json *json, const char *key, bool in_process, struct identity *identity)
{
    if (json->type == JSON_STRING || json->type == JSON_NUMBER) {
        return add(identity, key, json->string);
    }
    for (size_t i = 0; i < json->count; i++) {
        const struct json *child = &json->children[i];
        const char *name = child->key == NULL ? key : child->key;
        if (in_process && json->type == JSON_OBJECT && is_settings(name)) {
            continue;
        }
        int result = take_task(child, name, in_process || strcmp(name, "process") == 0, identity);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

/* process: an object, or a list of them. */
static bool retains(const struct json *process)
{
    if (process == NULL) {
        return false;
    }
    if (process->type == JSON_OBJECT) {
        const struct json *member = json_member(process, "retain_input_images");
        return member != NULL && member->type == JSON_TRUE;
    }
    for (size_t i = 0; process->type == JSON_ARRAY && i < process->count; i++) {
        const struct json *step = &process->children[i];
        const struct json *member =
            step->type == JSON_OBJECT ? json_member(step, "retain_input_images") : NULL;
        if (member != NULL && member->type == JSON_TRUE) {
            return true;
        }
    }
    return false;
}

int scan_harvest_task(const char *text, size_t length, struct identity *identity,
                      bool *ret_retain_input_images, char **ret_problem)
{
    AUTO(json_cleanup) struct json *json = NULL;
    struct json_problem problem = {.text = ""};
    int result = json_parse(text, length, &json, &problem);
    if (result == DCMCHAIN_OK && json->type != JSON_OBJECT) {
        (void)snprintf(problem.text, sizeof problem.text, "an object is expected");
        problem.line = json->line;
        problem.column = json->column;
        result = DCMCHAIN_E_INVALID;
    }
    if (result == DCMCHAIN_E_INVALID) {
        /* Not good enough to act upon; what it names is still to be searched for. */
        int harvested = json_harvest(text, length, take_any, identity);
        if (harvested == DCMCHAIN_E_MEMORY || harvested == DCMCHAIN_E_RANGE) {
            return harvested;
        }
        *ret_problem = text_format("%u:%u: %s", problem.line, problem.column, problem.text);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    result = take_task(json, "", false, identity);
    if (result == DCMCHAIN_OK) {
        *ret_retain_input_images = retains(json_member(json, "process"));
    }
    return result;
}
