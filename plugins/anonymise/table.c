/* table.c: reads the de-identification table and finds its rows.
 * It must not know what an action does to an element. */
#include "table.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "dcmchain/dataset.h"
#include "embedded.h"

#define MAX_FILE_BYTES (4U << 20)
#define MAX_ROWS 50000U
#define COLUMNS (4U + TABLE_OPTIONS)

struct table {
    struct table_row *rows; /* exact tags, sorted */
    size_t count;
    uint32_t *slots; /* index + 1 into rows, 0: free; a power of two of them, found by a hash of the tag */
    size_t slot_count;
    struct table_row *masks; /* in the order of the file */
    size_t mask_count;
    struct table_row private_row;
    int has_private;
    char edition[64];
};

static const char *const column_names[COLUMNS] = {
    "tag",         "vr",      "keyword",    "basic",          "safe_private", "uids",       "device",
    "institution", "patient", "full_dates", "modified_dates", "descriptors",  "structured", "graphics"};

/* One line of the file, cut into its fields in place. */
struct line {
    char text[1024];
    char *fields[COLUMNS + 1];
    size_t count;
    size_t number;
};

static int problem_at(char *ret_problem, const struct line *line, const char *what)
{
    (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "line %zu: %s", line->number, what);
    return DCMCHAIN_E_INVALID;
}

static void split_fields(struct line *line)
{
    char *at = line->text;

    line->count = 0;
    while (line->count <= COLUMNS) {
        line->fields[line->count++] = at;
        at = strchr(at, ',');
        if (at == NULL) {
            return;
        }
        *at++ = '\0';
    }
}

static int parse_tag(const char *text, struct table_row *row)
{
    uint32_t tag = 0;
    uint32_t mask = 0;
    size_t at = 0;

    for (; text[at] != '\0' && at < 8; at++) {
        const char letter = (char)tolower((unsigned char)text[at]);
        tag <<= 4;
        mask <<= 4;
        if (letter == 'x') {
            continue;
        }
        if (!isxdigit((unsigned char)letter)) {
            return -1;
        }
        tag |= (uint32_t)(letter <= '9' ? letter - '0' : letter - 'a' + 10);
        mask |= 0xFU;
    }
    if (at != 8 || text[at] != '\0') {
        return -1;
    }
    row->tag = tag;
    row->mask = mask;
    return 0;
}

static int parse_action(const char *text, struct table_row *row)
{
    static const char letters[] = "XZDU";
    uint8_t basic = 0;
    const char *at = text;

    if (strlen(text) >= sizeof row->letters) {
        return -1;
    }
    for (;;) {
        const char *known = *at == '\0' ? NULL : strchr(letters, *at);
        if (known == NULL || (basic & (1U << (known - letters))) != 0U) {
            return -1;
        }
        basic = (uint8_t)(basic | (1U << (known - letters)));
        at++;
        at += *at == '*' ? 1 : 0;
        if (*at == '\0') {
            break;
        }
        if (*at++ != '/') {
            return -1;
        }
    }
    row->basic = basic;
    (void)memcpy(row->letters, text, strlen(text) + 1);
    return 0;
}

static int parse_row(struct line *line, struct table_row *ret_row, int *ret_private, char *ret_problem)
{
    struct table_row row = {0};

    if (line->count != COLUMNS) {
        return problem_at(ret_problem, line, "a row has 14 fields");
    }
    *ret_private = strcmp(line->fields[0], "private") == 0;
    if (!*ret_private && parse_tag(line->fields[0], &row) < 0) {
        return problem_at(ret_problem, line, "a tag is 8 hexadecimal digits, x for any, or 'private'");
    }
    if (strlen(line->fields[1]) == 2) {
        row.vr = DCMCHAIN_VR(line->fields[1][0], line->fields[1][1]);
    } else if (line->fields[1][0] != '\0') {
        return problem_at(ret_problem, line, "a VR is two letters, or empty");
    }
    if (parse_action(line->fields[3], &row) < 0) {
        return problem_at(ret_problem, line, "an action is one of X Z D U, or several as in X/Z/D");
    }
    for (size_t option = 0; option < TABLE_OPTIONS; option++) {
        const char *field = line->fields[4 + option];
        if (field[0] != '\0' && strcmp(field, "K") != 0 && strcmp(field, "C") != 0) {
            return problem_at(ret_problem, line, "an option is K, C, or empty");
        }
        row.options[option] = field[0];
    }
    *ret_row = row;
    return 0;
}

