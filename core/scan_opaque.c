/* scan_opaque.c: see scan_opaque.h. A machine that is pushed: of a value it keeps no more than one of its
 * elements, so that its memory does not depend on what it reads. */
#include "scan_opaque.h"

#include <stdlib.h>
#include <string.h>

#define TAG_ITEM 0xFFFEE000U
#define TAG_ITEM_END 0xFFFEE00DU
#define TAG_SEQUENCE_END 0xFFFEE0DDU
#define TAG_PIXEL_DATA 0x7FE00010U
#define HEAD_BYTES 8U

/* What is open: sequences and items, by turns. */
struct frame {
    bool item;
    bool undefined;  /* until its delimiter */
    bool fragments;  /* a sequence of encapsulated pixels, whose items hold no elements */
    uint64_t end;    /* where it, or what it is in, ends */
    uint32_t tag;    /* of a sequence */
    uint32_t count;  /* of its items */
    uint32_t before; /* of an item: the tag before */
};

enum state { STATE_HEAD, STATE_PEEK, STATE_VALUE, STATE_ENOUGH };

struct scan_opaque {
    const struct walker_visitor *visitor;
    enum state state;
    uint64_t value_offset; /* of the whole value, in the set */
    uint64_t at;           /* in it */
    uint8_t head[HEAD_BYTES];
    size_t have; /* bytes of head */
    struct frame frames[2U * LIMIT_DEPTH + 2U];
    size_t frame_count;
    struct dcmchain_step steps[LIMIT_DEPTH + 1U];
    uint32_t depth;             /* of the elements of the open item */
    struct walker_element open; /* whose value is being read */
    bool hidden;                /* it is a fragment: nothing is shown */
    uint32_t taken;             /* bytes of its value */
    uint8_t value[LIMIT_WALKER_VALUE_BYTES];
};

int scan_opaque_open(struct scan_opaque **ret_opaque)
{
    struct scan_opaque *opaque = calloc(1, sizeof *opaque);
    if (opaque == NULL) {
        return DCMCHAIN_E_MEMORY;
    }
    *ret_opaque = opaque;
    return DCMCHAIN_OK;
}

void scan_opaque_free(struct scan_opaque *opaque)
{
    free(opaque);
}

static struct frame *top(struct scan_opaque *opaque)
{
    return &opaque->frames[opaque->frame_count - 1];
}

static int enough(struct scan_opaque *opaque)
{
    opaque->state = STATE_ENOUGH;
    return DCMCHAIN_OK;
}

static void pop(struct scan_opaque *opaque)
{
    opaque->depth -= top(opaque)->item ? 1U : 0U;
    opaque->frame_count--;
}

/* After a head or a value: what ends here is closed. */
static void go_on(struct scan_opaque *opaque)
{
    while (opaque->frame_count > 0 && !top(opaque)->undefined && opaque->at == top(opaque)->end) {
        pop(opaque);
    }
    opaque->have = 0;
    opaque->state = opaque->frame_count == 0 ? STATE_ENOUGH : STATE_HEAD;
}

static int push_sequence(struct scan_opaque *opaque, uint32_t tag, uint32_t length)
{
    if (opaque->depth == LIMIT_DEPTH) {
        return enough(opaque);
    }
    const bool undefined = length == WALKER_UNDEFINED;
    const uint64_t end = undefined ? top(opaque)->end : opaque->at + length;
    opaque->frames[opaque->frame_count++] = (struct frame){
        .undefined = undefined, .fragments = undefined && tag == TAG_PIXEL_DATA, .end = end, .tag = tag};
    go_on(opaque);
    return DCMCHAIN_OK;
}

static int push_item(struct scan_opaque *opaque, uint32_t length)
{
    struct frame *sequence = top(opaque);
    const bool undefined = length == WALKER_UNDEFINED;
    if (sequence->fragments) {
        opaque->open = (struct walker_element){.length = length};
        opaque->hidden = true;
        opaque->taken = 0;
        opaque->state = STATE_VALUE;
        if (undefined) {
            return enough(opaque);
        }
        if (length == 0) {
            go_on(opaque);
        }
        return DCMCHAIN_OK;
    }
    opaque->steps[opaque->depth] = (struct dcmchain_step){sequence->tag, sequence->count++};
    opaque->frames[opaque->frame_count++] = (struct frame){
        .item = true, .undefined = undefined, .end = undefined ? sequence->end : opaque->at + length};
    const int result = opaque->visitor->item_start(opaque->visitor->closure, ++opaque->depth);
    go_on(opaque);
    return result;
}

static int show(struct scan_opaque *opaque, const uint8_t *value)
{
    opaque->open.value = value;
    return opaque->visitor->element(opaque->visitor->closure, &opaque->open);
}

