/* report_tree.c: the paths of what is (or would be) published (report.h). Each study's are taken down when it
 * is done, so that its artifacts need not last as long as the run. */
#include <stdlib.h>
#include <string.h>

#include "mercure.h"
#include "report.h"
#include "text.h"

/* ---- of one study ---- */

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
    const uint32_t ordinal = study->source->ordinal;
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

/* A line and its NUL, which no path holds. */
static void add_line(struct text *lines, const char *line, size_t length, size_t *ret_last)
{
    *ret_last = lines->length;
    text_append_bytes(lines, line, length);
    text_append_bytes(lines, "", 1);
}

/* The path, behind the folders above it that are not above the one before; repeats that are left go at last.
 */
static void add_path(struct text *lines, const char *path, size_t *last)
{
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        const size_t length = (size_t)(slash - path) + 1;
        if (lines->bytes == NULL || strncmp(lines->bytes + *last, path, length) != 0) {
            add_line(lines, path, length, last);
        }
    }
    add_line(lines, path, strlen(path), last);
}

void report_keep_tree(dcmchain_study *study)
{
    const struct dcmchain_artifact *artifact = dcmchain_study_artifact(study, 0);
    size_t last = 0;
    for (size_t i = 0; artifact != NULL; artifact = dcmchain_study_artifact(study, ++i)) {
        char *path = artifact->path == NULL ? NULL : shown_path(study->run, artifact);
        if (path != NULL) {
            add_path(&study->tree, path, &last);
        }
        study->tree.failed = study->tree.failed || (path == NULL && artifact->path != NULL);
        free(path);
    }
    text_fit(&study->tree);
}

/* ---- of the run ---- */

struct lines {
    const char **lines;
    size_t count;
    size_t capacity;
    bool failed;
};

static void list_line(struct lines *lines, const char *line)
{
    if (lines->count == lines->capacity) {
        size_t capacity = lines->capacity == 0 ? 64 : lines->capacity * 2;
        const char **grown = realloc(lines->lines, capacity * sizeof *grown);
        if (grown == NULL) {
            lines->failed = true;
            return;
        }
        lines->lines = grown;
        lines->capacity = capacity;
    }
    lines->lines[lines->count++] = line;
}

static void list_study(struct lines *lines, const dcmchain_study *study)
{
    if (study->state != STUDY_PUBLISHED) {
        return;
    }
    for (size_t at = 0; at < study->tree.length; at += strlen(study->tree.bytes + at) + 1) {
        list_line(lines, study->tree.bytes + at);
    }
    lines->failed = lines->failed || study->tree.failed;
}

static int compare_lines(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

char *report_tree(const struct run *run)
{
    struct lines lines = {0};
    for (size_t i = 0; i < run->study_count; i++) {
        list_study(&lines, &run->studies[i]);
    }
    if (run->result_written && lines.count > 0) {
        list_line(&lines, MERCURE_RESULT);
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
    free(lines.lines);
    text.failed = text.failed || lines.failed;
    return text_take(&text);
}
