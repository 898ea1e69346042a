/* parse.c: from the walked bytes of a file to the elements of a data set. It is a second reader beside the
 * structure walker, written apart from it: what it makes of the bytes must be what the walker counted. */
#include "elements.h"

#include <stdio.h>
#include <string.h>

#include "../walk.h"
#include "dictionary.h"

#define TAG_ITEM 0xFFFEE000U
#define TAG_ITEM_END 0xFFFEE00DU
#define TAG_SEQUENCE_END 0xFFFEE0DDU
#define DELIMITER_GROUP 0xFFFEU
#define TAG_PIXEL_DATA 0x7FE00010U
#define TAG_PIXEL_REPRESENTATION 0x00280103U
#define TAG_LUT_DESCRIPTOR 0x00283002U
#define USUAL_BYTES_PER_ELEMENT 64U /* of the arena */

struct reader {
    uint8_t *at;
    uint8_t *end; /* nothing is read from here on */
    bool explicit_vr;
    bool big_endian;
    bool encapsulated; /* by the transfer syntax: there may be fragments */
    uint64_t elements; /* met at all depths */
    uint64_t items;
};

static int read_items(struct reader *reader, struct dcmchain_element *sequence, uint32_t length,
                      unsigned depth);

static uint32_t read16(const struct reader *reader, const uint8_t *at)
{
    return reader->big_endian ? (uint32_t)at[0] << 8 | at[1] : (uint32_t)at[1] << 8 | at[0];
}

static uint32_t read32(const struct reader *reader, const uint8_t *at)
{
    return reader->big_endian ? read16(reader, at) << 16 | read16(reader, at + 2)
                              : read16(reader, at + 2) << 16 | read16(reader, at);
}

static uint32_t read_tag(const struct reader *reader, const uint8_t *at)
{
    return read16(reader, at) << 16 | read16(reader, at + 2);
}

static size_t left(const struct reader *reader)
{
    return (size_t)(reader->end - reader->at);
}

/* A head without a VR: of an item or a delimiter (PS3.5 7.5). */
static int read_item_head(struct reader *reader, uint32_t *ret_tag, uint32_t *ret_length)
{
    if (left(reader) < 8) {
        return DCMCHAIN_E_INVALID;
    }
    *ret_tag = read_tag(reader, reader->at);
    *ret_length = read32(reader, reader->at + 4);
    reader->at += 8;
    return DCMCHAIN_OK;
}

/* "US or SS" is SS where pixels are signed (PS3.3 C.7.6.3.1.1): as the item says, or one around it. What a
 * look-up table begins with is unsigned (C.11.1.1.1). */
uint16_t parse_implicit_vr(const struct dcmchain_item *item, uint32_t tag)
{
    if (!dictionary_is_us_or_ss(tag) || tag == TAG_LUT_DESCRIPTOR) {
        return walk_implicit_vr(tag);
    }
    while (item != NULL) {
        const struct dcmchain_element *element = dcmchain_item_find(item, TAG_PIXEL_REPRESENTATION);
        if (element != NULL && element->kind == ELEMENT_VALUE && element->length >= 2) {
            return element->of.bytes[0] == 1 ? DCMCHAIN_VR_SS : DCMCHAIN_VR_US;
        }
        item = item->sequence == NULL ? NULL : item->sequence->item;
    }
    return DCMCHAIN_VR_US;
}

/* Tag, VR and length of an element of an item; reader->at is its value then. */
static int read_head(struct reader *reader, const struct dcmchain_item *item, uint32_t *ret_tag,
                     uint16_t *ret_vr, uint32_t *ret_length)
{
    const uint8_t *at = reader->at;
    if (left(reader) < 8) {
        return DCMCHAIN_E_INVALID;
    }
    *ret_tag = read_tag(reader, at);
    reader->at += 8;
    if (!reader->explicit_vr) {
        *ret_vr = parse_implicit_vr(item, *ret_tag);
        *ret_length = read32(reader, at + 4);
        return DCMCHAIN_OK;
    }
    *ret_vr = DCMCHAIN_VR(at[4], at[5]);
    *ret_length = read16(reader, at + 6);
    if (walk_vr_is_long(*ret_vr)) {
        if (left(reader) < 4) {
            return DCMCHAIN_E_INVALID;
        }
        *ret_length = read32(reader, reader->at);
        reader->at += 4;
    }
    return walk_vr_is_known(*ret_vr) ? DCMCHAIN_OK : DCMCHAIN_E_INVALID;
}

static int read_value(struct reader *reader, struct dcmchain_element *element, uint32_t length)
{
    if (length > left(reader)) {
        return DCMCHAIN_E_INVALID;
    }
    element->of.bytes = reader->at;
    element->length = length;
    reader->at += length;
    if (reader->big_endian) {
        value_swap(element->of.bytes, length, value_word_size(element->vr));
    }
    return DCMCHAIN_OK;
}

