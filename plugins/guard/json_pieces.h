/* json_pieces.h: where a JSON value ends, and the members of a container one by one, without reading them: so
 * that a large document is parsed in pieces. It must not judge a value: who parses a piece does. */
#ifndef GUARD_JSON_PIECES_H
#define GUARD_JSON_PIECES_H

#include <stddef.h>

/* Text that is not NUL-terminated. */
struct piece {
    const char *at;
    const char *end;
};

/* The value that begins at from.at, behind white space: up to its end. False: there is none, or it has none.
 */
int json_piece(struct piece from, struct piece *ret_value);

/* The members of a container, one after the other: rest is all of it before the first, and then left alone.
 * 1: a member; 0: there are no more; -1: it is malformed. *ret_key: the string, in its quotes; empty in an
 * array. */
int json_next(struct piece *rest, struct piece *ret_key, struct piece *ret_value);

#endif
