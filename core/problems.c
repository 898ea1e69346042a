/* problems.c: see problems.h. A line stays a line, whatever a key or a file's name holds. */
#include "problems.h"

#include <stdarg.h>
#include <string.h>

#include "limits.h"

#define KEY_BYTES 100U /* of a key that a pointer shows */

static void append_line(struct problems *problems, struct text *line)
{
    for (size_t i = 0; i < line->length; i++) {
        unsigned char byte = (unsigned char)line->bytes[i];
        line->bytes[i] = byte < 0x20 || byte == 0x7F ? '?' : line->bytes[i];
    }
    problems->text.failed = problems->text.failed || line->failed;
    text_append_bytes(&problems->text, line->bytes == NULL ? "" : line->bytes, line->length);
    text_append(&problems->text, "\n");
    text_free(line);
}

void problems_add(struct problems *problems, const char *where, const struct json *at, const char *pointer,
                  const char *format, ...)
{
    struct text line = TEXT_EMPTY;
    va_list arguments;
    problems->count++;
    if (problems->count > LIMIT_PROBLEMS) {
        return;
    }
    text_append(&line, where);
    if (at != NULL) {
        text_printf(&line, ":%u:%u", at->line, at->column);
    }
    text_printf(&line, ": %s%s", pointer, pointer[0] == '\0' ? "" : ": ");
    va_start(arguments, format);
    text_vprintf(&line, format, arguments);
    va_end(arguments);
    append_line(problems, &line);
}

void problems_warn(struct problems *problems, const char *where, const char *format, ...)
{
    struct text line = TEXT_EMPTY;
    va_list arguments;
    problems->warnings++;
    if (problems->warnings > LIMIT_PROBLEMS) {
        return;
    }
    text_printf(&line, "%s: warning: ", where);
    va_start(arguments, format);
    text_vprintf(&line, format, arguments);
    va_end(arguments);
    append_line(problems, &line);
}

char *problems_take(struct problems *problems)
{
    if (problems->count > LIMIT_PROBLEMS) {
        text_printf(&problems->text, "and %zu more problems\n", problems->count - LIMIT_PROBLEMS);
    }
    if (problems->text.length == 0) {
        text_free(&problems->text);
        return NULL;
    }
    return text_take(&problems->text);
}

struct json problems_key_place(const struct json *member)
{
    return (struct json){.line = member->key_line, .column = member->key_column};
}

char *pointer_to(const char *parent, const char *key)
{
    struct text text = TEXT_EMPTY;
    size_t length = strnlen(key, KEY_BYTES + 1);
    bool cut = length > KEY_BYTES;
    length = cut ? KEY_BYTES : length;
    while (cut && length > 0 && ((unsigned char)key[length] & 0xC0) == 0x80) {
        length--; /* on a character */
    }
    text_printf(&text, "%s/", parent);
    for (size_t i = 0; i < length; i++) {
        if (key[i] == '~' || key[i] == '/') {
            text_append(&text, key[i] == '~' ? "~0" : "~1");
        } else {
            text_append_bytes(&text, &key[i], 1);
        }
    }
    text_append(&text, cut ? "…" : "");
    return text_take(&text);
}

char *pointer_to_index(const char *parent, size_t index)
{
    return text_format("%s/%zu", parent, index);
}
