/* walk.c: the elements of a data set at every depth: bounds, delimiters, nesting, order. It keeps a stack of
 * fixed size and one value buffer, and interprets nothing but lengths. */
#include "walk.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_PIECE_BYTES 8U /* an item begins with as many */
#define TAG_ITEM 0xFFFEE000U
#define TAG_ITEM_END 0xFFFEE00DU
#define TAG_SEQUENCE_END 0xFFFEE0DDU
#define COMMAND_GROUP 0x0000U
#define DELIMITER_GROUP 0xFFFEU
#define TAG_PIXEL_DATA 0x7FE00010U
#define TAG_FLOAT_PIXEL_DATA 0x7FE00008U
#define TAG_DOUBLE_FLOAT_PIXEL_DATA 0x7FE00009U

/* ---- the stack ---- */

static struct walk_frame *top(struct walk *walk)
{
    return &walk->frames[walk->frame_count - 1];
}

static int push_sequence(struct walk *walk, const struct walk_head *head)
{
    const struct walk_frame *item = top(walk);
    if (walk->depth >= LIMIT_DEPTH) {
        return walk_beyond(walk, "sequences are nested deeper than the limit of 64");
    }
    bool unknown = head->vr == DCMCHAIN_VR_UN; /* PS3.5 6.2.2: implicit VR little endian inside */
    walk->frames[walk->frame_count++] = (struct walk_frame){
        .explicit_vr = item->explicit_vr && !unknown,
        .big_endian = item->big_endian && !unknown,
        .tag = head->tag,
        .end = head->length == WALKER_UNDEFINED ? WALK_OPEN : head->value_offset + head->length,
    };
    return DCMCHAIN_OK;
}

static int push_item(struct walk *walk, const struct walk_head *head)
{
    struct walk_frame *sequence = top(walk);
    if (++walk->items + walk->elements > LIMIT_ELEMENTS) {
        return walk_beyond(walk, "more elements and items than the limit of one file");
    }
    uint64_t end = head->length == WALKER_UNDEFINED ? WALK_OPEN : head->value_offset + head->length;
    walk->steps[walk->depth++] = (struct dcmchain_step){sequence->tag, sequence->item_count++};
    if (walk->depth > walk->deepest) {
        walk->deepest = walk->depth;
    }
    walk->frames[walk->frame_count++] = (struct walk_frame){.is_item = true,
                                                            .explicit_vr = sequence->explicit_vr,
                                                            .big_endian = sequence->big_endian,
                                                            .end = end,
                                                            .first_tag = walk->tag_count};
    return walk->visitor == NULL || walk->visitor->item_start == NULL
               ? DCMCHAIN_OK
               : walk->visitor->item_start(walk->visitor->closure, walk->depth);
}

static int pop(struct walk *walk)
{
    const struct walk_frame *closed = top(walk);
    if (!closed->is_item) {
        walk->frame_count--;
        return DCMCHAIN_OK;
    }
    int result = walk_tags_close(walk, closed);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    walk->frame_count--;
    uint32_t depth = walk->depth--;
    return walk->visitor == NULL || walk->visitor->item_end == NULL
               ? DCMCHAIN_OK
               : walk->visitor->item_end(walk->visitor->closure, depth);
}

/* The innermost end that is known: nothing below may run past it. */
static uint64_t limit_of(const struct walk *walk)
{
    for (uint32_t i = walk->frame_count; i-- > 0;) {
        if (walk->frames[i].end != WALK_OPEN) {
            return walk->frames[i].end;
        }
    }
    return WALK_OPEN;
}

/* ---- one element ---- */

static int check_bounds(struct walk *walk, const struct walk_head *head)
{
    uint64_t limit = limit_of(walk);
    if (head->value_offset > limit ||
        (head->length != WALKER_UNDEFINED && head->length > limit - head->value_offset)) {
        return walk_invalid_at(walk, head, "it runs past the end of what it is in");
    }
    return DCMCHAIN_OK;
}

