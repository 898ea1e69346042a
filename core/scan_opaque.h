/* scan_opaque.h: items in a value that does not say that it is a sequence: UN of defined length
 * (PS3.5 6.2.2), a private element of implicit VR, bytes. It must not judge what an element is. */
#ifndef CORE_SCAN_OPAQUE_H
#define CORE_SCAN_OPAQUE_H

#include "walker.h"

struct scan_opaque; /* one value after the other; belongs to one thread */

int scan_opaque_open(struct scan_opaque **ret_opaque);
void scan_opaque_free(struct scan_opaque *opaque);

/* A value begins, whose bytes then come piece by piece. The visitor, borrowed, is shown each element of the
 * items that the value begins with, in implicit VR little endian, up to where it is something else; nothing
 * where it does not begin with an item; what is longer than what it is in ends with it. What is opaque in
 * there is looked into as well. Values of more than LIMIT_WALKER_VALUE_BYTES are shown as the walker shows
 * them. */
void scan_opaque_begin(struct scan_opaque *opaque, const struct walker_element *element,
                       const struct walker_visitor *visitor);
/* 0; WALKER_ENOUGH: the rest of the value is of no use; what the visitor returned where that is not 0. */
int scan_opaque_feed(struct scan_opaque *opaque, const uint8_t *bytes, size_t length);

#endif
