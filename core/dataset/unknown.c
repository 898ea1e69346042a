/* unknown.c: elements with VR UN of a defined length (PS3.5 6.2.2): those that the dictionary knows, and
 * those of which a caller knows more. The bytes of such a value are implicit VR little endian, whatever the
 * transfer syntax. */
#include "elements.h"

static int decode_level(struct dcmchain_item *item, unsigned depth, uint64_t *elements);

/* All or nothing: what is not decoded is as it was. */
static int decode_sequence(struct dcmchain_element *element, unsigned depth, uint64_t *elements)
{
    const struct dcmchain_element before = *element;
    element->vr = DCMCHAIN_VR_SQ;
    elements_clear(element);
    int result = before.length == 0
                     ? DCMCHAIN_OK
                     : parse_unknown_sequence(element, before.of.bytes, before.length, depth, elements);
    if (result != DCMCHAIN_OK) {
        *element = before;
    }
    return result;
}

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
    int result = decode_sequence(element, depth, elements);
    return result == DCMCHAIN_E_INVALID ? DCMCHAIN_OK : result;
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
    return decode_level(item, 0, &item->dataset->decoded);
}

static unsigned depth_of(const struct dcmchain_item *item)
{
    unsigned depth = 0;
    for (; item->sequence != NULL; item = item->sequence->item) {
        depth++;
    }
    return depth;
}

/* Group lengths hold none, as a reader has it, nor does the file meta information (PS3.10 7.1). */
static bool may_hold_items(const struct dcmchain_element *element)
{
    return DCMCHAIN_TAG_ELEMENT(element->tag) != 0 && element->item != &element->item->dataset->meta;
}

int dcmchain_element_decode_items(dcmchain_element *element)
{
    if (element == NULL || element->kind == ELEMENT_REMOVED) {
        return DCMCHAIN_E_ABSENT;
    }
    if (element->kind != ELEMENT_VALUE || (element->vr != DCMCHAIN_VR_UN && element->vr != DCMCHAIN_VR_OB)) {
        return DCMCHAIN_E_TYPE;
    }
    if (!may_hold_items(element)) {
        return DCMCHAIN_E_INVALID;
    }
    return elements_told(element->item,
                         decode_sequence(element, depth_of(element->item), &element->item->dataset->decoded));
}
