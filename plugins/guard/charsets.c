/* charsets.c: see charsets.h; the one file here that knows iconv. */
#include "charsets.h"

#include <errno.h>
#include <iconv.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../common/cleanup.h"
#include "dcmchain/base.h"

#define ESCAPE 0x1BU

/* ISO 2022 with its escapes, then what remains of it without them: G1 alone. */
static const char *const with_escapes[] = {"ISO-2022-JP-2", "ISO-2022-KR", "ISO-2022-CN"};
static const char *const charsets[] = {"UTF-8",       "ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4",
                                       "ISO-8859-5",  "ISO-8859-6", "ISO-8859-7", "ISO-8859-8", "ISO-8859-9",
                                       "ISO-8859-15", "TIS-620",    "GB18030",    "EUC-KR",     "EUC-JP",
                                       "SHIFT_JIS",   "CP1251",     "KOI8-R",     "UTF-16LE",   "UTF-16BE"};

bool charsets_is_plain(const void *bytes, size_t length)
{
    const uint8_t *at = bytes;
    for (size_t i = 0; i < length; i++) {
        if (at[i] >= 0x80U || at[i] == ESCAPE) {
            return false;
        }
    }
    return true;
}

/* Everything but the escape sequences (ECMA-35: ESC, intermediates 0x20 to 0x2F, one final byte). */
static size_t without_escapes(const uint8_t *bytes, size_t length, char *ret_bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] != ESCAPE) {
            ret_bytes[count++] = (char)bytes[i];
            continue;
        }
        while (i + 1 < length && bytes[i + 1] >= 0x20U && bytes[i + 1] <= 0x2FU) {
            i++;
        }
        i += i + 1 < length ? 1 : 0;
    }
    return count;
}

/* Bytes that do not decode become blanks, one each. room: four times the length, and some. */
static int decode(const char *charset, char *bytes, size_t length, char *text, size_t room,
                  size_t *ret_length)
{
    iconv_t converter = iconv_open("UTF-8", charset);
    if (converter == (iconv_t)-1) {
        return errno == EINVAL ? DCMCHAIN_E_ABSENT : DCMCHAIN_E_MEMORY; /* or files, which come back, too */
    }
    char *from = bytes;
    size_t from_left = length;
    char *to = text;
    size_t to_left = room;
    while (from_left > 0 && to_left > 0) {
        if (iconv(converter, &from, &from_left, &to, &to_left) != (size_t)-1) {
            break;
        }
        if (errno == E2BIG || to_left == 0) {
            break;
        }
        from++;
        from_left--;
        *to++ = ' ';
        to_left--;
    }
    (void)iconv_close(converter);
    *ret_length = room - to_left;
    return DCMCHAIN_OK;
}

struct visit {
    charsets_visitor visitor;
    void *closure;
    char *text; /* room for what is decoded */
    size_t room;
};

/* A character set that the host's iconv lacks is none that it could have written either. */
static int visit_as(const struct visit *visit, const char *charset, char *bytes, size_t length)
{
    size_t decoded = 0;
    int result = decode(charset, bytes, length, visit->text, visit->room, &decoded);
    return result == DCMCHAIN_OK         ? visit->visitor(visit->closure, visit->text, decoded)
           : result == DCMCHAIN_E_ABSENT ? DCMCHAIN_OK
                                         : result;
}

int charsets_each(const void *bytes, size_t length, charsets_visitor visit, void *closure)
{
    size_t room = 4 * length + 16;
    AUTO_FREE char *text = malloc(room);
    AUTO_FREE char *bare = malloc(length + 1);
    AUTO_FREE char *copy = malloc(length + 1);
    if (text == NULL || bare == NULL || copy == NULL) {
        return DCMCHAIN_E_MEMORY; /* NOLINT(clang-analyzer-unix.Malloc): the cleanup attributes free all three
                                   */
    }
    memcpy(copy, bytes, length);
    size_t bare_length = without_escapes(bytes, length, bare);
    bool escapes = bare_length != length;
    const struct visit how = {visit, closure, text, room};
    int result = DCMCHAIN_OK;
    for (size_t i = 0; escapes && result == DCMCHAIN_OK && i < sizeof with_escapes / sizeof with_escapes[0];
         i++) {
        result = visit_as(&how, with_escapes[i], copy, length);
    }
    for (size_t i = 0; result == DCMCHAIN_OK && i < sizeof charsets / sizeof charsets[0]; i++) {
        result = visit_as(&how, charsets[i], bare, bare_length);
    }
    return result;
}
