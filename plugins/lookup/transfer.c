/* transfer.c: records as CSV, one line a series, out and in; and a list of accession numbers with the folder
 * of each study. It notes each export before the first value is written. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "../common/cleanup.h"
#include "command.h"
#include "csv.h"
#include "store.h"

#define EXIT_FAILED 1

/* The columns, and where each lies in a record: of the object itself, of a pair, of a patient, of a series.
 */
static const struct column {
    const char *name;
    const char *object; /* NULL: the record itself */
    const char *key;
} columns[] = {
    {"patient_key", "patients", "key"},
    {"patient_id", "patients", "id"},
    {"issuer", "patients", "issuer"},
    {"patient_final", "patients", "final"},
    {"accession", "accession", "source"},
    {"accession_final", "accession", "final"},
    {"study_uid", "study", "source"},
    {"study_final", "study", "final"},
    {"series_uid", "series", "source"},
    {"series_final", "series", "final"},
    {"shift_days", NULL, "shift_days"},
    {"folder", NULL, "folder"},
    {"time", NULL, "time"},
    {"pipeline", NULL, "pipeline"},
    {"version", NULL, "version"},
    {"project", NULL, "project"},
    {"key_id", NULL, "key_id"},
    {"task_accession", "task", "accession"},
    {"task_patient", "task", "patient"},
};
#define COLUMN_COUNT (sizeof columns / sizeof columns[0])

/* ---- out ---- */

static FILE *open_output(const char *path)
{
    int fd = path == NULL ? dup(STDOUT_FILENO)
                          : open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (file == NULL && fd >= 0) {
        (void)close(fd);
    }
    return file;
}

static void write_cell(FILE *file, const struct column *column, const cJSON *record, const cJSON *patient,
                       const cJSON *series, bool last)
{
    const cJSON *object = column->object == NULL                    ? record
                          : strcmp(column->object, "patients") == 0 ? patient
                          : strcmp(column->object, "series") == 0
                              ? series
                              : cJSON_GetObjectItemCaseSensitive(record, column->object);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, column->key);
    char number[32] = "";
    if (cJSON_IsNumber(value)) {
        (void)snprintf(number, sizeof number, "%.0f", value->valuedouble);
    }
    csv_write(file, cJSON_IsNumber(value) ? number : record_text(object, column->key), last);
}

static void write_line(FILE *file, const cJSON *record, const cJSON *patient, const cJSON *series)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        write_cell(file, &columns[i], record, patient, series, i + 1 == COLUMN_COUNT);
    }
}

/* One line a series and patient; a record of several patients has several lines a series. */
static int write_record(void *closure, const struct stored *stored)
{
    const cJSON *patients = cJSON_GetObjectItemCaseSensitive(stored->record, "patients");
    const cJSON *series = NULL;
    cJSON_ArrayForEach(series, cJSON_GetObjectItemCaseSensitive(stored->record, "series"))
    {
        const cJSON *patient = NULL;
        cJSON_ArrayForEach(patient, patients)
        {
            write_line(closure, stored->record, patient, series);
        }
    }
    return ferror((FILE *)closure) ? DCMCHAIN_E_IO : DCMCHAIN_OK;
}

static int count_record(void *closure, const struct stored *stored)
{
    (void)stored;
    ++*(uint64_t *)closure;
    return DCMCHAIN_OK;
}

static int export_all(struct store *store, FILE *file)
{
    for (size_t i = 0; i < COLUMN_COUNT; i++) {
        csv_write(file, columns[i].name, i + 1 == COLUMN_COUNT);
    }
    return store_find(store, NULL, NULL, write_record, file);
}

/* ---- accession numbers ---- */

struct folder_line {
    FILE *file;
    const char *accession;
    cJSON *seen; /* study UIDs of this accession number that have a line */
};

static int write_folder(void *closure, const struct stored *stored)
{
    struct folder_line *line = closure;
    const char *uid = record_pair(stored->record, "study", "final");
    const char *folder = record_text(stored->record, "folder");
    if (cJSON_HasObjectItem(line->seen, uid)) {
        return DCMCHAIN_OK; /* each series may have been a run of its own */
    }
    csv_write(line->file, line->accession, false);
    csv_write(line->file, folder[0] != '\0' ? folder : uid, false);
    csv_write(line->file, uid, false);
    csv_write(line->file, stored->confirmed ? "published" : "unconfirmed", true);
    return cJSON_AddTrueToObject(line->seen, uid) == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
}

static int export_accession(struct store *store, FILE *file, const char *accession)
{
    struct folder_line line = {file, accession, cJSON_CreateObject()};
    int result = line.seen == NULL ? DCMCHAIN_E_MEMORY
                                   : store_find(store, RECORD_ACCESSION, accession, write_folder, &line);
    if (result == DCMCHAIN_OK && cJSON_GetArraySize(line.seen) == 0) {
        csv_write(file, accession, false);
        csv_write(file, "", false);
        csv_write(file, "", false);
        csv_write(file, "unknown", true);
    }
    cJSON_Delete(line.seen);
    return result;
}

