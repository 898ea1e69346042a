/* walk.c: the elements of a data set at every depth: bounds, delimiters, nesting, order. It keeps a stack of
 * fixed size and one value buffer, and interprets nothing but lengths. */
#include "walk.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define TAG_ITEM 0xFFFEE000U
#define TAG_ITEM_END 0xFFFEE00DU
#define TAG_SEQUENCE_END 0xFFFEE0DDU
#define TAG_PIXEL_DATA 0x7FE00010U
#define TAG_FLOAT_PIXEL_DATA 0x7FE00008U
#define TAG_DOUBLE_FLOAT_PIXEL_DATA 0x7FE00009U
#define NO_GROUP 0U

/* ---- problems ---- */

int walk_invalid(struct walk *walk, uint64_t offset, const char *text)
{
    char path[160] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < walk->depth && used + 24 < sizeof path; i++) {
        int written = snprintf(path + used, sizeof path - used, "(%04x,%04x)[%u]/", walk->steps[i].tag >> 16,
                               walk->steps[i].tag & 0xFFFFU, walk->steps[i].item_index);
        used += written > 0 ? (size_t)written : 0;
        if (i == 2 && walk->depth > 4) {
            i = walk->depth - 2; /* deep nesting: the outermost and the innermost tell enough */
        }
    }
    (void)snprintf(walk->problem, walk->problem_size, "%s at byte %llu%s%s", text, (unsigned long long)offset,
                   path[0] != '\0' ? " in " : "", path);
    return DCMCHAIN_E_INVALID;
}

static int invalid_at(struct walk *walk, const struct walk_head *head, const char *text)
{
    char whole[128];
    (void)snprintf(whole, sizeof whole, "element (%04x,%04x): %s", head->tag >> 16, head->tag & 0xFFFFU,
                   text);
    return walk_invalid(walk, head->offset, whole);
}

static int beyond(struct walk *walk, const char *text)
{
    (void)snprintf(walk->problem, walk->problem_size, "%s", text);
    return DCMCHAIN_E_RANGE;
}

/* ---- bytes ---- */

int walk_read(struct walk *walk, void *buffer, size_t length, size_t *ret_read)
{
    int result = source_seek(walk->source, walk->offset);
    if (result == DCMCHAIN_OK) {
        result = source_read(walk->source, buffer, length, ret_read);
    }
    if (result == DCMCHAIN_OK) {
        walk->offset += *ret_read;
    } else if (result == DCMCHAIN_E_INVALID) {
        (void)snprintf(walk->problem, walk->problem_size, "%s", source_problem(walk->source));
    } else {
        (void)snprintf(walk->problem, walk->problem_size, "reading: %s",
                       result == DCMCHAIN_E_IO ? strerror(errno) : dcmchain_result_text(result));
    }
    return result;
}

static int read_whole(struct walk *walk, void *buffer, size_t length)
{
    size_t got = 0;
    uint64_t from = walk->offset;
    int result = walk_read(walk, buffer, length, &got);
    if (result == DCMCHAIN_OK && got != length) {
        return walk_invalid(walk, from, "the file ends inside an element");
    }
    return result;
}

static uint16_t get16(const uint8_t *bytes, bool big_endian)
{
    return (uint16_t)(big_endian ? bytes[0] << 8 | bytes[1] : bytes[1] << 8 | bytes[0]);
}

static uint32_t get32(const uint8_t *bytes, bool big_endian)
{
    uint32_t first = get16(bytes, big_endian);
    uint32_t second = get16(bytes + 2, big_endian);
    return big_endian ? first << 16 | second : second << 16 | first;
}

static uint32_t get_tag(const uint8_t *bytes, bool big_endian)
{
    return (uint32_t)get16(bytes, big_endian) << 16 | get16(bytes + 2, big_endian);
}

/* Moves over a value without reading it; sure that all of it is there. */
static int skip(struct walk *walk, const struct walk_head *head)
{
    if (head->length == 0) {
        return DCMCHAIN_OK;
    }
    uint64_t end = head->value_offset + head->length;
    if (source_size(walk->source) != UINT64_MAX) {
        if (end > source_size(walk->source)) {
            return invalid_at(walk, head, "the file ends inside its value");
        }
        walk->offset = end;
        return DCMCHAIN_OK;
    }
    uint8_t last = 0;
    size_t got = 0;
    walk->offset = end - 1;
    int result = walk_read(walk, &last, 1, &got);
    return result != DCMCHAIN_OK ? result
           : got == 1            ? DCMCHAIN_OK
                                 : invalid_at(walk, head, "the data set ends inside its value");
}

/* ---- VRs ---- */

static const char known_vrs[] =
    "AE AS AT CS DA DS DT FD FL IS LO LT OB OD OF OL OV OW PN SH SL SQ SS ST SV TM UC UI UL UN UR US UT UV";
static const char long_vrs[] = "OB OD OF OL OV OW SQ SV UC UN UR UT UV";

static bool in_list(const char *list, uint16_t vr)
{
    for (const char *at = list; *at != '\0'; at += at[2] == '\0' ? 2 : 3) {
        if (DCMCHAIN_VR((unsigned char)at[0], (unsigned char)at[1]) == vr) {
            return true;
        }
    }
    return false;
}

