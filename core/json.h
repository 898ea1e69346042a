/* json.h: JSON texts, read over cJSON with its gaps closed: strict (for what people write) and harvest (for
 * what mercure writes). It knows nothing of pipelines. One tree belongs to one thread. */
#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum json_type { JSON_NULL, JSON_FALSE, JSON_TRUE, JSON_NUMBER, JSON_STRING, JSON_ARRAY, JSON_OBJECT };

struct json {
    enum json_type type;
    char *key;       /* of a member of an object, else NULL */
    char *string;    /* of a string; of a number: as it is written */
    bool is_integer; /* a number without fraction or exponent that fits int64_t */
    int64_t integer;
    struct json *children; /* of an array or object, in order */
    size_t count;
    unsigned line; /* from 1, of the value's first byte */
    unsigned column;
    size_t begin; /* offsets of the value in the text */
    size_t end;
};

/* A problem of a text: where and what. */
struct json_problem {
    unsigned line;
    unsigned column;
    char text[160];
};

/* Strict: RFC 8259 to the letter, one value and nothing after it, no duplicate keys, at most LIMIT_JSON_DEPTH
 * deep. DCMCHAIN_E_INVALID with *ret_problem, DCMCHAIN_E_MEMORY. */
int json_parse(const char *text, size_t length, struct json **ret_json, struct json_problem *ret_problem);
/* The same, with duplicate keys kept: for what other programs write. */
int json_parse_lenient(const char *text, size_t length, struct json **ret_json,
                       struct json_problem *ret_problem);
void json_free(struct json *json);

/* The member of an object with exactly this key, NULL where there is none. */
const struct json *json_member(const struct json *object, const char *key);

/* Harvest: every string and number at any depth with the key that it stands under (of array members: the
 * array's; "" at the top), duplicates included. A non-zero result of the visitor ends it and is returned.
 * DCMCHAIN_E_INVALID where the text is no JSON. */
typedef int (*json_visitor)(void *closure, const char *key, const char *value);
int json_harvest(const char *text, size_t length, json_visitor visitor, void *closure);

/* Reads a whole file of at most LIMIT_JSON_BYTES, NUL-terminated, owned. DCMCHAIN_E_IO (errno),
 * DCMCHAIN_E_RANGE. */
int json_read_file(const char *path, char **ret_text, size_t *ret_length);

#endif
