/* structured_content.h: content items (PS3.3 10.2 and C.17.3: structured reports, acquisition context,
 * specimen preparation): what their values are by the name of their concept. PS3.15 E.3.4. It walks nothing.
 */
#ifndef ANONYMISE_STRUCTURED_CONTENT_H
#define ANONYMISE_STRUCTURED_CONTENT_H

#include "state.h"

/* The attribute of the same meaning as the concept that names a content item, if the element is the item's
 * value and the attribute holds for a value of that kind; 0: the element's own row stands. */
uint32_t structured_attribute(const struct profile *profile, const struct subject *subject);
/* A decision on that attribute, as it holds for the content item's value, which must stay valid. */
void structured_adapt(const struct subject *subject, struct decision *decision);

/* Whether a sequence is one that this file has a dummy for: Content Sequence, and the code of a content item.
 */
bool structured_has_dummy(uint32_t tag);
/* Leaves one valid item that says nothing; DCMCHAIN_VISIT_SKIP or a negative result. */
int structured_dummy(struct target *target);
/* A measured value that stays: an age of more than 89 years becomes 90. */
int structured_clean_number(struct target *target);

#endif
