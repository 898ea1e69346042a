/* serialise.cc: from a dataset to the bytes of its parts, in its own transfer syntax. Values that nobody
 * changed keep their bytes. */
#include "write.h"

namespace {

using wrap::guard;

/* Ours, fixed: what wrote the file says nothing of who or where (PS3.7 D.3.3.2). */
const char implementation_class[] = "2.25.112931738487701537365099063391178083404";
const char implementation_version[] = "DCMCHAIN_0_1";

const size_t usual_header_bytes = 16384;

int set_meta_text(DcmItem *meta, uint32_t tag, const std::string &text)
{
    return dcmchain_item_set_text(wrap::handle_of(meta), tag, text.c_str());
}

int copy_uid(dcmchain_dataset *dataset, uint32_t from, uint32_t to)
{
    char *uid = nullptr;
    int result = dcmchain_item_get_text(wrap::handle_of(dataset->root.get()), from, &uid);
    if (result == DCMCHAIN_E_ABSENT) {
        return set_meta_text(dataset->meta.get(), to, "");
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    std::unique_ptr<char, decltype(&free)> owner(uid, free);
    return set_meta_text(dataset->meta.get(), to, uid);
}

int complete_meta(dcmchain_dataset *dataset)
{
    DcmItem *meta = dataset->meta.get();
    dcmchain_element *version = nullptr;
    static const uint8_t version_bytes[] = {0, 1};
    int result = dcmchain_item_insert(wrap::handle_of(meta), 0x00020001, DCMCHAIN_VR_OB, &version);
    if (result == DCMCHAIN_OK) {
        result = dcmchain_element_set_bytes(version, version_bytes, sizeof version_bytes);
    }
    if (result == DCMCHAIN_OK) {
        result = copy_uid(dataset, 0x00080016, 0x00020002);
    }
    if (result == DCMCHAIN_OK) {
        result = copy_uid(dataset, 0x00080018, 0x00020003);
    }
    if (result == DCMCHAIN_OK) {
        result = set_meta_text(meta, 0x00020010, dataset->transfer_syntax);
    }
    if (result == DCMCHAIN_OK) {
        result = set_meta_text(meta, 0x00020012, implementation_class);
    }
    return result == DCMCHAIN_OK ? set_meta_text(meta, 0x00020013, implementation_version) : result;
}

/* Preamble, prefix, (0002,0000) with the right length, and the rest of group 0002. */
int write_meta(dcmchain_dataset *dataset, std::vector<char> &bytes)
{
    std::vector<char> elements;
    int result = complete_meta(dataset);
    if (result == DCMCHAIN_OK) {
        result =
            write_elements(dataset->meta.get(), EXS_LittleEndianExplicit, 0x00020001, 0x00030000, elements);
    }
    if (result != DCMCHAIN_OK) {
        return result;
    }
    bytes.assign(reinterpret_cast<const char *>(dataset->preamble),
                 reinterpret_cast<const char *>(dataset->preamble) + 128);
    static const char head[] = {'D', 'I', 'C', 'M', 2, 0, 0, 0, 'U', 'L', 4, 0};
    bytes.insert(bytes.end(), head, head + sizeof head);
    for (int shift = 0; shift < 32; shift += 8) {
        bytes.push_back(static_cast<char>(elements.size() >> shift & 0xFFU));
    }
    bytes.insert(bytes.end(), elements.begin(), elements.end());
    return DCMCHAIN_OK;
}

void give(const std::vector<char> &bytes, void **ret_bytes, size_t *ret_length)
{
    *ret_bytes = wrap::copy_text(bytes.data(), bytes.size());
    *ret_length = bytes.size();
}

int serialise(dcmchain_dataset *dataset, std::vector<char> &meta, std::vector<char> &header,
              std::vector<char> &trailer)
{
    uint32_t pixel = dataset->pixel.tag != 0 ? dataset->pixel.tag : 0x7FE00010U;
    uint64_t end = 1ULL << 32;
    int result = write_meta(dataset, meta);
    if (result == DCMCHAIN_OK) {
        result = write_elements(dataset->root.get(), dataset->syntax, 0,
                                dataset->pixel.tag != 0 ? pixel : end, header);
    }
    if (result == DCMCHAIN_OK && dataset->pixel.tag != 0) {
        result = write_elements(dataset->root.get(), dataset->syntax, pixel, end, trailer);
    }
    return result;
}

/* The head of a native pixel element and its value, padded to an even length. */
void append_pixels(const dcmchain_dataset *dataset, const void *pixels, size_t length,
                   std::vector<char> &bytes)
{
    bool big = dataset->syntax == EXS_BigEndianExplicit;
    size_t padded = length + length % 2;
    static const char little_tag[] = {'\xE0', '\x7F', 0x10, 0x00};
    static const char big_tag[] = {'\x7F', '\xE0', 0x00, 0x10};
    bytes.insert(bytes.end(), big ? big_tag : little_tag, (big ? big_tag : little_tag) + 4);
    if (dataset->syntax != EXS_LittleEndianImplicit) {
        bytes.insert(bytes.end(), {'O', 'W', 0, 0});
    }
    for (int i = 0; i < 4; i++) {
        bytes.push_back(static_cast<char>(padded >> (8 * (big ? 3 - i : i)) & 0xFFU));
    }
    const char *from = static_cast<const char *>(pixels);
    bytes.insert(bytes.end(), from, from + length);
    bytes.resize(bytes.size() + padded - length);
}

} // namespace

int dataset_serialise(dcmchain_dataset *dataset, struct dataset_bytes *ret_bytes) noexcept
{
    return guard([&] {
        std::vector<char> meta;
        std::vector<char> header;
        std::vector<char> trailer;
        header.reserve(usual_header_bytes);
        int result = serialise(dataset, meta, header, trailer);
        if (result != DCMCHAIN_OK) {
            return result;
        }
        struct dataset_bytes bytes = {};
        try {
            give(meta, &bytes.meta, &bytes.meta_length);
            give(header, &bytes.header, &bytes.header_length);
            give(trailer, &bytes.trailer, &bytes.trailer_length);
        } catch (...) {
            dataset_bytes_free(&bytes);
            throw;
        }
        *ret_bytes = bytes;
        return DCMCHAIN_OK;
    });
}

void dataset_bytes_free(struct dataset_bytes *bytes) noexcept
{
    free(bytes->meta);
    free(bytes->header);
    free(bytes->trailer);
}

int dcmchain_dataset_write(dcmchain_dataset *dataset, const void *pixel_bytes, size_t pixel_length_bytes,
                           void **ret_bytes, size_t *ret_length_bytes) noexcept
{
    return guard([&] {
        if (strcmp(dataset->transfer_syntax, "1.2.840.10008.1.2.1.99") == 0 ||
            pixel_length_bytes > 0xFFFFFFFEU ||
            (pixel_bytes != nullptr && DcmXfer(dataset->transfer_syntax).isEncapsulated())) {
            return DCMCHAIN_E_INVALID; /* the core deflates, and nobody compresses here */
        }
        std::vector<char> meta;
        std::vector<char> header;
        std::vector<char> trailer;
        dcmchain_pixel_info before = dataset->pixel;
        if (pixel_bytes != nullptr) {
            dataset->pixel.tag = 0x7FE00010U;
        }
        int result = serialise(dataset, meta, header, trailer);
        dataset->pixel = before;
        if (result != DCMCHAIN_OK) {
            return result;
        }
        meta.insert(meta.end(), header.begin(), header.end());
        if (pixel_bytes != nullptr) {
            append_pixels(dataset, pixel_bytes, pixel_length_bytes, meta);
        }
        meta.insert(meta.end(), trailer.begin(), trailer.end());
        give(meta, ret_bytes, ret_length_bytes);
        return DCMCHAIN_OK;
    });
}
