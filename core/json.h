/* json.h: JSON texts, read strictly (what people write) or leniently (what mercure writes), with the place of
 * every value. It knows nothing of pipelines. One tree belongs to one thread. */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    char *key;       /* of a member of an object, else NULL */
    char *string;    /* of a string; of a number: as it is written */
    bool is_integer; /* a number without fraction or exponent that fits int64_t */
    bool duplicate;  /* a member before it has the same key */
    int64_t integer;
    struct json *children; /* of an array or object, in order */
    size_t count;
    unsigned line; /* from 1, of the value's first byte */
    unsigned column;
    unsigned key_line; /* of a member: its key's */
    unsigned key_column;
};

/* A problem of a text: where and what. The text holds nothing of what was read. */
struct json_problem {
    unsigned line;
    unsigned column;
    char text[160];
};

/* Strict: RFC 8259 to the letter (a byte order mark is let pass), one value and nothing after it, no NUL in a
 * string, at most LIMIT_JSON_DEPTH deep, no duplicate keys. DCMCHAIN_E_INVALID with *ret_problem,
 * DCMCHAIN_E_MEMORY. */
int json_parse(const char *text, size_t length, struct json **ret_json, struct json_problem *ret_problem);
/* The same, with duplicate keys kept and marked, for a caller that tells all problems at once. */
int json_parse_marked(const char *text, size_t length, struct json **ret_json,
                      struct json_problem *ret_problem);
/* For what other programs write: duplicate keys are kept and marked; NUL, control bytes and bytes that are no
 * UTF-8 are let pass in strings (NUL as a space, half a surrogate pair as U+FFFD). */
int json_parse_lenient(const char *text, size_t length, struct json **ret_json,
                       struct json_problem *ret_problem);
void json_free(struct json *json);

/* The first member of an object with exactly this key, NULL where there is none. Borrowed. */
const struct json *json_member(const struct json *object, const char *key);
/* The first duplicate member at any depth, NULL where there is none. Borrowed. */
const struct json *json_duplicate(const struct json *json);

/* UTF-8 without NUL. */
bool json_is_utf8(const char *text, size_t length);

/* Appends a value in one line, each value in one spelling, numbers as they were written. */
void json_write(struct text *text, const struct json *json);

/* Harvest: every string and number at any depth with the key that it stands under (of array members: the
 * array's; "" at the top), duplicates included. A non-zero result of the visitor ends it and is returned.
 * DCMCHAIN_E_INVALID where the text is no JSON. */
typedef int (*json_visitor)(void *closure, const char *key, const char *value);
int json_harvest(const char *text, size_t length, json_visitor visitor, void *closure);

/* Reads a whole regular file of at most LIMIT_JSON_BYTES, NUL-terminated, owned. DCMCHAIN_E_IO (errno),
 * DCMCHAIN_E_TYPE: no regular file, DCMCHAIN_E_RANGE: too large. */
int json_read_file(const char *path, char **ret_text, size_t *ret_length);
/* What a result of json_read_file() says, with errno as it was left. Borrowed, for this thread. */
const char *json_read_problem(int result);

#endif
