/* values_set.cc: setting the value of one element, from bytes and from text. */
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "level.h"

namespace {

using wrap::element_of;
using wrap::guard;
using wrap::vr_of;

int of(const OFCondition &condition)
{
    return condition.good()                  ? DCMCHAIN_OK
           : condition == EC_MemoryExhausted ? DCMCHAIN_E_MEMORY
                                             : DCMCHAIN_E_TYPE;
}

template <typename Number> std::vector<Number> numbers_of(const void *bytes, size_t length)
{
    std::vector<Number> numbers(length / sizeof(Number));
    if (!numbers.empty()) {
        memcpy(numbers.data(), bytes, numbers.size() * sizeof(Number));
    }
    return numbers;
}

int put_unsigned64(DcmElement *element, const std::vector<Uint64> &numbers)
{
    DcmUnsigned64bitVeryLong *own =
        dynamic_cast<DcmUnsigned64bitVeryLong *>(element); /* OV derives from UV */
    return own == nullptr
               ? DCMCHAIN_E_TYPE
               : of(own->putUint64Array(numbers.data(), static_cast<unsigned long>(numbers.size())));
}

int put_signed64(DcmElement *element, const std::vector<Sint64> &numbers)
{
    DcmSigned64bitVeryLong *own = dynamic_cast<DcmSigned64bitVeryLong *>(element);
    return own == nullptr
               ? DCMCHAIN_E_TYPE
               : of(own->putSint64Array(numbers.data(), static_cast<unsigned long>(numbers.size())));
}

int put_bytes(DcmElement *element, const void *bytes, size_t length)
{
    uint16_t vr = vr_of(element);
    size_t size = wrap::word_size(vr);
    if (length > LIMIT_HEADER_BYTES) {
        return DCMCHAIN_E_RANGE;
    }
    if (size > 1 && length % size != 0) {
        return DCMCHAIN_E_INVALID;
    }
    if (length == 0) {
        element->clear();
        return DCMCHAIN_OK;
    }
    if (dcmchain_vr_is_text(vr)) {
        std::string padded(static_cast<const char *>(bytes), length);
        padded.append(length % 2,
                      vr == DCMCHAIN_VR_UI ? '\0' : ' '); /* PS3.5 6.2; DCMTK's padding here is NUL for all */
        return of(element->putString(padded.data(), static_cast<Uint32>(padded.size())));
    }
    switch (vr) {
    case DCMCHAIN_VR_OB:
    case DCMCHAIN_VR_UN:
        return of(
            element->putUint8Array(static_cast<const Uint8 *>(bytes), static_cast<unsigned long>(length)));
    case DCMCHAIN_VR_OW:
    case DCMCHAIN_VR_US:
        return of(element->putUint16Array(numbers_of<Uint16>(bytes, length).data(),
                                          static_cast<unsigned long>(length / 2)));
    case DCMCHAIN_VR_AT:
        return of(element->putUint16Array(numbers_of<Uint16>(bytes, length).data(),
                                          static_cast<unsigned long>(length / 4)));
    case DCMCHAIN_VR_SS:
        return of(element->putSint16Array(numbers_of<Sint16>(bytes, length).data(),
                                          static_cast<unsigned long>(length / 2)));
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_OL:
        return of(element->putUint32Array(numbers_of<Uint32>(bytes, length).data(),
                                          static_cast<unsigned long>(length / 4)));
    case DCMCHAIN_VR_SL:
        return of(element->putSint32Array(numbers_of<Sint32>(bytes, length).data(),
                                          static_cast<unsigned long>(length / 4)));
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_OF:
        return of(element->putFloat32Array(numbers_of<Float32>(bytes, length).data(),
                                           static_cast<unsigned long>(length / 4)));
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_OD:
        return of(element->putFloat64Array(numbers_of<Float64>(bytes, length).data(),
                                           static_cast<unsigned long>(length / 8)));
    case DCMCHAIN_VR_UV:
    case DCMCHAIN_VR_OV:
        return put_unsigned64(element, numbers_of<Uint64>(bytes, length));
    case DCMCHAIN_VR_SV:
        return put_signed64(element, numbers_of<Sint64>(bytes, length));
    default:
        return DCMCHAIN_E_TYPE;
    }
}

template <typename Number> void append_number(std::string &bytes, Number number)
{
    bytes.append(reinterpret_cast<const char *>(&number), sizeof number);
}

bool append_integer(std::string &bytes, uint16_t vr, const std::string &text)
{
    char *end = nullptr;
    errno = 0;
    if (vr == DCMCHAIN_VR_UV && text.find('-') == std::string::npos) {
        unsigned long long number = strtoull(text.c_str(), &end, 10);
        append_number(bytes, static_cast<uint64_t>(number));
        return errno == 0 && end != text.c_str() && *end == '\0';
    }
    long long number = strtoll(text.c_str(), &end, 10);
    if (errno != 0 || end == text.c_str() || *end != '\0') {
        return false;
    }
    switch (vr) {
    case DCMCHAIN_VR_US:
        append_number(bytes, static_cast<uint16_t>(number));
        return number >= 0 && number <= 0xFFFF;
    case DCMCHAIN_VR_SS:
        append_number(bytes, static_cast<int16_t>(number));
        return number >= -0x8000 && number <= 0x7FFF;
    case DCMCHAIN_VR_UL:
        append_number(bytes, static_cast<uint32_t>(number));
        return number >= 0 && number <= 0xFFFFFFFFLL;
    case DCMCHAIN_VR_SL:
        append_number(bytes, static_cast<int32_t>(number));
        return number >= -0x80000000LL && number <= 0x7FFFFFFFLL;
    case DCMCHAIN_VR_SV:
        append_number(bytes, static_cast<int64_t>(number));
        return true;
    default:
        return false;
    }
}

bool append_value(std::string &bytes, uint16_t vr, const std::string &text)
{
    if (vr == DCMCHAIN_VR_AT) {
        uint32_t tag = 0;
        if (dcmchain_tag_parse(text.c_str(), &tag) != DCMCHAIN_OK) {
            return false;
        }
        append_number(bytes, DCMCHAIN_TAG_GROUP(tag));
        append_number(bytes, DCMCHAIN_TAG_ELEMENT(tag));
        return true;
    }
    if (vr == DCMCHAIN_VR_FL || vr == DCMCHAIN_VR_FD) {
        double number = 0;
        if (!wrap::parse_double(text, number)) {
            return false;
        }
        if (vr == DCMCHAIN_VR_FL) {
            if (std::isfinite(number) && std::fabs(number) > std::numeric_limits<float>::max()) {
                return false;
            }
            append_number(bytes, static_cast<float>(number));
        } else {
            append_number(bytes, number);
        }
        return true;
    }
    return append_integer(bytes, vr, text);
}

int put_numbers(DcmElement *element, uint16_t vr, const char *text)
{
    std::string bytes;
    std::string rest = text;
    for (size_t begin = 0; !rest.empty() && begin <= rest.size();) {
        size_t end = rest.find('\\', begin);
        end = end == std::string::npos ? rest.size() : end;
        if (!append_value(bytes, vr, rest.substr(begin, end - begin))) {
            return DCMCHAIN_E_INVALID;
        }
        begin = end + 1;
    }
    return put_bytes(element, bytes.data(), bytes.size());
}

int put_text(DcmElement *element, const char *text)
{
    uint16_t vr = vr_of(element);
    if (wrap::number_size(vr) != 0) {
        return put_numbers(element, vr, text);
    }
    if (!dcmchain_vr_is_text(vr)) {
        return DCMCHAIN_E_TYPE;
    }
    struct charset *opened = nullptr;
    std::string terms = dcmchain_vr_uses_charset(vr) ? wrap::charset_terms(element) : std::string();
    int result = charset_open(terms.c_str(), &opened);
    if (result == DCMCHAIN_E_CHARSET) {
        result = charset_open("", &opened); /* an unknown set: ASCII is in all of them */
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    wrap::charset_pointer charset(opened, charset_free);
    char *bytes = nullptr;
    size_t length = 0;
    result = charset_encode(charset.get(), vr, text, &bytes, &length);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    std::unique_ptr<char, decltype(&free)> owner(bytes, free);
    std::string padded(bytes, length);
    if (length % 2 != 0) {
        padded += wrap::padding_of(vr);
    }
    return put_bytes(element, padded.data(), padded.size());
}

} // namespace

int dcmchain_element_set_text(dcmchain_element *element, const char *text) noexcept
{
    return guard([&] { return put_text(element_of(element), text); });
}

int dcmchain_element_set_bytes(dcmchain_element *element, const void *bytes, size_t length_bytes) noexcept
{
    return guard([&] {
        return wrap::is_sequence(element_of(element)) ? DCMCHAIN_E_TYPE
                                                      : put_bytes(element_of(element), bytes, length_bytes);
    });
}

int dcmchain_element_clear(dcmchain_element *element) noexcept
{
    return guard([&] {
        wrap::forget_items_above(element_of(element));
        element_of(element)->clear();
        return DCMCHAIN_OK;
    });
}
