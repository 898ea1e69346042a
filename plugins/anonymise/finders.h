/* finders.h: finds what has a shape in text: UIDs, and dates in their usual spellings.
 * It knows no identity. Pure functions, any thread. */
#ifndef ANONYMISE_FINDERS_H
#define ANONYMISE_FINDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FINDERS_READINGS 8U /* ways to read one spelling: 01.02.03 */

struct found_date {
    size_t from;
    size_t to;
    int32_t days[FINDERS_READINGS];
    size_t count;
    bool certain; /* a date whoever reads it: its year in four digits, or US short form with slashes */
};

/* The next UID-like token (digits and at least three dots) at or after *at; false at the end. */
bool finders_uid(const char *text, size_t length, size_t *at, size_t *ret_from, size_t *ret_to);
/* The next date at or after *at: 20240229, 2024-02-29, 29.2.24, 02/29/2024, 29 Feb 2024, Feb 29th, 2024 … */
bool finders_date(const char *text, size_t length, size_t *at, struct found_date *ret_date);

/* A month and its year ("Feb 2024") at or after *at. */
bool finders_month(const char *text, size_t length, size_t *at, size_t *ret_from, size_t *ret_to);

#endif
