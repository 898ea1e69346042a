/* values.cc: reading the value of one element, in bytes, as text and as numbers. It changes none. */
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "wrap.h"

namespace wrap {

char *copy_text(const char *bytes, size_t length)
{
    char *copy = static_cast<char *>(malloc(length + 1));
    if (copy == nullptr) {
        throw std::bad_alloc();
    }
    if (length > 0) {
        memcpy(copy, bytes, length);
    }
    copy[length] = '\0';
    return copy;
}

static uint16_t vr_of_name(DcmEVR vr)
{
    const char *name = DcmVR(vr).getValidVRName();
    return DCMCHAIN_VR(static_cast<unsigned char>(name[0]), static_cast<unsigned char>(name[1]));
}

/* Asked for every element many times over. */
struct vr_names {
    static const int count = 64;
    uint16_t vrs[count];

    vr_names() : vrs()
    {
        for (int i = 0; i < count; i++) {
            vrs[i] = vr_of_name(static_cast<DcmEVR>(i));
        }
    }
};

uint16_t vr_of(DcmElement *element)
{
    if (is_sequence(element)) {
        return DCMCHAIN_VR_SQ;
    }
    static const vr_names names;
    const auto own = static_cast<unsigned>(element->getVR());
    return own < vr_names::count ? names.vrs[own] : vr_of_name(element->getVR());
}

int raw_bytes(DcmElement *element, std::vector<char> &ret_bytes)
{
    if (is_sequence(element)) {
        return DCMCHAIN_E_TYPE;
    }
    ret_bytes.resize(element->getLengthField());
    if (ret_bytes.empty()) {
        return DCMCHAIN_OK;
    }
    if (element->getLengthField() == DCM_UndefinedLength) {
        ret_bytes.clear();
        return DCMCHAIN_E_TYPE;
    }
    OFCondition condition = element->getPartialValue(
        ret_bytes.data(), 0, static_cast<Uint32>(ret_bytes.size()), nullptr, EBO_LittleEndian);
    return condition.good() ? DCMCHAIN_OK : DCMCHAIN_E_TYPE;
}

static bool has_charset(DcmItem *item, std::string &ret_terms)
{
    DcmElement *element = find(item, 0x00080005);
    std::vector<char> bytes;
    if (element == nullptr || raw_bytes(element, bytes) != DCMCHAIN_OK) {
        return false;
    }
    ret_terms.assign(bytes.begin(), bytes.end());
    while (!ret_terms.empty() && (ret_terms.back() == ' ' || ret_terms.back() == '\0')) {
        ret_terms.pop_back();
    }
    return true;
}

std::string charset_terms(DcmElement *element)
{
    std::string terms;
    for (DcmObject *object = element->getParent(); object != nullptr; object = object->getParent()) {
        DcmItem *item = dynamic_cast<DcmItem *>(object);
        if (item != nullptr && has_charset(item, terms)) {
            break;
        }
    }
    return terms;
}

size_t number_size(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_US:
    case DCMCHAIN_VR_SS:
        return 2;
    case DCMCHAIN_VR_UL:
    case DCMCHAIN_VR_SL:
    case DCMCHAIN_VR_FL:
    case DCMCHAIN_VR_AT:
        return 4;
    case DCMCHAIN_VR_FD:
    case DCMCHAIN_VR_SV:
    case DCMCHAIN_VR_UV:
        return 8;
    default:
        return 0;
    }
}

size_t word_size(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AT: /* two numbers of 16 bits */
    case DCMCHAIN_VR_OW:
        return 2;
    case DCMCHAIN_VR_OF:
    case DCMCHAIN_VR_OL:
        return 4;
    case DCMCHAIN_VR_OD:
    case DCMCHAIN_VR_OV:
        return 8;
    default:
        return number_size(vr);
    }
}

char padding_of(uint16_t vr)
{
    return dcmchain_vr_is_text(vr) && vr != DCMCHAIN_VR_UI ? ' ' : '\0';
}

bool parse_double(const std::string &text, double &ret_number)
{
    size_t begin =
        text.size() > 1 && text[0] == '+' ? 1 : 0; /* PS3.5 6.2 allows the sign, from_chars does not */
    double number = 0;
    std::from_chars_result read = std::from_chars(text.data() + begin, text.data() + text.size(), number);
    if (read.ec != std::errc() || read.ptr != text.data() + text.size()) {
        return false;
    }
    ret_number = number;
    return true;
}

} // namespace wrap

