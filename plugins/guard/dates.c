/* dates.c: see dates.h. */
#include "dates.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MOST_DATES 20000U

struct dates {
    pthread_mutex_t lock;
    struct dates_found *found;
    size_t count;
    size_t room;
};

int dates_open(struct dates **ret_dates)
{
    struct dates *dates = calloc(1, sizeof *dates);
    if (dates == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    (void)pthread_mutex_init(&dates->lock, NULL);
    *ret_dates = dates;
    return DCMCHAIN_OK;
}

void dates_free(struct dates *dates)
{
    if (dates == NULL) {
        return;
    }
    for (size_t i = 0; i < dates->count; i++) {
        free(dates->found[i].where);
    }
    free(dates->found);
    (void)pthread_mutex_destroy(&dates->lock);
    free(dates);
}

static int add_locked(struct dates *dates, uint32_t day, uint32_t class_id, const char *where)
{
    if (dates->count == MOST_DATES) {
        return DCMCHAIN_E_RANGE;
    }
    if (dates->count == dates->room) {
        size_t room = dates->room == 0 ? 16 : 2 * dates->room;
        struct dates_found *grown = realloc(dates->found, room * sizeof *grown);
        if (grown == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        dates->found = grown;
        dates->room = room;
    }
    char *copy = strdup(where);
    if (copy == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    dates->found[dates->count++] = (struct dates_found){day, class_id, copy};
    return DCMCHAIN_OK;
}

int dates_add(struct dates *dates, uint32_t day, uint32_t class_id, const char *where)
{
    (void)pthread_mutex_lock(&dates->lock);
    int result = add_locked(dates, day, class_id, where);
    (void)pthread_mutex_unlock(&dates->lock);
    return result;
}

/* Days since 1 March of the year 0 (proleptic Gregorian). */
static int64_t day_number(uint32_t day)
{
    int64_t year = day / 10000;
    int64_t month = day / 100 % 100;
    int64_t date = day % 100;
    year -= month <= 2 ? 1 : 0;
    month += month <= 2 ? 9 : -3;
    return 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + date;
}

static uint32_t day_of_number(int64_t number)
{
    int64_t year = (10000 * (number - 1) + 14780) / 3652425;
    int64_t within = number - 1 - (365 * year + year / 4 - year / 100 + year / 400);
    if (within < 0) {
        year--;
        within = number - 1 - (365 * year + year / 4 - year / 100 + year / 400);
    }
    int64_t month = (100 * within + 52) / 3060;
    int64_t date = within - (month * 306 + 5) / 10 + 1;
    year += (month + 2) / 12;
    return (uint32_t)(year * 10000 + ((month + 2) % 12 + 1) * 100 + date);
}

static uint32_t parse(const char *text)
{
    uint32_t day = 0;
    if (text == NULL || strspn(text, "0123456789") < 8) {
        return 0;
    }
    for (size_t i = 0; i < 8; i++) {
        day = day * 10 + (uint32_t)(text[i] - '0');
    }
    return day;
}

static int compare(const void *left, const void *right)
{
    return strcmp(((const struct dates_found *)left)->where, ((const struct dates_found *)right)->where);
}

const struct dates_found *dates_judge(struct dates *dates, const struct patterns *patterns,
                                      const char *source, const char *final)
{
    uint32_t before = parse(source);
    uint32_t after = parse(final);
    int64_t shift = before == 0 || after == 0 ? 0 : day_number(after) - day_number(before);
    if (dates->count > 0) {
        qsort(dates->found, dates->count, sizeof *dates->found, compare);
    }
    for (size_t i = 0; i < dates->count; i++) {
        uint32_t class_id = 0;
        uint32_t origin = day_of_number(day_number(dates->found[i].day) - shift);
        if (shift == 0 || !patterns_has_day(patterns, origin, &class_id)) {
            return &dates->found[i];
        }
    }
    return NULL;
}
