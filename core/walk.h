/* walk.h: what walker.c (the file) and walk.c (elements at every depth) share. Nobody else includes it. */
#ifndef CORE_WALK_H
#define CORE_WALK_H

#include "walker.h"

DCMCHAIN_BEGIN_DECLS

/* An open item (or the root), or an open sequence: they alternate on the stack. */
struct walk_frame {
    bool is_item;
    bool explicit_vr;
    bool big_endian;
    bool has_tag;
    uint32_t tag; /* of the sequence; of an item: the last element in it */
    uint64_t end; /* set offset; WALK_OPEN: until its delimiter (of the root: until the source ends) */
    uint32_t item_count;
};

#define WALK_OPEN UINT64_MAX

struct walk {
    struct source *source;
    const struct walker_visitor *visitor; /* NULL: none */
    struct walker_layout *layout;
    bool in_meta;
    uint64_t offset; /* of the next byte in the source */
    struct walk_frame frames[2 * LIMIT_DEPTH + 2];
    uint32_t frame_count;
    struct dcmchain_step steps[LIMIT_DEPTH + 1];
    uint32_t depth; /* of the top frame's elements */
    uint64_t elements;
    uint32_t deepest;
    char *problem;
    size_t problem_size;
    uint8_t value[LIMIT_WALKER_VALUE_BYTES];
};

/* What an element begins with. */
struct walk_head {
    uint32_t tag;
    uint16_t vr;
    uint32_t length;
    uint64_t offset;       /* of its tag */
    uint64_t value_offset; /* of its value */
};

/* Sets the problem, with the place, and returns DCMCHAIN_E_INVALID. */
int walk_invalid(struct walk *walk, uint64_t offset, const char *text);
/* Reads at walk->offset and moves on; short only at the end. */
int walk_read(struct walk *walk, void *buffer, size_t length, size_t *ret_read);
/* Walks the elements of one level and all below, from walk->offset. stop_group: a root element of another
 * group ends the walk before it (the file meta); 0: to the end. */
int walk_elements(struct walk *walk, bool explicit_vr, bool big_endian, uint16_t stop_group);

bool walk_vr_is_known(uint16_t vr);
bool walk_vr_is_long(uint16_t vr); /* two reserved bytes and a 32-bit length (PS3.5 7.1.2) */

DCMCHAIN_END_DECLS

#endif