/* The column that is called after accession numbers; without one, the first, and no line is a heading. */
static size_t find_column(const struct csv *line, bool *ret_heading)
{
    for (size_t i = 0; i < line->count; i++) {
        if (strncasecmp(line->fields[i], "accession", 9) == 0) {
            *ret_heading = true;
            return i;
        }
    }
    *ret_heading = false;
    return 0;
}

static int export_accessions(struct store *store, FILE *list, FILE *file)
{
    struct csv line = {.count = 0};
    bool heading = false;
    int result = csv_read(list, &line);
    size_t column = result == DCMCHAIN_OK ? find_column(&line, &heading) : 0;
    (void)fputs("accession,study_folder,study_instance_uid,status\r\n", file);
    while (result == DCMCHAIN_OK) {
        if (!heading && column < line.count && line.fields[column][0] != '\0') {
            result = export_accession(store, file, line.fields[column]);
        }
        heading = false;
        result = result == DCMCHAIN_OK ? csv_read(list, &line) : result;
    }
    csv_free(&line);
    return result == DCMCHAIN_E_ABSENT ? DCMCHAIN_OK : result;
}

/* How many are about to be seen: lines of the list, or records. */
static int count_all(struct store *store, FILE *list, uint64_t *ret_count)
{
    struct csv line = {.count = 0};
    int result = DCMCHAIN_OK;
    *ret_count = 0;
    if (list == NULL) {
        return store_find(store, NULL, NULL, count_record, ret_count);
    }
    while ((result = csv_read(list, &line)) == DCMCHAIN_OK) {
        ++*ret_count;
    }
    csv_free(&line);
    rewind(list);
    return result == DCMCHAIN_E_ABSENT ? DCMCHAIN_OK : result;
}

static int export_to(dcmchain_context *context, const struct arguments *arguments, struct store *store,
                     FILE *list, FILE *file)
{
    uint64_t count = 0;
    int result = count_all(store, list, &count);
    if (result == DCMCHAIN_OK &&
        dcmchain_log_access(context, "lookup export", list == NULL ? "all" : "accession", count,
                            arguments->reason) != DCMCHAIN_OK) {
        return lookup_failed("export", "the access log could not be written: nothing is shown");
    }
    if (result == DCMCHAIN_OK) {
        result = list == NULL ? export_all(store, file) : export_accessions(store, list, file);
    }
    return result == DCMCHAIN_OK ? 0
           : result == DCMCHAIN_E_INVALID
               ? lookup_failed("export", "the list is no CSV that can be read")
               : lookup_failed("export", store_problem(store)[0] != '\0' ? store_problem(store)
                                                                         : dcmchain_result_text(result));
}

int lookup_export(dcmchain_context *context, const struct arguments *arguments)
{
    AUTO_FREE char *problem = NULL;
    struct store *store = NULL;
    if (store_open(context, false, &store, &problem) != DCMCHAIN_OK) {
        return lookup_failed("export", problem);
    }
    FILE *list = arguments->accessions == NULL ? NULL : fopen(arguments->accessions, "re");
    int code = 0;
    FILE *file = NULL;
    if (arguments->accessions != NULL && list == NULL) {
        code = lookup_failed("export", "the list of accession numbers could not be opened");
    } else if ((file = open_output(arguments->output)) == NULL) {
        code = lookup_failed("export", errno == EEXIST ? "the output file is there already, and stays"
                                                       : "the output could not be opened");
    } else {
        code = export_to(context, arguments, store, list, file);
    }
    if (file != NULL && fclose(file) != 0 && code == 0) {
        code = lookup_failed("export", "the output could not be written");
    }
    if (list != NULL) {
        (void)fclose(list);
    }
    store_close(store);
    return code;
}

/* ---- in ---- */

struct importing {
    struct store *store;
    cJSON *record; /* that the lines so far make up */
    bool sealed;
    size_t at[COLUMN_COUNT]; /* index of each column in the file; CSV_FIELDS: it is not there */
    uint64_t count;
    const char *problem;
};

static const char *cell(const struct importing *importing, const struct csv *line, size_t column)
{
    size_t at = importing->at[column];
    return at < line->count ? line->fields[at] : "";
}

static int finish_record(struct importing *importing)
{
    int64_t row = 0;
    if (importing->record == NULL) {
        return DCMCHAIN_OK;
    }
    int result = store_add(importing->store, importing->record, importing->sealed, &row);
    result = result == DCMCHAIN_OK ? store_confirm(importing->store, row) : result;
    importing->problem = result == DCMCHAIN_OK ? NULL : store_problem(importing->store);
    importing->count += result == DCMCHAIN_OK ? 1 : 0;
    cJSON_Delete(importing->record);
    importing->record = NULL;
    return result;
}

/* Does the line go on with the record? A run and its study. */
static bool goes_on(const struct importing *importing, const struct csv *line)
{
    static const char *const same[] = {"study_uid", "study_final", "time", "project", "key_id"};
    for (size_t i = 0; importing->record != NULL && i < COLUMN_COUNT; i++) {
        for (size_t k = 0; k < sizeof same / sizeof same[0]; k++) {
            const char *value = columns[i].object == NULL
                                    ? record_text(importing->record, columns[i].key)
                                    : record_pair(importing->record, columns[i].object, columns[i].key);
            if (strcmp(columns[i].name, same[k]) == 0 && strcmp(value, cell(importing, line, i)) != 0) {
                return false;
            }
        }
    }
    return importing->record != NULL;
}

