/* report.c: the member "dcmchain" of the task document: what was in force, what came in and what goes out.
 * Every value is a final one, a count, or a word of the pipeline. */
#include "../common/cleanup.h"
#include "task_writer.h"

static void put_counts(struct json *json, const struct dcmchain_counts *counts)
{
    json_unsigned(json, "instances_in", counts->found);
    json_unsigned(json, "instances_out", counts->published);
    json_unsigned(json, "dropped", counts->dropped);
    json_unsigned(json, "quarantined", counts->quarantined);
    json_unsigned(json, "duplicates", counts->duplicates);
}

static void put_text(struct json *json, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0') {
        json_string(json, key, text);
    }
}

static void put_series(struct json *json, const dcmchain_study *study)
{
    json_open(json, "series", '[', false);
    for (size_t i = 0; i < dcmchain_study_series_count(study); i++) {
        const dcmchain_series *series = dcmchain_study_series(study, i);
        struct dcmchain_counts counts;
        dcmchain_series_counts(series, &counts);
        json_open(json, NULL, '{', false);
        put_text(json, "series_instance_uid", dcmchain_series_final(series, TAG_SERIES_INSTANCE_UID));
        put_text(json, "description", dcmchain_series_final(series, TAG_SERIES_DESCRIPTION));
        put_text(json, "modality", dcmchain_series_final(series, TAG_MODALITY));
        put_counts(json, &counts);
        json_close(json, '}');
    }
    json_close(json, ']');
}

/* A digest is there where this or another stage asked for it before publication. */
static int put_files(struct json *json, const dcmchain_study *study)
{
    json_open(json, "files", '[', false);
    for (size_t i = 0;; i++) {
        dcmchain_artifact *artifact = dcmchain_study_artifact(study, i);
        if (artifact == NULL) {
            break;
        }
        AUTO_API char *digest = NULL;
        int result = dcmchain_artifact_sha256(artifact, &digest);
        if (result != DCMCHAIN_OK && result != DCMCHAIN_E_ABSENT) {
            return result;
        }
        json_open(json, NULL, '{', true);
        put_text(json, "path", dcmchain_artifact_path(artifact));
        put_text(json, "kind", dcmchain_artifact_kind(artifact));
        put_text(json, "sop_instance_uid", dcmchain_artifact_sop_instance_uid(artifact));
        json_unsigned(json, "size", dcmchain_artifact_size(artifact));
        put_text(json, "sha256", digest);
        json_close(json, '}');
    }
    json_close(json, ']');
    return DCMCHAIN_OK;
}

static void put_warnings(struct json *json, const dcmchain_study *study)
{
    json_open(json, "warnings", '[', false);
    for (size_t i = 0;; i++) {
        const char *warning = dcmchain_study_warning(study, i);
        if (warning == NULL) {
            break;
        }
        json_string(json, NULL, warning);
    }
    json_close(json, ']');
}

int report_write(struct json *json, dcmchain_context *context, const dcmchain_study *study,
                 const struct task_writer_config *config)
{
    AUTO_API char *description = NULL;
    struct dcmchain_counts counts;
    int result = dcmchain_describe_run(context, &description);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    dcmchain_study_counts(study, &counts);
    json_open(json, "dcmchain", '{', false);
    result = json_members(json, description);
    put_text(json, "study_instance_uid", dcmchain_study_final(study, TAG_STUDY_INSTANCE_UID));
    put_counts(json, &counts);
    put_series(json, study);
    if (result == DCMCHAIN_OK && config->files) {
        result = put_files(json, study);
    }
    put_warnings(json, study);
    json_close(json, '}');
    return result;
}
