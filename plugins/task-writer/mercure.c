/* mercure.c: mercure's own keys in the task document. Nothing of the task is copied because it looks
 * harmless: a field is here because this file names it, and its value is a final value of the study's, true
 * or false, or a word from a list. No other text of the task may get out. */
#include <cjson/cJSON.h>
#include <string.h>

#include "task_writer.h"

#define VERSION_BYTES 24U

struct writer {
    struct json *json;
    const struct substitutions *substitutions;
    const struct task_writer_config *config;
};

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key); /* the core checked: a task has no key twice */
}

static const char *text_of(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(member(object, key));
}

/* ---- words of mercure's own ---- */

static void put_word(struct json *json, const cJSON *from, const char *key, const char *const *words)
{
    const char *text = text_of(from, key);
    for (; text != NULL && *words != NULL; words++) {
        if (strcmp(*words, text) == 0) {
            json_string(json, key, *words);
            return;
        }
    }
}

static void put_bool(struct json *json, const cJSON *from, const char *key)
{
    const cJSON *value = member(from, key);
    if (cJSON_IsBool(value)) {
        json_bool(json, key, cJSON_IsTrue(value) != 0);
    }
}

/* A text of one shape: '0' stands for a digit, 'x' for a hexadecimal one, all else for itself. */
static bool has_shape(const char *text, const char *shape)
{
    if (text == NULL || strlen(text) != strlen(shape)) {
        return false;
    }
    for (; *shape != '\0'; shape++, text++) {
        bool well = *shape == '0'   ? strchr("0123456789", *text) != NULL
                    : *shape == 'x' ? strchr("0123456789abcdefABCDEF", *text) != NULL
                                    : *text == *shape;
        if (!well) {
            return false;
        }
    }
    return true;
}

/* 0.4.1, 0.4.0-beta.7: numbers, and a word that version numbers use. A version that a site made up itself
 * does not come through. */
static bool is_version(const char *text)
{
    static const char *const words[] = {"-alpha.", "-beta.", "-rc.", "-dev."};
    if (text == NULL || strlen(text) > VERSION_BYTES) {
        return false;
    }
    for (int part = 0; part < 3; part++) {
        size_t digits = strspn(text, "0123456789");
        if (digits == 0 || (part < 2 && text[digits] != '.')) {
            return false;
        }
        text += digits + (part < 2 ? 1 : 0);
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(text, words[i], length) == 0) {
            text += length;
            return *text != '\0' && text[strspn(text, "0123456789")] == '\0';
        }
    }
    return *text == '\0';
}

/* ---- substitutions ---- */

static const char *of_study(const struct writer *writer, uint32_t tag, bool final)
{
    return writer->substitutions->study(writer->substitutions->closure, tag, final);
}

static const char *of_series(const struct writer *writer, size_t series, uint32_t tag, bool final)
{
    return writer->substitutions->series(writer->substitutions->closure, series, tag, final);
}

/* UIDs are padded by some with a space or NUL; a task has neither. */
static bool is_same(const char *source, const char *uid)
{
    size_t length = strlen(source);
    while (length > 0 && source[length - 1] == ' ') {
        length--;
    }
    return strlen(uid) == length && memcmp(source, uid, length) == 0;
}

static bool is_study(const struct writer *writer, const char *uid)
{
    const char *source = of_study(writer, TAG_STUDY_INSTANCE_UID, false);
    return uid != NULL && uid[0] != '\0' && source != NULL && is_same(source, uid);
}

/* The index of a series by its source UID, series_count where it is none of this study. */
static size_t find_series(const struct writer *writer, const char *uid)
{
    size_t count = writer->substitutions->series_count;
    for (size_t i = 0; uid != NULL && uid[0] != '\0' && i < count; i++) {
        const char *source = of_series(writer, i, TAG_SERIES_INSTANCE_UID, false);
        if (source != NULL && is_same(source, uid)) {
            return i;
        }
    }
    return count;
}

/* A UID of the study or of one of its series becomes the final one; any other has no counterpart. */
static void put_uid(const struct writer *writer, const cJSON *from, const char *key)
{
    const char *uid = text_of(from, key);
    size_t series = find_series(writer, uid);
    const char *final = NULL;
    if (is_study(writer, uid)) {
        final = of_study(writer, TAG_STUDY_INSTANCE_UID, true);
    } else if (series < writer->substitutions->series_count) {
        final = of_series(writer, series, TAG_SERIES_INSTANCE_UID, true);
    }
    if (final != NULL) {
        json_string(writer->json, key, final);
    }
}

/* By meaning: the task is about this study, so what it states of the patient or the order is the study's. */
static void put_final(const struct writer *writer, const cJSON *from, const char *key, uint32_t tag)
{
    const char *final = of_study(writer, tag, true);
    if (member(from, key) != NULL && final != NULL) {
        json_string(writer->json, key, final);
    }
}

