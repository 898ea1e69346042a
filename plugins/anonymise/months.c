/* months.c: names of the months in the languages of Europe. It must not decide what is a date. */
#include "months.h"

#include <stdbool.h>
#include <string.h>

#include <utf8proc.h>

#define MAX_NAME 32U /* bytes of a name, more than any has */
#define MAX_POINTS 8 /* of one character, folded */
#define DOTLESS_I 0x131

struct month_name {
    const char *name;
    uint32_t month;
};

/* Those that are abbreviated, too: to their first three bytes. All in small letters without their marks:
 * "märz" is "marz". */
static const struct month_name abbreviated[] = {
    {"january", 1},   {"januar", 1},    {"janvier", 1},   {"enero", 1},      {"gennaio", 1},
    {"february", 2},  {"februar", 2},   {"fevrier", 2},   {"febrero", 2},    {"febbraio", 2},
    {"march", 3},     {"maerz", 3},     {"marz", 3},      {"mars", 3},       {"marzo", 3},
    {"mrz", 3},       {"april", 4},     {"avril", 4},     {"abril", 4},      {"aprile", 4},
    {"may", 5},       {"mai", 5},       {"mayo", 5},      {"maggio", 5},     {"june", 6},
    {"juni", 6},      {"juin", 6},      {"junio", 6},     {"giugno", 6},     {"july", 7},
    {"juli", 7},      {"juillet", 7},   {"julio", 7},     {"luglio", 7},     {"august", 8},
    {"aout", 8},      {"agosto", 8},    {"september", 9}, {"septembre", 9},  {"septiembre", 9},
    {"settembre", 9}, {"sept", 9},      {"october", 10},  {"oktober", 10},   {"octobre", 10},
    {"octubre", 10},  {"ottobre", 10},  {"november", 11}, {"novembre", 11},  {"noviembre", 11},
    {"december", 12}, {"dezember", 12}, {"decembre", 12}, {"diciembre", 12}, {"dicembre", 12}};

/* Those whose first three letters are words of other languages ("lip"), or that are not written in three. */
static const struct month_name whole[] = {
    /* Dutch, Swedish, Danish, Norwegian */
    {"januari", 1},
    {"februari", 2},
    {"maart", 3},
    {"marts", 3},
    {"mei", 5},
    {"maj", 5},
    {"augustus", 8},
    {"augusti", 8},
    {"desember", 12},
    /* Portuguese */
    {"janeiro", 1},
    {"fevereiro", 2},
    {"marco", 3},
    {"maio", 5},
    {"junho", 6},
    {"julho", 7},
    {"setembro", 9},
    {"outubro", 10},
    {"novembro", 11},
    {"dezembro", 12},
    /* Polish */
    {"stycznia", 1},
    {"lutego", 2},
    {"marca", 3},
    {"kwietnia", 4},
    {"maja", 5},
    {"czerwca", 6},
    {"lipca", 7},
    {"sierpnia", 8},
    {"wrzesnia", 9},
    {"pazdziernika", 10},
    {"listopada", 11},
    {"grudnia", 12},
    /* Czech */
    {"ledna", 1},
    {"unora", 2},
    {"brezna", 3},
    {"dubna", 4},
    {"kvetna", 5},
    {"cervna", 6},
    {"cervence", 7},
    {"srpna", 8},
    {"zari", 9},
    {"rijna", 10},
    {"listopadu", 11},
    {"prosince", 12},
    /* Turkish */
    {"ocak", 1},
    {"subat", 2},
    {"mart", 3},
    {"nisan", 4},
    {"mayis", 5},
    {"haziran", 6},
    {"temmuz", 7},
    {"agustos", 8},
    {"eylul", 9},
    {"ekim", 10},
    {"kasim", 11},
    {"aralik", 12},
    /* Russian */
    {"января", 1},
    {"февраля", 2},
    {"марта", 3},
    {"апреля", 4},
    {"мая", 5},
    {"июня", 6},
    {"июля", 7},
    {"августа", 8},
    {"сентября", 9},
    {"октября", 10},
    {"ноября", 11},
    {"декабря", 12},
    /* Greek */
    {"ιανουαριου", 1},
    {"φεβρουαριου", 2},
    {"μαρτιου", 3},
    {"απριλιου", 4},
    {"μαιου", 5},
    {"ιουνιου", 6},
    {"ιουλιου", 7},
    {"αυγουστου", 8},
    {"σεπτεμβριου", 9},
    {"οκτωβριου", 10},
    {"νοεμβριου", 11},
    {"δεκεμβριου", 12},
};

