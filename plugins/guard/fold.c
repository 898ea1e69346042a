/* fold.c: see fold.h. */
#include "fold.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "dcmchain/base.h"

#define MOST_POINTS 18 /* of one character, folded */

/* Letters that have no decomposition, and what umlauts are written as. */
static const struct {
    utf8proc_int32_t point;
    const char *plain;
    const char *expanded;
} letters[] = {{0xC4, "a", "ae"}, {0xC5, "a", "aa"},   {0xC6, "ae", "ae"}, {0xD0, "d", "d"},
               {0xD6, "o", "oe"}, {0xD8, "o", "oe"},   {0xDC, "u", "ue"},  {0xDE, "th", "th"},
               {0xE4, "a", "ae"}, {0xE5, "a", "aa"},   {0xE6, "ae", "ae"}, {0xF0, "d", "d"},
               {0xF6, "o", "oe"}, {0xF8, "o", "oe"},   {0xFC, "u", "ue"},  {0xFE, "th", "th"},
               {0x110, "d", "d"}, {0x111, "d", "d"},   {0x131, "i", "i"},  {0x141, "l", "l"},
               {0x142, "l", "l"}, {0x152, "oe", "oe"}, {0x153, "oe", "oe"}};

void fold_free(struct folded *folded)
{
    free(folded->bytes);
    free(folded->before);
    *folded = (struct folded){0};
}

static int make_room(struct folded *folded, size_t length)
{
    if (folded->room >= length) {
        return DCMCHAIN_OK;
    }
    size_t room = length < 256 ? 256 : length + length / 2;
    uint8_t *bytes = realloc(folded->bytes, room);
    if (bytes == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    folded->bytes = bytes;
    uint8_t *before = realloc(folded->before, room);
    if (before == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    folded->before = before;
    folded->room = room;
    return DCMCHAIN_OK;
}

static uint8_t ascii_fold(uint8_t byte)
{
    if (byte >= 'A' && byte <= 'Z') {
        return (uint8_t)(byte + ('a' - 'A'));
    }
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ? byte : 0;
}

/* Of several separators the first that is no blank tells most. */
static uint8_t separator(uint8_t before, uint8_t byte)
{
    bool blank = before == FOLD_NONE || before == FOLD_START || before == ' ';
    uint8_t seen = byte == FOLD_NONE || byte == FOLD_START || byte >= 0x80U ? FOLD_OTHER : byte;
    return !blank || (before == FOLD_START && byte == ' ') ? before : seen;
}

int fold_bytes(struct folded *folded, const void *bytes, size_t length)
{
    const uint8_t *from = bytes;
    if (make_room(folded, folded->length + length) != DCMCHAIN_OK) {
        return DCMCHAIN_E_MEMORY;
    }
    size_t at = folded->length;
    uint8_t before = FOLD_START;
    for (size_t i = 0; i < length; i++) {
        uint8_t byte = ascii_fold(from[i]);
        if (byte != 0) {
            folded->bytes[at] = byte;
            folded->before[at++] = before;
            before = FOLD_NONE;
        } else {
            before = separator(before, from[i]);
        }
    }
    folded->length = at;
    folded->ended = before != FOLD_NONE;
    return DCMCHAIN_OK;
}

static bool is_kept(utf8proc_int32_t point)
{
    utf8proc_category_t category = utf8proc_category(point);
    return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
           (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

static const char *special(utf8proc_int32_t point, bool expand)
{
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        if (letters[i].point == point) {
            return expand ? letters[i].expanded : letters[i].plain;
        }
    }
    return NULL;
}

static void put(struct folded *folded, const void *bytes, size_t length, uint8_t *before)
{
    memcpy(folded->bytes + folded->length, bytes, length);
    memset(folded->before + folded->length, FOLD_NONE, length);
    folded->before[folded->length] = *before;
    folded->length += length;
    *before = FOLD_NONE;
}

/* One character beyond ASCII; room is made. */
static void put_point(struct folded *folded, utf8proc_int32_t point, bool expand, uint8_t *before)
{
    const char *text = special(point, expand);
    if (text != NULL) {
        put(folded, text, strlen(text), before);
        return;
    }
    utf8proc_int32_t points[MOST_POINTS];
    utf8proc_ssize_t count = utf8proc_decompose_char(
        point, points, MOST_POINTS,
        UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK | UTF8PROC_IGNORE | UTF8PROC_DECOMPOSE,
        NULL);
    if (count == 0) {
        return; /* a mark: it is part of the letter before it */
    }
    if (count < 0 || count > MOST_POINTS) {
        *before = separator(*before, FOLD_OTHER);
        return;
    }
    for (utf8proc_ssize_t i = 0; i < count; i++) {
        uint8_t encoded[4];
        if (is_kept(points[i])) {
            put(folded, encoded, (size_t)utf8proc_encode_char(points[i], encoded), before);
        } else {
            *before = separator(*before, points[i] < 0x80 ? (uint8_t)points[i] : FOLD_OTHER);
        }
    }
}

int fold_utf8(struct folded *folded, const char *text, size_t length, bool expand)
{
    const utf8proc_uint8_t *from = (const utf8proc_uint8_t *)text;
    uint8_t before = FOLD_START;
    for (size_t i = 0; i < length;) {
        if (make_room(folded, folded->length + (size_t)MOST_POINTS * 4) != DCMCHAIN_OK) {
            return DCMCHAIN_E_MEMORY;
        }
        uint8_t byte = ascii_fold(from[i]);
        if (byte != 0) {
            put(folded, &byte, 1, &before);
            i++;
        } else if (from[i] < 0x80) {
            before = separator(before, from[i++]);
        } else {
            utf8proc_int32_t point = 0;
            utf8proc_ssize_t width = utf8proc_iterate(from + i, (utf8proc_ssize_t)(length - i), &point);
            if (width > 0) {
                put_point(folded, point, expand, &before);
            } else {
                before = separator(before, FOLD_OTHER);
            }
            i += width > 0 ? (size_t)width : 1;
        }
    }
    folded->ended = before != FOLD_NONE;
    return DCMCHAIN_OK;
}

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

bool fold_is_border(const struct folded *folded, size_t at)
{
    return at == 0 || at >= folded->length || folded->before[at] != FOLD_NONE ||
           is_digit(folded->bytes[at - 1]) != is_digit(folded->bytes[at]);
}

size_t fold_word_end(const struct folded *folded, size_t at)
{
    size_t end = at + 1;
    while (end < folded->length && folded->before[end] == FOLD_NONE) {
        end++;
    }
    return end;
}

bool fold_is_same_run(const struct folded *folded, size_t at)
{
    return !fold_is_border(folded, at);
}
