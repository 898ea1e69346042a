/* second_compare.cc: ours and DCMTK's, element by element; see second_reader.h. */
#include <algorithm>
#include <cstdio>

#include "second_reader.h"

namespace second {

static uint16_t vr_of_name(const char *name)
{
    return DCMCHAIN_VR(static_cast<unsigned char>(name[0]), static_cast<unsigned char>(name[1]));
}

static uint16_t vr_of(DcmElement *element)
{
    return is_sequence(element) ? DCMCHAIN_VR_SQ : vr_of_name(DcmVR(element->getVR()).getValidVRName());
}

static uint32_t tag_of(DcmObject *object)
{
    return DCMCHAIN_TAG(static_cast<uint32_t>(object->getGTag()), object->getETag());
}

/* The VR that DCMTK's dictionary has, and that of private creators (PS3.5 7.8.1); 0 for none. */
static uint16_t dictionary_vr(uint32_t tag)
{
    DcmTag known(DCMCHAIN_TAG_GROUP(tag), DCMCHAIN_TAG_ELEMENT(tag));
    DcmEVR vr = known.getEVR();
    if (vr == EVR_UN || vr == EVR_UNKNOWN || vr == EVR_UNKNOWN2B || vr == EVR_na) {
        return 0;
    }
    vr = vr == EVR_px || vr == EVR_ox || vr == EVR_PixelData ? EVR_OW : vr;
    return vr_of_name(DcmVR(vr).getValidVRName());
}

static bool is_us_or_ss(uint32_t tag)
{
    return DcmTag(DCMCHAIN_TAG_GROUP(tag), DCMCHAIN_TAG_ELEMENT(tag)).getEVR() == EVR_xs;
}

static bool is_bytes_or_words(uint32_t tag)
{
    DcmEVR vr = DcmTag(DCMCHAIN_TAG_GROUP(tag), DCMCHAIN_TAG_ELEMENT(tag)).getEVR();
    return vr == EVR_ox || vr == EVR_px;
}

static bool is_among(uint16_t vr, const char *names)
{
    const char name[] = {static_cast<char>(vr >> 8), static_cast<char>(vr & 0xFF), '\0'};
    return strstr(names, name) != nullptr;
}

/* Bytes of one number, 1 where there is none. */
static size_t unit_of(uint16_t vr)
{
    return is_among(vr, "US SS") ? 2 : is_among(vr, "UL SL FL AT") ? 4 : is_among(vr, "FD SV UV") ? 8 : 1;
}

/* … and of what is made of words without being numbers. */
static size_t word_of(uint16_t vr)
{
    return vr == DCMCHAIN_VR_OW ? 2 : is_among(vr, "OF OL") ? 4 : is_among(vr, "OD OV") ? 8 : unit_of(vr);
}

static bool is_text(uint16_t vr)
{
    return is_among(vr, "AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT");
}

static bool has_several(uint16_t vr)
{
    return is_text(vr) && !is_among(vr, "LT ST UR UT");
}

static bool has_short_length(uint16_t vr)
{
    return !is_among(vr, "OB OD OF OL OV OW SQ SV UC UN UR UT UV");
}

namespace {

class comparison {
  public:
    comparison(enum way of, bool is_implicit, uint32_t pixel_tag, struct counts &counts)
        : way(of), implicit(is_implicit), pixel(pixel_tag), differ(counts), path(), problem()
    {
    }

    bool level(dcmchain_item *ours, DcmItem *theirs, unsigned depth);

    enum way way;
    bool implicit;
    uint32_t pixel;
    struct counts &differ;
    std::string path;
    std::string problem;

