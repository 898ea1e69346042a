/* problems.h: all that is wrong with a description, told at once: file:line:column: /pointer: text. */
#ifndef CORE_PROBLEMS_H
#define CORE_PROBLEMS_H

#include <stddef.h>

#include "json.h"
#include "text.h"

struct problems {
    struct text text;
    size_t count; /* told and beyond LIMIT_PROBLEMS */
};

/* where: a file's name, or what an override is called. at: NULL where there is no place in a file. */
void problems_add(struct problems *problems, const char *where, const struct json *at, const char *pointer,
                  const char *format, ...) __attribute__((__format__(__printf__, 5, 6)));
/* A line that is no problem; it does not count. */
void problems_warn(struct problems *problems, const char *where, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));
/* The lines, owned; NULL if there are none. */
char *problems_take(struct problems *problems);

#endif
