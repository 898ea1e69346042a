/* document.c: searches a document: every key and value of JSON, unescaped; anything else as text, as it
 * stands and with its escapes undone. A value of a key that names an attribute is searched as that
 * attribute's. It must not read files, nor keep a tree of the document: one may list a hundred thousand
 * files. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "../common/cleanup.h"
#include "inspect_parts.h"
#include "json_pieces.h"
#include "json_scalars.h"

/* A nested sequence is three deep in the DICOM JSON model: an attribute, its values, an item. */
#define MAX_DEPTH (3U * DCMCHAIN_MAX_DEPTH + 32U)
#define MAX_ESCAPED 8U /* times that a text may be escaped again */

static const struct spot text_spot = {.role = ROLE_TEXT, .ours = true};

static bool is_utf8(const char *text, size_t length)
{
    utf8proc_int32_t point = 0;
    for (size_t at = 0; at < length;) {
        utf8proc_ssize_t width =
            utf8proc_iterate((const utf8proc_uint8_t *)text + at, (utf8proc_ssize_t)(length - at), &point);
        if (width <= 0) {
            return false;
        }
        at += (size_t)width;
    }
    return true;
}

/* Text that may hold escapes still: JSON in a string of JSON, or what is no JSON at all. */
static int search_escaped(struct inspection *inspection, const struct spot *spot, struct piece text)
{
    AUTO_FREE char *undone = NULL;
    for (unsigned i = 0; text.at < text.end; i++) {
        const size_t length = (size_t)(text.end - text.at);
        int result = is_utf8(text.at, length) ? search_text(&inspection->search, spot, text.at, length)
                                              : search_bytes(&inspection->search, spot, text.at, length);
        if (result != DCMCHAIN_OK || !json_has_escape(text)) {
            return result;
        }
        if (i == MAX_ESCAPED) {
            return DCMCHAIN_E_RANGE; /* it cannot be told to be clean */
        }
        if (undone == NULL) {
            undone = malloc(length);
        }
        if (undone == NULL) {
            return DCMCHAIN_E_MEMORY;
        }
        text = (struct piece){undone, undone + json_unescape_any(text, undone)};
    }
    return DCMCHAIN_OK;
}

/* Paths name keys that are the dictionary's or mercure's, others by their place: a key may hold anything. */
static size_t append_key(struct inspection *inspection, size_t used, const char *key, size_t index,
                         bool known)
{
    char *at = inspection->where + used;
    size_t room = sizeof inspection->where - used;
    int length = known ? snprintf(at, room, "/%s", key) : snprintf(at, room, "/#%zu", index);
    size_t after = used + (length > 0 ? (size_t)length : 0);
    return after < sizeof inspection->where ? after : sizeof inspection->where - 1;
}

