/* substitution.h: source and final values by attribute, for one study or series: of several values the first
 * in run order wins. It knows no stage. Guarded by the order of placement: one thread at a time. */
#ifndef CORE_SUBSTITUTION_H
#define CORE_SUBSTITUTION_H

#include <stdbool.h>
#include <stdint.h>

#include "dcmchain/dataset.h"

struct substitution {
    char **sources; /* SCAN_ATTRIBUTES of each, NULL: absent */
    char **finals;
};

/* The final values of the scan's attributes in a data set: what substitution_merge() takes. Owned by the
 * caller (substitution_values_free()). */
int substitution_values(const dcmchain_item *root, char ***ret_values);
void substitution_values_free(char **values);

int substitution_open(struct substitution *substitution);
void substitution_free(struct substitution *substitution);
/* The source values are no longer needed: they are absent from now on. */
void substitution_forget_sources(struct substitution *substitution);
/* Takes source values that are not there yet. E_MEMORY. */
int substitution_add_sources(struct substitution *substitution, const char *const *sources,
                             bool series_level);
/* Takes final values that are not there yet. *ret_conflict: the tag of an attribute whose value differs from
 * the one kept, 0 if none. */
int substitution_merge(struct substitution *substitution, char *const *finals, bool series_level,
                       uint32_t *ret_conflict);
const char *substitution_source(const struct substitution *substitution, uint32_t tag);
const char *substitution_final(const struct substitution *substitution, uint32_t tag);

#endif
