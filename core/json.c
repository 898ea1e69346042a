/* json.c: see json.h: the grammar, the places and the tree. cJSON decodes the strings and does no more, since
 * it tells no places and lets much pass (text after the value, duplicate keys, control bytes, NUL in a
 * string, other spaces, integers rounded). No other file knows cJSON. */
#include "json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

#include "cleanup.h"
#include "dcmchain/base.h"
#include "limits.h"

struct reader {
    const char *text;
    size_t length;
    size_t at;
    unsigned line;
    size_t line_begin;
    bool lenient;
    struct json_problem *problem;
};

static int refuse(struct reader *reader, const char *what)
{
    reader->problem->line = reader->line;
    reader->problem->column = (unsigned)(reader->at - reader->line_begin) + 1;
    (void)snprintf(reader->problem->text, sizeof reader->problem->text, "%s", what);
    return DCMCHAIN_E_INVALID;
}

/* ---- tokens ---- */

/* NUL at the end of the text; a NUL in it is refused, or mended, before. */
static char peek(const struct reader *reader)
{
    return reader->at < reader->length ? reader->text[reader->at] : '\0';
}

static void skip_space(struct reader *reader)
{
    for (; reader->at < reader->length; reader->at++) {
        char character = reader->text[reader->at];
        if (character == '\n') {
            reader->line++;
            reader->line_begin = reader->at + 1;
        } else if (character != ' ' && character != '\t' && character != '\r') {
            return;
        }
    }
}

static bool behind_comma(const struct reader *reader)
{
    size_t at = reader->at;
    while (at > 0 && strchr(" \t\r\n", reader->text[at - 1]) != NULL) {
        at--;
    }
    return at > 0 && reader->text[at - 1] == ',';
}

static int expected(struct reader *reader, const char *what)
{
    char text[sizeof reader->problem->text];
    char character = peek(reader);
    const char *hint = reader->at >= reader->length           ? ", but the text ends"
                       : character == '/' || character == '#' ? ": JSON has no comments"
                       : character == '\''                    ? ": strings stand in double quotes"
                       : behind_comma(reader) && (character == '}' || character == ']')
                           ? ": no comma stands after the last one"
                           : "";
    (void)snprintf(text, sizeof text, "expected %s here%s", what, hint);
    return refuse(reader, text);
}

/* The four digits of \uXXXX at text[at], -1 where they are none. */
static long escaped_unit(const char *text, size_t length, size_t at)
{
    long unit = 0;
    for (size_t i = at; i < at + 4; i++) {
        char digit = i < length ? text[i] : '\0';
        int value = digit >= '0' && digit <= '9'   ? digit - '0'
                    : digit >= 'a' && digit <= 'f' ? digit - 'a' + 10
                    : digit >= 'A' && digit <= 'F' ? digit - 'A' + 10
                                                   : -1;
        if (value < 0) {
            return -1;
        }
        unit = unit * 16 + value;
    }
    return unit;
}

static bool is_high(long unit)
{
    return unit >= 0xD800 && unit <= 0xDBFF;
}

static bool is_low(long unit)
{
    return unit >= 0xDC00 && unit <= 0xDFFF;
}

/* The low half that follows a high one whose digits begin at `at`. */
static bool low_follows(const char *text, size_t length, size_t at)
{
    return at + 6 < length && text[at + 4] == '\\' && text[at + 5] == 'u' &&
           is_low(escaped_unit(text, length, at + 6));
}

/* At the backslash; to the last byte of the escape. */
static int skip_escape(struct reader *reader)
{
    char character = reader->at + 1 < reader->length ? reader->text[reader->at + 1] : '\0';
    if (character == '\0' || strchr("\"\\/bfnrtu", character) == NULL) {
        return refuse(reader, "there is no such escape in a JSON string");
    }
    if (character != 'u') {
        reader->at++;
        return DCMCHAIN_OK;
    }
    size_t digits = reader->at + 2;
    long unit = escaped_unit(reader->text, reader->length, digits);
    if (unit < 0) {
        return refuse(reader, "\\u needs four hexadecimal digits");
    }
    if (unit == 0) {
        return refuse(reader, "\\u0000 must not stand in a string");
    }
    if (is_low(unit) || (is_high(unit) && !low_follows(reader->text, reader->length, digits))) {
        return refuse(reader, "half of a surrogate pair stands alone");
    }
    reader->at = digits + (is_high(unit) ? 9 : 3);
    return DCMCHAIN_OK;
}

