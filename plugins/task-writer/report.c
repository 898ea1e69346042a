/* report.c: the object "dcmchain" of the task document: what was in force, what came in and went out. Every
 * value is a final one, a count, or a word of the pipeline. */
#include <stdlib.h>
#include <string.h>

#include "task_writer.h"

#define TAG_MODALITY 0x00080060U
#define TAG_SERIES_DESCRIPTION 0x0008103EU
#define TAG_STUDY_INSTANCE_UID 0x0020000DU
#define TAG_SERIES_INSTANCE_UID 0x0020000EU

static bool put_count(cJSON *object, const char *key, uint64_t count)
{
    return put(object, key, cJSON_CreateNumber((double)count)); /* exact below 2^53 */
}

static bool put_counts(cJSON *object, const struct dcmchain_counts *counts)
{
    return put_count(object, "instances_in", counts->found) &&
           put_count(object, "instances_out", counts->published) &&
           put_count(object, "dropped", counts->dropped) &&
           put_count(object, "quarantined", counts->quarantined) &&
           put_count(object, "duplicates", counts->duplicates);
}

/* Adds an object to an array, and gives it. */
static cJSON *add_object(cJSON *array)
{
    cJSON *object = cJSON_CreateObject();
    if (object != NULL && !cJSON_AddItemToArray(array, object)) {
        cJSON_Delete(object);
        return NULL;
    }
    return object;
}

static bool put_series(cJSON *report, const dcmchain_study *study)
{
    cJSON *array = cJSON_AddArrayToObject(report, "series");
    bool well = array != NULL;
    for (size_t i = 0; well && i < dcmchain_study_series_count(study); i++) {
        const dcmchain_series *series = dcmchain_study_series(study, i);
        struct dcmchain_counts counts;
        dcmchain_series_counts(series, &counts);
        cJSON *object = add_object(array);
        well =
            object != NULL && put_count(object, "series", dcmchain_series_ordinal(series)) &&
            put_text(object, "series_instance_uid", dcmchain_series_final(series, TAG_SERIES_INSTANCE_UID)) &&
            put_text(object, "description", dcmchain_series_final(series, TAG_SERIES_DESCRIPTION)) &&
            put_text(object, "modality", dcmchain_series_final(series, TAG_MODALITY)) &&
            put_counts(object, &counts);
    }
    return well;
}

static bool put_files(cJSON *report, const dcmchain_study *study)
{
    cJSON *array = cJSON_AddArrayToObject(report, "files");
    bool well = array != NULL;
    const dcmchain_artifact *artifact = NULL;
    for (size_t i = 0; well && (artifact = dcmchain_study_artifact(study, i)) != NULL; i++) {
        const char *uid = dcmchain_artifact_sop_instance_uid(artifact);
        cJSON *object = add_object(array);
        well = object != NULL && put_text(object, "path", dcmchain_artifact_path(artifact)) &&
               put_text(object, "kind", dcmchain_artifact_kind(artifact)) &&
               put_text(object, "sop_instance_uid", uid[0] == '\0' ? NULL : uid) &&
               put_count(object, "size_bytes", dcmchain_artifact_size(artifact));
    }
    return well;
}

static bool put_warnings(cJSON *report, const dcmchain_study *study)
{
    cJSON *array = cJSON_AddArrayToObject(report, "warnings");
    bool well = array != NULL;
    const char *warning = NULL;
    for (size_t i = 0; well && (warning = dcmchain_study_warning(study, i)) != NULL; i++) {
        cJSON *text = cJSON_CreateString(warning);
        well = text != NULL && cJSON_AddItemToArray(array, text);
    }
    return well;
}

bool put_report(cJSON *document, dcmchain_context *context, const struct config *config,
                const dcmchain_study *study)
{
    char *description = NULL;
    struct dcmchain_counts counts;
    if (dcmchain_describe_run(context, &description) != DCMCHAIN_OK) {
        return false;
    }
    cJSON *report = cJSON_Parse(description);
    dcmchain_free(description);
    dcmchain_study_counts(study, &counts);
    return put(document, "dcmchain", report) &&
           put_text(report, "study_instance_uid", dcmchain_study_final(study, TAG_STUDY_INSTANCE_UID)) &&
           put_counts(report, &counts) && put_series(report, study) &&
           (!config->files || put_files(report, study)) && put_warnings(report, study);
}
