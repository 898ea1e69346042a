/* json.h: writes one JSON document (RFC 8259), indented so that people can read and compare it.
 * It must not know what the document is about. One writer belongs to one thread. */
#ifndef COMMON_JSON_H
#define COMMON_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct json {
    char *bytes;
    size_t length;
    size_t capacity;
    unsigned depth;
    unsigned inline_depth; /* from this depth on all stands on one line; 0: not inside such a value */
    bool after_key;
    bool failed; /* out of memory; json_take() tells */
};

/* Opens an object ('{') or array ('['); one_line puts it and all inside on one line. key: NULL in an array
 * and at the top. */
void json_open(struct json *json, const char *key, char bracket, bool one_line);
void json_close(struct json *json, char bracket); /* '}' or ']' */

/* A key alone; the next value, written with a NULL key, is its. NULL: nothing. */
void json_key(struct json *json, const char *key);

/* Bytes that are not UTF-8 become U+FFFD; a NULL value gives null. */
void json_string(struct json *json, const char *key, const char *value);
void json_unsigned(struct json *json, const char *key, uint64_t value);
void json_bool(struct json *json, const char *key, bool value);
/* A value that is JSON text already. */
void json_raw(struct json *json, const char *key, const char *text);
/* The members of an object that is JSON text already, as members of the object that is open. As json_split().
 */
int json_members(struct json *json, const char *object);

/* Calls member for each member of an object that is JSON text ("{…}"): its key (as it is spelt there, without
 * its quotes, at most 127 bytes) and its value. DCMCHAIN_E_INVALID where the text is no object; what
 * member returns where that is not 0. */
int json_split(const char *object,
               int (*member)(void *closure, const char *key, const char *value, size_t length),
               void *closure);

/* Gives the text away, with one line end behind it if line_end; NULL if memory ran out. Free with free(). */
char *json_take(struct json *json, bool line_end);
void json_free(struct json *json);

#endif
