/* charset.c: see charset.h: decoding. A value is split at its escape sequences and delimiters into runs of
 * one set each, and each run converted. Encoding is charset_encode.c's. */
#include "charset.h"

#include <errno.h>
#include <iconv.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "charset_internal.h"
#include "cleanup.h"
#include "dcmchain/dataset.h"
#include "text.h"

#define ESC '\x1b'

/* ---- the value of (0008,0005) ---- */

int charset_open(const char *defined_terms, struct charset **ret_charset)
{
    struct charset *charset = calloc(1, sizeof *charset);
    if (charset == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    const char *at = defined_terms == NULL ? "" : defined_terms;
    for (;;) {
        size_t length = strcspn(at, "\\");
        size_t begin = strspn(at, " ");
        size_t end = length;
        while (end > begin && at[end - 1] == ' ') {
            end--;
        }
        const struct charset_set *set =
            begin >= end ? &charset_sets[0] : charset_find_term(at + begin, end - begin);
        if (set == NULL || charset->count + 2 > CHARSET_MAX_TERMS) {
            free(charset);
            return DCMCHAIN_E_CHARSET;
        }
        if (charset->count == 0 && set->form == CHARSET_DOUBLE_G0) {
            charset->sets[charset->count++] = &charset_sets[0]; /* such a set needs its escape always */
        }
        charset->sets[charset->count++] = set;
        if (at[length] == '\0') {
            break;
        }
        at += length + 1;
    }
    *ret_charset = charset;
    return DCMCHAIN_OK;
}

void charset_free(struct charset *charset)
{
    free(charset);
}

/* ---- one run ---- */

/* glibc loads a module when a converter is opened and unloads it soon after the last is closed, which took
 * 1 ms a file of a corpus with umlauts, stages that try encodings included. One converter of each that is in
 * use, by a stage too, stays open from the first text that needs any. */
static const char *const kept_names[] = {
    "ISO-8859-1", "ISO-8859-2", "ISO-8859-3", "ISO-8859-4",  "ISO-8859-5", "ISO-8859-6",    "ISO-8859-7",
    "ISO-8859-8", "ISO-8859-9", "TIS-620",    "ISO-8859-15", "KOI8-R",     "CP1250",        "CP1251",
    "CP1252",     "CP1253",     "CP1255",     "CP1256",      "CP437",      "CP850",         "UTF-16",
    "GB18030",    "EUC-KR",     "SHIFT_JIS",  "EUC-JP",      "BIG5",       "ISO-2022-JP-2", "ISO-2022-KR"};
static iconv_t kept[sizeof kept_names / sizeof kept_names[0]];
static pthread_once_t kept_once = PTHREAD_ONCE_INIT;

static void keep_converters(void)
{
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++) {
        kept[i] = iconv_open("UTF-8", kept_names[i]);
    }
}

/* Every byte is its code point. It is the set of most texts that are not ASCII, and iconv takes 10,000
 * instructions for a name. */
static void append_latin1(const char *bytes, size_t length, struct text *text)
{
    for (size_t i = 0; i < length; i++) {
        const uint8_t byte = (uint8_t)bytes[i];
        const char utf8[2] = {(char)(0xC0U | (unsigned)byte >> 6), (char)(0x80U | (byte & 0x3FU))};
        text_append_bytes(text, byte < 0x80 ? &bytes[i] : utf8, byte < 0x80 ? 1 : 2);
    }
}

static int append_as_latin1(const char *utf8, size_t length, struct text *text)
{
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = (uint8_t)utf8[i];
        if (byte >= 0x80) {
            if ((byte != 0xC2 && byte != 0xC3) || ++i == length || ((uint8_t)utf8[i] & 0xC0U) != 0x80U) {
                return DCMCHAIN_E_CHARSET;
            }
            byte = (uint8_t)((unsigned)byte << 6 | ((uint8_t)utf8[i] & 0x3FU));
        }
        text_append_bytes(text, (const char *)&byte, 1);
    }
    return DCMCHAIN_OK;
}

