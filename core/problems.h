/* problems.h: all that is wrong with a description, told at once: file:line:column: /pointer: text. It must
 * not be given a value. */
#ifndef CORE_PROBLEMS_H
#define CORE_PROBLEMS_H

#include <stddef.h>

#include "json.h"
#include "text.h"

struct problems {
    struct text text;
    size_t count;    /* told and beyond LIMIT_PROBLEMS */
    size_t warnings; /* likewise */
};

/* where: a file's name, or what an override is called. at: NULL where there is no place in a file.
 * pointer: "" for the whole. */
void problems_add(struct problems *problems, const char *where, const struct json *at, const char *pointer,
                  const char *format, ...) __attribute__((__format__(__printf__, 5, 6)));
/* A line that is no problem; it does not count. */
void problems_warn(struct problems *problems, const char *where, const char *format, ...)
    __attribute__((__format__(__printf__, 3, 4)));
/* The lines, owned; NULL if there are none. */
char *problems_take(struct problems *problems);

/* Where the key of a member stands, for problems_add(). */
struct json problems_key_place(const struct json *member);

/* A JSON pointer (RFC 6901) to a member, or to a child by its index; owned, NULL if memory ran out. */
char *pointer_to(const char *parent, const char *key);
char *pointer_to_index(const char *parent, size_t index);

#endif