static int by_tag(const void *left, const void *right)
{
    const struct table_row *a = left;
    const struct table_row *b = right;
    return a->tag < b->tag ? -1 : a->tag > b->tag;
}

static int add_row(struct table *table, const struct table_row *row, int is_private)
{
    struct table_row **rows = row->mask == UINT32_MAX ? &table->rows : &table->masks;
    size_t *count = row->mask == UINT32_MAX ? &table->count : &table->mask_count;

    if (is_private) {
        table->private_row = *row;
        table->has_private = 1;
        return 0;
    }
    if ((*count & (*count - 1)) == 0) { /* a power of two, or 0: the array is full */
        struct table_row *more = realloc(*rows, (*count == 0 ? 1 : *count * 2) * sizeof *more);
        if (more == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        *rows = more;
    }
    (*rows)[(*count)++] = *row;
    return 0;
}

static int check_header(struct line *line, char *ret_problem)
{
    int good = line->count == COLUMNS;

    for (size_t at = 0; good && at < COLUMNS; at++) {
        good = strcmp(line->fields[at], column_names[at]) == 0;
    }
    return good ? 0 : problem_at(ret_problem, line, "the columns are not those of the shipped table");
}

static int read_line(struct table *table, struct line *line, int *header_seen, char *ret_problem)
{
    static const char edition_mark[] = "# edition:";
    struct table_row row = {0};
    int is_private = 0;
    int result = 0;

    if (line->text[0] == '\0') {
        return 0;
    }
    if (line->text[0] == '#') {
        if (strncmp(line->text, edition_mark, sizeof edition_mark - 1) == 0) {
            const char *edition = line->text + sizeof edition_mark - 1;
            edition += strspn(edition, " ");
            (void)snprintf(table->edition, sizeof table->edition, "%s", edition);
        }
        return 0;
    }
    split_fields(line);
    if (!*header_seen) {
        *header_seen = 1;
        return check_header(line, ret_problem);
    }
    result = parse_row(line, &row, &is_private, ret_problem);
    if (result < 0) {
        return result;
    }
    if (table->count + table->mask_count >= MAX_ROWS) {
        return problem_at(ret_problem, line, "too many rows");
    }
    if (add_row(table, &row, is_private) < 0) {
        return problem_at(ret_problem, line, "out of memory");
    }
    return 0;
}

/* Where a tag's row is, or would be. */
static uint32_t *slot_of(const struct table *table, uint32_t tag)
{
    size_t slot = tag * 2654435761U >> 7;

    for (;; slot++) {
        uint32_t *found = &table->slots[slot & (table->slot_count - 1)];
        if (*found == 0 || table->rows[*found - 1].tag == tag) {
            return found;
        }
    }
}

static int make_slots(struct table *table)
{
    for (table->slot_count = 16; table->slot_count < table->count * 2;) {
        table->slot_count *= 2;
    }
    table->slots = calloc(table->slot_count, sizeof *table->slots);
    if (table->slots == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t at = 0; at < table->count; at++) {
        *slot_of(table, table->rows[at].tag) = (uint32_t)at + 1;
    }
    return 0;
}

static int finish(struct table *table, char *ret_problem)
{
    if (table->count == 0) {
        (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "the table has no rows");
        return DCMCHAIN_E_INVALID;
    }
    if (table->edition[0] == '\0') {
        (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "the table has no line '# edition: …'");
        return DCMCHAIN_E_INVALID;
    }
    qsort(table->rows, table->count, sizeof *table->rows, by_tag);
    for (size_t at = 1; at < table->count; at++) {
        if (table->rows[at].tag == table->rows[at - 1].tag) {
            (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "two rows for %08X",
                           (unsigned)table->rows[at].tag);
            return DCMCHAIN_E_INVALID;
        }
    }
    if (make_slots(table) < 0) {
        (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "out of memory");
        return DCMCHAIN_E_MEMORY;
    }
    return 0;
}

int table_read(const char *text, size_t length, struct table **ret_table, char *ret_problem)
{
    struct table *table = calloc(1, sizeof *table);
    struct line line = {.number = 0};
    const char *end = text + length;
    int header_seen = 0;
    int result = 0;

    if (table == NULL) {
        (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "out of memory");
        return DCMCHAIN_E_MEMORY;
    }
    while (result == 0 && text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t width = (size_t)((stop == NULL ? end : stop) - text);
        line.number++;
        if (width >= sizeof line.text) {
            result = problem_at(ret_problem, &line, "the line is too long");
            break;
        }
        (void)memcpy(line.text, text, width);
        width -= width > 0 && line.text[width - 1] == '\r' ? 1 : 0;
        line.text[width] = '\0';
        result = read_line(table, &line, &header_seen, ret_problem);
        text = stop == NULL ? end : stop + 1;
    }
    result = result < 0 ? result : finish(table, ret_problem);
    if (result < 0) {
        table_free(table);
        return result;
    }
    *ret_table = table;
    return 0;
}

int table_read_file(const char *path, struct table **ret_table, char *ret_problem)
{
    AUTO_FREE char *text = malloc(MAX_FILE_BYTES);
    FILE *file = fopen(path, "re");
    size_t length = 0;

    if (text == NULL || file == NULL) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees text */
        (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "cannot be opened");
        if (file != NULL) {
            (void)fclose(file);
        }
        return DCMCHAIN_E_IO;
    }
    length = fread(text, 1, MAX_FILE_BYTES, file);
    if (ferror(file) != 0 || length == MAX_FILE_BYTES) {
        (void)snprintf(ret_problem, TABLE_PROBLEM_BYTES, "cannot be read, or is over 4 MiB");
        (void)fclose(file);
        return DCMCHAIN_E_IO;
    }
    (void)fclose(file);
    return table_read(text, length, ret_table, ret_problem);
}

