/* dates.h: dates that were found, and whether a shift of all of the study's dates explains them: a date that
 * was moved may fall on another one of the same study. It must not search. Any thread, but for dates_judge().
 */
#ifndef GUARD_DATES_H
#define GUARD_DATES_H

#include "patterns.h"

struct dates;

struct dates_found {
    uint32_t day; /* yyyymmdd */
    uint32_t class_id;
    char *where;
};

int dates_open(struct dates **ret_dates);
void dates_free(struct dates *dates);

/* DCMCHAIN_E_RANGE where there are too many to keep. */
int dates_add(struct dates *dates, uint32_t day, uint32_t class_id, const char *where);

/* The first, in order of where it stands, that no shift explains; NULL: none. source, final: the study's date
 * before and after, NULL or empty where it has none. Borrowed. */
const struct dates_found *dates_judge(struct dates *dates, const struct patterns *patterns,
                                      const char *source, const char *final);

#endif
