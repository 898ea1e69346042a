/* wrap.h: how the C++ files of this folder see DCMTK's objects behind the C handles. No C file includes it.
 * A handle is the DCMTK object: a dcmchain_item is a DcmItem, a dcmchain_element a DcmElement. */
#ifndef CORE_DATASET_WRAP_H
#define CORE_DATASET_WRAP_H

#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>

#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "dataset_internal.h"

#include "../charset.h"

struct dcmchain_dataset {
    std::unique_ptr<DcmItem> meta;
    std::unique_ptr<DcmItem> root;
    E_TransferSyntax syntax;
    char transfer_syntax[65];
    uint8_t preamble[128];
    dcmchain_pixel_info pixel;
};

namespace wrap {

inline DcmItem *item_of(const dcmchain_item *item)
{
    return const_cast<DcmItem *>(reinterpret_cast<const DcmItem *>(item)); /* DCMTK's readers are not const */
}

inline dcmchain_item *handle_of(DcmItem *item)
{
    return reinterpret_cast<dcmchain_item *>(item);
}

inline DcmElement *element_of(const dcmchain_element *element)
{
    return const_cast<DcmElement *>(reinterpret_cast<const DcmElement *>(element));
}

inline dcmchain_element *handle_of(DcmElement *element)
{
    return reinterpret_cast<dcmchain_element *>(element);
}

inline uint32_t tag_of(const DcmTagKey &key)
{
    return DCMCHAIN_TAG(key.getGroup(), key.getElement());
}

inline DcmTagKey key_of(uint32_t tag)
{
    return DcmTagKey(DCMCHAIN_TAG_GROUP(tag), DCMCHAIN_TAG_ELEMENT(tag));
}

inline bool is_sequence(DcmElement *element)
{
    return element->ident() == EVR_SQ;
}

uint16_t vr_of(DcmElement *element);
DcmElement *find(DcmItem *item, uint32_t tag);

/* The stored bytes in little endian; E_TYPE for sequences and encapsulated Pixel Data. */
int raw_bytes(DcmElement *element, std::vector<char> &ret_bytes);
/* The Specific Character Set in force for an element: of its item, else of the nearest one around it. */
std::string charset_terms(DcmElement *element);

/* Bytes of one number of a VR, 0: it holds none. */
size_t number_size(uint16_t vr);
/* Bytes of the words that values of a VR are made of, for the byte order; 0 or 1: there are none. */
size_t word_size(uint16_t vr);
/* The byte that makes an odd value even (PS3.5 6.2): a space for text, a zero for UIDs and bytes. */
char padding_of(uint16_t vr);
/* A decimal number and nothing else, whatever the locale. */
bool parse_double(const std::string &text, double &ret_number);

typedef std::unique_ptr<struct charset, decltype(&charset_free)> charset_pointer;

/* Runs what DCMTK may throw out of; no exception crosses the C boundary. */
template <typename Function> int guard(Function function) noexcept
{
    try {
        return function();
    } catch (const std::bad_alloc &) {
        return DCMCHAIN_E_MEMORY;
    } catch (...) {
        return DCMCHAIN_FAIL;
    }
}

/* A copy that C can free. */
char *copy_text(const char *bytes, size_t length);

} // namespace wrap

#endif
