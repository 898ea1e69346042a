/* utf8.h: characters of a UTF-8 text. It must not know what the text is for. Any thread. */
#ifndef COMMON_UTF8_H
#define COMMON_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the character that begins at text (NUL-terminated), and its code point in *ret_point; 0 where
 * there is none: overlong, a surrogate, cut, beyond U+10FFFF (RFC 3629). The NUL itself is one byte. */
size_t utf8_next(const char *text, uint32_t *ret_point);

#endif
