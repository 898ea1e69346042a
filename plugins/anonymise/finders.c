/* finders.c: scanners for UIDs and dates in text.
 * They must read every way that a spelling can be read: the caller decides which is meant. */
#include "finders.h"

#include <string.h>
#include <strings.h>

#include "dates.h"
#include "months.h"

static bool is_digit(char letter)
{
    return letter >= '0' && letter <= '9';
}

bool finders_uid(const char *text, size_t length, size_t *at, size_t *ret_from, size_t *ret_to)
{
    size_t from = *at;

    while (from < length) {
        size_t dots = 0;
        size_t to = from;
        if (!is_digit(text[from])) {
            from++;
            continue;
        }
        while (to < length &&
               (is_digit(text[to]) || (text[to] == '.' && to + 1 < length && is_digit(text[to + 1])))) {
            dots += text[to] == '.' ? 1U : 0U;
            to++;
        }
        if (dots >= 3) {
            *ret_from = from;
            *ret_to = to;
            *at = to;
            return true;
        }
        from = to;
    }
    return false;
}

/* A byte of a word: an ASCII letter, or of a character beyond ASCII. Not isalpha(): the locale must not
 * count. */
static bool is_letter(char byte)
{
    return ((unsigned char)byte | 0x20U) - 'a' < 26U || ((unsigned char)byte & 0x80U) != 0U;
}

static uint32_t number(const char *text, size_t width)
{
    uint32_t value = 0;

    for (size_t at = 0; at < width; at++) {
        value = value * 10 + (uint32_t)(text[at] - '0');
    }
    return value;
}

static void add_reading(struct found_date *date, uint32_t year, uint32_t month, uint32_t day)
{
    if (date->count < FINDERS_READINGS && dates_is_valid(year, month, day) && year >= DATES_FIRST_YEAR) {
        date->days[date->count++] = dates_to_days(year, month, day);
    }
}

/* A year of two digits is of this century or the last. */
static void add_year(struct found_date *date, uint32_t year, size_t width, uint32_t month, uint32_t day)
{
    if (width == 4) {
        add_reading(date, year, month, day);
    } else if (width == 2) {
        add_reading(date, 2000 + year, month, day);
        add_reading(date, 1900 + year, month, day);
    }
}

/* A run of digits without separators. */
static void read_run(const char *text, size_t width, struct found_date *date)
{
    const uint32_t a = number(text, 2);
    const uint32_t b = number(text + 2, 2);

    if (width == 6) {
        const uint32_t c = number(text + 4, 2);
        add_year(date, a, 2, b, c);
        add_year(date, c, 2, b, a);
        add_year(date, c, 2, a, b);
        return;
    }
    add_reading(date, number(text, 4), number(text + 4, 2), number(text + 6, 2));
    date->certain = date->count > 0 && width == 8;
    if (width == 8) {
        add_reading(date, number(text + 4, 4), b, a);
        add_reading(date, number(text + 4, 4), a, b);
    }
}

static size_t digits_at(const char *text, size_t length, size_t at)
{
    size_t width = 0;

    while (at + width < length && is_digit(text[at + width])) {
        width++;
    }
    return width;
}

static size_t separators_at(const char *text, size_t length, size_t at)
{
    size_t width = 0;

    while (at + width < length && width < 3 && strchr("-./_ ,:\\", text[at + width]) != NULL) {
        width++;
    }
    return width;
}

static size_t ordinal_at(const char *text, size_t length, size_t at)
{
    static const char *const endings[] = {"st", "nd", "rd", "th"};

    for (size_t index = 0; index < 4; index++) {
        if (at + 2 <= length && strncasecmp(text + at, endings[index], 2) == 0) {
            return 2;
        }
    }
    return 0;
}

/* "Feb 29, '24" */
static size_t apostrophe_at(const char *text, size_t length, size_t at)
{
    if (at < length && text[at] == '\'') {
        return 1;
    }
    return at + 3 <= length && memcmp(text + at, "\xE2\x80\x99", 3) == 0 ? 3 : 0; /* U+2019 */
}

/* "29th of February", "29 de febrero de 2024" */
static size_t preposition_at(const char *text, size_t length, size_t at)
{
    static const char *const words[] = {"of ", "de ", "del ", "the "};

    for (size_t index = 0; index < sizeof words / sizeof words[0]; index++) {
        const size_t width = strlen(words[index]);
        if (at + width <= length && strncasecmp(text + at, words[index], width) == 0) {
            return width;
        }
    }
    return 0;
}

