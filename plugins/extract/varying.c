/* varying.c: see varying.h. A column keeps the value that came first; a row keeps what differs from that, so
 * that what is alike in thousands of instances is kept once. Which came first shows in nothing. */
#include "varying.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "value.h"

struct column {
    uint32_t tag;
    char *reference; /* JSON, or is_long()'s text */
    size_t last_row; /* the row that named it last, counted from 1 */
    bool differs;    /* found when the table is made */
    bool is_long;    /* at least one value is too long to show */
};

struct cell {
    uint32_t column; /* index in arrival order */
    char *text;      /* NULL: absent */
};

struct row {
    uint32_t ordinal;
    uint32_t columns; /* known when it came: later ones are absent in it */
    struct cell *cells;
    size_t count;
};

struct varying {
    pthread_mutex_t lock; /* over all of it, while instances come */
    struct column *columns;
    size_t column_count;
    uint32_t *sorted; /* indexes of columns, by tag */
    struct row *rows;
    size_t row_count;
    bool too_many;
};

int varying_open(struct varying **ret_varying)
{
    struct varying *varying = calloc(1, sizeof *varying);
    if (varying == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)pthread_mutex_init(&varying->lock, NULL);
    *ret_varying = varying;
    return DCMCHAIN_OK;
}

void varying_free(struct varying *varying)
{
    if (varying == NULL) {
        return;
    }
    for (size_t i = 0; i < varying->column_count; i++) {
        free(varying->columns[i].reference);
    }
    for (size_t i = 0; i < varying->row_count; i++) {
        for (size_t k = 0; k < varying->rows[i].count; k++) {
            free(varying->rows[i].cells[k].text);
        }
        free(varying->rows[i].cells);
    }
    free(varying->columns);
    free(varying->sorted);
    free(varying->rows);
    (void)pthread_mutex_destroy(&varying->lock);
    free(varying);
}

/* ---- adding ---- */

/* Room for one more in a list that grows at powers of two. NULL without memory: the list stays. */
static void *with_room(void *list, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0) {
        return list;
    }
    return realloc(list, (count == 0 ? 1 : count * 2) * size);
}

/* Long values are kept as their length and a hash of theirs: '#' begins no JSON. */
static char *kept_text(const char *text)
{
    size_t length = strlen(text);
    if (length <= VARYING_LONG_BYTES) {
        return strdup(text);
    }
    uint64_t hash = 14695981039346656037ULL;
    uint64_t other = 0;
    for (size_t i = 0; i < length; i++) {
        hash = (hash ^ (unsigned char)text[i]) * 1099511628211ULL; /* FNV-1a */
        other = (other + (unsigned char)text[i]) * 0x9E3779B97F4A7C15ULL;
    }
    char *kept = NULL;
    return asprintf(&kept, "#%zu %016" PRIx64 "%016" PRIx64, length, hash, other) < 0 ? NULL : kept;
}

