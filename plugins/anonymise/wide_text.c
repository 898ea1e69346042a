/* wide_text.c: see wide_text.h. Ideographs are not read: any two bytes may be one. */
#include "wide_text.h"

#include <stdint.h>

#define LAST_OF_ALPHABETS 0x07FFU

static uint32_t character(const char *bytes, size_t index, bool big)
{
    const uint32_t first = (uint8_t)bytes[2 * index];
    const uint32_t second = (uint8_t)bytes[2 * index + 1];

    return big ? first << 8 | second : second << 8 | first;
}

static bool is_text(uint32_t character)
{
    return character == '\t' || character == '\r' || character == '\n' ||
           (character >= 0x20U && character < 0x7FU) ||
           (character >= 0xA0U && character <= LAST_OF_ALPHABETS);
}

size_t wide_text_run(const char *bytes, size_t length, bool big)
{
    size_t count = 0;

    while (2 * count + 2 <= length && is_text(character(bytes, count, big))) {
        count++;
    }
    return count;
}

void wide_text_read(const char *bytes, size_t count, bool big, char *ret_utf8)
{
    for (size_t at = 0; at < count; at++) {
        const uint32_t code = character(bytes, at, big);
        if (code < 0x80U) {
            *ret_utf8++ = (char)code;
        } else {
            *ret_utf8++ = (char)(0xC0U | code >> 6);
            *ret_utf8++ = (char)(0x80U | (code & 0x3FU));
        }
    }
    *ret_utf8 = '\0';
}

void wide_text_blank(char *bytes, size_t count, bool big)
{
    for (size_t at = 0; at < count; at++) {
        bytes[2 * at] = big ? '\0' : ' ';
        bytes[2 * at + 1] = big ? ' ' : '\0';
    }
}