/* "29 Feb 2024", "29-FEB-24": at the digits of the day. */
static bool read_day_month(const char *text, size_t length, size_t at, size_t width, struct found_date *ret)
{
    size_t next = at + width;
    size_t name = 0;
    uint32_t month = 0;
    bool roman = false;
    size_t year = 0;

    if (width > 2) {
        return false;
    }
    next += ordinal_at(text, length, next);
    next += separators_at(text, length, next);
    next += preposition_at(text, length, next);
    month = months_at(text, length, next, &name);
    if (month == 0 && next == at + width + 1 && strchr("-./", text[next - 1]) != NULL) {
        month = months_roman_at(text, length, next, &name);
        roman = month != 0;
    }
    if (month == 0 || (roman && (next + name >= length || text[next + name] != text[next - 1]))) {
        return false;
    }
    next += name;
    next += separators_at(text, length, next);
    next += preposition_at(text, length, next);
    next += apostrophe_at(text, length, next);
    year = digits_at(text, length, next);
    if (year != 4 && (year != 2 || roman)) {
        return false;
    }
    add_year(ret, number(text + next, year), year, month, number(text + at, width));
    ret->certain = year == 4;
    ret->from = at;
    ret->to = next + year;
    return ret->count > 0;
}

/* "Feb 29th, 2024": at the name of the month. */
static bool read_month_day(const char *text, size_t length, size_t at, struct found_date *ret)
{
    size_t name = 0;
    const uint32_t month = months_at(text, length, at, &name);
    size_t next = at + name;
    size_t day = 0;
    size_t year = 0;
    uint32_t of_month = 0;

    if (month == 0) {
        return false;
    }
    next += separators_at(text, length, next);
    next += preposition_at(text, length, next);
    day = digits_at(text, length, next);
    if (day != 1 && day != 2) {
        return false;
    }
    of_month = number(text + next, day);
    next += day;
    next += ordinal_at(text, length, next);
    next += separators_at(text, length, next);
    next += apostrophe_at(text, length, next);
    year = digits_at(text, length, next);
    if (year != 4 && year != 2) {
        return false;
    }
    add_year(ret, number(text + next, year), year, month, of_month);
    ret->certain = year == 4;
    ret->from = at;
    ret->to = next + year;
    return ret->count > 0;
}

/* What stands at a place, in bytes, blanks behind it included; 0: something else. */
static size_t unit_at(const char *text, size_t length, size_t at, const char *const units[2])
{
    for (size_t index = 0; index < 2; index++) {
        size_t width = strlen(units[index]);
        if (at + width <= length && memcmp(text + at, units[index], width) == 0) {
            while (at + width < length && text[at + width] == ' ') {
                width++;
            }
            return width;
        }
    }
    return 0;
}

/* "2024, February 29", "2024 Feb 29", and with the characters for year, month and day of East Asia: at the
 * digits of the year. */
static bool read_year_first(const char *text, size_t length, size_t at, struct found_date *ret)
{
    static const char *const of_year[2] = {"年", "년"};
    static const char *const of_month[2] = {"月", "월"};
    static const char *const of_day[2] = {"日", "일"};
    size_t next = at + 4;
    size_t width = unit_at(text, length, next, of_year);
    uint32_t month = 0;
    size_t day = 0;

    if (width > 0) {
        next += width;
        width = digits_at(text, length, next);
        month = width == 1 || width == 2 ? number(text + next, width) : 0;
        next += width;
        width = unit_at(text, length, next, of_month);
        month = width > 0 ? month : 0;
    } else {
        next += separators_at(text, length, next);
        month = months_at(text, length, next, &width);
    }
    if (month == 0) {
        return false;
    }
    next += width;
    next += separators_at(text, length, next);
    day = digits_at(text, length, next);
    if (day != 1 && day != 2) {
        return false;
    }
    add_reading(ret, number(text + at, 4), month, number(text + next, day));
    ret->certain = true;
    ret->from = at;
    ret->to = next + day + ordinal_at(text, length, next + day);
    ret->to += unit_at(text, length, ret->to, of_day);
    return ret->count > 0;
}

/* One separator, the same twice, and a year of four digits, or 12/31/99; not in a longer number, nor a
 * version. */
