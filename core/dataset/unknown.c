/* unknown.c: elements with VR UN of a defined length that the dictionary knows (PS3.5 6.2.2). The bytes of
 * such a value are implicit VR little endian, whatever the transfer syntax. */
#include "elements.h"

static int decode_level(struct dcmchain_item *item, unsigned depth, uint64_t *elements);

static int decode(struct dcmchain_element *element, unsigned depth, uint64_t *elements)
{
    const uint16_t vr = parse_implicit_vr(element->item, element->tag);
    const size_t number = value_number_size(vr);
    const size_t unit = number != 0 ? number : value_word_size(vr);
    if (vr == DCMCHAIN_VR_UN || (unit != 0 && element->length % unit != 0)) {
        return DCMCHAIN_OK;
    }
    if (vr != DCMCHAIN_VR_SQ) {
        element->vr = vr;
        return DCMCHAIN_OK;
    }
    const struct dcmchain_element before = *element;
    element->vr = DCMCHAIN_VR_SQ;
    elements_clear(element);
    int result = parse_unknown_sequence(element, before.of.bytes, before.length, depth, elements);
    if (result == DCMCHAIN_E_INVALID) {
        *element = before;
        result = DCMCHAIN_OK;
    }
    return result;
}

static int decode_items(const struct dcmchain_element *sequence, unsigned depth, uint64_t *elements)
{
    int result = DCMCHAIN_OK;
    for (uint32_t i = 0; i < sequence->length && result == DCMCHAIN_OK; i++) {
        result = decode_level(sequence->of.items[i], depth + 1, elements);
    }
    return result;
}

static int decode_level(struct dcmchain_item *item, unsigned depth, uint64_t *elements)
{
    int result = DCMCHAIN_OK;
    for (size_t i = 0; i < item->count && result == DCMCHAIN_OK; i++) {
        struct dcmchain_element *element = item->elements[i];
        if (element->vr == DCMCHAIN_VR_UN && element->kind == ELEMENT_VALUE) {
            result = decode(element, depth, elements);
        }
        if (result == DCMCHAIN_OK && element->kind == ELEMENT_SEQUENCE) {
            result = decode_items(element, depth, elements);
        }
    }
    return result;
}

int unknown_decode(struct dcmchain_item *item)
{
    uint64_t elements = 0;
    return decode_level(item, 0, &elements);
}
