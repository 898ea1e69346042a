/* csv.c: splits records and fields in a copy of the text.
 * It must not guess: what RFC 4180 does not allow is an error. */
#include "csv.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"

#define MAX_FIELDS 32U

struct csv {
    char *text;
    char *at; /* of the next record */
    char *end;
    char separator;
    size_t next_line;
    size_t line;
    size_t count;
    const char *fields[MAX_FIELDS];
};

struct csv *csv_open(const char *text, size_t length)
{
    struct csv *csv = calloc(1, sizeof *csv);

    if (csv == NULL) {
        return NULL;
    }
    csv->text = malloc(length + 1);
    if (csv->text == NULL) {
        free(csv);
        return NULL;
    }
    (void)memcpy(csv->text, text, length);
    csv->text[length] = '\0';
    csv->at = csv->text;
    csv->end = csv->text + length;
    if (strncmp(csv->at, "\xEF\xBB\xBF", 3) == 0) {
        csv->at += 3;
    }
    csv->separator = memchr(csv->at, ';', strcspn(csv->at, "\r\n")) != NULL ? ';' : ',';
    csv->next_line = 1;
    return csv;
}

void csv_free(struct csv *csv)
{
    if (csv != NULL) {
        free(csv->text);
        free(csv);
    }
}

/* Takes the quotes off a field, in place. Returns what follows it; NULL: no quote closes it. */
static char *unquote(struct csv *csv, char *field)
{
    char *to = field;

    for (char *from = field + 1; from < csv->end; from++) {
        if (*from == '\n') {
            csv->next_line++;
        }
        if (*from != '"') {
            *to++ = *from;
        } else if (from[1] == '"') {
            *to++ = *from++;
        } else {
            char *behind = from + 1;
            *to = '\0';
            return behind;
        }
    }
    return NULL;
}

static void trim(const char **field, char *end)
{
    while (**field == ' ' || **field == '\t') {
        (*field)++;
    }
    while (end > *field && (end[-1] == ' ' || end[-1] == '\t')) {
        end--;
    }
    *end = '\0';
}

/* Ends at a separator or a line end, over which it goes. */
static bool end_field(struct csv *csv, char **at, char **ret_end)
{
    char *end = *at;
    const char letter = *end;

    *ret_end = end;
    if (letter == '\r' && end[1] == '\n') {
        end++;
    }
    if (*end == '\n' || *end == '\r') {
        csv->next_line++;
    }
    *at = end < csv->end ? end + 1 : end;
    return letter == csv->separator;
}

int csv_next(struct csv *csv)
{
    bool more = true;

    csv->count = 0;
    csv->line = csv->next_line;
    if (csv->at >= csv->end) {
        return 0;
    }
    while (more) {
        const char stops[] = {csv->separator, '\r', '\n', '\0'};
        char *at = csv->at + strspn(csv->at, " \t");
        const char *field = at;
        char *behind = at;
        char *end = NULL;
        const bool quoted = *at == '"';

        if (csv->count == MAX_FIELDS) {
            return DCMCHAIN_E_INVALID;
        }
        if (quoted) {
            behind = unquote(csv, at);
            if (behind == NULL) {
                return DCMCHAIN_E_INVALID;
            }
            behind += strspn(behind, " \t");
        } else {
            behind += strcspn(behind, stops);
        }
        if (*behind != '\0' ? strchr(stops, *behind) == NULL : behind < csv->end) {
            return DCMCHAIN_E_INVALID; /* letters behind a quote, or a NUL byte */
        }
        csv->at = behind;
        more = end_field(csv, &csv->at, &end);
        if (quoted) {
            end = at + strlen(at);
        }
        trim(&field, end);
        csv->fields[csv->count++] = field;
    }
    return 1;
}

size_t csv_count(const struct csv *csv)
{
    return csv->count;
}

const char *csv_field(const struct csv *csv, size_t index)
{
    return index < csv->count ? csv->fields[index] : "";
}

size_t csv_line(const struct csv *csv)
{
    return csv->line;
}

int csv_load(const char *path, size_t most_bytes, char **ret_text, size_t *ret_length)
{
    FILE *file = fopen(path, "re");
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    size_t room = 0;
    int result = file == NULL ? DCMCHAIN_E_IO : 0;

    while (result == 0 && length == room) {
        char *more = NULL;
        room = room == 0 ? 64U << 10 : room * 2;
        more = room > 2 * most_bytes ? NULL : realloc(text, room);
        if (more == NULL) {
            result = room > 2 * most_bytes ? DCMCHAIN_E_RANGE : DCMCHAIN_E_MEMORY;
            break;
        }
        text = more;
        length += fread(text + length, 1, room - length, file);
        result = ferror(file) != 0 ? DCMCHAIN_E_IO : 0;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    if (result == 0 && length > most_bytes) {
        result = DCMCHAIN_E_RANGE;
    }
    if (result < 0) {
        return result;
    }
    *ret_text = text;
    *ret_length = length;
    text = NULL;
    return 0;
}