/* A byte of a word: an ASCII letter, or of a character beyond ASCII. Not isalpha(): the locale must not
 * count. */
static bool is_letter(char byte)
{
    return ((unsigned char)byte | 0x20U) - 'a' < 26U || ((unsigned char)byte & 0x80U) != 0U;
}

/* A letter beyond ASCII as the tables spell it; how many bytes that takes, 0: a mark, or there is no room. */
static size_t fold_letter(utf8proc_int32_t point, char *ret, size_t room)
{
    utf8proc_int32_t parts[MAX_POINTS];
    const utf8proc_ssize_t count = utf8proc_decompose_char(
        point == DOTLESS_I ? 'i' : point, parts, MAX_POINTS,
        UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_DECOMPOSE, NULL);
    size_t used = 0;

    if (count < 0 || count > MAX_POINTS || (size_t)count * 4 > room) {
        return 0;
    }
    for (utf8proc_ssize_t at = 0; at < count; at++) {
        used += (size_t)utf8proc_encode_char(parts[at], (utf8proc_uint8_t *)ret + used);
    }
    return used;
}

/* A word as the tables spell it; its bytes, 0: it is none of theirs. */
static size_t fold_word(const char *word, size_t width, char ret[MAX_NAME])
{
    size_t used = 0;

    for (size_t at = 0; at < width;) {
        utf8proc_int32_t point = 0;
        const utf8proc_ssize_t bytes =
            utf8proc_iterate((const utf8proc_uint8_t *)word + at, (utf8proc_ssize_t)(width - at), &point);
        if (bytes <= 0 || used + 4 > MAX_NAME) {
            return 0;
        }
        if (point < 0x80) {
            ret[used++] = (char)(point | 0x20); /* a letter: is_letter() */
        } else {
            used += fold_letter(point, ret + used, MAX_NAME - used);
        }
        at += (size_t)bytes;
    }
    return used;
}

static uint32_t find(const struct month_name *names, size_t count, bool also_short, const char *word,
                     size_t width)
{
    for (size_t index = 0; index < count; index++) {
        const size_t full = strlen(names[index].name);
        if (width <= full && (width == full || (also_short && width == 3)) &&
            memcmp(names[index].name, word, width) == 0) {
            return names[index].month;
        }
    }
    return 0;
}

uint32_t months_at(const char *text, size_t length, size_t at, size_t *ret_width)
{
    char name[MAX_NAME];
    size_t name_width = 0;
    size_t width = 0;
    uint32_t month = 0;

    while (at + width < length && is_letter(text[at + width])) {
        width++;
    }
    name_width = fold_word(text + at, width, name);
    if (name_width < 3) {
        return 0;
    }
    month = find(abbreviated, sizeof abbreviated / sizeof abbreviated[0], true, name, name_width);
    if (month == 0) {
        month = find(whole, sizeof whole / sizeof whole[0], false, name, name_width);
    }
    if (month != 0) {
        *ret_width = width + (at + width < length && text[at + width] == '.' ? 1U : 0U);
    }
    return month;
}

uint32_t months_roman_at(const char *text, size_t length, size_t at, size_t *ret_width)
{
    static const char *const numerals[] = {"I",   "II",   "III", "IV", "V",  "VI",
                                           "VII", "VIII", "IX",  "X",  "XI", "XII"};
    size_t width = 0;

    while (at + width < length && is_letter(text[at + width])) {
        width++;
    }
    for (uint32_t index = 0; index < 12; index++) {
        if (width == strlen(numerals[index]) && strncmp(text + at, numerals[index], width) == 0) {
            *ret_width = width;
            return index + 1;
        }
    }
    return 0;
}
