/* json.c: see json.h. */
#include "json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dcmchain/base.h"
#include "utf8.h"

static void append(struct json *json, const char *bytes, size_t length)
{
    if (json->failed) {
        return;
    }
    if (length >= SIZE_MAX / 4 - json->length) {
        json->failed = true;
        return;
    }
    size_t wanted = json->length + length + 1;
    if (wanted > json->capacity) {
        size_t capacity = json->capacity == 0 ? 256 : json->capacity;
        while (capacity < wanted) {
            capacity *= 2;
        }
        char *grown = realloc(json->bytes, capacity);
        if (grown == NULL) {
            json->failed = true;
            return;
        }
        json->bytes = grown;
        json->capacity = capacity;
    }
    if (length > 0) {
        memcpy(json->bytes + json->length, bytes, length);
    }
    json->length += length;
    json->bytes[json->length] = '\0';
}

static void append_text(struct json *json, const char *text)
{
    append(json, text, strlen(text));
}

static void append_string(struct json *json, const char *value)
{
    append_text(json, "\"");
    while (*value != '\0') {
        uint32_t point = 0;
        size_t length = utf8_next(value, &point);
        char escape[8];
        if (length == 0) {
            append_text(json, "\xEF\xBF\xBD"); /* U+FFFD */
            length = 1;
        } else if (point == '"' || point == '\\') {
            (void)snprintf(escape, sizeof escape, "\\%c", (int)point);
            append_text(json, escape);
        } else if (point < 0x20 || point == 0x7F) {
            (void)snprintf(escape, sizeof escape, "\\u%04" PRIx32, point);
            append_text(json, escape);
        } else {
            append(json, value, length);
        }
        value += length;
    }
    append_text(json, "\"");
}

static void line(struct json *json)
{
    if (json->inline_depth != 0) {
        return;
    }
    append_text(json, "\n");
    for (unsigned i = 0; i < json->depth; i++) {
        append_text(json, "  ");
    }
}

/* What stands before a value: comma, line, key. A container is empty as long as its bracket is the last byte.
 */
static void begin(struct json *json, const char *key)
{
    if (json->after_key) {
        json->after_key = false;
    } else if (json->depth > 0 && json->length > 0) {
        char last = json->bytes[json->length - 1];
        bool first = last == '{' || last == '[';
        append_text(json, first ? "" : ",");
        if (json->inline_depth == 0) {
            line(json);
        } else {
            append_text(json, first ? "" : " ");
        }
    }
    if (key != NULL) {
        append_string(json, key);
        append_text(json, ": ");
    }
}

void json_key(struct json *json, const char *key)
{
    if (key != NULL) {
        begin(json, key);
        json->after_key = true;
    }
}

void json_open(struct json *json, const char *key, char bracket, bool one_line)
{
    begin(json, key);
    append(json, &bracket, 1);
    json->depth++;
    if (one_line && json->inline_depth == 0) {
        json->inline_depth = json->depth;
    }
}

void json_close(struct json *json, char bracket)
{
    char last = json->length > 0 ? json->bytes[json->length - 1] : '\0';
    bool on_line = json->inline_depth != 0;
    if (json->inline_depth == json->depth) {
        json->inline_depth = 0;
    }
    json->depth--;
    if (!on_line && last != '{' && last != '[') {
        line(json);
    }
    append(json, &bracket, 1);
}

void json_string(struct json *json, const char *key, const char *value)
{
    if (value == NULL) {
        json_raw(json, key, "null");
        return;
    }
    begin(json, key);
    append_string(json, value);
}

void json_unsigned(struct json *json, const char *key, uint64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, value);
    json_raw(json, key, text);
}

void json_bool(struct json *json, const char *key, bool value)
{
    json_raw(json, key, value ? "true" : "false");
}

void json_raw(struct json *json, const char *key, const char *text)
{
    begin(json, key);
    append_text(json, text);
}

