/* inspect_parts.h: what inspect.c and document.c share. Nothing else may include it. */
#ifndef GUARD_INSPECT_PARTS_H
#define GUARD_INSPECT_PARTS_H

#include "elements.h"
#include "inspect.h"

struct inspection {
    struct search search;
    inspect_visitor visit;
    void *closure;
    const struct elements_element *element; /* that is searched; NULL: where tells */
    char where[INSPECT_WHERE_BYTES];
};

/* Bytes of a document: JSON with its keys and values, or text. */
int document_inspect(struct inspection *inspection, const char *bytes, size_t length, bool json);

#endif
