/* report.c: the report of a run as JSON, and its exit code. Ordinals and final UIDs name things, nothing
 * else.
 */
#include "report.h"

#include "cleanup.h"
#include "text.h"

#define TAG_STUDY_INSTANCE_UID 0x0020000DU
#define TAG_SERIES_INSTANCE_UID 0x0020000EU
#define TAG_MODALITY 0x00080060U

const char *report_status(const dcmchain_study *study)
{
    switch (study->state) {
    case STUDY_PUBLISHED:
        return "published";
    case STUDY_EMPTY:
        return "empty";
    case STUDY_SKIPPED:
        return "skipped";
    case STUDY_FAILED:
        return "failed";
    case STUDY_WAITING:
    case STUDY_OPEN:
    case STUDY_CLOSED:
    case STUDY_STOPPED:
        break;
    }
    return "stopped";
}

struct dcmchain_counts report_counts(const struct run *run)
{
    struct dcmchain_counts sum = {0};
    for (size_t i = 0; i < run->study_count; i++) {
        const dcmchain_study *study = &run->studies[i];
        struct dcmchain_counts counts;
        dcmchain_study_counts(study, &counts);
        sum.found += counts.found;
        sum.published += study->state == STUDY_PUBLISHED ? counts.published : 0;
        sum.dropped += counts.dropped;
        sum.quarantined += counts.quarantined;
        sum.duplicates += counts.duplicates;
    }
    return sum;
}

int report_exit_code(const struct run *run)
{
    bool failed = run->problem != NULL || run->stopped;
    uint64_t quarantined =
        run->quarantine ? report_counts(run).quarantined + (run->scan == NULL ? 0 : run->scan->failed_count)
                        : 0;
    for (size_t i = 0; i < run->study_count; i++) {
        const dcmchain_study *study = &run->studies[i];
        if (study->residual) {
            return 4;
        }
        failed = failed || study->state == STUDY_FAILED || study->state == STUDY_STOPPED;
    }
    return failed ? 1 : quarantined > 0 ? run->pipeline->quarantine_exit : 0;
}

const char *report_outcome(const struct run *run)
{
    if (run->stopped) {
        return "stopped";
    }
    switch (report_exit_code(run)) {
    case 0:
        return "done";
    case 3:
        return "quarantined";
    case 4:
        return "residual identifiers";
    default:
        return "failed";
    }
}

/* ---- pieces ---- */

void report_append_counts(struct text *text, const struct dcmchain_counts *counts, bool published)
{
    text_printf(text,
                "\"found\":%llu,\"published\":%llu,\"dropped\":%llu,\"quarantined\":%llu,\"duplicates\":%llu",
                (unsigned long long)counts->found, (unsigned long long)(published ? counts->published : 0),
                (unsigned long long)counts->dropped, (unsigned long long)counts->quarantined,
                (unsigned long long)counts->duplicates);
}

void report_append_tally(struct text *text, const char *key, const struct tally *tally)
{
    text_printf(text, ",\"%s\":[", key);
    for (size_t i = 0; i < tally->count; i++) {
        text_append(text, i == 0 ? "{" : ",{");
        text_json_member(text, "text", tally->entries[i].text);
        text_printf(text, ",\"count\":%llu}", (unsigned long long)tally->entries[i].count);
    }
    if (tally->beyond > 0) {
        text_printf(text, "%s{\"text\":\"others\",\"count\":%llu}", tally->count > 0 ? "," : "",
                    (unsigned long long)tally->beyond);
    }
    text_append(text, "]");
}

static void append_scan_counts(struct text *text, const char *key, const struct scan_count *counts,
                               size_t count)
{
    text_printf(text, ",\"%s\":[", key);
    for (size_t i = 0; i < count; i++) {
        text_append(text, i == 0 ? "{" : ",{");
        text_json_member(text, "text", counts[i].reason);
        text_printf(text, ",\"count\":%llu}", (unsigned long long)counts[i].count);
    }
    text_append(text, "]");
}

