/* mercure.c: what a run says to mercure: result.json, which mercure stores, logs in full and hands on, so
 * that nothing in it identifies anybody; and what mercure will do behind our back. */
#include <string.h>

#include "cleanup.h"
#include "mercure.h"
#include "report.h"
#include "text.h"

#define TAG_STUDY_INSTANCE_UID 0x0020000DU

static void append_studies(struct text *text, const struct run *run)
{
    text_append(text, ",\"studies\":[");
    for (size_t i = 0; i < run->study_count; i++) {
        struct dcmchain_counts counts;
        dcmchain_study_counts(&run->studies[i], &counts);
        text_append(text, i == 0 ? "{" : ",{");
        text_json_member(text, "study_instance_uid",
                         dcmchain_study_final(&run->studies[i], TAG_STUDY_INSTANCE_UID));
        text_append(text, ",");
        report_append_counts(text, &counts, true);
        text_append(text, "}");
    }
    text_append(text, "]");
}

/* Somebody should look where not all that came goes out, or something about a study is odd. */
static void append_notification(struct text *text, const struct dcmchain_counts *counts, uint64_t set_aside,
                                size_t warnings)
{
    if (counts->dropped == 0 && set_aside == 0 && warnings == 0) {
        return;
    }
    AUTO_FREE char *words =
        text_format("dcmchain: %llu of %llu instances are published, %llu were left out, %llu set aside, %zu "
                    "warnings: see result.json or the task document",
                    (unsigned long long)counts->published, (unsigned long long)counts->found,
                    (unsigned long long)counts->dropped, (unsigned long long)set_aside, warnings);
    text->failed = text->failed || words == NULL;
    text_append(text, ",\"__mercure_notification\":{\"text\":");
    text_json_string(text, words);
    text_append(text, ",\"requested\":true}");
}

static char *make_result(struct run *run)
{
    struct tally warnings = {0};
    struct tally dropped = {0};
    struct tally quarantined = {0};
    struct dcmchain_counts sum = {0};
    struct text text = TEXT_EMPTY;
    size_t of_studies = 0;
    tally_merge(&quarantined, &run->quarantined);
    for (size_t i = 0; i < run->study_count; i++) {
        const dcmchain_study *study = &run->studies[i];
        struct dcmchain_counts counts;
        dcmchain_study_counts(study, &counts);
        sum.found += counts.found;
        sum.published += counts.published;
        sum.dropped += counts.dropped;
        sum.quarantined += counts.quarantined;
        sum.duplicates += counts.duplicates;
        tally_merge(&warnings, &study->warnings);
        for (size_t k = 0; k < study->series_count; k++) {
            tally_merge(&dropped, &study->series[k].dropped);
            tally_merge(&quarantined, &study->series[k].quarantined);
        }
    }
    of_studies = warnings.count; /* those of the run are of its settings, not of what came in */
    tally_merge(&warnings, &run->warnings);
    text_printf(&text, "{\"dcmchain\":\"%s\"", dcmchain_version());
    text_json_member(&text, "pipeline", run->pipeline->name);
    text_printf(&text, ",\"key_id\":\"%s\",\"key_lasting\":%s,", key_id(run->key),
                key_is_lasting(run->key) ? "true" : "false");
    report_append_counts(&text, &sum, true);
    append_studies(&text, run);
    report_append_tally(&text, "drop_reasons", &dropped);
    report_append_tally(&text, "quarantine_reasons", &quarantined);
    report_append_tally(&text, "warnings", &warnings);
    append_notification(&text, &sum, sum.quarantined + run->scan->failed_count, of_studies);
    text_append(&text, "}\n");
    tally_free(&warnings);
    tally_free(&dropped);
    tally_free(&quarantined);
    return text_take(&text);
}

int mercure_write_result(struct run *run, char **ret_problem)
{
    struct sink_file *file = NULL;
    if (run->options.mercure_result == 0 || !run->pipeline->result_json) {
        return DCMCHAIN_OK;
    }
    AUTO_FREE char *json = make_result(run);
    int result = json == NULL ? DCMCHAIN_E_MEMORY
                              : sink_file_create(run->shared_sink, MERCURE_RESULT, &file, ret_problem);
    if (result == DCMCHAIN_OK) {
        bool well = sink_file_write(file, json, strlen(json)) == DCMCHAIN_OK;
        result = sink_file_finish(file, well);
        result = well ? result : DCMCHAIN_E_IO;
    }
    if (result != DCMCHAIN_OK && *ret_problem == NULL) {
        *ret_problem = strdup(MERCURE_RESULT " could not be written");
    }
    run->result_written = result == DCMCHAIN_OK;
    return result;
}

void mercure_task_missing(struct run *run)
{
    if (run->options.mercure_context != 0 && run->scan->task_json == NULL) {
        run_warn(run, NULL,
                 "no task.json is in the input folder: no settings of mercure's pages are in force, but the "
                 "pipeline's own");
    }
}

void mercure_hint(struct run *run)
{
    if (run->options.mercure_context != 0 && run->options.dry_run == 0) {
        log_record(
            run->log, DCMCHAIN_LOG_INFO, "", "",
            "mercure puts a task.json of its own, with name, ID and accession number, beside the result: "
            "every target that takes files (folder, SFTP, rsync) needs the exclusion filter task.json");
    }
}