/* A string in its quotes: its text, NUL-terminated. DCMCHAIN_E_TYPE: it is none. */
static int take_string(struct piece piece, char **ret_text, size_t *ret_length)
{
    AUTO_FREE char *text = malloc((size_t)(piece.end - piece.at) + 1);
    if (text == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    if (!json_unescape(piece, text, ret_length)) {
        return DCMCHAIN_E_TYPE;
    }
    text[*ret_length] = '\0';
    *ret_text = text;
    text = NULL;
    return DCMCHAIN_OK;
}

/* Begins with the member of a container: its key, if it has one, is named and searched. */
static int begin_member(struct inspection *inspection, struct piece key, size_t index, size_t used,
                        struct spot *below, size_t *ret_used)
{
    AUTO_FREE char *name = NULL;
    size_t length = 0;
    int result = key.at == key.end ? DCMCHAIN_OK : take_string(key, &name, &length);
    if (result != DCMCHAIN_OK || name == NULL) {
        *ret_used = append_key(inspection, used, NULL, index, false);
        return result;
    }
    bool known = strlen(name) == length && roles_of_key(name, below);
    *ret_used = append_key(inspection, used, name, index, known);
    return known ? DCMCHAIN_OK : search_escaped(inspection, &text_spot, (struct piece){name, name + length});
}

static int inspect_string(struct inspection *inspection, const struct spot *spot, struct piece piece)
{
    AUTO_FREE char *text = NULL;
    size_t length = 0;
    int result = take_string(piece, &text, &length);
    return result == DCMCHAIN_OK ? search_escaped(inspection, spot, (struct piece){text, text + length})
                                 : result;
}

/* As it is spelt, and as what it is where it is spelt with an exponent or a decimal point. */
static int inspect_number(struct inspection *inspection, const struct spot *spot, struct piece piece)
{
    char whole[JSON_WHOLE_BYTES];
    if (!json_number(piece, whole)) {
        return DCMCHAIN_E_TYPE;
    }
    if (spot->role == ROLE_NUMBER || spot->role == ROLE_SKIP) {
        return DCMCHAIN_OK;
    }
    const size_t length = (size_t)(piece.end - piece.at);
    int result = search_text(&inspection->search, spot, piece.at, length);
    return result == DCMCHAIN_OK &&
                   (memchr(piece.at, '.', length) != NULL || memchr(piece.at, 'e', length) != NULL ||
                    memchr(piece.at, 'E', length) != NULL)
               ? search_text(&inspection->search, spot, whole, strlen(whole))
               : result;
}

static int inspect_piece(struct inspection *inspection, struct piece piece, const struct spot *spot,
                         size_t used, unsigned depth);

static int inspect_container(struct inspection *inspection, struct piece piece, const struct spot *spot,
                             size_t used, unsigned depth)
{
    struct piece key;
    struct piece value;
    size_t index = 0;
    if (depth == MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    int next = piece.end[-1] == (*piece.at == '{' ? '}' : ']') ? json_next(&piece, &key, &value) : -1;
    for (; next > 0; next = json_next(&piece, &key, &value), index++) {
        struct spot below = *spot;
        size_t end = 0;
        int result = begin_member(inspection, key, index, used, &below, &end);
        if (result == DCMCHAIN_OK) {
            result = inspect_piece(inspection, value, &below, end, depth + 1);
        }
        inspection->where[used] = '\0';
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return next < 0 ? DCMCHAIN_E_TYPE : DCMCHAIN_OK;
}

/* DCMCHAIN_E_TYPE: it is no JSON. */
static int inspect_piece(struct inspection *inspection, struct piece piece, const struct spot *spot,
                         size_t used, unsigned depth)
{
    switch (*piece.at) {
    case '{':
    case '[':
        return inspect_container(inspection, piece, spot, used, depth);
    case '"':
        return inspect_string(inspection, spot, piece);
    default:
        return json_is_word(piece) ? DCMCHAIN_OK : inspect_number(inspection, spot, piece);
    }
}

/* What is no JSON, or stands behind it: text of any character set. */
static int inspect_text(struct inspection *inspection, const char *where, struct piece text)
{
    (void)snprintf(inspection->where, sizeof inspection->where, "%s", where);
    return search_escaped(inspection, &text_spot, text);
}

int document_inspect(struct inspection *inspection, const char *bytes, size_t length, bool json)
{
    static const char mark[] = "\xEF\xBB\xBF";
    const struct piece whole = {bytes, bytes + length};
    struct piece all = whole;
    struct piece value;
    all.at += length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    inspection->where[0] = '\0';
    if (!json) {
        return search_bytes(&inspection->search, &text_spot, bytes, length);
    }
    int result =
        json_piece(all, &value) != 0 ? inspect_piece(inspection, value, &text_spot, 0, 0) : DCMCHAIN_E_TYPE;
    if (result == DCMCHAIN_E_TYPE) { /* what of it was searched as JSON is searched again */
        return inspect_text(inspection, "", whole);
    }
    return result == DCMCHAIN_OK
               ? inspect_text(inspection, "bytes behind the document", (struct piece){value.end, all.end})
               : result;
}
