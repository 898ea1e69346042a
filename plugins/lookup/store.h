/* store.h: the database of records (SQLite, in the persistence folder): rows of sealed records, found by
 * keyed hashes of their names. It knows no study of a run. One store belongs to one thread at a time; many
 * processes may have the same file open. */
#ifndef LOOKUP_STORE_H
#define LOOKUP_STORE_H

#include <stdint.h>

#include "record.h"

struct store;

/* Opens, and makes where create is true, the database of the context's persistence folder; brings an older
 * schema up to date. DCMCHAIN_FAIL, DCMCHAIN_E_ABSENT (it is not there) with *ret_problem (owned, no values).
 */
int store_open(const dcmchain_context *context, bool create, struct store **ret_store, char **ret_problem);
void store_close(struct store *store);
/* What the last failure was. Borrowed. */
const char *store_problem(const struct store *store);

/* Adds a record as not yet confirmed, in one transaction. DCMCHAIN_E_TAKEN: one of its final values stands
 * for somebody else already. */
int store_add(struct store *store, const cJSON *record, bool sealed, int64_t *ret_row);
/* It is published; it never will be. */
int store_confirm(struct store *store, int64_t row);
int store_remove(struct store *store, int64_t row);

/* Calls visit for each record that has the name, or for all (domain NULL), oldest first. DCMCHAIN_E_ABSENT:
 * a record is sealed with a key that is not there. What visit returns where it is not DCMCHAIN_OK ends it. */
struct stored {
    int64_t row;
    bool confirmed;
    const cJSON *record;
};
typedef int (*store_visitor)(void *closure, const struct stored *stored);
int store_find(struct store *store, const char *domain, const char *value, store_visitor visit,
               void *closure);

/* Leaves nothing of removed rows in the file and its log. DCMCHAIN_FAIL where other processes kept it. */
int store_scrub(struct store *store);

#endif