/* Encapsulated Pixel Data of an icon image, up to its delimiter (PS3.5 A.4). */
static int read_fragments(struct reader *reader, struct dcmchain_element *element)
{
    uint8_t *start = reader->at;
    element->kind = ELEMENT_FRAGMENTS;
    element->of.bytes = start;
    for (;;) {
        uint32_t tag = 0;
        uint32_t length = 0;
        int result = read_item_head(reader, &tag, &length);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (tag == TAG_SEQUENCE_END) {
            element->length = (uint32_t)(reader->at - 8 - start);
            return length == 0 ? DCMCHAIN_OK : DCMCHAIN_E_INVALID;
        }
        if (tag != TAG_ITEM || length > left(reader)) {
            return DCMCHAIN_E_INVALID;
        }
        reader->at += length;
    }
}

static int read_undefined(struct reader *reader, struct dcmchain_element *element, unsigned depth)
{
    if (element->vr == DCMCHAIN_VR_SQ) {
        return read_items(reader, element, WALKER_UNDEFINED, depth);
    }
    if (element->vr != DCMCHAIN_VR_UN) {
        return element->tag == TAG_PIXEL_DATA && reader->encapsulated ? read_fragments(reader, element)
                                                                      : DCMCHAIN_E_INVALID;
    }
    const bool explicit_vr = reader->explicit_vr;
    const bool big_endian = reader->big_endian;
    element->vr = DCMCHAIN_VR_SQ; /* PS3.5 6.2.2: a sequence, in implicit VR little endian */
    element->kind = ELEMENT_SEQUENCE;
    reader->explicit_vr = false;
    reader->big_endian = false;
    int result = read_items(reader, element, WALKER_UNDEFINED, depth);
    reader->explicit_vr = explicit_vr;
    reader->big_endian = big_endian;
    return result;
}

/* What the walker refuses too, but where it did not come: delimiters in an element's place, and group lengths
 * that hold items. */
static bool is_misplaced(uint32_t tag, uint16_t vr, uint32_t length)
{
    return DCMCHAIN_TAG_GROUP(tag) == DELIMITER_GROUP ||
           (DCMCHAIN_TAG_ELEMENT(tag) == 0 && (vr == DCMCHAIN_VR_SQ || length == WALKER_UNDEFINED));
}

static int read_element(struct reader *reader, struct dcmchain_item *item, unsigned depth)
{
    uint32_t tag = 0;
    uint16_t vr = 0;
    uint32_t length = 0;
    struct dcmchain_element *element = NULL;

    int result = read_head(reader, item, &tag, &vr, &length);
    if (result == DCMCHAIN_OK && is_misplaced(tag, vr, length)) {
        result = DCMCHAIN_E_INVALID;
    }
    if (result == DCMCHAIN_OK && ++reader->elements + reader->items > LIMIT_ELEMENTS) {
        result = DCMCHAIN_E_RANGE;
    }
    if (result == DCMCHAIN_OK) {
        result = elements_append(item, tag, vr, &element);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (length == WALKER_UNDEFINED) {
        return read_undefined(reader, element, depth);
    }
    return vr == DCMCHAIN_VR_SQ ? read_items(reader, element, length, depth)
                                : read_value(reader, element, length);
}

/* The elements of an item, to its end, or to its delimiter where its length is undefined. */
static int read_elements(struct reader *reader, struct dcmchain_item *item, uint32_t length, unsigned depth)
{
    uint8_t *const outer = reader->end;
    const bool open = length == WALKER_UNDEFINED;
    int result = !open && length > left(reader) ? DCMCHAIN_E_INVALID : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && !open) {
        reader->end = reader->at + length;
    }
    while (result == DCMCHAIN_OK && (open || reader->at < reader->end)) {
        if (open && left(reader) >= 8 && read_tag(reader, reader->at) == TAG_ITEM_END) {
            result = read32(reader, reader->at + 4) == 0 ? DCMCHAIN_OK : DCMCHAIN_E_INVALID;
            reader->at += 8;
            break;
        }
        result = read_element(reader, item, depth);
    }
    reader->end = outer;
    return result == DCMCHAIN_OK ? elements_sort(item) : result;
}

static int read_items(struct reader *reader, struct dcmchain_element *sequence, uint32_t length,
                      unsigned depth)
{
    uint8_t *const outer = reader->end;
    const bool open = length == WALKER_UNDEFINED;
    if (depth >= DCMCHAIN_MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    int result = !open && length > left(reader) ? DCMCHAIN_E_INVALID : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && !open) {
        reader->end = reader->at + length;
    }
    while (result == DCMCHAIN_OK && (open || reader->at < reader->end)) {
        struct dcmchain_item *item = NULL;
        uint32_t tag = 0;
        uint32_t item_length = 0;
        result = read_item_head(reader, &tag, &item_length);
        if (result != DCMCHAIN_OK || tag != TAG_ITEM) {
            const bool closed = result == DCMCHAIN_OK && open && tag == TAG_SEQUENCE_END && item_length == 0;
            result = closed ? DCMCHAIN_OK : DCMCHAIN_E_INVALID;
            break;
        }
        result = ++reader->items + reader->elements > LIMIT_ELEMENTS ? DCMCHAIN_E_RANGE
                                                                     : elements_add_item(sequence, &item);
        if (result == DCMCHAIN_OK) {
            result = read_elements(reader, item, item_length, depth + 1);
        }
    }
    reader->end = outer;
    return result;
}