static void cleanup_cjson(cJSON **json)
{
    cJSON_Delete(*json);
}

static int read_string(struct reader *reader, const char *what, char **ret_string)
{
    size_t begin = reader->at;
    if (peek(reader) != '"') {
        return expected(reader, what);
    }
    for (reader->at++; peek(reader) != '"'; reader->at++) {
        unsigned char character = (unsigned char)peek(reader);
        if (reader->at >= reader->length) {
            reader->at = begin;
            return refuse(reader, "a string is not closed");
        }
        if (character < 0x20 && !reader->lenient) {
            return refuse(reader, "a control character stands in a string: write it as \\u00XX");
        }
        int result = character == '\\' ? skip_escape(reader) : DCMCHAIN_OK;
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    reader->at++;
    AUTO(cleanup_cjson)
    cJSON *decoded = cJSON_ParseWithLengthOpts(reader->text + begin, reader->at - begin, NULL, 0);
    char *string = decoded == NULL ? NULL : strdup(cJSON_GetStringValue(decoded));
    if (string == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_string = string;
    return DCMCHAIN_OK;
}

static size_t skip_digits(struct reader *reader)
{
    size_t begin = reader->at;
    while (peek(reader) >= '0' && peek(reader) <= '9') {
        reader->at++;
    }
    return reader->at - begin;
}

/* RFC 8259, section 6. */
static bool skip_number(struct reader *reader, bool *ret_integer)
{
    reader->at += peek(reader) == '-' ? 1 : 0;
    bool zero = peek(reader) == '0';
    size_t digits = skip_digits(reader);
    bool well = digits > 0 && (!zero || digits == 1);
    *ret_integer = true;
    if (well && peek(reader) == '.') {
        *ret_integer = false;
        reader->at++;
        well = skip_digits(reader) > 0;
    }
    if (well && (peek(reader) == 'e' || peek(reader) == 'E')) {
        *ret_integer = false;
        reader->at++;
        reader->at += peek(reader) == '+' || peek(reader) == '-' ? 1 : 0;
        well = skip_digits(reader) > 0;
    }
    return well;
}

static int read_number(struct reader *reader, struct json *json)
{
    size_t begin = reader->at;
    json->type = JSON_NUMBER;
    if (!skip_number(reader, &json->is_integer)) {
        reader->at = begin;
        return refuse(reader, "this is not a number as JSON writes it");
    }
    json->string = strndup(reader->text + begin, reader->at - begin);
    if (json->string == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    errno = 0;
    json->integer = json->is_integer ? strtoll(json->string, NULL, 10) : 0;
    json->is_integer = json->is_integer && errno == 0;
    return DCMCHAIN_OK;
}

static int read_word(struct reader *reader, struct json *json)
{
    static const struct {
        const char *word;
        enum json_type type;
    } words[] = {{"true", JSON_TRUE}, {"false", JSON_FALSE}, {"null", JSON_NULL}};
    for (size_t i = 0; i < 3; i++) {
        size_t length = strlen(words[i].word);
        if (reader->length - reader->at >= length &&
            memcmp(reader->text + reader->at, words[i].word, length) == 0) {
            reader->at += length;
            json->type = words[i].type;
            return DCMCHAIN_OK;
        }
    }
    return expected(reader, "a value");
}

/* ---- the tree ---- */

static int read_value(struct reader *reader, struct json *json, unsigned depth);

/* A zeroed child; where it is half made when reading ends, json_free() takes it too. */
static struct json *add_child(struct json *json, size_t *capacity)
{
    if (json->count == *capacity) {
        size_t more = *capacity == 0 ? 4 : *capacity * 2;
        struct json *grown = reallocarray(json->children, more, sizeof *grown);
        if (grown == NULL) {
            return NULL;
        }
        json->children = grown;
        *capacity = more;
    }
    json->children[json->count] = (struct json){0};
    return &json->children[json->count++];
}

static int read_key(struct reader *reader, struct json *member)
{
    member->key_line = reader->line;
    member->key_column = (unsigned)(reader->at - reader->line_begin) + 1;
    int result = read_string(reader, "a key in double quotes", &member->key);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    skip_space(reader);
    if (peek(reader) != ':') {
        return expected(reader, "':'");
    }
    reader->at++;
    skip_space(reader);
    return DCMCHAIN_OK;
}

static int read_children(struct reader *reader, struct json *json, unsigned depth)
{
    char close = json->type == JSON_OBJECT ? '}' : ']';
    size_t capacity = 0;
    reader->at++;
    skip_space(reader);
    if (peek(reader) == close) {
        reader->at++;
        return DCMCHAIN_OK;
    }
    while (true) {
        struct json *child = add_child(json, &capacity);
        int result = child == NULL               ? DCMCHAIN_E_MEMORY
                     : json->type == JSON_OBJECT ? read_key(reader, child)
                                                 : DCMCHAIN_OK;
        if (result == DCMCHAIN_OK) {
            result = read_value(reader, child, depth + 1);
        }
        if (result != DCMCHAIN_OK) {
            return result;
        }
        skip_space(reader);
        if (peek(reader) == close) {
            reader->at++;
            return DCMCHAIN_OK;
        }
        if (peek(reader) != ',') {
            return expected(reader, close == '}' ? "',' or '}'" : "',' or ']'");
        }
        reader->at++;
        skip_space(reader);
    }
}

/* As deep as LIMIT_JSON_DEPTH. */
static int read_value(struct reader *reader, struct json *json, unsigned depth)
{
    char first = peek(reader);
    json->line = reader->line;
    json->column = (unsigned)(reader->at - reader->line_begin) + 1;
    if (depth > LIMIT_JSON_DEPTH) {
        return refuse(reader, "it is nested deeper than the limit of 64");
    }
    if (first == '{' || first == '[') {
        json->type = first == '{' ? JSON_OBJECT : JSON_ARRAY;
        return read_children(reader, json, depth);
    }
    if (first == '"') {
        json->type = JSON_STRING;
        return read_string(reader, "a string", &json->string);
    }
    if (first == '-' || (first >= '0' && first <= '9')) {
        return read_number(reader, json);
    }
    return read_word(reader, json);
}

/* ---- duplicate keys ---- */

static int compare_members(const void *left, const void *right)
{
    const struct json *one = *(struct json *const *)left;
    const struct json *other = *(struct json *const *)right;
    int order = strcmp(one->key, other->key);
    return order != 0 ? order : one < other ? -1 : 1; /* of one array */
}

static int mark_duplicates(struct json *json)
{
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < json->count && result == DCMCHAIN_OK; i++) {
        result = mark_duplicates(&json->children[i]);
    }
    if (json->type != JSON_OBJECT || json->count < 2 || result != DCMCHAIN_OK) {
        return result;
    }
    AUTO_FREE struct json **sorted = reallocarray(NULL, json->count, sizeof(struct json *));
    if (sorted == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    for (size_t i = 0; i < json->count; i++) {
        sorted[i] = &json->children[i];
    }
    qsort(sorted, json->count, sizeof(struct json *), compare_members);
    for (size_t i = 1; i < json->count; i++) {
        sorted[i]->duplicate = strcmp(sorted[i - 1]->key, sorted[i]->key) == 0;
    }
    return DCMCHAIN_OK;
}

const struct json *json_duplicate(const struct json *json)
{
    for (size_t i = 0; i < json->count; i++) {
        const struct json *found =
            json->children[i].duplicate ? &json->children[i] : json_duplicate(&json->children[i]);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

/* ---- parsing ---- */

/* NUL bytes, and what is no UTF-8 (RFC 8259, 8.1). */
static int check_bytes(struct reader *reader)
{
    while (reader->at < reader->length) {
        utf8proc_int32_t character = 0;
        utf8proc_ssize_t used = utf8proc_iterate((const utf8proc_uint8_t *)reader->text + reader->at,
                                                 (utf8proc_ssize_t)(reader->length - reader->at), &character);
        if (used <= 0 || character == 0) {
            return refuse(reader, used <= 0 ? "this byte is not UTF-8" : "the text holds a NUL byte");
        }
        reader->at += (size_t)used;
        if (character == '\n') {
            reader->line++;
            reader->line_begin = reader->at;
        }
    }
    reader->at = 0;
    reader->line = 1;
    reader->line_begin = 0;
    return DCMCHAIN_OK;
}

bool json_is_utf8(const char *text, size_t length)
{
    struct json_problem problem;
    struct reader reader = {.text = text, .length = length, .line = 1, .problem = &problem};
    return check_bytes(&reader) == DCMCHAIN_OK;
}

/* Makes of what is let pass something that can be read, byte for byte: places stay. */
static void mend(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\0') {
            text[i] = ' ';
        }
        if (text[i] != '\\' || ++i >= length || text[i] != 'u') {
            continue;
        }
        long unit = escaped_unit(text, length, i + 1);
        if (is_high(unit) && low_follows(text, length, i + 1)) {
            i += 10;
        } else if (unit == 0) {
            memcpy(text + i + 1, "0020", 4);
        } else if (is_high(unit) || is_low(unit)) {
            memcpy(text + i + 1, "fffd", 4);
        }
    }
}

static int read_text(struct reader *reader, struct json *json)
{
    if (reader->length >= 3 && memcmp(reader->text, "\xEF\xBB\xBF", 3) == 0) {
        reader->at = 3;
        reader->line_begin = 3;
    }
    skip_space(reader);
    int result = read_value(reader, json, 0);
    if (result == DCMCHAIN_OK) {
        skip_space(reader);
        result = reader->at == reader->length ? mark_duplicates(json)
                                              : refuse(reader, "text follows the JSON value");
    }
    return result;
}

static int parse(struct reader *reader, struct json **ret_json)
{
    struct json *json = calloc(1, sizeof *json);
    int result = json == NULL ? DCMCHAIN_E_MEMORY : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && !reader->lenient) {
        result = check_bytes(reader);
    }
    if (result == DCMCHAIN_OK) {
        result = read_text(reader, json);
    }
    if (result != DCMCHAIN_OK) {
        json_free(json);
        return result;
    }
    *ret_json = json;
    return DCMCHAIN_OK;
}

int json_parse_marked(const char *text, size_t length, struct json **ret_json,
                      struct json_problem *ret_problem)
{
    struct reader reader = {.text = text, .length = length, .line = 1, .problem = ret_problem};
    return parse(&reader, ret_json);
}

int json_parse_lenient(const char *text, size_t length, struct json **ret_json,
                       struct json_problem *ret_problem)
{
    AUTO_FREE char *mended = malloc(length + 1);
    if (mended == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    memcpy(mended, text, length);
    mended[length] = '\0';
    mend(mended, length);
    struct reader reader = {
        .text = mended, .length = length, .line = 1, .lenient = true, .problem = ret_problem};
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the cleanup attribute frees mended */
    return parse(&reader, ret_json);
}

int json_parse(const char *text, size_t length, struct json **ret_json, struct json_problem *ret_problem)
{
    struct json *json = NULL;
    int result = json_parse_marked(text, length, &json, ret_problem);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    const struct json *duplicate = json_duplicate(json);
    if (duplicate != NULL) {
        *ret_problem =
            (struct json_problem){duplicate->key_line, duplicate->key_column, "this key is there twice"};
        json_free(json);
        return DCMCHAIN_E_INVALID;
    }
    *ret_json = json;
    return DCMCHAIN_OK;
}
