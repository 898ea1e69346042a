/* spellings.c: the usual spellings of a day, squeezed as fold.h does. It must not decide where a hit counts.
 */
#include <stdio.h>
#include <string.h>

#include "patterns_parts.h"

#define SPELLING_BYTES 32U

static const char *const months[][12] = {
    {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"},
    {"january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
     "november", "december"},
    {"januar", "februar", "marz", "april", "mai", "juni", "juli", "august", "september", "oktober",
     "november", "dezember"},
    {"janvier", "fevrier", "mars", "avril", "mai", "juin", "juillet", "aout", "septembre", "octobre",
     "novembre", "decembre"},
    {"enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre",
     "noviembre", "diciembre"},
};

struct day {
    struct builder *builder;
    uint32_t class_id;
    uint32_t day;
};

/* Three parts, joined where they may stand apart. apart: they must. */
static int add(const struct day *day, const char *first, const char *second, const char *third, bool apart)
{
    char text[SPELLING_BYTES];
    int length = snprintf(text, sizeof text, "%s%s%s", first, second, third);
    struct pattern pattern = {.kind = PATTERN_DATE,
                              .class_id = day->class_id,
                              .day = day->day,
                              .characters = (uint16_t)length,
                              .apart = apart,
                              .joint_count = 2,
                              .joints = {(uint8_t)strlen(first), (uint8_t)(strlen(first) + strlen(second))}};
    return builder_add(day->builder, (const uint8_t *)text, (size_t)length, pattern);
}

static int add_orders(const struct day *day, const char *year, const char *month, const char *date,
                      bool apart)
{
    int result = add(day, year, month, date, apart);
    if (result == DCMCHAIN_OK) {
        result = add(day, date, month, year, apart);
    }
    return result == DCMCHAIN_OK ? add(day, month, date, year, apart) : result;
}

int spellings_add(struct builder *builder, uint32_t class_id, uint32_t value)
{
    const struct day day = {builder, class_id, value};
    char year[8];
    char month[2][4];
    char date[2][4];
    (void)snprintf(year, sizeof year, "%04u", value / 10000 % 10000);
    for (size_t form = 0; form < 2; form++) {
        (void)snprintf(month[form], sizeof month[form], form == 0 ? "%02u" : "%u", value / 100 % 100);
        (void)snprintf(date[form], sizeof date[form], form == 0 ? "%02u" : "%u", value % 100);
    }
    int result = add_orders(&day, year, month[0], date[0], false);
    if (result == DCMCHAIN_OK && (strlen(month[1]) == 1 || strlen(date[1]) == 1)) {
        result = add_orders(&day, year, month[1], date[1], true);
    }
    for (size_t language = 0; result == DCMCHAIN_OK && language < sizeof months / sizeof months[0];
         language++) {
        const char *name = months[language][value / 100 % 100 - 1];
        result = add_orders(&day, year, name, date[0], false);
        if (result == DCMCHAIN_OK && strlen(date[1]) == 1) {
            result = add_orders(&day, year, name, date[1], true);
        }
    }
    return result;
}
