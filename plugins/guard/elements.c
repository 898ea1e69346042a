/* elements.c: see elements.h. Iterative, with a stack of the sequences and items that are open. */
#include "elements.h"

#include <stdio.h>
#include <string.h>

#define UNDEFINED 0xFFFFFFFFU
#define TAG_ITEM 0xFFFEE000U
#define TAG_ITEM_END 0xFFFEE00DU
#define TAG_SEQUENCE_END 0xFFFEE0DDU
#define TAG_CODING_SCHEME 0x00080102U
#define TAG_CODE_VALUE 0x00080100U
#define END_UNKNOWN SIZE_MAX

struct level {
    size_t end; /* END_UNKNOWN: a delimiter tells */
    bool is_item;
    bool implicit;
    bool local_code;
};

struct walk {
    const uint8_t *bytes;
    size_t at;
    bool big_endian;
    struct level levels[2 * ELEMENTS_MAX_DEPTH + 1];
    size_t level_count; /* of what is open; the last is the innermost */
    struct elements_item items[ELEMENTS_MAX_DEPTH];
    size_t depth;
    elements_visitor visit;
    void *closure;
};

struct header {
    uint32_t tag;
    uint16_t vr;
    uint32_t length;
};

static uint16_t get16(const struct walk *walk, size_t at)
{
    const uint8_t *from = walk->bytes + at;
    return (uint16_t)(walk->big_endian ? from[0] << 8 | from[1] : from[1] << 8 | from[0]);
}

static uint32_t get32(const struct walk *walk, size_t at)
{
    uint32_t first = get16(walk, at);
    uint32_t second = get16(walk, at + 2);
    return walk->big_endian ? first << 16 | second : second << 16 | first;
}

static bool has_long_header(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_OB:
    case DCMCHAIN_VR_OD:
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
    case DCMCHAIN_VR_OV:
    case DCMCHAIN_VR_OW:
    case DCMCHAIN_VR_SQ:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UC:
    case DCMCHAIN_VR_UN:
    case DCMCHAIN_VR_UR:
    case DCMCHAIN_VR_UT:
    case DCMCHAIN_VR_UV:
        return true;
    default:
        return false;
    }
}

