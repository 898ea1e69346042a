/* serialise.c: from a data set to the bytes of its parts, in its own transfer syntax. Values that nobody
 * changed keep their bytes. */
#include <stdlib.h>
#include <string.h>

#include "elements.h"

#define META_BYTES 1024U  /* usually */
#define ADDED_BYTES 4096U /* to a header, usually */
#define PREFIX_BYTES 144U /* preamble, "DICM", (0002,0000) */
#define END_OF_TAGS (1ULL << 32)

/* Ours, fixed: what wrote the file says nothing of who or where (PS3.7 D.3.3.2). */
static const char implementation_class[] = "2.25.112931738487701537365099063391178083404";
static const char implementation_version[] = "DCMCHAIN_0_1";

/* Whatever stands there, of whatever VR. */
static int put_meta(struct dcmchain_dataset *dataset, uint32_t tag, uint16_t vr, const char *text)
{
    dcmchain_element *element = NULL;
    int result = dcmchain_item_insert(&dataset->meta, tag, vr, &element);
    return result == DCMCHAIN_OK ? dcmchain_element_set_text(element, text) : result;
}

static int copy_uid(struct dcmchain_dataset *dataset, uint32_t from, uint32_t to)
{
    char *uid = NULL;
    int result = dcmchain_item_get_text(&dataset->root, from, &uid);
    if (result == DCMCHAIN_OK || result == DCMCHAIN_E_ABSENT) {
        result = put_meta(dataset, to, DCMCHAIN_VR_UI, uid == NULL ? "" : uid);
    }
    free(uid);
    return result;
}

static int complete_meta(struct dcmchain_dataset *dataset)
{
    static const uint8_t version_bytes[] = {0, 1};
    dcmchain_element *version = NULL;
    int result = dcmchain_item_insert(&dataset->meta, 0x00020001, DCMCHAIN_VR_OB, &version);
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
        result = put_meta(dataset, 0x00020010, DCMCHAIN_VR_UI, dataset->transfer_syntax);
    }
    if (result == DCMCHAIN_OK) {
        result = put_meta(dataset, 0x00020012, DCMCHAIN_VR_UI, implementation_class);
    }
    return result == DCMCHAIN_OK ? put_meta(dataset, 0x00020013, DCMCHAIN_VR_SH, implementation_version)
                                 : result;
}

/* Preamble, prefix, (0002,0000) with the right length, and the rest of group 0002. */
static int write_meta(struct dcmchain_dataset *dataset, struct written *meta)
{
    static const uint8_t head[] = {'D', 'I', 'C', 'M', 2, 0, 0, 0, 'U', 'L', 4, 0, 0, 0, 0, 0};
    int result = complete_meta(dataset);
    if (result == DCMCHAIN_OK) {
        result = write_reserve(meta, META_BYTES);
    }
    if (result == DCMCHAIN_OK) {
        result = write_bytes(meta, dataset->preamble, sizeof dataset->preamble);
    }
    if (result == DCMCHAIN_OK) {
        result = write_bytes(meta, head, sizeof head);
    }
    if (result == DCMCHAIN_OK) {
        result = write_elements(&dataset->meta, true, false, 0x00020001, 0x00030000, meta);
    }
    if (result == DCMCHAIN_OK) {
        const size_t length = meta->length - PREFIX_BYTES;
        for (unsigned i = 0; i < 4; i++) {
            meta->bytes[PREFIX_BYTES - 4 + i] = (uint8_t)(length >> 8 * i);
        }
    }
    return result;
}

struct parts {
    struct written meta;
    struct written header;
    struct written trailer;
};

static void free_parts(struct parts *parts)
{
    free(parts->meta.bytes);
    free(parts->header.bytes);
    free(parts->trailer.bytes);
}

