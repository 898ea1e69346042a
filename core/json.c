/* json.c: see json.h. cJSON says what a text holds; a locator that goes over the same text says where each
 * value stands, and refuses what cJSON lets pass: text after the value, duplicate keys, numbers that are none
 * in RFC 8259. No other file knows cJSON. */
#include "json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "limits.h"

/* ---- the locator ---- */

struct locator {
    const char *text;
    size_t length;
    size_t at;
    unsigned line;
    size_t line_begin;
    bool duplicates; /* are let pass */
    struct json_problem *problem;
};

static int refuse(struct locator *locator, const char *what, const char *name)
{
    locator->problem->line = locator->line;
    locator->problem->column = (unsigned)(locator->at - locator->line_begin) + 1;
    if (name == NULL) {
        (void)snprintf(locator->problem->text, sizeof locator->problem->text, "%s", what);
    } else {
        (void)snprintf(locator->problem->text, sizeof locator->problem->text, "%s '%.80s'", what, name);
    }
    return DCMCHAIN_E_INVALID;
}

static char peek(const struct locator *locator)
{
    return locator->at < locator->length ? locator->text[locator->at] : '\0';
}

static void skip_space(struct locator *locator)
{
    for (; locator->at < locator->length; locator->at++) {
        char character = locator->text[locator->at];
        if (character == '\n') {
            locator->line++;
            locator->line_begin = locator->at + 1;
        } else if (character != ' ' && character != '\t' && character != '\r') {
            return;
        }
    }
}

/* From its opening quote to behind its closing one. */
static int skip_string(struct locator *locator)
{
    if (peek(locator) != '"') {
        return refuse(locator, "a string was expected here", NULL);
    }
    for (locator->at++; locator->at < locator->length; locator->at++) {
        unsigned char character = (unsigned char)locator->text[locator->at];
        if (character == '"') {
            locator->at++;
            return DCMCHAIN_OK;
        }
        if (character < 0x20) {
            return refuse(locator, "a control character stands in a string: write it as \\u00XX", NULL);
        }
        locator->at += character == '\\' ? 1 : 0;
    }
    return refuse(locator, "a string is not closed", NULL);
}

static size_t skip_digits(struct locator *locator)
{
    size_t begin = locator->at;
    while (peek(locator) >= '0' && peek(locator) <= '9') {
        locator->at++;
    }
    return locator->at - begin;
}

/* RFC 8259, section 6. */
static int skip_number(struct locator *locator, bool *ret_integer)
{
    size_t begin = locator->at;
    locator->at += peek(locator) == '-' ? 1 : 0;
    bool zero = peek(locator) == '0';
    size_t digits = skip_digits(locator);
    bool well = digits > 0 && (!zero || digits == 1);
    *ret_integer = true;
    if (well && peek(locator) == '.') {
        *ret_integer = false;
        locator->at++;
        well = skip_digits(locator) > 0;
    }
    if (well && (peek(locator) == 'e' || peek(locator) == 'E')) {
        *ret_integer = false;
        locator->at++;
        locator->at += peek(locator) == '+' || peek(locator) == '-' ? 1 : 0;
        well = skip_digits(locator) > 0;
    }
    if (!well) {
        locator->at = begin;
        return refuse(locator, "this is not a number as JSON writes it", NULL);
    }
    return DCMCHAIN_OK;
}

/* ---- building the tree ---- */

static int build(struct locator *locator, const cJSON *from, struct json *to, unsigned depth);

static int add_key(struct locator *locator, const struct json *object, size_t before, const char *key)
{
    for (size_t i = 0; i < before && !locator->duplicates; i++) {
        if (strcmp(object->children[i].key, key) == 0) {
            return refuse(locator, "duplicate key", key);
        }
    }
    return skip_string(locator);
}

