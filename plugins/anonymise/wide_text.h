/* wide_text.h: text in two bytes a character (UTF-16) inside bytes of any kind, as ICC profiles hold it.
 * It knows no identity. Pure functions, any thread. */
#ifndef ANONYMISE_WIDE_TEXT_H
#define ANONYMISE_WIDE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* How many characters of alphabets (to U+07FF) stand in a row at the begin of bytes. big: the first byte of
 * each is the higher one. */
size_t wide_text_run(const char *bytes, size_t length, bool big);

/* count characters as UTF-8; ret_utf8: 2 * count + 1 bytes. */
void wide_text_read(const char *bytes, size_t count, bool big, char *ret_utf8);

/* Puts blanks over count characters. */
void wide_text_blank(char *bytes, size_t count, bool big);

#endif
