/* names.h: names that tell the parts of one object apart: ROIs, segments, beams. What cleaning makes equal is
 * numbered, so that they still do. It cleans nothing. */
#ifndef ANONYMISE_NAMES_H
#define ANONYMISE_NAMES_H

#include "state.h"

struct names;

/* The names as they came, before the walk; NULL where the object has none. Free with names_free(). */
int names_remember(dcmchain_item *root, struct names **ret_names);
void names_free(struct names *names);
/* Numbers the changed ones that are equal to another. names: NULL does nothing. */
int names_settle(const struct work *work, dcmchain_item *root, const struct names *names);

#endif
