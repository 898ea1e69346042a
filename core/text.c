/* text.c: see text.h. */
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool reserve(struct text *text, size_t more)
{
    if (text->failed) {
        return false;
    }
    if (more >= SIZE_MAX / 2 - text->length) {
        text->failed = true;
        return false;
    }
    size_t wanted = text->length + more + 1;
    if (wanted <= text->capacity) {
        return true;
    }
    size_t capacity = text->capacity == 0 ? 64 : text->capacity;
    while (capacity < wanted) {
        capacity *= 2;
    }
    char *bytes = realloc(text->bytes, capacity);
    if (bytes == NULL) {
        text->failed = true;
        return false;
    }
    text->bytes = bytes;
    text->capacity = capacity;
    return true;
}

void text_append_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length)) {
        return;
    }
    if (length > 0) {
        memcpy(text->bytes + text->length, bytes, length);
    }
    text->length += length;
    text->bytes[text->length] = '\0';
}

void text_append(struct text *text, const char *string)
{
    text_append_bytes(text, string, strlen(string));
}

void text_vprintf(struct text *text, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    if (length < 0 || !reserve(text, (size_t)length)) {
        text->failed = true;
        return;
    }
    (void)vsnprintf(text->bytes + text->length, (size_t)length + 1, format, arguments);
    text->length += (size_t)length;
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    text_vprintf(text, format, arguments);
    va_end(arguments);
}

/* Bytes of the UTF-8 character at s, 0 where it is none (overlong, surrogate, cut, beyond U+10FFFF). */
static size_t utf8_length(const unsigned char *s)
{
    if (s[0] < 0x80) {
        return 1;
    }
    size_t length = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    if ((s[0] == 0xE0 && s[1] < 0xA0) || (s[0] == 0xED && s[1] > 0x9F) || (s[0] == 0xF0 && s[1] < 0x90) ||
        (s[0] == 0xF4 && s[1] > 0x8F)) {
        return 0;
    }
    return length;
}

static void json_escape(struct text *text, unsigned char c)
{
    switch (c) {
    case '"':
        text_append(text, "\\\"");
        break;
    case '\\':
        text_append(text, "\\\\");
        break;
    case '\n':
        text_append(text, "\\n");
        break;
    case '\r':
        text_append(text, "\\r");
        break;
    case '\t':
        text_append(text, "\\t");
        break;
    default:
        text_printf(text, "\\u%04x", (unsigned)c);
    }
}

void text_json_string(struct text *text, const char *utf8)
{
    if (utf8 == NULL) {
        text_append(text, "null");
        return;
    }
    text_append(text, "\"");
    const unsigned char *s = (const unsigned char *)utf8;
    while (*s != 0) {
        size_t length = utf8_length(s);
        if (length == 0) {
            text_append(text, "\xEF\xBF\xBD");
            s++;
        } else if (*s < 0x20 || *s == '"' || *s == '\\' || *s == 0x7F) {
            json_escape(text, *s);
            s++;
        } else {
            text_append_bytes(text, (const char *)s, length);
            s += length;
        }
    }
    text_append(text, "\"");
}

void text_json_member(struct text *text, const char *key, const char *utf8)
{
    bool first = text->length > 0 && text->bytes[text->length - 1] == '{';
    text_printf(text, "%s\"%s\":", first ? "" : ",", key);
    text_json_string(text, utf8);
}

char *text_take(struct text *text)
{
    if (!reserve(text, 0)) {
        text_free(text);
        return NULL;
    }
    text->bytes[text->length] = '\0';
    char *bytes = text->bytes;
    *text = (struct text)TEXT_EMPTY;
    return bytes;
}

void text_fit(struct text *text)
{
    char *bytes = text->bytes == NULL ? NULL : realloc(text->bytes, text->length + 1);
    if (bytes != NULL) {
        text->bytes = bytes;
        text->capacity = text->length + 1;
    }
}

void text_free(struct text *text)
{
    free(text->bytes);
    *text = (struct text)TEXT_EMPTY;
}

char *text_vformat(const char *format, va_list arguments)
{
    struct text text = TEXT_EMPTY;
    text_vprintf(&text, format, arguments);
    return text_take(&text);
}

char *text_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *string = text_vformat(format, arguments);
    va_end(arguments);
    return string;
}
