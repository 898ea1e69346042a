/* elements.h: walks the elements of a serialised data set (PS3.5 7), at every depth, by their bytes alone.
 * It must not interpret a value, nor follow Pixel Data. Any thread. */
#ifndef GUARD_ELEMENTS_H
#define GUARD_ELEMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dcmchain/stage.h"

#define ELEMENTS_MAX_DEPTH (DCMCHAIN_MAX_DEPTH + 1U)

struct elements_syntax {
    bool implicit;
    bool big_endian;
};

struct elements_item {
    uint32_t sequence;
    uint32_t index; /* from 0 */
};

struct elements_element {
    uint32_t tag;
    uint16_t vr;     /* 0: not known */
    bool local_code; /* the coding scheme of its item is none that is registered */
    const uint8_t *value;
    size_t length;
    const struct elements_item *items; /* from the top down */
    size_t depth;
};

typedef int (*elements_visitor)(void *closure, const struct elements_element *element);

/* Calls visit for every element that is no sequence, but for Pixel Data; ends at what is not 0 and returns
 * it. *ret_end: the bytes that were understood; less than length where something follows that is no element.
 */
int elements_walk(const uint8_t *bytes, size_t length, struct elements_syntax syntax, elements_visitor visit,
                  void *closure, size_t *ret_end);

/* "(0040,0275)[0]/(0010,0010)". */
void elements_path(const struct elements_element *element, char *ret_path, size_t size);

#endif