static struct walker_element element_of(const struct walk *walk, const struct walk_head *head,
                                        const uint8_t *value)
{
    return (struct walker_element){
        .tag = head->tag,
        .vr = head->vr,
        .length = head->length,
        .value_offset = head->value_offset,
        .value = value,
        .steps = walk->steps,
        .depth = walk->depth,
        .in_meta = walk->in_meta,
        .big_endian = walk->frames[walk->frame_count - 1].big_endian,
    };
}

static int visit(struct walk *walk, const struct walk_head *head, const uint8_t *value)
{
    if (walk->visitor == NULL || walk->visitor->element == NULL) {
        return DCMCHAIN_OK;
    }
    const struct walker_element element = element_of(walk, head, value);
    return walk->visitor->element(walk->visitor->closure, &element);
}

/* Fragments of encapsulated Pixel Data up to and with the sequence delimiter (PS3.5 A.4); no byte of them is
 * read. */
static int skip_fragments(struct walk *walk, const struct walk_head *pixel)
{
    const bool big_endian = top(walk)->big_endian;
    uint64_t limit = limit_of(walk);
    for (;;) {
        struct walk_head fragment;
        int result = walk_read_item_head(walk, big_endian, &fragment);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (fragment.tag == TAG_SEQUENCE_END) {
            return fragment.length == 0 ? DCMCHAIN_OK
                                        : walk_invalid_at(walk, pixel, "its delimiter has a length");
        }
        if (fragment.tag != TAG_ITEM || fragment.length == WALKER_UNDEFINED) {
            return walk_invalid_at(walk, pixel, "a fragment of it does not begin as one");
        }
        if (fragment.value_offset > limit || fragment.length > limit - fragment.value_offset) {
            return walk_invalid_at(walk, pixel, "a fragment of it runs past the end of what it is in");
        }
        if (++walk->fragments > LIMIT_FRAGMENTS) {
            return walk_beyond(walk, "more fragments of Pixel Data than the limit of one file");
        }
        result = walk_skip(walk, &fragment);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
}

static bool is_pixel(const struct walk *walk, uint32_t tag)
{
    return !walk->in_meta && walk->depth == 0 &&
           (tag == TAG_PIXEL_DATA || tag == TAG_FLOAT_PIXEL_DATA || tag == TAG_DOUBLE_FLOAT_PIXEL_DATA);
}

static int walk_pixel(struct walk *walk, const struct walk_head *head)
{
    struct walker_layout *layout = walk->layout;
    if (layout->pixel_tag != 0) {
        return walk_invalid_at(walk, head, "there is more than one Pixel Data element");
    }
    if (head->vr != DCMCHAIN_VR_OB && head->vr != DCMCHAIN_VR_OW && head->vr != DCMCHAIN_VR_OF &&
        head->vr != DCMCHAIN_VR_OD) {
        return walk_invalid_at(walk, head, "Pixel Data has a VR that it cannot have");
    }
    bool undefined = head->length == WALKER_UNDEFINED;
    if (undefined && !layout->encapsulated) {
        return walk_invalid_at(walk, head, "Pixel Data is encapsulated, its transfer syntax is not");
    }
    int result = undefined ? skip_fragments(walk, head) : walk_skip(walk, head);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    layout->pixel_tag = head->tag;
    layout->pixel_vr = head->vr;
    layout->pixel_undefined = undefined;
    layout->pixel_offset = head->offset;
    layout->pixel_value_offset = head->value_offset;
    layout->pixel_value_length = walk->offset - head->value_offset;
    layout->pixel_end = walk->offset;
    return DCMCHAIN_OK;
}

/* Pieces of a long value for who wants them: first as many bytes as tell whether it is worth it. */
static int walk_pieces(struct walk *walk, const struct walk_head *head)
{
    const struct walker_element element = element_of(walk, head, NULL);
    for (uint64_t done = 0; done < head->length;) {
        const size_t room = done == 0 ? FIRST_PIECE_BYTES : sizeof walk->value;
        const size_t wanted = head->length - done < room ? (size_t)(head->length - done) : room;
        size_t got = 0;
        int result = walk_read(walk, walk->value, wanted, &got);
        if (result == DCMCHAIN_OK && got < wanted) {
            result = walk_invalid_at(walk, head, "the file ends inside its value");
        }
        if (result == DCMCHAIN_OK) {
            result = walk->visitor->piece(walk->visitor->closure, &element, done, walk->value, got);
        }
        done += got;
        if (result == WALKER_ENOUGH) { /* a stream is not gone back in */
            return done < head->length ? walk_skip(walk, head) : DCMCHAIN_OK;
        }
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

/* Whether the file has so large a data set that it will be refused at its end. */
static bool is_refused_behind(const struct walk *walk, const struct walk_head *head)
{
    const struct walker_layout *layout = walk->layout;
    const uint64_t pixel = layout->pixel_tag == 0 ? 0 : layout->pixel_end - layout->pixel_offset;
    return head->value_offset + head->length - layout->header_offset - pixel > LIMIT_HEADER_BYTES;
}

static bool wants_pieces(const struct walk *walk, const struct walk_head *head)
{
    return walk->visitor != NULL && walk->visitor->piece != NULL &&
           (head->vr == DCMCHAIN_VR_UN || head->vr == DCMCHAIN_VR_OB) && !is_refused_behind(walk, head);
}

static int walk_value(struct walk *walk, const struct walk_head *head)
{
    if (head->length > LIMIT_WALKER_VALUE_BYTES || walk->visitor == NULL) {
        int result = wants_pieces(walk, head) ? walk_pieces(walk, head) : walk_skip(walk, head);
        return result != DCMCHAIN_OK ? result : visit(walk, head, NULL);
    }
    const void *value = walk_view(walk, head->length);
    if (value != NULL) {
        return visit(walk, head, value);
    }
    size_t got = 0;
    int result = walk_read(walk, walk->value, head->length, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    return got == head->length ? visit(walk, head, walk->value)
                               : walk_invalid_at(walk, head, "the file ends inside its value");
}

static int walk_undefined(struct walk *walk, const struct walk_head *head)
{
    if (head->vr == DCMCHAIN_VR_SQ || head->vr == DCMCHAIN_VR_UN) {
        int result = visit(walk, head, NULL);
        return result != DCMCHAIN_OK ? result : push_sequence(walk, head);
    }
    /* Encapsulated Pixel Data of an icon image. */
    if (head->tag == TAG_PIXEL_DATA && walk->layout->encapsulated &&
        (head->vr == DCMCHAIN_VR_OB || head->vr == DCMCHAIN_VR_OW)) {
        int result = skip_fragments(walk, head);
        return result != DCMCHAIN_OK ? result : visit(walk, head, NULL);
    }
    return walk_invalid_at(walk, head, "its length is undefined, which its VR does not allow");
}

/* Command elements belong to messages (PS3.7 6.3), those of the file meta before the data set (PS3.10 7.1).
 * Sorted to where their tags belong, they would be read as something else. */
static bool is_foreign(const struct walk *walk, uint32_t tag)
{
    const uint32_t group = DCMCHAIN_TAG_GROUP(tag);
    return !walk->in_meta && walk->depth == 0 && (group == COMMAND_GROUP || group == WALK_META_GROUP);
}

static int walk_element(struct walk *walk, struct walk_head *head)
{
    int result = walk_read_head(walk, top(walk), head);
    if (result == DCMCHAIN_OK) {
        result = check_bounds(walk, head);
    }
    if (result == DCMCHAIN_OK) {
        result = walk_tags_add(walk, top(walk), head);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (is_foreign(walk, head->tag)) {
        return walk_invalid_at(walk, head, "a data set has no elements of this group");
    }
    if (DCMCHAIN_TAG_ELEMENT(head->tag) == 0 &&
        (head->vr == DCMCHAIN_VR_SQ || head->length == WALKER_UNDEFINED)) {
        return walk_invalid_at(walk, head, "a group length holds items, which would not be written again");
    }
    walk->has_content = walk->has_content || DCMCHAIN_TAG_ELEMENT(head->tag) != 0;
    if (is_pixel(walk, head->tag)) {
        return walk_pixel(walk, head);
    }
    if (++walk->elements + walk->items > LIMIT_ELEMENTS) {
        return walk_beyond(walk, "more elements and items than the limit of one file");
    }
    if (head->length == WALKER_UNDEFINED) {
        return walk_undefined(walk, head);
    }
    if (head->vr == DCMCHAIN_VR_SQ) {
        result = visit(walk, head, NULL);
        return result != DCMCHAIN_OK ? result : push_sequence(walk, head);
    }
    return walk_value(walk, head);
}

/* ---- levels ---- */

/* Zeros to the end of the source are padding; anything else would be dropped by who reads on. */
static int walk_padding(struct walk *walk, uint64_t from)
{
    uint8_t piece[4096];
    size_t got = 1;
    walk->offset = from;
    while (got > 0) {
        int result = walk_read(walk, piece, sizeof piece, &got);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (walk->offset - from > LIMIT_PADDING_BYTES) {
            return walk_beyond(walk, "more padding than the limit of one file");
        }
        for (size_t i = 0; i < got; i++) {
            if (piece[i] != 0) {
                return walk_invalid(walk, from, "bytes follow the last element that are no element");
            }
        }
    }
    walk->layout->padding_length = walk->offset - from;
    walk->offset = from;
    return DCMCHAIN_OK;
}

/* Whether what begins behind Pixel Data can be no element: cut off, without a VR, or longer than the file.
 * Such bytes are no part of the data set (some writers, and some who hide, leave any there). Before Pixel
 * Data they are damage: the walk fails. Inflated bytes are not judged: their size is not known. */
static bool is_stray(const struct walk *walk, const uint8_t bytes[8], size_t got, uint64_t offset)
{
    const struct walk_frame *root = &walk->frames[0];
    const uint64_t size = source_size(walk->source);
    if (walk->layout->pixel_tag == 0 || walk->layout->deflated || got == 0 || size < offset + got) {
        return false;
    }
    static const uint8_t zeros[8];
    if (got < 8 || memcmp(bytes, zeros, sizeof zeros) == 0) {
        return true;
    }
    uint64_t length = 0;
    if (root->explicit_vr) {
        const uint16_t vr = DCMCHAIN_VR(bytes[4], bytes[5]);
        if (!walk_vr_is_known(vr)) {
            return true;
        }
        length = root->big_endian ? (uint64_t)bytes[6] << 8 | bytes[7] : (uint64_t)bytes[7] << 8 | bytes[6];
        return !walk_vr_is_long(vr) && length > size - offset - 8;
    }
    length = (uint64_t)bytes[7] << 24 | (uint64_t)bytes[6] << 16 | (uint64_t)bytes[5] << 8 | bytes[4];
    return length != WALKER_UNDEFINED && length > size - offset - 8;
}

/* The next tag of the root; *ret_done where there is none. */
static int next_root(struct walk *walk, uint16_t stop_group, struct walk_head *head, bool *ret_done)
{
    uint8_t bytes[8];
    size_t got = 0;
    int result = walk_read(walk, bytes, sizeof bytes, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    head->tag = walk_tag(bytes, top(walk)->big_endian);
    walk->offset = head->offset;
    if (stop_group != WALK_NO_GROUP && (got < sizeof bytes || DCMCHAIN_TAG_GROUP(head->tag) != stop_group)) {
        *ret_done = true;
        return DCMCHAIN_OK;
    }
    static const uint8_t zeros[8];
    if (got < sizeof bytes || memcmp(bytes, zeros, sizeof zeros) == 0) {
        int padding = got == 0 ? DCMCHAIN_OK : walk_padding(walk, head->offset);
        if (padding != DCMCHAIN_E_INVALID || !is_stray(walk, bytes, got, head->offset)) {
            *ret_done = true;
            return padding;
        }
    }
    if (is_stray(walk, bytes, got, head->offset)) {
        walk->layout->stray_length = source_size(walk->source) - head->offset;
        walk->offset = head->offset;
        *ret_done = true;
        return DCMCHAIN_OK;
    }
    walk->offset += 4;
    return DCMCHAIN_OK;
}

/* The next tag of an item; an item's delimiter closes it: *ret_done. */
static int next_nested(struct walk *walk, struct walk_head *head, bool *ret_done)
{
    const struct walk_frame *item = top(walk);
    uint8_t bytes[4];
    int result = walk_read_whole(walk, bytes, sizeof bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    head->tag = walk_tag(bytes, item->big_endian);
    if (head->tag != TAG_ITEM_END || item->end != WALK_OPEN) {
        return DCMCHAIN_OK;
    }
    result = walk_read_whole(walk, bytes, sizeof bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    static const uint8_t zeros[4];
    if (memcmp(bytes, zeros, sizeof zeros) != 0) {
        return walk_invalid(walk, head->offset, "an item delimiter has a length");
    }
    *ret_done = true;
    return pop(walk);
}

static int walk_item(struct walk *walk, uint16_t stop_group, bool *ret_done)
{
    struct walk_head head = {.offset = walk->offset};
    if (walk->offset == top(walk)->end) {
        return pop(walk);
    }
    bool root = walk->frame_count == 1;
    bool closed = false;
    int result = root ? next_root(walk, stop_group, &head, &closed) : next_nested(walk, &head, &closed);
    if (result != DCMCHAIN_OK || closed) {
        *ret_done = root && closed;
        return result;
    }
    if (DCMCHAIN_TAG_GROUP(head.tag) == DELIMITER_GROUP) {
        return walk_invalid(walk, head.offset, "an item or delimiter stands where an element should");
    }
    return walk_element(walk, &head);
}

static int walk_sequence(struct walk *walk)
{
    struct walk_frame *sequence = top(walk);
    if (walk->offset == sequence->end) {
        return pop(walk);
    }
    struct walk_head head;
    int result = walk_read_item_head(walk, sequence->big_endian, &head);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    result = check_bounds(walk, &head);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (head.tag == TAG_SEQUENCE_END && sequence->end == WALK_OPEN) {
        return head.length == 0 ? pop(walk)
                                : walk_invalid(walk, head.offset, "a sequence delimiter has a length");
    }
    if (head.tag != TAG_ITEM) {
        return walk_invalid(walk, head.offset, "something stands where an item of a sequence should");
    }
    return push_item(walk, &head);
}

int walk_elements(struct walk *walk, bool explicit_vr, bool big_endian, uint16_t stop_group)
{
    bool done = false;
    int result = DCMCHAIN_OK;
    walk->frame_count = 1;
    walk->frames[0] = (struct walk_frame){
        .is_item = true, .explicit_vr = explicit_vr, .big_endian = big_endian, .end = WALK_OPEN};
    walk->depth = 0;
    walk->tag_count = 0;
    while (result == DCMCHAIN_OK && !done) {
        result = top(walk)->is_item ? walk_item(walk, stop_group, &done) : walk_sequence(walk);
    }
    if (result == DCMCHAIN_OK) {
        result = walk_tags_close(walk, top(walk));
    }
    free(walk->tags);
    walk->tags = NULL;
    walk->tag_capacity = 0;
    return result;
}