/* ---- the keys ---- */

static void put_info(const struct writer *writer, const cJSON *task)
{
    static const char *const actions[] = {"route", "process", "both", "discard", "notification", NULL};
    static const char *const types[] = {"series", "study", NULL};
    const cJSON *from = member(task, "info");
    json_open(writer->json, "info", '{', false);
    put_word(writer->json, from, "action", actions);
    put_uid(writer, from, "uid");
    put_word(writer->json, from, "uid_type", types);
    put_final(writer, from, "mrn", TAG_PATIENT_ID);
    put_final(writer, from, "acc", TAG_ACCESSION_NUMBER);
    const char *version = text_of(from, "mercure_version");
    if (is_version(version)) {
        json_string(writer->json, "mercure_version", version);
    }
    json_close(writer->json, '}');
}

static void put_process(const struct writer *writer, const cJSON *task)
{
    const cJSON *from = member(task, "process");
    json_open(writer->json, "process", '{', false);
    put_bool(writer->json, from, "retain_input_images");
    json_close(writer->json, '}');
}

/* received_series[i] is the description of the series received_series_uid[i]: both stand, or neither. */
static void put_received(const struct writer *writer, const cJSON *from, const char *key, uint32_t tag)
{
    const cJSON *uids = member(from, "received_series_uid");
    const cJSON *uid = NULL;
    if (!cJSON_IsArray(uids)) {
        return;
    }
    json_open(writer->json, key, '[', false);
    cJSON_ArrayForEach(uid, uids)
    {
        size_t series = find_series(writer, cJSON_GetStringValue(uid));
        if (series < writer->substitutions->series_count &&
            of_series(writer, series, TAG_SERIES_INSTANCE_UID, true) != NULL) {
            const char *final = of_series(writer, series, tag, true);
            json_string(writer->json, NULL, final == NULL ? "" : final);
        }
    }
    json_close(writer->json, ']');
}

static void put_study(const struct writer *writer, const cJSON *task)
{
    static const char *const triggers[] = {"timeout", "received_series", "received_modalities", NULL};
    static const char *const actions[] = {"ignore", "proceed", "discard", NULL};
    static const char *const times[] = {"creation_time", "last_receive_time"};
    const cJSON *from = member(task, "study");
    json_open(writer->json, "study", '{', false);
    put_uid(writer, from, "study_uid");
    put_word(writer->json, from, "complete_trigger", triggers);
    for (size_t i = 0; writer->config->times && i < 2; i++) {
        const char *time = text_of(from, times[i]);
        if (has_shape(time, "0000-00-00 00:00:00")) {
            json_string(writer->json, times[i], time);
        }
    }
    if (cJSON_IsArray(member(from, "received_series"))) {
        put_received(writer, from, "received_series", TAG_SERIES_DESCRIPTION);
    }
    put_received(writer, from, "received_series_uid", TAG_SERIES_INSTANCE_UID);
    put_bool(writer->json, from, "complete_force");
    put_word(writer->json, from, "complete_force_action", actions);
    json_close(writer->json, '}');
}

/* A run may hold studies that the task says nothing of. */
static bool is_about(const struct writer *writer, const cJSON *task)
{
    const char *const uids[] = {text_of(member(task, "study"), "study_uid"),
                                text_of(member(task, "info"), "uid"),
                                text_of(member(task, "dispatch"), "series_uid")};
    for (size_t i = 0; i < sizeof uids / sizeof uids[0]; i++) {
        if (is_study(writer, uids[i]) || find_series(writer, uids[i]) < writer->substitutions->series_count) {
            return true;
        }
    }
    return false;
}

void mercure_write(struct json *json, const char *task_text, const struct substitutions *substitutions,
                   const struct task_writer_config *config)
{
    const struct writer writer = {json, substitutions, config};
    cJSON *task = task_text == NULL ? NULL : cJSON_Parse(task_text);
    if (task_text != NULL && task == NULL) {
        json->failed = true; /* the core has parsed it before: there is no memory */
    }
    if (cJSON_IsObject(task) && is_about(&writer, task)) {
        const char *id = text_of(task, "id");
        put_info(&writer, task);
        if (config->task_id && has_shape(id, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")) {
            json_string(json, "id", id);
        }
        /* Targets, states and times of the transfer are the site's: what is left is the series' UID. */
        json_open(json, "dispatch", '{', false);
        put_uid(&writer, member(task, "dispatch"), "series_uid");
        json_close(json, '}');
        put_process(&writer, task);
        put_study(&writer, task);
    }
    cJSON_Delete(task);
}