/* The end of a string that begins at `at` (its quote), or of a container; NULL where there is none. */
static const char *skip_string(const char *at)
{
    for (at++; *at != '\0' && *at != '"'; at++) {
        if (*at == '\\' && at[1] != '\0') {
            at++;
        }
    }
    return *at == '"' ? at + 1 : NULL;
}

/* One member, "key": value, up to the comma or brace behind it; NULL where the text ends before. */
static const char *skip_member(const char *at)
{
    unsigned depth = 0;
    while (at != NULL && *at != '\0') {
        if (depth == 0 && (*at == ',' || *at == '}')) {
            return at;
        }
        if (*at == '"') {
            at = skip_string(at);
            continue;
        }
        depth += *at == '{' || *at == '[' ? 1U : 0U;
        depth -= *at == '}' || *at == ']' ? 1U : 0U;
        at++;
    }
    return NULL;
}

int json_split(const char *object,
               int (*member)(void *closure, const char *key, const char *value, size_t length), void *closure)
{
    const char *space = " \t\r\n";
    const char *at = object + strspn(object, space);
    if (*at != '{') {
        return DCMCHAIN_E_INVALID;
    }
    at += 1 + strspn(at + 1, space);
    while (*at != '}') {
        char key[128];
        const char *end = skip_member(at);
        const char *key_end = *at == '"' ? skip_string(at) : NULL;
        size_t key_length = key_end == NULL ? 0 : (size_t)(key_end - at) - 2;
        if (end == NULL || key_end == NULL || key_length >= sizeof key) {
            return DCMCHAIN_E_INVALID;
        }
        memcpy(key, at + 1, key_length);
        key[key_length] = '\0';
        const char *value = key_end + strspn(key_end, space);
        value += *value == ':' ? 1 : 0;
        value += strspn(value, space);
        int result = value >= end ? DCMCHAIN_E_INVALID : member(closure, key, value, (size_t)(end - value));
        if (result != DCMCHAIN_OK) {
            return result;
        }
        at = end + (*end == ',' ? 1 : 0);
        at += strspn(at, space);
    }
    return DCMCHAIN_OK;
}

/* JSON text, laid out as all else: a value to a line, but for empty containers and inside of one_line. */
static void append_laid_out(struct json *json, const char *text, size_t length)
{
    const char *end = text + length;
    for (const char *at = text; at < end;) {
        const char *next = at + 1;
        if (*at == '"') {
            next = skip_string(at);
            next = next == NULL || next > end ? end : next;
            append(json, at, (size_t)(next - at));
        } else if ((*at == '{' || *at == '[') && at + 1 < end && (at[1] == '}' || at[1] == ']')) {
            append(json, at, 2);
            next = at + 2;
        } else if (*at == '{' || *at == '[') {
            append(json, at, 1);
            json->depth++;
            line(json);
        } else if (*at == '}' || *at == ']') {
            json->depth--;
            line(json);
            append(json, at, 1);
        } else if (*at == ',') {
            append(json, at, 1);
            line(json);
        } else if (*at == ':') {
            append_text(json, ": ");
        } else if (strchr(" \t\r\n", *at) == NULL) {
            append(json, at, 1);
        }
        at = next;
    }
}

static int add_member(void *closure, const char *key, const char *value, size_t length)
{
    struct json *json = closure;
    begin(json, NULL);
    append_text(json, "\"");
    append_text(json, key);
    append_text(json, "\": ");
    append_laid_out(json, value, length);
    return DCMCHAIN_OK;
}

int json_members(struct json *json, const char *object)
{
    return json_split(object, add_member, json);
}

char *json_take(struct json *json, bool line_end)
{
    append_text(json, line_end ? "\n" : "");
    char *bytes = json->failed ? NULL : json->bytes;
    if (json->failed) {
        free(json->bytes);
    }
    *json = (struct json){0};
    return bytes;
}

void json_free(struct json *json)
{
    free(json->bytes);
    *json = (struct json){0};
}