namespace {

using wrap::element_of;
using wrap::guard;
using wrap::vr_of;

template <typename Number> Number number_at(const char *bytes)
{
    Number number;
    memcpy(&number, bytes,
           sizeof number); /* little endian, as every host that Debian's DCMTK package serves here */
    return number;
}

/* The shortest decimal that reads back as the same number, whatever the locale. */
template <typename Number> std::string decimal(Number number)
{
    char text[64];
    std::to_chars_result made = std::to_chars(text, text + sizeof text, number);
    return std::string(text, made.ptr);
}

std::string number_text(uint16_t vr, const char *bytes)
{
    char text[40];
    switch (vr) {
    case DCMCHAIN_VR_US:
        return std::to_string(number_at<uint16_t>(bytes));
    case DCMCHAIN_VR_SS:
        return std::to_string(number_at<int16_t>(bytes));
    case DCMCHAIN_VR_UL:
        return std::to_string(number_at<uint32_t>(bytes));
    case DCMCHAIN_VR_SL:
        return std::to_string(number_at<int32_t>(bytes));
    case DCMCHAIN_VR_UV:
        return std::to_string(number_at<uint64_t>(bytes));
    case DCMCHAIN_VR_SV:
        return std::to_string(number_at<int64_t>(bytes));
    case DCMCHAIN_VR_FL:
        return decimal(number_at<float>(bytes));
    case DCMCHAIN_VR_FD:
        return decimal(number_at<double>(bytes));
    default:
        (void)snprintf(text, sizeof text, "(%04x,%04x)", number_at<uint16_t>(bytes),
                       number_at<uint16_t>(bytes + 2));
        return text;
    }
}

/* Decoded, padding and all. */
int decode(DcmElement *element, uint16_t vr, std::string &ret_text)
{
    std::vector<char> bytes;
    int result = wrap::raw_bytes(element, bytes);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    bool plain = true;
    for (char byte : bytes) {
        plain = plain && (byte & 0x80) == 0 && byte != 0x1B;
    }
    if (plain) { /* the same in every character set; NUL as charset_decode() has it */
        ret_text.assign(bytes.begin(), bytes.end());
        std::replace(ret_text.begin(), ret_text.end(), '\0', ' ');
        return DCMCHAIN_OK;
    }
    struct charset *opened = nullptr;
    std::string terms = dcmchain_vr_uses_charset(vr) ? wrap::charset_terms(element) : std::string();
    result = charset_open(terms.c_str(), &opened);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    wrap::charset_pointer charset(opened, charset_free);
    char *utf8 = nullptr;
    result = charset_decode(charset.get(), vr, bytes.data(), bytes.size(), &utf8);
    if (result == DCMCHAIN_OK) {
        ret_text = utf8;
        free(utf8);
    }
    return result;
}

void trim_right(std::string &text)
{
    while (!text.empty() && text.back() == ' ') {
        text.pop_back();
    }
}

void trim_left(std::string &text)
{
    size_t spaces = text.find_first_not_of(' ');
    text.erase(0, spaces == std::string::npos ? text.size() : spaces);
}

bool leading_is_padding(uint16_t vr)
{
    switch (vr) {
    case DCMCHAIN_VR_AE:
    case DCMCHAIN_VR_CS:
    case DCMCHAIN_VR_DS:
    case DCMCHAIN_VR_IS:
    case DCMCHAIN_VR_LO:
    case DCMCHAIN_VR_SH:
        return true;
    default:
        return false;
    }
}

int whole_text(DcmElement *element, std::string &ret_text)
{
    uint16_t vr = vr_of(element);
    if (dcmchain_vr_is_text(vr)) {
        int result = decode(element, vr, ret_text);
        trim_right(ret_text);
        return result;
    }
    size_t size = wrap::number_size(vr);
    std::vector<char> bytes;
    if (size == 0) {
        return DCMCHAIN_E_TYPE;
    }
    int result = wrap::raw_bytes(element, bytes);
    for (size_t at = 0; result == DCMCHAIN_OK && at + size <= bytes.size(); at += size) {
        ret_text += (at == 0 ? "" : "\\") + number_text(vr, bytes.data() + at);
    }
    return result;
}

int one_value(DcmElement *element, size_t index, std::string &ret_text)
{
    std::string whole;
    uint16_t vr = vr_of(element);
    int result = whole_text(element, whole);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    if (whole.empty()) {
        return DCMCHAIN_E_RANGE;
    }
    size_t begin = 0;
    size_t end = whole.size();
    if (dcmchain_vr_is_multi_valued(vr) || wrap::number_size(vr) != 0) {
        for (; index > 0; index--) {
            begin = whole.find('\\', begin);
            if (begin == std::string::npos) {
                return DCMCHAIN_E_RANGE;
            }
            begin++;
        }
        end = whole.find('\\', begin);
        end = end == std::string::npos ? whole.size() : end;
    } else if (index > 0) {
        return DCMCHAIN_E_RANGE;
    }
    ret_text = whole.substr(begin, end - begin);
    trim_right(ret_text);
    if (leading_is_padding(vr)) {
        trim_left(ret_text);
    }
    return DCMCHAIN_OK;
}

int give(const std::string &text, char **ret_text)
{
    *ret_text = wrap::copy_text(text.data(), text.size());
    return DCMCHAIN_OK;
}

} // namespace