static void append_input(struct text *text, const struct run *run)
{
    const struct scan *scan = run->scan;
    text_printf(text, ",\"input\":{\"files\":%llu,\"bytes\":%llu,\"instances\":%llu",
                (unsigned long long)(scan == NULL ? 0 : scan->files),
                (unsigned long long)(scan == NULL ? 0 : scan->bytes),
                (unsigned long long)report_counts(run).found);
    append_scan_counts(text, "not_dicom", scan == NULL ? NULL : scan->not_dicom,
                       scan == NULL ? 0 : scan->not_dicom_count);
    append_scan_counts(text, "skipped", scan == NULL ? NULL : scan->skipped,
                       scan == NULL ? 0 : scan->skipped_count);
    report_append_tally(text, run->quarantine ? "quarantined" : "failed", &run->quarantined);
    text_append(text, "}");
}

static void append_series(struct text *text, const dcmchain_series *series, bool published)
{
    text_printf(text, "{\"ordinal\":%u", series->source->ordinal);
    text_json_member(text, "series_instance_uid", dcmchain_series_final(series, TAG_SERIES_INSTANCE_UID));
    text_json_member(text, "modality", dcmchain_series_final(series, TAG_MODALITY));
    text_append(text, ",");
    report_append_counts(text, &series->counts, published);
    report_append_tally(text, "drop_reasons", &series->dropped);
    report_append_tally(text, "quarantine_reasons", &series->quarantined);
    text_append(text, "}");
}

static void append_study(struct text *text, const dcmchain_study *study)
{
    bool published = study->state == STUDY_PUBLISHED;
    struct dcmchain_counts counts;
    dcmchain_study_counts(study, &counts);
    text_printf(text, "{\"ordinal\":%u", study->source->ordinal);
    text_json_member(text, "status", report_status(study));
    text_json_member(text, "study_instance_uid", dcmchain_study_final(study, TAG_STUDY_INSTANCE_UID));
    text_json_member(text, "problem", study->problem);
    text_append(text, ",");
    report_append_counts(text, &counts, published);
    text_append(text, ",\"series\":[");
    for (size_t i = 0; i < study->series_count; i++) {
        text_append(text, i == 0 ? "" : ",");
        append_series(text, &study->series[i], published);
    }
    text_append(text, "]");
    report_append_tally(text, "warnings", &study->warnings);
    report_append_tally(text, "notes", &study->notes);
    text_append(text, "}");
}

static void append_phases(struct text *text, const struct run *run)
{
    static const char *const names[] = {"scan", "process", "publish"};
    text_append(text, ",\"phases\":[");
    for (size_t i = 0; i < 3; i++) {
        text_printf(text, "%s{\"name\":\"%s\",\"wall_ms\":%.0f,\"cpu_ms\":%.0f}", i == 0 ? "" : ",", names[i],
                    run->phases[i].wall_s * 1e3, run->phases[i].cpu_s * 1e3);
    }
    text_append(text, "]");
}

char *report_json(struct run *run)
{
    AUTO_FREE char *description = NULL;
    if (run->key == NULL || run_describe(run, &description) != DCMCHAIN_OK) {
        return NULL;
    }
    struct text text = TEXT_EMPTY;
    text_printf(&text, "{\"dcmchain\":1,\"dry_run\":%s,\"exit_code\":%d",
                run->options.dry_run != 0 ? "true" : "false", report_exit_code(run));
    text_json_member(&text, "outcome", report_outcome(run));
    text_json_member(&text, "problem", run->problem);
    text_printf(&text, ",\"run\":%s", description);
    append_input(&text, run);
    text_append(&text, ",\"studies\":[");
    for (size_t i = 0; i < run->study_count; i++) {
        text_append(&text, i == 0 ? "" : ",");
        append_study(&text, &run->studies[i]);
    }
    text_append(&text, "]");
    report_append_tally(&text, "warnings", &run->warnings);
    report_append_tally(&text, "notes", &run->notes);
    append_phases(&text, run);
    text_append(&text, "}\n");
    return text_take(&text);
}
