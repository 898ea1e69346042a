/* charset_sets.h: the character sets that PS3.3 C.12.1.1.2 names, as data. Only charset*.c include it. */
#ifndef CORE_CHARSET_SETS_H
#define CORE_CHARSET_SETS_H

#include <stdbool.h>
#include <stddef.h>

enum charset_form {
    CHARSET_ASCII,     /* G0 alone */
    CHARSET_SINGLE,    /* ASCII in G0, one byte a character in G1 */
    CHARSET_KATAKANA,  /* JIS X 0201: romaji in G0, katakana in G1 */
    CHARSET_DOUBLE_G0, /* two 7-bit bytes a character in G0, after an escape */
    CHARSET_DOUBLE_G1, /* ASCII in G0, two 8-bit bytes a character in G1 */
    CHARSET_WHOLE      /* a multi-byte set of its own, without escapes */
};

struct charset_set {
    const char *number; /* of "ISO_IR n" and "ISO 2022 IR n", or the term itself */
    enum charset_form form;
    const char *iconv; /* its name for iconv(3); NULL: none needed */
    const char *g0;    /* escape sequence that puts it in G0, without ESC; NULL: none */
    const char *g1;    /* the same for G1 */
};

extern const struct charset_set charset_sets[];
extern const size_t charset_set_count;

/* The set whose G0 or G1 escape the bytes after an ESC begin with; *ret_length: of the sequence without ESC.
 */
const struct charset_set *charset_find_escape(const char *bytes, size_t length, bool *ret_g1,
                                              size_t *ret_length);
/* The set of a defined term; NULL: unknown. */
const struct charset_set *charset_find_term(const char *term, size_t length);

#endif
