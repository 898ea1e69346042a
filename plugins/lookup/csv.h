/* csv.h: reads and writes CSV (RFC 4180). It knows nothing of what the fields mean. */
#ifndef LOOKUP_CSV_H
#define LOOKUP_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CSV_FIELDS 64U /* of one line; more are an error */

struct csv {
    char *fields[CSV_FIELDS]; /* UTF-8 as it stands, NUL-terminated */
    size_t count;
};

/* The next line that is not empty. DCMCHAIN_E_ABSENT at the end, DCMCHAIN_E_INVALID: a quote that does not
 * close, too many fields, a NUL. Frees what the line before held. */
int csv_read(FILE *file, struct csv *line);
void csv_free(struct csv *line);
/* The index of a field, count where there is none. */
size_t csv_find(const struct csv *line, const char *field);

void csv_write(FILE *file, const char *field, bool last);

#endif
