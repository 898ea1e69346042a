/* charsets.h: bytes of unknown or false character set, decoded in every one that a DICOM file may use (PS3.3
 * C.12.1.1.2). It must not believe what a header declares. Any thread. */
#ifndef GUARD_CHARSETS_H
#define GUARD_CHARSETS_H

#include <stdbool.h>
#include <stddef.h>

/* ASCII without escape sequences reads the same in all of them. */
bool charsets_is_plain(const void *bytes, size_t length);

/* Calls visit with the bytes as UTF-8, once for each character set; what one cannot decode comes as blanks.
 * Ends at what is not 0, and returns it. */
typedef int (*charsets_visitor)(void *closure, const char *text, size_t length);
int charsets_each(const void *bytes, size_t length, charsets_visitor visit, void *closure);

#endif
