/* write.cc: see write.h. DCMTK's own writer is not used: it miscounts values of odd length, and gives up on
 * values that are longer than their VR can say. */
#include "write.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>

#include "../walk.h"

namespace {

const uint32_t tag_item = 0xFFFEE000U;
const uint32_t tag_sequence_end = 0xFFFEE0DDU;

struct writer {
    std::vector<char> &bytes;
    std::vector<char> &scratch; /* one value at a time */
    bool explicit_vr;
    bool big_endian;
};

void put(const writer &to, uint32_t number, unsigned size)
{
    size_t at = to.bytes.size();
    to.bytes.resize(at + size);
    for (unsigned i = 0; i < size; i++) {
        to.bytes[at + i] = static_cast<char>(number >> 8 * (to.big_endian ? size - 1 - i : i) & 0xFFU);
    }
}

void put_tag(const writer &to, uint32_t tag)
{
    put(to, DCMCHAIN_TAG_GROUP(tag), 2);
    put(to, DCMCHAIN_TAG_ELEMENT(tag), 2);
}

void put_head(const writer &to, uint32_t tag, uint16_t vr, uint32_t length)
{
    put_tag(to, tag);
    if (!to.explicit_vr) {
        put(to, length, 4);
        return;
    }
    to.bytes.push_back(static_cast<char>(vr >> 8));
    to.bytes.push_back(static_cast<char>(vr & 0xFF));
    if (walk_vr_is_long(vr)) {
        put(to, 0, 2);
        put(to, length, 4);
    } else {
        put(to, length, 2);
    }
}

/* Writes a length that is known only now over the four bytes at `at`. */
void patch_length(const writer &to, size_t at)
{
    size_t length = to.bytes.size() - at - 4;
    for (unsigned i = 0; i < 4; i++) {
        to.bytes[at + i] = static_cast<char>(length >> 8 * (to.big_endian ? 3 - i : i) & 0xFFU);
    }
}

void swap_words(std::vector<char> &value, size_t size)
{
    for (size_t at = 0; size > 1 && at + size <= value.size(); at += size) {
        for (size_t i = 0; i < size / 2; i++) {
            std::swap(value[at + i], value[at + size - 1 - i]);
        }
    }
}

int put_value(const writer &to, DcmElement *element)
{
    std::vector<char> &value = to.scratch;
    uint16_t vr = wrap::vr_of(element);
    int result = wrap::raw_bytes(element, value);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (value.size() + to.bytes.size() > LIMIT_HEADER_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    if (value.size() % 2 != 0) {
        value.push_back(wrap::padding_of(vr));
    }
    if (to.explicit_vr && !walk_vr_is_long(vr) && value.size() > 0xFFFFU) {
        vr = DCMCHAIN_VR_UN; /* 6.2.2 note: what is too long for its VR's 16-bit length */
    }
    if (to.big_endian) {
        swap_words(value, wrap::word_size(vr));
    }
    put_head(to, wrap::tag_of(element->getTag()), vr, static_cast<uint32_t>(value.size()));
    to.bytes.insert(to.bytes.end(), value.begin(), value.end());
    return DCMCHAIN_OK;
}

/* Encapsulated Pixel Data of an icon image: the offset table and the fragments as they are (PS3.5 A.4). */
int put_fragments(const writer &to, DcmPixelData *pixels)
{
    E_TransferSyntax syntax = EXS_Unknown;
    const DcmRepresentationParameter *parameter = nullptr;
    DcmPixelSequence *fragments = nullptr;
    pixels->getOriginalRepresentationKey(syntax, parameter);
    if (pixels->getEncapsulatedRepresentation(syntax, parameter, fragments).bad() || fragments == nullptr) {
        return DCMCHAIN_E_INVALID;
    }
    put_head(to, wrap::tag_of(pixels->getTag()), DCMCHAIN_VR_OB, WALKER_UNDEFINED);
    for (DcmObject *object = fragments->nextInContainer(nullptr); object != nullptr;
         object = fragments->nextInContainer(object)) {
        std::vector<char> value;
        int result = wrap::raw_bytes(static_cast<DcmPixelItem *>(object), value);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        if (value.size() + to.bytes.size() > LIMIT_HEADER_BYTES) {
            return DCMCHAIN_E_RANGE;
        }
        value.resize(value.size() + value.size() % 2);
        put_tag(to, tag_item);
        put(to, static_cast<uint32_t>(value.size()), 4);
        to.bytes.insert(to.bytes.end(), value.begin(), value.end());
    }
    put_tag(to, tag_sequence_end);
    put(to, 0, 4);
    return DCMCHAIN_OK;
}

int put_items(const writer &to, DcmItem *item, uint32_t from, uint64_t end, unsigned depth);

/* In implicit VR only the undefined length tells that an element which no dictionary has is a sequence. */
bool needs_undefined_length(const writer &to, uint32_t tag)
{
    return !to.explicit_vr && (DCMCHAIN_TAG_IS_PRIVATE(tag) || dcmchain_tag_vr(tag) != DCMCHAIN_VR_SQ);
}

int put_sequence(const writer &to, DcmSequenceOfItems *sequence, unsigned depth)
{
    uint32_t tag = wrap::tag_of(sequence->getTag());
    bool undefined = sequence->card() > 0 && needs_undefined_length(to, tag);
    put_head(to, tag, DCMCHAIN_VR_SQ, undefined ? WALKER_UNDEFINED : 0);
    size_t length_at = to.bytes.size() - 4;
    for (DcmObject *object = sequence->nextInContainer(nullptr); object != nullptr;
         object = sequence->nextInContainer(object)) {
        put_tag(to, tag_item);
        put(to, 0, 4);
        size_t item_length_at = to.bytes.size() - 4;
        int result = put_items(to, static_cast<DcmItem *>(object), 0, 1ULL << 32, depth + 1);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        patch_length(to, item_length_at);
    }
    if (undefined) {
        put_tag(to, tag_sequence_end);
        put(to, 0, 4);
    } else {
        patch_length(to, length_at);
    }
    return DCMCHAIN_OK;
}

bool is_encapsulated(DcmElement *element)
{
    return element->getLengthField() == DCM_UndefinedLength && element->ident() == EVR_PixelData;
}

int put_element(const writer &to, DcmElement *element, unsigned depth)
{
    if (wrap::is_sequence(element)) {
        return put_sequence(to, static_cast<DcmSequenceOfItems *>(element), depth);
    }
    return is_encapsulated(element) ? put_fragments(to, static_cast<DcmPixelData *>(element))
                                    : put_value(to, element);
}

int put_items(const writer &to, DcmItem *item, uint32_t from, uint64_t end, unsigned depth)
{
    if (depth > DCMCHAIN_MAX_DEPTH || to.bytes.size() > LIMIT_HEADER_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    for (DcmObject *object = item->nextInContainer(nullptr); object != nullptr;
         object = item->nextInContainer(object)) {
        uint32_t tag = wrap::tag_of(object->getTag());
        if (tag < from || tag >= end || DCMCHAIN_TAG_ELEMENT(tag) == 0) {
            continue; /* group lengths are retired, and wrong once anything changed */
        }
        int result = put_element(to, static_cast<DcmElement *>(object), depth);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

} // namespace

int write_elements(DcmItem *item, E_TransferSyntax syntax, uint32_t from, uint64_t to,
                   std::vector<char> &bytes)
{
    std::vector<char> scratch;
    const writer writer = {bytes, scratch, syntax != EXS_LittleEndianImplicit,
                           syntax == EXS_BigEndianExplicit};
    return put_items(writer, item, from, to, 0);
}
