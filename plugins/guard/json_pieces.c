/* json_pieces.c: see json_pieces.h. */
#include "json_pieces.h"

#include <stdbool.h>
#include <string.h>

static const char *skip_space(struct piece from)
{
    while (from.at < from.end && (unsigned char)*from.at <= ' ') {
        from.at++;
    }
    return from.at;
}

/* Behind the string that begins at from.at; NULL where it does not end. */
static const char *skip_string(struct piece from)
{
    for (const char *at = from.at + 1; at < from.end; at++) {
        if (*at == '"') {
            return at + 1;
        }
        at += *at == '\\' ? 1 : 0;
    }
    return NULL;
}

/* Behind the container that begins at from.at. Which bracket closes which is for the parser of its pieces. */
static const char *skip_container(struct piece from)
{
    size_t depth = 0;
    while (from.at != NULL && from.at < from.end) {
        const char byte = *from.at;
        if (byte == '"') {
            from.at = skip_string(from);
            continue;
        }
        depth += byte == '{' || byte == '[' ? 1U : 0U;
        depth -= byte == '}' || byte == ']' ? 1U : 0U;
        from.at++;
        if (depth == 0) {
            return from.at;
        }
    }
    return NULL;
}

static const char *skip_word(struct piece from)
{
    while (from.at < from.end && (unsigned char)*from.at > ' ' && strchr(",:]}[{\"", *from.at) == NULL) {
        from.at++;
    }
    return from.at;
}

int json_piece(struct piece from, struct piece *ret_value)
{
    from.at = skip_space(from);
    if (from.at == from.end) {
        return 0;
    }
    const char *end = *from.at == '"'                      ? skip_string(from)
                      : *from.at == '{' || *from.at == '[' ? skip_container(from)
                                                           : skip_word(from);
    if (end == NULL || end == from.at) {
        return 0;
    }
    *ret_value = (struct piece){from.at, end};
    return 1;
}

/* Takes a byte that must be there, behind white space. */
static bool take(struct piece *rest, char byte)
{
    rest->at = skip_space(*rest);
    if (rest->at == rest->end || *rest->at != byte) {
        return false;
    }
    rest->at++;
    return true;
}

int json_next(struct piece *rest, struct piece *ret_key, struct piece *ret_value)
{
    const char open = rest->at < rest->end ? *rest->at : '\0'; /* or the comma behind the member before */
    const char close = rest->end[-1];
    struct piece key = {rest->at, rest->at};
    rest->at++;
    if (open == close) { /* behind the last */
        return rest->at == rest->end ? 0 : -1;
    }
    if (open != ',' && take(rest, close)) { /* an empty one */
        return rest->at == rest->end ? 0 : -1;
    }
    if (close == '}') {
        rest->at = skip_space(*rest);
        if (rest->at == rest->end || *rest->at != '"' || json_piece(*rest, &key) == 0) {
            return -1;
        }
        rest->at = key.end;
        if (!take(rest, ':')) {
            return -1;
        }
    }
    if (json_piece(*rest, ret_value) == 0) {
        return -1;
    }
    rest->at = ret_value->end;
    rest->at = skip_space(*rest);
    if (rest->at == rest->end || (*rest->at != ',' && rest->at != rest->end - 1)) {
        return -1;
    }
    *ret_key = key;
    return 1;
}
