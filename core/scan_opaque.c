/* scan_opaque.c: see scan_opaque.h. It goes over the bytes twice: first to see whether they are items to the
 * last byte, then to show them. Its recursion is bounded by LIMIT_DEPTH. */
#include "scan_opaque.h"

#include <string.h>

#define TAG_ITEM 0xFFFEE000U
#define TAG_ITEM_END 0xFFFEE00DU
#define TAG_SEQUENCE_END 0xFFFEE0DDU
#define HEAD_BYTES 8U

struct opaque {
    const struct walker_element *element;
    const struct walker_visitor *visitor; /* NULL: the bytes are only judged */
    const uint8_t *at;
    struct dcmchain_step steps[LIMIT_DEPTH + 1];
};

static uint32_t number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Tag and length, moved over; false: there is no room for them, or for what they announce. */
static bool read_head(struct opaque *opaque, const uint8_t *end, uint32_t *ret_tag, uint32_t *ret_length)
{
    if ((size_t)(end - opaque->at) < HEAD_BYTES) {
        return false;
    }
    *ret_tag = number_at(opaque->at) << 16 | number_at(opaque->at) >> 16;
    *ret_length = number_at(opaque->at + 4);
    opaque->at += HEAD_BYTES;
    return *ret_length == WALKER_UNDEFINED || *ret_length <= (size_t)(end - opaque->at);
}

static int read_items(struct opaque *opaque, const uint8_t *end, bool undefined, uint32_t tag,
                      uint32_t depth);

static int show(struct opaque *opaque, uint32_t tag, uint16_t vr, uint32_t length, uint32_t depth)
{
    const struct walker_element shown = {.tag = tag,
                                         .vr = vr,
                                         .length = length,
                                         .value_offset = opaque->element->value_offset,
                                         .value = vr == DCMCHAIN_VR_SQ ? NULL : opaque->at,
                                         .steps = opaque->steps,
                                         .depth = depth};
    return opaque->visitor == NULL ? DCMCHAIN_OK : opaque->visitor->element(opaque->visitor->closure, &shown);
}

/* The elements of one item; DCMCHAIN_E_INVALID: they are none. */
static int read_elements(struct opaque *opaque, const uint8_t *end, bool undefined, uint32_t depth)
{
    uint32_t before = 0;
    while (undefined || opaque->at < end) {
        uint32_t tag = 0;
        uint32_t length = 0;
        if (!read_head(opaque, end, &tag, &length)) {
            return DCMCHAIN_E_INVALID;
        }
        if (undefined && tag == TAG_ITEM_END && length == 0) {
            return DCMCHAIN_OK;
        }
        if (tag <= before || DCMCHAIN_TAG_GROUP(tag) < 8 || DCMCHAIN_TAG_GROUP(tag) >= 0xFFFE) {
            return DCMCHAIN_E_INVALID;
        }
        before = tag;
        const uint16_t known = dcmchain_tag_vr(tag);
        const bool sequence = known == DCMCHAIN_VR_SQ || length == WALKER_UNDEFINED;
        int result = show(opaque, tag,
                          sequence     ? DCMCHAIN_VR_SQ
                          : known == 0 ? DCMCHAIN_VR_UN
                                       : known,
                          length, depth);
        if (result == DCMCHAIN_OK && sequence) {
            result = read_items(opaque, length == WALKER_UNDEFINED ? end : opaque->at + length,
                                length == WALKER_UNDEFINED, tag, depth + 1);
        } else if (result == DCMCHAIN_OK) {
            opaque->at += length;
        }
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return opaque->at == end ? DCMCHAIN_OK : DCMCHAIN_E_INVALID;
}

static int read_items(struct opaque *opaque, const uint8_t *end, bool undefined, uint32_t tag, uint32_t depth)
{
    if (depth > LIMIT_DEPTH) {
        return DCMCHAIN_E_INVALID;
    }
    opaque->steps[depth - 1] = (struct dcmchain_step){tag, 0};
    for (uint32_t item = 0; undefined || opaque->at < end; item++) {
        uint32_t head = 0;
        uint32_t length = 0;
        if (!read_head(opaque, end, &head, &length)) {
            return DCMCHAIN_E_INVALID;
        }
        if (undefined && head == TAG_SEQUENCE_END && length == 0) {
            return DCMCHAIN_OK;
        }
        if (head != TAG_ITEM) {
            return DCMCHAIN_E_INVALID;
        }
        opaque->steps[depth - 1].item_index = item;
        int result = opaque->visitor == NULL ? DCMCHAIN_OK
                                             : opaque->visitor->item_start(opaque->visitor->closure, depth);
        if (result == DCMCHAIN_OK) {
            result = read_elements(opaque, length == WALKER_UNDEFINED ? end : opaque->at + length,
                                   length == WALKER_UNDEFINED, depth);
        }
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return opaque->at == end ? DCMCHAIN_OK : DCMCHAIN_E_INVALID;
}

int scan_opaque(const struct walker_element *element, const struct walker_visitor *visitor)
{
    static const uint8_t item[] = {0xFE, 0xFF, 0x00, 0xE0};
    if (element->value == NULL || element->length < HEAD_BYTES || element->in_meta ||
        memcmp(element->value, item, sizeof item) != 0) {
        return DCMCHAIN_OK;
    }
    struct opaque opaque = {.element = element};
    const uint8_t *end = element->value + element->length;
    int result = DCMCHAIN_E_INVALID;
    if (element->depth > 0) {
        memcpy(opaque.steps, element->steps, element->depth * sizeof *opaque.steps);
    }
    for (int round = 0; round < 2; round++) {
        opaque.visitor = round == 0 ? NULL : visitor;
        opaque.at = element->value;
        result = read_items(&opaque, end, false, element->tag, element->depth + 1);
        if (result == DCMCHAIN_E_INVALID && round == 0) {
            return DCMCHAIN_OK; /* other bytes */
        }
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}
