/* walker.h: the structure walker: goes over every element of a DICOM file at every depth, by bounds and
 * delimiters alone, before anything is interpreted. It allocates nothing per element (one array of the
 * tags of the open levels grows), recurses nowhere, and reads no pixel bytes. */
#ifndef CORE_WALKER_H
#define CORE_WALKER_H

#include <stdbool.h>
#include <stdint.h>

#include "dcmchain/dataset.h"
#include "limits.h"
#include "source.h"

DCMCHAIN_BEGIN_DECLS

#define WALKER_UNDEFINED 0xFFFFFFFFU

/* Where things are. `file` offsets count bytes of the file, `set` offsets bytes of the data set's stream:
 * equal to file offsets, unless the data set is deflated; then they count inflated bytes from 0. */
struct walker_layout {
    bool has_prefix;          /* "DICM" at 128 */
    uint64_t meta_offset;     /* file: group 0002 */
    uint64_t meta_length;     /* 0: none */
    uint64_t dataset_offset;  /* file: first byte of the (deflated) data set */
    char transfer_syntax[65]; /* of the file meta; guessed where there is no meta */
    bool transfer_syntax_guessed;
    bool explicit_vr;
    bool big_endian;
    bool deflated;
    bool encapsulated; /* the transfer syntax encapsulates Pixel Data */

    uint64_t header_offset; /* set: data set before Pixel Data */
    uint64_t header_length;
    uint32_t pixel_tag; /* 0: no top-level 7FE00008, 7FE00009, 7FE00010 */
    uint16_t pixel_vr;
    bool pixel_undefined;  /* undefined length: fragments */
    uint64_t pixel_offset; /* set: from the pixel element's tag … */
    uint64_t pixel_value_offset;
    uint64_t pixel_value_length; /* bytes up to pixel_end, the sequence delimiter included */
    uint64_t pixel_end;          /* … to the byte after it */
    uint64_t trailer_offset;     /* set: data set after Pixel Data; trailer_length 0: none */
    uint64_t trailer_length;
    uint64_t padding_length; /* zero bytes after the last element, not part of the data set */
    uint64_t stray_length; /* bytes behind Pixel Data to the end of the file that are no element: left out */
    uint64_t end;          /* set: the byte after the last element */

    uint64_t meta_elements; /* elements of the file meta */
    uint64_t elements;      /* at all depths, without the pixel element, delimiters and items */
    uint32_t depth;         /* deepest sequence nesting, 0: none */
    bool unsorted; /* some level is not in ascending tag order (there are no duplicates: those fail) */
};

/* An element as it is met. value is set for those of at most LIMIT_WALKER_VALUE_BYTES that are no sequence,
 * raw bytes as stored; NULL else. */
struct walker_element {
    uint32_t tag;
    uint16_t vr;           /* as stored, or by the dictionary in implicit VR (UN where it knows none) */
    uint32_t length;       /* as stored, WALKER_UNDEFINED too */
    uint64_t value_offset; /* set offset (file offset in the meta) */
    const uint8_t *value;
    const struct dcmchain_step *steps;
    uint32_t depth;
    bool in_meta;
    bool big_endian;
};

/* Called for every element, before the items of a sequence; and with item_start/item_end for every item where
 * given, so that a visitor can follow the Specific Character Set of its level. A non-zero result ends the
 * walk and is returned by it. */
struct walker_visitor {
    void *closure;
    int (*element)(void *closure, const struct walker_element *element);
    int (*item_start)(void *closure, uint32_t depth); /* depth of the elements in it, from 1 */
    int (*item_end)(void *closure, uint32_t depth);
    /* A value of UN or OB that is longer than that, piece by piece, before element() is called for it: the
     * bytes from an offset in it on; not where the file is refused for its size. WALKER_ENOUGH: no more of
     * it. May be NULL. */
    int (*piece)(void *closure, const struct walker_element *element, uint64_t offset, const uint8_t *bytes,
                 size_t length);
};
#define WALKER_ENOUGH 1

/* Walks a file. DCMCHAIN_OK; DCMCHAIN_E_INVALID: broken (ret_problem says what, at which offset and tag path:
 * no values); DCMCHAIN_E_ABSENT: this is not DICOM at all (no "DICM", and the first bytes are no plausible
 * data set); DCMCHAIN_E_IO; DCMCHAIN_E_RANGE: beyond a limit. ret_problem: at least 256 bytes, NUL-terminated
 * on failure. visitor may be NULL. Any thread. */
int walker_walk(struct source *file, const struct walker_visitor *visitor, struct walker_layout *ret_layout,
                char *ret_problem, size_t problem_size);

/* What a transfer syntax says of a data set: explicit_vr, big_endian, deflated, encapsulated (PS3.5 chapter
 * 10). DCMCHAIN_E_ABSENT where it is not known. */
int walker_take_transfer_syntax(const char *uid, struct walker_layout *layout);

DCMCHAIN_END_DECLS

#endif