int charset_convert(const char *to, const char *from, const char *bytes, size_t length, struct text *text)
{
    (void)pthread_once(&kept_once, keep_converters);
    if (strcmp(from, "ISO-8859-1") == 0 && strcmp(to, "UTF-8") == 0) {
        append_latin1(bytes, length, text);
        return DCMCHAIN_OK;
    }
    if (strcmp(from, "UTF-8") == 0 && strcmp(to, "ISO-8859-1") == 0) {
        return append_as_latin1(bytes, length, text);
    }
    iconv_t converter = iconv_open(to, from);
    if (converter == (iconv_t)-1) {
        return errno == EINVAL ? DCMCHAIN_E_CHARSET
                               : DCMCHAIN_E_MEMORY; /* there is none, or no room for it */
    }
    char *in = (char *)(uintptr_t)bytes;
    size_t in_left = length;
    int result = DCMCHAIN_OK;
    bool flushed = false;
    while (result == DCMCHAIN_OK && !flushed) {
        char buffer[512];
        char *out = buffer;
        size_t out_left = sizeof buffer;
        flushed = in_left == 0;
        size_t status = iconv(converter, flushed ? NULL : &in, flushed ? NULL : &in_left, &out, &out_left);
        text_append_bytes(text, buffer, sizeof buffer - out_left);
        if (status == (size_t)-1 && errno == E2BIG) {
            flushed = false;
        } else if (status == (size_t)-1 || (status > 0 && !flushed)) {
            result = DCMCHAIN_E_CHARSET; /* an irreversible conversion is none either */
        }
    }
    (void)iconv_close(converter);
    return result;
}

static int decode_katakana(const char *bytes, size_t length, struct text *text)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte < 0xA1 || byte > 0xDF) {
            return DCMCHAIN_E_CHARSET;
        }
        unsigned point = 0xFF61U + (byte - 0xA1U); /* the half-width forms, in the order of JIS X 0201 */
        text_append_bytes(text,
                          (const char[]){(char)(0xE0U | point >> 12), (char)(0x80U | (point >> 6 & 0x3FU)),
                                         (char)(0x80U | (point & 0x3FU))},
                          3);
    }
    return DCMCHAIN_OK;
}

/* Two 7-bit bytes a character: iconv's ISO-2022-JP wants the escape in front and ASCII at the end. */
static int decode_double_g0(const struct charset_set *set, const char *bytes, size_t length,
                            struct text *text)
{
    if (length % 2 != 0) {
        return DCMCHAIN_E_CHARSET;
    }
    struct text whole = TEXT_EMPTY;
    text_printf(&whole, "\x1b%s", set->g0);
    text_append_bytes(&whole, bytes, length);
    text_append(&whole, "\x1b(B");
    int result = whole.failed ? DCMCHAIN_E_MEMORY
                              : charset_convert("UTF-8", set->iconv, whole.bytes, whole.length, text);
    text_free(&whole);
    return result;
}

static int decode_g0(const struct charset_set *set, const char *bytes, size_t length, struct text *text)
{
    if (set->form == CHARSET_DOUBLE_G0) {
        return decode_double_g0(set, bytes, length, text);
    }
    /* JIS X 0201 romaji too: its yen sign is the backslash that separates values, its overline reads as '~'.
     */
    text_append_bytes(text, bytes, length);
    return DCMCHAIN_OK;
}

static int decode_g1(const struct charset_set *set, const char *bytes, size_t length, struct text *text)
{
    switch (set->form) {
    case CHARSET_KATAKANA:
        return decode_katakana(bytes, length, text);
    case CHARSET_SINGLE:
    case CHARSET_DOUBLE_G1:
        return charset_convert("UTF-8", set->iconv, bytes, length, text);
    default:
        return DCMCHAIN_E_CHARSET;
    }
}

/* ---- a value with code extensions ---- */

bool charset_is_delimiter(uint16_t vr, char character)
{
    switch (character) {
    case '\n':
    case '\f':
    case '\r':
    case '\t':
        return true;
    case '\\':
        return dcmchain_vr_is_multi_valued(vr);
    case '^':
    case '=':
        return vr == DCMCHAIN_VR_PN;
    default:
        return false;
    }
}

/* The bytes of one run from `at`: all below, or all from 0x80 on, up to an escape or (in a one-byte G0)
 * behind a delimiter. */
