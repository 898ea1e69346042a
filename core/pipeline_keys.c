/* pipeline_keys.c: the top-level keys of a description (pipeline_parts.h). Stage entries are
 * pipeline_stages.c's.
 */
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "loader.h"
#include "pipeline_parts.h"
#include "suggest.h"

#define FORMAT_VERSION 1
#define EXIT_QUARANTINED 3

static const char *text_of(struct opening *opening, const struct json *value, const char *pointer)
{
    if (value->type != JSON_STRING) {
        complain(opening, value, pointer, "expected a string");
        return NULL;
    }
    return value->string;
}

/* The index of the choice, -1 where it is none. */
static int choice_of(struct opening *opening, const struct json *value, const char *pointer,
                     const char *const choices[2])
{
    for (int i = 0; i < 2; i++) {
        if (value->type == JSON_STRING && strcmp(value->string, choices[i]) == 0) {
            return i;
        }
    }
    const char *nearest = value->type == JSON_STRING ? suggest(value->string, choices, 2) : NULL;
    complain(opening, value, pointer, "expected one of '%s', '%s'%s%s%s", choices[0], choices[1],
             nearest == NULL ? "" : "; did you mean '", nearest == NULL ? "" : nearest,
             nearest == NULL ? "" : "'?");
    return -1;
}

static void take_text(struct opening *opening, const struct json *value, const char *pointer, char **ret_text)
{
    const char *text = text_of(opening, value, pointer);
    if (text != NULL) {
        free(*ret_text);
        *ret_text = opening_copy(opening, text);
    }
}

static void take_version(struct opening *opening, const struct json *value)
{
    if (!value->is_integer || value->integer != FORMAT_VERSION) {
        complain(opening, value, "/dcmchain",
                 "expected %d, the version of this format that this dcmchain knows", FORMAT_VERSION);
    }
}

static void take_name(struct opening *opening, const struct json *value)
{
    take_text(opening, value, "/name", &opening->pipeline->name);
    if (value->type == JSON_STRING && value->string[0] == '\0') {
        complain(opening, value, "/name", "expected a string that is not empty");
    }
}

static void take_description(struct opening *opening, const struct json *value)
{
    take_text(opening, value, "/description", &opening->pipeline->description);
}

static void take_on_error(struct opening *opening, const struct json *value)
{
    static const char *const choices[] = {"stop", "quarantine"};
    opening->pipeline->quarantine = choice_of(opening, value, "/on_error", choices) == 1;
}

static void take_quarantine_folder(struct opening *opening, const struct json *value)
{
    const char *text = text_of(opening, value, "/quarantine_folder");
    if (text == NULL) {
        return;
    }
    if (text[0] == '\0') {
        complain(opening, value, "/quarantine_folder", "expected the path of a folder");
        return;
    }
    free(opening->pipeline->quarantine_folder);
    opening->pipeline->quarantine_folder =
        text[0] == '/' ? strdup(text) : text_format("%s/%s", opening->folder, text);
    opening->out_of_memory = opening->out_of_memory || opening->pipeline->quarantine_folder == NULL;
}

static void take_quarantine_exit(struct opening *opening, const struct json *value)
{
    if (!value->is_integer || (value->integer != 0 && value->integer != EXIT_QUARANTINED)) {
        complain(opening, value, "/quarantine_exit", "expected 0 or %d", EXIT_QUARANTINED);
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

static void take_durability(struct opening *opening, const struct json *value)
{
    static const char *const choices[] = {"study", "none"};
    opening->pipeline->undurable = choice_of(opening, value, "/durability", choices) == 1;
}

static void take_flat(struct opening *opening, const struct json *value)
{
    if (value->type != JSON_TRUE && value->type != JSON_FALSE) {
        complain(opening, value, "/flat", "expected true or false");
    }
    opening->pipeline->flat = value->type == JSON_TRUE;
}

static void take_expect_policy(struct opening *opening, const struct json *value)
{
    if (value->type != JSON_STRING || !opening_expect(opening, value->string)) {
        complain(opening, value, "/expect_policy", EXPECT_POLICY);
    }
}

bool keys_take_overlay(struct opening *opening, const char *key, const struct json *value,
                       const char **ret_problem)
{
    if (strcmp(key, "result_json") != 0) {
        return false;
    }
    bool well = value->type == JSON_TRUE || value->type == JSON_FALSE;
    *ret_problem = well ? NULL : "expected true or false";
    if (well) {
        opening->pipeline->result_json = value->type == JSON_TRUE;
    }
    return true;
}

static void take_result_json(struct opening *opening, const struct json *value)
{
    const char *problem = NULL;
    (void)keys_take_overlay(opening, "result_json", value, &problem);
    if (problem != NULL) {
        complain(opening, value, "/result_json", "%s", problem);
    }
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
    {"durability", take_durability},
    {"expect_policy", take_expect_policy},
    {"result_json", take_result_json},
    {"stages", stages_take},
};
#define KEY_COUNT (sizeof keys / sizeof keys[0])

static void unknown_key(struct opening *opening, const struct json *member)
{
    const char *names[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++) {
        names[i] = keys[i].key;
    }
    struct json place = problems_key_place(member);
    AUTO_FREE char *pointer = pointer_to("", member->key);
    const char *nearest = suggest(member->key, names, KEY_COUNT);
    if (nearest != NULL) {
        complain(opening, &place, pointer, "no such key; did you mean '%s'?", nearest);
    } else {
        complain(
            opening, &place, pointer,
            "no such key; there are dcmchain, name, description, on_error, quarantine_folder, "
            "quarantine_exit, publish, mixed_patients, flat, durability, expect_policy, result_json, stages");
    }
}

static void take_key(struct opening *opening, const struct json *member)
{
    for (size_t k = 0; k < KEY_COUNT; k++) {
        if (strcmp(keys[k].key, member->key) == 0) {
            keys[k].take(opening, member);
            return;
        }
    }
    unknown_key(opening, member);
}

void keys_take(struct opening *opening)
{
    const struct json *json = opening->json;
    if (json->type != JSON_OBJECT) {
        complain(opening, json, "", "expected an object: {\"dcmchain\": 1, \"stages\": […]}");
        return;
    }
    for (size_t i = 0; i < json->count; i++) {
        const struct json *member = &json->children[i];
        if (member->duplicate) {
            struct json place = problems_key_place(member);
            AUTO_FREE char *pointer = pointer_to("", member->key);
            complain(opening, &place, pointer, "this key is there twice");
        } else {
            take_key(opening, member);
        }
    }
    if (json_member(json, "dcmchain") == NULL) {
        complain(opening, json, "", "the key 'dcmchain' is missing: \"dcmchain\": %d", FORMAT_VERSION);
    }
    const struct json *stages = json_member(json, "stages");
    if (stages == NULL) {
        complain(opening, json, "", "the key 'stages' is missing: a pipeline needs at least one stage");
    } else {
        overlay_apply(opening);
        stages_finish(opening, stages);
    }
}
