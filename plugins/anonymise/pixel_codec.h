/* pixel_codec.h: what a codec's bytes hold beside the picture, blanked at equal length. Each takes one frame
 * from a reader that stands at the frame's first byte, to the end of the frame's last fragment. It must
 * change nothing that a decoder needs. Returns DCMCHAIN_OK, DCMCHAIN_E_INVALID where the bytes are not of the
 * codec; the reader's result else. */
#ifndef ANONYMISE_PIXEL_CODEC_H
#define ANONYMISE_PIXEL_CODEC_H

#include "pixel_reader.h"

/* JPEG (ISO 10918-1) and JPEG-LS (ISO 14495-1): COM and APPn segments, what follows the end-of-image marker.
 */
int pixel_jpeg_clean(struct pixel_reader *reader);
/* JPEG 2000 (ISO 15444-1) and HTJ2K: COM markers, boxes around the codestream that a decoder does not need,
 * what follows its end. */
int pixel_jpeg2000_clean(struct pixel_reader *reader);
/* JPEG XL (ISO 18181-2): the boxes of its container. */
int pixel_jpegxl_clean(struct pixel_reader *reader);
/* RLE (PS3.5 annex G), one fragment: what lies between and behind the segments of `pixels` bytes each. */
int pixel_rle_clean(struct pixel_reader *reader, uint64_t pixels);

#endif
