/* report_text.c: the report of a run for people: its summary (report.h). It must not show a value. */
#include <stdio.h>

#include "log.h"
#include "report.h"
#include "text.h"

/* ---- summary ---- */

static const char *plural(uint64_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

static void append_scan_counts(struct text *text, const char *title, const struct scan_count *counts,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        text_printf(text, "%s%llu %s", i == 0 ? title : ", ", (unsigned long long)counts[i].count,
                    counts[i].reason);
    }
    if (count > 0) {
        text_append(text, "\n");
    }
}

static void append_tally(struct text *text, const char *title, const struct tally *tally)
{
    for (size_t i = 0; i < tally->count; i++) {
        text_printf(text, "%s%s", title, tally->entries[i].text);
        if (tally->entries[i].count > 1) {
            text_printf(text, " (%llu times)", (unsigned long long)tally->entries[i].count);
        }
        text_append(text, "\n");
    }
    if (tally->beyond > 0) {
        text_printf(text, "%sothers (%llu times)\n", title, (unsigned long long)tally->beyond);
    }
}

static void append_study(struct text *text, const dcmchain_study *study, bool dry_run)
{
    struct dcmchain_counts counts;
    dcmchain_study_counts(study, &counts);
    bool published = study->state == STUDY_PUBLISHED;
    text_printf(text, "  study %u: %s%s", study->source->ordinal, published && dry_run ? "would be " : "",
                report_status(study));
    if (study->state == STUDY_FAILED || study->state == STUDY_STOPPED) {
        text_printf(text, ": %s\n", study->problem != NULL ? study->problem : "nothing of it was published");
    } else {
        text_printf(text, ", %llu of %llu %s in %zu series",
                    (unsigned long long)(published ? counts.published : 0), (unsigned long long)counts.found,
                    plural(counts.found, "instance", "instances"), study->series_count);
        if (study->state == STUDY_SKIPPED) {
            text_append(text, ": it is in the output folder already");
        }
        if (counts.dropped > 0) {
            text_printf(text, ", %llu dropped", (unsigned long long)counts.dropped);
        }
        if (counts.quarantined > 0) {
            text_printf(text, ", %llu set aside", (unsigned long long)counts.quarantined);
        }
        if (counts.duplicates > 0) {
            text_printf(text, ", %llu %s", (unsigned long long)counts.duplicates,
                        plural(counts.duplicates, "duplicate", "duplicates"));
        }
        text_append(text, "\n");
    }
    for (size_t i = 0; i < study->series_count; i++) {
        append_tally(text, "    dropped: ", &study->series[i].dropped);
        append_tally(text, "    set aside: ", &study->series[i].quarantined);
    }
    append_tally(text, "    warning: ", &study->warnings);
    append_tally(text, "    note: ", &study->notes);
}

char *report_summary(const struct run *run)
{
    struct text text = TEXT_EMPTY;
    struct dcmchain_counts counts = report_counts(run);
    size_t published = 0;
    for (size_t i = 0; i < run->study_count; i++) {
        published += run->studies[i].state == STUDY_PUBLISHED ? 1 : 0;
    }
    text_printf(&text, "%s%s: %zu of %zu %s, %llu of %llu %s %s\n",
                run->options.dry_run != 0 ? "dry run: " : "", report_outcome(run), published,
                run->study_count, plural(run->study_count, "study", "studies"),
                (unsigned long long)counts.published, (unsigned long long)counts.found,
                plural(counts.found, "instance", "instances"),
                run->options.dry_run != 0 ? "would be published" : "published");
    if (run->problem != NULL) {
        text_printf(&text, "  %s\n", run->problem);
    }
    for (size_t i = 0; i < run->study_count; i++) {
        append_study(&text, &run->studies[i], run->options.dry_run != 0);
    }
    append_tally(&text, run->quarantine ? "  file of no study set aside: " : "  file of no study failed: ",
                 &run->quarantined);
    if (run->scan != NULL) {
        append_scan_counts(&text, "  not DICOM: ", run->scan->not_dicom, run->scan->not_dicom_count);
        append_scan_counts(&text, "  skipped: ", run->scan->skipped, run->scan->skipped_count);
    }
    if (!log_is_heard(run->log)) { /* else each was said when it came up */
        append_tally(&text, "  warning: ", &run->warnings);
    }
    append_tally(&text, "  note: ", &run->notes);
    return text_take(&text);
}
