/* dates.h: DICOM dates and times as text (PS3.5 6.2: DA, DT, AS): reading, cutting and shifting them.
 * It knows no element and no setting. Pure functions, any thread. */
#ifndef ANONYMISE_DATES_H
#define ANONYMISE_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATES_FIRST_YEAR 1850U /* before it nothing is a real date of a study or of a person in one */
#define DATES_END_YEAR 2100U   /* from it on, likewise: 99991231 */
#define DATES_DT_BYTES 27U     /* YYYYMMDDHHMMSS.FFFFFF&ZZXX and a NUL */

/* Days since 1970-01-01 of the proleptic Gregorian calendar, and back. */
int32_t dates_to_days(uint32_t year, uint32_t month, uint32_t day);
void dates_from_days(int32_t days, uint32_t *ret_year, uint32_t *ret_month, uint32_t *ret_day);
/* False outside DATES_FIRST_YEAR to DATES_END_YEAR, and for what the world writes for "none" (19000101). */
bool dates_is_real(int32_t days);
/* Whether it is where clocks begin that nobody has set (19700101, 19800101; 20000101 but in a study of about
 * then). People are born on such days, studies are not made on them. */
bool dates_is_unset(int32_t days, int32_t study_days);
bool dates_is_valid(uint32_t year, uint32_t month, uint32_t day);

/* Reads the date of a DA ("20240229", and "2024.02.29" of ACR-NEMA) or at the front of a DT. False for what
 * is partial or invalid, and where dates_is_real() is. */
bool dates_read(const char *text, int32_t *ret_days);

/* "YYYY0101" of a DA or a DT; false as dates_read(). */
bool dates_year(const char *text, char ret_date[9]);

/* Moves a DA or DT by a number of days; times, fraction and offset keep their letters. False as dates_read(),
 * and for what is longer than a DT may be. */
bool dates_shift(const char *text, int32_t days, char ret_text[DATES_DT_BYTES]);

/* Whether eight digits in a row are a date of 1950 to 2199. */
bool dates_are_within(const char *text, size_t length);

/* An age string (AS) of more than 89 years becomes "090Y"; false where it stays, or is no age. */
bool dates_cap_age(const char *text, char ret_age[5]);
/* Whether it is an age of more than 89 years. */
bool dates_is_over_89(const char *text);
/* Whether it is a valid AS. */
bool dates_is_age(const char *text);

/* Full years from birth to a day. */
int32_t dates_age(int32_t birth_days, int32_t days);

#endif
