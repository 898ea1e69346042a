/* rebase.c: arithmetic over instants in microseconds.
 * It must not decide what is moved. */
#include "rebase.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define DAY_MICROS (INT64_C(86400) * 1000000)
#define FIRST_YEAR 2000U

/* A time as it stands: HH, HHMM, HHMMSS or HHMMSS.F to .FFFFFF. */
struct clock_time {
    int64_t micros; /* of the day */
    size_t digits;  /* before the point: 2, 4 or 6 */
    size_t fraction;
    size_t length; /* in the text */
};

/* Reads at the front, colons of ACR-NEMA included. */
static bool read_time(const char *text, struct clock_time *ret_time)
{
    static const int64_t units[] = {INT64_C(3600) * 1000000, INT64_C(60) * 1000000, 1000000};
    static const int most[] = {23, 59, 60};
    struct clock_time time = {0, 0, 0, 0};
    int64_t unit = 100000;

    while (time.digits < 6 && isdigit((unsigned char)text[time.length]) &&
           isdigit((unsigned char)text[time.length + 1])) {
        const int number = (text[time.length] - '0') * 10 + text[time.length + 1] - '0';
        if (number > most[time.digits / 2]) {
            return false;
        }
        time.micros += number * units[time.digits / 2];
        time.digits += 2;
        time.length += 2;
        if (text[time.length] == ':' && time.digits < 6 && isdigit((unsigned char)text[time.length + 1])) {
            time.length++;
        }
    }
    if (time.digits == 6 && text[time.length] == '.') {
        time.length++;
        while (isdigit((unsigned char)text[time.length]) && time.fraction < 6) {
            time.micros += (text[time.length++] - '0') * unit;
            unit /= 10;
            time.fraction++;
        }
        if (time.fraction == 0) {
            return false;
        }
    }
    *ret_time = time;
    return time.digits > 0;
}

static size_t without_padding(const char *text)
{
    size_t length = strlen(text);

    while (length > 0 && text[length - 1] == ' ') {
        length--;
    }
    return length;
}

static bool read_whole_time(const char *text, struct clock_time *ret_time)
{
    return read_time(text, ret_time) && ret_time->length == without_padding(text);
}

struct rebase_origin rebase_begin(const char *date, const char *time)
{
    struct rebase_origin origin = {false, 0, 0};
    struct clock_time clock = {0, 0, 0, 0};

    origin.known =
        date != NULL && dates_read(date, &origin.days) && !dates_is_unset(origin.days, origin.days);
    if (origin.known && time != NULL && read_whole_time(time, &clock)) {
        origin.micros = clock.micros;
    }
    return origin;
}

/* Days and time of day after the move, from those before it. */
static void move(const struct rebase_origin *origin, int32_t *days, int64_t *micros)
{
    *days += dates_to_days(FIRST_YEAR, 1, 1) - origin->days;
    *micros -= origin->micros;
    while (*micros < 0) {
        *micros += DAY_MICROS;
        (*days)--;
    }
}

static void write_time(const struct clock_time *time, int64_t micros, char ret_time[REBASE_TM_BYTES])
{
    const uint32_t seconds = (uint32_t)(micros / 1000000) % 86400U;
    const uint32_t rest = (uint32_t)(micros % 1000000);
    char whole[REBASE_TM_BYTES];

    (void)snprintf(whole, sizeof whole, "%02u%02u%02u.%06u", seconds / 3600U, seconds / 60U % 60U,
                   seconds % 60U, rest);
    (void)snprintf(ret_time, REBASE_TM_BYTES, "%.*s",
                   (int)(time->digits + (time->fraction > 0 ? 1 + time->fraction : 0)), whole);
}

static bool write_date(int32_t days, char ret_date[9])
{
    uint32_t year = 0;
    uint32_t month = 0;
    uint32_t day = 0;

    dates_from_days(days, &year, &month, &day);
    if (year < 1 || year > 9999) {
        return false;
    }
    (void)snprintf(ret_date, 9, "%04u%02u%02u", year % 10000U, month % 100U, day % 100U);
    return true;
}

bool rebase_date(const struct rebase_origin *origin, const char *date, const char *time, char ret_date[9])
{
    struct clock_time clock = {0, 0, 0, 0};
    int32_t days = 0;

    if (!origin->known || !dates_read(date, &days)) {
        return false;
    }
    if (time == NULL || !read_whole_time(time, &clock)) {
        clock.micros = origin->micros; /* no time: the date alone moves, by whole days */
    }
    move(origin, &days, &clock.micros);
    return write_date(days, ret_date);
}

bool rebase_time(const struct rebase_origin *origin, const char *time, char ret_time[REBASE_TM_BYTES])
{
    struct clock_time clock = {0, 0, 0, 0};
    int32_t days = 0;

    if (!origin->known || !read_whole_time(time, &clock)) {
        return false;
    }
    move(origin, &days, &clock.micros);
    write_time(&clock, clock.micros, ret_time);
    return true;
}

bool rebase_date_time(const struct rebase_origin *origin, const char *text, char ret_text[DATES_DT_BYTES])
{
    struct clock_time clock = {0, 0, 0, 0};
    char time[REBASE_TM_BYTES] = "";
    char date[9] = "";
    const char *offset = "";
    int32_t days = 0;

    if (!origin->known || strspn(text, "0123456789") < 8 || !dates_read(text, &days)) {
        return false;
    }
    if (strlen(text) > 8 && read_time(text + 8, &clock)) {
        offset = text + 8 + clock.length;
    } else {
        offset = text + 8;
        clock.micros = origin->micros;
    }
    move(origin, &days, &clock.micros);
    write_time(&clock, clock.micros, time);
    if (!write_date(days, date) || strlen(offset) > 5) {
        return false;
    }
    (void)snprintf(ret_text, DATES_DT_BYTES, "%s%s%.5s", date, time, offset);
    return true;
}
