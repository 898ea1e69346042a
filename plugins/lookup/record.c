/* record.c: see record.h. */
#include "record.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "../common/cleanup.h"

#define FOLDER_BYTES 256 /* a component of a path has at most 255 */
#define TAG_STUDY_DATE 0x00080020U
#define TAG_ACCESSION_NUMBER 0x00080050U
#define TAG_STUDY_INSTANCE_UID 0x0020000DU
#define TAG_SERIES_INSTANCE_UID 0x0020000EU

static bool add_text(cJSON *object, const char *key, const char *value)
{
    return cJSON_AddStringToObject(object, key, value == NULL ? "" : value) != NULL;
}

static bool add_pair(cJSON *object, const char *source, const char *final)
{
    return object != NULL && add_text(object, "source", source) && add_text(object, "final", final);
}

cJSON *record_patient(const char *key, const char *id, const char *issuer, const char *final)
{
    cJSON *patient = cJSON_CreateObject();
    if (patient == NULL || !add_text(patient, "key", key) || !add_text(patient, "id", id) ||
        !add_text(patient, "issuer", issuer) || !add_text(patient, "final", final)) {
        cJSON_Delete(patient);
        return NULL;
    }
    return patient;
}

/* Days since 1970 of a DICOM date (PS3.5 6.2, DA). */
static bool read_days(const char *date, long *ret_days)
{
    struct tm parts = {0};
    const char *end = date == NULL || strlen(date) != 8 ? NULL : strptime(date, "%Y%m%d", &parts);
    if (end == NULL || *end != '\0') {
        return false;
    }
    *ret_days = (long)(timegm(&parts) / 86400);
    return true;
}

static bool add_shift(cJSON *record, const dcmchain_study *study)
{
    long source = 0;
    long final = 0;
    if (read_days(dcmchain_study_source(study, TAG_STUDY_DATE), &source) &&
        read_days(dcmchain_study_final(study, TAG_STUDY_DATE), &final)) {
        return cJSON_AddNumberToObject(record, "shift_days", (double)(final - source)) != NULL;
    }
    return cJSON_AddNullToObject(record, "shift_days") != NULL;
}

static bool add_time(cJSON *record)
{
    time_t now = time(NULL);
    struct tm parts;
    char text[32] = "";
    return gmtime_r(&now, &parts) != NULL && strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0 &&
           add_text(record, "time", text);
}

static bool add_run(cJSON *record, dcmchain_context *context)
{
    AUTO_API char *text = NULL;
    if (dcmchain_describe_run(context, &text) != DCMCHAIN_OK) {
        return false;
    }
    cJSON *run = cJSON_Parse(text);
    bool well = run != NULL && add_text(record, "pipeline", record_text(run, "pipeline")) &&
                add_text(record, "version", record_text(run, "version")) &&
                add_text(record, "project", dcmchain_project(context)) &&
                add_text(record, "key_id", dcmchain_key_id(context));
    cJSON_Delete(run);
    return well;
}

