/* dates.c: calendar arithmetic over DA, DT and AS texts.
 * It must not decide which dates change. */
#include "dates.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static bool is_leap(uint32_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

bool dates_is_valid(uint32_t year, uint32_t month, uint32_t day)
{
    static const uint8_t lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= lengths[month - 1] + (month == 2 && is_leap(year) ? 1U : 0U);
}

/* Era-based civil calendar: years begin in March, so that the leap day is the last one. */
int32_t dates_to_days(uint32_t year, uint32_t month, uint32_t day)
{
    const int32_t y = (int32_t)year - (month <= 2 ? 1 : 0);
    const int32_t era = (y >= 0 ? y : y - 399) / 400;
    const int32_t of_era = y - era * 400;
    const int32_t of_year = (153 * ((int32_t)month + (month > 2 ? -3 : 9)) + 2) / 5 + (int32_t)day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

void dates_from_days(int32_t days, uint32_t *ret_year, uint32_t *ret_month, uint32_t *ret_day)
{
    const int32_t shifted = days + 719468;
    const int32_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    const int32_t of_era = shifted - era * 146097;
    const int32_t year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int32_t of_year = of_era - (365 * year + year / 4 - year / 100);
    const int32_t month = (5 * of_year + 2) / 153;

    *ret_day = (uint32_t)(of_year - (153 * month + 2) / 5 + 1);
    *ret_month = (uint32_t)(month < 10 ? month + 3 : month - 9);
    *ret_year = (uint32_t)(year + era * 400 + (*ret_month <= 2 ? 1 : 0));
}

static bool is_one_of(const uint16_t (*list)[3], size_t count, int32_t days)
{
    for (size_t at = 0; at < count; at++) {
        if (days == dates_to_days(list[at][0], list[at][1], list[at][2])) {
            return true;
        }
    }
    return false;
}

/* Days from which systems count, days that hands write, the end of time. */
bool dates_is_real(int32_t days)
{
    static const uint16_t dummies[][3] = {{1858, 11, 17}, {1899, 12, 30}, {1899, 12, 31}, {1900, 1, 1},
                                          {1900, 1, 2},   {1901, 1, 1},   {1911, 1, 1},   {1911, 1, 11},
                                          {1911, 11, 11}, {2038, 1, 19},  {2099, 12, 31}};

    return days >= dates_to_days(DATES_FIRST_YEAR, 1, 1) && days < dates_to_days(DATES_END_YEAR, 1, 1) &&
           !is_one_of(dummies, sizeof dummies / sizeof dummies[0], days);
}

bool dates_is_unset(int32_t days, int32_t study_days)
{
    static const uint16_t starts[][3] = {{1969, 12, 31}, {1970, 1, 1}, {1980, 1, 1}};
    const int32_t apart = days - study_days;

    return is_one_of(starts, sizeof starts / sizeof starts[0], days) ||
           (days == dates_to_days(2000, 1, 1) && (apart < -366 || apart > 366));
}

static bool read_digits(const char *text, size_t count, uint32_t *ret_number)
{
    uint32_t number = 0;

    for (size_t at = 0; at < count; at++) {
        if (!isdigit((unsigned char)text[at])) {
            return false;
        }
        number = number * 10 + (uint32_t)(text[at] - '0');
    }
    *ret_number = number;
    return true;
}

/* Reads the date at the front; *ret_length: the letters that it takes. */
static bool read_front(const char *text, int32_t *ret_days, size_t *ret_length)
{
    const size_t dot = strlen(text) >= 10 && text[4] == '.' && text[7] == '.' ? 1 : 0;
    uint32_t year = 0;
    uint32_t month = 0;
    uint32_t day = 0;

    if (strlen(text) < 8 || !read_digits(text, 4, &year) || !read_digits(text + 4 + dot, 2, &month) ||
        !read_digits(text + 6 + 2 * dot, 2, &day) || !dates_is_valid(year, month, day)) {
        return false;
    }
    if (!dates_is_real(dates_to_days(year, month, day))) {
        return false;
    }
    *ret_days = dates_to_days(year, month, day);
    *ret_length = 8 + 2 * dot;
    return true;
}

/* What may follow the date in a DT: digits, one fraction, one offset. */
static bool is_time_tail(const char *tail)
{
    const size_t digits = strspn(tail, "0123456789");
    const char *at = tail + digits;

    if (digits > 6 || digits % 2 != 0) {
        return false;
    }
    if (*at == '.') {
        const size_t fraction = strspn(at + 1, "0123456789");
        if (digits != 6 || fraction < 1 || fraction > 6) {
            return false;
        }
        at += 1 + fraction;
    }
    if (*at == '+' || *at == '-') {
        if (strspn(at + 1, "0123456789") != 4) {
            return false;
        }
        at += 5;
    }
    return *at == '\0';
}

bool dates_read(const char *text, int32_t *ret_days)
{
    int32_t days = 0;
    size_t length = 0;

    if (!read_front(text, &days, &length) || !is_time_tail(text + length)) {
        return false;
    }
    *ret_days = days;
    return true;
}

bool dates_year(const char *text, char ret_date[9])
{
    int32_t days = 0;

    if (!dates_read(text, &days)) {
        return false;
    }
    (void)snprintf(ret_date, 9, "%.4s0101", text);
    return true;
}

bool dates_shift(const char *text, int32_t days, char ret_text[DATES_DT_BYTES])
{
    int32_t at = 0;
    size_t length = 0;
    uint32_t year = 0;
    uint32_t month = 0;
    uint32_t day = 0;

    if (!dates_read(text, &at) || !read_front(text, &at, &length)) {
        return false;
    }
    dates_from_days(at + days, &year, &month, &day);
    if (year < 1 || year > 9999 || strlen(text + length) + 9 > DATES_DT_BYTES) {
        return false;
    }
    (void)snprintf(ret_text, DATES_DT_BYTES, "%04u%02u%02u%s", year % 10000U, month % 100U, day % 100U,
                   text + length);
    return true;
}

bool dates_are_within(const char *text, size_t length)
{
    for (size_t at = 0; at + 8 <= length; at++) {
        uint32_t year = 0;
        uint32_t month = 0;
        uint32_t day = 0;
        if (read_digits(text + at, 4, &year) && read_digits(text + at + 4, 2, &month) &&
            read_digits(text + at + 6, 2, &day) && year >= 1950 && year < 2200 &&
            dates_is_valid(year, month, day)) {
            return true;
        }
    }
    return false;
}

bool dates_is_age(const char *text)
{
    return strlen(text) == 4 && strspn(text, "0123456789") == 3 && strchr("DWMY", text[3]) != NULL;
}

bool dates_is_over_89(const char *text)
{
    uint32_t number = 0;
    uint32_t per_year = 1;

    if (!dates_is_age(text) || !read_digits(text, 3, &number)) {
        return false;
    }
    per_year = text[3] == 'M' ? 12U : text[3] == 'W' ? 53U : text[3] == 'D' ? 366U : 1U;
    return number >= 90 * per_year;
}

bool dates_cap_age(const char *text, char ret_age[5])
{
    if (!dates_is_over_89(text) || strcmp(text, "090Y") == 0) {
        return false;
    }
    (void)memcpy(ret_age, "090Y", 5);
    return true;
}

int32_t dates_age(int32_t birth_days, int32_t days)
{
    uint32_t from[3];
    uint32_t to[3];

    dates_from_days(birth_days, &from[0], &from[1], &from[2]);
    dates_from_days(days, &to[0], &to[1], &to[2]);
    return (int32_t)to[0] - (int32_t)from[0] -
           (to[1] < from[1] || (to[1] == from[1] && to[2] < from[2]) ? 1 : 0);
}
