/* pixel_rle.c: what an RLE frame holds that no decoder reads: bytes between the header and the segments,
 * behind each segment's last pixel, and unused offsets. It must decode no pixel. */
#include "dcmchain/base.h"
#include "pixel_codec.h"

#define RLE_HEADER_BYTES 64U
#define RLE_SEGMENTS 15U

static uint32_t little_32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

/* Takes PackBits runs until `pixels` bytes are made or the segment ends (PS3.5 G.3.2). */
static void skip_runs(struct pixel_reader *reader, uint64_t pixels, uint64_t end)
{
    while (pixels > 0 && reader->position < end) {
        const int count = pixel_reader_byte(reader);
        const uint64_t left = end - reader->position;

        if (count < 0) {
            return;
        }
        if (count == 128) {
            continue; /* no operation */
        }
        const uint64_t made = count < 128 ? (uint64_t)count + 1 : 257U - (uint64_t)count;
        const uint64_t stored = count < 128 ? made : 1;

        pixel_reader_skip(reader, stored < left ? stored : left);
        pixels -= made < pixels ? made : pixels;
    }
}

int pixel_rle_clean(struct pixel_reader *reader, uint64_t pixels)
{
    const uint64_t begin = reader->position;
    const uint64_t size = pixel_reader_left(reader);
    const uint8_t *bytes = NULL;
    uint32_t offsets[RLE_SEGMENTS + 1];
    uint32_t count = 0;

    if (pixel_reader_peek(reader, RLE_HEADER_BYTES, &bytes) < RLE_HEADER_BYTES) {
        return reader->result < 0 ? reader->result : DCMCHAIN_E_INVALID;
    }
    count = little_32(bytes);
    if (count < 1 || count > RLE_SEGMENTS) {
        return DCMCHAIN_E_INVALID;
    }
    for (uint32_t i = 0; i < count; i++) {
        offsets[i] = little_32(bytes + 4 + (size_t)i * 4);
        if (offsets[i] > size || offsets[i] < (i == 0 ? RLE_HEADER_BYTES : offsets[i - 1])) {
            return DCMCHAIN_E_INVALID;
        }
    }
    pixel_reader_skip(reader, 4 + (uint64_t)count * 4);
    pixel_reader_blank(reader, begin + offsets[0] - reader->position);
    for (uint32_t i = 0; i < count && reader->result == 0; i++) {
        const uint64_t end = i + 1 < count ? begin + offsets[i + 1] : begin + size;

        skip_runs(reader, pixels, end);
        if (reader->position < end) {
            pixel_reader_blank(reader, end - reader->position);
        }
    }
    return reader->result;
}
