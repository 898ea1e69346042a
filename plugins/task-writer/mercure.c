/* mercure.c: mercure's own keys in the task document. Nothing is copied because it looks harmless: a field is
 * here because this file names it, its value is a substitution of the core's or a word of mercure's own. */
#include <stdio.h>
#include <string.h>

#include "task_writer.h"

#define TAG_ACCESSION_NUMBER 0x00080050U
#define TAG_SERIES_DESCRIPTION 0x0008103EU
#define TAG_PATIENT_NAME 0x00100010U
#define TAG_PATIENT_ID 0x00100020U
#define TAG_STUDY_INSTANCE_UID 0x0020000DU
#define TAG_SERIES_INSTANCE_UID 0x0020000EU

static const cJSON *member(const cJSON *object, const char *key)
{
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *text_of(const cJSON *object, const char *key)
{
    return cJSON_GetStringValue(member(object, key));
}

/* ---- words of mercure's own ---- */

static bool is_word(const char *text, const char *const *words)
{
    for (; text != NULL && *words != NULL; words++) {
        if (strcmp(*words, text) == 0) {
            return true;
        }
    }
    return false;
}

static bool put_word(cJSON *to, const cJSON *from, const char *key, const char *const *words)
{
    const char *text = text_of(from, key);
    return !is_word(text, words) || put_text(to, key, text);
}

static bool put_bool(cJSON *to, const cJSON *from, const char *key)
{
    const cJSON *value = member(from, key);
    return !cJSON_IsBool(value) || put(to, key, cJSON_CreateBool(cJSON_IsTrue(value)));
}

/* "0.4.1", "0.4.0-beta.7". */
static bool put_version(cJSON *to, const cJSON *from, const char *key)
{
    const char *text = text_of(from, key);
    bool well = text != NULL && strlen(text) <= 24 && text[0] >= '0' && text[0] <= '9' &&
                strspn(text, "0123456789.-abcdefghijklmnopqrstuvwxyz+") == strlen(text) &&
                strchr(text, '.') != NULL;
    return !well || put_text(to, key, text);
}

/* "2025-11-24 02:15:20" and nothing else. */
static bool put_time(cJSON *to, const cJSON *from, const char *key)
{
    static const char shape[] = "0000-00-00 00:00:00";
    const char *text = text_of(from, key);
    if (text == NULL || strlen(text) != sizeof shape - 1) {
        return true;
    }
    for (size_t i = 0; shape[i] != '\0'; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (shape[i] == '0' ? !digit : text[i] != shape[i]) {
            return true;
        }
    }
    return put_text(to, key, text);
}

/* uuid1 as mercure makes it. */
static bool put_task_id(cJSON *to, const cJSON *task)
{
    const char *text = text_of(task, "id");
    bool well = text != NULL && strlen(text) == 36 && strspn(text, "0123456789abcdefABCDEF-") == 36;
    return !well || put_text(to, "id", text);
}

/* ---- substitutions ---- */

static const dcmchain_series *series_of(const dcmchain_study *study, const char *source_uid)
{
    for (size_t i = 0; source_uid != NULL && i < dcmchain_study_series_count(study); i++) {
        const dcmchain_series *series = dcmchain_study_series(study, i);
        const char *uid = dcmchain_series_source(series, TAG_SERIES_INSTANCE_UID);
        if (uid != NULL && strcmp(uid, source_uid) == 0) {
            return series;
        }
    }
    return NULL;
}

static bool published(const dcmchain_series *series)
{
    return dcmchain_series_head(series) != NULL || dcmchain_series_artifact(series, 0) != NULL;
}

/* info.uid names the study or a series of it. */
static bool put_uid(cJSON *info, const cJSON *from, const dcmchain_study *study)
{
    const char *uid = text_of(from, "uid");
    const char *source = dcmchain_study_source(study, TAG_STUDY_INSTANCE_UID);
    if (uid == NULL) {
        return true;
    }
    if (source != NULL && strcmp(uid, source) == 0) {
        return put_text(info, "uid", dcmchain_study_final(study, TAG_STUDY_INSTANCE_UID));
    }
    const dcmchain_series *series = series_of(study, uid);
    return series == NULL || !published(series) ||
           put_text(info, "uid", dcmchain_series_final(series, TAG_SERIES_INSTANCE_UID));
}

static bool put_info(cJSON *document, const cJSON *task, const dcmchain_study *study)
{
    static const char *const actions[] = {"route", "both", "process", "notification", "discard", NULL};
    static const char *const types[] = {"study", "series", NULL};
    const cJSON *from = member(task, "info");
    cJSON *info = cJSON_AddObjectToObject(document, "info");
    return info != NULL && put_word(info, from, "action", actions) && put_uid(info, from, study) &&
           put_word(info, from, "uid_type", types) &&
           put_text(info, "patient_name", dcmchain_study_final(study, TAG_PATIENT_NAME)) &&
           put_text(info, "mrn", dcmchain_study_final(study, TAG_PATIENT_ID)) &&
           put_text(info, "acc", dcmchain_study_final(study, TAG_ACCESSION_NUMBER)) &&
           put_version(info, from, "mercure_version");
}

/* received_series[i] describes the series received_series_uid[i]: both go, or neither. */
static bool put_received(cJSON *to, const cJSON *from, const dcmchain_study *study)
{
    cJSON *descriptions = cJSON_AddArrayToObject(to, "received_series");
    cJSON *uids = cJSON_AddArrayToObject(to, "received_series_uid");
    const cJSON *uid = NULL;
    if (descriptions == NULL || uids == NULL) {
        return false;
    }
    cJSON_ArrayForEach(uid, member(from, "received_series_uid"))
    {
        const dcmchain_series *series = series_of(study, cJSON_GetStringValue(uid));
        const char *final = series == NULL || !published(series)
                                ? NULL
                                : dcmchain_series_final(series, TAG_SERIES_INSTANCE_UID);
        const char *description =
            final == NULL ? NULL : dcmchain_series_final(series, TAG_SERIES_DESCRIPTION);
        if (final == NULL) {
            continue;
        }
        cJSON *one = cJSON_CreateString(description == NULL ? "" : description);
        cJSON *other = cJSON_CreateString(final);
        if (one == NULL || other == NULL || !cJSON_AddItemToArray(descriptions, one) ||
            !cJSON_AddItemToArray(uids, other)) {
            return false;
        }
    }
    return true;
}

static bool put_study(cJSON *document, const cJSON *task, const struct config *config,
                      const dcmchain_study *study)
{
    static const char *const triggers[] = {"timeout", "received_series", "received_modalities", "force",
                                           NULL};
    const cJSON *from = member(task, "study");
    cJSON *to = cJSON_AddObjectToObject(document, "study");
    if (to == NULL || !put_text(to, "study_uid", dcmchain_study_final(study, TAG_STUDY_INSTANCE_UID)) ||
        !put_word(to, from, "complete_trigger", triggers) || !put_bool(to, from, "complete_force") ||
        !put_received(to, from, study)) {
        return false;
    }
    return !config->times || (put_time(to, from, "creation_time") && put_time(to, from, "last_receive_time"));
}

bool put_mercure(cJSON *document, const cJSON *task, const struct config *config, const dcmchain_study *study)
{
    if (!put_info(document, task, study) || (config->task_id && !put_task_id(document, task))) {
        return false;
    }
    /* Targets, states, modules and settings are the site's own words: the keys stay, empty. */
    return cJSON_AddObjectToObject(document, "dispatch") != NULL &&
           cJSON_AddObjectToObject(document, "process") != NULL && put_study(document, task, config, study);
}
