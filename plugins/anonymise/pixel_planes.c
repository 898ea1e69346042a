/* pixel_planes.c: see pixel_planes.h. */
#include "pixel_planes.h"

#include <string.h>

#define FIRST_GROUP 0x6000U
#define LAST_GROUP 0x601EU
#define TAG_PIXEL_DATA 0x7FE00010U
#define BIG_ENDIAN_SYNTAX "1.2.840.10008.1.2.2"

#define OVERLAY_BIT_POSITION 0x0102U
#define OVERLAY_DATA 0x3000U

static int64_t number_of(const dcmchain_item *root, uint32_t tag, int64_t fallback)
{
    const dcmchain_element *element = dcmchain_item_find(root, tag);
    int64_t number = 0;

    return element != NULL && dcmchain_element_get_integer(element, 0, &number) == 0 ? number : fallback;
}

/* The bit that a group's plane is in, where it has no data of its own; -1: it is not embedded. */
static int64_t embedded_bit(const dcmchain_item *root, uint32_t group)
{
    const dcmchain_element *data = dcmchain_item_find(root, group << 16 | OVERLAY_DATA);

    if (data != NULL && dcmchain_element_value_count(data) > 0) {
        return -1;
    }
    return number_of(root, group << 16 | OVERLAY_BIT_POSITION, -1);
}

int pixel_planes_find(dcmchain_dataset *dataset, const struct dcmchain_pixel_info *info,
                      struct pixel_planes *ret_planes)
{
    const dcmchain_item *root = dcmchain_dataset_root(dataset);
    const int64_t allocated = number_of(root, 0x00280100U, 0);
    const int64_t stored = number_of(root, 0x00280101U, allocated);
    const int64_t high = number_of(root, 0x00280102U, stored - 1);
    uint32_t planes = 0;

    memset(ret_planes, 0, sizeof *ret_planes);
    for (uint32_t group = FIRST_GROUP; info->tag == TAG_PIXEL_DATA && group <= LAST_GROUP; group += 2) {
        const int64_t bit = embedded_bit(root, group);
        const bool of_pixels = bit <= high && bit > high - stored;
        if (bit < 0 || bit >= allocated || (bit == 0 && of_pixels)) {
            continue; /* nothing is there: bit 0 of pixels is what writers say who mean no plane */
        }
        if (of_pixels || info->encapsulated != 0 || allocated % 8 != 0 ||
            allocated > 8 * (int64_t)PIXEL_PLANES_BYTES) {
            return DCMCHAIN_E_RANGE;
        }
        planes |= UINT32_C(1) << bit;
    }
    if (planes != 0) {
        const bool big_endian = strcmp(dcmchain_dataset_transfer_syntax(dataset), BIG_ENDIAN_SYNTAX) == 0;
        ret_planes->word_bytes = (size_t)allocated / 8;
        for (size_t i = 0; i < ret_planes->word_bytes; i++) {
            const size_t at = big_endian ? ret_planes->word_bytes - 1 - i : i;
            ret_planes->keep[at] = (uint8_t) ~(planes >> (8 * i));
        }
    }
    return DCMCHAIN_OK;
}