static size_t run_length(const char *bytes, size_t length, uint16_t vr, bool double_g0, bool *ret_delimited)
{
    bool high = (bytes[0] & 0x80) != 0;
    size_t end = 0;
    *ret_delimited = false;
    while (end < length && bytes[end] != ESC && ((bytes[end] & 0x80) != 0) == high && !*ret_delimited) {
        *ret_delimited = !high && !double_g0 && charset_is_delimiter(vr, bytes[end]);
        end++;
    }
    return end;
}

/* PS3.5 6.1.2.5.3: after a delimiter the sets of the first term are in force again. */
static int decode_extended(const struct charset *charset, uint16_t vr, const char *bytes, size_t length,
                           struct text *text)
{
    const struct charset_set *g0 = charset->sets[0];
    const struct charset_set *g1 = charset->sets[0];
    size_t at = 0;
    while (at < length) {
        if (bytes[at] == ESC) {
            bool to_g1 = false;
            size_t used = 0;
            const struct charset_set *set =
                charset_find_escape(bytes + at + 1, length - at - 1, &to_g1, &used);
            if (set == NULL) {
                return DCMCHAIN_E_CHARSET;
            }
            *(to_g1 ? &g1 : &g0) = set;
            at += 1 + used;
            continue;
        }
        bool delimited = false;
        bool high = (bytes[at] & 0x80) != 0;
        size_t run = run_length(bytes + at, length - at, vr, g0->form == CHARSET_DOUBLE_G0, &delimited);
        int result = high ? decode_g1(g1, bytes + at, run, text) : decode_g0(g0, bytes + at, run, text);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (delimited) {
            g0 = charset->sets[0];
            g1 = charset->sets[0];
        }
        at += run;
    }
    return DCMCHAIN_OK;
}

/* NUL bytes would end the text for everybody who reads it: they become spaces, and what follows stays seen.
 */
static char *without_nul(const char *bytes, size_t length)
{
    char *copy = malloc(length + 1);
    for (size_t i = 0; copy != NULL && i < length; i++) {
        copy[i] = bytes[i] == '\0' ? ' ' : bytes[i];
    }
    if (copy != NULL) {
        copy[length] = '\0';
    }
    return copy;
}

static bool is_plain(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if ((bytes[i] & 0x80) != 0 || bytes[i] == ESC) {
            return false;
        }
    }
    return true;
}

int charset_decode(const struct charset *charset, uint16_t vr, const char *bytes, size_t length,
                   char **ret_utf8)
{
    AUTO_FREE char *clean = without_nul(bytes, length);
    if (clean == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    struct text text = TEXT_EMPTY;
    int result = DCMCHAIN_OK;
    const struct charset_set *first = charset->sets[0];
    if (is_plain(clean, length)) {
        text_append_bytes(&text, clean, length);
    } else if (first->form == CHARSET_WHOLE) {
        result =
            charset_convert("UTF-8", first->iconv == NULL ? "UTF-8" : first->iconv, clean, length, &text);
    } else {
        result = decode_extended(charset, vr, clean, length, &text);
    }
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees clean */
    char *utf8 = result == DCMCHAIN_OK ? text_take(&text) : NULL;
    if (utf8 == NULL) {
        text_free(&text);
        return result == DCMCHAIN_OK ? DCMCHAIN_E_MEMORY : result;
    }
    *ret_utf8 = utf8;
    return DCMCHAIN_OK;
}

char *charset_decode_anyhow(const struct charset *charset, uint16_t vr, const char *bytes, size_t length)
{
    char *utf8 = NULL;
    if (charset != NULL && charset_decode(charset, vr, bytes, length, &utf8) == DCMCHAIN_OK) {
        return utf8;
    }
    AUTO_FREE char *clean = without_nul(bytes, length);
    struct text text = TEXT_EMPTY;
    if (clean == NULL) {
        return NULL;
    }
    if (charset_convert("UTF-8", "UTF-8", clean, length, &text) != DCMCHAIN_OK) {
        text_free(&text);
        (void)charset_convert("UTF-8", "ISO-8859-1", clean, length,
                              &text); /* every byte has a meaning there */
    }
    return text_take(&text); /* NOLINT(clang-analyzer-unix.Malloc): the cleanup attribute frees clean */
}
