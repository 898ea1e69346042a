/* text.h: a growing UTF-8 text, and JSON strings in it. A failed allocation is remembered and told by
 * text_take(). It must not know what the text is for. One text belongs to one thread. */
#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct text {
    char *bytes; /* NUL-terminated once anything was added; NULL before */
    size_t length;
    size_t capacity;
    bool failed;
};

#define TEXT_EMPTY                                                                                           \
    {                                                                                                        \
        NULL, 0, 0, false                                                                                    \
    }

void text_append(struct text *text, const char *string);
void text_append_bytes(struct text *text, const char *bytes, size_t length);
void text_printf(struct text *text, const char *format, ...) __attribute__((__format__(__printf__, 2, 3)));
void text_vprintf(struct text *text, const char *format, va_list arguments)
    __attribute__((__format__(__printf__, 2, 0)));

/* Appends a JSON string with its quotes; NULL gives null. Bytes that are not UTF-8 become U+FFFD. */
void text_json_string(struct text *text, const char *utf8);
/* Appends a string as a member of the object that is open, behind a comma where it is not its first. The key
 * is printable ASCII. */
void text_json_member(struct text *text, const char *key, const char *utf8);

/* Gives the text away ("" if nothing was added), NULL if memory ran out; the text is empty again. */
char *text_take(struct text *text);
void text_free(struct text *text);
/* Gives back what it does not fill: nothing more is to come. */
void text_fit(struct text *text);

/* One formatted text, owned; NULL if memory ran out. */
char *text_format(const char *format, ...) __attribute__((__format__(__printf__, 1, 2)));
char *text_vformat(const char *format, va_list arguments) __attribute__((__format__(__printf__, 1, 0)));

#endif
