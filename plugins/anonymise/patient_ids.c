/* patient_ids.c: reads the file of patient IDs that were given beforehand, and finds a patient in it.
 * It must not pass on an ID that would join two patients or tell the old one. */
#include "patient_ids.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "../common/cleanup.h"
#include "csv.h"

#define MAX_FILE_BYTES (64U << 20)
#define MAX_ROWS 2000000U
#define MAX_ID_BYTES 64U /* LO, in bytes: fewer characters than it may hold, never more */

struct row {
    char *key; /* of the patient */
    char *id;  /* the new one */
    size_t line;
    bool shared;  /* another patient has the same new ID */
    bool telling; /* the new ID holds the old one */
};

struct patient_ids {
    struct row *rows; /* sorted by key */
    size_t count;
    size_t room;
};

static void trim(const char **text, size_t *length)
{
    while (*length > 0 && isspace((unsigned char)**text)) {
        (*text)++;
        (*length)--;
    }
    while (*length > 0 && isspace((unsigned char)(*text)[*length - 1])) {
        (*length)--;
    }
}

char *patient_ids_key(const char *issuer, const char *patient_id)
{
    size_t issuer_length = strlen(issuer);
    size_t id_length = strlen(patient_id);
    char *key = NULL;

    trim(&issuer, &issuer_length);
    trim(&patient_id, &id_length);
    if (asprintf(&key, "id %zu %.*s %.*s", issuer_length, (int)issuer_length, issuer, (int)id_length,
                 patient_id) < 0) {
        return NULL;
    }
    return key;
}

static int problem_at(char *ret_problem, size_t line, const char *what)
{
    (void)snprintf(ret_problem, PATIENT_IDS_PROBLEM_BYTES, "line %zu: %s", line, what);
    return DCMCHAIN_E_INVALID;
}

static bool is_valid_id(const char *id)
{
    for (const char *at = id; *at != '\0'; at++) {
        if ((unsigned char)*at < 0x20 || *at == 0x7F || *at == '\\') {
            return false;
        }
    }
    return id[0] != '\0' && strlen(id) <= MAX_ID_BYTES;
}

/* Letters and digits alone, without case: "P-0012/x" and "p0012X" are one. Other bytes count as they are. */
static void reduce(const char *text, char *ret_reduced)
{
    for (; *text != '\0'; text++) {
        if (isalnum((unsigned char)*text) || ((unsigned char)*text & 0x80U) != 0U) {
            *ret_reduced++ = (char)tolower((unsigned char)*text);
        }
    }
    *ret_reduced = '\0';
}

static int holds_source(const char *id, const char *source, bool *ret_holds)
{
    AUTO_FREE char *long_text = malloc(strlen(id) + 1);
    AUTO_FREE char *short_text = malloc(strlen(source) + 1);

    if (long_text == NULL || short_text == NULL) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees long_text and short_text */
        return DCMCHAIN_E_MEMORY;
    }
    reduce(id, long_text);
    reduce(source, short_text);
    *ret_holds =
        strstr(id, source) != NULL || (short_text[0] != '\0' && strstr(long_text, short_text) != NULL);
    return 0;
}

static int add_row(struct patient_ids *ids, const struct row *row)
{
    if (ids->count == ids->room) {
        const size_t room = ids->room == 0 ? 64 : ids->room * 2;
        struct row *more = realloc(ids->rows, room * sizeof *more);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        ids->rows = more;
        ids->room = room;
    }
    ids->rows[ids->count++] = *row;
    return 0;
}

struct columns {
    size_t patient_id;
    size_t new_patient_id;
    size_t issuer;
};

static size_t column_of(const struct csv *csv, const char *name)
{
    for (size_t at = 0; at < csv_count(csv); at++) {
        if (strcmp(csv_field(csv, at), name) == 0) {
            return at;
        }
    }
    return SIZE_MAX;
}

static int read_row(struct patient_ids *ids, const struct csv *csv, const struct columns *columns,
                    char *ret_problem)
{
    struct row row = {.line = csv_line(csv)};
    const char *source = csv_field(csv, columns->patient_id);
    const char *issuer = columns->issuer == SIZE_MAX ? "" : csv_field(csv, columns->issuer);
    const char *id = csv_field(csv, columns->new_patient_id);
    int result = 0;

    if (source[0] == '\0' && id[0] == '\0') {
        return 0; /* an empty line of a spreadsheet */
    }
    if (source[0] == '\0' || !is_valid_id(id)) {
        return problem_at(ret_problem, row.line,
                          "a patient ID and a new one of 1 to 64 bytes without backslash are needed");
    }
    row.key = patient_ids_key(issuer, source);
    row.id = strdup(id);
    result = row.key == NULL || row.id == NULL ? DCMCHAIN_E_MEMORY : holds_source(id, source, &row.telling);
    if (result == 0) {
        result = ids->count >= MAX_ROWS ? DCMCHAIN_E_RANGE : add_row(ids, &row);
    }
    if (result < 0) {
        free(row.key);
        free(row.id);
        return problem_at(ret_problem, row.line,
                          result == DCMCHAIN_E_RANGE ? "too many patients" : "out of memory");
    }
    return 0;
}

