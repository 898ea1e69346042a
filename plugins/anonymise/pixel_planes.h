/* pixel_planes.h: overlay planes in bits of Pixel Data that no pixel uses (PS3.5 8.1.2, retired), which
 * removing their group does not reach. It must never change a bit of a pixel. Any thread. */
#ifndef ANONYMISE_PIXEL_PLANES_H
#define ANONYMISE_PIXEL_PLANES_H

#include <stddef.h>
#include <stdint.h>

#include "dcmchain/dataset.h"

#define PIXEL_PLANES_BYTES 4U /* of a word of pixels, at most */

struct pixel_planes {
    size_t word_bytes;                /* 0: no plane is embedded */
    uint8_t keep[PIXEL_PLANES_BYTES]; /* a word as it is stored: the bits that stay */
};

/* What the overlay groups of a data set, as it came, say of its native or encapsulated Pixel Data.
 * DCMCHAIN_E_RANGE: a plane is embedded where it cannot be taken out: in compressed pixels, in bits of the
 * pixels themselves, or in words of a size that no plane is read from. */
int pixel_planes_find(dcmchain_dataset *dataset, const struct dcmchain_pixel_info *info,
                      struct pixel_planes *ret_planes);

#endif