static bool is_vr_letter(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static struct level *top(struct walk *walk)
{
    return &walk->levels[walk->level_count - 1];
}

/* False where the bytes end, or are none of an element. */
static bool read_header(struct walk *walk, size_t end, struct header *ret_header)
{
    if (end - walk->at < 8) {
        return false;
    }
    struct header header = {(uint32_t)get16(walk, walk->at) << 16 | get16(walk, walk->at + 2), 0, 0};
    size_t width = 8;
    if (DCMCHAIN_TAG_GROUP(header.tag) == 0xFFFEU || top(walk)->implicit) {
        header.vr = DCMCHAIN_TAG_GROUP(header.tag) == 0xFFFEU ? 0 : dcmchain_tag_vr(header.tag);
        header.length = get32(walk, walk->at + 4);
    } else {
        const uint8_t *vr = walk->bytes + walk->at + 4;
        if (!is_vr_letter(vr[0]) || !is_vr_letter(vr[1])) {
            return false;
        }
        header.vr = DCMCHAIN_VR(vr[0], vr[1]);
        if (has_long_header(header.vr)) {
            if (end - walk->at < 12) {
                return false;
            }
            header.length = get32(walk, walk->at + 8);
            width = 12;
        } else {
            header.length = get16(walk, walk->at + 6);
        }
    }
    walk->at += width;
    *ret_header = header;
    return true;
}

/* ---- opening and closing ---- */

static bool push(struct walk *walk, struct level level)
{
    if (walk->level_count == sizeof walk->levels / sizeof walk->levels[0]) {
        return false;
    }
    walk->levels[walk->level_count++] = level;
    return true;
}

static void pop(struct walk *walk)
{
    walk->depth -= top(walk)->is_item ? 0 : 1;
    walk->level_count--;
}

static bool open_sequence(struct walk *walk, const struct header *header, size_t end)
{
    if (walk->depth == ELEMENTS_MAX_DEPTH) {
        return false;
    }
    bool implicit = top(walk)->implicit || header->vr == DCMCHAIN_VR_UN; /* PS3.5 6.2.2 note 4 */
    walk->items[walk->depth++] = (struct elements_item){header->tag, UNDEFINED};
    return push(walk, (struct level){.end = end, .implicit = implicit});
}

/* Items and delimiters. */
static bool take_structure(struct walk *walk, const struct header *header, size_t end)
{
    struct level *level = top(walk);
    switch (header->tag) {
    case TAG_ITEM:
        if (walk->level_count == 1 || level->is_item ||
            (header->length != UNDEFINED && header->length > end - walk->at)) {
            return false;
        }
        walk->items[walk->depth - 1].index++;
        return push(
            walk, (struct level){.end = header->length == UNDEFINED ? END_UNKNOWN : walk->at + header->length,
                                 .is_item = true,
                                 .implicit = level->implicit});
    case TAG_ITEM_END:
        if (walk->level_count == 1 || !level->is_item) {
            return false;
        }
        pop(walk);
        return true;
    case TAG_SEQUENCE_END:
        if (walk->level_count == 1 || level->is_item) {
            return false;
        }
        pop(walk);
        return true;
    default:
        return false;
    }
}

/* Fragments of encapsulated pixels (PS3.5 A.4), also of an icon: passed over. */
static bool skip_fragments(struct walk *walk, size_t end)
{
    while (end - walk->at >= 8) {
        uint32_t tag = (uint32_t)get16(walk, walk->at) << 16 | get16(walk, walk->at + 2);
        uint32_t length = get32(walk, walk->at + 4);
        walk->at += 8;
        if (tag == TAG_SEQUENCE_END) {
            return true;
        }
        if (tag != TAG_ITEM || length > end - walk->at) {
            return false;
        }
        walk->at += length;
    }
    return false;
}

static bool is_pixel_data(uint32_t tag)
{
    return tag == 0x7FE00010U || tag == 0x7FE00008U || tag == 0x7FE00009U;
}

/* Codes of schemes that begin with 99, or of none, are a site's own (PS3.3 8.2). */
static void note_scheme(struct level *level, const struct header *header, const uint8_t *value)
{
    if (header->tag == TAG_CODE_VALUE) {
        level->local_code = true;
    } else if (header->tag == TAG_CODING_SCHEME) {
        level->local_code = header->length < 2 || memcmp(value, "99", 2) == 0;
    }
}

static int take_value(struct walk *walk, const struct header *header)
{
    const uint8_t *value = walk->bytes + walk->at;
    walk->at += header->length;
    if (is_pixel_data(header->tag)) {
        return DCMCHAIN_OK;
    }
    note_scheme(top(walk), header, value);
    const struct elements_element element = {.tag = header->tag,
                                             .vr = header->vr,
                                             .local_code = top(walk)->local_code,
                                             .value = value,
                                             .length = header->length,
                                             .items = walk->items,
                                             .depth = walk->depth};
    return walk->visit(walk->closure, &element);
}

/* Ends of defined length. */
static void close_ended(struct walk *walk)
{
    while (walk->level_count > 1 && top(walk)->end != END_UNKNOWN && walk->at >= top(walk)->end) {
        pop(walk);
    }
}

static size_t innermost_end(const struct walk *walk, size_t length)
{
    for (size_t i = walk->level_count; i-- > 0;) {
        if (walk->levels[i].end != END_UNKNOWN) {
            return walk->levels[i].end;
        }
    }
    return length;
}

int elements_walk(const uint8_t *bytes, size_t length, struct elements_syntax syntax, elements_visitor visit,
                  void *closure, size_t *ret_end)
{
    struct walk walk = {.bytes = bytes, .big_endian = syntax.big_endian, .visit = visit, .closure = closure};
    walk.levels[walk.level_count++] =
        (struct level){.end = length, .is_item = true, .implicit = syntax.implicit};
    size_t understood = 0;
    int result = DCMCHAIN_OK;
    bool well = true;
    while (well && result == DCMCHAIN_OK) {
        close_ended(&walk);
        understood = walk.level_count == 1 ? walk.at : understood;
        size_t end = innermost_end(&walk, length);
        struct header header;
        if (walk.at >= length || !read_header(&walk, end, &header)) {
            break;
        }
        if (DCMCHAIN_TAG_GROUP(header.tag) == 0xFFFEU) {
            well = take_structure(&walk, &header, end);
        } else if (!top(&walk)->is_item || (header.length != UNDEFINED && header.length > end - walk.at)) {
            well = false; /* between the items of a sequence, or past the end of what it is in */
        } else if (header.length == UNDEFINED) {
            well = is_pixel_data(header.tag) && header.vr != DCMCHAIN_VR_SQ
                       ? skip_fragments(&walk, end)
                       : open_sequence(&walk, &header, END_UNKNOWN);
        } else if (header.vr == DCMCHAIN_VR_SQ) {
            well = open_sequence(&walk, &header, walk.at + header.length);
        } else {
            result = take_value(&walk, &header);
        }
    }
    *ret_end = understood;
    return result;
}

void elements_path(const struct elements_element *element, char *ret_path, size_t size)
{
    size_t used = 0;
    ret_path[0] = '\0';
    for (size_t i = 0; i < element->depth && used < size; i++) {
        const struct elements_item *item = &element->items[i];
        int length =
            snprintf(ret_path + used, size - used, "(%04x,%04x)[%u]/", DCMCHAIN_TAG_GROUP(item->sequence),
                     DCMCHAIN_TAG_ELEMENT(item->sequence), item->index);
        used += length > 0 ? (size_t)length : 0;
    }
    if (used < size) {
        (void)snprintf(ret_path + used, size - used, "(%04x,%04x)", DCMCHAIN_TAG_GROUP(element->tag),
                       DCMCHAIN_TAG_ELEMENT(element->tag));
    }
}