  private:
    bool fail(const std::string &what);
    bool element(dcmchain_element *ours, DcmElement *theirs, unsigned depth);
    bool sequence(dcmchain_element *ours, DcmElement *theirs, unsigned depth);
    bool decoded(dcmchain_element *ours, DcmElement *theirs, unsigned depth);
    bool value(dcmchain_element *ours, DcmElement *theirs);
    bool vr(dcmchain_element *ours, DcmElement *theirs, unsigned depth);
    bool text(dcmchain_element *ours, const std::string &bytes);
    bool numbers(dcmchain_element *ours, DcmElement *theirs);
    bool number(dcmchain_element *ours, DcmElement *theirs, unsigned long index);
};

/* Tags of a path, "(0040,a730)[0]". */
std::string name_of(uint32_t tag)
{
    char name[16];
    (void)snprintf(name, sizeof name, "(%04x,%04x)", static_cast<unsigned>(tag >> 16),
                   static_cast<unsigned>(tag & 0xFFFF));
    return name;
}

std::string vr_name(uint16_t vr)
{
    return std::string(1, static_cast<char>(vr >> 8)) + static_cast<char>(vr & 0xFF);
}

bool comparison::fail(const std::string &what)
{
    if (problem.empty()) {
        problem = path + ": " + what;
    }
    return false;
}

bool comparison::level(dcmchain_item *ours, DcmItem *theirs, unsigned depth)
{
    std::vector<DcmElement *> expected;
    for (DcmObject *object = theirs->nextInContainer(nullptr); object != nullptr;
         object = theirs->nextInContainer(object)) {
        if (depth > 0 || pixel == 0 || tag_of(object) != pixel) {
            expected.push_back(static_cast<DcmElement *>(object));
        }
    }
    size_t at = 0;
    size_t count = dcmchain_item_count(ours);
    for (size_t i = 0; i < count; i++) {
        dcmchain_element *own = dcmchain_item_at(ours, i);
        uint32_t tag = dcmchain_element_tag(own);
        if (way == WRITTEN && DCMCHAIN_TAG_ELEMENT(tag) == 0) {
            differ.group_lengths++;
            continue;
        }
        if (at == expected.size() || tag_of(expected[at]) != tag) {
            return fail(name_of(tag) + " is not there for DCMTK, which is at " +
                        (at == expected.size() ? "the end" : name_of(tag_of(expected[at]))));
        }
        if (dcmchain_item_find(ours, tag) != own) {
            return fail(name_of(tag) + " is not found by its tag");
        }
        size_t length = path.size();
        path += name_of(tag);
        if (!element(own, expected[at], depth)) {
            return false;
        }
        path.resize(length);
        at++;
    }
    return at == expected.size() || fail("DCMTK has " + name_of(tag_of(expected[at])) + " more");
}

bool comparison::element(dcmchain_element *ours, DcmElement *theirs, unsigned depth)
{
    differ.elements++;
    if (way == READ && vr_of(theirs) == DCMCHAIN_VR_UN && dcmchain_element_vr(ours) != DCMCHAIN_VR_UN) {
        return decoded(ours, theirs, depth);
    }
    if (!vr(ours, theirs, depth)) {
        return false;
    }
    return is_sequence(theirs) ? sequence(ours, theirs, depth)
                               : dcmchain_element_vr(ours) == DCMCHAIN_VR_SQ || value(ours, theirs);
}

/* UN of a defined length whose tag is known: the value is implicit VR little endian (PS3.5 6.2.2). */
bool comparison::decoded(dcmchain_element *ours, DcmElement *theirs, unsigned depth)
{
    std::string bytes;
    uint32_t tag = dcmchain_element_tag(ours);
    differ.unknown_decoded++;
    if (is_bytes_or_words(tag) && dcmchain_element_vr(ours) == DCMCHAIN_VR_OB) {
        differ.bytes_or_words++;
    } else if (is_us_or_ss(tag) && dcmchain_element_vr(ours) == DCMCHAIN_VR_SS) {
        differ.pixel_sign++;
    } else if (dcmchain_element_vr(ours) != dictionary_vr(tag)) {
        return fail("UN is decoded as " + vr_name(dcmchain_element_vr(ours)));
    }
    if (dcmchain_element_vr(ours) != DCMCHAIN_VR_SQ) {
        return value(ours, theirs);
    }
    if (!raw_bytes(theirs, bytes)) {
        return fail("DCMTK has no bytes of it");
    }
    std::string headed;
    const uint32_t words[] = {tag >> 16 | tag << 16, static_cast<uint32_t>(bytes.size())};
    for (uint32_t word : words) {
        for (int shift = 0; shift < 32; shift += 8) {
            headed += static_cast<char>(word >> shift & 0xFFU);
        }
    }
    std::unique_ptr<reading> read =
        read_set((headed + bytes).data(), headed.size() + bytes.size(), EXS_LittleEndianImplicit);
    if (read == nullptr || read->root()->card() != 1 || !is_sequence(read->root()->getElement(0))) {
        return fail("DCMTK does not read a sequence in it");
    }
    bool before = implicit;
    implicit = true;
    bool same = sequence(ours, read->root()->getElement(0), depth);
    implicit = before;
    return same;
}

bool comparison::sequence(dcmchain_element *ours, DcmElement *theirs, unsigned depth)
{
    DcmSequenceOfItems *items = static_cast<DcmSequenceOfItems *>(theirs);
    size_t count = dcmchain_element_value_count(ours);
    if (count != items->card()) {
        return fail(std::to_string(count) + " items, DCMTK has " + std::to_string(items->card()));
    }
    size_t at = 0;
    for (DcmObject *object = items->nextInContainer(nullptr); object != nullptr;
         object = items->nextInContainer(object)) {
        dcmchain_item *item = dcmchain_element_item(ours, at);
        size_t length = path.size();
        path += "[" + std::to_string(at++) + "]";
        if (item == nullptr) {
            return fail("the item is not there");
        }
        if (!level(item, static_cast<DcmItem *>(object), depth + 1)) {
            return false;
        }
        path.resize(length);
    }
    if (dcmchain_element_item(ours, at) != nullptr) {
        return fail("an item past the end");
    }
    return way == READ || (dcmchain_element_length(ours) == 0) == (count == 0) ||
           fail("a length that is not that of items");
}

bool comparison::vr(dcmchain_element *ours, DcmElement *theirs, unsigned depth)
{
    uint16_t own = dcmchain_element_vr(ours);
    uint16_t other = vr_of(theirs);
    uint32_t tag = dcmchain_element_tag(ours);
    uint32_t length = own == DCMCHAIN_VR_SQ ? 0 : dcmchain_element_length(ours);
    uint16_t known = dictionary_vr(tag);
    if (way == READ && own == DCMCHAIN_VR_UN && known != 0 && known != DCMCHAIN_VR_SQ &&
        length % word_of(known) == 0) {
        return fail("UN could be decoded as " + vr_name(known));
    }
    if (own == other) {
        return true;
    }
    /* Items may be implicit in explicit VR, where they stood as UN. */
    bool from_dictionary = implicit || (way == READ && depth > 0);
    if (from_dictionary && is_us_or_ss(tag) && is_among(own, "US SS") && is_among(other, "US SS")) {
        differ.pixel_sign++;
        return true;
    }
    if (from_dictionary && is_bytes_or_words(tag) && is_among(own, "OB OW") && is_among(other, "OB OW")) {
        differ.bytes_or_words++;
        return true;
    }
    if (way == WRITTEN && implicit && own != DCMCHAIN_VR_SQ &&
        (other == (known == 0 ? DCMCHAIN_VR_UN : known) || (is_us_or_ss(tag) && is_among(other, "US SS")) ||
         (is_bytes_or_words(tag) && is_among(other, "OB OW")))) {
        differ.implicit_vr++;
        return true;
    }
    if (way == WRITTEN && implicit && own == DCMCHAIN_VR_SQ && dcmchain_element_value_count(ours) == 0 &&
        other == (known == 0 ? DCMCHAIN_VR_UN : known)) {
        differ.empty_sequences++;
        return true;
    }
    if (way == WRITTEN && !implicit && has_short_length(own) && length > 0xFFFE && other == DCMCHAIN_VR_UN) {
        differ.too_long++;
        return true;
    }
    return fail("its VR is " + vr_name(own) + ", DCMTK has " + vr_name(other));
}

bool comparison::value(dcmchain_element *ours, DcmElement *theirs)
{
    void *bytes = nullptr;
    size_t length = 0;
    if (is_encapsulated(theirs)) { /* nested_fragments() */
        return dcmchain_element_get_bytes(ours, &bytes, &length) == DCMCHAIN_E_TYPE ||
               fail("fragments have bytes");
    }
    if (dcmchain_element_get_bytes(ours, &bytes, &length) != DCMCHAIN_OK) {
        return fail("it has no bytes");
    }
    std::string own(static_cast<const char *>(bytes), length);
    dcmchain_free(bytes);
    uint16_t own_vr = dcmchain_element_vr(ours);
    if (dcmchain_element_length(ours) != length) {
        return fail("its length is not that of its bytes");
    }
    if (!text(ours, own)) {
        return false;
    }
    if (way == WRITTEN && own.size() % 2 != 0) {
        own += is_text(own_vr) && own_vr != DCMCHAIN_VR_UI ? ' ' : '\0';
        differ.padded++;
    }
    std::string other;
    if (!raw_bytes(theirs, other)) {
        return fail("DCMTK has no bytes of it");
    }
    if (own != other) {
        return fail("its " + std::to_string(own.size()) + " bytes are other than DCMTK's " +
                    std::to_string(other.size()));
    }
    return own_vr != vr_of(theirs) || numbers(ours, theirs);
}

/* ASCII: that of other character sets has suites of its own. */
bool comparison::text(dcmchain_element *ours, const std::string &bytes)
{
    uint16_t own_vr = dcmchain_element_vr(ours);
    bool ascii =
        std::all_of(bytes.begin(), bytes.end(), [](char byte) { return (byte & 0x80) == 0 && byte != 0x1B; });
    if (!is_text(own_vr) || !ascii) {
        return true;
    }
    std::string expected = bytes;
    std::replace(expected.begin(), expected.end(), '\0', ' ');
    expected.resize(expected.find_last_not_of(' ') + 1);
    char *found = nullptr;
    if (dcmchain_element_get_text(ours, &found) != DCMCHAIN_OK) {
        return fail("it has no text");
    }
    bool same = expected == found;
    dcmchain_free(found);
    differ.texts++;
    if (!same) {
        return fail("its text is not its bytes");
    }
    size_t count =
        bytes.empty()
            ? 0
            : 1 + (has_several(own_vr) ? static_cast<size_t>(std::count(bytes.begin(), bytes.end(), '\\'))
                                       : 0);
    if (dcmchain_element_value_count(ours) != count) {
        return fail(std::to_string(dcmchain_element_value_count(ours)) + " values");
    }
    return true;
}

bool comparison::number(dcmchain_element *ours, DcmElement *theirs, unsigned long index)
{
    Uint16 us = 0;
    Sint16 ss = 0;
    Uint32 ul = 0;
    Sint32 sl = 0;
    Float32 fl = 0;
    Float64 fd = 0;
    int64_t integer = 0;
    double real = 0;
    switch (vr_of(theirs)) {
    case DCMCHAIN_VR_US:
        return theirs->getUint16(us, index).good() &&
               dcmchain_element_get_integer(ours, index, &integer) == DCMCHAIN_OK && integer == us;
    case DCMCHAIN_VR_SS:
        return theirs->getSint16(ss, index).good() &&
               dcmchain_element_get_integer(ours, index, &integer) == DCMCHAIN_OK && integer == ss;
    case DCMCHAIN_VR_UL:
        return theirs->getUint32(ul, index).good() &&
               dcmchain_element_get_integer(ours, index, &integer) == DCMCHAIN_OK && integer == ul;
    case DCMCHAIN_VR_SL:
        return theirs->getSint32(sl, index).good() &&
               dcmchain_element_get_integer(ours, index, &integer) == DCMCHAIN_OK && integer == sl;
    case DCMCHAIN_VR_FL:
        return theirs->getFloat32(fl, index).good() &&
               (fl != fl || (dcmchain_element_get_double(ours, index, &real) == DCMCHAIN_OK &&
                             static_cast<Float32>(real) == fl));
    case DCMCHAIN_VR_FD:
        return theirs->getFloat64(fd, index).good() &&
               (fd != fd || (dcmchain_element_get_double(ours, index, &real) == DCMCHAIN_OK && real == fd));
    default:
        return true;
    }
}

bool comparison::numbers(dcmchain_element *ours, DcmElement *theirs)
{
    uint16_t own_vr = dcmchain_element_vr(ours);
    size_t unit = unit_of(own_vr);
    if (unit == 1) {
        return true;
    }
    size_t count = dcmchain_element_length(ours) / unit;
    if (dcmchain_element_value_count(ours) != count) {
        return fail(std::to_string(dcmchain_element_value_count(ours)) + " numbers");
    }
    for (size_t i = 0; i < count && i < 40; i++) {
        differ.numbers++;
        if (!number(ours, theirs, static_cast<unsigned long>(i))) {
            return fail("number " + std::to_string(i) + " is another than DCMTK's");
        }
    }
    return true;
}

} // namespace

std::string compare(dcmchain_item *ours, DcmItem *theirs, enum way way, bool implicit, uint32_t pixel,
                    struct counts &counts)
{
    comparison made(way, implicit, pixel, counts);
    (void)made.level(ours, theirs, 0);
    return made.problem;
}

} // namespace second
