/* walk.h: what walker.c (the file), walk.c (levels), walk_head.c (bytes and heads of elements) and
 * walk_tags.c (order and duplicates) share. Of the others only core/dataset includes it. */
#ifndef CORE_WALK_H
#define CORE_WALK_H

#include "walker.h"

DCMCHAIN_BEGIN_DECLS

#define WALK_OPEN UINT64_MAX
#define WALK_NO_GROUP 0U
#define WALK_META_GROUP 0x0002U

/* An open item (or the root), or an open sequence: they alternate on the stack. */
struct walk_frame {
    bool is_item;
    bool explicit_vr;
    bool big_endian;
    bool unsorted;    /* of an item */
    uint32_t tag;     /* of a sequence */
    uint64_t end;     /* set offset; WALK_OPEN: until its delimiter (of the root: until the source ends) */
    size_t first_tag; /* of an item: where its tags begin in walk.tags */
    uint32_t item_count;
};

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
    uint32_t *tags; /* of the elements met so far in the open levels, outermost first */
    size_t tag_count;
    size_t tag_capacity;
    uint64_t elements;
    uint64_t items;
    uint64_t fragments;
    uint32_t deepest;
    bool has_content; /* an element that is no group length was met */
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

/* ---- walk_head.c ---- */

/* Set the problem, with the place, and return DCMCHAIN_E_INVALID. */
int walk_invalid(struct walk *walk, uint64_t offset, const char *text);
int walk_invalid_at(struct walk *walk, const struct walk_head *head, const char *text);
/* … without a place; DCMCHAIN_E_RANGE. */
int walk_beyond(struct walk *walk, const char *text);
/* Reads at walk->offset and moves on; short only at the end. */
int walk_read(struct walk *walk, void *buffer, size_t length, size_t *ret_read);
/* The next bytes without a copy, moved over; NULL, and not moved, where they must be read. */
const void *walk_view(struct walk *walk, size_t length);
/* … all of it, else DCMCHAIN_E_INVALID. */
int walk_read_whole(struct walk *walk, void *buffer, size_t length);
/* Moves over a value without reading it; sure that all of it is there. */
int walk_skip(struct walk *walk, const struct walk_head *head);
/* VR and length, after the tag. */
int walk_read_head(struct walk *walk, const struct walk_frame *item, struct walk_head *head);
/* Tag and length of an item or a delimiter, which have no VR (PS3.5 7.5). */
int walk_read_item_head(struct walk *walk, bool big_endian, struct walk_head *ret_head);
uint32_t walk_tag(const uint8_t *bytes, bool big_endian);
bool walk_vr_is_known(uint16_t vr);
/* Without one in the file: the dictionary's, LO for private creators, UN where nothing is known. */
uint16_t walk_implicit_vr(uint32_t tag);
bool walk_vr_is_long(uint16_t vr); /* two reserved bytes and a 32-bit length (PS3.5 7.1.2) */

/* ---- walk_tags.c ---- */

/* Takes the tag of the level's next element; adjacent duplicates are found at once. */
int walk_tags_add(struct walk *walk, struct walk_frame *item, const struct walk_head *head);
/* The level ends: duplicates that do not stand side by side are found here, where it is out of order. */
int walk_tags_close(struct walk *walk, const struct walk_frame *item);

/* ---- walk.c ---- */

/* Walks the elements of one level and all below, from walk->offset. stop_group: a root element of another
 * group ends the walk before it (the file meta); WALK_NO_GROUP: to the end. */
int walk_elements(struct walk *walk, bool explicit_vr, bool big_endian, uint16_t stop_group);

DCMCHAIN_END_DECLS

#endif