/* pixel_tag: the element that the header ends before; 0: there is none. */
static int serialise(struct dcmchain_dataset *dataset, uint32_t pixel_tag, struct parts *ret_parts)
{
    struct parts parts = {0};
    const struct dcmchain_item *root = &dataset->root;
    int result = dataset->starved ? DCMCHAIN_E_MEMORY : write_meta(dataset, &parts.meta);
    if (result == DCMCHAIN_OK) {
        result = write_reserve(&parts.header, dataset->header_length + ADDED_BYTES);
    }
    if (result == DCMCHAIN_OK) {
        result = write_elements(root, dataset->explicit_vr, dataset->big_endian, 0,
                                pixel_tag != 0 ? pixel_tag : END_OF_TAGS, &parts.header);
    }
    if (result == DCMCHAIN_OK && pixel_tag != 0) {
        result = write_elements(root, dataset->explicit_vr, dataset->big_endian, pixel_tag, END_OF_TAGS,
                                &parts.trailer);
    }
    if (result != DCMCHAIN_OK) {
        free_parts(&parts);
        return result;
    }
    *ret_parts = parts;
    return DCMCHAIN_OK;
}

int dataset_serialise(dcmchain_dataset *dataset, struct dataset_bytes *ret_bytes)
{
    struct parts parts;
    int result = serialise(dataset, dataset->pixel.tag, &parts);
    if (result == DCMCHAIN_OK) {
        *ret_bytes = (struct dataset_bytes){parts.meta.bytes,    parts.meta.length,   parts.header.bytes,
                                            parts.header.length, parts.trailer.bytes, parts.trailer.length};
    }
    return result;
}

void dataset_bytes_free(struct dataset_bytes *bytes)
{
    free(bytes->meta);
    free(bytes->header);
    free(bytes->trailer);
}

/* The head of a native pixel element and its value, padded to an even length. */
static int append_pixels(const struct dcmchain_dataset *dataset, const void *pixels, size_t length,
                         struct written *file)
{
    static const uint8_t tags[2][4] = {{0xE0, 0x7F, 0x10, 0x00}, {0x7F, 0xE0, 0x00, 0x10}};
    static const uint8_t vr[] = {'O', 'W', 0, 0};
    const size_t padded = length + length % 2;
    uint8_t stored[4];
    for (unsigned i = 0; i < sizeof stored; i++) {
        stored[i] = (uint8_t)(padded >> 8 * (dataset->big_endian ? 3 - i : i));
    }
    int result = write_bytes(file, tags[dataset->big_endian ? 1 : 0], sizeof tags[0]);
    if (result == DCMCHAIN_OK && dataset->explicit_vr) {
        result = write_bytes(file, vr, sizeof vr);
    }
    if (result == DCMCHAIN_OK) {
        result = write_bytes(file, stored, sizeof stored);
    }
    if (result == DCMCHAIN_OK) {
        result = write_bytes(file, pixels, length);
    }
    return result == DCMCHAIN_OK ? write_bytes(file, "", padded - length) : result;
}

int dcmchain_dataset_write(dcmchain_dataset *dataset, const void *pixel_bytes, size_t pixel_length_bytes,
                           void **ret_bytes, size_t *ret_length_bytes)
{
    struct walker_layout layout = {0};
    struct parts parts;
    int result = walker_take_transfer_syntax(dataset->transfer_syntax, &layout);
    if (result != DCMCHAIN_OK || layout.deflated || pixel_length_bytes > UINT32_MAX - 1 ||
        (pixel_bytes != NULL && layout.encapsulated)) {
        return DCMCHAIN_E_INVALID; /* the core deflates, and nobody compresses here */
    }
    result = serialise(dataset, pixel_bytes != NULL ? 0x7FE00010U : dataset->pixel.tag, &parts);
    if (result != DCMCHAIN_OK) {
        return result;
    }
    result = write_bytes(&parts.meta, parts.header.bytes, parts.header.length);
    if (result == DCMCHAIN_OK && pixel_bytes != NULL) {
        result = append_pixels(dataset, pixel_bytes, pixel_length_bytes, &parts.meta);
    }
    if (result == DCMCHAIN_OK) {
        result = write_bytes(&parts.meta, parts.trailer.bytes, parts.trailer.length);
    }
    if (result == DCMCHAIN_OK) {
        *ret_bytes = parts.meta.bytes;
        *ret_length_bytes = parts.meta.length;
        parts.meta.bytes = NULL;
    }
    free_parts(&parts);
    return result;
}
