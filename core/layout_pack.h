/* layout_pack.h: where things are in a file, in the few bytes that an instance keeps of it from the scan
 * until it is processed. It must lose nothing. */
#ifndef CORE_LAYOUT_PACK_H
#define CORE_LAYOUT_PACK_H

#include <stddef.h>

#include "walker.h"

/* Room for any: ten bytes a number, and the transfer syntax. */
#define LAYOUT_PACK_BYTES 352U

/* Returns how many bytes of ret_bytes it takes. */
size_t layout_pack(const struct walker_layout *layout, char ret_bytes[LAYOUT_PACK_BYTES]);
void layout_unpack(const char *bytes, struct walker_layout *ret_layout);

#endif
