/* rebase.h: moves instants so that a study begins at 2000-01-01 00:00:00 (DA, TM and DT of PS3.5 6.2).
 * Intervals stay as they are. It knows no element. Pure functions, any thread. */
#ifndef ANONYMISE_REBASE_H
#define ANONYMISE_REBASE_H

#include "dates.h"

#define REBASE_TM_BYTES 14U /* HHMMSS.FFFFFF and a NUL */

struct rebase_origin {
    bool known;
    int32_t days;   /* of the first instant, since 1970-01-01 */
    int64_t micros; /* of that day */
};

/* The first instant from a study's date and time (either may be NULL; a time that cannot be read counts as
 * midnight). Not known without a real date. */
struct rebase_origin rebase_begin(const char *date, const char *time);

/* time: that stands beside the date, NULL or "" for none. False for what is no real date, or without an
 * origin.
 */
bool rebase_date(const struct rebase_origin *origin, const char *date, const char *time, char ret_date[9]);
/* As many digits as the source has. False for what is no time. */
bool rebase_time(const struct rebase_origin *origin, const char *time, char ret_time[REBASE_TM_BYTES]);
bool rebase_date_time(const struct rebase_origin *origin, const char *text, char ret_text[DATES_DT_BYTES]);

#endif