int parse_unknown_sequence(struct dcmchain_element *sequence, uint8_t *bytes, size_t length, unsigned depth,
                           uint64_t *elements)
{
    struct reader reader = {.at = bytes, .end = bytes + length, .elements = *elements};
    int result = read_items(&reader, sequence, (uint32_t)length, depth);
    *elements = reader.elements + reader.items;
    return result;
}

/* ---- a whole data set ---- */

static int fail(char *ret_problem, size_t problem_size, int result, const char *text)
{
    (void)snprintf(ret_problem, problem_size, "%s", result == DCMCHAIN_E_MEMORY ? "out of memory" : text);
    return result;
}

/* Reads an item of exactly the reader's bytes, and as many elements at all depths as the walker met. */
static int read_whole(struct reader *reader, struct dcmchain_item *item, uint64_t expected)
{
    const size_t length = left(reader);
    int result = length > LIMIT_HEADER_BYTES ? DCMCHAIN_E_RANGE : DCMCHAIN_OK;
    if (result == DCMCHAIN_OK && length > 0) {
        result = elements_reserve(item, expected + 8); /* some are added to most */
    }
    if (result == DCMCHAIN_OK) {
        result = read_elements(reader, item, (uint32_t)length, 0);
    }
    return result == DCMCHAIN_OK && (reader->at != reader->end || reader->elements != expected)
               ? DCMCHAIN_E_INVALID
               : result;
}

static int parse(struct dcmchain_dataset *dataset, const struct walker_layout *layout, const void *meta,
                 const void *header, const void *trailer, char *ret_problem, size_t problem_size)
{
    const size_t length = layout->header_length + layout->trailer_length;
    arena_expect(&dataset->arena,
                 layout->meta_length + length +
                     (layout->meta_elements + layout->elements + 8) * USUAL_BYTES_PER_ELEMENT);
    uint8_t *bytes = arena_take(&dataset->arena, layout->meta_length + length);
    if (bytes == NULL) {
        return fail(ret_problem, problem_size, DCMCHAIN_E_MEMORY, "");
    }
    uint8_t *set = bytes + layout->meta_length;
    if (layout->meta_length > 0) {
        memcpy(bytes, meta, layout->meta_length);
    }
    if (layout->header_length > 0) {
        memcpy(set, header, layout->header_length);
    }
    if (layout->trailer_length > 0) {
        memcpy(set + layout->header_length, trailer, layout->trailer_length);
    }
    struct reader meta_reader = {.at = bytes, .end = set, .explicit_vr = true};
    int result = read_whole(&meta_reader, &dataset->meta, layout->meta_elements);
    if (result != DCMCHAIN_OK) {
        return fail(ret_problem, problem_size, result,
                    "the parser and the structure walker do not agree on the file meta information");
    }
    dataset->explicit_vr = layout->explicit_vr || layout->deflated;
    dataset->big_endian = layout->big_endian;
    dataset->header_length = layout->header_length;
    struct reader reader = {.at = set,
                            .end = set + length,
                            .explicit_vr = dataset->explicit_vr,
                            .big_endian = dataset->big_endian,
                            .encapsulated = layout->encapsulated};
    result = read_whole(&reader, &dataset->root, layout->elements);
    if (result != DCMCHAIN_OK) {
        return fail(ret_problem, problem_size, result,
                    "the parser and the structure walker do not agree on the elements of the data set");
    }
    result = unknown_decode(&dataset->root);
    return result == DCMCHAIN_OK ? result
                                 : fail(ret_problem, problem_size, result,
                                        "sequences of unknown VR are nested or filled beyond the limits");
}

static void take_pixel(const struct walker_layout *layout, struct dcmchain_pixel_info *ret_pixel)
{
    *ret_pixel = (struct dcmchain_pixel_info){
        .tag = layout->pixel_tag,
        .vr = layout->pixel_vr,
        .encapsulated = layout->pixel_undefined ? 1 : 0,
        .length_bytes = layout->pixel_value_length,
    };
}

int dataset_parse(const struct walker_layout *layout, const uint8_t *preamble, const void *meta,
                  const void *header, const void *trailer, dcmchain_dataset **ret_dataset, char *ret_problem,
                  size_t problem_size)
{
    struct dcmchain_dataset *dataset = dataset_make();
    if (dataset == NULL) {
        return fail(ret_problem, problem_size, DCMCHAIN_E_MEMORY, "");
    }
    int result = parse(dataset, layout, meta, header, trailer, ret_problem, problem_size);
    if (result != DCMCHAIN_OK) {
        dcmchain_dataset_free(dataset);
        return result;
    }
    if (preamble != NULL) {
        memcpy(dataset->preamble, preamble, sizeof dataset->preamble);
    }
    (void)snprintf(dataset->transfer_syntax, sizeof dataset->transfer_syntax, "%s", layout->transfer_syntax);
    take_pixel(layout, &dataset->pixel);
    *ret_dataset = dataset;
    return DCMCHAIN_OK;
}
