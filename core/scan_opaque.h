/* scan_opaque.h: items in a value that does not say that it is a sequence: UN of defined length
 * (PS3.5 6.2.2), a private element of implicit VR, bytes. It must not judge what an element is. */
#ifndef CORE_SCAN_OPAQUE_H
#define CORE_SCAN_OPAQUE_H

#include "walker.h"

/* Shows the visitor each element of the items that an element's value consists of, all of it, in implicit VR
 * little endian; nothing where it does not. What is opaque in there is shown as such. Any thread. */
int scan_opaque(const struct walker_element *element, const struct walker_visitor *visitor);

#endif
