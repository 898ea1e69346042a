/* pixel_jpeg2000.c: comments in a JPEG 2000 codestream, and the boxes around it or around a JPEG XL one.
 * It must keep every box that a decoder asks for. */
#include <string.h>

#include "dcmchain/base.h"
#include "pixel_codec.h"

#define MARKER_SOC 0x4F
#define MARKER_COM 0x64
#define MARKER_SOT 0x90
#define MARKER_SOD 0x93
#define MARKER_EOC 0xD9
#define SIGNATURE_BOX_BYTES 12U

static uint64_t big_number(struct pixel_reader *reader, unsigned bytes)
{
    uint64_t number = 0;

    for (unsigned i = 0; i < bytes; i++) {
        const int byte = pixel_reader_byte(reader);

        if (byte < 0) {
            return 0;
        }
        number = number << 8 | (uint64_t)byte;
    }
    return number;
}

/* ISO 15444-1 annex A: these have no length. */
static bool stands_alone(int marker)
{
    return (marker >= 0x30 && marker <= 0x3F) || marker == MARKER_SOC;
}

/* Takes a segment behind its marker; of a comment all but its length and registration goes. */
static int clean_segment(struct pixel_reader *reader, int marker)
{
    const uint64_t length = stands_alone(marker) ? 2 : big_number(reader, 2);

    if (length < 2) {
        return reader->result < 0 ? reader->result : DCMCHAIN_E_INVALID;
    }
    if (marker == MARKER_COM && length >= 4) {
        pixel_reader_skip(reader, 2);
        pixel_reader_blank(reader, length - 4);
    } else if (!stands_alone(marker)) {
        pixel_reader_skip(reader, length - 2);
    }
    return reader->result;
}

static int next_marker(struct pixel_reader *reader)
{
    const int first = pixel_reader_byte(reader);

    if (first < 0) {
        return -1;
    }
    return first == 0xFF ? pixel_reader_byte(reader) : -2;
}

/* Packet data whose length no tile-part states: up to EOC, which they cannot hold (a byte above 0x8F never
 * follows 0xFF in them). True at EOC. */
static bool find_end(struct pixel_reader *reader)
{
    while (pixel_reader_find_ff(reader)) {
        const uint8_t *bytes = NULL;

        if (pixel_reader_peek(reader, 1, &bytes) == 1 && bytes[0] == MARKER_EOC) {
            pixel_reader_skip(reader, 1);
            return true;
        }
    }
    return false;
}

/* A tile-part behind its SOT marker. *ret_end: EOC was met, or nothing is left. */
static int clean_tile_part(struct pixel_reader *reader, bool *ret_end)
{
    const uint64_t begin = reader->taken - 2;
    int result = 0;

    if (big_number(reader, 2) != 10) {
        return reader->result < 0 ? reader->result : DCMCHAIN_E_INVALID;
    }
    pixel_reader_skip(reader, 2);
    const uint64_t length = big_number(reader, 4);
    pixel_reader_skip(reader, 2);
    for (int marker = next_marker(reader); marker != MARKER_SOD && result == 0;
         marker = next_marker(reader)) {
        if (marker < 0) {
            *ret_end = true;
            return marker == -1 ? reader->result : DCMCHAIN_E_INVALID;
        }
        result = clean_segment(reader, marker);
    }
    if (result == 0 && length == 0) {
        (void)find_end(reader);
        *ret_end = true;
    } else if (result == 0) {
        const uint64_t done = reader->taken - begin;

        if (length < done) {
            return DCMCHAIN_E_INVALID;
        }
        pixel_reader_skip(reader, length - done);
    }
    return result < 0 ? result : reader->result;
}

static int clean_codestream(struct pixel_reader *reader)
{
    bool end = false;
    int result = 0;

    if (next_marker(reader) != MARKER_SOC) {
        return reader->result < 0 ? reader->result : DCMCHAIN_E_INVALID;
    }
    while (result == 0 && !end) {
        const int marker = next_marker(reader);

        if (marker < 0) {
            return marker == -1 ? reader->result : DCMCHAIN_E_INVALID;
        }
        if (marker == MARKER_EOC) {
            break;
        }
        result = marker == MARKER_SOT ? clean_tile_part(reader, &end) : clean_segment(reader, marker);
    }
    return result < 0 ? result : reader->result;
}

static bool is_one_of(const char *type, const char *const *types)
{
    for (size_t i = 0; types[i] != NULL; i++) {
        if (memcmp(type, types[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

/* Box by box to the end of the fragment. Those that are not needed become free space (ISO 15444-2). */
static int clean_boxes(struct pixel_reader *reader, const char *const *kept)
{
    const uint8_t *bytes = NULL;

    while (reader->result == 0 && pixel_reader_left(reader) > 0) {
        const uint64_t left = pixel_reader_left(reader);

        if (pixel_reader_peek(reader, 16, &bytes) < 8) {
            pixel_reader_blank_fragment(reader);
            break;
        }
        char type[4];
        const uint64_t type_position = reader->position + 4;
        memcpy(type, bytes + 4, sizeof type);
        uint64_t length = big_number(reader, 4);
        uint64_t head = 8;
        pixel_reader_skip(reader, 4);
        if (length == 1) {
            length = big_number(reader, 8);
            head = 16;
        }
        length = length == 0 ? left : length; /* 0: to the end */
        if (length < head || length > left) {
            return reader->result < 0 ? reader->result : DCMCHAIN_E_INVALID;
        }
        if (memcmp(type, "jp2c", 4) == 0) {
            const uint64_t end = reader->taken + length - head;
            const int result = clean_codestream(reader);

            if (result < 0 || reader->taken > end) {
                return result < 0 ? result : DCMCHAIN_E_INVALID;
            }
            pixel_reader_blank(reader, end - reader->taken);
        } else if (is_one_of(type, kept)) {
            pixel_reader_skip(reader, length - head);
        } else {
            reader->result = reader->source->patch(reader->source->closure, type_position, "free", 4);
            reader->blanked += 4;
            pixel_reader_blank(reader, length - head);
        }
    }
    return reader->result;
}

int pixel_jpeg2000_clean(struct pixel_reader *reader)
{
    static const char *const kept[] = {"jP  ", "ftyp", "jp2h", NULL};
    const uint8_t *bytes = NULL;
    int result = 0;

    if (pixel_reader_peek(reader, SIGNATURE_BOX_BYTES, &bytes) == SIGNATURE_BOX_BYTES &&
        memcmp(bytes + 4, "jP  ", 4) == 0) {
        return clean_boxes(reader, kept);
    }
    result = clean_codestream(reader);
    if (result == 0) {
        pixel_reader_blank_fragment(reader);
    }
    return result < 0 ? result : reader->result;
}

int pixel_jpegxl_clean(struct pixel_reader *reader)
{
    static const char *const kept[] = {"JXL ", "ftyp", "jxll", "jxli", "jxlc", "jxlp", NULL};
    const uint8_t *bytes = NULL;
    const size_t seen = pixel_reader_peek(reader, SIGNATURE_BOX_BYTES, &bytes);

    if (seen == SIGNATURE_BOX_BYTES && memcmp(bytes + 4, "JXL ", 4) == 0) {
        return clean_boxes(reader, kept);
    }
    if (seen < 2 || bytes[0] != 0xFF || bytes[1] != 0x0A) {
        return reader->result < 0 ? reader->result : DCMCHAIN_E_INVALID;
    }
    pixel_reader_skip(reader, pixel_reader_left(reader)); /* a naked codestream holds nothing else */
    return reader->result;
}