/* Where the tag stands, or would stand, in the sorted columns. */
static size_t sorted_place(const struct varying *varying, uint32_t tag)
{
    size_t low = 0;
    size_t high = varying->column_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (varying->columns[varying->sorted[middle]].tag < tag) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static int add_column(struct varying *varying, size_t place, uint32_t tag, char *reference)
{
    struct column *columns = with_room(varying->columns, varying->column_count, sizeof(struct column));
    if (columns == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    varying->columns = columns;
    uint32_t *sorted = with_room(varying->sorted, varying->column_count, sizeof(uint32_t));
    if (sorted == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    varying->sorted = sorted;
    memmove(sorted + place + 1, sorted + place, (varying->column_count - place) * sizeof(uint32_t));
    sorted[place] = (uint32_t)varying->column_count;
    columns[varying->column_count++] =
        (struct column){tag, reference, varying->row_count, false, reference[0] == '#'};
    return DCMCHAIN_OK;
}

static int add_cell(struct row *row, uint32_t column, char *text)
{
    struct cell *cells = with_room(row->cells, row->count, sizeof(struct cell));
    if (cells == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    row->cells = cells;
    cells[row->count++] = (struct cell){column, text};
    return DCMCHAIN_OK;
}

static int add_member(struct varying *varying, struct row *row, const struct member *member)
{
    size_t place = sorted_place(varying, member->tag);
    uint32_t index = place < varying->column_count ? varying->sorted[place] : 0;
    bool known = place < varying->column_count && varying->columns[index].tag == member->tag;
    char *text = kept_text(member->text);
    bool taken = false;
    int result = text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && !known) {
        if (varying->column_count == VARYING_COLUMNS) {
            varying->too_many = true;
        } else {
            result = add_column(varying, place, member->tag, text);
            taken = result == DCMCHAIN_OK;
        }
    } else if (result == DCMCHAIN_OK) {
        struct column *column = &varying->columns[index];
        column->last_row = varying->row_count;
        column->is_long = column->is_long || text[0] == '#';
        if (strcmp(column->reference, text) != 0) {
            result = add_cell(row, index, text);
            taken = result == DCMCHAIN_OK;
        }
    }
    if (!taken) {
        free(text);
    }
    return result;
}

static int add_row(struct varying *varying, uint32_t ordinal, const struct members *members)
{
    struct row *rows = with_room(varying->rows, varying->row_count, sizeof(struct row));
    if (rows == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    varying->rows = rows;
    struct row *row = &rows[varying->row_count++];
    *row = (struct row){.ordinal = ordinal};
    int result = DCMCHAIN_OK;
    for (size_t i = 0; result == DCMCHAIN_OK && i < members->count; i++) {
        result = add_member(varying, row, &members->list[i]);
    }
    for (size_t i = 0; result == DCMCHAIN_OK && i < varying->column_count; i++) {
        if (varying->columns[i].last_row != varying->row_count) {
            result = add_cell(row, (uint32_t)i, NULL);
        }
    }
    row->columns = (uint32_t)varying->column_count;
    return result;
}

int varying_add(struct varying *varying, uint32_t ordinal, const struct members *members)
{
    (void)pthread_mutex_lock(&varying->lock);
    int result = varying->too_many ? DCMCHAIN_OK : add_row(varying, ordinal, members);
    (void)pthread_mutex_unlock(&varying->lock);
    return result;
}

bool varying_is_complete(const struct varying *varying)
{
    return !varying->too_many;
}

/* ---- the table ---- */

static int by_ordinal(const void *left, const void *right)
{
    uint32_t one = ((const struct row *)left)->ordinal;
    uint32_t other = ((const struct row *)right)->ordinal;
    return one < other ? -1 : one > other ? 1 : 0;
}

static bool is_null(const char *text)
{
    return text == NULL || strcmp(text, "null") == 0;
}

/* Absent and empty count as alike. */
static void find_differences(struct varying *varying)
{
    qsort(varying->rows, varying->row_count, sizeof(struct row), by_ordinal);
    for (size_t i = 0; i < varying->row_count; i++) {
        const struct row *row = &varying->rows[i];
        for (size_t k = 0; k < row->count; k++) {
            struct column *column = &varying->columns[row->cells[k].column];
            column->differs = column->differs || !(is_null(row->cells[k].text) && is_null(column->reference));
        }
        for (size_t k = row->columns; k < varying->column_count; k++) {
            struct column *column = &varying->columns[k];
            column->differs = column->differs || !is_null(column->reference);
        }
    }
}

/* The row's texts by column, NULL where absent; borrowed from the table. */
static void row_values(const struct varying *varying, const struct row *row, const char **ret_values)
{
    for (size_t i = 0; i < varying->column_count; i++) {
        ret_values[i] = i < row->columns ? varying->columns[i].reference : NULL;
    }
    for (size_t i = 0; i < row->count; i++) {
        ret_values[row->cells[i].column] = row->cells[i].text;
    }
}

static void write_names(struct varying *varying, struct json *json, const char *key, bool long_ones)
{
    json_open(json, key, '[', true);
    for (size_t i = 0; i < varying->column_count; i++) {
        const struct column *column = &varying->columns[varying->sorted[i]];
        if (column->differs && column->is_long == long_ones) {
            char name[VALUE_KEY_SIZE];
            member_key(column->tag, EXTRACT_KEYWORD, name);
            json_string(json, NULL, name);
        }
    }
    json_close(json, ']');
}

int varying_write_table(struct varying *varying, struct json *json)
{
    AUTO_FREE const char **values = calloc(varying->column_count + 1, sizeof(const char *));
    if (values == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    find_differences(varying);
    json_open(json, "varying", '{', false);
    write_names(varying, json, "columns", false);
    json_open(json, "rows", '[', false);
    for (size_t i = 0; i < varying->row_count; i++) {
        row_values(varying, &varying->rows[i], values);
        json_open(json, NULL, '[', true);
        for (size_t k = 0; k < varying->column_count; k++) {
            const struct column *column = &varying->columns[varying->sorted[k]];
            const char *value = values[varying->sorted[k]];
            if (column->differs && !column->is_long) {
                json_raw(json, NULL, value == NULL ? "null" : value);
            }
        }
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees values */
        json_close(json, ']');
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees values */
    json_close(json, ']');
    write_names(varying, json, "not_shown", true);
    json_close(json, '}');
    return DCMCHAIN_OK;
}

int varying_write_dicom_json(struct varying *varying, struct json *json)
{
    AUTO_FREE const char **values = calloc(varying->column_count + 1, sizeof(const char *));
    if (values == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    find_differences(varying);
    json_open(json, NULL, '[', false);
    for (size_t i = 0; i < varying->row_count; i++) {
        row_values(varying, &varying->rows[i], values);
        json_open(json, NULL, '{', true);
        for (size_t k = 0; k < varying->column_count; k++) {
            const struct column *column = &varying->columns[varying->sorted[k]];
            const char *value = values[varying->sorted[k]];
            if (column->differs && !column->is_long && value != NULL) {
                char key[VALUE_KEY_SIZE];
                member_key(column->tag, EXTRACT_DICOM_JSON, key);
                json_raw(json, key, value);
            }
        }
        json_close(json, '}');
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees values */
    json_close(json, ']');
    return DCMCHAIN_OK;
}
