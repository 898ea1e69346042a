/* document.c: searches a document: every key and value of JSON, unescaped; anything else as text. A value of
 * a key that names an attribute is searched as that attribute's. It must not read files. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "inspect_parts.h"
#include "json_pieces.h"

/* A nested sequence is three deep in the DICOM JSON model: an attribute, its values, an item. */
#define MAX_DEPTH (3U * DCMCHAIN_MAX_DEPTH + 32U)

#define PIECE_BYTES 65536 /* a larger one is parsed in parts */

static const struct spot text_spot = {.role = ROLE_TEXT};

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

static int inspect_number(struct inspection *inspection, const struct spot *spot, double number)
{
    char text[64];
    if (spot->role != ROLE_TEXT || !isfinite(number)) {
        return DCMCHAIN_OK;
    }
    bool whole = number > -1e15 && number < 1e15 && (double)(int64_t)number == number;
    int length = snprintf(text, sizeof text, whole ? "%.0f" : "%.17g", number);
    return search_text(&inspection->search, spot, text, (size_t)length);
}

/* Begins with the member of a container: its key, if it has one, is searched and named. */
static int begin_member(struct inspection *inspection, const char *key, size_t index, size_t used,
                        struct spot *below, size_t *ret_used)
{
    bool known = key != NULL && roles_of_key(key, below); /* "Value" and "Alphabetic" are of the one above */
    *ret_used = append_key(inspection, used, key, index, known);
    return key != NULL && !known ? search_text(&inspection->search, &text_spot, key, strlen(key))
                                 : DCMCHAIN_OK;
}

static int inspect_json(struct inspection *inspection, const cJSON *json, const struct spot *spot,
                        size_t used, unsigned depth)
{
    if (cJSON_IsString(json)) {
        return search_text(&inspection->search, spot, json->valuestring, strlen(json->valuestring));
    }
    if (cJSON_IsNumber(json)) {
        return inspect_number(inspection, spot, json->valuedouble);
    }
    if (depth == MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    int result = DCMCHAIN_OK;
    size_t index = 0;
    const cJSON *member = NULL;
    for (member = json->child; result == DCMCHAIN_OK && member != NULL; member = member->next, index++) {
        struct spot below = *spot;
        size_t end = 0;
        result = begin_member(inspection, member->string, index, used, &below, &end);
        if (result == DCMCHAIN_OK) {
            result = inspect_json(inspection, member, &below, end, depth + 1);
        }
        inspection->where[used] = '\0';
    }
    return result;
}

/* NULL: it is no JSON, or there is no memory, which may as well be told as bytes that were searched. */
static cJSON *parse(struct piece piece)
{
    const char *end = NULL;
    cJSON *parsed = cJSON_ParseWithLengthOpts(piece.at, (size_t)(piece.end - piece.at), &end, 0);
    if (parsed != NULL && end != piece.end) {
        cJSON_Delete(parsed);
        parsed = NULL;
    }
    return parsed;
}

/* A tree takes ten times the room of its text, and a study's document may list a hundred thousand files: what
 * is large is parsed member by member. DCMCHAIN_E_TYPE: it is no JSON. */
static int inspect_piece(struct inspection *inspection, struct piece piece, const struct spot *spot,
                         size_t used, unsigned depth)
{
    if (piece.end - piece.at <= PIECE_BYTES || (*piece.at != '{' && *piece.at != '[')) {
        cJSON *parsed = parse(piece);
        int result = parsed == NULL ? DCMCHAIN_E_TYPE : inspect_json(inspection, parsed, spot, used, depth);
        cJSON_Delete(parsed);
        return result;
    }
    if (depth == MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    struct piece key;
    struct piece value;
    size_t index = 0;
    int next = piece.end[-1] == (*piece.at == '{' ? '}' : ']') ? json_next(&piece, &key, &value) : -1;
    for (; next > 0; next = json_next(&piece, &key, &value), index++) {
        struct spot below = *spot;
        size_t end = 0;
        cJSON *name = key.at == key.end ? NULL : parse(key);
        int result = key.at != key.end && name == NULL
                         ? DCMCHAIN_E_TYPE
                         : begin_member(inspection, cJSON_GetStringValue(name), index, used, &below, &end);
        cJSON_Delete(name);
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

int document_inspect(struct inspection *inspection, const char *bytes, size_t length, bool json)
{
    static const char mark[] = "\xEF\xBB\xBF";
    struct piece all = {bytes, bytes + length};
    struct piece value;
    all.at += length >= 3 && memcmp(bytes, mark, 3) == 0 ? 3 : 0;
    inspection->where[0] = '\0';
    int result = json && json_piece(all, &value) != 0 ? inspect_piece(inspection, value, &text_spot, 0, 0)
                                                      : DCMCHAIN_E_TYPE;
    if (result == DCMCHAIN_E_TYPE) { /* what of it was searched as JSON is searched again */
        inspection->where[0] = '\0';
        return search_bytes(&inspection->search, &text_spot, bytes, length);
    }
    if (result == DCMCHAIN_OK && value.end < all.end) {
        (void)snprintf(inspection->where, sizeof inspection->where, "bytes behind the document");
        result = search_bytes(&inspection->search, &text_spot, value.end, (size_t)(all.end - value.end));
    }
    return result;
}