static bool set_text(cJSON *object, const char *key, const char *value)
{
    return cJSON_AddStringToObject(object, key, value) != NULL;
}

static bool set_shift(cJSON *record, const char *value)
{
    char *end = NULL;
    double days = strtod(value, &end);
    bool number = value[0] != '\0' && *end == '\0';
    return (number ? cJSON_AddNumberToObject(record, "shift_days", days)
                   : cJSON_AddNullToObject(record, "shift_days")) != NULL;
}

/* A new record with what is said once: its own members and its pairs. */
static bool begin_record(struct importing *importing, const struct csv *line)
{
    cJSON *record = cJSON_CreateObject();
    bool well = record != NULL && cJSON_AddArrayToObject(record, "patients") != NULL &&
                cJSON_AddArrayToObject(record, "series") != NULL &&
                cJSON_AddObjectToObject(record, "accession") != NULL &&
                cJSON_AddObjectToObject(record, "study") != NULL &&
                cJSON_AddObjectToObject(record, "task") != NULL;
    for (size_t i = 0; well && i < COLUMN_COUNT; i++) {
        const char *value = cell(importing, line, i);
        cJSON *object =
            columns[i].object == NULL ? record : cJSON_GetObjectItemCaseSensitive(record, columns[i].object);
        if (strcmp(columns[i].name, "shift_days") == 0) {
            well = set_shift(record, value);
        } else if (!cJSON_IsArray(object)) {
            well = set_text(object, columns[i].key, value);
        }
    }
    importing->record = record;
    return well;
}

static bool has_entry(const cJSON *list, const char *key, const char *value)
{
    const cJSON *each = NULL;
    cJSON_ArrayForEach(each, list)
    {
        if (strcmp(record_text(each, key), value) == 0) {
            return true;
        }
    }
    return false;
}

/* The line's patient or series, unless the record has it. known: the column that tells them apart. */
static bool add_entry(struct importing *importing, const struct csv *line, const char *list,
                      const char *known)
{
    cJSON *entries = cJSON_GetObjectItemCaseSensitive(importing->record, list);
    cJSON *entry = cJSON_CreateObject();
    bool well = entry != NULL;
    for (size_t i = 0; well && i < COLUMN_COUNT; i++) {
        if (columns[i].object != NULL && strcmp(columns[i].object, list) == 0) {
            well = set_text(entry, columns[i].key, cell(importing, line, i));
        }
    }
    if (well && has_entry(entries, known, record_text(entry, known))) {
        cJSON_Delete(entry);
        return true;
    }
    return well && cJSON_AddItemToArray(entries, entry);
}

static int import_line(struct importing *importing, const struct csv *line)
{
    int result = goes_on(importing, line) ? DCMCHAIN_OK : finish_record(importing);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    bool well = importing->record != NULL || begin_record(importing, line);
    well = well && add_entry(importing, line, "patients", "key") &&
           add_entry(importing, line, "series", "source");
    if (well && (record_pair(importing->record, "study", "source")[0] == '\0' ||
                 record_pair(importing->record, "study", "final")[0] == '\0')) {
        importing->problem = "a line has no study_uid or no study_final";
        return DCMCHAIN_E_INVALID;
    }
    return well ? DCMCHAIN_OK : DCMCHAIN_E_MEMORY;
}

static int import_file(struct importing *importing, FILE *file)
{
    struct csv line = {.count = 0};
    int result = csv_read(file, &line);
    for (size_t i = 0; result == DCMCHAIN_OK && i < COLUMN_COUNT; i++) {
        size_t at = csv_find(&line, columns[i].name);
        importing->at[i] = at < line.count ? at : CSV_FIELDS;
    }
    while (result == DCMCHAIN_OK && (result = csv_read(file, &line)) == DCMCHAIN_OK) {
        result = import_line(importing, &line);
    }
    csv_free(&line);
    return result == DCMCHAIN_E_ABSENT ? finish_record(importing) : result;
}

int lookup_import(dcmchain_context *context, const struct arguments *arguments)
{
    AUTO_FREE char *problem = NULL;
    struct importing importing = {.sealed = !arguments->plain};
    FILE *file = fopen(arguments->file, "re");
    if (file == NULL) {
        return lookup_failed("import", "the file could not be opened");
    }
    int code = EXIT_FAILED;
    if (store_open(context, true, &importing.store, &problem) != DCMCHAIN_OK) {
        code = lookup_failed("import", problem);
    } else {
        int result = import_file(&importing, file);
        code = result == DCMCHAIN_OK
                   ? 0
                   : lookup_failed("import", importing.problem != NULL ? importing.problem
                                                                       : dcmchain_result_text(result));
        (void)fprintf(stderr, "%llu records were imported\n", (unsigned long long)importing.count);
    }
    cJSON_Delete(importing.record);
    store_close(importing.store);
    (void)fclose(file);
    return code;
}
