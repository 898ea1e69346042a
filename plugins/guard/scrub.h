/* scrub.h: puts dummies for the values of an instance that still hold an identifier. It must not touch
 * anything else. */
#ifndef GUARD_SCRUB_H
#define GUARD_SCRUB_H

#include "patterns.h"

/* *ret_count: elements that were changed; each is told as a change. */
int scrub_instance(dcmchain_context *context, const struct patterns *patterns, dcmchain_instance *instance,
                   size_t *ret_count);

#endif