static int begin_element(struct scan_opaque *opaque, uint32_t tag, uint32_t length)
{
    const uint16_t known = dcmchain_tag_vr(tag);
    const bool sequence = known == DCMCHAIN_VR_SQ || length == WALKER_UNDEFINED;
    const uint16_t vr = sequence ? DCMCHAIN_VR_SQ : known == 0 ? DCMCHAIN_VR_UN : known;
    opaque->open = (struct walker_element){.tag = tag,
                                           .vr = vr,
                                           .length = length,
                                           .value_offset = opaque->value_offset,
                                           .steps = opaque->steps,
                                           .depth = opaque->depth};
    opaque->hidden = false;
    opaque->taken = 0;
    if (sequence || length == 0) {
        const int result = show(opaque, sequence ? NULL : opaque->value);
        if (result == DCMCHAIN_OK && sequence) {
            return push_sequence(opaque, tag, length);
        }
        go_on(opaque);
        return result;
    }
    opaque->have = 0;
    opaque->state =
        (vr == DCMCHAIN_VR_UN || vr == DCMCHAIN_VR_OB) && length >= HEAD_BYTES ? STATE_PEEK : STATE_VALUE;
    return DCMCHAIN_OK;
}

static uint32_t number_at(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint32_t head_tag(const struct scan_opaque *opaque)
{
    return number_at(opaque->head) << 16 | number_at(opaque->head) >> 16;
}

static int take_head(struct scan_opaque *opaque)
{
    struct frame *frame = top(opaque);
    const uint32_t tag = head_tag(opaque);
    uint32_t length = number_at(opaque->head + 4);
    if (frame->undefined && tag == (frame->item ? TAG_ITEM_END : TAG_SEQUENCE_END) && length == 0) {
        pop(opaque);
        go_on(opaque);
        return DCMCHAIN_OK;
    }
    if (opaque->at > frame->end) {
        return enough(opaque);
    }
    if (length != WALKER_UNDEFINED && length > frame->end - opaque->at) {
        length = (uint32_t)(frame->end - opaque->at); /* cut off: what is there is read */
    }
    if (!frame->item) {
        return tag == TAG_ITEM ? push_item(opaque, length) : enough(opaque);
    }
    if (tag <= frame->before || DCMCHAIN_TAG_GROUP(tag) < 8 || DCMCHAIN_TAG_GROUP(tag) >= 0xFFFE) {
        return enough(opaque);
    }
    frame->before = tag;
    return begin_element(opaque, tag, length);
}

/* The value of the open element begins with head: items, or the first bytes of other ones. */
static int take_peek(struct scan_opaque *opaque)
{
    if (head_tag(opaque) == TAG_ITEM && opaque->depth < LIMIT_DEPTH) {
        opaque->at -= HEAD_BYTES;
        const int result = push_sequence(opaque, opaque->open.tag, opaque->open.length);
        opaque->at += HEAD_BYTES;
        return result != DCMCHAIN_OK ? result : take_head(opaque);
    }
    memcpy(opaque->value, opaque->head, HEAD_BYTES);
    opaque->taken = HEAD_BYTES;
    opaque->state = STATE_VALUE;
    return DCMCHAIN_OK;
}

/* The end of the open element's value, or of a fragment. */
static int end_value(struct scan_opaque *opaque)
{
    const bool kept = opaque->open.length <= sizeof opaque->value;
    const int result = opaque->hidden ? DCMCHAIN_OK : show(opaque, kept ? opaque->value : NULL);
    go_on(opaque);
    return result;
}

static size_t take_value(struct scan_opaque *opaque, const uint8_t *bytes, size_t length)
{
    const uint32_t left = opaque->open.length - opaque->taken;
    const size_t taken = length < left ? length : left;
    if (!opaque->hidden && opaque->open.length <= sizeof opaque->value) {
        memcpy(opaque->value + opaque->taken, bytes, taken);
    }
    opaque->taken += (uint32_t)taken;
    return taken;
}

void scan_opaque_begin(struct scan_opaque *opaque, const struct walker_element *element,
                       const struct walker_visitor *visitor)
{
    opaque->visitor = visitor;
    opaque->value_offset = element->value_offset;
    opaque->at = 0;
    opaque->have = 0;
    opaque->depth = element->depth;
    if (element->depth > 0) {
        memcpy(opaque->steps, element->steps, element->depth * sizeof *opaque->steps);
    }
    opaque->frames[0] = (struct frame){.end = element->length, .tag = element->tag};
    opaque->frame_count = 1;
    opaque->state = element->in_meta || element->length < HEAD_BYTES || element->depth == LIMIT_DEPTH
                        ? STATE_ENOUGH
                        : STATE_HEAD;
}

int scan_opaque_feed(struct scan_opaque *opaque, const uint8_t *bytes, size_t length)
{
    int result = DCMCHAIN_OK;
    while (result == DCMCHAIN_OK && length > 0 && opaque->state != STATE_ENOUGH) {
        size_t taken = 0;
        if (opaque->state == STATE_VALUE) {
            taken = take_value(opaque, bytes, length);
            opaque->at += taken;
            result = opaque->taken == opaque->open.length ? end_value(opaque) : DCMCHAIN_OK;
        } else {
            taken = HEAD_BYTES - opaque->have < length ? HEAD_BYTES - opaque->have : length;
            memcpy(opaque->head + opaque->have, bytes, taken);
            opaque->have += taken;
            opaque->at += taken;
            if (opaque->have == HEAD_BYTES) {
                result = opaque->state == STATE_PEEK ? take_peek(opaque) : take_head(opaque);
            }
        }
        bytes += taken;
        length -= taken;
    }
    return result == DCMCHAIN_OK && opaque->state == STATE_ENOUGH ? WALKER_ENOUGH : result;
}
