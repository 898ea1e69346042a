/* charset_encode.c: UTF-8 to the bytes of a Specific Character Set, with escape sequences where the first
 * term alone cannot hold a character and a further one can. */
#include <string.h>

#include "charset.h"
#include "charset_internal.h"
#include "dcmchain/base.h"

struct encoder {
    const struct charset *charset;
    const struct charset_set *g0;
    const struct charset_set *g1;
    struct text *text;
};

static bool is_ascii(const char *utf8)
{
    for (; *utf8 != '\0'; utf8++) {
        if ((*utf8 & 0x80) != 0) {
            return false;
        }
    }
    return true;
}

static size_t character_length(const char *utf8)
{
    unsigned char byte = (unsigned char)utf8[0];
    size_t wanted = byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    size_t length = 1;
    while (length < wanted && (utf8[length] & 0xC0) == 0x80) {
        length++;
    }
    return length;
}

static void escape(struct encoder *encoder, const char *sequence)
{
    text_append(encoder->text, "\x1b");
    text_append(encoder->text, sequence);
}

/* Half-width katakana, U+FF61 to U+FF9F. */
static bool encode_katakana(const char *utf8, size_t length, struct text *bytes)
{
    if (length != 3) {
        return false;
    }
    unsigned point =
        ((unsigned)utf8[0] & 0xFU) << 12 | ((unsigned)utf8[1] & 0x3FU) << 6 | ((unsigned)utf8[2] & 0x3FU);
    if (point < 0xFF61U || point > 0xFF9FU) {
        return false;
    }
    text_append_bytes(bytes, (const char[]){(char)(point - 0xFF61U + 0xA1U)}, 1);
    return true;
}

/* The bytes of one character in a set, without escapes. */
static bool encode_in(const struct charset_set *set, const char *utf8, size_t length, struct text *bytes)
{
    if (set->form == CHARSET_KATAKANA) {
        return encode_katakana(utf8, length, bytes);
    }
    if (set->iconv == NULL || charset_convert(set->iconv, "UTF-8", utf8, length, bytes) != DCMCHAIN_OK) {
        return false;
    }
    if (set->form == CHARSET_DOUBLE_G0) {
        /* ESC, the set's sequence, two bytes, ESC ( B: another sequence means another set. */
        size_t before = 1 + strlen(set->g0);
        if (bytes->length != before + 2 + 3 || memcmp(bytes->bytes + 1, set->g0, before - 1) != 0) {
            return false;
        }
        memmove(bytes->bytes, bytes->bytes + before, 2);
        bytes->length = 2;
        return true;
    }
    return bytes->length > 0 && (bytes->bytes[0] & 0x80) != 0;
}

static void leave_double(struct encoder *encoder)
{
    if (encoder->g0->form == CHARSET_DOUBLE_G0) {
        encoder->g0 = encoder->charset->sets[0];
        escape(encoder,
               encoder->g0->g0 == NULL || encoder->g0->form == CHARSET_DOUBLE_G0 ? "(B" : encoder->g0->g0);
    }
}

static int put_character(struct encoder *encoder, const char *utf8, size_t length)
{
    for (size_t i = 0; i < encoder->charset->count; i++) {
        const struct charset_set *set = encoder->charset->sets[i];
        struct text bytes = TEXT_EMPTY;
        bool well = encode_in(set, utf8, length, &bytes);
        if (well && set->form == CHARSET_DOUBLE_G0) {
            if (encoder->g0 != set) {
                escape(encoder, set->g0);
                encoder->g0 = set;
            }
        } else if (well) {
            leave_double(encoder);
            if (encoder->g1 != set) {
                escape(encoder, set->g1);
                encoder->g1 = set;
            }
        }
        if (well) {
            text_append_bytes(encoder->text, bytes.bytes, bytes.length);
        }
        text_free(&bytes);
        if (well) {
            return DCMCHAIN_OK;
        }
    }
    return DCMCHAIN_E_CHARSET;
}

static int encode_extended(const struct charset *charset, uint16_t vr, const char *utf8, struct text *text)
{
    struct encoder encoder = {charset, charset->sets[0], charset->sets[0], text};
    while (*utf8 != '\0') {
        size_t length = character_length(utf8);
        if (length == 1 && (*utf8 & 0x80) == 0) {
            leave_double(&encoder);
            text_append_bytes(text, utf8, 1);
            if (charset_is_delimiter(vr, *utf8)) {
                encoder.g0 = encoder.g1 = charset->sets[0];
            }
        } else {
            int result = put_character(&encoder, utf8, length);
            if (result != DCMCHAIN_OK) {
                return result;
            }
        }
        utf8 += length;
    }
    leave_double(&encoder);
    return DCMCHAIN_OK;
}

int charset_encode(const struct charset *charset, uint16_t vr, const char *utf8, char **ret_bytes,
                   size_t *ret_length)
{
    struct text text = TEXT_EMPTY;
    int result = DCMCHAIN_OK;
    const struct charset_set *first = charset->sets[0];
    if (first->form != CHARSET_WHOLE && strchr(utf8, '\x1b') != NULL) {
        result = DCMCHAIN_E_CHARSET; /* a reader would take it for the begin of another set */
    } else if (is_ascii(utf8)) {
        text_append(&text, utf8);
    } else if (first->form == CHARSET_WHOLE) {
        result = charset_convert(first->iconv == NULL ? "UTF-8" : first->iconv, "UTF-8", utf8, strlen(utf8),
                                 &text);
    } else {
        result = encode_extended(charset, vr, utf8, &text);
    }
    size_t length = text.length;
    char *bytes = result == DCMCHAIN_OK ? text_take(&text) : NULL;
    if (bytes == NULL) {
        text_free(&text);
        return result == DCMCHAIN_OK ? DCMCHAIN_E_MEMORY : result;
    }
    *ret_bytes = bytes;
    *ret_length = length;
    return DCMCHAIN_OK;
}