static int by_key(const void *left, const void *right)
{
    return strcmp(((const struct row *)left)->key, ((const struct row *)right)->key);
}

static int by_id(const void *left, const void *right)
{
    return strcmp(((const struct row *)left)->id, ((const struct row *)right)->id);
}

/* Two rows of one patient that agree are one; that do not are an error. Two patients of one new ID are
 * marked. */
static int check_rows(struct patient_ids *ids, char *ret_problem)
{
    if (ids->count == 0) {
        (void)snprintf(ret_problem, PATIENT_IDS_PROBLEM_BYTES, "no patient is in it");
        return DCMCHAIN_E_INVALID;
    }
    qsort(ids->rows, ids->count, sizeof *ids->rows, by_id);
    for (size_t at = 1; at < ids->count; at++) {
        struct row *one = &ids->rows[at - 1];
        struct row *two = &ids->rows[at];
        if (strcmp(one->id, two->id) == 0 && (one->shared || strcmp(one->key, two->key) != 0)) {
            one->shared = true;
            two->shared = true;
        }
    }
    for (size_t at = ids->count; at-- > 1;) { /* the first of three may only be found out by the third */
        if (ids->rows[at].shared && strcmp(ids->rows[at - 1].id, ids->rows[at].id) == 0) {
            ids->rows[at - 1].shared = true;
        }
    }
    qsort(ids->rows, ids->count, sizeof *ids->rows, by_key);
    for (size_t at = 1; at < ids->count; at++) {
        const struct row *one = &ids->rows[at - 1];
        const struct row *two = &ids->rows[at];
        if (strcmp(one->key, two->key) == 0 && strcmp(one->id, two->id) != 0) {
            return problem_at(ret_problem, one->line > two->line ? one->line : two->line,
                              "the patient stands in another line with another new ID");
        }
    }
    return 0;
}

int patient_ids_read(const char *text, size_t length, struct patient_ids **ret_ids, char *ret_problem)
{
    struct patient_ids *ids = calloc(1, sizeof *ids);
    struct csv *csv = csv_open(text, length);
    struct columns columns;
    int result = ids == NULL || csv == NULL ? DCMCHAIN_E_MEMORY : csv_next(csv);

    (void)snprintf(ret_problem, PATIENT_IDS_PROBLEM_BYTES, "it cannot be read as CSV");
    if (result > 0) {
        columns = (struct columns){column_of(csv, "patient_id"), column_of(csv, "new_patient_id"),
                                   column_of(csv, "issuer")};
        if (columns.patient_id == SIZE_MAX || columns.new_patient_id == SIZE_MAX) {
            result = problem_at(ret_problem, 1, "the columns patient_id and new_patient_id are needed");
        }
    } else if (result == 0) {
        result = problem_at(ret_problem, 1, "it is empty");
    }
    while (result > 0 && (result = csv_next(csv)) > 0) {
        const int read = read_row(ids, csv, &columns, ret_problem);
        result = read < 0 ? read : 1;
    }
    csv_free(csv);
    result = result < 0 ? result : check_rows(ids, ret_problem);
    if (result < 0) {
        patient_ids_free(ids);
        return result;
    }
    *ret_ids = ids;
    return 0;
}

int patient_ids_read_file(const char *path, struct patient_ids **ret_ids, char *ret_problem)
{
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    int result = csv_load(path, MAX_FILE_BYTES, &text, &length);

    if (result < 0) {
        (void)snprintf(ret_problem, PATIENT_IDS_PROBLEM_BYTES, "it cannot be read, or is over %u MiB",
                       MAX_FILE_BYTES >> 20);
        return result;
    }
    return patient_ids_read(text, length, ret_ids, ret_problem);
}

void patient_ids_free(struct patient_ids *ids)
{
    if (ids == NULL) {
        return;
    }
    for (size_t at = 0; at < ids->count; at++) {
        free(ids->rows[at].key);
        free(ids->rows[at].id);
    }
    free(ids->rows);
    free(ids);
}

const char *patient_ids_find(const struct patient_ids *ids, const char *patient_key, const char **ret_why)
{
    AUTO_FREE char *copy = strdup(patient_key);
    const struct row key = {.key = copy};
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees copy */
    const struct row *row = copy == NULL ? NULL : bsearch(&key, ids->rows, ids->count, sizeof key, by_key);

    if (row == NULL) {
        *ret_why = "the patient is not in the table of patient IDs";
    } else if (row->shared) {
        *ret_why = "the table of patient IDs gives two patients one new ID";
    } else if (row->telling) {
        *ret_why = "the new ID in the table of patient IDs holds the old one";
    } else {
        return row->id;
    }
    return NULL;
}