bool walk_vr_is_known(uint16_t vr)
{
    return in_list(known_vrs, vr);
}

bool walk_vr_is_long(uint16_t vr)
{
    return in_list(long_vrs, vr);
}

static uint16_t implicit_vr(uint32_t tag)
{
    uint16_t vr = DCMCHAIN_TAG_IS_PRIVATE(tag) ? 0 : dcmchain_tag_vr(tag);
    if (vr == 0 && DCMCHAIN_TAG_ELEMENT(tag) == 0) {
        vr = DCMCHAIN_VR_UL; /* a group length */
    }
    if (vr == 0 && DCMCHAIN_TAG_IS_PRIVATE(tag) && DCMCHAIN_TAG_ELEMENT(tag) >= 0x10 &&
        DCMCHAIN_TAG_ELEMENT(tag) <= 0xFF) {
        vr = DCMCHAIN_VR_LO; /* a private creator (PS3.5 7.8.1) */
    }
    return vr == 0 ? DCMCHAIN_VR_UN : vr;
}

/* ---- the stack ---- */

static struct walk_frame *top(struct walk *walk)
{
    return &walk->frames[walk->frame_count - 1];
}

static int push_sequence(struct walk *walk, const struct walk_head *head)
{
    const struct walk_frame *item = top(walk);
    if (walk->depth >= LIMIT_DEPTH) {
        return beyond(walk, "sequences are nested deeper than the limit of 64");
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
    uint64_t end = head->length == WALKER_UNDEFINED ? WALK_OPEN : head->value_offset + head->length;
    walk->steps[walk->depth++] = (struct dcmchain_step){sequence->tag, sequence->item_count++};
    if (walk->depth > walk->deepest) {
        walk->deepest = walk->depth;
    }
    walk->frames[walk->frame_count++] = (struct walk_frame){.is_item = true,
                                                            .explicit_vr = sequence->explicit_vr,
                                                            .big_endian = sequence->big_endian,
                                                            .end = end};
    return walk->visitor == NULL || walk->visitor->item_start == NULL
               ? DCMCHAIN_OK
               : walk->visitor->item_start(walk->visitor->closure, walk->depth);
}

static int pop(struct walk *walk)
{
    bool item = top(walk)->is_item;
    walk->frame_count--;
    if (!item) {
        return DCMCHAIN_OK;
    }
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

/* VR and length, after the tag. */
static int read_head(struct walk *walk, struct walk_head *head)
{
    const struct walk_frame *frame = top(walk);
    uint8_t bytes[4];
    int result = read_whole(walk, bytes, sizeof bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (!frame->explicit_vr) {
        head->vr = implicit_vr(head->tag);
        head->length = get32(bytes, frame->big_endian);
    } else {
        head->vr = DCMCHAIN_VR(bytes[0], bytes[1]);
        if (!walk_vr_is_known(head->vr)) {
            return invalid_at(walk, head, "it has no VR that PS3.5 knows");
        }
        head->length = get16(bytes + 2, frame->big_endian);
        if (walk_vr_is_long(head->vr)) {
            result = read_whole(walk, bytes, sizeof bytes);
            head->length = result == DCMCHAIN_OK ? get32(bytes, frame->big_endian) : 0;
        }
    }
    head->value_offset = walk->offset;
    return result;
}

static int check_bounds(struct walk *walk, const struct walk_head *head)
{
    uint64_t limit = limit_of(walk);
    if (head->value_offset > limit ||
        (head->length != WALKER_UNDEFINED && head->length > limit - head->value_offset)) {
        return invalid_at(walk, head, "it runs past the end of what it is in");
    }
    return DCMCHAIN_OK;
}

static int check_order(struct walk *walk, const struct walk_head *head)
{
    struct walk_frame *item = top(walk);
    if (item->has_tag && head->tag == item->tag) {
        return invalid_at(walk, head, "it is there twice");
    }
    if (item->has_tag && head->tag < item->tag) {
        walk->layout->unsorted = true;
    }
    item->has_tag = true;
    item->tag = head->tag;
    return DCMCHAIN_OK;
}

static int visit(struct walk *walk, const struct walk_head *head, const uint8_t *value)
{
    if (walk->visitor == NULL || walk->visitor->element == NULL) {
        return DCMCHAIN_OK;
    }
    struct walker_element element = {
        .tag = head->tag,
        .vr = head->vr,
        .length = head->length,
        .value_offset = head->value_offset,
        .value = value,
        .steps = walk->steps,
        .depth = walk->depth,
        .in_meta = walk->in_meta,
        .big_endian = top(walk)->big_endian,
    };
    return walk->visitor->element(walk->visitor->closure, &element);
}

/* Fragments of encapsulated Pixel Data up to and with the sequence delimiter (PS3.5 A.4); no byte of them is
 * read. */
static int skip_fragments(struct walk *walk, const struct walk_head *pixel)
{
    const bool big_endian = top(walk)->big_endian;
    uint64_t limit = limit_of(walk);
    for (;;) {
        uint8_t bytes[8];
        struct walk_head fragment = {.offset = walk->offset};
        int result = read_whole(walk, bytes, sizeof bytes);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        fragment.tag = get_tag(bytes, big_endian);
        fragment.length = get32(bytes + 4, big_endian);
        fragment.value_offset = walk->offset;
        if (fragment.tag == TAG_SEQUENCE_END) {
            return fragment.length == 0 ? DCMCHAIN_OK : invalid_at(walk, pixel, "its delimiter has a length");
        }
        if (fragment.tag != TAG_ITEM || fragment.length == WALKER_UNDEFINED) {
            return invalid_at(walk, pixel, "a fragment of it does not begin as one");
        }
        if (fragment.value_offset > limit || fragment.length > limit - fragment.value_offset) {
            return invalid_at(walk, pixel, "a fragment of it runs past the end of what it is in");
        }
        result = skip(walk, &fragment);
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
        return invalid_at(walk, head, "there is more than one Pixel Data element");
    }
    if (head->vr != DCMCHAIN_VR_OB && head->vr != DCMCHAIN_VR_OW && head->vr != DCMCHAIN_VR_OF &&
        head->vr != DCMCHAIN_VR_OD) {
        return invalid_at(walk, head, "Pixel Data has a VR that it cannot have");
    }
    bool undefined = head->length == WALKER_UNDEFINED;
    if (undefined && !layout->encapsulated) {
        return invalid_at(walk, head, "Pixel Data is encapsulated, its transfer syntax is not");
    }
    int result = undefined ? skip_fragments(walk, head) : skip(walk, head);
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

static int walk_value(struct walk *walk, const struct walk_head *head)
{
    if (head->length > LIMIT_WALKER_VALUE_BYTES || walk->visitor == NULL) {
        int result = skip(walk, head);
        return result != DCMCHAIN_OK ? result : visit(walk, head, NULL);
    }
    int result = read_whole(walk, walk->value, head->length);
    return result != DCMCHAIN_OK ? result : visit(walk, head, walk->value);
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
    return invalid_at(walk, head, "its length is undefined, which its VR does not allow");
}

static int walk_element(struct walk *walk, struct walk_head *head)
{
    int result = read_head(walk, head);
    if (result == DCMCHAIN_OK) {
        result = check_bounds(walk, head);
    }
    if (result == DCMCHAIN_OK) {
        result = check_order(walk, head);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (is_pixel(walk, head->tag)) {
        return walk_pixel(walk, head);
    }
    if (++walk->elements > LIMIT_ELEMENTS) {
        return beyond(walk, "more elements than the limit of one file");
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

/* The next tag of the root; *ret_done where there is none. */
static int next_root(struct walk *walk, uint16_t stop_group, struct walk_head *head, bool *ret_done)
{
    uint8_t bytes[8];
    size_t got = 0;
    int result = walk_read(walk, bytes, sizeof bytes, &got);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    head->tag = get_tag(bytes, top(walk)->big_endian);
    walk->offset = head->offset;
    if (stop_group != NO_GROUP && (got < sizeof bytes || DCMCHAIN_TAG_GROUP(head->tag) != stop_group)) {
        *ret_done = true;
        return DCMCHAIN_OK;
    }
    static const uint8_t zeros[8];
    if (got < sizeof bytes || memcmp(bytes, zeros, sizeof zeros) == 0) {
        *ret_done = true;
        return got == 0 ? DCMCHAIN_OK : walk_padding(walk, head->offset);
    }
    walk->offset += 4;
    return DCMCHAIN_OK;
}

static int walk_item(struct walk *walk, uint16_t stop_group, bool *ret_done)
{
    struct walk_frame *item = top(walk);
    struct walk_head head = {.offset = walk->offset};
    if (walk->offset == item->end) {
        return pop(walk);
    }
    int result = DCMCHAIN_OK;
    if (walk->frame_count == 1) {
        result = next_root(walk, stop_group, &head, ret_done);
        if (result != DCMCHAIN_OK || *ret_done) {
            return result;
        }
    } else {
        uint8_t bytes[4];
        result = read_whole(walk, bytes, sizeof bytes);
        head.tag = result == DCMCHAIN_OK ? get_tag(bytes, item->big_endian) : 0;
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (head.tag == TAG_ITEM_END && walk->frame_count > 1 && item->end == WALK_OPEN) {
        uint8_t length[4];
        result = read_whole(walk, length, sizeof length);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        return get32(length, item->big_endian) == 0
                   ? pop(walk)
                   : walk_invalid(walk, head.offset, "an item delimiter has a length");
    }
    if (DCMCHAIN_TAG_GROUP(head.tag) == 0xFFFE) {
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
    uint8_t bytes[8];
    struct walk_head head = {.offset = walk->offset};
    int result = read_whole(walk, bytes, sizeof bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    head.tag = get_tag(bytes, sequence->big_endian);
    head.length = get32(bytes + 4, sequence->big_endian);
    head.value_offset = walk->offset;
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
    while (result == DCMCHAIN_OK && !done) {
        result = top(walk)->is_item ? walk_item(walk, stop_group, &done) : walk_sequence(walk);
    }
    return result;
}