/* The first component of the study's paths; "" where its files lie in OUT itself. */
static bool add_folder(cJSON *record, const dcmchain_study *study)
{
    const dcmchain_artifact *first = dcmchain_study_artifact(study, 0);
    const char *path = first == NULL ? NULL : dcmchain_artifact_path(first);
    const char *slash = path == NULL ? NULL : strchr(path, '/');
    char folder[FOLDER_BYTES] = "";
    if (slash != NULL) {
        (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    }
    return add_text(record, "folder", folder);
}

static bool add_series(cJSON *record, const dcmchain_study *study)
{
    cJSON *list = cJSON_AddArrayToObject(record, "series");
    bool well = list != NULL;
    for (size_t i = 0; well && i < dcmchain_study_series_count(study); i++) {
        const dcmchain_series *series = dcmchain_study_series(study, i);
        struct dcmchain_counts counts;
        dcmchain_series_counts(series, &counts);
        if (counts.published == 0) {
            continue;
        }
        cJSON *pair = cJSON_CreateObject();
        well = pair != NULL && cJSON_AddItemToArray(list, pair) &&
               add_pair(pair, dcmchain_series_source(series, TAG_SERIES_INSTANCE_UID),
                        dcmchain_series_final(series, TAG_SERIES_INSTANCE_UID));
    }
    return well;
}

/* ---- mercure's task ---- */

static bool is_source(const dcmchain_study *study, const char *uid)
{
    const char *source = dcmchain_study_source(study, TAG_STUDY_INSTANCE_UID);
    bool found = uid[0] != '\0' && source != NULL && strcmp(source, uid) == 0;
    for (size_t i = 0; uid[0] != '\0' && !found && i < dcmchain_study_series_count(study); i++) {
        source = dcmchain_series_source(dcmchain_study_series(study, i), TAG_SERIES_INSTANCE_UID);
        found = source != NULL && strcmp(source, uid) == 0;
    }
    return found;
}

static const char *task_value(const cJSON *info, const char *key)
{
    const char *value = record_text(info, key);
    return strcmp(value, "MISSING") == 0 ? "" : value;
}

/* What mercure knew the study by, for images that came without it. A run may hold studies that the task says
 * nothing of. */
static bool add_task(cJSON *record, dcmchain_context *context, const dcmchain_study *study)
{
    const char *text = dcmchain_task_json(context);
    cJSON *task = text == NULL ? NULL : cJSON_Parse(text);
    const cJSON *info = cJSON_GetObjectItemCaseSensitive(task, "info");
    bool about = is_source(study, record_text(info, "uid")) ||
                 is_source(study, record_pair(task, "study", "study_uid")) ||
                 is_source(study, record_pair(task, "dispatch", "series_uid"));
    cJSON *own = cJSON_AddObjectToObject(record, "task");
    /* The core has parsed the text before: where it does not parse, there is no memory. */
    bool well = (text == NULL || task != NULL) && own != NULL &&
                add_text(own, "accession", about ? task_value(info, "acc") : "") &&
                add_text(own, "patient", about ? task_value(info, "mrn") : "");
    cJSON_Delete(task);
    return well;
}

static bool add_study_pair(cJSON *record, const char *key, const dcmchain_study *study, uint32_t tag)
{
    return add_pair(cJSON_AddObjectToObject(record, key), dcmchain_study_source(study, tag),
                    dcmchain_study_final(study, tag));
}

cJSON *record_make(dcmchain_context *context, const dcmchain_study *study, cJSON *patients)
{
    cJSON *record = cJSON_CreateObject();
    bool well = record != NULL && patients != NULL && cJSON_AddItemToObject(record, "patients", patients);
    if (!well) {
        cJSON_Delete(patients);
    }
    well = well && add_time(record) && add_run(record, context) && add_folder(record, study) &&
           add_shift(record, study) && add_study_pair(record, "accession", study, TAG_ACCESSION_NUMBER) &&
           add_study_pair(record, "study", study, TAG_STUDY_INSTANCE_UID) && add_series(record, study) &&
           add_task(record, context, study);
    if (!well) {
        cJSON_Delete(record);
        return NULL;
    }
    return record;
}

/* ---- reading ---- */

const char *record_text(const cJSON *object, const char *key)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, key));
    return text == NULL ? "" : text;
}

const char *record_pair(const cJSON *record, const char *pair, const char *key)
{
    return record_text(cJSON_GetObjectItemCaseSensitive(record, pair), key);
}

struct naming {
    record_visitor visitor;
    void *closure;
    int result;
};

static void name_it(struct naming *naming, const char *domain, const char *value)
{
    if (naming->result == DCMCHAIN_OK && value[0] != '\0') {
        naming->result = naming->visitor(naming->closure, domain, value);
    }
}

static void name_pair(struct naming *naming, const char *domain, const cJSON *pair)
{
    name_it(naming, domain, record_text(pair, "source"));
    name_it(naming, domain, record_text(pair, "final"));
}

int record_names(const cJSON *record, record_visitor visitor, void *closure)
{
    struct naming naming = {visitor, closure, DCMCHAIN_OK};
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(record, "patients"))
    {
        name_it(&naming, RECORD_PATIENT, record_text(each, "id"));
        name_it(&naming, RECORD_PATIENT, record_text(each, "final"));
    }
    name_pair(&naming, RECORD_ACCESSION, cJSON_GetObjectItemCaseSensitive(record, "accession"));
    name_pair(&naming, RECORD_UID, cJSON_GetObjectItemCaseSensitive(record, "study"));
    name_it(&naming, RECORD_ACCESSION, record_pair(record, "task", "accession"));
    name_it(&naming, RECORD_PATIENT, record_pair(record, "task", "patient"));
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(record, "series"))
    {
        name_pair(&naming, RECORD_UID, each);
    }
    return naming.result;
}

static int claim_pair(const cJSON *pair, const char *kind, record_claim claim, void *closure)
{
    const char *final = record_text(pair, "final");
    return final[0] == '\0' ? DCMCHAIN_OK : claim(closure, kind, final, record_text(pair, "source"));
}

int record_claims(const cJSON *record, record_claim claim, void *closure)
{
    int result = claim_pair(cJSON_GetObjectItemCaseSensitive(record, "study"), "study", claim, closure);
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(record, "series"))
    {
        result = result == DCMCHAIN_OK ? claim_pair(each, "series", claim, closure) : result;
    }
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(record, "patients"))
    {
        const char *final = record_text(each, "final");
        if (result == DCMCHAIN_OK && final[0] != '\0') {
            result = claim(closure, "patient", final, record_text(each, "key"));
        }
    }
    return result;
}
