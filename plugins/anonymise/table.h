/* table.h: the de-identification table: which action PS3.15 table E.1-1 (or a table of the user's) gives an
 * attribute. It decides nothing: profile.c reads the letters. Immutable once read, any thread. */
#ifndef ANONYMISE_TABLE_H
#define ANONYMISE_TABLE_H

#include <stddef.h>
#include <stdint.h>

#define TABLE_X 1U /* remove */
#define TABLE_Z 2U /* empty */
#define TABLE_D 4U /* dummy value */
#define TABLE_U 8U /* map the UID */

/* The option columns, in the order of the file. */
enum table_option {
    TABLE_SAFE_PRIVATE,
    TABLE_UIDS,
    TABLE_DEVICE,
    TABLE_INSTITUTION,
    TABLE_PATIENT,
    TABLE_FULL_DATES,
    TABLE_MODIFIED_DATES,
    TABLE_DESCRIPTORS,
    TABLE_STRUCTURED,
    TABLE_GRAPHICS,
    TABLE_OPTIONS
};

struct table_row {
    uint32_t tag;
    uint32_t mask;               /* bits of the tag that count; 0xFFFFFFFF: all */
    uint16_t vr;                 /* 0: not said */
    uint8_t basic;               /* TABLE_X | … */
    char letters[10];            /* the basic action as it stands in the table, "X/Z/U*" */
    char options[TABLE_OPTIONS]; /* 'K', 'C' or 0 */
};

struct table;

#define TABLE_PROBLEM_BYTES 200

/* Reads a table from text (data/ps3.15-2025b.csv shows the form). Negative with a text in ret_problem
 * ("line 12: …", at least TABLE_PROBLEM_BYTES) where it is wrong. Free with table_free(). */
int table_read(const char *text, size_t length, struct table **ret_table, char *ret_problem);
/* Reads a file of at most 4 MiB. */
int table_read_file(const char *path, struct table **ret_table, char *ret_problem);
/* The shipped table. */
int table_read_shipped(struct table **ret_table, char *ret_problem);
void table_free(struct table *table);

/* The row of a public tag, NULL where the table has none; rows with a mask only where no exact row is. */
const struct table_row *table_find(const struct table *table, uint32_t tag);
/* The row for all private elements, NULL if the table has none. */
const struct table_row *table_private(const struct table *table);
/* Every row but the private one. */
void table_each(const struct table *table, void (*visit)(void *closure, const struct table_row *row),
                void *closure);
const char *table_edition(const struct table *table); /* as its head says, never empty */
size_t table_rows(const struct table *table);

#endif
