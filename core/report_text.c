/* report_text.c: the report of a run for people: the summary, and the tree of what is (or would be)
 * published.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cleanup.h"
#include "mercure.h"
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
    append_tally(&text, "  warning: ", &run->warnings);
    append_tally(&text, "  note: ", &run->notes);
    return text_take(&text);
}

/* ---- tree ---- */

struct lines {
    char **lines;
    size_t count;
    size_t capacity;
    bool failed;
};

static void add_line(struct lines *lines, char *line)
{
    if (line != NULL && lines->count == lines->capacity) {
        size_t capacity = lines->capacity == 0 ? 64 : lines->capacity * 2;
        char **grown = realloc(lines->lines, capacity * sizeof *grown);
        if (grown == NULL) {
            free(line);
            line = NULL;
        } else {
            lines->lines = grown;
            lines->capacity = capacity;
        }
    }
    if (line == NULL) {
        lines->failed = true;
        return;
    }
    lines->lines[lines->count++] = line;
}

static void add_path(struct lines *lines, char *path)
{
    for (const char *slash = path == NULL ? NULL : strchr(path, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path) + 1;
        /* The last line's folders are there already; the rest is dropped after sorting. */
        if (lines->count == 0 || strncmp(lines->lines[lines->count - 1], path, length) != 0) {
            add_line(lines, strndup(path, length));
        }
    }
    add_line(lines, path);
}

/* Replaces every occurrence of a derived value by what it stands for. Takes the path over. */
static char *mask(char *path, const char *value, const char *name, uint32_t ordinal)
{
    if (path == NULL || value == NULL || strlen(value) < 4) {
        return path;
    }
    struct text text = TEXT_EMPTY;
    const char *rest = path;
    for (const char *hit = strstr(rest, value); hit != NULL; hit = strstr(rest, value)) {
        text_append_bytes(&text, rest, (size_t)(hit - rest));
        text_printf(&text, "<%s %u>", name, ordinal);
        rest = hit + strlen(value);
    }
    text_append(&text, rest);
    free(path);
    return text_take(&text);
}

/* A throw-away key gives other names in each run: what comes from it is named, not shown. */
static char *shown_path(const struct run *run, const struct dcmchain_artifact *artifact)
{
    char *path = strdup(artifact->path);
    if (run->options.dry_run == 0 || key_is_lasting(run->key)) {
        return path;
    }
    const dcmchain_study *study = artifact->study;
    uint32_t ordinal = study->source->ordinal;
    path = mask(path, dcmchain_study_final(study, 0x0020000D), "Study", ordinal);
    path = mask(path, dcmchain_study_final(study, 0x00200010), "Study ID", ordinal);
    path = mask(path, dcmchain_study_final(study, 0x00100020), "Patient of study", ordinal);
    path = mask(path, dcmchain_study_final(study, 0x00100010), "Patient's Name of study", ordinal);
    if (artifact->series != NULL) {
        path = mask(path, dcmchain_series_final(artifact->series, 0x0020000E), "Series",
                    artifact->series->source->ordinal);
        path = mask(path, artifact->sop_uid, "Instance", artifact->instance_ordinal);
    }
    return path;
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void collect(const struct run *run, struct lines *lines)
{
    for (size_t i = 0; i < run->study_count; i++) {
        const dcmchain_study *study = &run->studies[i];
        if (study->state != STUDY_PUBLISHED) {
            continue;
        }
        const struct dcmchain_artifact *artifact = dcmchain_study_artifact(study, 0);
        for (size_t k = 0; artifact != NULL; artifact = dcmchain_study_artifact(study, ++k)) {
            if (artifact->path != NULL) {
                add_path(lines, shown_path(run, artifact));
            }
        }
    }
}

char *report_tree(const struct run *run)
{
    struct lines lines = {0};
    collect(run, &lines);
    if (run->result_written && lines.count > 0) {
        add_line(&lines, strdup(MERCURE_RESULT));
    }
    if (lines.count > 0) {
        qsort(lines.lines, lines.count, sizeof *lines.lines, compare_lines);
    }
    struct text text = TEXT_EMPTY;
    for (size_t i = 0; i < lines.count; i++) {
        if (i == 0 || strcmp(lines.lines[i], lines.lines[i - 1]) != 0) {
            text_append(&text, lines.lines[i]);
            text_append(&text, "\n");
        }
    }
    for (size_t i = 0; i < lines.count; i++) {
        free(lines.lines[i]);
    }
    free(lines.lines);
    text.failed = text.failed || lines.failed;
    return text_take(&text);
}