uint32_t dcmchain_element_tag(const dcmchain_element *element) noexcept
{
    return wrap::tag_of(element_of(element)->getTag());
}

uint16_t dcmchain_element_vr(const dcmchain_element *element) noexcept
{
    return vr_of(element_of(element));
}

uint32_t dcmchain_element_length(const dcmchain_element *element) noexcept
{
    DcmElement *own = element_of(element);
    if (wrap::is_sequence(own)) {
        uint32_t length = 0;
        (void)guard([&] {
            length = static_cast<DcmSequenceOfItems *>(own)->card() == 0
                         ? 0
                         : own->getLength(EXS_LittleEndianExplicit, EET_ExplicitLength);
            return DCMCHAIN_OK;
        });
        return length;
    }
    return own->getLengthField();
}

size_t dcmchain_element_value_count(const dcmchain_element *element) noexcept
{
    size_t count = 0;
    (void)guard([&] {
        DcmElement *own = element_of(element);
        uint16_t vr = vr_of(own);
        if (wrap::is_sequence(own)) {
            count = static_cast<DcmSequenceOfItems *>(own)->card();
        } else if (wrap::number_size(vr) != 0) {
            count = own->getLengthField() / wrap::number_size(vr);
        } else if (own->getLengthField() > 0) {
            std::string text;
            count = 1;
            if (dcmchain_vr_is_multi_valued(vr) && decode(own, vr, text) == DCMCHAIN_OK) {
                count += static_cast<size_t>(std::count(text.begin(), text.end(), '\\'));
            }
        }
        return DCMCHAIN_OK;
    });
    return count;
}

int dcmchain_element_get_text(const dcmchain_element *element, char **ret_text) noexcept
{
    return guard([&] {
        std::string text;
        int result = whole_text(element_of(element), text);
        return result == DCMCHAIN_OK ? give(text, ret_text) : result;
    });
}

int dcmchain_element_get_value(const dcmchain_element *element, size_t index, char **ret_text) noexcept
{
    return guard([&] {
        std::string text;
        int result = one_value(element_of(element), index, text);
        return result == DCMCHAIN_OK ? give(text, ret_text) : result;
    });
}

int dcmchain_element_get_double(const dcmchain_element *element, size_t index, double *ret_number) noexcept
{
    return guard([&] {
        std::string text;
        uint16_t vr = vr_of(element_of(element));
        if (vr == DCMCHAIN_VR_AT ||
            (wrap::number_size(vr) == 0 && vr != DCMCHAIN_VR_DS && vr != DCMCHAIN_VR_IS)) {
            return DCMCHAIN_E_TYPE;
        }
        int result = one_value(element_of(element), index, text);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        double number = 0;
        if (!wrap::parse_double(text, number) || (wrap::number_size(vr) == 0 && !std::isfinite(number))) {
            return DCMCHAIN_E_INVALID; /* DS and IS know no infinity */
        }
        *ret_number = number;
        return DCMCHAIN_OK;
    });
}

int dcmchain_element_get_integer(const dcmchain_element *element, size_t index, int64_t *ret_number) noexcept
{
    return guard([&] {
        std::string text;
        uint16_t vr = vr_of(element_of(element));
        if (vr == DCMCHAIN_VR_AT || vr == DCMCHAIN_VR_FL || vr == DCMCHAIN_VR_FD ||
            (wrap::number_size(vr) == 0 && vr != DCMCHAIN_VR_DS && vr != DCMCHAIN_VR_IS)) {
            return DCMCHAIN_E_TYPE;
        }
        int result = one_value(element_of(element), index, text);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        char *end = nullptr;
        errno = 0;
        long long number = strtoll(text.c_str(), &end, 10);
        if (errno != 0 || end == text.c_str() || *end != '\0') {
            return errno == ERANGE ? DCMCHAIN_E_RANGE : DCMCHAIN_E_INVALID;
        }
        *ret_number = number;
        return DCMCHAIN_OK;
    });
}

int dcmchain_element_get_bytes(const dcmchain_element *element, void **ret_bytes,
                               size_t *ret_length_bytes) noexcept
{
    return guard([&] {
        std::vector<char> bytes;
        int result = wrap::raw_bytes(element_of(element), bytes);
        if (result == DCMCHAIN_OK) {
            *ret_bytes = wrap::copy_text(bytes.data(), bytes.size());
            *ret_length_bytes = bytes.size();
        }
        return result;
    });
}
