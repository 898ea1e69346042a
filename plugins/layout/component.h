/* component.h: makes any text a safe component of a path. */
#ifndef LAYOUT_COMPONENT_H
#define LAYOUT_COMPONENT_H

#include <stddef.h>

/* A component of at most `maximum` bytes: slashes, control characters and what Windows refuses become '_',
 * leading dots too; trailing dots and spaces go; reserved names get a '_' in front; what is too long is cut
 * on a character. "unnamed" where nothing is left. Owned (free()); NULL without memory. */
char *component_make(const char *text, size_t maximum);

/* The component with a suffix ("-2") and an extension behind its stem, all in 255 bytes. Owned. */
char *component_join(const char *stem, const char *suffix, const char *extension);

#endif
