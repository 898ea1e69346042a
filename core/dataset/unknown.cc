/* unknown.cc: see unknown.h. The bytes of such a value are implicit VR little endian, so they are put behind
 * a head of that kind, walked, and read. */
#include "unknown.h"

#include <dcmtk/dcmdata/dcistrmb.h>

#include "../walk.h"

namespace {

void put32(std::vector<char> &bytes, uint32_t number)
{
    for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<char>(number >> shift & 0xFFU));
    }
}

void put_tag(std::vector<char> &bytes, uint32_t tag)
{
    bytes.push_back(static_cast<char>(DCMCHAIN_TAG_GROUP(tag) & 0xFFU));
    bytes.push_back(static_cast<char>(DCMCHAIN_TAG_GROUP(tag) >> 8));
    bytes.push_back(static_cast<char>(DCMCHAIN_TAG_ELEMENT(tag) & 0xFFU));
    bytes.push_back(static_cast<char>(DCMCHAIN_TAG_ELEMENT(tag) >> 8));
}

/* Walks the bytes as an implicit little endian data set. */
bool is_sound(const std::vector<char> &bytes)
{
    struct source *source = nullptr;
    if (source_open_memory(bytes.data(), bytes.size(), &source) != DCMCHAIN_OK) {
        return false;
    }
    std::unique_ptr<struct source, decltype(&source_free)> owner(source, source_free);
    walker_layout layout = walker_layout();
    char problem[256];
    std::unique_ptr<walk> state(new walk());
    state->source = source;
    state->layout = &layout;
    state->problem = problem;
    state->problem_size = sizeof problem;
    return walk_elements(state.get(), false, false, 0) == DCMCHAIN_OK && layout.padding_length == 0;
}

bool fits(uint16_t vr, size_t length)
{
    size_t size = wrap::number_size(vr);
    return size == 0 || length % size == 0;
}

/* The element that the bytes are, under the dictionary's VR; none where they do not fit. */
std::unique_ptr<DcmElement> decode(uint32_t tag, uint16_t vr, const std::vector<char> &value)
{
    std::unique_ptr<DcmElement> element;
    std::vector<char> bytes;
    put_tag(bytes, tag);
    put32(bytes, static_cast<uint32_t>(value.size()));
    bytes.insert(bytes.end(), value.begin(), value.end());
    if (!fits(vr, value.size()) || !is_sound(bytes)) {
        return element;
    }
    DcmItem item(DcmTag(DCM_Item), static_cast<Uint32>(bytes.size()));
    DcmInputBufferStream stream;
    stream.setBuffer(bytes.data(), static_cast<offile_off_t>(bytes.size()));
    stream.setEos();
    item.transferInit();
    OFCondition condition =
        item.read(stream, EXS_LittleEndianImplicit, EGL_noChange, DCM_UndefinedLength - 1);
    item.transferEnd();
    if ((condition.good() || condition == EC_EndOfStream) && item.card() == 1) {
        element.reset(item.remove(0UL));
    }
    return element;
}

/* The dictionary's VR, and that of private creators (PS3.5 7.8.1). */
uint16_t known_vr(uint32_t tag)
{
    uint16_t element = DCMCHAIN_TAG_ELEMENT(tag);
    return DCMCHAIN_TAG_IS_PRIVATE(tag) ? (element >= 0x10 && element <= 0xFF ? DCMCHAIN_VR_LO : 0)
                                        : dcmchain_tag_vr(tag);
}

int decode_level(DcmItem *item, unsigned depth);

int decode_items(DcmSequenceOfItems *sequence, unsigned depth)
{
    for (DcmObject *inner = sequence->nextInContainer(nullptr); inner != nullptr;
         inner = sequence->nextInContainer(inner)) {
        int result = decode_level(static_cast<DcmItem *>(inner), depth + 1);
        if (result != DCMCHAIN_OK) {
            return result;
        }
    }
    return DCMCHAIN_OK;
}

int decode_level(DcmItem *item, unsigned depth)
{
    if (depth > DCMCHAIN_MAX_DEPTH) {
        return DCMCHAIN_E_RANGE;
    }
    std::vector<DcmElement *> elements;
    for (DcmObject *object = item->nextInContainer(nullptr); object != nullptr;
         object = item->nextInContainer(object)) {
        elements.push_back(static_cast<DcmElement *>(object));
    }
    for (DcmElement *element : elements) {
        uint32_t tag = wrap::tag_of(element->getTag());
        uint16_t vr = wrap::vr_of(element) == DCMCHAIN_VR_UN ? known_vr(tag) : 0;
        std::vector<char> value;
        if (vr != 0 && wrap::raw_bytes(element, value) == DCMCHAIN_OK) {
            std::unique_ptr<DcmElement> known = decode(tag, vr, value);
            if (known != nullptr && item->insert(known.get(), OFTrue).good()) {
                element = known.release();
            }
        }
        if (wrap::is_sequence(element)) {
            int result = decode_items(static_cast<DcmSequenceOfItems *>(element), depth);
            if (result != DCMCHAIN_OK) {
                return result;
            }
        }
    }
    return DCMCHAIN_OK;
}

} // namespace

int unknown_decode(DcmItem *item)
{
    return decode_level(item, 0);
}
