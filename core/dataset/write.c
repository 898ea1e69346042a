/* write.c: the elements of an item as bytes (PS3.5 7.1), in one pass over one growing buffer. */
#include <stdlib.h>
#include <string.h>

#include "../walk.h"
#include "elements.h"

#define TAG_ITEM 0xFFFEE000U
#define TAG_SEQUENCE_END 0xFFFEE0DDU
#define MOST_HEAD_BYTES 12U
#define ITEM_HEAD_BYTES 8U

struct writer {
    struct written *to;
    bool explicit_vr;
    bool big_endian;
};

static int put_level(const struct writer *writer, const struct dcmchain_item *item, uint32_t from,
                     uint64_t end, unsigned depth);

int write_reserve(struct written *written, size_t more)
{
    if (more <= written->capacity - written->length) {
        return DCMCHAIN_OK;
    }
    const size_t needed = written->length + more;
    const size_t doubled = 2 * written->capacity;
    uint8_t *bytes = realloc(written->bytes, needed > doubled ? needed : doubled);
    if (bytes == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    written->bytes = bytes;
    written->capacity = needed > doubled ? needed : doubled;
    return DCMCHAIN_OK;
}

int write_bytes(struct written *written, const void *bytes, size_t length)
{
    int result = write_reserve(written, length);
    if (result == DCMCHAIN_OK && length > 0) {
        memcpy(written->bytes + written->length, bytes, length);
        written->length += length;
    }
    return result;
}

/* ---- into room that is there ---- */

static void put16(const struct writer *writer, uint8_t *at, uint32_t number)
{
    at[writer->big_endian ? 1 : 0] = (uint8_t)number;
    at[writer->big_endian ? 0 : 1] = (uint8_t)(number >> 8);
}

static void put32(const struct writer *writer, uint8_t *at, uint32_t number)
{
    put16(writer, at + (writer->big_endian ? 2 : 0), number);
    put16(writer, at + (writer->big_endian ? 0 : 2), number >> 16);
}

static void put_tag(const struct writer *writer, uint8_t *at, uint32_t tag)
{
    put16(writer, at, DCMCHAIN_TAG_GROUP(tag));
    put16(writer, at + 2, DCMCHAIN_TAG_ELEMENT(tag));
}

/* An item, or a delimiter; they have no VR (PS3.5 7.5). */
static int put_item_head(const struct writer *writer, uint32_t tag, uint32_t length)
{
    int result = write_reserve(writer->to, ITEM_HEAD_BYTES);
    if (result == DCMCHAIN_OK) {
        uint8_t *at = writer->to->bytes + writer->to->length;
        put_tag(writer, at, tag);
        put32(writer, at + 4, length);
        writer->to->length += ITEM_HEAD_BYTES;
    }
    return result;
}

/* Tag, VR and length, and room for a value behind them. */
static int put_head(const struct writer *writer, uint32_t tag, uint16_t vr, uint32_t length,
                    size_t value_length)
{
    int result = write_reserve(writer->to, MOST_HEAD_BYTES + value_length);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    uint8_t *at = writer->to->bytes + writer->to->length;
    put_tag(writer, at, tag);
    if (!writer->explicit_vr) {
        put32(writer, at + 4, length);
        writer->to->length += 8;
        return DCMCHAIN_OK;
    }
    at[4] = (uint8_t)(vr >> 8);
    at[5] = (uint8_t)vr;
    if (walk_vr_is_long(vr)) {
        at[6] = 0;
        at[7] = 0;
        put32(writer, at + 8, length);
        writer->to->length += MOST_HEAD_BYTES;
    } else {
        put16(writer, at + 6, length);
        writer->to->length += 8;
    }
    return DCMCHAIN_OK;
}

/* Writes a length that is known only now over the four bytes at `at`. */
static void patch_length(const struct writer *writer, size_t at)
{
    put32(writer, writer->to->bytes + at, (uint32_t)(writer->to->length - at - 4));
}

/* ---- elements ---- */

static int put_value(const struct writer *writer, const struct dcmchain_element *element)
{
    const uint32_t padded = element->length + element->length % 2;
    uint16_t vr = element->vr;
    if (writer->explicit_vr && !walk_vr_is_long(vr) && padded > UINT16_MAX) {
        vr = DCMCHAIN_VR_UN; /* PS3.5 6.2.2 note: what is too long for its VR's 16-bit length */
    }
    if (padded + writer->to->length > LIMIT_HEADER_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    int result = put_head(writer, element->tag, vr, padded, padded);
    if (result != DCMCHAIN_OK || padded == 0) {
        return result;
    }
    uint8_t *value = writer->to->bytes + writer->to->length;
    memcpy(value, element->of.bytes, element->length);
    if (padded > element->length) {
        value[element->length] = value_padding(element->vr);
    }
    if (writer->big_endian) {
        value_swap(value, element->length, value_word_size(vr)); /* as it was read, of an odd length too */
    }
    writer->to->length += padded;
    return DCMCHAIN_OK;
}

/* Offset table and fragments as they are, but of even length (PS3.5 A.4). */
static int put_fragments(const struct writer *writer, const struct dcmchain_element *element)
{
    const uint8_t *at = element->of.bytes;
    const uint8_t *const end = at + element->length;
    if (element->length + writer->to->length > LIMIT_HEADER_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    int result = put_head(writer, element->tag, DCMCHAIN_VR_OB, WALKER_UNDEFINED, element->length);
    while (result == DCMCHAIN_OK && (size_t)(end - at) >= ITEM_HEAD_BYTES) {
        const uint32_t length = (uint32_t)at[7] << 24 | (uint32_t)at[6] << 16 | (uint32_t)at[5] << 8 | at[4];
        result = put_item_head(writer, TAG_ITEM, length + length % 2);
        if (result == DCMCHAIN_OK) {
            result = write_bytes(writer->to, at + ITEM_HEAD_BYTES, length);
        }
        if (result == DCMCHAIN_OK) {
            result = write_bytes(writer->to, "", length % 2);
        }
        at += ITEM_HEAD_BYTES + length;
    }
    return result == DCMCHAIN_OK ? put_item_head(writer, TAG_SEQUENCE_END, 0) : result;
}

/* In implicit VR only the undefined length tells that an element which no dictionary has is a sequence. */
static bool needs_undefined_length(const struct writer *writer, uint32_t tag)
{
    return !writer->explicit_vr && (DCMCHAIN_TAG_IS_PRIVATE(tag) || dcmchain_tag_vr(tag) != DCMCHAIN_VR_SQ);
}

static int put_items(const struct writer *writer, const struct dcmchain_element *sequence, unsigned depth)
{
    int result = DCMCHAIN_OK;
    for (uint32_t i = 0; i < sequence->length && result == DCMCHAIN_OK; i++) {
        result = put_item_head(writer, TAG_ITEM, 0);
        const size_t length_at = writer->to->length - 4;
        if (result == DCMCHAIN_OK) {
            result = put_level(writer, sequence->of.items[i], 0, 1ULL << 32, depth + 1);
        }
        if (result == DCMCHAIN_OK) {
            patch_length(writer, length_at);
        }
    }
    return result;
}

static int put_sequence(const struct writer *writer, const struct dcmchain_element *sequence, unsigned depth)
{
    const bool undefined = sequence->length > 0 && needs_undefined_length(writer, sequence->tag);
    int result = put_head(writer, sequence->tag, DCMCHAIN_VR_SQ, undefined ? WALKER_UNDEFINED : 0, 0);
    const size_t length_at = writer->to->length - 4;
    if (result == DCMCHAIN_OK) {
        result = put_items(writer, sequence, depth);
    }
    if (result == DCMCHAIN_OK && undefined) {
        result = put_item_head(writer, TAG_SEQUENCE_END, 0);
    } else if (result == DCMCHAIN_OK) {
        patch_length(writer, length_at);
    }
    return result;
}

static int put_element(const struct writer *writer, const struct dcmchain_element *element, unsigned depth)
{
    switch (element->kind) {
    case ELEMENT_SEQUENCE:
        return put_sequence(writer, element, depth);
    case ELEMENT_FRAGMENTS:
        return put_fragments(writer, element);
    case ELEMENT_VALUE:
        return put_value(writer, element);
    default:
        return DCMCHAIN_OK;
    }
}

static int put_level(const struct writer *writer, const struct dcmchain_item *item, uint32_t from,
                     uint64_t end, unsigned depth)
{
    int result = depth > DCMCHAIN_MAX_DEPTH ? DCMCHAIN_E_RANGE : DCMCHAIN_OK;
    for (size_t i = 0; i < item->count && result == DCMCHAIN_OK; i++) {
        const struct dcmchain_element *element = item->elements[i];
        if (element->tag < from || element->tag >= end || DCMCHAIN_TAG_ELEMENT(element->tag) == 0) {
            continue; /* group lengths are retired, and wrong once anything changed */
        }
        result =
            writer->to->length > LIMIT_HEADER_BYTES ? DCMCHAIN_E_RANGE : put_element(writer, element, depth);
    }
    return result;
}

int write_elements(const struct dcmchain_item *item, bool explicit_vr, bool big_endian, uint32_t from,
                   uint64_t to, struct written *written)
{
    const struct writer writer = {written, explicit_vr, big_endian};
    int result = put_level(&writer, item, from, to, 0);
    return result == DCMCHAIN_OK && written->length > LIMIT_HEADER_BYTES ? DCMCHAIN_E_RANGE : result;
}
