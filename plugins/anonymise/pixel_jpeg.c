/* pixel_jpeg.c: the marker segments of a JPEG or JPEG-LS image that are not the picture's.
 * It must keep the segments that say how colours are coded. */
#include <string.h>

#include "dcmchain/base.h"
#include "pixel_codec.h"

#define MARKER_SOI 0xD8
#define MARKER_EOI 0xD9
#define MARKER_SOS 0xDA
#define MARKER_COM 0xFE

/* How much of an application segment a decoder needs, by how it begins: JFIF's fixed fields (its thumbnail
 * goes), Adobe's colour transform, the inverse colour transform that some JPEG-LS encoders state. */
static uint64_t needed(int marker, const uint8_t *bytes, size_t length)
{
    static const struct {
        int marker;
        const char *begin;
        size_t begin_bytes;
        uint64_t keep;
    } known[] = {{0xE0, "JFIF\0", 5, 14}, {0xEE, "Adobe", 5, 12}, {0xE8, "mrfx", 4, 5}};

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (marker == known[i].marker && length >= known[i].begin_bytes &&
            memcmp(bytes, known[i].begin, known[i].begin_bytes) == 0) {
            return known[i].keep;
        }
    }
    return 0;
}

static int clean_segment(struct pixel_reader *reader, int marker)
{
    const int high = pixel_reader_byte(reader);
    const int low = pixel_reader_byte(reader);
    const uint8_t *bytes = NULL;
    uint64_t length = 0;

    if (high < 0 || low < 0) {
        return reader->result; /* the image is cut short: nothing follows */
    }
    length = (uint64_t)((unsigned)high << 8 | (unsigned)low);
    if (length < 2) {
        return DCMCHAIN_E_INVALID;
    }
    length -= 2;
    if (marker >= 0xE0 && marker <= 0xEF) {
        const size_t seen = pixel_reader_peek(reader, 16, &bytes);
        uint64_t keep = needed(marker, bytes, seen);

        keep = keep < length ? keep : length;
        pixel_reader_skip(reader, keep);
        pixel_reader_blank(reader, length - keep);
    } else if (marker == MARKER_COM) {
        pixel_reader_blank(reader, length);
    } else {
        pixel_reader_skip(reader, length);
    }
    return reader->result;
}

/* Takes the marker behind a 0xFF, over fill bytes; -1 at the end. */
static int marker_behind_ff(struct pixel_reader *reader)
{
    int marker = 0xFF;

    while (marker == 0xFF) {
        marker = pixel_reader_byte(reader);
    }
    return marker;
}

/* Takes entropy-coded bytes and the marker that ends them. A byte below 0x80 behind 0xFF is stuffing (JPEG
 * stuffs a zero byte, JPEG-LS a zero bit); restart markers belong to the data. */
static int marker_behind_scan(struct pixel_reader *reader)
{
    while (pixel_reader_find_ff(reader)) {
        const int marker = marker_behind_ff(reader);

        if (marker < 0 || (marker >= 0x80 && (marker < 0xD0 || marker > 0xD7))) {
            return marker;
        }
    }
    return -1;
}

int pixel_jpeg_clean(struct pixel_reader *reader)
{
    int marker = 0;
    int result = 0;

    if (pixel_reader_byte(reader) != 0xFF || marker_behind_ff(reader) != MARKER_SOI) {
        return reader->result < 0 ? reader->result : DCMCHAIN_E_INVALID;
    }
    for (bool in_scan = false; result == 0;) {
        if (in_scan) {
            marker = marker_behind_scan(reader);
        } else {
            const int first = pixel_reader_byte(reader);

            if (first >= 0 && first != 0xFF) {
                return DCMCHAIN_E_INVALID;
            }
            marker = first < 0 ? -1 : marker_behind_ff(reader);
        }
        if (marker < 0 || marker == MARKER_EOI) {
            break;
        }
        result = clean_segment(reader, marker);
        in_scan = marker == MARKER_SOS;
    }
    if (result == 0 && reader->result == 0) {
        pixel_reader_blank_fragment(reader);
    }
    return result < 0 ? result : reader->result;
}