int table_read_shipped(struct table **ret_table, char *ret_problem)
{
    return table_read((const char *)embedded_ps3_15_2025b_csv, embedded_ps3_15_2025b_csv_size, ret_table,
                      ret_problem);
}

void table_free(struct table *table)
{
    if (table != NULL) {
        free(table->rows);
        free(table->slots);
        free(table->masks);
        free(table);
    }
}

const struct table_row *table_find(const struct table *table, uint32_t tag)
{
    const uint32_t index = *slot_of(table, tag);
    const struct table_row *row = index == 0 ? NULL : &table->rows[index - 1];

    for (size_t at = 0; row == NULL && at < table->mask_count; at++) {
        if ((tag & table->masks[at].mask) == table->masks[at].tag) {
            row = &table->masks[at];
        }
    }
    return row;
}

void table_each(const struct table *table, void (*visit)(void *closure, const struct table_row *row),
                void *closure)
{
    for (size_t at = 0; at < table->count; at++) {
        visit(closure, &table->rows[at]);
    }
    for (size_t at = 0; at < table->mask_count; at++) {
        visit(closure, &table->masks[at]);
    }
}

const struct table_row *table_private(const struct table *table)
{
    return table->has_private ? &table->private_row : NULL;
}

const char *table_edition(const struct table *table)
{
    return table->edition;
}

size_t table_rows(const struct table *table)
{
    return table->count + table->mask_count + (table->has_private ? 1U : 0U);
}
