/* layout_pack.c: see layout_pack.h: the numbers by seven bits, the lowest first, as long as a bit says that
 * more follow; then the text. */
#include "layout_pack.h"

#include <string.h>

struct member {
    size_t offset;
    size_t size;
};

#define MEMBER(name)                                                                                         \
    {                                                                                                        \
        offsetof(struct walker_layout, name), sizeof((struct walker_layout *)NULL)->name                     \
    }

/* Every member but transfer_syntax: test_layout_pack.c sees that none is left out. */
static const struct member members[] = {
    MEMBER(has_prefix),
    MEMBER(meta_offset),
    MEMBER(meta_length),
    MEMBER(dataset_offset),
    MEMBER(transfer_syntax_guessed),
    MEMBER(explicit_vr),
    MEMBER(big_endian),
    MEMBER(deflated),
    MEMBER(encapsulated),
    MEMBER(header_offset),
    MEMBER(header_length),
    MEMBER(pixel_tag),
    MEMBER(pixel_vr),
    MEMBER(pixel_undefined),
    MEMBER(pixel_offset),
    MEMBER(pixel_value_offset),
    MEMBER(pixel_value_length),
    MEMBER(pixel_end),
    MEMBER(trailer_offset),
    MEMBER(trailer_length),
    MEMBER(padding_length),
    MEMBER(stray_length),
    MEMBER(end),
    MEMBER(meta_elements),
    MEMBER(elements),
    MEMBER(depth),
    MEMBER(unsorted),
};
#define MEMBERS (sizeof members / sizeof members[0])
_Static_assert(MEMBERS * 10 + sizeof((struct walker_layout *)NULL)->transfer_syntax <= LAYOUT_PACK_BYTES,
               "room for any layout");

/* Of little-endian machines and others: by the member's size. */
static uint64_t number_at(const void *at, size_t size)
{
    uint8_t one = 0;
    uint16_t two = 0;
    uint32_t four = 0;
    uint64_t eight = 0;
    switch (size) {
    case sizeof one:
        memcpy(&one, at, size);
        return one;
    case sizeof two:
        memcpy(&two, at, size);
        return two;
    case sizeof four:
        memcpy(&four, at, size);
        return four;
    default:
        memcpy(&eight, at, sizeof eight);
        return eight;
    }
}

static void put_number(void *at, size_t size, uint64_t number)
{
    const uint8_t one = (uint8_t)number;
    const uint16_t two = (uint16_t)number;
    const uint32_t four = (uint32_t)number;
    const void *from = size == sizeof one    ? (const void *)&one
                       : size == sizeof two  ? (const void *)&two
                       : size == sizeof four ? (const void *)&four
                                             : (const void *)&number;
    memcpy(at, from, size);
}

size_t layout_pack(const struct walker_layout *layout, char ret_bytes[LAYOUT_PACK_BYTES])
{
    size_t used = 0;
    for (size_t i = 0; i < MEMBERS; i++) {
        uint64_t number = number_at((const char *)layout + members[i].offset, members[i].size);
        for (; number >= 0x80; number >>= 7) {
            ret_bytes[used++] = (char)(uint8_t)(number | 0x80);
        }
        ret_bytes[used++] = (char)number;
    }
    const size_t length = strlen(layout->transfer_syntax) + 1;
    memcpy(ret_bytes + used, layout->transfer_syntax, length);
    return used + length;
}

void layout_unpack(const char *bytes, struct walker_layout *ret_layout)
{
    struct walker_layout layout = {0};
    for (size_t i = 0; i < MEMBERS; i++) {
        uint64_t number = 0;
        unsigned shift = 0;
        for (; ((uint8_t)*bytes & 0x80U) != 0; shift += 7) {
            number |= (uint64_t)((uint8_t)*bytes++ & 0x7FU) << shift;
        }
        number |= (uint64_t)(uint8_t)*bytes++ << shift;
        put_number((char *)&layout + members[i].offset, members[i].size, number);
    }
    memcpy(layout.transfer_syntax, bytes, strlen(bytes) + 1);
    *ret_layout = layout;
}
