/* json_scalars.c: see json_scalars.h. */
#include "json_scalars.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#define HEX_DIGITS 4U
#define UNIT_BYTES 6U /* of an escape by its number */
#define MAX_EXPONENT 1000000L

/* The four hex digits behind "\u"; -1 where there are none. */
static int32_t unit_at(struct piece from)
{
    int32_t unit = 0;
    if ((size_t)(from.end - from.at) < UNIT_BYTES || from.at[0] != '\\' || from.at[1] != 'u') {
        return -1;
    }
    for (size_t i = 2; i < 2 + HEX_DIGITS; i++) {
        const char digit = from.at[i];
        const int value = digit >= '0' && digit <= '9'   ? digit - '0'
                          : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                          : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                         : -1;
        if (value < 0) {
            return -1;
        }
        unit = unit * 16 + value;
    }
    return unit;
}

/* The character that an escape by its number stands for; of two such escapes where it takes two. */
static bool take_point(struct piece *from, utf8proc_int32_t *ret_point)
{
    const int32_t unit = unit_at(*from);
    if (unit < 0) {
        return false;
    }
    from->at += UNIT_BYTES;
    *ret_point = unit;
    if (unit < 0xD800 || unit > 0xDFFF) {
        return true;
    }
    const int32_t low = unit > 0xDBFF ? -1 : unit_at(*from);
    if (low < 0xDC00 || low > 0xDFFF) {
        return false;
    }
    from->at += UNIT_BYTES;
    *ret_point = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
    return true;
}

/* Undoes the escape that from.at begins with; what it stands for takes no more bytes than it did. False: it
 * is none. At least one byte of it is taken. */
static bool undo(struct piece *from, char **text)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meant[] = "\"\\/\b\f\n\r\t";
    utf8proc_int32_t point = 0;
    if (from->end - from->at >= 2 && from->at[1] != 'u') {
        const char *letter = from->at[1] == '\0' ? NULL : strchr(letters, from->at[1]);
        from->at += letter == NULL ? 1 : 2;
        if (letter != NULL) {
            *(*text)++ = meant[letter - letters];
        }
        return letter != NULL;
    }
    const char *before = from->at;
    if (!take_point(from, &point)) {
        from->at += from->at == before ? 1 : 0;
        return false;
    }
    *text += utf8proc_encode_char(point, (utf8proc_uint8_t *)*text);
    return true;
}

bool json_unescape(struct piece string, char *text, size_t *ret_length)
{
    char *at = text;
    if (string.end - string.at < 2 || *string.at != '"' || string.end[-1] != '"') {
        return false;
    }
    string.at++;
    string.end--;
    while (string.at < string.end) {
        if (*string.at != '\\') {
            *at++ = *string.at++;
        } else if (!undo(&string, &at)) {
            return false;
        }
    }
    *ret_length = (size_t)(at - text);
    return true;
}

bool json_has_escape(struct piece text)
{
    while (text.at < text.end && (text.at = memchr(text.at, '\\', (size_t)(text.end - text.at))) != NULL) {
        const char letter = text.end - text.at > 1 ? text.at[1] : '\0';
        if ((letter != '\0' && strchr("bfnrt", letter) != NULL) || unit_at(text) >= 0) {
            return true;
        }
        text.at++;
    }
    return false;
}

size_t json_unescape_any(struct piece from, char *text)
{
    char *at = text;
    while (from.at < from.end) {
        if (*from.at != '\\') {
            *at++ = *from.at++;
        } else if (!undo(&from, &at)) {
            *at++ = ' ';
        }
    }
    return (size_t)(at - text);
}

/* What a number is without its exponent and decimal point. digits: its digits alone, with room for as many as
 * room. False: it is no whole number, or one of very many digits. */
static bool shift(char *digits, size_t count, long places, size_t room)
{
    for (; places < 0 && count > 0 && digits[count - 1] == '0'; places++) {
        count--;
    }
    if (places < 0 || places > (long)(room - count)) {
        return false;
    }
    memset(digits + count, '0', (size_t)places);
    count += (size_t)places;
    digits[count] = '\0';
    const size_t zeros = strspn(digits, "0");
    memmove(digits, digits + zeros, count + 1 - zeros);
    return true;
}

bool json_number(struct piece number, char ret_whole[JSON_WHOLE_BYTES])
{
    char text[JSON_WHOLE_BYTES];
    size_t count = 0;
    const size_t length = (size_t)(number.end - number.at);
    if (length >= sizeof text || memchr(number.at, '\0', length) != NULL) {
        return false;
    }
    memcpy(text, number.at, length);
    text[length] = '\0';
    const char *at = text + (text[0] == '-' ? 1 : 0);
    const size_t before = strspn(at, "0123456789");
    if (before == 0) {
        return false;
    }
    memcpy(ret_whole, at, before);
    count = before;
    at += before;
    long places = 0;
    if (*at == '.') {
        const size_t behind = strspn(at + 1, "0123456789");
        memcpy(ret_whole + count, at + 1, behind);
        count += behind;
        places = -(long)behind;
        at += 1 + behind;
    }
    if (*at == 'e' || *at == 'E') {
        char *end = NULL;
        places += strtol(at + 1, &end, 10) % (2L * MAX_EXPONENT);
        at = end;
    }
    ret_whole[count] = '\0';
    if (!shift(ret_whole, count, places, JSON_WHOLE_BYTES - 1)) {
        ret_whole[0] = '\0';
    }
    return *at == '\0';
}

bool json_is_word(struct piece word)
{
    static const char *const words[] = {"true", "false", "null"};
    const size_t length = (size_t)(word.end - word.at);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (length == strlen(words[i]) && memcmp(word.at, words[i], length) == 0) {
            return true;
        }
    }
    return false;
}
