/* numbers.c: see numbers.h. */
#include "numbers.h"

#include <string.h>

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* As the SI and scanners spell them, and no letters that say something else behind a patient's number: "M"
 * and "m" (male), "MG", "US", "CT", "PT" (modalities), "ML", "CC", "MS" (views, titles). */
static bool is_unit(const char *text, size_t length)
{
    static const char *const units[] = {"mm",  "cm",  "ms",  "msec", "sec", "min", "Hz",   "kHz",
                                        "MHz", "kV",  "kVp", "kVP",  "mA",  "mAs", "mg",   "mL",
                                        "ml",  "mCi", "MBq", "kBq",  "GBq", "Bq",  "kg",   "deg",
                                        "ppm", "HU",  "cGy", "mGy",  "Gy",  "mT",  "usec", "Tesla"};

    for (size_t at = 0; at < sizeof units / sizeof units[0]; at++) {
        if (strlen(units[at]) == length && memcmp(units[at], text, length) == 0) {
            return true;
        }
    }
    return false;
}

bool numbers_has_decimals(const char *text, const struct folded *folded, size_t start, size_t end)
{
    const size_t from = folded->places[start].from;
    const size_t to = folded->places[end - 1].to;

    return (from >= 2 && (text[from - 1] == '.' || text[from - 1] == ',') && is_digit(text[from - 2])) ||
           ((text[to] == '.' || text[to] == ',') && is_digit(text[to + 1]));
}

bool numbers_has_unit(const char *text, const struct folded *folded, size_t end)
{
    const size_t to = folded->places[end - 1].to;
    const size_t unit = to + (text[to] == ' ' ? 1U : 0U);

    if (end < folded->length && folded->places[end].from == unit) {
        const size_t last = fold_near_end(folded, end);
        if (is_unit(text + unit, folded->places[last - 1].to - unit)) {
            return true;
        }
    }
    return text[to] == '%';
}

static bool is_all_digits(const struct folded *folded, size_t start, size_t end)
{
    while (start < end && is_digit(folded->bytes[start])) {
        start++;
    }
    return start == end;
}

static bool is_number_word(const struct folded *folded, size_t start, size_t end)
{
    static const char *const names[] = {"no", "nr", "num", "number"};

    for (size_t at = 0; at < sizeof names / sizeof names[0]; at++) {
        if (strlen(names[at]) == end - start && memcmp(names[at], folded->bytes + start, end - start) == 0) {
            return true;
        }
    }
    return false;
}

static bool has_plural(const struct folded *folded, const struct words *words, size_t start, size_t end)
{
    return end - start > 3 && folded->bytes[end - 1] == 's' &&
           (words_find(words, folded->bytes + start, end - 1 - start) & WORDS_DESIGNATION) != 0U;
}

static bool has_designation(const struct folded *folded, const struct words *words, size_t start, size_t end)
{
    return (words_find(words, folded->bytes + start, end - start) & WORDS_DESIGNATION) != 0U ||
           has_plural(folded, words, start, end);
}

/* What is designated, without "no." and the first number of a range between. */
static bool is_designated_before(const char *text, const struct folded *folded, const struct words *words,
                                 size_t start)
{
    size_t end = start;

    for (unsigned step = 0; step < 3 && end > 0; step++) {
        const size_t from = fold_near_start(folded, end);
        const uint32_t gap = folded->places[end - 1].to;
        const bool range = is_all_digits(folded, from, end) && gap + 1 == folded->places[end].from &&
                           (text[gap] == '-' || text[gap] == '/');
        if (!range && !is_number_word(folded, from, end)) {
            return has_designation(folded, words, from, end);
        }
        end = from;
    }
    return false;
}

bool numbers_is_designated(const char *text, const struct folded *folded, const struct words *words,
                           size_t start, size_t end)
{
    if (start > 0 && is_designated_before(text, folded, words, start)) {
        return true;
    }
    if (end == folded->length) {
        return false;
    }
    return has_plural(folded, words, end, fold_near_end(folded, end)); /* "1234 slice 2" is of number 1234 */
}
