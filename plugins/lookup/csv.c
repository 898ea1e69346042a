/* csv.c: see csv.h. */
#include "csv.h"

#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"

void csv_free(struct csv *line)
{
    for (size_t i = 0; i < line->count; i++) {
        free(line->fields[i]);
    }
    line->count = 0;
}

struct field {
    char *bytes;
    size_t length;
    size_t capacity;
};

static bool put(struct field *field, int byte)
{
    if (field->length + 1 >= field->capacity) {
        size_t capacity = field->capacity == 0 ? 64 : field->capacity * 2;
        char *grown = realloc(field->bytes, capacity);
        if (grown == NULL) {
            return false;
        }
        field->bytes = grown;
        field->capacity = capacity;
    }
    field->bytes[field->length++] = (char)byte;
    field->bytes[field->length] = '\0';
    return true;
}

/* Reads one field; *ret_end is the byte that ended it: a comma, a line feed or EOF. */
static int read_field(FILE *file, struct field *field, int *ret_end)
{
    bool quoted = false;
    bool any = false;
    for (;;) {
        int byte = getc(file);
        if (byte == '"' && !any && !quoted) {
            quoted = true;
        } else if (byte == '"' && quoted) {
            int next = getc(file);
            if (next != '"') {
                quoted = false;
                (void)ungetc(next, file);
                continue;
            }
            if (!put(field, byte)) {
                return DCMCHAIN_E_MEMORY;
            }
        } else if (byte == EOF || (!quoted && (byte == ',' || byte == '\n'))) {
            *ret_end = byte;
            return quoted ? DCMCHAIN_E_INVALID : DCMCHAIN_OK;
        } else if (byte == '\0') {
            return DCMCHAIN_E_INVALID;
        } else if ((byte != '\r' || quoted) && !put(field, byte)) {
            return DCMCHAIN_E_MEMORY;
        }
        any = true;
    }
}

static int read_line(FILE *file, struct csv *line, int *ret_end)
{
    do {
        struct field field = {0};
        if (line->count == CSV_FIELDS) {
            return DCMCHAIN_E_INVALID;
        }
        int result = read_field(file, &field, ret_end);
        if (result != DCMCHAIN_OK) {
            free(field.bytes);
            return result;
        }
        line->fields[line->count] = field.bytes == NULL ? strdup("") : field.bytes;
        if (line->fields[line->count] == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        line->count++;
    } while (*ret_end == ',');
    return DCMCHAIN_OK;
}

static void skip_mark(char *text)
{
    if (strncmp(text, "\xEF\xBB\xBF", 3) == 0) {
        memmove(text, text + 3, strlen(text + 3) + 1);
    }
}

int csv_read(FILE *file, struct csv *line)
{
    int end = '\n';
    do {
        csv_free(line);
        int result = read_line(file, line, &end);
        if (result != DCMCHAIN_OK) {
            return ferror(file) ? DCMCHAIN_E_IO : result;
        }
        skip_mark(line->fields[0]);
        if (line->count > 1 || line->fields[0][0] != '\0') {
            return DCMCHAIN_OK;
        }
    } while (end != EOF);
    return ferror(file) ? DCMCHAIN_E_IO : DCMCHAIN_E_ABSENT;
}

size_t csv_find(const struct csv *line, const char *field)
{
    size_t at = 0;
    while (at < line->count && strcmp(line->fields[at], field) != 0) {
        at++;
    }
    return at;
}

void csv_write(FILE *file, const char *field, bool last)
{
    bool quoted = strpbrk(field, ",\"\r\n") != NULL || field[0] == ' ';
    (void)fputs(quoted ? "\"" : "", file);
    for (; *field != '\0'; field++) {
        (void)fputs(*field == '"' ? "\"" : "", file);
        (void)fputc(*field, file);
    }
    (void)fputs(quoted ? "\"" : "", file);
    (void)fputs(last ? "\r\n" : ",", file);
}
