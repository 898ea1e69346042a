/* opaque.h: elements whose stored VR hides what they are (public ones of UN, or of bytes where the dictionary
 * has text; safe private ones of UN): given their own VR before the walk, so that they are judged like any
 * other. */
#ifndef ANONYMISE_OPAQUE_H
#define ANONYMISE_OPAQUE_H

#include "state.h"

/* Whether an element with this VR hides a value of another kind. */
bool opaque_is(const struct profile *profile, uint32_t tag, uint16_t vr);

/* Re-types what can be re-typed; the rest stays as it is, for the walk to remove. */
int opaque_resolve(struct work *work, dcmchain_item *root);

#endif