static bool is_certain(const char *text, size_t length, const size_t from[3], const size_t widths[3])
{
    const char *first = text + from[0] + widths[0];
    const size_t end = from[2] + widths[2];

    if (from[1] != from[0] + widths[0] + 1 || from[2] != from[1] + widths[1] + 1 ||
        *first != first[widths[1] + 1] || strchr("-./", *first) == NULL) {
        return false;
    }
    if (from[0] > 0 && (is_letter(text[from[0] - 1]) || strchr("-./", text[from[0] - 1]) != NULL) &&
        !(from[0] > 1 && text[from[0] - 1] == '.' && is_letter(text[from[0] - 2]))) {
        return false;
    }
    if (end + 1 < length && strchr("-./", text[end]) != NULL && is_digit(text[end + 1])) {
        return false;
    }
    return widths[0] == 4 || widths[2] == 4 ||
           (*first == '/' && widths[0] == 2 && widths[1] == 2 && widths[2] == 2);
}

/* "2024-02-29", "29.2.24": three numbers with separators between. */
static bool read_numbers(const char *text, size_t length, size_t at, size_t width, struct found_date *ret)
{
    size_t from[3] = {at, 0, 0};
    size_t widths[3] = {width, 0, 0};
    uint32_t values[3] = {0, 0, 0};

    for (size_t part = 1; part < 3; part++) {
        const size_t gap = separators_at(text, length, from[part - 1] + widths[part - 1]);
        from[part] = from[part - 1] + widths[part - 1] + gap;
        widths[part] = digits_at(text, length, from[part]);
        if (gap == 0 || widths[part] == 0 || (widths[part] > 2 && !(part == 2 && widths[part] == 4))) {
            return false;
        }
    }
    if (widths[0] > 4 || widths[0] == 3) {
        return false;
    }
    for (size_t part = 0; part < 3; part++) {
        values[part] = number(text + from[part], widths[part]);
    }
    if (widths[0] == 4 || (widths[0] == 2 && widths[2] <= 2)) {
        add_year(ret, values[0], widths[0], values[1], values[2]);
    }
    if (widths[0] <= 2 && widths[2] != 1) {
        add_year(ret, values[2], widths[2], values[1], values[0]);
        add_year(ret, values[2], widths[2], values[0], values[1]);
    }
    ret->from = at;
    ret->to = from[2] + widths[2];
    ret->certain = is_certain(text, length, from, widths);
    return ret->count > 0;
}

bool finders_date(const char *text, size_t length, size_t *at, struct found_date *ret_date)
{
    size_t from = *at;

    while (from < length) {
        struct found_date date = {.count = 0};
        const size_t width = digits_at(text, length, from);
        bool found = false;
        size_t step = 1;
        if (width > 0) {
            found = (width == 4 && read_year_first(text, length, from, &date)) ||
                    read_day_month(text, length, from, width, &date) ||
                    read_numbers(text, length, from, width, &date);
            if (!found && (width == 6 || width == 8 || width == 12 || width == 14)) {
                read_run(text + from, width, &date);
                date.from = from;
                date.to = from + width;
                found = date.count > 0;
            }
            step = width;
        } else if (is_letter(text[from])) {
            found = read_month_day(text, length, from, &date);
            while (from + step < length && is_letter(text[from + step])) {
                step++;
            }
        }
        if (found) {
            *ret_date = date;
            *at = from + step; /* an unmeant reading must not hide a meant one behind it */
            return true;
        }
        from += step;
    }
    *at = length;
    return false;
}

bool finders_month(const char *text, size_t length, size_t *at, size_t *ret_from, size_t *ret_to)
{
    for (size_t from = *at; from < length;) {
        size_t name = 0;
        size_t year = 0;
        size_t width = 0;
        if (!is_letter(text[from])) {
            from++;
            continue;
        }
        while (from + width < length && is_letter(text[from + width])) {
            width++;
        }
        if (months_at(text, length, from, &name) != 0) {
            year = from + name + separators_at(text, length, from + name);
            if (year > from + name && digits_at(text, length, year) == 4 && number(text + year, 4) >= 1900 &&
                number(text + year, 4) < 2100) {
                *ret_from = from;
                *ret_to = year + 4;
                *at = year + 4;
                return true;
            }
        }
        from += width;
    }
    *at = length;
    return false;
}
