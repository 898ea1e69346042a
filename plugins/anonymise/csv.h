/* csv.h: reads CSV (RFC 4180) record by record: commas or semicolons, quotes, either line end, a byte order
 * mark. It knows no columns. One reader belongs to one thread. */
#ifndef ANONYMISE_CSV_H
#define ANONYMISE_CSV_H

#include <stddef.h>

struct csv;

/* Copies the text. NULL: out of memory. The separator is the semicolon if the first line has one. */
struct csv *csv_open(const char *text, size_t length);
void csv_free(struct csv *csv);
/* 1: a record; 0: the end; DCMCHAIN_E_INVALID: a quote that nothing closes, a NUL byte, too many fields. */
int csv_next(struct csv *csv);
size_t csv_count(const struct csv *csv);
/* Trimmed; "" past the last. Borrowed until the next csv_next(). */
const char *csv_field(const struct csv *csv, size_t index);
size_t csv_line(const struct csv *csv); /* where the record began, from 1 */

/* A whole file of at most so many bytes. Owned (free()). */
int csv_load(const char *path, size_t most_bytes, char **ret_text, size_t *ret_length);

#endif