static int build_member(struct locator *locator, const cJSON *from, struct json *object, size_t index,
                        unsigned depth)
{
    struct json *member = &object->children[index];
    member->key = strdup(from->string);
    if (member->key == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    int result = add_key(locator, object, index, member->key);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    skip_space(locator);
    if (peek(locator) != ':') {
        return refuse(locator, "':' was expected here", NULL);
    }
    locator->at++;
    skip_space(locator);
    return build(locator, from, member, depth);
}

static int build_children(struct locator *locator, const cJSON *from, struct json *to, unsigned depth)
{
    size_t count = (size_t)cJSON_GetArraySize(from);
    const cJSON *child = from->child;
    char close = to->type == JSON_OBJECT ? '}' : ']';
    to->children = calloc(count == 0 ? 1 : count, sizeof *to->children);
    if (to->children == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    locator->at++;
    for (size_t i = 0; i < count; i++, child = child->next) {
        to->count = i + 1; /* json_free() takes a half-made one too */
        skip_space(locator);
        int result = to->type == JSON_OBJECT ? build_member(locator, child, to, i, depth + 1)
                                             : build(locator, child, &to->children[i], depth + 1);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        skip_space(locator);
        if (i + 1 < count) {
            if (peek(locator) != ',') {
                return refuse(locator, "',' was expected here", NULL);
            }
            locator->at++;
        }
    }
    skip_space(locator);
    if (peek(locator) != close) {
        return refuse(locator, close == '}' ? "'}' was expected here" : "']' was expected here", NULL);
    }
    locator->at++;
    return DCMCHAIN_OK;
}

static int build_number(struct locator *locator, struct json *to)
{
    size_t begin = locator->at;
    int result = skip_number(locator, &to->is_integer);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    to->string = strndup(locator->text + begin, locator->at - begin);
    if (to->string == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    errno = 0;
    to->integer = to->is_integer ? strtoll(to->string, NULL, 10) : 0;
    to->is_integer = to->is_integer && errno == 0;
    return DCMCHAIN_OK;
}

static int build_string(struct locator *locator, const cJSON *from, struct json *to)
{
    to->string = strdup(from->valuestring);
    return to->string == NULL ? DCMCHAIN_E_MEMORY : skip_string(locator);
}

static int build_word(struct locator *locator, const char *word)
{
    size_t length = strlen(word);
    if (locator->length - locator->at < length || memcmp(locator->text + locator->at, word, length) != 0) {
        return refuse(locator, "a value was expected here", NULL);
    }
    locator->at += length;
    return DCMCHAIN_OK;
}

static int build(struct locator *locator, const cJSON *from, struct json *to, unsigned depth)
{
    if (depth > LIMIT_JSON_DEPTH) {
        return refuse(locator, "it is nested deeper than the limit of 64", NULL);
    }
    to->line = locator->line;
    to->column = (unsigned)(locator->at - locator->line_begin) + 1;
    to->begin = locator->at;
    int result = DCMCHAIN_OK;
    if (cJSON_IsObject(from) || cJSON_IsArray(from)) {
        to->type = cJSON_IsObject(from) ? JSON_OBJECT : JSON_ARRAY;
        result = build_children(locator, from, to, depth);
    } else if (cJSON_IsString(from)) {
        to->type = JSON_STRING;
        result = build_string(locator, from, to);
    } else if (cJSON_IsNumber(from)) {
        to->type = JSON_NUMBER;
        result = build_number(locator, to);
    } else {
        to->type = cJSON_IsTrue(from) ? JSON_TRUE : cJSON_IsFalse(from) ? JSON_FALSE : JSON_NULL;
        result = build_word(locator, cJSON_IsTrue(from) ? "true" : cJSON_IsFalse(from) ? "false" : "null");
    }
    to->end = locator->at;
    return result;
}

static void free_members(struct json *json)
{
    for (size_t i = 0; i < json->count; i++) {
        free_members(&json->children[i]);
    }
    free(json->children);
    free(json->key);
    free(json->string);
}

void json_free(struct json *json)
{
    if (json != NULL) {
        free_members(json);
        free(json);
    }
}

/* ---- parsing ---- */

static void cleanup_cjson(cJSON **json)
{
    cJSON_Delete(*json);
}

static void advance(struct locator *locator, size_t to)
{
    for (; locator->at < to && locator->at < locator->length; locator->at++) {
        if (locator->text[locator->at] == '\n') {
            locator->line++;
            locator->line_begin = locator->at + 1;
        }
    }
}

static int parse(const char *text, size_t length, bool duplicates, struct json **ret_json,
                 struct json_problem *ret_problem)
{
    struct locator locator = {
        .text = text, .length = length, .line = 1, .duplicates = duplicates, .problem = ret_problem};
    if (memchr(text, '\0', length) != NULL) {
        return refuse(&locator, "the text holds a NUL byte", NULL);
    }
    const char *end = text;
    AUTO(cleanup_cjson) cJSON *parsed = cJSON_ParseWithLengthOpts(text, length, &end, 0);
    if (parsed == NULL) {
        advance(&locator, (size_t)(end - text));
        return refuse(&locator, "this is not JSON (RFC 8259)", NULL);
    }
    struct json *json = calloc(1, sizeof *json);
    if (json == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    skip_space(&locator);
    int result = build(&locator, parsed, json, 0);
    if (result == DCMCHAIN_OK) {
        skip_space(&locator);
        result = locator.at == length ? DCMCHAIN_OK : refuse(&locator, "text follows the JSON value", NULL);
    }
    if (result != DCMCHAIN_OK) {
        json_free(json);
        return result;
    }
    *ret_json = json;
    return DCMCHAIN_OK;
}

int json_parse(const char *text, size_t length, struct json **ret_json, struct json_problem *ret_problem)
{
    return parse(text, length, false, ret_json, ret_problem);
}

int json_parse_lenient(const char *text, size_t length, struct json **ret_json,
                       struct json_problem *ret_problem)
{
    return parse(text, length, true, ret_json, ret_problem);
}

const struct json *json_member(const struct json *object, const char *key)
{
    for (size_t i = 0; i < object->count; i++) {
        if (object->children[i].key != NULL && strcmp(object->children[i].key, key) == 0) {
            return &object->children[i];
        }
    }
    return NULL;
}

/* ---- harvest ---- */

static int harvest(const struct json *json, const char *key, json_visitor visitor, void *closure)
{
    if (json->string != NULL) {
        return visitor(closure, key, json->string);
    }
    for (size_t i = 0; i < json->count; i++) {
        const struct json *child = &json->children[i];
        int result = harvest(child, child->key != NULL ? child->key : key, visitor, closure);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

int json_harvest(const char *text, size_t length, json_visitor visitor, void *closure)
{
    struct json_problem problem;
    struct json *json = NULL;
    int result = json_parse_lenient(text, length, &json, &problem);
    if (result == DCMCHAIN_OK) {
        result = harvest(json, "", visitor, closure);
    }
    json_free(json);
    return result;
}

int json_read_file(const char *path, char **ret_text, size_t *ret_length)
{
    AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        return DCMCHAIN_E_IO;
    }
    if (!S_ISREG(status.st_mode)) {
        errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
        return DCMCHAIN_E_IO;
    }
    if (status.st_size > (off_t)LIMIT_JSON_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    size_t size = (size_t)status.st_size;
    AUTO_FREE char *text = malloc(size + 1);
    size_t length = 0;
    ssize_t got = 1;
    while (text != NULL && length < size && got > 0) {
        got = read(fd, text + length, size - length);
        length += got > 0 ? (size_t)got : 0;
    }
    if (text == NULL || got < 0) {
        return text == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_E_IO;
    }
    text[length] = '\0';
    *ret_text = text;
    *ret_length = length;
    text = NULL;
    return DCMCHAIN_OK;
}
