/* months.h: the names of the months in text. Pure functions, any thread. */
#ifndef ANONYMISE_MONTHS_H
#define ANONYMISE_MONTHS_H

#include <stddef.h>
#include <stdint.h>

/* The month (1 to 12) whose name or abbreviation stands at a place (UTF-8), and how many bytes it takes, its
 * full stop included; 0: none. */
uint32_t months_at(const char *text, size_t length, size_t at, size_t *ret_width);

/* The same for Roman numerals: I to XII. */
uint32_t months_roman_at(const char *text, size_t length, size_t at, size_t *ret_width);

#endif
