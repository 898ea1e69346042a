/* types.h: what the standard's objects ask of an attribute where it stands (PS3.3, the Types 1, 2 and 3): the
 * compound letters of table E.1-1 depend on it. It decides nothing. Immutable once read, any thread. */
#ifndef ANONYMISE_TYPES_H
#define ANONYMISE_TYPES_H

#include "dcmchain/dataset.h"

/* In rising order of what is asked. */
enum types_need {
    TYPES_OPTIONAL, /* Type 3, or no part of the object there */
    TYPES_UNKNOWN,  /* no data: of the SOP class, or of all its modules */
    TYPES_PRESENT,  /* Type 2 or 2C: it must be there, and may be empty */
    TYPES_VALUE     /* Type 1 or 1C: it must have a value */
};

struct types;

#define TYPES_PROBLEM_BYTES 120

/* Reads data/types-2024b.csv. Negative with a text in ret_problem (TYPES_PROBLEM_BYTES) where it is wrong. */
int types_read(const char *text, size_t length, struct types **ret_types, char *ret_problem);
int types_read_shipped(struct types **ret_types, char *ret_problem);
void types_free(struct types *types);

/* sop_class: a UID, "" where it is not known. position: NULL or that of the element; its sequences count. */
enum types_need types_need(const struct types *types, const char *sop_class, uint32_t tag,
                           const struct dcmchain_position *position);
/* The n-th SOP Class UID that there is data of; false past the last. */
#define TYPES_UID_BYTES 65U
bool types_class(const struct types *types, size_t index, char ret_uid[TYPES_UID_BYTES]);
const char *types_edition(const struct types *types);

#endif
