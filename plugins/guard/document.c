/* document.c: searches a document: every key and value of JSON, unescaped; anything else as text. A value of
 * a key that names an attribute is searched as that attribute's. It must not read files. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "inspect_parts.h"

/* A nested sequence is three deep in the DICOM JSON model: an attribute, its values, an item. */
#define MAX_DEPTH (3U * DCMCHAIN_MAX_DEPTH + 32U)

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
        struct spot below = *spot; /* "Value" and "Alphabetic" are of the attribute above them */
        bool known = member->string != NULL && roles_of_key(member->string, &below);
        size_t end = append_key(inspection, used, member->string, index, known);
        if (member->string != NULL && !known) {
            result = search_text(&inspection->search, &text_spot, member->string, strlen(member->string));
        }
        if (result == DCMCHAIN_OK) {
            result = inspect_json(inspection, member, &below, end, depth + 1);
        }
        inspection->where[used] = '\0';
    }
    return result;
}

int document_inspect(struct inspection *inspection, const char *bytes, size_t length, bool json)
{
    const char *end = NULL;
    cJSON *parsed = json ? cJSON_ParseWithLengthOpts(bytes, length, &end, 0) : NULL;
    int result = DCMCHAIN_OK;
    inspection->where[0] = '\0';
    if (parsed == NULL) {
        return search_bytes(&inspection->search, &text_spot, bytes, length);
    }
    result = inspect_json(inspection, parsed, &text_spot, 0, 0);
    cJSON_Delete(parsed);
    if (result == DCMCHAIN_OK && end < bytes + length) {
        (void)snprintf(inspection->where, sizeof inspection->where, "bytes behind the document");
        result = search_bytes(&inspection->search, &text_spot, end, (size_t)(bytes + length - end));
    }
    return result;
}
